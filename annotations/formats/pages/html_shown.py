"""A web page as it may be shown to people: its structure and its letters and nothing else, with a stretch of it marked.

Everything that could fetch, run or lead anywhere is left out by not being on the list of what is kept; letters are written
anew, so that nothing of the source reaches a browser as markup.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from html import escape

from annotations.formats.pages.html_blocks import follow
from annotations.formats.pages.html_source import Tag
from annotations.formats.texts.composing import SourcePiece

KEPT = frozenset(
    """
    abbr article aside b blockquote br caption center cite code dd details dfn div dl dt em fieldset figcaption figure footer
    h1 h2 h3 h4 h5 h6 header hr i kbd li main mark nav ol p pre q s samp section small span strong sub summary sup table tbody
    td tfoot th thead tr u ul var
    """.split(),  # noqa: SIM905
)
"""Elements whose tags are written; they get no attributes but those of `KEPT_ATTRIBUTES`."""
KEPT_ATTRIBUTES = re.compile(
    r"(?:^|\s)(dir|lang|colspan|rowspan)\s*=\s*[\"']?([A-Za-z0-9-]{1,20})(?=[\"'\s/]|$)", re.IGNORECASE
)
MAX_OPEN = 500
"""Elements within one another; deeper ones are not written, since browsers slow down."""
Stretch = tuple[int, int]
HEAD = """<!doctype html>
<html><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>The page</title><style>
body{font:1rem/1.55 Georgia,serif;margin:1.5rem;max-width:46rem;overflow-wrap:anywhere}
table{border-collapse:collapse}td,th{border:1px solid #8888;padding:.2rem .4rem;vertical-align:top}
.around{opacity:.6;font-size:.875em}
mark{background:#ffe27a;color:#000;padding:.1em 0;outline:2px solid #8a6d00;scroll-margin-block:30vh}
</style></head><body>
"""
FOOT = "\n</body></html>\n"


def show_page(
    source: str, *, marked: Sequence[Stretch] = (), chosen: Sequence[Stretch] = ()
) -> Iterator[str]:
    r"""Write a page anew: what was chosen of it as it is, all else fainter, and what is marked with the first of it as `#marked`.

    >>> page = "".join(show_page("<p onclick=x>Kyiv &lt;agreed<script>1</script>", marked=[(13, 17)], chosen=[(13, 28)]))
    >>> page.partition("<body>")[2].strip().partition("</body>")[0]
    '<p><mark id="marked">Kyiv</mark> &lt;agreed</p>\n'
    """
    yield HEAD
    open_names: list[str] = []
    pen = _Pen(_Stretches(marked), _Stretches(chosen))
    for part, is_hidden in follow(source):
        if isinstance(part, Tag):
            if part.name in KEPT and not is_hidden:
                yield from _write_tag(part, open_names)
        elif not is_hidden:
            yield from pen.write(part)
    yield "".join(f"</{name}>" for name in reversed(open_names))
    yield FOOT


def show_text(text: str, *, marked: Sequence[Stretch] = ()) -> Iterator[str]:
    """Write a text that has no page as one, line by line as it stands, with what is marked."""
    yield HEAD.replace("<body>", '<body style="white-space:pre-wrap">')
    yield from _Pen(_Stretches(marked), _Stretches([(0, len(text))])).write(SourcePiece(text, 0, len(text)))
    yield FOOT


def _write_tag(tag: Tag, open_names: list[str]) -> Iterator[str]:
    """A tag without its attributes; every end tag that is written belongs to a start tag that was."""
    if tag.name in {"br", "hr"}:
        yield f"<{tag.name}>"
    elif not tag.is_end:
        if len(open_names) < MAX_OPEN:
            open_names.append(tag.name)
            kept = "".join(
                f' {name.lower()}="{value}"' for name, value in KEPT_ATTRIBUTES.findall(tag.attributes)
            )
            yield f"<{tag.name}{kept}>"
    elif tag.name in open_names:
        while True:
            name = open_names.pop()
            yield f"</{name}>"
            if name == tag.name:
                break


class _Stretches:
    """Stretches of a source in order, to be asked at which places within a piece they begin or end."""

    def __init__(self, stretches: Sequence[Stretch]) -> None:
        self.all = sorted(stretches)
        self._starts = [start for start, _ in self.all]

    def cover(self, place: int) -> bool:
        found = bisect_right(self._starts, place) - 1
        return found >= 0 and place < self.all[found][1]

    def list_borders(self, start: int, end: int) -> Iterator[int]:
        for place in range(max(bisect_right(self._starts, start) - 1, 0), len(self.all)):
            first, last = self.all[place]
            if first >= end:
                return
            yield from (border for border in (first, last) if start < border < end)


class _Pen:
    def __init__(self, marked: _Stretches, chosen: _Stretches) -> None:
        self._marked, self._chosen = marked, chosen
        self._has_marked = False

    def write(self, piece: SourcePiece) -> Iterator[str]:
        borders: set[int] = set()
        if len(piece.text) == piece.end - piece.start:
            for stretches in (self._marked, self._chosen):
                borders.update(stretches.list_borders(piece.start, piece.end))
        start = piece.start
        for end in sorted((*borders, piece.end)):
            is_whole = not borders
            text = piece.text if is_whole else piece.text[start - piece.start : end - piece.start]
            yield self._write(text, start)
            start = end

    def _write(self, text: str, start: int) -> str:
        written = escape(text)
        if self._marked.cover(start):
            name = "" if self._has_marked else ' id="marked"'
            self._has_marked = True
            return f"<mark{name}>{written}</mark>"
        if self._chosen.cover(start) or not text.strip():
            return written
        return f'<span class="around">{written}</span>'
