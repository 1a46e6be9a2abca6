"""From the tables to the agreement library's arrays, in a handful of queries whatever the number of documents.

A document is a task: the same article in two rounds is two documents. Documents and annotators go by their ids, with
zeros before them, so that the library's order of names is that of the ids.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

import numpy as np
from django.db.models import Count, F, Max, Model, Q, QuerySet, Sum, TextField, Value
from django.db.models.functions import Cast

from annotations.agreement import Corpus
from annotations.agreement.data.corpus import LOST_END, Coded
from annotations.agreement.data.links import Links
from annotations.agreement.data.naming import ABSENT
from annotations.blindness import find_hidden_articles
from annotations.models import LIVE_STATUSES, Annotation, Article, Assignment, Block, Project, Relation, Span
from annotations.reliability.excluded_text import BoolArray, IntArray, squeeze
from annotations.reliability.schemes import find_schemes, list_labels, list_levels, name_attribute
from annotations.reliability.selection import Selection
from annotations.schemes.scheme import Scheme

MAX_AT_ONCE = 500
ROWS_AT_ONCE = 500
Row = TypeVar("Row", bound=Model)
NEEDS_TEXT = frozenset({"token", "word"})
DROPPED = "spans in blocks that do not count"
CUT = "spans cut at blocks that do not count"


class Names(dict[str, int]):
    """The number of each name, in the order in which they are asked for."""

    def __missing__(self, name: str) -> int:
        self[name] = number = len(self)
        return number


def write_id(number: int) -> str:
    """An id as the name of a document or an annotator, with zeros before it so that names are in the order of ids."""
    return f"{number:012d}"


def find_annotations(project: Project, selection: Selection) -> QuerySet[Annotation]:
    """Every current annotation that the selection compares."""
    return Annotation.objects.current().filter(_is_compared(project, selection, share="assignment__"))


def _find_assignments(project: Project, selection: Selection) -> QuerySet[Assignment]:
    """The assignments whose current annotation the selection compares."""
    return Assignment.objects.submitted().filter(_is_compared(project, selection)).order_by()


def _is_compared(project: Project, selection: Selection, *, share: str = "") -> Q:
    """Whether the selection compares an annotator's share of a task."""
    compared = Q(**{f"{share}task__round__project": project})
    compared &= Q(**{f"{share}task__status__in": LIVE_STATUSES})
    if selection.rounds is not None:
        compared &= Q(**{f"{share}task__round__number__in": selection.rounds})
    if selection.annotators is not None:
        compared &= Q(**{f"{share}annotator_id__in": selection.annotators})
    if selection.models:
        compared &= ~Q(**{f"{share}annotator_id__in": selection.models})
    if selection.beside is not None:
        theirs = Assignment.objects.submitted().filter(
            annotator=selection.beside, task__round__project=project
        )
        compared &= Q(**{f"{share}task__in": theirs.order_by().values("task")})
    if selection.reader is not None:
        compared &= ~Q(**{f"{share}task__article__in": find_hidden_articles(selection.reader)})
    return compared


def take_fingerprints(project: Project, selection: Selection, *, tasks_a_block: int) -> dict[int, str]:
    """For each block of tasks what changes whenever its set of annotations does; they are never edited, so their ids say all."""
    rows = (
        _find_assignments(project, selection)
        .annotate(block=F("task_id") / Value(tasks_a_block))  # whole numbers give whole numbers
        .values("block")
        .annotate(
            count=Count("current_id"),
            last=Max("current_id"),
            total=Sum("current_id"),
            squares=Sum(F("current_id") * F("current_id")),
        )
    )
    return {row["block"]: f"{row['count']}:{row['last']}:{row['total']}:{row['squares']}" for row in rows}


def list_block_tasks(project: Project, selection: Selection, number: int, *, tasks_a_block: int) -> list[int]:
    """The tasks of a block that have annotations to compare."""
    first = number * tasks_a_block
    inside = _find_assignments(project, selection).filter(task__gte=first, task__lt=first + tasks_a_block)
    return list(inside.order_by("task").values_list("task", flat=True).distinct())


