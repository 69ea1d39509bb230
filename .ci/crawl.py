"""Check the built site: `python .ci/crawl.py [_docs]`.

Every link inside the site and its anchor lead somewhere, every picture, script and style is a file of the site,
nothing is loaded from elsewhere, and the search finds the names it should. Prints what is wrong and exits with 1.
"""
import argparse, json, re, sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

CDNS = re.compile(
    r'jsdelivr|unpkg\.com|cdnjs|googleapis|gstatic|googletagmanager|esm\.sh|skypack|jspm\.io|mathjax\.org',
    re.I)
JS_LOAD = re.compile(
    r"""(?:import\s*(?:[^'"();]*from\s*)?\(?|fetch\(|importScripts\()\s*['"`](https?:)?//""")
CSS_URL = re.compile(r"""(?:@import\s+(?:url\()?|url\()\s*['"]?([^'")\s;]+)""")
LOADS = {
    ('img', 'src'),
    ('script', 'src'),
    ('audio', 'src'),
    ('video', 'src'),
    ('video', 'poster'),
    ('source', 'src'),
    ('track', 'src'),
    ('iframe', 'src'),
    ('embed', 'src'),
    ('object', 'data'),
    ('input', 'src'),
    ('image', 'href'),
    ('use', 'href')}


class Page(HTMLParser):
    "What one page links to, loads and can be linked at."
    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.ids, self.links, self.loads, self.inline, self._in = {'', 'top'}, [], [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        a = {k: v or '' for k, v in attrs}
        self.ids |= {a[k] for k in ('id', 'name') if k == 'id' and k in a or k in a and tag == 'a'}
        self._in = tag if tag in ('script', 'style') else None
        if tag in ('a', 'area') and 'href' in a:
            self.links.append(a['href'])
        if tag == 'link' and re.search(r'stylesheet|icon|preload|modulepreload|manifest', a.get('rel', '')):
            self.loads.append(a.get('href', ''))
        self.loads += [a[k] for t, k in LOADS if t == tag and k in a]
        self.loads += [part.split()[0] for part in re.split(r',\s+', a.get('srcset', '')) if part.strip()]
        self.loads += CSS_URL.findall(a.get('style', ''))

    def handle_data(self, data):
        if self._in:
            self.inline.append((self._in, data))

    def handle_endtag(self, tag): self._in = None


class Crawl:
    "All that is wrong with a site, in `errors`."
    def __init__(self, root):
        self.root, self.errors, self.links, self.loads = root.resolve(), [], 0, 0
        self.pages = {p: Page(p.read_text(encoding='utf-8')) for p in sorted(self.root.rglob('*.html'))}

    def error(self, path, message): self.errors.append(f'{path.relative_to(self.root)}: {message}')

    def target(self, path, href):
        "The file that `href` on the page or style at `path` means."
        p = unquote(urlsplit(href).path)
        t = (self.root/p.lstrip('/') if p.startswith('/') else path.parent/p).resolve() if p else path
        return t/'index.html' if t.is_dir() else t

    def link(self, path, href):
        url = urlsplit(href)
        if url.scheme or url.netloc:
            return   # a link to elsewhere is the reader's choice
        self.links += 1
        t = self.target(path, href)
        if not (t.is_file() and t.is_relative_to(self.root)):
            self.error(path, f'the link {href} leads nowhere')
        elif t in self.pages and unquote(url.fragment) not in self.pages[t].ids:
            self.error(path, f'the link {href} has no such anchor')

    def load(self, path, href):
        url = urlsplit(href.strip())
        if url.scheme in ('data', 'blob') or href.startswith('#'):
            return
        self.loads += 1
        if url.scheme or url.netloc:
            self.error(path, f'loads {href[:100]} from elsewhere')
        elif not self.target(path, href).is_file():
            self.error(path, f'loads {href[:100]}, which is not there')

    def code(self, path, kind, text):
        "A script or style: what it loads, and any content network it names."
        if m := CDNS.search(text):
            self.error(path, f'its {kind} names {m[0]}')
        if kind == 'script' and (m := JS_LOAD.search(text)):
            self.error(path, f'its script loads from elsewhere: {text[m.start():m.end() + 60]!r}')
        if kind == 'style':
            for href in CSS_URL.findall(re.sub(r'/\*.*?\*/', '', text, flags=re.S)):
                self.load(path, href)

    def search(self, symbols):
        index = json.loads((self.root/'search.json').read_text(encoding='utf-8'))
        for e in index:
            self.link(self.root/'search.json', e['href'])
        for s in symbols:
            if not any(s in e['section'] or s in e['title'] for e in index):
                self.errors.append(f'search.json: the search does not find {s}')

    def run(self, symbols):
        if not self.pages:
            self.errors.append(f'no pages in {self.root}')
            return
        for path, page in self.pages.items():
            for href in page.links:
                self.link(path, href)
            for href in page.loads:
                self.load(path, href)
            for kind, text in page.inline:
                self.code(path, kind, text)
        for path in sorted(p for p in self.root.rglob('*') if p.suffix in ('.js', '.mjs', '.css')):
            self.code(
                path, 'style' if path.suffix == '.css' else 'script',
                path.read_text(encoding='utf-8'))
        self.search(symbols)


def main():
    ap = argparse.ArgumentParser(description='Check the built documentation site.')
    ap.add_argument(
        'site', nargs='?', default=Path(__file__).resolve().parent.parent/'_docs', type=Path)
    ap.add_argument(
        '--symbols', nargs='*', default=['MelConfig'], help='names that the search must find')
    args = ap.parse_args()
    crawl = Crawl(args.site)
    crawl.run(args.symbols)
    for e in crawl.errors:
        print(e)
    print(f'{len(crawl.pages)} pages, {crawl.links} links and {crawl.loads} loaded files checked: '
          f'{len(crawl.errors)} wrong')
    sys.exit(bool(crawl.errors))

if __name__ == '__main__':
    main()
