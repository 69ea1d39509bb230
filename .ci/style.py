"""How the code reads, in numbers: `python .ci/style.py [COMMIT ...]`, the files as they are and commits beside them.

Lines are the non-blank ones of the package, cells the code cells of the numbered notebooks. A check is a `test_*` call,
an `assert` or an error that a test expects; none may be lost when code is moved. The figures of fastcore and miniai
were measured the same way, of their notebooks and modules, in October 2026.
"""
import argparse, ast, json, re, statistics, subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODELS = {
    'fastcore': dict(over_100='3.5%', over_150='0%', cell='3 / 10', exported='5 / 15'),
    'miniai': dict(over_100='2.0%', over_150='0.2%', cell='2 / 9', exported='6 / 19')}
COLUMNS = [
    'over_100', 'over_150', 'longest', 'cell', 'exported', 'two_statements', 'four_names', 'checks']


def files(commit): # path -> text, of the notebooks, the package and what tests them; the files as they are when None
    wanted = ['nbs', 'sleepdiff', '.ci']
    listed = ['ls-files'] if commit is None else ['ls-tree', '-r', '--name-only', commit]
    command = ['git', *listed, *wanted]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    for name in names:
        if not re.search(r'\.(py|ipynb)$', name):
            continue
        if commit is None:
            if (ROOT/name).is_file():
                yield name, (ROOT/name).read_text(encoding='utf-8')
        else:
            shown = subprocess.run(
                ['git', 'show', f'{commit}:{name}'], cwd=ROOT, capture_output=True, text=True,
                check=True)
            yield name, shown.stdout

def code_cells(text): # sources of a notebook's code cells
    cells = json.loads(text)['cells']
    return [''.join(c['source']) for c in cells if c['cell_type'] == 'code']

def code_lines(source): # the non-blank lines of a cell, without its directives
    return [line for line in source.splitlines() if line.strip() and not line.startswith('#|')]

def tree(source): # of a cell's Python, if it is Python
    plain = '\n'.join('' if line.lstrip().startswith(('%', '!')) else line for line in source.splitlines())
    try:
        return ast.parse(plain)
    except SyntaxError:
        return ast.parse('')

def checks(node): # how many things a parsed cell tests
    calls = [call.func for call in ast.walk(node) if isinstance(call, ast.Call)]
    names = [getattr(f, 'id', getattr(f, 'attr', '')) for f in calls]
    errors = ('ExceptionExpected', 'refused', 'expect_error')
    expected = sum(name.startswith('test_') or name in errors for name in names)
    return expected + sum(isinstance(n, ast.Assert) for n in ast.walk(node))

def bodies(node): # every list of statements below a node
    for n in ast.walk(node):
        for field in ('body', 'orelse', 'finalbody'):
            if isinstance(found := getattr(n, field, None), list):
                yield found

def crowded(node): # statements that share a line with the one before them, or with the `:` above them
    count = 0
    for body in bodies(node):
        count += sum(a.end_lineno == b.lineno for a, b in zip(body, body[1:]))
    return count

def many_names(node): # assignments to four names and more at once
    targets = [t for n in ast.walk(node) if isinstance(n, ast.Assign) for t in n.targets]
    return sum(isinstance(t, ast.Tuple) and len(t.elts) >= 4 for t in targets)

def spread(counts): # median / 90%
    counts = sorted(counts)
    return f'{statistics.median(counts):.0f} / {counts[int(0.9*(len(counts) - 1))]}'

def row(commit=None): # the figures of a commit
    lines, cells, exported, parsed = [], [], [], []
    for name, text in files(commit):
        if re.fullmatch(r'sleepdiff/(?!_)\w+\.py', name):
            lines += [line for line in text.splitlines() if line.strip()]
        if not name.endswith('.ipynb'):
            continue
        sources = code_cells(text)
        parsed += [tree(s) for s in sources]
        if re.match(r'nbs/\d', name):
            sizes = [(len(code_lines(s)), bool(re.search(r'^#\| *export', s, re.M))) for s in sources]
            cells += [n for n, _ in sizes if n]
            exported += [n for n, public in sizes if n and public]
    share = lambda limit: f'{100*sum(len(line) > limit for line in lines)/len(lines):.1f}%'
    return dict(
        over_100=share(100), over_150=share(150), longest=max(map(len, lines)), cell=spread(cells),
        exported=spread(exported), two_statements=sum(map(crowded, parsed)),
        four_names=sum(map(many_names, parsed)), checks=sum(map(checks, parsed)))

def main():
    parser = argparse.ArgumentParser(description='How the code reads, in numbers.')
    parser.add_argument('commits', nargs='*', help='commits to set beside the files as they are')
    args = parser.parse_args()
    rows = {'now': row()} | {commit: row(commit) for commit in args.commits} | MODELS
    print('| source | ' + ' | '.join(name.replace('_', ' ') for name in COLUMNS) + ' |')
    print('|---'*(len(COLUMNS) + 1) + '|')
    for name, values in rows.items():
        print(f'| {name} | ' + ' | '.join(str(values.get(c, '–')) for c in COLUMNS) + ' |')

if __name__ == '__main__':
    main()
