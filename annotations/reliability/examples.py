"""The passages behind a figure: stretches that annotators gave different labels, with what each of them made of it."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

import numpy as np

from annotations.agreement import Corpus
from annotations.agreement.coding.places import Places, find_places
from annotations.agreement.data.arrays import BoolArray, IntArray
from annotations.agreement.data.stretches import Stretches, find_stretches
from annotations.models import Block, Project, Task
from annotations.reliability.confusion import count_cell, find_instead
from annotations.reliability.counting import count_selection
from annotations.reliability.matrices import build_corpus, write_id
from annotations.reliability.people import name_people
from annotations.reliability.selection import Selection
from annotations.spans import Span

CONTEXT = 160
MAX_FOCUS = 800
"""Stretches are put into one passage as long as they reach no further than this many characters, however near they are."""
TASKS_AT_ONCE = 100

Search = Callable[[Corpus, Stretches], Iterable[Places]]


@dataclass(frozen=True, slots=True)
class AnnotatorSpans:
    """One annotator's spans that touch a passage."""

    annotator: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A stretch `[start, end)` of an article that two annotators, by name, labelled differently, or in the two ways that were asked for."""

    first: str
    second: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DisputedPassage:
    """The stretch `[start, end)` of an article with the differences in it and what everybody who completed it made of it."""

    task: int
    title: str
    text: str
    start: int
    end: int
    differences: tuple[Difference, ...]
    sides: tuple[AnnotatorSpans, ...]

    @property
    def focus(self) -> list[tuple[int, int]]:
        """The stretches that the differences cover, in order and without overlap."""
        return _join([(one.start, one.end) for one in self.differences])


@dataclass(frozen=True, slots=True)
class Examples:
    """The first passages that were asked for, and how many there are.

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
    """Passages that one annotator gave the first label and another the second in its place, or nothing where it is empty.

    They hold the stretches that the confusions of the selection count, and no others: those of the tasks that add most come
    first.
    """
    counted = count_selection(project, selection).load(tables=["confusion"])
    positions = {int(task): number for task, number in count_cell(counted, first, second).items()}
    tasks = sorted(positions, key=lambda task: (-positions[task], task))

    def search(corpus: Corpus, stretches: Stretches) -> Iterator[Places]:
        yield find_places(
            corpus,
            stretches,
            meets=find_instead(stretches.values, first, second),
            is_symmetric=first == second,
        )

    return _find_passages(project, selection, tasks, search, most=most, skipped=skipped)


def find_differences(
    project: Project, selection: Selection, *, task: int, most: int, skipped: int = 0
) -> Examples:
    """Passages of one task to which not all of its annotators gave the same labels, in the order of the text."""

    def search(corpus: Corpus, stretches: Stretches) -> Iterator[Places]:
        for value in range(len(stretches.values)):
            yield find_places(corpus, stretches, meets=partial(_is_only_ours, value))

    return _find_passages(project, selection, [task], search, most=most, skipped=skipped)


def _is_only_ours(value: int, one: IntArray, other: IntArray) -> BoolArray:
    found: BoolArray = (one == value) & (other != value)
    return found


def _find_passages(
    project: Project,
    selection: Selection,
    tasks: Sequence[int],
    search: Search,
    *,
    most: int,
    skipped: int,
) -> Examples:
    """Search the tasks in the order given until there are passages enough."""
    wanted = skipped + most
    passages: list[list[_Place]] = []
    searched = 0
    corpora: list[Corpus] = []
    while searched < len(tasks) and len(passages) <= wanted:  # one more says that there are more
        part = tasks[searched : searched + TASKS_AT_ONCE]
        corpus = build_corpus(project, replace(selection, uncounted=()), tasks=part)
        places = _list_places(corpus, search, part, _find_uncounted(part, selection))
        passages += [passage for task in part for passage in _gather(places[task])]
        if len(passages) > skipped:  # earlier ones are not shown
            corpora.append(corpus)
        searched += len(part)
    shown = passages[skipped:wanted]
    is_all = searched == len(tasks)
    with_some = len({passage[0].task for passage in passages}) if is_all else len(tasks)
    return Examples(
        passages=list(_read_passages(project, shown, corpora)),
        tasks=with_some,
        total=len(passages) if is_all else None,
    )


