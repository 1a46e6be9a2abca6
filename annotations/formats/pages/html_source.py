"""The source of a web page as its parts, each with its place: tags, and letters with the stretch that spells them.

Read in one pass whose time grows with the page alone, whatever is in it; a page is never refused. What a browser does not show
as text, such as scripts, is passed over.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from annotations.formats.texts.composing import SourcePiece

NAME = re.compile(r"/?[a-zA-Z][^\s/>]*")
REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});?")
RAW = ("script", "style", "iframe", "noembed", "noframes", "xmp", "template", "svg", "object")
"""Elements whose content is no text of the page."""
TITLES = ("title", "textarea")
"""Elements whose content is letters and never a tag."""
ENDS_OF_RAW = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in (*RAW, *TITLES)}
QUOTE_OR_END = re.compile(r"[\"'>]")
MAX_ATTRIBUTES_LENGTH = 2_000
"""Characters of a tag's attributes that anybody looks at."""


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag of a page."""

    name: str
    attributes: str
    """As they are written, up to some length."""
    is_end: bool
    start: int
    end: int


def read_parts(source: str) -> Iterator[Tag | SourcePiece]:
    """The tags and letters of a page, in order.

    >>> [part.text for part in read_parts("<p>A &amp; B<!-- no --></p>") if isinstance(part, SourcePiece)]
    ['A ', '&', ' B']
    """
    place = 0
    length = len(source)
    while place < length:
        opening = source.find("<", place)
        if opening != place:
            opening = length if opening < 0 else opening
            yield from _read_letters(source, place, opening)
            place = opening
            continue
        name = NAME.match(source, place + 1)
        if name is None:
            after = _skip_declaration(source, place)
            if after == place:
                after += 1
                yield SourcePiece("<", place, after)
            place = after
            continue
        tag = _read_tag(source, place, name)
        yield tag
        place = tag.end
        if tag.name in ENDS_OF_RAW and not tag.is_end:
            closing = ENDS_OF_RAW[tag.name].search(source, place)
            end = closing.start() if closing else length
            if tag.name in TITLES:
                yield from _read_letters(source, place, end)
            place = end


def _skip_declaration(source: str, place: int) -> int:
    """Where a comment or a declaration ends, or the place itself where none begins."""
    if source.startswith("<!--", place):
        end = source.find("-->", place + 4)
        return len(source) if end < 0 else end + 3
    if source.startswith(("<!", "<?", "</"), place):
        end = source.find(">", place)
        return len(source) if end < 0 else end + 1
    return place


def _read_tag(source: str, place: int, name: re.Match[str]) -> Tag:
    """A tag up to the first “>” outside quotes; one that never ends goes to the end of the page."""
    first = end = name.end()
    closing = len(source)
    while found := QUOTE_OR_END.search(source, end):
        after = -1 if found[0] == ">" else source.find(found[0], found.end())
        if after < 0:
            closing = found.start() if found[0] == ">" else source.find(">", found.end())
            closing = len(source) if closing < 0 else closing
            break
        end = after + 1
    word = name[0]
    attributes = source[first : min(closing, first + MAX_ATTRIBUTES_LENGTH)]
    is_end = word.startswith("/")
    return Tag(word.lstrip("/").lower(), attributes, is_end, place, min(closing + 1, len(source)))


def _read_letters(source: str, start: int, end: int) -> Iterator[SourcePiece]:
    place = start
    for match in REFERENCE.finditer(source, start, end):
        letters = html.unescape(match[0])
        if letters == match[0] or "\0" in letters or _is_half(letters):
            continue
        if match.start() > place:
            yield SourcePiece(source[place : match.start()], place, match.start())
        yield SourcePiece(letters, match.start(), match.end())
        place = match.end()
    if end > place:
        yield SourcePiece(source[place:end], place, end)


def _is_half(letters: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in letters)