def build_corpus(
    project: Project,
    selection: Selection,
    *,
    tasks: Collection[int] | None = None,
    unit: str = "character",
    with_links: bool = False,
) -> Corpus:
    """The arrays of the selection, or of a few of its tasks.

    Relations and attributes cost time, so they are read only `with_links`.
    """
    annotations = find_annotations(project, selection)
    if tasks is None:
        return _build(project, selection, [annotations], unit=unit, with_links=with_links)
    parts = [annotations.filter(assignment__task_id__in=some) for some in _in_parts(tasks)]
    return _build(project, selection, parts, unit=unit, with_links=with_links)


def _build(
    project: Project,
    selection: Selection,
    parts: Sequence[QuerySet[Annotation]],
    *,
    unit: str,
    with_links: bool,
) -> Corpus:
    share = "assignment__"
    article = f"{share}task__article"
    fields = ("id", f"{share}task_id", f"{share}annotator_id", f"{article}_id", f"{article}__length")
    rows = (part.order_by().values_list(*fields) for part in parts)
    ids, task_of, annotator_of, article_of, lengths_of = _sort_by_id(_read_columns(rows, len(fields)))
    tasks, first, document = np.unique(task_of, return_index=True, return_inverse=True)
    annotators, annotator = np.unique(annotator_of, return_inverse=True)
    articles, lengths = article_of[first], lengths_of[first]
    completed = np.zeros((len(tasks), len(annotators)), dtype=bool)
    completed[document, annotator] = True

    spans = _Spans.read(ids, selection, with_attributes=with_links)
    of_span = np.searchsorted(ids, spans.annotation)
    span_document = document[of_span]
    uncounted = find_uncounted(articles, selection, tasks)
    counted_lengths, left_out_of = _leave_out(uncounted, tasks, lengths, span_document, spans)

    kept = spans.start < spans.end
    links: Links | tuple[()] = ()
    if with_links:
        links, lost_in = _read_links(ids, spans.id, kept)
        left_out_of[LOST_END] = _count_by_task(document[np.searchsorted(ids, lost_in)], tasks)
    schemes = find_schemes(project, selection.rounds)
    names = _name_labels(schemes, selection, spans.labels)
    place = np.array([names.index(name) for name in spans.labels], dtype=np.int64)
    return Corpus.from_arrays(
        documents=[write_id(task) for task in tasks.tolist()],
        lengths=counted_lengths,
        annotators=[write_id(person) for person in annotators.tolist()],
        labels=names,
        document=span_document[kept],
        annotator=annotator[of_span][kept],
        start=spans.start[kept],
        end=spans.end[kept],
        label=place[spans.label][kept],
        completed=completed,
        attributes=spans.attributes_of(kept, uncompared=_find_uncompared(schemes) if with_links else ()),
        links=links,
        texts=_read_texts(articles, tasks, uncounted) if unit in NEEDS_TEXT else None,
        left_out_of=left_out_of,
    )


