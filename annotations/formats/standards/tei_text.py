"""The text of a TEI document, block by block, and where in it each thing lies that a pointer can name.

Pointers count the characters of an element as they stand in the file. White space between blocks is no text, and a run of
it within one is a blank, unless `xml:space` says otherwise; so there are two places of everything, and the second follows
from the first.
"""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annotations.formats.documents import Block
from annotations.formats.errors import RefusedError, shorten
from annotations.formats.places.source_maps import Run
from annotations.formats.texts.composing import Composer, SourcePiece, collapse
from annotations.limits import MAX_TEXT_LENGTH

if TYPE_CHECKING:
    from lxml import etree

NAMESPACE = "http://www.tei-c.org/ns/1.0"
TEI = f"{{{NAMESPACE}}}"
XML = "{http://www.w3.org/XML/1998/namespace}"
ID, SPACE = f"{XML}id", f"{XML}space"
PRESERVE = "preserve"
AS_BLANKS = str.maketrans("\t\r\n\f", "    ")
KINDS = {
    "head": "heading",
    "item": "list_item",
    "figDesc": "caption",
    "byline": "byline",
    "docTitle": "title",
}
"""Kinds of blocks that are no paragraphs, by the innermost of the elements of blocks."""
OF_BLOCKS = frozenset(
    """
    text group front body back div div1 div2 div3 div4 div5 div6 div7 p ab head l lg sp speaker list item table row cell figure
    figDesc u annotationBlock epigraph argument opener closer salute signed dateline byline trailer titlePage docTitle titlePart
    docAuthor docImprint castList castItem postscript
    """.split(),  # noqa: SIM905
)
"""Elements whose tags end a block; all others stand within words."""
BESIDE = frozenset(
    """
    standOff spanGrp span linkGrp link listAnnotation annotation interpGrp interp fs fLib fvLib timeline certainty respons
    """.split(),  # noqa: SIM905
)
"""Elements that say something about a text and are no part of it, wherever they stand."""
OF_NAMES = frozenset(
    """
    persName forename surname roleName addName genName nameLink placeName bloc country region district settlement geogName
    geogFeat orgName objectName eventName name rs date time term seg
    """.split(),  # noqa: SIM905
)
"""Elements within words that mark what these are."""
BEFORE, AFTER = ("right", "both"), ("left", "both")
"""Values of `join` with which a word has no blank behind it, and with which it has none before it."""
STRETCH = re.compile(
    r"#string-(?:range|index)\(\s*['\"]?([^\s,'\"()/\[\]]+)['\"]?\s*,\s*([0-9]{1,10})\s*(?:,\s*([0-9]{1,10})\s*)?\)",
    re.ASCII,
)
"""An element, an offset from its first character, and a length in characters."""
Place = tuple[int, int]
"""The stretch `[begin, end)` of the characters of a file."""


class NoPlaceError(ValueError):
    """A pointer finds no place in the text."""


@dataclass(frozen=True, slots=True)
class Passage:
    """An element within words, and where it lies."""

    element: "etree._Element"
    place: Place


@dataclass(frozen=True, slots=True)
class TeiText:
    """A text with its blocks, and the places of its elements in the characters of the file, by their ids."""

    text: str
    blocks: tuple[Block, ...]
    places: dict[str, Place]
    passages: tuple[Passage, ...]
    _runs: tuple[Run, ...] = field(repr=False)
    _begins: tuple[int, ...] = field(repr=False)
    _ends: tuple[int, ...] = field(repr=False)

    def follow(self, pointer: str) -> Place:
        """Where a pointer leads: to an element by its id, or to characters of it.

        Raises
        ------
        NoPlaceError
            It leads to nothing in this text, or is of a kind that is not read.
        """
        stretch = STRETCH.fullmatch(pointer)
        if not stretch and (not pointer.startswith("#") or "(" in pointer):
            raise NoPlaceError(f"{shorten(pointer)} leads out of the file, or is of a kind that is not read")
        place = self.places.get(stretch[1] if stretch else pointer[1:])
        if place is None:
            raise NoPlaceError(f"{shorten(pointer)} leads to nothing in the text")
        if not stretch:
            return place
        begin = place[0] + int(stretch[2])
        end = begin + int(stretch[3] or 0)
        if end > place[1]:
            raise NoPlaceError(
                f"{shorten(pointer)} leads past the {place[1] - place[0]} characters that are there"
            )
        return begin, end

    def find(self, begin: int, end: int) -> tuple[int, int]:
        """The stretch of the text for one of the file, in code points; it is empty where that holds nothing but white space between words."""
        first, last = bisect_right(self._ends, begin), bisect_left(self._begins, end) - 1
        if first > last:
            return 0, 0
        one, other = self._runs[first], self._runs[last]
        start = one.start + max(begin - one.source_start, 0)
        return start, other.start + min(end, other.source_end) - other.source_start


