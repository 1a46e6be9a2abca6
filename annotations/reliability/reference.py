"""Everybody's spans held against a reference, the gold or one annotator: precision, recall, and which spans are missed or spurious."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from annotations.agreement import Corpus, MarkedSpan, SpanScores, score_spans
from annotations.agreement.errors import InvalidOptionError
from annotations.agreement.questions.span_errors import OUTCOMES, SpanPair
from annotations.limits import MAX_REFERENCE_SPANS
from annotations.models import Block, Gold, Project, Span, Task, User
from annotations.reliability.counting import Options
from annotations.reliability.excluded_text import restore, squeeze
from annotations.reliability.matrices import build_corpus, find_annotations, write_id
from annotations.reliability.people import name_people
from annotations.reliability.selection import Selection, find_annotators

GOLD = "gold"
"""The reference that is no annotator, and what it is called."""
MAX_LISTED = 5_000
"""Spans of one outcome that a file names; all are counted."""
TASKS_AT_ONCE, CHUNK = 500, 100
Stretches = Mapping[int, Sequence[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Held:
    """A span of the reference and the span of a candidate that was held against it, as offsets of the article; one may be missing."""

    task: int
    outcome: str
    reference: MarkedSpan | None
    candidate: MarkedSpan | None

    def to_json(self) -> dict[str, Any]:
        sides = {"reference": self.reference, "candidate": self.candidate}
        return {
            "task": self.task,
            **{
                side: {"start": span.start, "end": span.end, "label": span.label}
                for side, span in sides.items()
                if span
            },
        }


@dataclass(frozen=True, slots=True)
class AgainstReference:
    """Each candidate's scores by sense (`strict`, `exact`, `partial`, `type`); candidates go by their ids."""

    reference: str
    people: Mapping[int, str]
    scores: Mapping[int, Mapping[str, SpanScores]]
    uncounted: Stretches

    def list_held(self, candidate: int, sense: str, *outcomes: str) -> Iterator[Held]:
        """The spans of a candidate and of the reference with these outcomes, in the order of tasks and places."""
        for pair in self.scores[candidate][sense].list_pairs(*outcomes):
            yield self._restore(pair)

    def _restore(self, pair: SpanPair) -> Held:
        task = int((pair.reference or pair.candidate or _NOWHERE).document)
        sides = (
            None
            if span is None
            else span._replace(
                start=restore(span.start, self.uncounted.get(task, ()), is_end=False),
                end=restore(span.end, self.uncounted.get(task, ()), is_end=True),
            )
            for span in (pair.reference, pair.candidate)
        )
        return Held(task, pair.outcome, *sides)

    def by_name(self) -> dict[str, Mapping[str, SpanScores]]:
        """The scores under the candidates' names."""
        return {self.people[candidate]: senses for candidate, senses in self.scores.items()}

    def to_json(self) -> dict[str, Any]:
        """Figures and counts by candidate and sense, and the spans that are not correct, the first of each outcome."""
        return {
            "reference": self.reference,
            "candidates": {
                self.people[candidate]: {
                    sense: self._write(candidate, sense, scores) for sense, scores in senses.items()
                }
                for candidate, senses in self.scores.items()
            },
        }

    def _write(self, candidate: int, sense: str, scores: SpanScores) -> dict[str, Any]:
        spans: dict[str, list[dict[str, Any]]] = {outcome: [] for outcome in OUTCOMES[1:]}
        for held in self.list_held(candidate, sense, *OUTCOMES[1:]):
            if len(spans[held.outcome]) < MAX_LISTED:
                spans[held.outcome].append(held.to_json())
        figures = {name: getattr(scores, name).to_json() for name in ("precision", "recall", "f1")}
        return {"counts": dict(scores.counts), **figures, "spans": spans}


_NOWHERE = MarkedSpan("0", "", 0, 0, "", None)


def hold_against(
    project: Project,
    selection: Selection,
    *,
    reference: User | int | None,
    label: str | None = None,
    options: Options | None = None,
) -> AgainstReference:
    """Hold everybody's spans, those of models too, against the gold (`None`) or against one annotator.

    Only tasks that both have completed are compared: of the gold, those that are finished.

    Raises
    ------
    InvalidOptionError
        The reference annotated nothing in the selection, or the selection holds more spans than are compared at once.
    """
    options = options or Options()
    everybody = replace(selection, models=())
    key = GOLD if reference is None else write_id(reference.pk if isinstance(reference, User) else reference)
    _check_size(project, everybody)
    corpus = build_corpus(project, everybody)
    tasks = [int(name) for name in corpus.documents]
    uncounted = _find_uncounted(everybody, tasks)
    if reference is None:
        corpus = _add_gold(corpus, everybody, uncounted)
    people = name_people(project)
    name = GOLD if reference is None else people.get(int(key), "")
    if key not in corpus.annotators:
        raise InvalidOptionError(
            f"{name or 'the reference'} has completed nothing of what is compared; choose another reference"
        )
    return AgainstReference(
        name,
        people,
        {
            int(candidate): score_spans(
                corpus,
                reference=key,
                candidate=candidate,
                label=label if label in corpus.labels else None,
                confidence=options.confidence,
                samples=options.samples,
                seed=options.seed,
            )
            for candidate in sorted(
                corpus.annotators, key=lambda one: people.get(int(one), one) if one != GOLD else ""
            )
            if candidate != key
        },
        uncounted,
    )


