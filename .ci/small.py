"""Outputs of notebooks, small: `python .ci/small.py [NOTEBOOK...]`, all of nbs/ when none is named.

A figure needs no more than 256 colours; with a palette it takes about a third. What would not become a fifth smaller
is left as it is, so that a second run changes nothing. Widgets, such as bars of progress, show nothing without the
process that they belonged to, and go; a still that stands beside one stays.
"""
import base64, io, json, sys
from pathlib import Path
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
WIDGET = 'application/vnd.jupyter.widget-view+json'


def smaller(png): # base64 text of a PNG -> the same picture in 256 colours, or the text that was given
    picture = Image.open(io.BytesIO(base64.b64decode(png))).convert('RGB')
    out = io.BytesIO()
    picture.quantize(256, dither=Image.Dither.NONE).save(out, 'PNG', optimize=True)
    text = base64.b64encode(out.getvalue()).decode()
    return text if len(text) < 0.8*len(png) else png

def only_widget(data): # and nothing that is seen without a process
    return WIDGET in data and not {'text/html', 'image/png'} & set(data)

def shrink(path): # rewrites a notebook; the bytes that it lost
    before = path.read_text(encoding='utf-8')
    notebook = json.loads(before)
    for c in notebook['cells']:
        if c.get('outputs'):
            c['outputs'] = [o for o in c['outputs'] if not only_widget(o.get('data', {}))]
            for o in c['outputs']:
                o.get('data', {}).pop(WIDGET, None)
    shown = [o.get('data', {}) for c in notebook['cells'] for o in c.get('outputs', [])]
    for data in shown:
        if 'image/png' in data:
            data['image/png'] = smaller(''.join(data['image/png']).replace('\n', ''))
    after = json.dumps(notebook, indent=1, ensure_ascii=False) + '\n'
    saved = len(before) - len(after)
    if saved > 100:
        path.write_text(after, encoding='utf-8')
        print(f'{path}: {saved/1000:.0f} kB less, {len(after)/1000:.0f} kB')
    return max(saved, 0)

def main():
    named = [Path(name) for name in sys.argv[1:]]
    notebooks = named or sorted((ROOT/'nbs').rglob('*.ipynb'))
    total = sum(shrink(path) for path in notebooks if '.ipynb_checkpoints' not in path.parts)
    print(f'{total/1e6:.1f} MB less')

if __name__ == '__main__':
    main()