@dataclass(slots=True)
class _Spans:
    """The columns of the table, in the order of the ids; `label` and `choice` index `labels` and `choices`.

    A choice is a set of attributes as the database wrote it: there are few different ones.
    """

    id: IntArray
    annotation: IntArray
    start: IntArray
    end: IntArray
    label: IntArray
    labels: list[str]
    choice: IntArray
    choices: list[str]

    @classmethod
    def read(cls, annotations: IntArray, selection: Selection, *, with_attributes: bool) -> "_Spans":
        """The spans of the annotations with these ids."""
        written = Cast("attributes", TextField()) if with_attributes else Value("{}")
        fields = ("id", "annotation_id", "start", "end", "label", written)
        names = (Names(), Names())
        wanted = Q() if selection.labels is None else Q(label__in=selection.labels)
        rows = (
            spans.filter(wanted).values_list(*fields)
            for spans in _list_of(Span.objects.all(), "annotation", annotations)
        )
        number, annotation, start, end, label, choice = _sort_by_id(_read_columns(rows, len(fields), names))
        label, labels = _put_in_order(label, names[0])
        choice, choices = _put_in_order(choice, names[1])
        return cls(number, annotation, start, end, label, labels, choice, choices)

    def attributes_of(self, kept: BoolArray, *, uncompared: Collection[str]) -> dict[str, Coded]:
        """One column an attribute, named after its label, unless it is free text, which is not compared."""
        used, code = np.unique((self.label * len(self.choices) + self.choice)[kept], return_inverse=True)
        made: dict[str, list[str | None]] = defaultdict(lambda: [None] * len(used))
        for number, both in enumerate(used.tolist()):
            label, choice = divmod(both, len(self.choices))
            for name, value in json.loads(self.choices[choice]).items():
                made[name_attribute(self.labels[label], name)][number] = value
        columns = {}
        for name, of_code in sorted(made.items()):
            if name in uncompared:
                continue
            place: dict[str | None, int] = {None: ABSENT}
            for value in of_code:
                place.setdefault(value, len(place) - 1)
            lookup = np.array([place[value] for value in of_code], dtype=np.int64)
            columns[name] = Coded(lookup[code], tuple(value for value in place if value is not None))
        return columns


def _list_of(rows: QuerySet[Row], column: str, ids: IntArray) -> Iterator[QuerySet[Row]]:
    """The rows that belong to the ids, a few ids at a time.

    The ids are named, and not asked for again by what was selected: a database that misjudges how many there are would
    read the whole table once for each.
    """
    for some in _in_parts(ids.tolist()):
        yield rows.filter(**{f"{column}__in": some}).order_by()


def _read_columns(queries: Iterable[QuerySet[Any, Any]], width: int, names: Sequence[Names] = ()) -> IntArray:
    """Rows as columns of numbers, shape (column, row); the last columns are names, by their number.

    Fewer rows live at a time than set off the garbage collector.
    """
    read: list[list[IntArray]] = [[np.zeros(0, dtype=np.int64)] for _ in range(width)]
    codes = [None] * (width - len(names)) + list(names)
    for rows in queries:
        iterator = rows.iterator(chunk_size=ROWS_AT_ONCE)
        while chunk := list(islice(iterator, ROWS_AT_ONCE)):
            for parts, known, column in zip(read, codes, zip(*chunk, strict=True), strict=True):
                numbers = column if known is None else map(known.__getitem__, column)
                parts.append(np.fromiter(numbers, np.int64, len(chunk)))
    return np.stack([np.concatenate(parts) for parts in read])


def _sort_by_id(table: IntArray) -> IntArray:
    """The rows of columns of which the first is the id."""
    return table[:, np.argsort(table[0])]


def _put_in_order(codes: IntArray, names: Names) -> tuple[IntArray, list[str]]:
    """Sort the names, and number the codes by their new places."""
    ordered = sorted(names)
    place = np.zeros(len(names), dtype=np.int64)
    place[[names[name] for name in ordered]] = np.arange(len(names))
    return place[codes], ordered


def _leave_out(
    uncounted: Mapping[int, Sequence[tuple[int, int]]],
    tasks: IntArray,
    lengths: IntArray,
    document: IntArray,
    spans: _Spans,
) -> tuple[IntArray, dict[str, dict[str, int]]]:
    """Move spans and lengths as if the uncounted blocks were not there; a span wholly in one becomes empty."""
    if not uncounted:
        return lengths, {}
    # all texts on one line, a place apart, so that a text ends before the next one's stretches begin
    begins = np.concatenate([[0], np.cumsum(lengths + 1)[:-1]])
    laid = [
        (int(begins[index]) + start, int(begins[index]) + end)
        for index, task in enumerate(tasks.tolist())
        for start, end in uncounted.get(task, ())
    ]
    squeezed = squeeze(begins, laid)
    before = spans.end - spans.start
    shift = begins[document]
    spans.start = squeeze(spans.start + shift, laid) - squeezed[document]
    spans.end = squeeze(spans.end + shift, laid) - squeezed[document]
    after = spans.end - spans.start
    gone = {DROPPED: after == 0, CUT: (after > 0) & (after < before)}
    left_out_of = {reason: _count_by_task(document[which], tasks) for reason, which in gone.items()}
    return squeeze(begins + lengths, laid) - squeezed, left_out_of


