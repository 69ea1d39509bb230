"""Build the documentation site into _docs/: `python .ci/docs.py`.

It needs no Quarto and leaves nothing to load from elsewhere.

nbdev processes the notebooks (links, `show_doc`), this script stages them under their page names and turns citations
into links, smalldocs renders them as nbs/_quarto.yml says, and npm's own packages of KaTeX and Mermaid go into
the site.
"""
import argparse, json, os, posixpath, re, shutil, subprocess, sys, tarfile, tempfile
from fnmatch import fnmatch
from importlib.metadata import entry_points
from itertools import groupby
from pathlib import Path
import yaml
from cite import Bibliography

ROOT = Path(__file__).resolve().parent.parent
NUMBER = re.compile(r'(?<![\w-])\d+[a-z]?_(?=\w+\.ipynb)')
CDN = re.compile(
    r'https://cdn\.jsdelivr\.net/npm/(?P<name>[\w-]+)@(?P<version>[\d.]+)/(?P<path>[\w./-]+)')
# of each npm package, the files that a page can ask for
PARTS = dict(katex=r'LICENSE|dist/(katex\.min\.(js|css)|contrib/auto-render\.min\.js|fonts/.*)',
             mermaid=r'LICENSE|dist/(mermaid\.esm\.min\.mjs|chunks/mermaid\.esm\.min/.*\.mjs)')


def page_name(path): return NUMBER.sub(
    '', str(path))   # 11_mel.ipynb -> mel.ipynb, as nbdev names the page

def check_title(nb, name):
    """Stop at a title cell that holds more than title and plain subtitle: nbdev turns that cell into front matter
    and drops the rest."""
    texts = [c for c in nb['cells'] if c['cell_type'] == 'markdown']
    cell = next((c for c in texts if re.search(r'^# ', ''.join(c['source']), re.M)), None)
    lines = [l for l in ''.join(cell['source'] if cell else '').splitlines() if l.strip()]
    if any(re.match(r'> .*@\w', l) for l in lines):
        raise SystemExit(f'nbs/{name}: the subtitle has a citation; cite in the text below it.')
    if extra := [l for l in lines if not re.match(r'# |> |- .*:', l)]:
        raise SystemExit(f'nbs/{name}: the title cell goes on after its subtitle ("{extra[0][:50]}"), '
                         'which nbdev would drop; move that text into a cell of its own.')

def process(force):
    "nbdev's processed notebooks: exported code as documentation, symbols as links, hidden cells gone."
    from nbdev.config import get_config
    from nbdev.quarto import refresh_quarto_yml
    from nbdev.serve import proc_nbs
    cfg = get_config()
    if cfg.lib_name not in entry_points(group='nbdev').names:
        raise SystemExit(f'{cfg.lib_name} is not installed here, so its names cannot become links; '
                         "run `pip install -e '.[dev]'` first.")
    every = (p.relative_to(cfg.nbs_path) for p in cfg.nbs_path.rglob('*.ipynb'))
    names = sorted(p for p in every if not re.search(r'(^|/)[_.]', p.as_posix()))
    for name in names:
        check_title(json.loads((cfg.nbs_path/name).read_text(encoding='utf-8')), name)
    refresh_quarto_yml()
    return cfg, Path(proc_nbs(n_workers=2, force=force)), names

def edit(nb, f):
    "Apply `f` to all Markdown of a notebook: its cells and what its cells display."
    for c in nb['cells']:
        if c['cell_type'] == 'markdown':
            c['source'] = f(''.join(c['source']))
        for o in c.get('outputs', []):
            if 'text/markdown' in o.get('data', {}):
                o['data']['text/markdown'] = f(''.join(o['data']['text/markdown']))

FENCED = re.compile(r'^```.*?^```', re.M | re.S)
LINKED = re.compile(r'\[(`[^`\]]+`)\]\([^)\s]*\)')

def plain_code(text):
    "Names within blocks of code, where nbdev's links would stand as their Markdown."
    return FENCED.sub(lambda block: LINKED.sub(r'\1', block[0]), text)

