"What .ci/lab.py tries on the mel panel: dials by keys, both clips heard at one level, the command."
import time
import numpy as np

CONTROL = '''const [text, what] = arguments;
const panel = document.querySelector('.jp-NotebookPanel:not(.lm-mod-hidden)');
const label = [...panel.querySelectorAll('.widget-label')].find(l => l.textContent == text && l.offsetParent);
return label?.parentElement.querySelector(what)'''
BUTTON = '''const panel = document.querySelector('.jp-NotebookPanel:not(.lm-mod-hidden)');
return [...panel.querySelectorAll('button.jupyter-button')].find(b => b.textContent.trim() == arguments[0])'''

def control(lab, label, what):
    "An element of the control of that name."
    found = lab.script(CONTROL, label, what)
    if found is None:
        raise RuntimeError(f'the panel shows no {label!r}')
    lab.script("arguments[0].scrollIntoView({block: 'center'})", found)
    return found

def turn(lab, label, *keys):
    "Move a slider by keys."
    control(lab, label, '.noUi-handle').click()
    lab.keys(*keys)

def press(lab, text):
    button = lab.script(BUTTON, text)
    lab.script("arguments[0].scrollIntoView({block: 'center'})", button)
    button.click()

def ready(lab, panel='panel', seconds=60):
    "The state of a panel's worker once it rests, and how long that took."
    start = time.time()
    time.sleep(.5)
    while (state := lab.python(f'{panel}.worker.state')) == 'busy' and time.time() - start < seconds:
        time.sleep(.2)
    return state, time.time() - start

def level(x): return 20*np.log10(np.sqrt(np.mean(np.square(x))) + 1e-9)

def check(lab, shots):
    from selenium.webdriver.common.keys import Keys
    problems, said = [], {}
    state, said['first picture (s)'] = ready(lab)
    if state != 'ready':
        return [f"the first round trip ended as {state}: {lab.python('panel.status.text')}"]
    view = lab.view(0)
    lab.script("arguments[0].scrollIntoView({block: 'center'})", view)
    view.find_element('css selector', 'button[aria-label=Play]').click()
    time.sleep(.3)
    original, _ = lab.record(3)
    lab.keys('2')
    lab.keys(Keys.HOME)
    back, _ = lab.record(3)
    lab.keys(' ')
    said['levels (dB)'] = [round(float(level(x)), 1) for x in (original, back)]
    if level(original) < -50 or abs(level(original) - level(back)) > 3:
        problems.append(f"original and round trip are heard at {said['levels (dB)']} dB")
    said['largest step'] = [round(float(np.abs(np.diff(x)).max()), 3) for x in (original, back)]
    lab.shot(shots/'mel-1.png')

    turn(lab, 'n_mels (bands)', *[Keys.ARROW_LEFT]*3)
    start = time.time()
    lab.python('1')
    said['kernel answers in (s)'] = round(time.time() - start, 2)
    state, said['a dial to its picture (s)'] = ready(lab)
    bands, rows = lab.python('[panel.trip.cfg.n_mels, panel.seen.clips[0]["height"]]')
    if (bands, rows) != (104, 104):
        problems.append(f'three steps to the left of 128 bands gave {bands} bands and a picture of {rows}')
    turn(lab, 'n_mels (bands)', Keys.END)
    ready(lab)
    if 'are empty' not in lab.python('panel.warning.value'):
        problems.append('320 bands of 2048 samples give no warning')
    press(lab, 'The prepare command')
    time.sleep(.5)
    asked = lab.script('''const all = [...document.querySelectorAll('textarea')];
        return all.find(t => t.value.startsWith('sleepdiff'))?.value''')
    if not asked or 'resolution=512,320' not in asked:
        problems.append(f'the command is {asked!r}')
    lab.shot(shots/'mel-2.png')
    turn(lab, 'hop_length (samples)', Keys.END)
    turn(lab, 'n_fft (samples)', Keys.HOME)
    ready(lab)
    if 'is longer than a frame' not in lab.python('panel.status.text'):
        problems.append(f"a hop longer than a frame is answered by {lab.python('panel.status.text')!r}")
    lab.shot(shots/'mel-3.png')
    print('mel:', said)
    return problems
