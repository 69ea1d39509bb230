"What is tried of the panel of denoising: `check(lab, shots)`, after nbs/lab/denoising.ipynb was opened and run."
import time
import numpy as np
from selenium.webdriver.common.keys import Keys
from browser import wait
from lab import SHOWN, level
from lab_dials import words


def check(lab, shots):
    problems = []
    def expect(right, what):
        if not right:
            problems.append(f'denoising: {what}')

    start = time.perf_counter()
    said = words(lab, 240)
    expect(said and said.startswith('ready: A dpm++2m, step 20 of 20'), f'nothing to hear at first: {said}')
    print(f'denoising: two samplings {time.perf_counter() - start:.1f} s after the cell')
    lab.play()
    lab.keys(Keys.HOME)
    end, _ = lab.record(3)
    lab.shot(shots/f'denoising_end_{lab.scheme}.png')

    step = lab.control('step')
    lab.script('arguments[0].focus()', step)
    picture = 'hash(panel.view.clips[0]["picture"])'
    before = lab.python(picture)
    start = time.perf_counter()
    lab.keys(Keys.HOME)                                      # to the first step
    expect(wait(lambda: lab.python('panel.step.value') == 1, 5), 'the slider does not go to the first step')
    expect(wait(lambda: lab.python(picture) != before, 10), 'the picture does not follow the slider')
    seen = time.perf_counter() - start
    said = words(lab, 60)
    expect(said.startswith('ready: A dpm++2m, step 1 of 20'), f'the sound does not follow: {said}')
    print(f'denoising: picture of another step after {seen:.2f} s, its sound after {time.perf_counter() - start:.1f} s')
    expect(lab.python('panel.view.playing'), 'the sound stops when the step changes')
    first, _ = lab.record(3)
    levels = [level(x) for x in (end, first)]
    expect(min(levels) > -60, f'steps are silent: {levels} dB')
    apart = len(end) and len(first) and not np.allclose(end[-4096:], first[-4096:], atol=1e-3)
    expect(apart, 'all steps sound the same')
    print(f'denoising: the last step is heard at {levels[0]:.1f} dB, the first at {levels[1]:.1f} dB')

    walk = lab.browser.find_element('css selector', f'{SHOWN} .widget-play button')
    walk.click()
    expect(wait(lambda: lab.python('panel.step.value') >= 4, 20), 'the play button does not walk through the steps')
    walk.click()
    start = time.perf_counter()
    lab.python('1 + 1')
    expect(time.perf_counter() - start < 1, 'the kernel does not answer')
    said = words(lab, 60)
    expect(said and said.startswith('ready: A dpm++2m, step '), f'walking ends in: {said}')

    lab.script('arguments[0].focus()', lab.control('B steps'))
    lab.keys(Keys.HOME)                                      # one step
    expect(wait(lambda: (words(lab, 120) or '').endswith('of 1'), 120), 'B is not sampled anew')
    lab.script('document.activeElement.blur()')
    lab.script('arguments[0].scrollIntoView({block: "start"})', lab.control('A sampler'))
    time.sleep(.5)
    lab.shot(shots/f'denoising_{lab.scheme}.png')
    return problems