CHECKS = re.compile(r'\b(test_\w+|assert|ExceptionExpected)\b')
FOLDED = '#| code-fold: true\n#| code-summary: Test\n'

def is_private(c): # whether a name that begins with _ would be documented, or a method of such a class
    return c['cell_type'] == 'code' and bool(re.search(r'^show_doc\((_|\w+\._(?!_))', ''.join(c['source']), re.M))

def fold_tests(cells):
    "What shows nothing and checks something is folded, with what prepares it: the page reads as a text."
    follows = False
    for c in reversed(cells):
        source = ''.join(c['source'])
        quiet = c['cell_type'] == 'code' and not c['outputs'] and 'show_doc(' not in source
        follows = quiet and (follows or bool(CHECKS.search(source)))
        if follows:
            c['source'] = FOLDED + source

def source_order(cells):
    "nbdev documents the names of one exported cell last to first: put them in the order of the source."
    line = lambda c: int((re.search(r'\.py#L(\d+)', json.dumps(c['outputs'])) or [0, 0])[1])
    shown = lambda c: c['cell_type'] == 'code' and bool(re.search(r'^show_doc\(', ''.join(c['source']), re.M))
    return [c for is_doc, run in groupby(cells, shown) for c in (sorted(run, key=line) if is_doc else run)]

def stage(cfg, proc, names, dest):
    "Copy the processed files to `dest` under their page names, with citations and links that hold inside the site."
    bib, site = Bibliography(
        cfg.config_path/'papers/references.bib'), f'{cfg.doc_host}{cfg.doc_baseurl}/'
    bib.path = bib.path.relative_to(cfg.config_path)
    for src in sorted(p for p in proc.rglob('*') if p.is_file()):
        name = src.relative_to(proc)
        out = dest/page_name(name)
        if src.suffix == '.ipynb' and name not in names:
            continue   # left from an earlier build
        out.parent.mkdir(parents=True, exist_ok=True)
        if out.exists():
            raise SystemExit(
                f'Two notebooks would become the page {out.relative_to(dest)}; rename one of them.')
        if src.suffix != '.ipynb':
            shutil.copy2(src, out)
            continue
        def link(href, name=name):
            href = page_name(href.replace(site, '/'))
            # a file outside nbs/ is read where the source is
            away = posixpath.normpath(posixpath.join('nbs', name.parent.as_posix(), href))
            stays = re.match(r'[a-z]+:|[#/]', href) or away.startswith('nbs/')
            return href if stays else f'{cfg.git_url}/blob/{cfg.branch}/{away}'
        def markdown(s, name=name):
            s = bib.link(s, lambda key: f'/guides/references.html#{key}', f'nbs/{name}')
            s = re.sub(
                r'^:::\s*\{#refs\}\s*^:::', lambda _: f'```{{=html}}\n{bib.list_html()}\n```', s,
                flags=re.M)
            return re.sub(r'(?<=\]\()[^)\s]+', lambda m: link(m[0]), s)
        nb = json.loads(src.read_text(encoding='utf-8'))
        nb['cells'] = source_order([c for c in nb['cells'] if not is_private(c)])
        if NUMBER.match(name.name):
            fold_tests(nb['cells'])
        edit(nb, lambda text: markdown(plain_code(text)))
        out.write_text(json.dumps(nb), encoding='utf-8')
        os.utime(out, (src.stat().st_atime, src.stat().st_mtime))

