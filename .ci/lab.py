"""The lab in a real JupyterLab in headless Chromium: `python .ci/lab.py [NOTEBOOK...] [--shots FOLDER]`.

Opens every notebook of nbs/lab as a person does, runs it, and looks: no cell has an error, no error stands in the
console, no request leaves the machine, and each panel does what its check below tries with mouse and keys. What the
page plays is taken from its Web Audio graph. Without Chromium it says so and stops.
"""
import argparse, base64, importlib, json, os, re, shutil, subprocess, sys, tarfile, tempfile, time, traceback
from pathlib import Path
import numpy as np
sys.path.insert(0, str(Path(__file__).resolve().parent))
from browser import chromium, find, wait

ROOT = Path(__file__).resolve().parent.parent
AXE = '4.14.1'
RECORD = '''
// everything that goes to the loudspeaker also goes into an array, and is silent at the end of it
globalThis.heard = {blocks: [], rate: 0, on: false};
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function(to, ...rest) {
  if (to === this.context.destination && !this.isRecorder) {
    if (!this.context.recorder) {
      const recorder = this.context.createScriptProcessor(4096, 2, 2);
      recorder.isRecorder = true;
      recorder.onaudioprocess = event => {
        if (!heard.on) return;
        heard.rate = event.inputBuffer.sampleRate;
        heard.blocks.push([0, 1].map(c => event.inputBuffer.getChannelData(c).slice()));
      };
      connect.call(recorder, this.context.destination);
      this.context.recorder = recorder;
    }
    connect.call(this, this.context.recorder);
    return to;
  }
  return connect.call(this, to, ...rest);
};
'''
TAKE = '''const {blocks, rate} = heard;
const joined = new Float32Array(blocks.length*4096);
blocks.forEach((block, i) => joined.set(block[0], i*4096));
heard.blocks = [];
let text = '';
const bytes = new Uint8Array(joined.buffer);
for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
return [rate, btoa(text)];'''
SHOWN = '.jp-NotebookPanel:not(.lm-mod-hidden)'
CONTROL = f'''const [text, what] = arguments;
const labels = [...document.querySelectorAll('{SHOWN} .widget-label')];
const label = labels.find(l => l.textContent.trim() == text && l.offsetParent);
return label?.parentElement.querySelector(what)'''
BUTTON = f'''const buttons = [...document.querySelectorAll('{SHOWN} button.jupyter-button')];
return buttons.find(b => b.textContent.trim() == arguments[0] && b.offsetParent)'''


def until(check, seconds, every=.05):
    "Seconds until it is true, or None."
    start = time.time()
    while time.time() - start < seconds:
        if check():
            return time.time() - start
        time.sleep(every)

def level(x): # dB
    return float(10*np.log10(np.mean(np.square(x)) + 1e-12)) if len(x) else -120.

def loud_part(x): # what sounds, without the silence before and after
    heard = np.flatnonzero(np.abs(x) > 1e-4)
    return x[heard[0]:heard[-1] + 1] if len(heard) else x[:0]


