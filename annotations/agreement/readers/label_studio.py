"""A Label Studio JSON export, read into a corpus."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from annotations.agreement.data.corpus import Corpus
from annotations.agreement.errors import InvalidCorpusError, shorten
from annotations.agreement.readers.builder import UNKNOWN, CorpusBuilder, find_name_problem, read_name
from annotations.agreement.readers.format import Entry, Format, Parsed, ReaderOptions
from annotations.agreement.readers.joining import join_repeated_texts
from annotations.agreement.readers.task_texts import TaskTexts, find_place, list_annotations


def read_label_studio(tasks: Sequence[Any]) -> Corpus:
    """Read a list of tasks as Label Studio exports them (JSON, not JSON-MIN), before version 1.0 too.

    Skipped annotations, drafts and predictions are no judgement; they are counted in `Corpus.left_out`. Of several annotations of one annotator on one task the last counts.
    Where no task was judged by two, tasks of the same text are one document. Per-region choices become attributes of their region. A region with several labels is as many spans, and what is
    said of the region (attributes, relations) is said of each. A relation drawn to the left is turned round. What a
    corpus cannot hold (regions without a label, free texts about a region, relations without a type or in both
    directions, document fields) is counted in `Corpus.left_out`. Which of several texts among a task's data was annotated
    says `annotations.agreement.readers.task_texts`.

    Parameters
    ----------
    tasks : list of dict

    Raises
    ------
    InvalidCorpusError
        A task has no annotations list, no text to measure or several with nothing to tell them apart, a region outside
        its text, or a part that Label Studio would not have written.

    Examples
    --------
    >>> region = {"id": "r1", "type": "labels", "value": {"start": 0, "end": 4, "labels": ["Claim"]}}
    >>> task = {"id": 7, "data": {"text": "Kyiv agreed."}, "annotations": [{"completed_by": 1, "result": [region]}]}
    >>> read_label_studio([task]).documents
    ('7',)
    """
    return gather_label_studio(Parsed(list(tasks)), ReaderOptions()).build()


def gather_label_studio(parsed: Parsed, options: ReaderOptions) -> CorpusBuilder:
    """Read tasks as `read_label_studio` does, and the predictions of the models in `options` as their annotations."""
    tasks = [task for _, task in parsed.entries]
    builder, texts = options.begin(), TaskTexts.of_tasks(tasks)
    for number, task in enumerate(tasks, start=1):
        annotations = list_annotations(task)
        if annotations is None:
            raise InvalidCorpusError(
                f"task number {number} has no list of annotations; export from Label Studio as JSON (not JSON-MIN)",
            )
        given = task.get("id")
        name = str(number) if given is None else read_name(given, f"the id of task number {number}")
        builder.add_document(name, text=texts.find(task, name))
        drafts = task.get("drafts")
        if isinstance(drafts, list) and drafts:
            builder.leave_out(name, "drafts", len(drafts))
        chosen = {
            **_choose_latest(builder, name, annotations),
            **_choose_predictions(builder, name, task.get("predictions"), options.models),
        }
        for annotator, annotation in chosen.items():
            builder.add_judgement(name, annotator)
            _Reader(builder, name, annotator, is_html=texts.is_html).read(annotation.get("result"))
    return join_repeated_texts(builder)


def _choose_predictions(
    builder: CorpusBuilder, document: str, predictions: Any, models: Collection[str]
) -> dict[str, Entry]:
    """The last prediction of each of these models; the others are counted."""
    latest: dict[str, Entry] = {}
    for prediction in predictions if isinstance(predictions, list) else ():
        model = prediction.get("model_version") if isinstance(prediction, dict) else None
        if not isinstance(model, str) or model not in models:
            builder.leave_out(document, "predictions")
            continue
        if model in latest:
            builder.leave_out(document, "superseded predictions")
        latest[model] = prediction
    return latest


def _choose_latest(builder: CorpusBuilder, document: str, annotations: Sequence[Any]) -> dict[str, Entry]:
    """The annotation of each annotator that counts."""
    latest: dict[str, Entry] = {}
    for annotation in annotations:
        if not isinstance(annotation, dict):
            raise InvalidCorpusError(
                f"document {document!r}: an annotation is no object, but {shorten(annotation)}"
            )
    for annotation in sorted(annotations, key=_age):
        skipped = annotation.get("was_cancelled")
        if not isinstance(skipped, bool | None):
            raise InvalidCorpusError(
                f"document {document!r}: 'was_cancelled' must be true or false, not {shorten(skipped)}"
            )
        if skipped:
            builder.leave_out(document, "skipped annotations")
            continue
        annotator = _name_annotator(annotation, document)
        if annotator == UNKNOWN and annotator in latest:
            raise InvalidCorpusError(
                f"document {document!r}: two annotations do not say by whom they are, so they may be by two people; "
                "give each a 'completed_by', or give a file an annotator"
            )
        if annotator in latest:
            builder.leave_out(document, "superseded annotations")
        latest[annotator] = annotation
    return latest


def _age(annotation: Entry) -> tuple[str, int]:
    number = annotation.get("id")
    return str(annotation.get("updated_at") or ""), number if isinstance(number, int) else 0


def _name_annotator(annotation: Entry, document: str) -> str:
    by = annotation.get("completed_by")
    if isinstance(by, dict):
        by = by.get("email") or by.get("id")
    return UNKNOWN if by is None else read_name(by, f"document {document!r}: 'completed_by'")


@dataclass(slots=True)
class _Region:
    start: Any
    end: Any
    said: Any = None
    labels: dict[str, None] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class _Reader:
    """Reads the result of one annotation: entries about regions, which share an id, and relations between them."""

    builder: CorpusBuilder
    document: str
    annotator: str
    is_html: bool
    regions: dict[str | int, _Region] = field(default_factory=dict)

    @property
    def where(self) -> str:
        return f"document {self.document!r}, annotator {self.annotator!r}"

    def read(self, result: Any) -> None:
        entries = [] if result is None else result
        if not isinstance(entries, list):
            raise InvalidCorpusError(f"{self.where}: the result must be a list, not {shorten(result)}")
        for number, entry in enumerate(entries):
            if not isinstance(entry, dict) or not isinstance(entry.get("type"), str):
                raise InvalidCorpusError(
                    f"{self.where}: a part of the result is no object with a type, but {shorten(entry)}"
                )
            if entry["type"] != "relation":
                self._read_region(number, entry)
        spans = self._add_spans()
        for entry in entries:
            if entry["type"] == "relation":
                self._add_relation(entry, spans)

    def _read_region(self, number: int, entry: Entry) -> None:
        """Note what an entry says of its region; one without an id is a region of its own."""
        given, kind = entry.get("id"), entry["type"]
        key = number if given is None else read_name(given, f"{self.where}: the id of a region")
        value = entry.get("value")
        if value is not None and not isinstance(value, dict):
            raise InvalidCorpusError(
                f"{self.where}, region {key!r}: the value must be an object, not {shorten(value)}"
            )
        place = find_place(value or {})
        if value is None or place is None:
            what = "regions outside the text" if kind.endswith("labels") else "document fields"
            self.builder.leave_out(self.document, what)
            return
        region = self.regions.setdefault(key, _Region(*place))
        if (region.start, region.end) != place:
            raise InvalidCorpusError(
                f"{self.where}, region {key!r}: it lies at [{shorten(region.start)}, {shorten(region.end)}) and at "
                f"[{shorten(place[0])}, {shorten(place[1])})"
            )
        if isinstance(value.get("text"), str) and not self.is_html:
            region.said = value["text"]
        if kind.endswith("labels"):
            region.labels.update(dict.fromkeys(self._read_kinds(value.get(kind), f"region {key!r}")))
        elif kind == "textarea":
            self.builder.leave_out(self.document, "free texts about a region")
        else:
            name = read_name(entry.get("from_name"), f"{self.where}, region {key!r}: 'from_name'")
            answer = value.get(kind)
            if region.attributes.setdefault(name, answer) != answer:
                raise InvalidCorpusError(
                    f"{self.where}, region {key!r}: {name!r} has two answers, {shorten(region.attributes[name])} and "
                    f"{shorten(answer)}"
                )

    def _read_kinds(self, labels: Any, what: str) -> list[str]:
        """Labels of a region or types of a relation; null and an empty list are none."""
        if labels is None:
            return []
        if not isinstance(labels, list):
            raise InvalidCorpusError(
                f"{self.where}, {what}: the labels must be a list, not {shorten(labels)}"
            )
        for label in labels:
            if problem := find_name_problem(label):
                raise InvalidCorpusError(f"{self.where}, {what}: the label {shorten(label)} {problem}")
        return labels

    def _add_spans(self) -> dict[str | int, list[int]]:
        """Add a span for each label of each region, and give their numbers by region."""
        numbers: dict[str | int, list[int]] = {}
        for key, region in self.regions.items():
            if not region.labels:
                self.builder.leave_out(self.document, "regions without a label")
            place = self.document, self.annotator, region.start, region.end
            numbers[key] = [
                self.builder.add_span(*place, label, attributes=region.attributes, said=region.said)
                for label in region.labels
            ]
        return numbers

    def _add_relation(self, entry: Entry, spans: Mapping[str | int, list[int]]) -> None:
        what = f"the relation from {shorten(entry.get('from_id'))} to {shorten(entry.get('to_id'))}"
        source, target = (
            [] if end is None else spans.get(read_name(end, f"{self.where}: an end of {what}"), [])
            for end in (entry.get("from_id"), entry.get("to_id"))
        )
        direction, kinds = entry.get("direction") or "right", self._read_kinds(entry.get("labels"), what)
        if direction not in ("left", "right", "bi"):
            raise InvalidCorpusError(
                f"{self.where}: the direction of {what} must be left, right or bi, not {shorten(direction)}"
            )
        if not source or not target:
            self.builder.leave_out(self.document, "relations to a missing region")
        elif direction == "bi":
            self.builder.leave_out(self.document, "relations in both directions")
        elif not kinds:
            self.builder.leave_out(self.document, "relations without a type")
        else:
            if direction == "left":
                source, target = target, source
            self.builder.links.extend(product(source, target, kinds))


LABEL_STUDIO = Format(
    "label_studio",
    "a Label Studio export (a list of tasks)",
    "spans, attributes and relations of several annotators, with texts; fields of the document and what is not in a text "
    "are counted",
    lambda parsed: (
        (isinstance(parsed.value, list) and parsed.lines is None)
        or bool(parsed.keys & {"annotations", "completions"})
    ),
    gather_label_studio,
)
