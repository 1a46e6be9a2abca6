"""A Label Studio JSON export: a list of tasks, each with its text and its annotations."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from annotations.formats.annotation_tools.task_texts import TaskTexts, find_place, list_annotations
from annotations.formats.axes import Axes, Extent
from annotations.formats.canonical import write_canonical
from annotations.formats.documents import UNKNOWN, Document, Judgement, Marking, find_name_problem, read_name
from annotations.formats.errors import RefusedError, shorten
from annotations.formats.files.content import Content
from annotations.formats.losses import FIELDS
from annotations.formats.ports import Format, Losses, ReadingOptions
from annotations.markup import Markup

Entry = Mapping[str, Any]


def read_tasks(content: Content, options: ReadingOptions = ReadingOptions()) -> Iterator[Document]:  # noqa: B008
    """Read a list of tasks as Label Studio exports them (JSON, not JSON-MIN), before version 1.0 too.

    Skipped annotations, drafts and predictions are no judgement and are left out, but the predictions that `options` ask for. Of several annotations of one annotator on one task the last counts.
    Per-region choices become attributes of their region. A region with several labels is as many spans, and what is
    said of the region (attributes, relations) is said of each. A relation drawn to the left is turned round. Which of several texts among a task's data was annotated says
    `annotations.formats.annotation_tools.task_texts`, which looks at all tasks, so all are read before the first is given.
    """
    tasks = [task for _, task in content.entries]
    texts = TaskTexts.of_tasks(tasks)
    return (_read_task(task, number, texts, options) for number, task in enumerate(tasks, start=1))


def _read_task(task: Any, number: int, texts: TaskTexts, options: ReadingOptions) -> Document:
    annotations = list_annotations(task)
    if annotations is None:
        raise RefusedError(
            f"task number {number} has no list of annotations; export from Label Studio as JSON (not JSON-MIN)",
        )
    given = task.get("id")
    name = str(number) if given is None else read_name(given, f"the id of task number {number}")
    text = texts.find(task, name)
    left_out: Counter[str] = Counter()
    drafts = task.get("drafts")
    if isinstance(drafts, list) and drafts:
        left_out["drafts"] += len(drafts)
    predictions = _choose_predictions(left_out, task.get("predictions"), options)
    if predictions and options.wants_predictions:
        left_out["annotations beside predictions"] += len(annotations)
        annotations = []
    chosen = {**_choose_latest(left_out, name, annotations), **predictions}
    judgements = {
        annotator: _ResultReader(Marking(name, annotator), left_out, is_html=texts.is_html).read(
            annotation.get("result")
        )
        for annotator, annotation in chosen.items()
    }
    return Document(
        id=name, text=text, source_format="label_studio", judgements=judgements, left_out=left_out
    )


def _choose_predictions(
    left_out: Counter[str], predictions: Any, options: ReadingOptions
) -> dict[str, Entry]:
    """The last prediction of each model that is read; the others are counted."""
    latest: dict[str, Entry] = {}
    for prediction in predictions if isinstance(predictions, list) else ():
        is_object = isinstance(prediction, dict)
        model = options.name_model(prediction.get("model_version")) if is_object else None
        if model is None:
            left_out["predictions"] += 1
            continue
        if model in latest:
            left_out["superseded predictions"] += 1
        latest[model] = prediction
    return latest


def _choose_latest(left_out: Counter[str], document: str, annotations: Sequence[Any]) -> dict[str, Entry]:
    """The annotation of each annotator that counts."""
    latest: dict[str, Entry] = {}
    for annotation in annotations:
        if not isinstance(annotation, dict):
            raise RefusedError(
                f"document {document!r}: an annotation is no object, but {shorten(annotation)}"
            )
    for annotation in sorted(annotations, key=_age):
        skipped = annotation.get("was_cancelled")
        if not isinstance(skipped, bool | None):
            raise RefusedError(
                f"document {document!r}: 'was_cancelled' must be true or false, not {shorten(skipped)}"
            )
        if skipped:
            left_out["skipped annotations"] += 1
            continue
        annotator = _name_annotator(annotation, document)
        if annotator == UNKNOWN and annotator in latest:
            raise RefusedError(
                f"document {document!r}: two annotations do not say by whom they are, so they may be by two people; "
                "give each a 'completed_by', or give a file an annotator"
            )
        if annotator in latest:
            left_out["superseded annotations"] += 1
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
class _ResultReader:
    """Reads the result of one annotation: entries about regions, which share an id, and relations between them."""

    marking: Marking
    left_out: Counter[str]
    is_html: bool
    regions: dict[str | int, _Region] = field(default_factory=dict)

    @property
    def where(self) -> str:
        return self.marking.where

    def read(self, result: Any) -> Judgement:
        entries = [] if result is None else result
        if not isinstance(entries, list):
            raise RefusedError(f"{self.where}: the result must be a list, not {shorten(result)}")
        for number, entry in enumerate(entries):
            if not isinstance(entry, dict) or not isinstance(entry.get("type"), str):
                raise RefusedError(
                    f"{self.where}: a part of the result is no object with a type, but {shorten(entry)}"
                )
            if entry["type"] != "relation":
                self._read_region(number, entry)
        spans = self._add_spans()
        for entry in entries:
            if entry["type"] == "relation":
                self._add_relation(entry, spans)
        return self.marking.finish()

    def _read_region(self, number: int, entry: Entry) -> None:
        """Note what an entry says of its region; one without an id is a region of its own."""
        given, kind = entry.get("id"), entry["type"]
        is_name = isinstance(given, str) and given != ""
        key: Any = number if given is None else given
        if given is not None and not is_name:
            key = read_name(given, f"{self.where}: the id of a region")
        value = entry.get("value")
        if value is not None and not isinstance(value, dict):
            raise RefusedError(
                f"{self.where}, region {key!r}: the value must be an object, not {shorten(value)}"
            )
        place = find_place(value or {})
        if value is None or place is None:
            what = "regions outside the text" if kind.endswith("labels") else "document fields"
            self.left_out[what] += 1
            return
        region = self.regions.setdefault(key, _Region(*place))
        if (region.start, region.end) != place:
            raise RefusedError(
                f"{self.where}, region {key!r}: it lies at [{shorten(region.start)}, {shorten(region.end)}) and at "
                f"[{shorten(place[0])}, {shorten(place[1])})"
            )
        if isinstance(value.get("text"), str) and not self.is_html:
            region.said = value["text"]
        if kind.endswith("labels"):
            region.labels.update(dict.fromkeys(self._read_kinds(value.get(kind), lambda: f"region {key!r}")))
        elif kind == "textarea":
            self.left_out["free texts about a region"] += 1
        else:
            name = read_name(entry.get("from_name"), f"{self.where}, region {key!r}: 'from_name'")
            answer = value.get(kind)
            if region.attributes.setdefault(name, answer) != answer:
                raise RefusedError(
                    f"{self.where}, region {key!r}: {name!r} has two answers, {shorten(region.attributes[name])} and "
                    f"{shorten(answer)}"
                )

    def _read_kinds(self, labels: Any, say: Callable[[], str]) -> list[str]:
        """Labels of a region or types of a relation, of which an error says what they are of; null and an empty list are none."""
        if labels is None:
            return []
        if not isinstance(labels, list):
            raise RefusedError(f"{self.where}, {say()}: the labels must be a list, not {shorten(labels)}")
        for label in labels:
            if problem := find_name_problem(label):
                raise RefusedError(f"{self.where}, {say()}: the label {shorten(label)} {problem}")
        return labels

    def _add_spans(self) -> dict[str | int, list[str]]:
        """Add a span for each label of each region, and give their keys by region."""
        keys: dict[str | int, list[str]] = {}
        for name, region in self.regions.items():
            if not region.labels:
                self.left_out["regions without a label"] += 1
            keys[name] = [
                self.marking.add_span(
                    region.start, region.end, label, attributes=region.attributes, said=region.said
                )
                for label in region.labels
            ]
        return keys

    def _add_relation(self, entry: Entry, spans: Mapping[str | int, list[str]]) -> None:
        what = f"the relation from {shorten(entry.get('from_id'))} to {shorten(entry.get('to_id'))}"
        source, target = (
            [] if end is None else spans.get(read_name(end, f"{self.where}: an end of {what}"), [])
            for end in (entry.get("from_id"), entry.get("to_id"))
        )
        direction, kinds = (
            entry.get("direction") or "right",
            self._read_kinds(entry.get("labels"), lambda: what),
        )
        if direction not in ("left", "right", "bi"):
            raise RefusedError(
                f"{self.where}: the direction of {what} must be left, right or bi, not {shorten(direction)}"
            )
        if not source or not target:
            self.left_out["relations to a missing region"] += 1
        elif direction == "bi":
            self.left_out["relations in both directions"] += 1
        elif not kinds:
            self.left_out["relations without a type"] += 1
        else:
            if direction == "left":
                source, target = target, source
            for one, other, kind in product(source, target, kinds):
                self.marking.add_relation(one, other, kind, keys={one: one, other: other})


def write_tasks(documents: Iterable[Document], *, losses: Losses) -> Iterator[bytes]:
    """Write tasks that Label Studio imports: gold as annotations, what annotators marked as predictions under their names.

    An import gives annotations to whoever imports, so only predictions keep the names apart. The controls are called as in
    the labeling config of a scheme here: `label` for spans, `Label.attribute` for what is asked about them.
    """
    joint = "[\n"
    for document in documents:
        task: dict[str, Any] = {
            "data": {"text": document.text, "title": document.title, "document": document.name},
            "annotations": [],
            "predictions": [],
        }
        for annotators, markup in document.markups:
            losses.add(FIELDS, len(markup.fields))
            result = list(_write_result(markup, document.text or ""))
            if document.gold is not None:
                task["annotations"].append({"result": result, "ground_truth": True})
            else:
                task["predictions"].append({"result": result, "model_version": annotators[0]})
        yield f"{joint}{write_canonical(task)}".encode()
        joint = ",\n"
    yield b"[]\n" if joint == "[\n" else b"\n]\n"


def _write_result(markup: Markup, text: str) -> Iterator[dict[str, Any]]:
    for span in sorted(markup.spans, key=lambda span: (span.start, -span.end, span.label, span.key)):
        words = text[span.start : span.end].replace("\r", "\\n").replace("\n", "\\n")
        place = {"start": span.start, "end": span.end, "text": words}
        about = {"id": span.key, "to_name": "text"}
        yield {**about, "from_name": "label", "type": "labels", "value": {**place, "labels": [span.label]}}
        for name, value in span.attributes:
            answer = {**place, "choices": [value]}
            yield {**about, "from_name": f"{span.label}.{name}", "type": "choices", "value": answer}
    for link in sorted(markup.relations):
        ends = {"from_id": link.source, "to_id": link.target}
        yield {"type": "relation", **ends, "direction": "right", "labels": [link.kind]}


LABEL_STUDIO = Format(
    name="label_studio",
    title="a Label Studio export (a list of tasks)",
    short="Label Studio",
    holds="with texts; fields of the document and what is not in a text are counted",
    axes=Axes(fields=Extent.NO),
    suits="importing into another Label Studio",
    media_type="application/x-label-studio+json",
    extension="label-studio.json",
    recognises=lambda content: (
        (isinstance(content.value, list) and content.lines is None)
        or bool(content.keys & {"annotations", "completions"})
    ),
    read_documents=read_tasks,
    write=write_tasks,
    cannot_hold=(FIELDS,),
    copies_texts=True,
    reads_ahead=True,
)
