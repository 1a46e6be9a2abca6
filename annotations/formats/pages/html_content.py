"""Which blocks of a web page are its article, as trafilatura says, and what the page says about itself.

The text is taken from the page itself and only chosen by trafilatura, so that each of its letters has its place there.
"""

import logging
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from annotations.formats.pages.html_blocks import PageBlock

WITHIN_WORDS = frozenset({"hi", "ref", "del", "ins", "code", "formula"})
SHINGLE = 3
"""Words that a block and what was extracted have in common one after another, to be compared where neither is the other."""
SHARED = 0.6
MAX_BYLINE_LENGTH = 200
MAX_CAPTION_LENGTH = 1_000
MOSTLY_INSIDE = 0.7
"""The part of an article's letters that stand in no element with a name such as “related” or “ad”, if such names mean anything."""
MIN_BODY_LENGTH = 80
"""Letters of a block that is surely of the text, and not what stands above a title."""
MIN_BIOGRAPHY_LENGTH = 20
FILLED_IN = frozenset({"heading", "list_item", "quote"})
MAX_LINKED = 0.5
"""The part of a block's letters that may lead elsewhere, as all of a menu's do."""
HEADING = re.compile(r"h[1-3]")
NEAR_END = 4
"""Blocks after the content among which the author's biography stands."""
NEAR_TITLE = 12
"""Blocks after a title among which its byline stands."""
KEPT = {
    "author": "author",
    "date": "date",
    "url": "url",
    "sitename": "source",
    "hostname": "host",
    "description": "description",
    "license": "licence",
    "language": "language",
}
"""What is kept of what a page says about itself, by our name for it."""
LISTS = {"categories": "categories", "tags": "tags"}

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)


def choose_content(
    source: str, blocks: Sequence[PageBlock]
) -> tuple[list[PageBlock], Mapping[str, Any], str]:
    """The blocks of the article with title and byline, the page's metadata, and its title."""
    from trafilatura import bare_extraction

    found: Any = bare_extraction(source, include_comments=False, include_tables=True, with_metadata=True)
    shown = [block for block in blocks if not block.is_hidden]
    title = " ".join(str(found.title or "").split()) if found is not None else ""
    named = next((block.text for block in blocks if block.element == "title"), title)
    lines = list(_list_lines(found.body)) if found is not None and found.body is not None else []
    chosen = (
        _match(shown, lines)
        or {place for place, block in enumerate(shown) if block.is_main}
        or _match(shown, [part for line in lines for part in line.splitlines()])
    )
    completed = _complete(shown, chosen, named or title)
    head = next((block.text for block in completed if block.kind == "title"), title)
    return completed, _read_metadata(found), head


def _list_lines(element: Any) -> Iterator[str]:
    """What trafilatura extracted, a line a stretch between its elements."""
    parts: list[str] = []
    for part in _walk(element):
        if part is None:
            yield "".join(parts)
            parts = []
        else:
            parts.append(part)
    yield "".join(parts)


def _walk(element: Any) -> Iterator[str | None]:
    """The letters of a tree, and None wherever a line ends."""
    waiting: list[tuple[Any, bool]] = [(element, False)]
    while waiting:
        node, is_over = waiting.pop()
        is_line = node.tag not in WITHIN_WORDS
        if is_over:
            if is_line:
                yield None
            if node.tail and node is not element:
                yield node.tail
            continue
        if is_line:
            yield None
        if node.text:
            yield node.text
        waiting.append((node, True))
        waiting.extend((child, False) for child in reversed(node))


def _match(blocks: Sequence[PageBlock], lines: Sequence[str]) -> set[int]:
    """The places of the blocks that were extracted: as a line, or by most of their words."""
    waiting = Counter(key for line in lines if (key := _squeeze(line)))
    shingles = Counter(shingle for line in lines for shingle in _shingle(line))
    chosen = set()
    places = sorted(range(len(blocks)), key=lambda place: (blocks[place].is_around, place))
    for place in places:
        text = blocks[place].text
        key = _squeeze(text)
        if waiting[key]:
            waiting[key] -= 1
            shingles.subtract(_shingle(text))
            chosen.add(place)
            continue
        own = _shingle(text)
        if own and sum(shingles[shingle] > 0 for shingle in own) >= SHARED * len(own):
            shingles.subtract(own)
            chosen.add(place)
    return chosen


