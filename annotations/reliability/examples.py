"""The passages behind a cell of the confusions: stretches that one annotator gave one label and another annotator another."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from annotations.agreement import Corpus
from annotations.agreement.coding.places import find_places
from annotations.agreement.data.stretches import find_stretches
from annotations.models import Block, Project, Task
from annotations.reliability.confusion import count_cell, find_values
from annotations.reliability.counting import count_selection
from annotations.reliability.matrices import build_corpus, write_id
from annotations.reliability.people import name_people
from annotations.reliability.selection import Selection
from annotations.spans import Span

CONTEXT = 160
TASKS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class AnnotatorSpans:
    """One annotator's spans that touch a passage."""

    annotator: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class DisputedPassage:
    """The stretch `[start, end)` of an article, with what two annotators made of it; `focus` is where they meet the cell."""

    task: int
    title: str
    text: str
    start: int
    end: int
    focus: tuple[int, int]
    first: AnnotatorSpans
    second: AnnotatorSpans


@dataclass(frozen=True, slots=True)
class Examples:
    """The first passages behind a cell of the confusion matrix, and how many there are.

    `tasks` is how many have some. `total` is None where there are more passages than were searched for.
    """

    passages: list[DisputedPassage]
    tasks: int
    total: int | None


@dataclass(frozen=True, slots=True)
class _Place:
    task: int
    start: int
    end: int
    first: int
    second: int


def find_examples(
    project: Project,
    selection: Selection,
    *,
    first: str,
    second: str,
    most: int,
    skipped: int = 0,
) -> Examples:
    """Passages that one annotator gave the first label and the other the second, or nothing where it is empty.

    They are the stretches that the confusions of the selection count, and no others: those of the tasks that add most come
    first.
    """
    counted = count_selection(project, selection).load(tables=["confusion"])
    positions = {int(task): number for task, number in count_cell(counted, first, second).items()}
    tasks = sorted(positions, key=lambda task: (-positions[task], task))
    wanted = skipped + most
    places: list[_Place] = []
    searched = 0
    corpora: list[Corpus] = []
    while searched < len(tasks) and len(places) <= wanted:  # one more says that there are more
        part = tasks[searched : searched + TASKS_AT_ONCE]
        corpus = build_corpus(project, replace(selection, uncounted=()), tasks=part)
        places += _list_places(corpus, first, second, part, _find_uncounted(part, selection))
        if len(places) > skipped:  # earlier ones are not shown
            corpora.append(corpus)
        searched += len(part)
    shown = places[skipped:wanted]
    return Examples(
        passages=list(_read_passages(project, shown, corpora)),
        tasks=len(positions),
        total=len(places) if searched == len(tasks) else None,
    )


def _find_uncounted(tasks: Sequence[int], selection: Selection) -> dict[int, list[tuple[int, int]]]:
    """For each task the stretches of its article that do not count, in order."""
    uncounted: dict[int, list[tuple[int, int]]] = {task: [] for task in tasks}
    if selection.uncounted:
        blocks = Block.objects.filter(article__tasks__in=tasks, kind__in=selection.uncounted)
        rows = blocks.order_by("start").values_list("article__tasks", "start", "end")
        for task, start, end in rows:
            uncounted[task].append((start, end))
    return uncounted


def _list_places(
    corpus: Corpus,
    first: str,
    second: str,
    tasks: Sequence[int],
    uncounted: Mapping[int, Sequence[tuple[int, int]]],
) -> list[_Place]:
    """Task by task in the order given, without the parts that lie in blocks that do not count."""
    stretches = find_stretches(corpus)
    ours, theirs = (find_values(stretches.values, label) for label in (first, second))
    found = find_places(corpus, stretches, first=ours, second=theirs)
    of_task: dict[int, list[_Place]] = {task: [] for task in tasks}
    columns = (found.document, found.annotator_1, found.annotator_2, found.start, found.end)
    for document, one, other, start, end in np.stack(columns).T.tolist():
        task = int(corpus.documents[document])
        people = int(corpus.annotators[one]), int(corpus.annotators[other])
        of_task[task] += [
            _Place(task, left, right, *people) for left, right in _leave_out(start, end, uncounted[task])
        ]
    return [place for task in tasks for place in of_task[task]]


def _leave_out(start: int, end: int, stretches: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """What is left of `[start, end)` without the stretches, which are in order and do not overlap.

    >>> list(_leave_out(0, 9, [(2, 4), (8, 12)]))
    [(0, 2), (4, 8)]
    """
    borders = [start, *(min(max(edge, start), end) for stretch in stretches for edge in stretch), end]
    yield from ((left, right) for left, right in list(pairwise(borders))[::2] if left < right)


def _read_passages(
    project: Project, places: Sequence[_Place], corpora: Iterable[Corpus]
) -> Iterator[DisputedPassage]:
    articles = {
        task: (title, text)
        for task, title, text in Task.objects.filter(pk__in={place.task for place in places}).values_list(
            "pk", "article__title", "article__text"
        )
    }
    holding = {int(name): corpus for corpus in corpora for name in corpus.documents}
    people = name_people(project)
    for place in places:
        title, text = articles[place.task]
        start, end = find_frame(text, place.start, place.end)
        first, second = (
            AnnotatorSpans(people[person], _list_spans(holding[place.task], place.task, person, start, end))
            for person in (place.first, place.second)
        )
        yield DisputedPassage(place.task, title, text, start, end, (place.start, place.end), first, second)


def _list_spans(corpus: Corpus, task: int, person: int, start: int, end: int) -> tuple[Span, ...]:
    """An annotator's spans that touch a stretch of a task."""
    document = bisect_left(corpus.documents, write_id(task))
    annotator = bisect_left(corpus.annotators, write_id(person))
    theirs = (corpus.document == document) & (corpus.annotator == annotator)
    touching = np.flatnonzero(theirs & (corpus.start < end) & (start < corpus.end))
    return tuple(
        Span(int(corpus.start[row]), int(corpus.end[row]), corpus.labels[corpus.label[row]])
        for row in touching.tolist()
    )


def find_frame(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch with some context, from the beginning of a word to the end of one."""
    left, right = max(0, start - CONTEXT), min(len(text), end + CONTEXT)
    while 0 < left < start and not text[left - 1].isspace():
        left += 1
    while left < start and text[left].isspace():
        left += 1
    while end < right < len(text) and not text[right].isspace():
        right -= 1
    while right > end and text[right - 1].isspace():
        right -= 1
    return left, right
