"What is tried of the panel between two clips: the slider, the three clips heard, the way as a piece, its file."
import time
import numpy as np
from selenium.webdriver.common.keys import Keys
from browser import find
from lab import SHOWN, level, loud_part, until


def check(lab, shots):
    problems, found = [], {}
    state, found['three clips after s'] = lab.rest(240)
    names = lab.python('[c["name"] for c in panel.view.clips]')
    if state != 'ready' or names != ['A: seed 1', 'between: 0.50', 'B: seed 2']:
        return [f"at first it is {state}, with {names}: {lab.python('panel.status.text')}"]
    lab.play()
    heard = []
    for key in '123':
        lab.keys(key, Keys.HOME)
        heard.append(loud_part(lab.record(2)[0]))
    lab.keys(' ')
    found['levels dB'] = [round(level(x), 1) for x in heard]
    if min(map(level, heard)) < -50 or np.ptp([level(x) for x in heard]) > 6:
        problems.append(f"A, the middle and B are heard at {found['levels dB']} dB")
    lab.shot(shots/f'between-heard-{lab.scheme}.png')

    start = time.time()
    lab.script('arguments[0].focus()', lab.control('from A to B', '.noUi-handle'))
    lab.keys(*[Keys.ARROW_RIGHT]*4)
    lab.rest(120)
    found['slider to picture s'] = time.time() - start
    moved = lab.python('panel.view.clips[1]["name"]')
    if moved != 'between: 0.70':
        problems.append(f'four steps from the middle the clip is {moved!r}')

    start = time.time()
    lab.press('The way as a piece')
    lab.python('1 + 1')
    found['kernel answers in s'] = time.time() - start
    lab.script('arguments[0].focus()', lab.control('from A to B', '.noUi-handle'))
    lab.keys(Keys.ARROW_LEFT)                                # the way is made all the same
    until(lambda: lab.python('panel.walker.state') != 'busy', 240)
    state, found['the way after s'] = lab.python('panel.walker.state'), time.time() - start
    seconds = lab.python('panel.long_view.clips[0]["seconds"]') if state == 'ready' else None
    if seconds != 48:
        problems.append(f"the way is {state} and lasts {seconds} s: {lab.python('panel.status.text')}")
    jumps = lab.python('[float(x) for x in panel.piece[0].unfold(0, 5512, 5512).square().mean(1).log10()*10]')
    found['level of quarter seconds, lowest and highest dB'] = [min(jumps[4:-4]), max(jumps[4:-4])]
    view = find(lab.browser, f'{SHOWN} .sleepdiff-view')[-1]
    lab.show(view)
    view.find_element('css selector', 'button[aria-label=Play]').click()
    piece = loud_part(lab.record(3)[0])
    found['the way is heard at dB'] = level(piece)
    if level(piece) < -50:
        problems.append('the way is not heard')
    lab.shot(shots/f'between-way-{lab.scheme}.png')
    lab.press('Save the piece')
    if not until(lambda: (lab.folder/'ways'/'way.json').exists(), 20):
        problems.append(f"the way is not saved: {lab.python('panel.status.text')}")
    again = "(lambda w, s: bool((w.piece(s) == panel.piece).all()))(*__import__('sleepdiff.lab_between').lab_between" \
            ".load_way('ways/way.json'))"
    if not lab.python(again, 60):
        problems.append('its file does not make the same bits again')
    lab.python('setattr(panel.long_view, "playing", False)')
    print('between:', found)
    return problems
