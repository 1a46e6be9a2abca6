"""The blocks of a web page: stretches of letters between its tags, each with its kind and the place of every letter."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from annotations.formats.pages.html_source import Tag, read_parts
from annotations.formats.texts.composing import SourcePiece, collapse

KINDS = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    **dict.fromkeys(("li", "dt", "dd"), "list_item"),
    **dict.fromkeys(("figcaption", "caption"), "caption"),
    "blockquote": "quote",
}
"""Kinds by the innermost of these elements."""
OF_BLOCKS = frozenset(
    """
    address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure
    footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li main menu nav ol option p pre section select
    summary table tbody td tfoot th thead title tr ul
    """.split(),  # noqa: SIM905
)
"""Elements whose tags end a stretch of letters; all others stand within words."""
ENDED_BY = {
    "p": OF_BLOCKS - {"body", "html", "head"},
    "li": frozenset({"li"}),
    "dt": frozenset({"dt", "dd"}),
    "dd": frozenset({"dt", "dd"}),
    "td": frozenset({"td", "th", "tr"}),
    "th": frozenset({"td", "th", "tr"}),
    "tr": frozenset({"tr"}),
    "option": frozenset({"option"}),
}
"""Elements that need no closing tag, by the tags that end them."""
VOID = frozenset(
    {"br", "hr", "img", "input", "meta", "link", "wbr", "source", "area", "base", "col", "embed"}
)
HIDDEN = frozenset({"head", "title", "select", "textarea", "button", "noscript", "canvas", "audio", "video"})
"""Elements whose letters are no part of what one reads."""
ROLE = re.compile(r"\b(?:class|itemprop|rel|id)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
OF_BYLINE = re.compile(
    r"(?:^|[\s_-])(?:byline|by-line|author|authors|dateline|pubdate|datepublished|publish-date)(?:$|[\s_-])",
    re.IGNORECASE,
)
OF_BIOGRAPHY = re.compile(
    r"(?:author|writer)s?[_-]?(?:bio|box|info|about|description|card)|about[_-]?(?:the[_-]?)?author|(?:^|[\s_-])bio(?:$|[\s_-])",
    re.IGNORECASE,
)
OF_CAPTION = re.compile(
    r"(?:^|[\s_-])(?:caption|wp-caption-text|image-credit|photo-credit)(?:$|[\s_-])", re.IGNORECASE
)
OF_QUOTE = re.compile(r"(?:^|[\s_-])pull-?quote(?:$|[\s_-])", re.IGNORECASE)
FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:share|sharing|social|related|recommended|newsletter|subscribe|paywall|promo|advert(?:isement)?|ads?|comments?"
    r"|cookies?|consent|banner|sidebar|breadcrumbs?|pagination|widget|most-?read|read-?more)(?:$|[\s_-])",
    re.IGNORECASE,
)
"""Classes and names of elements that stand around an article, or between its paragraphs."""
HIDES = re.compile(
    r"(?:^|\s)hidden(?:$|[\s=/])|aria-hidden\s*=\s*[\"']?true|display\s*:\s*none", re.IGNORECASE
)
AROUND = ("nav", "aside", "footer", "form")
"""Elements whose letters are no part of an article, even within one."""
MAX_DEPTH = 2_000


@dataclass(frozen=True, slots=True)
class PageBlock:
    """A stretch of letters of a page that no block element divides."""

    kind: str
    element: str
    """The innermost element of blocks around it."""
    pieces: tuple[SourcePiece, ...]
    is_hidden: bool = False
    is_main: bool = False
    """Whether the page says that it is of an article or of what it is about."""
    is_around: bool = False
    """Whether the page says that it stands around an article, as menus and buttons do."""
    linked: int = 0
    """How many of its letters lead elsewhere."""

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


@dataclass(slots=True)
class _Open:
    name: str
    kind: str
    hides: bool
    is_around: bool


@dataclass(slots=True)
class _Stack:
    """The elements that are open at a place of a page, as far as they matter to its blocks."""

    open: list[_Open] = field(default_factory=list)
    names: Counter[str] = field(default_factory=Counter)
    hiding: int = 0
    around: int = 0
    passing: str = ""
    """The kind of an element within words that was opened since the last border of a block."""

    def push(self, name: str, kind: str, *, hides: bool, is_around: bool) -> None:
        if len(self.open) < MAX_DEPTH:
            self.open.append(_Open(name, kind, hides, is_around))
            self.names[name] += 1
            self.hiding += hides
            self.around += is_around
            if name not in OF_BLOCKS:
                self.passing = self.passing or kind

    def close(self, name: str) -> bool:
        """Close the innermost element of that name with all in it, if one is open."""
        if not self.names[name]:
            return False
        while self.open:
            last = self.open.pop()
            self.names[last.name] -= 1
            self.hiding -= last.hides
            self.around -= last.is_around
            if last.name == name:
                break
        return True

    @property
    def kind(self) -> str:
        kinds = (element.kind for element in reversed(self.open) if element.kind)
        return next(kinds, "") or self.passing or "paragraph"

    @property
    def element(self) -> str:
        return next((element.name for element in reversed(self.open) if element.name in OF_BLOCKS), "body")


def read_blocks(source: str) -> Iterator[PageBlock]:
    """The blocks of a page in order, also those that a browser does not show, which say so.

    >>> [(block.kind, block.text) for block in read_blocks("<h2>Talks</h2><p>Kyiv <b>agreed</b>.<ul><li>A<li>B</ul>")]
    [('heading', 'Talks'), ('paragraph', 'Kyiv agreed.'), ('list_item', 'A'), ('list_item', 'B')]
    """
    stack = _Stack()
    letters: list[SourcePiece] = []
    unseen: list[SourcePiece] = []
    linked = 0
    for part in read_parts(source):
        if isinstance(part, SourcePiece):
            (unseen if stack.hiding else letters).append(part)
            linked += len(part.text.strip()) if stack.names["a"] else 0
            continue
        if part.name in OF_BLOCKS or part.name == "br":
            yield from _make(stack, letters, unseen, linked)
            letters, unseen, linked, stack.passing = [], [], 0, ""
        _step(stack, part)
    yield from _make(stack, letters, unseen, linked)


def follow(source: str) -> Iterator[tuple[Tag | SourcePiece, bool]]:
    """The tags and letters of a page in order, and whether each stands where a browser shows nothing."""
    stack = _Stack()
    for part in read_parts(source):
        was_hidden = stack.hiding > 0
        if isinstance(part, Tag):
            _step(stack, part)
        yield part, was_hidden or stack.hiding > 0


def _step(stack: _Stack, tag: Tag) -> None:
    if tag.is_end:
        stack.close(tag.name)
    elif tag.name not in VOID:
        _open(stack, tag)


def _open(stack: _Stack, tag: Tag) -> None:
    if stack.open and tag.name in ENDED_BY.get(stack.open[-1].name, ()):
        stack.close(stack.open[-1].name)
    kind, hides, is_around = _classify(tag)
    if tag.name in OF_BLOCKS or tag.name == "a" or kind or hides or is_around:
        stack.push(tag.name, kind, hides=hides, is_around=is_around)


def _classify(tag: Tag) -> tuple[str, bool, bool]:
    """The kind that an element gives its letters, if any, whether it hides them, and whether it stands around an article."""
    kind, is_around = KINDS.get(tag.name, ""), tag.name in AROUND
    if not tag.attributes:
        return kind, tag.name in HIDDEN, is_around
    hides = tag.name in HIDDEN or bool(HIDES.search(tag.attributes))
    if tag.name in {"body", "html", "article", "main"}:
        return kind, hides, is_around
    role = " ".join("".join(groups) for groups in ROLE.findall(tag.attributes))
    if not role:
        return kind, hides, is_around
    if OF_BIOGRAPHY.search(role):
        return "biography", hides, is_around
    if OF_QUOTE.search(role):
        return "quote", hides, is_around
    if OF_CAPTION.search(role):
        return "caption", hides, is_around
    if not kind and OF_BYLINE.search(role):
        kind = "byline"
    return kind, hides, is_around or bool(FURNITURE.search(role))


def _make(
    stack: _Stack, letters: list[SourcePiece], unseen: list[SourcePiece], linked: int
) -> Iterator[PageBlock]:
    is_main = bool(stack.names["article"] or stack.names["main"]) and not stack.around
    for pieces, is_hidden in ((collapse(letters), False), (collapse(unseen), True)):
        if pieces:
            yield PageBlock(
                stack.kind, stack.element, tuple(pieces), is_hidden, is_main, stack.around > 0, linked
            )
