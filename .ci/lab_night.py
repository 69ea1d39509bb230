"""What `.ci/lab.py` tries with nbs/lab/night.ipynb.

A night is played in the browser and taken from its Web Audio graph: it begins, has no gap and no step between samples
that the night itself does not have, is to the sample what the kernel sent, follows a dial, stops at once, goes on where
it stopped, and is gone when its cell is run again. A machine that is too slow says so before the sound stops.
"""
import time
import numpy as np
from lab import level, until

BUTTON = '.sleepdiff-night-bar button'
WORDS = '.sleepdiff-night-words'


def find(lab, css): return lab.browser.find_elements('css selector', css)

def words(lab): return find(lab, WORDS)[0].text

def find_run(sent, heard, length=4000):
    "Where the first samples of what was heard lie in what was sent; None: nowhere."
    piece = heard[:length].astype(float)
    n = 2*len(sent)
    shared = np.fft.irfft(np.fft.rfft(sent, n)*np.conj(np.fft.rfft(piece, n)), n)[:len(sent) - length]
    energy = np.concatenate([[0.], np.cumsum(np.square(sent, dtype=float))])
    at = int(np.argmin(energy[length:-1] - energy[:-length - 1] - 2*shared))
    return at if np.abs(sent[at:at + length] - piece).max() < 1e-4 else None

def gaps(x, rate, longest=.02):
    "Stretches of exact silence within a sound, in seconds."
    quiet = np.concatenate([[False], x == 0, [False]])
    edges = np.flatnonzero(np.diff(quiet.astype(int)))
    return [(b - a)/rate for a, b in zip(edges[::2], edges[1::2]) if (b - a)/rate > longest and a > 0 and b < len(x)]

def answers(lab):
    "Seconds until the kernel answers."
    start = time.time()
    lab.python('1 + 1')
    return time.time() - start

def slide(lab, name, value):
    "Move a dial with the keys, as a person does: to its end, and step by step from there."
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    handle = [s for s in lab.browser.find_elements(By.CSS_SELECTOR, '.widget-slider')
              if s.find_element(By.CSS_SELECTOR, '.widget-label').text == name][0]
    knob = handle.find_element(By.CSS_SELECTOR, '.noUi-handle')
    now = lab.python(f'night.dials[{name!r}].value')
    step = lab.python(f'night.dials[{name!r}].step')
    key = Keys.ARROW_RIGHT if value > now else Keys.ARROW_LEFT
    lab.show(knob)
    lab.script('arguments[0].focus()', knob)
    for _ in range(round(abs(value - now)/step)):
        knob.send_keys(key)
    until(lambda: abs(lab.python(f'night.dials[{name!r}].value') - value) < step/2, 5)

def listen(lab, seconds, found):
    "Record while the kernel is asked something every second, and note what is said."
    lab.begin()
    slowest, said, end = 0., [], time.time() + seconds
    while time.time() < end:
        slowest = max(slowest, answers(lab))
        text = words(lab)
        if not said or said[-1] != text:
            said.append(text)
        time.sleep(.8)
    x, rate = lab.take()
    found['kernel answers in s'] = max(slowest, found.get('kernel answers in s', 0.))
    return x, rate, said

def tidy(v):
    if isinstance(v, list):
        return [tidy(x) for x in v]
    return round(float(v), 4) if isinstance(v, (float, np.floating)) else v

def check(lab, shots):
    "Problems, as sentences; figures are printed."
    problems, found = [], {}
    if not until(lambda: find(lab, BUTTON), 60):
        return ['night: the player is not there']
    find(lab, BUTTON)[0].click()
    found['first sound after s'] = until(lambda: words(lab).startswith('playing'), 240)
    if found['first sound after s'] is None:
        return [f'night: no sound within four minutes; it says {words(lab)!r}']
    x, rate, said = listen(lab, lab.seconds, found)
    lab.shot(shots/'night-playing.png')
    found['made per second'] = lab.python('night.player.live.speed')
    found['silent for s'] = lab.python('night.player.silent')
    found.update({'level dB': level(x), 'largest step': float(np.abs(np.diff(x)).max())})
    silences = gaps(x, rate)
    if silences and not any('behind' in text for text in said):
        problems.append(f'night: silent for {max(silences):.2f} s, and nothing was said')
    if found['kernel answers in s'] > 1:
        problems.append(f"night: the kernel answered after {found['kernel answers in s']:.1f} s")
    problems += turn(lab, shots, found)
    problems += stop(lab, found)
    lab.shot(shots/'night-saved.png')
    problems += again(lab, found)
    print('night:', {k: tidy(v) for k, v in found.items()}, said)
    return problems

