"What .ci/lab.py tries on the mel panel: dials by keys, both clips heard at one level, the command."
import time
import numpy as np
from lab import level


def turn(lab, label, *keys):
    "Move a slider by keys."
    lab.control(label, '.noUi-handle').click()
    lab.keys(*keys)

def check(lab, shots):
    from selenium.webdriver.common.keys import Keys
    problems, said = [], {}
    state, said['first picture (s)'] = lab.rest()
    if state != 'ready':
        return [f"the first round trip ended as {state}: {lab.python('panel.status.text')}"]
    lab.play()
    time.sleep(.3)
    original, _ = lab.record(3)
    lab.keys('2')
    lab.keys(Keys.HOME)
    back, _ = lab.record(3)
    lab.keys(' ')
    said['levels (dB)'] = [round(level(x), 1) for x in (original, back)]
    if level(original) < -50 or abs(level(original) - level(back)) > 3:
        problems.append(f"original and round trip are heard at {said['levels (dB)']} dB")
    said['largest step'] = [round(float(np.abs(np.diff(x)).max()), 3) for x in (original, back)]
    lab.shot(shots/'mel-1.png')

    turn(lab, 'n_mels (bands)', *[Keys.ARROW_LEFT]*3)
    start = time.time()
    lab.python('1')
    said['kernel answers in (s)'] = round(time.time() - start, 2)
    state, said['a dial to its picture (s)'] = lab.rest()
    bands, rows = lab.python('[panel.trip.cfg.n_mels, panel.seen.clips[0]["height"]]')
    if (bands, rows) != (104, 104):
        problems.append(f'three steps to the left of 128 bands gave {bands} bands and a picture of {rows}')
    turn(lab, 'n_mels (bands)', Keys.END)
    lab.rest()
    if 'are empty' not in lab.python('panel.warning.value'):
        problems.append('320 bands of 2048 samples give no warning')
    lab.press('The prepare command')
    time.sleep(.5)
    asked = lab.script('''const all = [...document.querySelectorAll('textarea')];
        return all.find(t => t.value.startsWith('sleepdiff'))?.value''')
    if not asked or 'resolution=512,320' not in asked:
        problems.append(f'the command is {asked!r}')
    lab.shot(shots/'mel-2.png')
    turn(lab, 'hop_length (samples)', Keys.END)
    turn(lab, 'n_fft (samples)', Keys.HOME)
    lab.rest()
    if 'is longer than a frame' not in lab.python('panel.status.text'):
        problems.append(f"a hop longer than a frame is answered by {lab.python('panel.status.text')!r}")
    lab.shot(shots/'mel-3.png')
    print('mel:', said)
    return problems