def _squeeze(text: str) -> str:
    return "".join(text.split())


def _shingle(text: str) -> list[tuple[str, ...]]:
    words = text.split()
    return [tuple(words[place : place + SHINGLE]) for place in range(len(words) - SHINGLE + 1)]


def _complete(blocks: Sequence[PageBlock], chosen: set[int], title: str) -> list[PageBlock]:
    """Put with the content what belongs to an article and is no part of what trafilatura gives, and take what does not."""
    chosen = _drop_furniture(blocks, chosen)
    if not chosen:
        return []
    body = next(
        (place for place in sorted(chosen) if len(blocks[place].text) >= MIN_BODY_LENGTH), min(chosen)
    )
    top = _find_title(blocks, title, body)
    if top is not None:
        chosen = {place for place in chosen if place > top} | {top}
    chosen |= set(_list_between(blocks, chosen, top))
    return [
        replace(blocks[place], kind="title") if place == top else blocks[place] for place in sorted(chosen)
    ]


def _drop_furniture(blocks: Sequence[PageBlock], chosen: set[int]) -> set[int]:
    """What was chosen without what a page calls a box or a menu, unless that is much of it: then the names mean nothing."""
    inside = {place for place in chosen if not blocks[place].is_around}
    length = sum(len(blocks[place].text) for place in chosen)
    kept = sum(len(blocks[place].text) for place in inside)
    return inside if kept >= MOSTLY_INSIDE * length else chosen


def _list_between(blocks: Sequence[PageBlock], chosen: set[int], top: int | None) -> Iterator[int]:
    """Headings, list items, quotes and captions between what was chosen, the byline below a title and who wrote it at the end."""
    first, last = min(chosen), max(chosen)
    said = {_squeeze(blocks[place].text) for place in chosen}
    for place in range(first, min(last + 1 + NEAR_END, len(blocks))):
        block = blocks[place]
        if _squeeze(block.text) in said:
            continue
        is_in_text = place < last and not block.is_around
        if block.kind == "biography":
            belongs = place > last / 2 and MIN_BIOGRAPHY_LENGTH <= len(block.text) <= MAX_CAPTION_LENGTH
        elif block.kind == "byline":
            is_near = top is not None and place <= top + NEAR_TITLE
            belongs = is_in_text and is_near and len(block.text) <= MAX_BYLINE_LENGTH
        elif block.kind == "caption":
            belongs = is_in_text and len(block.text) <= MAX_CAPTION_LENGTH
        else:
            is_linked = block.linked > MAX_LINKED * len(block.text)
            belongs = is_in_text and block.kind in FILLED_IN and not is_linked
        if belongs:
            yield place


def _find_title(blocks: Sequence[PageBlock], title: str, body: int) -> int | None:
    """The place of the heading before the text that is the longest of those in the page's own title, or else the last one of the first order."""
    heads = [place for place in range(body + 1) if HEADING.fullmatch(blocks[place].element)]
    wanted = _squeeze(title)
    named = [
        place
        for place in heads
        if (words := _squeeze(blocks[place].text)) in wanted or (wanted and wanted in words)
    ]
    if named:
        return max(named, key=lambda place: len(blocks[place].text))
    return next((place for place in reversed(heads) if blocks[place].element == "h1"), None)


def _read_metadata(found: Any) -> dict[str, Any]:
    metadata: dict[str, Any] = {}
    for name, ours in KEPT.items():
        value = getattr(found, name, None)
        if isinstance(value, str) and value.strip():
            metadata[ours] = value.strip()
    for name, ours in LISTS.items():
        value = getattr(found, name, None)
        if isinstance(value, list) and value:
            metadata[ours] = [str(part) for part in value]
    return metadata
