"Citations in Markdown, with papers/references.bib as the only source. Used by docs.py and readme.py."
import re
from pathlib import Path
from pybtex.database import parse_file
from pybtex.plugin import find_plugin

# what is never read for citations: code blocks, code, maths, HTML tags, the targets of links
SKIP = (r'^(?P<fence>`{3,}|~{3,}).*?^(?P=fence)|(?P<tick>`+)[^`].*?(?P=tick)'
        r'|\$\$.*?\$\$|\$[^$\n]+\$|<[^>]*>|\]\([^)\s]*\)')
KEY = r'(?<![\w/.@])(?P<minus>-?)@(?!(?:fig|tbl|sec|eq|lst)-)(?P<key>[A-Za-z]\w*(?:[:-]\w+)*)'
GROUP = r'\[[^\[\]]*?(?<![\w/.@])@[A-Za-z][^\[\]]*\](?!\()'
TOKEN = re.compile(f'(?P<skip>{SKIP})|(?P<group>{GROUP})|{KEY}', re.S | re.M)


class Bibliography:
    "The works that may be cited, by key."
    def __init__(self, path='papers/references.bib'):
        self.path, self.data = Path(path), parse_file(str(path), 'bibtex')
        self.works = self.data.entries
        self.style = find_plugin('pybtex.style.formatting', 'plain')(abbreviate_names=True)
        self.html = find_plugin('pybtex.backends', 'html')()
        for e in self.works.values():
            if not hasattr(self.style, f'get_{e.type}_template'):
                e.type = 'misc'

    def author_year(self, key, where):
        "`('Ho et al.', '2020')`, or a clear stop when the key is unknown."
        if key not in self.works:
            raise SystemExit(f'{where}: @{key} is not in {self.path}; add the work there, '
                             'or write the word in backticks if it is no citation.')
        e = self.works[key]
        people = e.persons.get('author') or e.persons.get('editor') or []
        names = [' '.join(map(str, p.rich_prelast_names + p.rich_last_names)) for p in people]
        who = names[0] + ' et al.' if len(names) > 2 else ' and '.join(names) or key
        return who, str(e.fields.get('year', 'n.d.'))

    def url(self, key):
        "Where the work itself can be read."
        f = self.works[key].fields
        arxiv = f.get('eprint') and f"https://arxiv.org/abs/{f['eprint']}"
        return (f.get('doi') and f"https://doi.org/{f['doi']}") or f.get('url') or arxiv or self.path.as_posix()

    def link(self, text, target, where):
        """Markdown `text` with each `@key` as a link to `target(key)`: author and year,
        in round brackets where `[@key]` stood."""
        def one(m, bracketed):
            who, year = self.author_year(m['key'], where)
            label = year if m['minus'] else f'{who}, {year}' if bracketed else f'{who} ({year})'
            return f"[{label}]({target(m['key'])})"
        def any_(m):
            if m['skip']:
                return m[0]
            if m['group']:
                return '(' + re.sub(KEY, lambda k: one(k, True), m['group'][1:-1]) + ')'
            return one(m, False)
        return TOKEN.sub(any_, text)

    def list_html(self):
        "The whole bibliography as HTML, each entry with its key as its anchor."
        entries = self.style.format_bibliography(self.data)
        texts = [(e.key, ' '.join(e.text.render(self.html).split())) for e in entries]
        return '\n'.join(f'<p id="{key}" class="reference">{text}</p>' for key, text in texts)
