"""Open the built site in headless Chromium: `python .ci/browser.py [_docs] [--shots FOLDER]`.

Takes a screenshot of the start page, a stage and a job, types a name into the search and expects it found, plays a
sound, and expects formulas and diagrams drawn and nothing asked of any other host. On a desk no code of a stage
scrolls sideways, on a phone no page does; every stage shows something, and those of sound let it be heard. Without
Chromium it says so and stops.
"""
import argparse, shutil, sys, tempfile, threading, time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

FLAGS = '''--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run
--disable-background-networking --disable-dev-shm-usage
--disable-component-update --disable-sync --autoplay-policy=no-user-gesture-required --window-size=1400,1100'''.split()
OFFLINE = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'   # the reader is on a train
PLAY = '''const [a, done] = [document.querySelector('audio[src^="data:"], audio'), arguments[0]];
a.muted = true; a.addEventListener('timeupdate', () => a.currentTime > 0 && done('played'));
a.play().catch(e => done(String(e))); setTimeout(() => done('stood still at ' + a.currentTime + ' s'), 8000);'''


SEEN = '''const all = what => [...document.querySelectorAll(what)];
const code = all('main pre.sourceCode').filter(p => p.scrollWidth > p.clientWidth + 1);
return {wide: code.map(p => p.innerText.split('\\n').sort((a, b) => b.length - a.length)[0].trim().slice(0, 80)),
        shown: all('main img, main pre.mermaid, main table').length, heard: all('main audio').length,
        nameless: all('main img').filter(i => !i.alt).length,
        over: document.documentElement.scrollWidth - innerWidth}'''
PHONE = dict(width=390, height=800, deviceScaleFactor=1, mobile=True)
# the stages whose subject is a sound
OF_SOUND = '''audio mel vocoder bigvgan vocoders demo measure pipeline samples regions creative blend tasks
mastering curves night night_file embedding signal embedders memorisation evaluation features compare player'''.split()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args): pass

def serve(site):
    "The site's address on this machine."
    server = ThreadingHTTPServer(('127.0.0.1', 0), partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f'http://127.0.0.1:{server.server_port}'

def chromium(profile):
    "A headless browser, or None where there is none."
    binary = next(
        filter(None, map(shutil.which, ('chromium', 'chromium-browser', 'google-chrome'))), None)
    driver = shutil.which('chromedriver')
    if not (binary and driver):
        return None
    from selenium import webdriver
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for flag in [*FLAGS, OFFLINE, f'--user-data-dir={profile}']:
        options.add_argument(flag)
    options.set_capability('goog:loggingPrefs', {'browser': 'ALL'})
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))

def wait(check, seconds=10):
    "What `check` returns as soon as it is true, else None."
    end = time.time() + seconds
    while time.time() < end:
        if result := check():
            return result
        time.sleep(.1)

def find(browser, css): return browser.find_elements('css selector', css)

def look(browser, base, page, shots, problems):
    "Open a page, take its picture, and note what it failed to draw or asked of others."
    browser.get(f'{base}/{page}')
    drawn = wait(lambda: browser.execute_script('''return document.readyState == 'complete'
        && (!window.renderMathInElement || document.querySelector('.katex') != null)
        && [...document.querySelectorAll('pre.mermaid')].every(p => p.querySelector('svg'))'''))
    if not drawn:
        problems.append(f'{page}: formulas or diagrams are not drawn')
    asked = browser.execute_script('''return performance.getEntriesByType('resource').map(e => e.name)
        .filter(n => !n.startsWith(location.origin) && !n.startsWith('data:') && !n.startsWith('blob:'))''')
    problems += [f'{page}: asked for {url}' for url in asked]
    severe = [e['message'] for e in browser.get_log('browser') if e['level'] == 'SEVERE']
    problems += [f'{page}: {message}' for message in severe if 'favicon.ico' not in message]
    browser.save_screenshot(str(shots/(page.replace('/', '-').removesuffix('.html') + '.png')))

def search(browser, name, shots, problems):
    "Type a name into the search box; its page must be among the results."
    box = find(browser, '.smalldocs-search input')[0]
    box.send_keys(name)
    hit = wait(
        lambda: [a.get_attribute('href') for a in find(browser, '.search-result') if name in a.text])
    browser.save_screenshot(str(shots/'search.png'))
    if not hit:
        problems.append(f'the search does not find {name}')
    elif name.lower() not in hit[0].lower():
        problems.append(f'the search leads to {hit[0]} for {name}')

def play(browser, base, page, problems):
    "Play the first sound of a page; its clock must move."
    if page is None:
        problems.append('no page has a player')
        return
    browser.get(f'{base}/{page}')
    said = browser.execute_async_script(PLAY)
    if said != 'played':
        problems.append(f'{page}: the player {said}')

def stages(site):
    "The pages of the numbered notebooks, which are beside the start page."
    return sorted(p.name for p in site.glob('*.html') if p.name != 'index.html')

def measure(browser, base, site, problems):
    "What each stage shows at a desk, and whether any page is wider than a phone."
    for page in stages(site):
        browser.get(f'{base}/{page}')
        seen = browser.execute_script(SEEN)
        problems += [f'{page}: a line of code scrolls sideways: {line}' for line in seen['wide']]
        if not seen['shown']:
            problems.append(f'{page}: nothing to see')
        if page.removesuffix('.html') in OF_SOUND and not seen['heard']:
            problems.append(f'{page}: nothing to hear')
        if seen['nameless']:
            problems.append(f"{page}: {seen['nameless']} pictures without alternative text")
    browser.execute_cdp_cmd('Emulation.setDeviceMetricsOverride', PHONE)
    for page in sorted(str(p.relative_to(site)) for p in site.rglob('*.html')):
        browser.get(f'{base}/{page}')
        over = browser.execute_script(SEEN)['over']
        if over > 1:
            problems.append(f'{page}: {over} pixels wider than a phone')

def main():
    ap = argparse.ArgumentParser(description='Open the built site in headless Chromium.')
    ap.add_argument(
        'site', nargs='?', default=Path(__file__).resolve().parent.parent/'_docs', type=Path)
    ap.add_argument(
        '--shots', type=Path, help='folder for the screenshots; a new temporary one unless told')
    ap.add_argument('--stage', default='mel.html')
    ap.add_argument('--job', default='jobs/quickstart.html')
    ap.add_argument('--symbol', default='MelConfig')
    args = ap.parse_args()
    shots, problems = args.shots or Path(tempfile.mkdtemp(prefix='sleepdiff-shots-')), []
    shots.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = chromium(profile)
        if browser is None:
            print('skipped: no Chromium with its chromedriver here')
            return
        try:
            browser.set_script_timeout(15)
            base = serve(args.site)
            pages_of_sound = (p for p in sorted(args.site.rglob('*.html')) if '<audio' in p.read_text(encoding='utf-8'))
            sounds = next((str(p.relative_to(args.site)) for p in pages_of_sound), None)
            pages = dict.fromkeys(['index.html', args.stage, args.job] + ([sounds] if sounds else []))
            for page in pages:
                look(browser, base, page, shots, problems)
            play(browser, base, sounds, problems)
            search(browser, args.symbol, shots, problems)
            measure(browser, base, args.site, problems)
        finally:
            browser.quit()
    for p in problems:
        print(p)
    print(f'{len(pages)} pages, the search and a player tried in Chromium: {len(problems)} wrong; '
          f'screenshots in {shots}')
    sys.exit(bool(problems))

if __name__ == '__main__':
    main()
