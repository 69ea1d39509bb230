"""What `.ci/lab.py` tries with nbs/lab/redo.ipynb.

A box is dragged over the clip and made anew: how long it takes from the button to the sound, that what was kept is
the same on the page too, sample by sample, that a band beside a box keeps its level, undo, and longer at both ends.
"""
import base64
import numpy as np
from lab import until


def clip(lab, i):
    "A clip as the page has it."
    code = f"__import__('base64').b64encode(panel.view.clips[{i}]['audio']).decode()"
    return np.frombuffer(base64.b64decode(lab.python(code)), np.int16).astype(float)/32768

def begins(lab):
    "Whether anything is heard by now."
    return lab.script('return heard.blocks.some(b => b[0].some(x => Math.abs(x) > 1e-4))')

def check(lab, shots):
    "Problems, as sentences; figures are printed."
    problems, found = [], {}
    view = lab.view()
    row = view.find_elements('css selector', '.sleepdiff-row canvas:last-of-type')[-1]
    width = row.size['width'] - 52
    def at(seconds): return round(52 + seconds/12*width)
    lab.drag(row, (at(4), 2), (at(6), 168))
    box = lab.python('panel.view.boxes')
    if len(box) != 1 or abs(box[0][0] - 4) > .1 or abs(box[0][1] - 6) > .1:
        problems.append(f'redo: a box from 4 to 6 s was dragged, and it is {box}')
    lab.begin()
    worked = lab.python("__import__('time').process_time()")
    lab.press('Make it anew')
    found['button to sound s'] = until(lambda: begins(lab), 240)
    lab.script('heard.on = false')
    if found['button to sound s'] is None:
        return problems + [f"redo: no sound; it says {lab.python('panel.status.text')!r}"]
    lab.rest(240)
    found['processor time of it s'] = lab.python("__import__('time').process_time()") - worked
    lab.shot(shots/'redo-made.png')
    before, now = clip(lab, 0), clip(lab, 1)
    differs = np.flatnonzero(before != now)/22050
    found['differs from and to s'] = [float(differs.min()), float(differs.max())]
    if differs.min() < box[0][0] - 1e-3 or differs.max() > box[0][1] + 1e-3:
        problems.append(f'redo: the box is {box}, and samples differ from {differs.min():.3f} to {differs.max():.3f} s')
    steps = np.abs(np.diff(now))
    ends = np.concatenate([steps[round(t*22050) - 60:round(t*22050) + 1200] for t in box[0][:2]])
    found['largest step at the ends, anywhere'] = [float(ends.max()), float(np.abs(np.diff(before)).max())]
    if ends.max() > 1.2*np.abs(np.diff(before)).max():
        problems.append(f'redo: a step of {ends.max():.3f} at the ends of the box')
    row = lab.view().find_elements('css selector', '.sleepdiff-row canvas:last-of-type')[-1]
    lab.drag(row, (at(2), 100), (at(5), 168))
    lab.press('Make it anew')
    lab.rest(240)
    kept = lab.python('panel.kept.text')
    found['kept'] = kept
    if 'bit for bit' not in kept or 'in level by' not in kept or float(kept.split('by ')[-1].split(' dB')[0]) > .01:
        problems.append(f'redo: of what was kept it says {kept!r}')
    lab.shot(shots/'redo-band.png')
    lab.press('Undo')
    until(lambda: 'version 2' in lab.python('panel.status.text'), 20)
    if not np.array_equal(clip(lab, 1), now):
        problems.append('redo: undo does not bring back what was there')
    for side in ('at the end', 'at the beginning'):
        lab.press(side)
        lab.rest(240)
        found[f'longer {side}: seconds'] = lab.python('panel.history.now.audio.shape[1]/22050')
    if abs(found['longer at the beginning: seconds'] - 18) > .01:
        problems.append(f'redo: longer at both ends by 3 s, 12 s are {found["longer at the beginning: seconds"]:.2f} s')
    lab.shot(shots/'redo-longer.png')
    lab.script("document.activeElement.blur()")
    lab.python('setattr(panel.view, "playing", False)')
    print('redo:', found)
    return problems