def name_element(element: "etree._Element") -> str:
    """What an element is called, without its namespace."""
    return str(element.tag).rpartition("}")[2]


def read_text(root: "etree._Element") -> TeiText:
    """The text that a `TEI` holds; it is empty where that has none.

    Raises
    ------
    RefusedError
        It has too many characters.
    """
    walk = _Walk()
    if (text := root.find(f"{TEI}text")) is not None:
        walk.read(text)
    made = walk.composer.finish()
    runs = made.source_map.runs if made.source_map else ()
    return TeiText(
        made.text,
        made.blocks if len(made.blocks) > 1 else (),  # one block says nothing about what is in it
        walk.places,
        tuple(walk.passages),
        runs,
        tuple(run.source_start for run in runs),
        tuple(run.source_end for run in runs),
    )


@dataclass(slots=True)
class _Walk:
    """Takes in the characters of a text in their order; `read` counts them."""

    composer: Composer = field(default_factory=Composer)
    places: dict[str, Place] = field(default_factory=dict)
    passages: list[Passage] = field(default_factory=list)
    _read: int = 0
    _pieces: list[SourcePiece] = field(default_factory=list)
    _kinds: list[str] = field(default_factory=list)
    """Of the blocks that are open."""
    _begins: list[int] = field(default_factory=list)
    _keeps: list[bool] = field(default_factory=list)
    """Of the elements that are open: where they begin, and whether white space in them is text."""

    def read(self, text: "etree._Element") -> None:
        """Read a text with all in it."""
        from lxml import etree

        events = etree.iterwalk(text, events=("start", "end"))
        for event, element in events:
            name = name_element(element)
            if name in BESIDE:
                if event == "start":
                    events.skip_subtree()
                    continue
            elif event == "start":
                self._open(element, name)
                continue
            else:
                self._close(element, name)
            if element is not text:
                self._take(element.tail, is_between=_is_joined(element))

    def _open(self, element: "etree._Element", name: str) -> None:
        if name in OF_BLOCKS:
            self._end_block()
            self._kinds.append(KINDS.get(name, "paragraph"))
        says = element.get(SPACE)
        self._keeps.append(says == PRESERVE if says else bool(self._keeps) and self._keeps[-1])
        self._begins.append(self._read)
        self._take(element.text)

    def _close(self, element: "etree._Element", name: str) -> None:
        if name in OF_BLOCKS:
            self._end_block()
            self._kinds.pop()
        begin = self._begins.pop()
        self._keeps.pop()
        if key := element.get(ID):
            self.places.setdefault(key, (begin, self._read))
        if name == "anchor" and (moment := element.get("synch", "")).startswith("#"):
            self.places.setdefault(moment[1:], (begin, self._read))
        if name in OF_NAMES:
            self.passages.append(Passage(element, (begin, self._read)))

    def _take(self, characters: str | None, *, is_between: bool = False) -> None:
        if not characters:
            return
        start = self._read
        self._read += len(characters)
        if self._read > MAX_TEXT_LENGTH:
            raise RefusedError(f"a text has more than {MAX_TEXT_LENGTH:,} characters, white space included")
        if not (is_between and characters.isspace()):
            keeps = bool(self._keeps) and self._keeps[-1]
            written = characters if keeps else characters.translate(AS_BLANKS)
            self._pieces.append(SourcePiece(written, start, self._read))

    def _end_block(self) -> None:
        if self._pieces:
            keeps = bool(self._keeps) and self._keeps[-1]
            kind = self._kinds[-1] if self._kinds else "paragraph"
            self.composer.add(kind, self._pieces if keeps else collapse(self._pieces))
            self._pieces = []


def _is_joined(element: "etree._Element") -> bool:
    """Whether the white space behind an element is none of the text, by what the word before it or the one after it says."""
    before, after = element, element.getnext()
    while len(before):
        before = before[-1]
    while after is not None and len(after):
        after = after[0]
    return before.get("join") in BEFORE or (after is not None and after.get("join") in AFTER)