class Lab:
    "A JupyterLab with a copy of some notebooks, and a browser in front of it."
    def __init__(self, notebooks, width=1400, height=1000, scheme='light'):
        self.folder = Path(tempfile.mkdtemp(prefix='sleepdiff-lab-'))
        for path in notebooks:
            shutil.copy(path, self.folder/path.name)
        self.notebooks, self.size, self.scheme = notebooks, (width, height), scheme

    def __enter__(self):
        config, settings = self.folder/'.config', self.folder/'.settings'
        env = dict(os.environ, JUPYTER_CONFIG_DIR=str(config), JUPYTERLAB_SETTINGS_DIR=str(settings))
        self._set(settings, 'themes', theme=f'JupyterLab {self.scheme.title()}')
        self._set(settings, 'notification', fetchNews='false', checkForUpdates=False)
        self.log = open(self.folder/'lab.log', 'w')
        options = ['--no-browser', '--allow-root', '--ip=127.0.0.1', '--port=0', '--LabApp.expose_app_in_browser=True',
            '--ServerApp.token=', '--ServerApp.password=', f'--ServerApp.root_dir={self.folder}']
        self.server = subprocess.Popen([sys.executable, '-m', 'jupyterlab', *options], cwd=self.folder, env=env,
            stdout=self.log, stderr=subprocess.STDOUT)
        self.base = wait(self._address, 60)
        if not self.base:
            raise RuntimeError('JupyterLab did not start:\n' + (self.folder/'lab.log').read_text()[-2000:])
        self.browser = chromium(self.folder/'.profile')
        self.browser.set_script_timeout(60)
        self.browser.execute_cdp_cmd('Page.addScriptToEvaluateOnNewDocument', dict(source=RECORD))
        self.resize(*self.size)
        return self

    def _set(self, settings, name, **values):
        folder = settings/'@jupyterlab'/'apputils-extension'
        folder.mkdir(parents=True, exist_ok=True)
        (folder/f'{name}.jupyterlab-settings').write_text(json.dumps(values))

    def _address(self):
        found = re.search(r'http://127\.0\.0\.1:(\d+)/', (self.folder/'lab.log').read_text())
        return found and found.group(0)

    def __exit__(self, *args):
        self.browser.quit()
        self.server.terminate()
        self.server.wait(20)
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def resize(self, width, height):
        metrics = dict(width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.browser.execute_cdp_cmd('Emulation.setDeviceMetricsOverride', metrics)

    def script(self, text, *args): return self.browser.execute_script(text, *args)

    def open(self, name):
        "A notebook as the only thing in the window, its kernel ready."
        self.browser.get(f'{self.base}lab/workspaces/{Path(name).stem}/tree/{name}?reset')
        ready = wait(lambda: self.script('''const app = window.jupyterapp, now = app?.shell?.currentWidget;
            return now?.context?.isReady && now?.sessionContext?.session?.kernel?.status == 'idle' '''), 90)
        if not ready:
            raise RuntimeError(f'{name} did not open')
        self.script("window.jupyterapp.shell.collapseLeft(); window.jupyterapp.shell.collapseRight();")

    def run(self, seconds=120):
        "Run all cells, and wait for the last."
        self.script("window.jupyterapp.commands.execute('notebook:run-all-cells')")
        time.sleep(.5)
        return wait(self.is_idle, seconds)

    def is_idle(self):
        return self.script('''const now = window.jupyterapp.shell.currentWidget;
            const filled = c => c.model.type == 'code' && c.model.sharedModel.getSource().trim();
            const cells = now.content.widgets.filter(filled);
            return now.sessionContext.session.kernel.status == 'idle' && cells.every(c => c.model.executionCount)''')

    def errors(self):
        return self.script('''return window.jupyterapp.shell.currentWidget.content.widgets
            .flatMap(c => c.model.type == 'code' ? c.model.outputs.toJSON() : [])
            .filter(o => o.output_type == 'error' || o.name == 'stderr').map(o => o.evalue || o.text)''')

    def console(self):
        severe = [e['message'] for e in self.browser.get_log('browser') if e['level'] == 'SEVERE']
        # a page of a run that is opened in the lab may run no scripts there
        return [message for message in severe if 'favicon' not in message and 'Blocked script execution' not in message]

    def asked(self):
        "Requests that left the machine."
        return self.script('''return performance.getEntriesByType('resource').map(e => e.name)
            .filter(n => !n.startsWith(location.origin) && !/^(data|blob):/.test(n))''')

    def python(self, code, seconds=30):
        "The value of an expression in the notebook's kernel, as JSON; what a person would type into a cell."
        said = self.browser.execute_async_script('''const [code, done] = arguments;
            const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
            const future = kernel.requestExecute({code, silent: false, store_history: false});
            let text = '';
            future.onIOPub = m => { if (m.header.msg_type == 'stream') text += m.content.text;
                if (m.header.msg_type == 'error') text = JSON.stringify({error: m.content.evalue}); };
            future.done.then(() => done(text));''', f'import json; print(json.dumps({code}))')
        return json.loads(said) if said else None                # NaN, too, which is no JSON for the page

    def view(self, i=0):
        "A view of sound, or a player."
        shown = f'{SHOWN} .sleepdiff-view, {SHOWN} .sleepdiff-night'
        return wait(lambda: next(iter(find(self.browser, shown)[i:]), None), 20)

    def show(self, element): self.script("arguments[0].scrollIntoView({block: 'center'})", element)

    def control(self, label, what='select, input, .noUi-handle'):
        "What a hand takes hold of, beside a label."
        found = self.script(CONTROL, label, what)
        if found is None:
            raise RuntimeError(f'the panel shows no {label!r}')
        self.show(found)
        return found

    def press(self, text):
        "A button by what stands on it."
        button = self.script(BUTTON, text)
        if button is None:
            raise RuntimeError(f'the panel shows no button {text!r}')
        self.show(button)
        button.click()

    def play(self):
        "Press Play of the view."
        view = self.view()
        self.show(view)
        view.find_element('css selector', 'button[aria-label=Play]').click()
        return view

    def rest(self, seconds=120, panel='panel'):
        "The state of a panel's worker once it rests, and how long that took."
        start = time.time()
        time.sleep(.4)
        until(lambda: self.python(f'{panel}.worker.state') != 'busy', seconds, .1)
        return self.python(f'{panel}.worker.state'), time.time() - start

    def begin(self):
        "Take what the page plays from now on."
        self.script('heard.blocks = []; heard.on = true')

    def take(self):
        "What was played since `begin`: (samples, Hz)."
        self.script('heard.on = false')
        rate, text = self.script(TAKE)
        return np.frombuffer(base64.b64decode(text), np.float32), rate

    def record(self, seconds):
        "What the page plays in the next seconds: (samples, Hz)."
        self.begin()
        time.sleep(seconds)
        return self.take()

    def two_clips(self, shot):
        "What sounds of the first and of the second clip of the view, and a picture: (samples, samples)."
        self.play()
        self.keys('l')                                       # a slow machine is not to reach the end
        first, _ = self.record(2.5)
        self.keys('2')
        second, _ = self.record(2.)
        self.shot(shot)
        self.keys(' ')
        return loud_part(first), loud_part(second)

    def drag(self, element, start, end):
        "Drag from one point of an element to another, in pixels from its upper left corner."
        from selenium.webdriver.common.action_chains import ActionChains
        width, height = element.size['width'], element.size['height']
        (x0, y0), (x1, y1) = start, end
        ActionChains(self.browser, duration=80).move_to_element_with_offset(element, x0 - width//2, y0 - height//2) \
            .click_and_hold().move_by_offset((x1 - x0)//2, (y1 - y0)//2) \
            .move_by_offset(x1 - x0 - (x1 - x0)//2, y1 - y0 - (y1 - y0)//2).release().perform()

    def keys(self, *keys):
        from selenium.webdriver.common.action_chains import ActionChains
        for key in keys:
            ActionChains(self.browser).send_keys(key).perform()
            time.sleep(.15)

    def shot(self, path): self.browser.save_screenshot(str(path))


def axe_source():
    "The text of axe-core, from npm, or None where that cannot be had."
    if not shutil.which('npm'):
        return None
    with tempfile.TemporaryDirectory() as folder:
        got = subprocess.run(['npm', 'pack', f'axe-core@{AXE}'], cwd=folder, capture_output=True, text=True)
        if got.returncode:
            return None
        packed = next(Path(folder).glob('*.tgz'))
        with tarfile.open(packed) as tar:
            return tar.extractfile('package/axe.min.js').read().decode()

def barriers(lab, axe):
    "What axe-core finds serious in what the notebook shows."
    if axe is None:
        return []
    lab.script(axe + '; window.axe = axe;')
    found = lab.browser.execute_async_script('''const done = arguments[0];
        const shown = {include: ['.jp-NotebookPanel:not(.lm-mod-hidden) .jp-OutputArea-output']};
        axe.run(shown, {resultTypes: ['violations']})
           .then(r => done(r.violations.filter(v => /serious|critical/.test(v.impact))
               .map(v => `${v.id}: ${v.nodes.length} times, such as ${v.nodes[0].html.slice(0, 120)}`)));''')
    return [f'a barrier: {what}' for what in found]

def check_of(name):
    "The check of a panel, `check(lab, shots)` of lab_NAME.py beside this file, or None."
    path = Path(__file__).with_name(f'lab_{name}.py')
    return importlib.import_module(path.stem).check if path.exists() else None

def tried(check, *args):
    "Problems that a check finds; one that breaks off is a problem, too."
    try:
        return check(*args)
    except Exception as error:
        traceback.print_exc()
        return [f'its check broke off: {type(error).__name__}: {str(error)[:300]}']

def try_notebook(path, shots, axe, args):
    "Open, run and use a notebook; what is wrong with it."
    name, check = path.stem, check_of(path.stem)
    with Lab([path], args.width, scheme=args.scheme) as lab:
        lab.seconds = args.seconds
        start = time.time()
        lab.open(path.name)
        if not lab.run(180):
            return ['it is not done after three minutes']
        print(f'{name}: ready {time.time() - start:.0f} s after it was opened', flush=True)
        problems = [f'a cell says {text[:300]}' for text in lab.errors()]
        if not lab.view():
            return problems + ['no view of sound appears']
        time.sleep(1)
        lab.shot(shots/f'{name}-{args.width}.png')
        problems += barriers(lab, axe)
        problems += tried(check, lab, shots) if check else ['no check tries its panel']
        lab.resize(800, 1000)
        time.sleep(.5)
        lab.shot(shots/f'{name}-800.png')
        problems += [f'the console says {text[:300]}' for text in lab.console()]
        problems += [f'it asked for {url}' for url in lab.asked()]
    return problems

def main():
    ap = argparse.ArgumentParser(description='Open the notebooks of the lab in JupyterLab, and use them.')
    ap.add_argument('notebooks', nargs='*', type=Path, default=sorted((ROOT/'nbs'/'lab').glob('*.ipynb')))
    ap.add_argument('--shots', type=Path, help='folder for the screenshots; a new temporary one unless told')
    ap.add_argument('--width', type=int, default=1400, help='of the window, in pixels')
    ap.add_argument('--scheme', choices=('light', 'dark'), default='light')
    ap.add_argument('--seconds', type=float, default=60., help='that a night is listened to')
    args = ap.parse_args()
    if not (shutil.which('chromedriver') and shutil.which('jupyter-lab')):
        print('skipped: no Chromium with its chromedriver, or no JupyterLab, here')
        return
    shots, axe, wrong = args.shots or Path(tempfile.mkdtemp(prefix='sleepdiff-lab-shots-')), axe_source(), 0
    shots.mkdir(parents=True, exist_ok=True)
    if axe is None:
        print('axe-core could not be had: barriers are not looked for')
    for path in args.notebooks:
        problems = tried(try_notebook, path, shots, axe, args)
        wrong += len(problems)
        for problem in problems:
            print(f'{path.stem}: {problem}', flush=True)
    print(f'{len(args.notebooks)} notebooks of the lab tried in JupyterLab: {wrong} wrong; screenshots in {shots}')
    sys.exit(bool(wrong))

if __name__ == '__main__':
    main()
