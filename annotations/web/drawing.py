"""Texts with spans drawn as tracks under their lines, every code point kept: whole articles, and passages on every page.

A text is cut into pieces (lines, and the breaks between them) and each piece into segments where a span starts or ends.
The tracks of a piece are numbered from the text downwards, the shortest spans nearest to it. All lines of the running
text are spaced alike, as the deepest needs it. A track of many annotators is thick where all of them marked it and thin where few did.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from annotations.languages import tell_language

MAX_TRACKS = 12
AROUND = 60
"""Characters that are quoted on either side of a span."""
LEVELS = {"block-title": 2, "block-heading": 3}
"""Blocks that are read out as headings, with their level."""
BREAKS = re.compile(r"[ \t]*(?:\r\n?|\n)\s*")


@dataclass(frozen=True, slots=True)
class Track:
    """A span to be drawn: whose it is and what stands beside its colour, as a short tag."""

    start: int
    end: int
    label: str
    tag: str
    style: str = ""
    begin: str = ""
    """What is read out where it begins; its end is read out as the end of its label."""
    parts: tuple[tuple[int, int, str], ...] = ()
    """Stretches within it that are drawn in a style of their own."""

    def style_at(self, place: int) -> str:
        """The style in which a place of it is drawn."""
        return next((style for start, end, style in self.parts if start <= place < end), self.style)


@dataclass(frozen=True, slots=True)
class Layer:
    """A stretch of the text, such as a heading, and the class that it is shown with."""

    start: int
    end: int
    style: str


def draw_article(
    text: str,
    *,
    tracks: Sequence[Track] = (),
    layers: Sequence[Layer] = (),
    cuts: Iterable[int] = (),
    focus: Sequence[tuple[int, int]] = (),
    least_depth: int = 0,
) -> SafeString:
    """The article as HTML whose text is the text, character for character.

    `cuts` are further places to segment at; what lies within one of `focus` is what the page speaks of. Lines are
    spaced for as many tracks as `least_depth` if there are fewer.
    """
    ends = (place for track in tracks for place in (track.start, track.end))
    inner_ends = (place for track in tracks for start, end, _ in track.parts for place in (start, end))
    edges = sorted({*cuts, *ends, *inner_ends, *(place for stretch in focus for place in stretch)})
    ordered = sorted(layers, key=lambda layer: layer.start)
    starts = [layer.start for layer in ordered]
    pieces: list[tuple[int, int, bool, str, list[Track], list[int]]] = []
    heights = {"": least_depth}
    for start, end, is_break in _cut_into_pieces(text):
        place = bisect_right(starts, start) - 1
        style = ordered[place].style if place >= 0 and start < ordered[place].end else ""
        within = [] if is_break else [track for track in tracks if track.start < end and track.end > start]
        lanes = _assign_lanes(within)
        group = style if style in LEVELS else ""
        heights[group] = max(heights.get(group, 0), 1 + max(lanes, default=-1))
        pieces.append((start, end, is_break, style, within, lanes))
    parts: list[str] = []
    for start, end, is_break, style, within, lanes in pieces:
        height = min(heights[style if style in LEVELS else ""], MAX_TRACKS)
        kind = "piece-break" if is_break else f"piece tracks-{height} {style}".strip()
        role = f' role="heading" aria-level="{LEVELS[style]}"' if style in LEVELS else ""
        parts.append(f'<div class="{kind}">' if is_break else f'<div class="{kind}" dir="auto"{role}>')
        inner = [edge for edge in edges if start < edge < end]
        for left, right in zip([start, *inner], [*inner, end], strict=True):
            is_here = any(first <= left < last for first, last in focus)
            parts.append(_draw_segment(text, left, right, within, lanes, is_here=is_here))
        parts.append("</div>")
    return mark_safe("".join(parts))  # noqa: S308 - the text is escaped piece by piece


@dataclass(frozen=True, slots=True)
class DrawnPassage:
    """A stretch of a text, drawn, and whether the text goes on before and after it."""

    html: SafeString
    has_before: bool
    has_after: bool
    language: str
    """In which to show it, as far as its letters tell."""


def draw_passage(
    text: str,
    start: int = 0,
    end: int | None = None,
    *,
    tracks: Sequence[Track],
    focus: Sequence[tuple[int, int]] = (),
    least_depth: int = 0,
) -> DrawnPassage:
    """Draw a stretch `[start, end)` of a text as `draw_article` draws the whole; places are those of the text."""
    end = len(text) if end is None else end
    here = text[start:end]

    def shift(place: int) -> int:
        return min(max(place, start), end) - start

    within = [
        replace(
            track,
            start=shift(track.start),
            end=shift(track.end),
            parts=tuple((shift(first), shift(last), style) for first, last, style in track.parts),
        )
        for track in tracks
        if track.start < end and track.end > start
    ]
    shifted = [(shift(first), shift(last)) for first, last in focus]
    html = draw_article(here, tracks=within, focus=shifted, least_depth=least_depth)
    return DrawnPassage(html, has_before=start > 0, has_after=end < len(text), language=tell_language(here))


def count_depth(text: str, tracks: Sequence[Track]) -> int:
    """How many tracks lie below each other where a text has the most."""
    pieces = (
        [track for track in tracks if track.start < end and track.end > start]
        for start, end, _ in _cut_into_pieces(text)
    )
    return max((1 + max(_assign_lanes(within), default=-1) for within in pieces), default=0)


def find_surroundings(text: str, tracks: Sequence[Track]) -> tuple[int, int]:
    """From where to where a text is quoted so that the tracks stand among some of its words, none of which is cut."""
    first, last = min(track.start for track in tracks), max(track.end for track in tracks)
    start, end = max(0, first - AROUND), min(len(text), last + AROUND)
    blank = re.search(r"\s", text[start:first])
    start += blank.end() if start and blank else 0
    blanks = list(re.finditer(r"\s", text[last:end]))
    return start, last + blanks[-1].start() if end < len(text) and blanks else end


def abbreviate(names: Sequence[str]) -> dict[str, str]:
    """The shortest beginnings that tell the names apart.

    >>> abbreviate(["Claim", "Cue", "Stance"])
    {'Claim': 'Cl', 'Cue': 'Cu', 'Stance': 'S'}
    """
    short = {}
    for name in names:
        others = [other for other in names if other != name]
        lengths = range(1, len(name) + 1)
        unique = (size for size in lengths if not any(other.startswith(name[:size]) for other in others))
        short[name] = name[: next(unique, len(name))]
    return short


def _cut_into_pieces(text: str) -> Iterable[tuple[int, int, bool]]:
    position = 0
    for found in BREAKS.finditer(text):
        if found.start() > position:
            yield position, found.start(), False
        yield found.start(), found.end(), True
        position = found.end()
    if position < len(text):
        yield position, len(text), False


def _assign_lanes(tracks: Sequence[Track]) -> list[int]:
    """A lane for each track so that no two in one lane touch, tags included; short ones come first."""
    lanes = [0] * len(tracks)
    occupied: list[list[Track]] = []
    by_length = sorted(range(len(tracks)), key=lambda place: (tracks[place].end - tracks[place].start, place))
    for place in by_length:
        track = tracks[place]
        lane = next(
            (
                number
                for number, others in enumerate(occupied)
                if all(_reach(track) <= other.start or _reach(other) <= track.start for other in others)
            ),
            len(occupied),
        )
        if lane == len(occupied):
            occupied.append([])
        occupied[lane].append(track)
        lanes[place] = lane
    return lanes


def _reach(track: Track) -> int:
    """Where a track leaves its lane free again: its tag may be wider than its words."""
    return max(track.end, track.start + len(track.tag))


def _draw_segment(
    text: str, start: int, end: int, tracks: Sequence[Track], lanes: Sequence[int], *, is_here: bool
) -> str:
    here = [
        (lane, track)
        for track, lane in zip(tracks, lanes, strict=True)
        if track.start < end and track.end > start
    ]
    opened = "".join(
        f'<span class="track lane-{min(lane, MAX_TRACKS - 1)} label-{escape(track.label)} {track.style_at(start)}"'
        f"{_write_ends(track, start, end)}>"
        for lane, track in here
    )
    shown = escape(text[start:end]).replace("\r", "&#13;")
    style = "segment is-here" if is_here else "segment"
    return f'<span class="{style}" data-start="{start}" data-end="{end}">{opened}{shown}{"</span>" * len(here)}</span>'


def _write_ends(track: Track, start: int, end: int) -> str:
    written = ""
    if track.start == start and track.tag:
        written += f' data-tag="{escape(track.tag)}" data-begin="{escape(track.begin or track.label)}"'
    if track.end == end and track.tag:
        written += f' data-finish="end {escape(track.label)}"'
    return written