def configure(dest, out, names):
    "The site's configuration for smalldocs: nbs/_quarto.yml with page names, less what is only for Quarto."
    text, files = (dest/'_quarto.yml').read_text(encoding='utf-8'), [n.as_posix() for n in names]
    conf, named = yaml.safe_load(text), {page_name(n) for n in re.findall(r'[\w/]+\.ipynb', text)}
    for key in ('bibliography', 'link-citations'):
        conf.pop(key, None)
    conf['format'].pop('commonmark', None)
    listed = set()
    def known(item):
        "A sidebar's or navbar's entries that exist, globs spelled out; a page that is named stays where it is named."
        if isinstance(item, dict):
            kept = {k: known(v) if k in ('contents', 'left', 'href') else v for k, v in item.items()}
            return kept if all(kept.get(k, True) for k in ('contents', 'href')) else None
        if isinstance(item, list):
            return [o for o in map(known, item) if o]
        found = [p for n in files if ((p := page_name(n)) not in named and fnmatch(n, item)) or p == page_name(item)]
        listed.update(found)
        if '*' in item:
            return found
        if not found:
            print(f'nbs/_quarto.yml lists {item}, which is not there: left out.', file=sys.stderr)
        return found[0] if found else None
    conf['website'] = {k: known(v) if k in ('sidebar', 'navbar') else v for k, v in conf['website'].items()}
    if lost := sorted({page_name(n) for n in files} - listed):
        raise SystemExit(
            f'Not in the sidebar: {", ".join(lost)}. Add the notebook to `sidebar` in nbs/_quarto.yml.')
    nbdev_yml = dest/'nbdev.yml'
    nbdev_yml.write_text(
        re.sub(
            r'output-dir:.*', f'output-dir: {json.dumps(str(out))}',
            nbdev_yml.read_text(encoding='utf-8')),
        encoding='utf-8')
    (dest/'_quarto.yml').write_text(yaml.safe_dump(conf, sort_keys=False), encoding='utf-8')

def npm_files(name, version, dest):
    "The files of an npm package that pages use, under `dest`."
    with tempfile.TemporaryDirectory() as tmp:
        got = subprocess.run(
            ['npm', 'pack', '--loglevel=error', '--prefer-offline', f'{name}@{version}'], cwd=tmp,
            capture_output=True, text=True)
        if got.returncode:
            raise SystemExit(f'npm could not fetch {name}@{version}, which the site needs for formulas or diagrams: '
                             f'{got.stderr.strip()[:300]}')
        with tarfile.open(next(Path(tmp).glob('*.tgz'))) as tar:
            wanted = [m for m in tar.getmembers() if re.fullmatch(f'package/({PARTS.get(name, ".*")})', m.name)]
            for m in wanted:
                m.name = m.name.removeprefix('package/')
            tar.extractall(dest, wanted, filter='data')

def localise(out):
    "Take every script and style that a page would load from a CDN from its npm package instead."
    pages = {p: p.read_text(encoding='utf-8') for p in out.rglob('*.html')}
    needed = {(m['name'], m['version']) for s in pages.values() for m in CDN.finditer(s)}
    if needed and not shutil.which('npm'):
        print(
            'npm is not installed, so formulas and diagrams are shown as their source.',
            file=sys.stderr)
    for name, version in needed if shutil.which('npm') else ():
        npm_files(name, version, out/'site_libs'/name)
    for p, s in pages.items():
        libs = os.path.relpath(out/'site_libs', p.parent)
        if not libs.startswith('.'):
            libs = './' + libs   # a module's address needs the dot
        if shutil.which('npm'):
            s = CDN.sub(lambda m, libs=libs: f"{libs}/{m['name']}/{m['path']}", s)
        else:
            s = re.sub(
                r'<link[^>]*cdn\.jsdelivr[^>]*>|<script[^>]*cdn\.jsdelivr[^>]*></script>'
                r'|<script[^>]*>[^<]*cdn\.jsdelivr[^<]*</script>',
                '', s)
        p.write_text(s, encoding='utf-8')

def main():
    ap = argparse.ArgumentParser(description='Build the documentation site.')
    ap.add_argument('--out', default=ROOT/'_docs', type=Path, help='folder to write the site to')
    ap.add_argument(
        '--force', action='store_true',
        help='process all notebooks again, not only the changed ones')
    args = ap.parse_args()
    out = args.out.resolve()
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    from smalldocs.site import build
    cfg, proc, names = process(args.force)
    with tempfile.TemporaryDirectory() as tmp:
        stage(cfg, proc, names, Path(tmp))
        configure(Path(tmp), out, names)
        site = build(tmp)
    localise(out)
    for w in site.warnings:
        if 'output-file' not in w:
            print(f'smalldocs: {w}', file=sys.stderr)
    print(f'{len(site.pages)} pages in {out}')

if __name__ == '__main__':
    main()