def find_reference(project: Project, name: str) -> User | None:
    """The annotator with this e-mail address as the reference; None where the name is that of the gold.

    Raises
    ------
    InvalidOptionError
        Nobody in the project has the address.
    """
    return None if name == GOLD else find_annotators(project, [name])[0]


def _check_size(project: Project, selection: Selection) -> None:
    spans = Span.objects.filter(annotation__in=find_annotations(project, selection).order_by().values("pk"))
    if spans.order_by()[: MAX_REFERENCE_SPANS + 1].count() > MAX_REFERENCE_SPANS:
        raise InvalidOptionError(
            f"more than {MAX_REFERENCE_SPANS:,} spans cannot be held against a reference at once; choose some rounds or annotators"
        )


def _find_uncounted(selection: Selection, tasks: Sequence[int]) -> dict[int, list[tuple[int, int]]]:
    """For each task the stretches of its article that are not counted, in order."""
    if not selection.uncounted or not tasks:
        return {}
    stretches: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for first in range(0, len(tasks), TASKS_AT_ONCE):
        part = tasks[first : first + TASKS_AT_ONCE]
        rows = Block.objects.filter(kind__in=selection.uncounted, article__tasks__in=part)
        for task, start, end in rows.order_by("start").values_list("article__tasks", "start", "end"):
            stretches[task].append((start, end))
    return stretches


def _add_gold(corpus: Corpus, selection: Selection, uncounted: Stretches) -> Corpus:
    """The corpus with the gold as one more annotator, who completed the tasks that are finished."""
    place = {int(name): number for number, name in enumerate(corpus.documents)}
    tasks = sorted(place)
    finished = np.zeros(len(tasks), dtype=bool)
    rows: list[tuple[int, int, int, str]] = []
    for first in range(0, len(tasks), TASKS_AT_ONCE):
        golds = Gold.objects.filter(task__in=tasks[first : first + TASKS_AT_ONCE]).order_by("task")
        for task, markup in golds.values_list("task", "markup").iterator(chunk_size=CHUNK):
            finished[place[task]] = True
            rows += _read_spans(place[task], markup, uncounted.get(task, ()), selection)
    labels = sorted({*corpus.labels, *(label for *_, label in rows)})
    number = {label: code for code, label in enumerate(labels)}
    moved = np.array([number[label] for label in corpus.labels], dtype=np.int64)
    document, start, end = (np.array([row[column] for row in rows], dtype=np.int64) for column in range(3))
    label = np.array([number[label] for *_, label in rows], dtype=np.int64)
    gold = np.full(len(rows), len(corpus.annotators))
    return Corpus.from_arrays(
        documents=corpus.documents,
        lengths=corpus.lengths,
        annotators=(*corpus.annotators, GOLD),
        labels=labels,
        document=np.concatenate([corpus.document, document]),
        annotator=np.concatenate([corpus.annotator, gold]),
        start=np.concatenate([corpus.start, start]),
        end=np.concatenate([corpus.end, end]),
        label=np.concatenate([moved[corpus.label], label]),
        completed=np.concatenate([corpus.completed, finished[:, None]], axis=1),
    )


def _read_spans(
    document: int, markup: Mapping[str, Any], stretches: Sequence[tuple[int, int]], selection: Selection
) -> Iterator[tuple[int, int, int, str]]:
    """The spans of a gold as they come to lie without the blocks that do not count."""
    for span in markup["spans"]:
        if selection.labels is not None and span["label"] not in selection.labels:
            continue
        start, end = squeeze(np.array([span["start"], span["end"]]), stretches).tolist()
        if start < end:
            yield document, start, end, span["label"]


def quote_held(held: Sequence[Held]) -> dict[int, tuple[str, str]]:
    """The titles and texts of the articles that these spans lie in, by task."""
    rows = Task.objects.filter(pk__in={one.task for one in held}).values_list(
        "pk", "article__title", "article__text"
    )
    return {task: (title, text) for task, title, text in rows}
