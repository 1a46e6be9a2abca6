"""The text of an xAIF, which is HTML: every character of it, and where each span that has an id lies.

Python's own parser takes the square of a text's length where tags are not closed: 40 seconds for 48 kB.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape

TAG = re.compile(r"<(/?)([A-Za-z!][^\s<>/]*)([^<>]*)>")
ID = re.compile(r"(?:^|\s)id\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"']+))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A text, and by the id of each span in it its stretch `[start, end)` in code points; without any where it is plain."""

    text: str
    spans: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def read_marked_text(source: str) -> MarkedText:
    r"""What is left of HTML without its tags, a `br` as a line break; of several spans with one id the first counts.

    >>> read_marked_text('Ann: <span class="highlighted" id="7">I &amp; you</span>.<br>')
    MarkedText(text='Ann: I & you.\n', spans={'7': (5, 12)})
    """
    parts: list[str] = []
    spans: dict[str, tuple[int, int]] = {}
    opened: list[tuple[str, int]] = []
    length = place = 0
    for tag in TAG.finditer(source):
        words = unescape(source[place : tag.start()])
        place, name = tag.end(), tag[2].lower()
        parts += [words, "\n"] if name == "br" else [words]
        length += len(words)
        if name == "span" and not tag[1]:
            found = ID.search(tag[3])
            opened.append((next(filter(None, found.groups()), "") if found else "", length))
        elif name == "span" and opened:
            key, start = opened.pop()
            if key:
                spans.setdefault(key, (start, length))
        length += name == "br"
    parts.append(unescape(source[place:]))
    return MarkedText("".join(parts), spans)