def _gather(places: Iterable[_Place]) -> Iterator[list[_Place]]:
    """The places of a task, those together that are shown as one passage because their surroundings would overlap."""
    passage: list[_Place] = []
    end = 0
    for place in sorted(places, key=lambda place: (place.start, place.end, place.first, place.second)):
        if passage and not _belongs(place, passage[0].start, end):
            yield passage
            passage, end = [], 0
        passage.append(place)
        end = max(end, place.end)
    if passage:
        yield passage


def _belongs(place: _Place, start: int, end: int) -> bool:
    """Whether a place overlaps a passage `[start, end)`, or lies so near that its surroundings would be shown twice."""
    is_short = max(end, place.end) - start <= MAX_FOCUS
    return place.start < end or (place.start <= end + CONTEXT and is_short)


def _join(stretches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The stretches in order, those that overlap or touch as one.

    >>> _join([(4, 6), (0, 3), (5, 9)])
    [(0, 3), (4, 9)]
    """
    joined: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


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
    search: Search,
    tasks: Sequence[int],
    uncounted: Mapping[int, Sequence[tuple[int, int]]],
) -> dict[int, list[_Place]]:
    """The places of each task, without the parts that lie in blocks that do not count."""
    of_task: dict[int, list[_Place]] = {task: [] for task in tasks}
    for found in search(corpus, find_stretches(corpus)):
        columns = (found.document, found.annotator_1, found.annotator_2, found.start, found.end)
        for document, one, other, start, end in np.stack(columns).T.tolist():
            task = int(corpus.documents[document])
            people = int(corpus.annotators[one]), int(corpus.annotators[other])
            of_task[task] += [
                _Place(task, left, right, *people) for left, right in _leave_out(start, end, uncounted[task])
            ]
    return of_task


def _leave_out(start: int, end: int, stretches: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """What is left of `[start, end)` without the stretches, which are in order and do not overlap.

    >>> list(_leave_out(0, 9, [(2, 4), (8, 12)]))
    [(0, 2), (4, 8)]
    """
    borders = [start, *(min(max(edge, start), end) for stretch in stretches for edge in stretch), end]
    yield from ((left, right) for left, right in list(pairwise(borders))[::2] if left < right)


def _read_passages(
    project: Project, passages: Sequence[Sequence[_Place]], corpora: Iterable[Corpus]
) -> Iterator[DisputedPassage]:
    articles = {
        task: (title, text)
        for task, title, text in Task.objects.filter(
            pk__in={places[0].task for places in passages}
        ).values_list("pk", "article__title", "article__text")
    }
    holding = {int(name): corpus for corpus in corpora for name in corpus.documents}
    people = name_people(project)
    for places in passages:
        task = places[0].task
        title, text = articles[task]
        start, end = find_frame(
            text, min(place.start for place in places), max(place.end for place in places)
        )
        yield DisputedPassage(
            task,
            title,
            text,
            start,
            end,
            tuple(
                Difference(people[place.first], people[place.second], place.start, place.end)
                for place in places
            ),
            tuple(
                AnnotatorSpans(people[person], _list_spans(holding[task], task, person, start, end))
                for person in _list_annotators(holding[task], task)
            ),
        )


def _list_annotators(corpus: Corpus, task: int) -> list[int]:
    """The ids of those who completed a task."""
    document = bisect_left(corpus.documents, write_id(task))
    return [int(corpus.annotators[row]) for row in np.flatnonzero(corpus.completed[document]).tolist()]


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
    """The borders of the passage that is shown around a span of a text: some characters more on both sides, from the beginning of a word to the end of one."""
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
