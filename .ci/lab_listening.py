"""The listening test as a person does it: some answers in the notebook, and twenty pairs on the pages it writes, closed
in the middle and continued, whose file goes into the report of `evaluate`."""
import json, subprocess, sys, tempfile, time
from pathlib import Path
import numpy as np
from browser import find, serve, wait
from lab import RECORD, level, loud_part

HOOK = '''const Plain = Audio;
globalThis.played = [];
globalThis.Audio = function(src) { const audio = new Plain(src); played.push(audio); return audio; };'''
TAP = '''globalThis.tap = globalThis.tap ?? new AudioContext();
for (const audio of played.slice(-2)) {
  if (audio.tapped) continue;
  audio.tapped = tap.createMediaElementSource(audio);
  audio.tapped.connect(tap.destination);
}
return tap.state'''


def notebook(lab, shots, problems):
    "One answer in the panel by mouse and keys."
    said = lambda: lab.python('panel.status.text')
    view = lab.view()
    first_words = said()
    if not first_words.startswith('Pair 1 of 13. Listen to both'):
        problems.append(f'the panel begins with {first_words!r}')
    panel_text = view.find_element('xpath', './ancestor::*[contains(@class, "jp-OutputArea-child")][1]').text
    problems += [f'the panel shows {name!r}' for name in ('Griffin', 'learned', 'reference') if name in panel_text]
    x, y = lab.two_clips(shots/'listening-panel.png')
    if not len(x) or not len(y):
        problems.append('the panel plays nothing')
        return
    print(f'  panel: {level(x):.1f} and {level(y):.1f} dB RMS, largest step {np.abs(np.diff(np.r_[x, y])).max():.3f}')
    if not wait(lambda: 'say which one' in said(), 5):
        problems.append(f'after both were heard the panel says {said()!r}')
    next(b for b in find(lab.browser, '.widget-toggle-button') if b.text.strip() == 'Second').click()
    lab.press('Next')
    if not wait(lambda: said().startswith('Pair 2 of 13'), 10):
        problems.append(f'after an answer the panel says {said()!r}')
    kept = json.loads((lab.folder/'listening'/'answers.json').read_text())
    if len(kept['answers']) != 1 or kept['answers'][0]['chosen'] != kept['answers'][0]['clips'][1]:
        problems.append('the answer in the notebook is not in its file')

class Pages:
    "A listener in front of the static pages."
    def __init__(self, lab, test, problems):
        self.lab, self.test, self.problems, self.browser = lab, test, problems, lab.browser
        self.likes = {'learned inverse': 1, 'reference': 2}
    def open(self, address):
        self.browser.switch_to.new_window('tab')
        self.browser.execute_cdp_cmd('Page.addScriptToEvaluateOnNewDocument', dict(source=RECORD + HOOK))
        self.browser.get(address)
    def text(self): return self.lab.script('return document.getElementById("test").innerText')
    def state(self): return self.lab.script('return JSON.parse(JSON.stringify(state))')
    def better(self, clips): # the one that somebody prefers who hears everything
        known = [self.test.clips[c] for c in clips]
        worth = [-1 if c['anchor'] else self.likes.get(c['set'], 0) for c in known]
        return int(worth[1] > worth[0])
    def pair(self, measured=None):
        "Hear both by keys, choose, go on."
        kept = self.state()
        n = len(kept['answers'])
        clips = self.test.plans[kept['plan']][n]
        if measured is not None:
            self.lab.script(TAP)
        self.lab.keys(' ')
        if measured is not None:
            measured.append(self.lab.record(1.3))
        else:
            time.sleep(1.3)
        self.lab.keys('2')
        if measured is not None:
            measured.append(self.lab.record(1.3))
        heard = wait(lambda: 'Listen to' not in self.text(), 8)
        if not heard:
            self.problems.append(f'pair {n + 1}: both were played, and the page says {self.text()[-60:]!r}')
        if self.better(clips) == 0:
            self.lab.keys('1')
        self.lab.keys('c', 'n')
        if not wait(lambda: len(self.state()['answers']) == n + 1, 5):
            self.problems.append(f'pair {n + 1} was not taken')
            return False
        if find(self.browser, '#begin'):
            self.lab.keys('\ue007')                          # Enter: the heading has the focus, the button is next
            self.browser.find_element('css selector', '#begin').click()
        return True

