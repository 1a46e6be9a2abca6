"""A Label Studio JSON export, read into a corpus."""

from collections.abc import Mapping, Sequence
from typing import Any

from annotations.agreement.corpus import Corpus
from annotations.agreement.errors import InvalidCorpusError
from annotations.agreement.reading import CorpusBuilder, is_whole

REGION_FIELDS = {"start", "end", "text", "globalOffsets", "startOffset", "endOffset"}


def read_label_studio(tasks: Sequence[Any]) -> Corpus:
    """Read a list of tasks as Label Studio exports them (JSON, not JSON-MIN).

    Skipped annotations are no judgement. Of several annotations of one annotator on one task the last counts.
    Per-region choices become attributes of their region. A relation drawn to the left is turned round. What a corpus
    cannot hold (regions without a label, relations without a type or in both directions, document fields) is counted
    in `Corpus.left_out`.

    Parameters
    ----------
    tasks : list of dict

    Raises
    ------
    InvalidCorpusError
        A task has no annotations list, no text to measure, or a region outside its text.

    Examples
    --------
    >>> region = {"id": "r1", "type": "labels", "value": {"start": 0, "end": 4, "labels": ["Claim"]}}
    >>> task = {"id": 7, "data": {"text": "Kyiv agreed."}, "annotations": [{"completed_by": 1, "result": [region]}]}
    >>> read_label_studio([task]).documents
    ('7',)
    """
    builder = CorpusBuilder()
    for number, task in enumerate(tasks, start=1):
        if not isinstance(task, dict) or not isinstance(task.get("annotations"), list):
            raise InvalidCorpusError(
                f"task number {number} has no list of annotations; export from Label Studio as JSON (not JSON-MIN)",
            )
        name = str(task.get("id", number))
        builder.add_document(name, text=_find_text(task.get("data"), name))
        latest: dict[str, Mapping[str, Any]] = {}
        for annotation in sorted(task["annotations"], key=_age):
            if annotation.get("was_cancelled"):
                builder.leave_out(name, "skipped annotations")
                continue
            annotator = _name_annotator(annotation)
            if annotator in latest:
                builder.leave_out(name, "superseded annotations")
            latest[annotator] = annotation
        for annotator, annotation in latest.items():
            builder.add_judgement(name, annotator)
            _add_result(builder, name, annotator, annotation.get("result") or [])
    return builder.build()


def _age(annotation: Mapping[str, Any]) -> tuple[str, int]:
    number = annotation.get("id")
    return str(annotation.get("updated_at") or ""), number if isinstance(number, int) else 0


def _name_annotator(annotation: Mapping[str, Any]) -> str:
    by = annotation.get("completed_by")
    if isinstance(by, dict):
        by = by.get("email") or by.get("id")
    return "unknown" if by is None else str(by)


def _find_text(data: Any, task: str) -> str:
    if isinstance(data, dict):
        if isinstance(data.get("text"), str):
            return str(data["text"])
        texts = [value for value in data.values() if isinstance(value, str)]
        if texts:
            return max(texts, key=len)
    raise InvalidCorpusError(f"document {task!r} has no text in its data, so its length is unknown")


def _add_result(
    builder: CorpusBuilder, document: str, annotator: str, result: Sequence[Mapping[str, Any]]
) -> None:
    attributes: dict[str, dict[str, Any]] = {}
    regions: dict[str, tuple[Any, Any, list[str]]] = {}
    for entry in result:
        value = entry.get("value") or {}
        if entry.get("type") == "relation":
            continue
        region, place = str(entry.get("id")), _find_place(value)
        content = next((value[key] for key in value if key not in REGION_FIELDS), None)
        if place is None:
            builder.leave_out(document, "document fields")
        elif str(entry.get("type", "")).endswith("labels"):
            known = regions.get(region, (*place, []))[2]
            regions[region] = (*place, known + [label for label in content or [] if label not in known])
        else:
            attributes.setdefault(region, {})[str(entry.get("from_name"))] = content
    numbers: dict[str, int] = {}
    for region, (start, end, labels) in regions.items():
        if not labels:
            builder.leave_out(document, "regions without a label")
        for label in labels:
            number = builder.add_span(
                document, annotator, start, end, label, attributes=attributes.get(region)
            )
            numbers.setdefault(region, number)
    for entry in result:
        if entry.get("type") == "relation":
            _add_relation(builder, document, numbers, entry)


def _find_place(value: Mapping[str, Any]) -> tuple[Any, Any] | None:
    if is_whole(value.get("start")) or "end" in value:
        return value.get("start"), value.get("end")
    offsets = value.get("globalOffsets")
    return (offsets.get("start"), offsets.get("end")) if isinstance(offsets, dict) else None


def _add_relation(
    builder: CorpusBuilder, document: str, numbers: Mapping[str, int], entry: Mapping[str, Any]
) -> None:
    source, target = numbers.get(str(entry.get("from_id"))), numbers.get(str(entry.get("to_id")))
    direction, kinds = entry.get("direction", "right"), entry.get("labels") or []
    if source is None or target is None:
        builder.leave_out(document, "relations to a missing region")
    elif direction not in {"left", "right"}:
        builder.leave_out(document, "relations in both directions")
    elif not kinds:
        builder.leave_out(document, "relations without a type")
    else:
        if direction == "left":
            source, target = target, source
        builder.links.extend((source, target, str(kind)) for kind in kinds)
