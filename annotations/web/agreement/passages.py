"""A passage of an article with one person's spans drawn in it."""

from dataclasses import dataclass
from itertools import pairwise

from annotations.reliability.examples import AnnotatorSpans, DisputedPassage


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch under the same labels from end to end; `starts` are those that begin here, `is_focus` what it is about."""

    text: str
    labels: tuple[str, ...]
    starts: tuple[str, ...]
    is_focus: bool


@dataclass(frozen=True, slots=True)
class ShownSide:
    """What one of the two annotators marked in a passage, cut where any span begins or ends."""

    annotator: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class ShownPassage:
    """A passage beside itself, with the spans of either annotator."""

    task: int
    title: str
    starts_article: bool
    ends_article: bool
    sides: tuple[ShownSide, ShownSide]


def show_passage(passage: DisputedPassage) -> ShownPassage:
    return ShownPassage(
        task=passage.task,
        title=passage.title,
        starts_article=passage.start == 0,
        ends_article=passage.end == len(passage.text),
        sides=(_show(passage, passage.first), _show(passage, passage.second)),
    )


def _show(passage: DisputedPassage, marked: AnnotatorSpans) -> ShownSide:
    borders = {passage.start, passage.end, *passage.focus}
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
                passage.focus[0] <= start < passage.focus[1],
            )
        )
    return ShownSide(marked.annotator, tuple(pieces))
