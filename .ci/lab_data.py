"What .ci/lab.py tries on the data panel: rows chosen and heard, sorted, dropped, and the list that is written."
import time
from pathlib import Path
import numpy as np
from lab import SHOWN, level, until

OPTION = f'''const options = [...document.querySelectorAll('{SHOWN} .sleepdiff-list option')];
return options.find(o => o.textContent.includes(arguments[0]))'''

def choose(lab, label, value):
    "An entry of a dropdown, as by hand."
    from selenium.webdriver.support.ui import Select
    Select(lab.control(label, 'select')).select_by_visible_text(value)
    time.sleep(.5)

def rows(lab):
    return lab.script(f'''const options = [...document.querySelectorAll('{SHOWN} .sleepdiff-list option')];
        return options.map(o => o.textContent.trim())''')

def pick(lab, text):
    option = lab.script(OPTION, text)
    lab.show(option.find_element('xpath', '..'))
    option.click()

def check(lab, shots):
    problems, said = [], {}
    start = time.time()
    said['first rows (s)'] = until(lambda: rows(lab), 90)
    state, _ = lab.rest(180)
    said['measured after (s)'] = round(time.time() - start, 1)
    if state != 'ready':
        return [f"the measuring ended as {state}: {lab.python('panel.status.text')}"]
    lab.shot(shots/'data-1.png')
    choose(lab, 'sorted by', 'brightness')
    box = lab.browser.find_element('css selector', f'{SHOWN} .widget-checkbox input')
    box.click()
    time.sleep(.5)
    if 'hiss' not in rows(lab)[0]:
        problems.append(f'the brightest row is {rows(lab)[0]!r}')
    pick(lab, 'hiss.flac')
    state, said['chosen to its picture (s)'] = lab.rest()
    lab.play()
    time.sleep(.3)
    heard, _ = lab.record(2)
    lab.keys(' ')
    said['level (dB)'] = round(level(heard), 1)
    said['largest step'] = round(float(np.abs(np.diff(heard)).max()), 3)
    if level(heard) < -50:
        problems.append(f"a chosen row is heard at {said['level (dB)']} dB")
    lab.press('Drop')
    time.sleep(.5)
    if lab.python('sorted(panel.dropped)') != ['hiss.flac'] or not rows(lab)[0].startswith('✗'):
        problems.append(f"dropped is {lab.python('sorted(panel.dropped)')}")
    lab.press('Write the list')
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
