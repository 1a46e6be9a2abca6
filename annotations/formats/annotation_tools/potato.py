"""What Potato keeps of its annotators: a folder each with `user_state.json`, or before version 2 `annotated_instances.jsonl`.

The texts of version 2 lie in the data files of the project, so these must be given with it; `config.yaml` says what their
columns are called. Answers about the whole text are fields, called as the scheme is. Links of two spans are relations.
"""

import csv
import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from annotations.formats.axes import Axes, Extent
from annotations.formats.documents import (
    Document,
    Judgement,
    Marking,
    read_name,
    require_list,
    require_object,
)
from annotations.formats.errors import RefusedError, placed
from annotations.formats.files.bundles import Bundle, BundledFile
from annotations.formats.files.content import RULES, read_content
from annotations.formats.ports import Format, ReadingOptions
from annotations.strict_json import StrictJsonError, read_strict

OLD, STATE, EXPORTED = "annotated_instances.jsonl", "user_state.json", "annotations.jsonl"
MARKS = {OLD: b'"displayed_text"', STATE: b'"instance_id', EXPORTED: b'"instance_id"'}
"""What stands at the beginning of each of these files."""
LOOKED_AT = 4_096
DATA_SUFFIXES = (".json", ".jsonl", ".csv", ".tsv")
KEYS = re.compile(r"^\s*(id_key|text_key)\s*:\s*[\"']?([\w .-]+?)[\"']?\s*(?:#.*)?$", re.MULTILINE)
USUAL = {"id_key": "id", "text_key": "text"}
CHOSEN = (True, "true", "True")
PAIR = 2
LABELS = ("name", "label", "annotation")
DISCONTINUOUS = "spans of several pieces"
ELSEWHERE = "spans in another field than the text"
OF_MANY = "links of one span or of more than two"


def holds_potato(bundle: Bundle) -> bool:
    """Whether a file is one of an annotator of Potato, or a folder or an archive holds one."""
    return any(True for _ in _list_files(bundle))


def _list_files(bundle: Bundle) -> Iterator[tuple[str, BundledFile]]:
    for name, file in bundle.files.items():
        kind = PurePosixPath(name).name
        if kind in MARKS and MARKS[kind] in file.read_begin(LOOKED_AT):
            yield kind, file


@dataclass(slots=True)
class _Instance:
    """What the annotators of one instance made of it."""

    text: str | None = None
    where: str = ""
    """Of the first file that has it."""
    by_annotator: dict[str, tuple[str, Mapping[str, Any]]] = field(default_factory=dict)
    """The place and the parts `labels`, `spans` and `links`."""


def read_potato(bundle: Bundle, options: ReadingOptions) -> Iterator[Document]:  # noqa: ARG001
    """Give each instance with what each annotator marked in it; who is not named by a file is named by its folder."""
    files = list(_list_files(bundle))
    instances: dict[str, _Instance] = defaultdict(_Instance)
    if any(kind == STATE for kind, _ in files):
        files = [(kind, file) for kind, file in files if kind != EXPORTED]  # which says the same once more
    for kind, file in files:
        with placed(file.where):
            for annotator, name, text, parts in _READERS[kind](file, _name_folder(file, bundle)):
                instance = instances[name]
                if annotator in instance.by_annotator:
                    raise RefusedError(f"instance {name!r}: annotator {annotator!r} occurs twice")
                if text is not None and instance.text not in (None, text):
                    raise RefusedError(f"instance {name!r}: the text is not that of {instance.where}")
                instance.text, instance.where = text or instance.text, instance.where or file.where
                instance.by_annotator[annotator] = file.where, parts
    texts = _find_texts(bundle) if any(one.text is None for one in instances.values()) else {}
    for name, instance in instances.items():
        text = instance.text if instance.text is not None else texts.get(name)
        if text is None:
            raise RefusedError(
                f"{instance.where}: there is no text of the instance {name!r}; give the whole folder of the project, with its "
                "config.yaml and its data files"
            )
        yield _read_instance(name, text, instance)


def _name_folder(file: BundledFile, bundle: Bundle) -> str:
    return PurePosixPath(file.name).parent.name or bundle.name


Read = Iterator[tuple[str, str, str | None, Mapping[str, Any]]]
"""The annotator, the instance, its text if the file has it, and what was made of it."""


def _read_old(file: BundledFile, folder: str) -> Read:
    for place, value in read_content(file, known=OLD).entries:
        entry = require_object(value, place, ("id", "displayed_text"))
        text = entry["displayed_text"]
        if not isinstance(text, str):
            raise RefusedError(f"{place}: the displayed text must be a text")
        parts = {"labels": entry.get("label_annotations"), "spans": entry.get("span_annotations")}
        yield folder, read_name(entry["id"], f"{place}: the id"), text, parts


def _read_exported(file: BundledFile, folder: str) -> Read:
    for place, value in read_content(file, known=EXPORTED).entries:
        entry = require_object(value, place, ("instance_id",))
        annotator = read_name(entry.get("user_id", folder), f"{place}: the 'user_id'")
        yield annotator, read_name(entry["instance_id"], f"{place}: the 'instance_id'"), None, entry


def _read_state(file: BundledFile, folder: str) -> Read:
    try:
        state = require_object(read_strict(file.read_text(), RULES), "the state")
    except StrictJsonError as error:
        raise RefusedError(f"this is no JSON: {error}") from error
    annotator = read_name(state.get("user_id", folder), "the 'user_id'")
    parts = {
        part: require_object(state.get(f"instance_id_to_{one}_to_value") or {}, f"the {part}")
        for part, one in (("labels", "label"), ("spans", "span"), ("links", "link"))
    }
    names = dict.fromkeys([*parts["labels"], *parts["spans"]])
    for name in names:
        yield annotator, str(name), None, {part: given.get(name) for part, given in parts.items()}