def _count_by_task(document: IntArray, tasks: IntArray) -> dict[str, int]:
    """How often each document occurs, by the name of its task."""
    places, numbers = np.unique(document, return_counts=True)
    return dict(zip(map(write_id, tasks[places].tolist()), numbers.tolist(), strict=True))


def find_uncounted(
    articles: IntArray, selection: Selection, tasks: IntArray
) -> dict[int, list[tuple[int, int]]]:
    """For each task the stretches of its article that are not counted, in order; `articles` are those of the tasks."""
    if not selection.uncounted or not len(tasks):
        return {}
    of_article: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for blocks in _list_of(Block.objects.all(), "article", np.unique(articles)):
        rows = blocks.filter(kind__in=selection.uncounted).order_by("article_id", "start")
        for article, start, end in rows.values_list("article_id", "start", "end"):
            of_article[article].append((start, end))
    return {
        task: of_article[article]
        for task, article in zip(tasks.tolist(), articles.tolist(), strict=True)
        if article in of_article
    }


def _read_links(annotations: IntArray, span_ids: IntArray, kept: BoolArray) -> tuple[Links, IntArray]:
    """Relations between spans that are compared, by the spans' places among those kept; and whose others are left out."""
    names, fields = Names(), ("annotation_id", "source_id", "target_id", "kind")
    rows = (
        relations.values_list(*fields)
        for relations in _list_of(Relation.objects.all(), "annotation", annotations)
    )
    table = _read_columns(rows, len(fields), [names])
    annotation, *ids, codes = table
    codes, kinds = _put_in_order(codes, names)
    source, target = (_find_places(column, span_ids[kept]) for column in ids)
    both = (source != ABSENT) & (target != ABSENT)
    return Links(source[both], target[both], codes[both], tuple(kinds)), annotation[~both]


def _find_places(ids: IntArray, among: IntArray) -> IntArray:
    """Where each id stands among sorted ones, -1 where it does not."""
    if not len(among):
        return np.full(len(ids), ABSENT)
    place = np.minimum(np.searchsorted(among, ids), len(among) - 1)
    return np.where(among[place] == ids, place, ABSENT)


def _read_texts(
    articles: IntArray, tasks: IntArray, uncounted: Mapping[int, Sequence[tuple[int, int]]]
) -> list[str]:
    """The text of each task's article, without what is not counted."""
    texts: dict[int, str] = {}
    for some in _list_of(Article.objects.all(), "id", np.unique(articles)):
        texts.update(some.values_list("pk", "text"))
    return [
        _remove(texts[article], uncounted.get(task, ()))
        for task, article in zip(tasks.tolist(), articles.tolist(), strict=True)
    ]


def _remove(text: str, stretches: Sequence[tuple[int, int]]) -> str:
    kept, position = [], 0
    for start, end in stretches:
        kept.append(text[position:start])
        position = end
    return "".join([*kept, text[position:]])


def _name_labels(schemes: Sequence[Scheme], selection: Selection, found: Iterable[str]) -> list[str]:
    """The labels of the schemes that are compared, whether or not anybody used them."""
    defined = set(list_labels(schemes))
    wanted = defined if selection.labels is None else defined & set(selection.labels)
    return sorted(wanted | set(found))


def _find_uncompared(schemes: Sequence[Scheme]) -> set[str]:
    """The attributes whose values are the annotators' own words in every scheme that is compared."""
    asked = {
        name_attribute(label.name, attribute.name)
        for scheme in schemes
        for label in scheme.labels
        for attribute in label.attributes
    }
    return asked - set(list_levels(schemes))


def _in_parts(ids: Collection[int]) -> Iterator[list[int]]:
    iterator = iter(sorted(ids))
    while part := list(islice(iterator, MAX_AT_ONCE)):
        yield part