def by_hand(pages, address, shots):
    "Twenty pairs and their checks, closed after nine and continued; the file that was saved."
    lab, browser, problems = pages.lab, pages.browser, pages.problems
    pages.open(address)
    lab.shot(shots/'listening-begin.png')
    source = browser.page_source
    problems += [f'the page knows {name!r}' for name in ('Griffin', 'learned', 'reference', 'demo-0') if name in source]
    browser.find_element('css selector', '#begin').click()
    lab.keys('n')                                            # nothing was heard yet
    if pages.state()['answers']:
        problems.append('an answer counts before anything was heard')
    measured = []
    for n in range(9):
        if not pages.pair(measured if n < 2 else None):
            return None
        if n == 3:
            lab.keys(' ')
            lab.shot(shots/'listening-pair.png')
            lab.keys(' ')
    levels = [level(loud_part(x)) for x, _ in measured]
    print(f'  pages: {", ".join(f"{v:.1f}" for v in levels)} dB RMS of the first two pairs')
    if min(levels) < -60:
        problems.append('the pages play nothing')
    before = pages.state()
    browser.close()
    browser.switch_to.window(browser.window_handles[0])
    pages.open(address)
    if 'Continue with pair 10 of 25' not in pages.text() or pages.state() != before:
        problems.append(f'opened again, the page says {pages.text()[-80:]!r}')
    lab.shot(shots/'listening-continue.png')
    browser.find_element('css selector', '#begin').click()
    while len(pages.state()['answers']) < 25:
        if not pages.pair():
            return None
    downloads = Path(tempfile.mkdtemp(prefix='sleepdiff-answers-'))
    browser.execute_cdp_cmd('Browser.setDownloadBehavior', dict(behavior='allow', downloadPath=str(downloads)))
    lab.shot(shots/'listening-end.png')
    browser.find_element('css selector', '#save').click()
    problems += [f'the pages asked for {url}' for url in lab.asked()]
    found = wait(lambda: list(downloads.glob('answers-*.json')), 10)
    if not found:
        problems.append('no file of answers was saved')
    return found and found[0]

def from_a_folder(pages, folder, shots):
    "The same pages by a double click: they play, and keep."
    pages.open((folder/'index.html').as_uri())
    pages.browser.find_element('css selector', '#begin').click()
    if not pages.pair():
        pages.problems.append('from a folder, a pair cannot be judged')
    pages.browser.refresh()
    if 'Continue with pair 2' not in pages.text():
        pages.problems.append(f'from a folder, answers are not kept: {pages.text()[-80:]!r}')
    pages.lab.resize(400, 800)
    pages.browser.find_element('css selector', '#begin').click()
    pages.lab.shot(shots/'listening-phone.png')
    if pages.lab.script('return document.documentElement.scrollWidth - innerWidth') > 1:
        pages.problems.append('the pages are wider than a phone')
    pages.lab.resize(*pages.lab.size)
    pages.browser.close()

def in_the_report(lab, answers, key, problems):
    "The answers in the report of `evaluate`."
    out = lab.folder/'report'
    demo = lab.folder/'listening'/'demo'
    words = dict(reference_paths=demo/'music', output_dir=out, n_draws=4, answers=answers, answers_key=key)
    given = [w for k, v in words.items() for w in ('-p', f'{k}={v}')]
    given += ['-p', f'generated_path=["{demo}/griffin_lim", "{demo}/learned"]', '--out', str(lab.folder/'evaluated')]
    run = [sys.executable, '-c', 'import sys; from sleepdiff.command import main; sys.exit(main())', 'run', 'evaluate']
    done = subprocess.run([*run, *given], capture_output=True, text=True, cwd=lab.folder)
    if done.returncode:
        problems.append(f'evaluate failed: {done.stderr.strip()[-300:]}')
        return
    page = (lab.folder/'evaluated'/'evaluate.html').read_text()
    told = json.loads((out/'listening.json').read_text())
    best = [row['set'] for row in told['strengths']]
    print(f"  report: {told['settings']['votes']} votes, {' > '.join(best)}")
    if best != ['reference', 'learned inverse', 'Griffin-Lim'] or told['settings']['left_out']:
        problems.append(f'the report says {best}, {told["settings"]}')
    if 'What ears say' not in page or 'learned inverse' not in page:
        problems.append('the page of the report does not tell what ears say')

def check(lab, shots):
    from sleepdiff.lab_listening import demo_folders, key_path, write_test
    problems = []
    notebook(lab, shots, problems)
    folders, music = demo_folders(lab.folder/'listening'/'demo')
    pages_dir = lab.folder/'pages'
    test = write_test(folders, pages_dir, music, n_trials=20, n_checks=5, seconds=5., seed=3)
    lab_tab = lab.browser.current_window_handle
    pages = Pages(lab, test, problems)
    answers = by_hand(pages, serve(pages_dir) + '/index.html', shots)
    if answers:
        lab.browser.close()
        lab.browser.switch_to.window(lab_tab)
        from_a_folder(pages, pages_dir, shots)
        in_the_report(lab, answers, key_path(pages_dir), problems)
    lab.browser.switch_to.window(lab_tab)
    return problems
