"What .ci/lab.py tries on the data panel: rows chosen and heard, sorted, dropped, and the list that is written."
import time
from pathlib import Path
import numpy as np
from lab_mel import control, level, press, ready

OPTION = '''const panel = document.querySelector('.jp-NotebookPanel:not(.lm-mod-hidden)');
return [...panel.querySelectorAll('.sleepdiff-list option')].find(o => o.textContent.includes(arguments[0]))'''

def choose(lab, label, value):
    "An entry of a dropdown, as by hand."
    from selenium.webdriver.support.ui import Select
    Select(control(lab, label, 'select')).select_by_visible_text(value)
    time.sleep(.5)

def rows(lab):
    return lab.script('''const panel = document.querySelector('.jp-NotebookPanel:not(.lm-mod-hidden)');
        return [...panel.querySelectorAll('.sleepdiff-list option')].map(o => o.textContent.trim())''')

def pick(lab, text):
    option = lab.script(OPTION, text)
    lab.script("arguments[0].closest('select').scrollIntoView({block: 'center'})", option)
    option.click()

def check(lab, shots):
    problems, said = [], {}
    start = time.time()
    while not rows(lab) and time.time() - start < 90:
        time.sleep(.3)
    said['first rows (s)'] = round(time.time() - start, 1)
    state, seconds = ready(lab, seconds=180)
    said['measured after (s)'] = round(time.time() - start, 1)
    if state != 'ready':
        return [f"the measuring ended as {state}: {lab.python('panel.status.text')}"]
    lab.shot(shots/'data-1.png')
    choose(lab, 'sorted by', 'brightness')
    box = lab.script("return document.querySelector('.jp-NotebookPanel:not(.lm-mod-hidden) .widget-checkbox input')")
    box.click()
    time.sleep(.5)
    if 'hiss' not in rows(lab)[0]:
        problems.append(f'the brightest row is {rows(lab)[0]!r}')
    pick(lab, 'hiss.flac')
    state, said['chosen to its picture (s)'] = ready(lab)
    view = lab.view(0)
    lab.script("arguments[0].scrollIntoView({block: 'center'})", view)
    view.find_element('css selector', 'button[aria-label=Play]').click()
    time.sleep(.3)
    heard, _ = lab.record(2)
    lab.keys(' ')
    said['level (dB)'] = round(float(level(heard)), 1)
    said['largest step'] = round(float(np.abs(np.diff(heard)).max()), 3)
    if level(heard) < -50:
        problems.append(f"a chosen row is heard at {said['level (dB)']} dB")
    press(lab, 'Drop')
    time.sleep(.5)
    if lab.python('sorted(panel.dropped)') != ['hiss.flac'] or not rows(lab)[0].startswith('✗'):
        problems.append(f"dropped is {lab.python('sorted(panel.dropped)')}")
    press(lab, 'Write the list')
    time.sleep(.5)
    listed = Path(lab.folder)/'exclude.txt'
    if not listed.is_file() or listed.read_text() != 'hiss.flac\n':
        problems.append('the list was not written')
    choose(lab, 'show', 'near-duplicates')
    if len(rows(lab)) != 2:
        problems.append(f'near-duplicates are {rows(lab)}')
    lab.shot(shots/'data-2.png')
    print('data:', said)
    return problems
