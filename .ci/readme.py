"""Write README.md from nbs/index.ipynb: `python .ci/readme.py`. Needs no Quarto, and says the same when run again.

nbdev processes the notebook as it does for the documentation, and nbconvert writes it as Markdown. Figures go to
nbs/images/readme_*.png; links are made to hold from the top of the repository; `[@key]` links to the work itself.
"""
import os, posixpath, re, sys, tempfile
from pathlib import Path
import yaml
from cite import Bibliography

ROOT = Path(__file__).resolve().parent.parent
PLAYER = '*The documentation has a player here.*'


def processed(path):
    "The notebook after nbdev's own processing."
    from nbdev.processors import FilterDefaults
    from nbdev.serve_drv import exec_nb
    from nbformat import read
    with tempfile.TemporaryDirectory() as tmp:
        exec_nb(path, Path(tmp)/path.name, FilterDefaults)
        return read(Path(tmp)/path.name, 4)

def title(cell):
    "nbdev's front matter as the heading it came from."
    front = yaml.safe_load(cell.source.strip().strip('-'))
    return f"# {front['title']}" + (f"\n\n> {front['description']}" if front.get('description') else '')

def link(href, cfg):
    "A link of the notebook, as it must read from the top of the repository."
    site = f'{cfg.doc_host}{cfg.doc_baseurl}/'
    m = re.fullmatch(re.escape(site) + r'(\w+)\.html#\w[\w.]*', href)
    if m and (nb := next(cfg.nbs_path.glob(f'*_{m[1]}.ipynb'), None)):
        return f'nbs/{nb.name}'   # a symbol that nbdev linked: its notebook, which is here
    if re.match(r'[a-z]+:|#|//', href):
        return href
    path, hash_, anchor = href.partition('#')
    target = posixpath.normpath(posixpath.join('nbs', path))
    if not (ROOT/target).exists():
        raise SystemExit(f'nbs/index.ipynb: the link {href} leads nowhere.')
    return target + ('' if target.endswith('.ipynb') else hash_ + anchor)

def markdown(cell, bib, cfg):
    "A Markdown cell for the README: citations, diagrams and links as GitHub reads them."
    s = bib.link(cell.source, bib.url, 'nbs/index.ipynb')
    s = re.sub(r'(?<=\]\()[^)\s]+', lambda m: link(m[0], cfg), s)
    return re.sub(r'(?<=\bsrc=")[^"]+', lambda m: link(m[0], cfg), s)

def code(cell):
    "A code cell without its directives, and with no players, which GitHub does not show."
    from smalldocs.notebook import cell_options
    options, cell.source = cell_options(cell.source)
    left_out = dict(include='no-cell', echo='no-input', output='no-output')
    cell.metadata['tags'] = [tag for option, tag in left_out.items() if options.get(option) is False]
    for o in cell.outputs:
        if '<audio' in o.get('data', {}).get('text/html', ''):
            o['data'] = {'text/markdown': PLAYER}

def main():
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    from nbconvert import MarkdownExporter
    from nbdev.config import get_config
    from traitlets.config import Config
    cfg, bib = get_config(), Bibliography()
    nb = processed(cfg.nbs_path/cfg.readme_nb)
    for i, cell in enumerate(nb.cells):
        if cell.cell_type == 'raw' and i == 0:
            cell.cell_type, cell.source = 'markdown', title(cell)
        if cell.cell_type == 'markdown':
            cell.source = markdown(cell, bib, cfg)
        if cell.cell_type == 'code':
            code(cell)
    exporter = MarkdownExporter(config=Config(
        TagRemovePreprocessor=dict(
            enabled=True, remove_cell_tags={'no-cell'}, remove_input_tags={'no-input'},
            remove_all_outputs_tags={'no-output'}),
        ExtractOutputPreprocessor=dict(
            output_filename_template='readme_{cell_index}_{index}{extension}')))
    nb.metadata['language_info'] = dict(name='python')
    text, res = exporter.from_notebook_node(nb, dict(output_files_dir='nbs/images'))
    for old in (ROOT/'nbs/images').glob('readme_*'):
        old.unlink()
    for name, data in res['outputs'].items():
        (ROOT/name).parent.mkdir(exist_ok=True)
        (ROOT/name).write_bytes(data)
    text = '\n'.join(line.rstrip() for line in text.splitlines())
    (ROOT/'README.md').write_text(re.sub(r'\n{3,}', '\n\n', text).strip() + '\n', encoding='utf-8')

if __name__ == '__main__':
    main()
