"""A passage of an article as its annotators read it, each reading once with the names of those who share it."""

from dataclasses import dataclass

from annotations.reliability.examples import AnnotatorSpans, DisputedPassage
from annotations.spans import Span
from annotations.web.drawing import DrawnPassage, Track, count_depth, draw_passage


@dataclass(frozen=True, slots=True)
class ShownReading:
    """What some annotators marked alike in a passage."""

    annotators: tuple[str, ...]
    drawn: DrawnPassage


@dataclass(frozen=True, slots=True)
class ShownPassage:
    """A passage with every reading of it beside the others."""

    task: int
    title: str
    readings: tuple[ShownReading, ...]


def show_passage(passage: DisputedPassage) -> ShownPassage:
    """A passage that annotators differ in, with equal readings put together and their lines beside each other."""
    readings: dict[tuple[Span, ...], list[str]] = {}
    for side in passage.sides:
        readings.setdefault(_clip(passage, side), []).append(side.annotator)
    tracks = [[Track(span.start, span.end, span.label, span.label) for span in spans] for spans in readings]
    depth = max(count_depth(passage.text, each) for each in tracks)
    shown = tuple(
        ShownReading(tuple(names), _draw(passage, each, depth))
        for names, each in zip(readings.values(), tracks, strict=True)
    )
    return ShownPassage(passage.task, passage.title, shown)


def _clip(passage: DisputedPassage, marked: AnnotatorSpans) -> tuple[Span, ...]:
    """What of somebody's spans lies in the passage, in order."""
    clipped = [
        Span(max(span.start, passage.start), min(span.end, passage.end), span.label)
        for span in marked.spans
        if span.start < passage.end and span.end > passage.start
    ]
    return tuple(sorted(clipped, key=lambda span: (span.start, span.end, span.label)))


def _draw(passage: DisputedPassage, tracks: list[Track], depth: int) -> DrawnPassage:
    return draw_passage(
        passage.text, passage.start, passage.end, tracks=tracks, focus=passage.focus, least_depth=depth
    )
