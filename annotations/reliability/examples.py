"""Passages in which two annotators differ in the way that somebody wants to look at."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.db.models import QuerySet

from annotations.models import Annotation, Project, Task, TaskStatus, User
from annotations.reliability.matrices import Scope, find_annotations
from annotations.spans import Span

CONTEXT = 160
MOST_TASKS = 400


@dataclass(frozen=True, slots=True)
class Reading:
    """One annotator's spans that touch a passage."""

    annotator: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """The stretch `[start, end)` of an article, with what two annotators made of it."""

    task: int
    title: str
    text: str
    start: int
    end: int
    first: Reading
    second: Reading


def find_examples(
    project: Project, scope: Scope, *, reader: User, first: str, second: str, most: int
) -> list[Passage]:
    """Passages that one annotator gave the first label and the other the second, or nothing where it is empty.

    Where the two are the same label, the passages are those on whose borders they differ. A reader who annotates
    stays blind: nothing is shown of a round of theirs before its tasks are adjudicated.
    """
    still_theirs = Task.objects.filter(round__participants__annotator=reader).exclude(
        status=TaskStatus.ADJUDICATED
    )
    annotations = find_annotations(project, scope).exclude(assignment__task__in=still_theirs.values("pk"))
    return list(islice(_find_all(annotations, first, second), most))


def _find_all(annotations: QuerySet[Annotation], first: str, second: str) -> Iterator[Passage]:
    tasks = (
        annotations.filter(spans__label=first)
        .order_by("assignment__task_id")
        .values_list("assignment__task_id", flat=True)
        .distinct()
    )
    for task in list(tasks[:MOST_TASKS]):
        of_task = list(
            annotations.filter(assignment__task_id=task)
            .select_related("assignment__annotator", "assignment__task__article")
            .prefetch_related("spans")
            .order_by("id")
        )
        for one in of_task:
            yield from _compare(one, [other for other in of_task if other != one], first, second)


def _compare(one: Annotation, others: list[Annotation], first: str, second: str) -> Iterator[Passage]:
    """Each differing span once, beside the first person who differs; not those that a passage before it shows."""
    ours = [span.to_plain() for span in one.spans.all()]
    theirs = [(other, [span.to_plain() for span in other.spans.all()]) for other in others]
    article = one.assignment.task.article
    shown_until = 0
    for span in ours:
        if span.label != first or span.end <= shown_until:
            continue
        differing = next(((other, spans) for other, spans in theirs if _differ(span, spans, second)), None)
        if differing is None:
            continue
        start, end = find_frame(article.text, span)
        shown_until = end
        yield Passage(
            task=one.assignment.task_id,
            title=article.title,
            text=article.text,
            start=start,
            end=end,
            first=_read(one, ours, start, end),
            second=_read(*differing, start, end),
        )


def _read(annotation: Annotation, spans: list[Span], start: int, end: int) -> Reading:
    frame = Span(start, end, "passage")
    return Reading(str(annotation.assignment.annotator), tuple(span for span in spans if span.overlap(frame)))


def find_frame(text: str, span: Span) -> tuple[int, int]:
    """The span with some context, from the beginning of a word to the end of one."""
    start, end = max(0, span.start - CONTEXT), min(len(text), span.end + CONTEXT)
    while 0 < start < span.start and not text[start - 1].isspace():
        start += 1
    while start < span.start and text[start].isspace():
        start += 1
    while span.end < end < len(text) and not text[end].isspace():
        end -= 1
    while end > span.end and text[end - 1].isspace():
        end -= 1
    return start, end


def _differ(span: Span, theirs: list[Span], second: str) -> bool:
    met = [other for other in theirs if other.overlap(span)]
    if not second:
        return not met
    same = [other for other in met if other.label == span.label]
    if second == span.label:
        return bool(same) and all((other.start, other.end) != (span.start, span.end) for other in same)
    return not same and any(other.label == second for other in met)
