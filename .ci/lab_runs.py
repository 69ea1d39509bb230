"The panel of runs: what is in the table, curves of two chosen runs, two samples heard, the page one click away."
from browser import find, wait
from lab import level


def check(lab, shots):
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys
    problems = []
    if lab.rest(60)[0] != 'ready':
        problems.append(f"the panel is not ready: {lab.python('panel.status.text')!r}")
    if set(lab.python('list(panel.chosen.value)')) != {'generate-5', 'generate-20'}:
        problems.append(f"at first {lab.python('list(panel.chosen.value)')} are chosen")
    first, second = lab.two_clips(shots/'runs-heard.png')
    print(f'  samples: {level(first):.1f} and {level(second):.1f} dB RMS')
    if min(level(first), level(second)) < -60:
        problems.append('the samples are not heard')
    listed = find(lab.browser, '.widget-select-multiple option')
    trainings = [o for o in listed if 'train_unet' in o.text]
    lab.show(trainings[0])
    trainings[0].click()
    ActionChains(lab.browser).key_down(Keys.CONTROL).click(trainings[1]).key_up(Keys.CONTROL).perform()
    chosen = wait(lambda: len(lab.python('[r for r in panel.chosen.value if "train" in r]')) == 2, 10)
    if not chosen or lab.rest(60)[0] != 'ready':
        problems.append(f"two trainings cannot be chosen: {lab.python('list(panel.chosen.value)')}")
    if not wait(lambda: find(lab.browser, 'img[alt^="loss of"]'), 20):
        problems.append('no curve is drawn')
    lab.shot(shots/'runs-curves.png')
    link = next(iter(a for a in find(lab.browser, '.jp-OutputArea-output a') if a.text == 'page'), None)
    if link is None:
        return [*problems, 'no run has a page']
    lab.show(link)
    link.click()
    opened = wait(lambda: lab.script('''return [...window.jupyterapp.shell.widgets('main')]
        .some(w => w.title.label == 'prepare.html')'''), 20)
    if not opened:
        problems.append(f"a click on {link.get_attribute('href')!r} opens no page")
    lab.shot(shots/'runs-page.png')
    lab.script("window.jupyterapp.shell.activateById([...window.jupyterapp.shell.widgets('main')][0].id)")
    return problems