_READERS = {OLD: _read_old, EXPORTED: _read_exported, STATE: _read_state}


def _find_texts(bundle: Bundle) -> dict[str, str]:
    """The texts of the project's data files by their ids."""
    keys = dict(USUAL)
    for name, file in bundle.files.items():
        if name.endswith((".yaml", ".yml")):
            keys.update(KEYS.findall(file.read_text()))
    found: dict[str, str] = {}
    for name, file in bundle.files.items():
        path = PurePosixPath(name)
        if path.suffix.lower() not in DATA_SUFFIXES or path.name in MARKS:
            continue
        for row in _list_rows(file, path.suffix.lower()):
            given, text = row.get(keys["id_key"]), row.get(keys["text_key"])
            if isinstance(text, str) and isinstance(given, str | int):
                found.setdefault(str(given), text)
    return found


def _list_rows(file: BundledFile, suffix: str) -> Iterator[Mapping[str, Any]]:
    """The rows of a data file; one that cannot be read is none, and its texts will be missed."""
    try:
        if suffix in (".csv", ".tsv"):
            rows = csv.DictReader(
                io.StringIO(file.read_text(), newline=""), delimiter="\t" if suffix == ".tsv" else ","
            )
            yield from rows
            return
        for _, value in read_content(file, known=OLD).entries:
            if isinstance(value, Mapping):
                yield value
    except (RefusedError, csv.Error):
        return


def _read_instance(name: str, text: str, instance: _Instance) -> Document:
    left_out: Counter[str] = Counter()
    judgements: dict[str, Judgement] = {}
    for annotator, (where, parts) in sorted(instance.by_annotator.items()):
        with placed(where):
            marking = Marking(name, annotator, place=where)
            keys = _add_spans(marking, parts.get("spans"), left_out)
            _add_links(marking, parts.get("links"), keys, left_out)
            judgements[annotator] = marking.finish(fields=_read_labels(parts.get("labels"), marking.where))
    return Document(
        id=name, text=text, source_format="potato", judgements=judgements, left_out=dict(left_out)
    )


def _add_spans(marking: Marking, spans: Any, left_out: Counter[str]) -> dict[str, str]:
    """Add spans, which are listed alone, by scheme, or each with a value, and give their keys by their ids."""
    listed = (
        [one for part in spans.values() for one in require_list(part, "the spans")]
        if isinstance(spans, dict)
        else spans
    )
    keys: dict[str, str] = {}
    for one in require_list(listed, f"{marking.where}: the spans"):
        given = one[0] if isinstance(one, list | tuple) and len(one) == PAIR else one
        span = require_object(given, f"{marking.where}: a span", ("start", "end"))
        if span.get("additional_parts"):
            left_out[DISCONTINUOUS] += 1
            continue
        if span.get("target_field") not in (None, "", "text"):
            left_out[ELSEWHERE] += 1
            continue
        label = next((span[key] for key in LABELS if span.get(key)), None)
        said = span.get("text", span.get("span"))
        key = marking.add_span(span["start"], span["end"], label, said=said)
        if isinstance(span.get("id"), str):
            keys[span["id"]] = key
    return keys


def _add_links(marking: Marking, links: Any, keys: Mapping[str, str], left_out: Counter[str]) -> None:
    listed = (
        list(links.values())
        if isinstance(links, dict)
        else require_list(links, f"{marking.where}: the links")
    )
    for one in (link for part in listed for link in (part if isinstance(part, list) else [part])):
        link = require_object(one, f"{marking.where}: a link", ("span_ids",))
        ends = require_list(link["span_ids"], f"{marking.where}: the spans of a link")
        if len(ends) != PAIR or not all(isinstance(end, str) and end in keys for end in ends):
            left_out[OF_MANY] += 1
            continue
        marking.add_relation(ends[0], ends[1], link.get("link_type") or link.get("schema"), keys=keys)


def _read_labels(labels: Any, where: str) -> dict[str, Any]:
    """The answer to each scheme: the labels that were chosen, or what was written or rated."""
    by_scheme: dict[str, dict[str, Any]] = defaultdict(dict)
    if isinstance(labels, Mapping):
        for scheme, given in labels.items():
            by_scheme[str(scheme)] = dict(given) if isinstance(given, Mapping) else {"": given}
    else:
        for one in require_list(labels, f"{where}: the labels"):
            if not isinstance(one, list | tuple) or len(one) != PAIR:
                raise RefusedError(f"{where}: a label must be a pair of the label and its value")
            about = require_object(one[0], f"{where}: a label", ("schema", "name"))
            by_scheme[str(about["schema"])][str(about["name"])] = one[1]
    answers: dict[str, Any] = {}
    for scheme, given in by_scheme.items():
        told = {name: value for name, value in given.items() if value not in (False, "false", None, "")}
        written = {name: value for name, value in told.items() if value not in CHOSEN}
        if not written:
            answers.update({scheme: sorted(told)} if told else {})
        elif len(told) == 1:
            answers[scheme] = next(iter(written.values()))
        else:
            answers.update({f"{scheme}.{name}" if name else scheme: value for name, value in told.items()})
    return {name or "label": value for name, value in answers.items()}


POTATO = Format(
    name="potato",
    title="Potato's folders of annotators, with the data files of the project",
    short="Potato",
    holds="with texts; other answers are fields of the document",
    axes=Axes(attributes=Extent.NO),
    media_type="application/json",
    extension="potato.zip",
    opens=holds_potato,
    read_bundle=read_potato,
)