def turn(lab, shots, found):
    "Dials moved by keys, heard within a window, without a click."
    problems = []
    window = lab.python('night.config.n_frames*512/22050')
    lab.begin()
    time.sleep(4)
    slide(lab, 'loudness', -38.)
    at = lab.python('night.player.live.heard_now/22050')
    lab.shot(shots/'night-turned.png')
    time.sleep(window + 4)
    x, rate = lab.take()
    points = lab.python('list(night.player.live.night.asked.loudness)')
    before, after = level(x[rate:4*rate]), level(x[-3*rate:])
    late = points[-2][0]*3600 - at
    found.update({'softer by dB': before - after, 'loudness heard after s': late, 'a window lasts s': window})
    if points[-1][1] != -38 or late > window:
        problems.append(f'night: loudness turned at {at:.1f} s, a window of {window:.1f} s, and the night has {points}')
    behind = lab.python('night.player.silent > 1')
    if before - after < 6 and not behind:
        problems.append(f'night: turned down by 15, it became softer by {before - after:.1f} dB')
    steps = np.abs(np.diff(x))
    found['largest step before and after'] = [float(steps[:3*rate].max()), float(steps[3*rate:].max())]
    everywhere = found['largest step']
    if steps.max() > 1.2*max(everywhere, steps[:3*rate].max()):
        problems.append(f'night: a step of {steps.max():.3f} where a dial was turned, {everywhere:.3f} before')
    for name, value in (('brightness', -9.), ('rain', 1.)):
        slide(lab, name, value)
        found[f'{name} heard in s'] = lab.python(f'night.heard_in({name!r})')
    if found['brightness heard in s'] > 1.5*window:
        problems.append(f"night: brightness is heard {found['brightness heard in s']:.1f} s after it was turned")
    return problems

def stop(lab, found):
    "The button stops it at once, and it goes on from the same sample."
    problems, button = [], find(lab, BUTTON)[0]
    lab.begin()
    time.sleep(3)
    mark = lab.script('return heard.blocks.length')
    button.click()
    time.sleep(1.2)
    before, rate = lab.take()
    sounding = np.flatnonzero(np.abs(before[mark*4096:]) > 1e-5)
    found['sound after the button s'] = float(sounding[-1]/rate) if len(sounding) else 0.
    if found['sound after the button s'] > .5:
        problems.append(f"night: it sounds for {found['sound after the button s']:.2f} s after Stop")
    lab.begin()
    button.click()
    found['goes on after s'] = until(lambda: words(lab).startswith('playing'), 240)
    if found['goes on after s'] is None:
        return problems + [f'night: it did not go on after Stop and Play; it says {words(lab)!r}']
    time.sleep(4)
    after, rate = lab.take()
    lab.press('Save what I heard')
    if until(lambda: 'you heard' in lab.python('night.status.text'), 60) is None:
        return problems + [f"night: nothing was saved; it says {lab.python('night.status.text')!r}"]
    return problems + compare(lab, found, before, after)

def compare(lab, found, before, after):
    "What was saved with what the page played before and after it was stopped."
    import soundfile as sf
    name = lab.python('night.status.text').split(' holds')[0]
    saved, rate = sf.read(lab.folder/name, dtype='float32')
    volume, problems = lab.python('night.player.volume**2'), []
    sounding = np.flatnonzero(np.abs(before) > 1e-5)
    before = before[:sounding[-1] + 1 - rate//10]/volume          # without its fade
    after = after[np.flatnonzero(np.abs(after) > 1e-5)[0] + rate//10:]/volume
    places = [find_run(saved, before[-2*rate:]), find_run(saved, after)]
    found.update({'saved s': len(saved)/rate, 'stopped and went on at s': [p and p/rate for p in places]})
    if None in places:
        return ['night: what was saved is not what was heard']
    first, second = places[0] + 2*rate, places[1]
    same = min(len(saved) - second, len(after))
    off = float(np.abs(saved[second:second + same] - after[:same]).max())
    found.update({'skipped by stopping s': (second - first)/rate, 'largest difference of saved and heard': off})
    if not 0 <= second - first < rate//2:
        problems.append(f'night: stopped at sample {first}, it went on at {second}')
    if off > 1e-4:
        problems.append(f'night: the file differs from what was heard by {off:.4f}')
    return problems

def again(lab, found):
    "Running the cell again closes the night that plays: its sound, its threads, its button."
    lab.python('globals().__setitem__("old", night)')
    lab.python('globals().__setitem__("thread", night.player.live.thread)')
    lab.script("window.jupyterapp.commands.execute('notebook:run-all-cells')")
    gone = until(lambda: lab.python('old is not night'), 90)
    time.sleep(.5)
    lab.begin()
    time.sleep(1.5)
    x, _ = lab.take()
    problems = []
    if gone is None or not lab.python('old.player.live is None'):
        problems.append('night: the old night was not closed')
    if len(x) and np.abs(x).max() > 1e-4:
        problems.append('night: the old night sounds after its cell was run again')
    found['thread of the old night ended after s'] = until(lambda: not lab.python('thread.is_alive()'), 20)
    if found['thread of the old night ended after s'] is None:
        problems.append('night: the thread of the old night lives on')
    if until(lambda: len(find(lab, BUTTON)) == 1, 20) is None:
        problems.append(f'night: {len(find(lab, BUTTON))} buttons to play after running the cell again')
    return problems

