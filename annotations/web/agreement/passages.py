"""A passage of an article as its annotators read it, each reading once with the names of those who share it."""

from dataclasses import dataclass
from itertools import pairwise

from annotations.languages import tell_language
from annotations.reliability.examples import AnnotatorSpans, DisputedPassage


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a passage under the same labels from end to end.

    `starts` are the labels of the spans that begin with it; `is_focus` says that the passage is shown for it.
    """

    text: str
    labels: tuple[str, ...]
    starts: tuple[str, ...]
    is_focus: bool


@dataclass(frozen=True, slots=True)
class ShownReading:
    """What some annotators marked alike in a passage, cut where any span begins or ends."""

    annotators: tuple[str, ...]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class ShownPassage:
    """A passage with every reading of it beside the others."""

    task: int
    title: str
    starts_article: bool
    ends_article: bool
    readings: tuple[ShownReading, ...]

    @property
    def language(self) -> str:
        """The language to show it in, as far as its letters tell."""
        return tell_language("".join(piece.text for piece in self.readings[0].pieces))


def show_passage(passage: DisputedPassage) -> ShownPassage:
    """A passage that annotators differ in, with equal readings put together."""
    readings: dict[tuple[Piece, ...], list[str]] = {}
    for side in passage.sides:
        readings.setdefault(_cut(passage, side), []).append(side.annotator)
    return ShownPassage(
        task=passage.task,
        title=passage.title,
        starts_article=passage.start == 0,
        ends_article=passage.end == len(passage.text),
        readings=tuple(ShownReading(tuple(names), pieces) for pieces, names in readings.items()),
    )


def _cut(passage: DisputedPassage, marked: AnnotatorSpans) -> tuple[Piece, ...]:
    borders = {passage.start, passage.end, *(edge for stretch in passage.focus for edge in stretch)}
    for span in marked.spans:
        borders |= {
            min(max(span.start, passage.start), passage.end),
            min(max(span.end, passage.start), passage.end),
        }
    pieces = []
    for start, end in pairwise(sorted(borders)):
        here = [span for span in marked.spans if span.start < end and start < span.end]
        pieces.append(
            Piece(
                passage.text[start:end],
                tuple(span.label for span in here),
                tuple(span.label for span in here if max(span.start, passage.start) == start),
                any(left <= start < right for left, right in passage.focus),
            )
        )
    return tuple(pieces)
