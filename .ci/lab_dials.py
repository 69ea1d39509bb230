"""What is tried of the panel of dials: `check(lab, shots)`, after nbs/lab/dials.ipynb was opened and run."""
import time
import numpy as np
from selenium.webdriver.common.keys import Keys
from browser import wait
from lab import level


# dB of the first three seconds of a take, at the gain that levels it and the volume of the view
BEGINNING = '''(20*panel.takes[{0}].audio[0, :3*22050].square().mean().sqrt().log10()
    + panel.view.clips[{0}]['gain_db'] + 40*panel.takes[0].audio.new_tensor(panel.view.volume).log10()).item()'''

AGAIN = '''__import__('sleepdiff.lab_dials').lab_dials.make_again(
    'takes/_b_night__b_.json').sound == panel.current.sound'''


def words(lab, seconds=120): # of the panel, when its work is done
    lab.rest(seconds)
    return lab.python('panel.status.text')

def bend(x): # of the waveform, at its sharpest: a click is a corner; the recorder may lose blocks of 4096 samples
    blocks = x[:len(x)//4096*4096].reshape(-1, 4096)
    return float(np.abs(np.diff(blocks, 2)).max())


def check(lab, shots):
    problems = []
    def expect(right, what):
        if not right:
            problems.append(f'dials: {what}')

    start = time.perf_counter()
    said = words(lab)
    expect(said and said.startswith('ready: free'), f'no first take: {said}')
    print(f'dials: first take {time.perf_counter() - start:.1f} s after the cell')

    lab.control('drone').send_keys(Keys.END)
    expect(lab.python("panel.dials['drone'].number") == 1, 'the drone was not told')
    lab.script('arguments[0].focus()', lab.control('bells'))
    lab.keys(*[Keys.RIGHT]*3)                                  # the bells are told
    expect(lab.python("panel.dials['bells'].number") is not None, 'the slider of the bells does not answer to keys')
    lab.press('Make')
    start = time.perf_counter()
    time.sleep(1)
    asked = time.perf_counter()
    lab.python('1 + 1')
    answered = time.perf_counter() - asked
    expect(answered < 1, f'the kernel answered after {answered:.1f} s while a take was made')
    expect(words(lab).startswith('ready: drone, bells'), f'no second take: {lab.python("panel.status.text")}')
    print(f'dials: second take {time.perf_counter() - start:.1f} s after Make; the kernel answered in {answered:.2f} s')

    view = lab.play()
    time.sleep(.5)
    levels, wanted, bends = [], [], []
    for key in '12':
        lab.keys(key, Keys.HOME)
        x, _ = lab.record(3)
        levels.append(level(x))
        wanted.append(lab.python(BEGINNING.format(int(key) - 1)))
        bends.append(bend(x))
    expect(lab.python('panel.view.current') == 1, 'the key 2 does not choose the second take')
    expect(np.abs(np.subtract(levels, wanted)).max() < 2, f'takes are heard at {levels} dB, where {wanted} is right')
    print(f'dials: beginnings of the takes are heard at {levels[0]:.1f} and {levels[1]:.1f} dB, '
          f'right {wanted[0]:.1f} and {wanted[1]:.1f}; largest bends {bends[0]:.4f} and {bends[1]:.4f}')
    lab.keys('1')
    lab.record(.2)
    lab.begin()
    lab.keys('2', '1', '2')
    time.sleep(1)
    x, _ = lab.take()
    switched = bend(x)
    expect(switched < 2*max(bends), f'switching clicks: bends of {switched:.4f} where {max(bends):.4f} is usual')
    lab.keys(' ')
    print(f'dials: largest bend while takes are switched {switched:.4f}')

    field = lab.control('take')
    field.clear()
    field.send_keys('<b>night</b>\n')
    expect(wait(lambda: lab.python('panel.current.name') == '<b>night</b>', 5), 'a take cannot be renamed')
    expect('<b>night</b>' in view.text, 'the new name is not shown as it was written')
    lab.press('Save')
    expect(wait(lambda: lab.python('panel.status.text').startswith('saved as takes'), 10), 'a take was not saved')
    expect(lab.python(AGAIN, 60), 'the file does not make the same bits again')
    lab.script('document.activeElement.blur()')
    lab.script('arguments[0].scrollIntoView({block: "start"})', lab.control('key'))
    time.sleep(.5)
    lab.shot(shots/f'dials_{lab.scheme}.png')
    lab.press('Drop')
    expect(wait(lambda: lab.python('len(panel.takes)') == 1, 5), 'a take cannot be dropped')
    return problems
