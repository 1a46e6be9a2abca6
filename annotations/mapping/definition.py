"""What becomes of everything that was found in files of annotations, as a person says it; read from TOML."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from annotations.formats.documents import SEPARATOR
from annotations.formats.places.offsets import COUNTED
from annotations.limits import MAX_FOUND_NAMES, MAX_FOUND_VALUES, MAX_MAPPING_LENGTH
from annotations.schemes.table import InvalidSchemeError, TomlTable, check_keys


class InvalidMappingError(ValueError):
    """A mapping is not what it should be; the message names the place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What becomes of one thing that was found under a name: another name, nothing, or not decided yet."""

    found: str
    becomes: str = ""
    is_left_out: bool = False

    @property
    def is_decided(self) -> bool:
        """Whether somebody said what becomes of it."""
        return bool(self.becomes) or self.is_left_out


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionMapping(Decided):
    """What an attribute or a field of documents becomes; a value that is not named stays as it is, one named empty is left out."""

    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelSplit(Decided):
    """What the spans of a label become that have all of some answers; `found` is the label's name."""

    when: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelMapping(Decided):
    """What a label becomes, with its attributes; `gives` are answers that the label itself stands for.

    The first of its splits that holds goes before `becomes`. What is to be reviewed is left to an adjudicator.
    """

    attributes: tuple[QuestionMapping, ...] = ()
    gives: tuple[tuple[str, str], ...] = ()
    splits: tuple[LabelSplit, ...] = ()
    is_to_review: bool = False

    def choose(self, answers: Mapping[str, str]) -> Decided:
        """What becomes of a span with these answers: one of the splits, or else what becomes of the label."""
        for split in self.splits:
            if all(value in answers.get(name, "").split(SEPARATOR) for name, value in split.when):
                return split
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationMapping(Decided):
    """What a type of relation becomes; a reversed one leads from where it led to."""

    is_reversed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatorMapping(Decided):
    """Who an annotator is here: a member by e-mail address (`becomes`), or somebody new of a name and without a password."""

    name: str = ""
    is_model: bool = False

    @property
    def is_decided(self) -> bool:
        return bool(self.becomes or self.name) or self.is_left_out


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkupMapping:
    """What becomes of the labels, relations, fields and annotators of some files."""

    labels: tuple[LabelMapping, ...] = ()
    relations: tuple[RelationMapping, ...] = ()
    fields: tuple[QuestionMapping, ...] = ()
    annotators: tuple[AnnotatorMapping, ...] = ()
    offsets: str = COUNTED[0]
    """What the files' offsets count."""


def load_mapping(definition: str) -> MarkupMapping:
    """Read a mapping from its TOML, and refuse what it does not know by its place."""
    if len(definition) > MAX_MAPPING_LENGTH:
        raise InvalidMappingError(
            f"the mapping has {len(definition):,} characters, more than the {MAX_MAPPING_LENGTH:,} that one may have"
        )
    try:
        check_keys(definition)
        return read_mapping(tomllib.loads(definition))
    except InvalidSchemeError as error:
        raise InvalidMappingError(str(error)) from error
    except tomllib.TOMLDecodeError as error:
        raise InvalidMappingError(f"the mapping is not TOML: {error}") from error
    except (RecursionError, ValueError) as error:
        if isinstance(error, InvalidMappingError):
            raise
        raise InvalidMappingError(
            "the mapping is nested too deeply, or has a number of too many digits"
        ) from error


def read_mapping(content: Any) -> MarkupMapping:
    """Read a mapping from what TOML or JSON hold, and refuse what it does not know by its place."""
    try:
        table = TomlTable(content, "mapping")
        offsets = table.text("offsets", COUNTED[0])
        if offsets not in COUNTED:
            raise table.complain(f"'offsets' must be one of {', '.join(COUNTED)}, not {offsets!r}")
        mapping = MarkupMapping(
            labels=tuple(_read_label(entry) for entry in _tables(table, "labels", "label")),
            relations=tuple(_read_relation(entry) for entry in _tables(table, "relations", "relation")),
            fields=tuple(_read_question(entry) for entry in _tables(table, "fields", "field")),
            annotators=tuple(_read_annotator(entry) for entry in _tables(table, "annotators", "annotator")),
            offsets=offsets,
        )
        table.finish()
        for parts, what in (
            (mapping.labels, "label"),
            (mapping.relations, "relation"),
            (mapping.fields, "field"),
            (mapping.annotators, "annotator"),
        ):
            table.check_unique((part.found for part in parts), what)
    except InvalidSchemeError as error:
        raise InvalidMappingError(str(error)) from error
    return mapping


def _tables(table: TomlTable, key: str, what: str) -> Iterator[TomlTable]:
    return table.tables(key, what, MAX_FOUND_NAMES)


def _read_decided(table: TomlTable, becomes: str = "becomes") -> dict[str, Any]:
    decided = {
        "found": table.exact_text("found"),
        "becomes": table.text(becomes, ""),
        "is_left_out": table.flag("leave_out"),
    }
    if decided["becomes"] and decided["is_left_out"]:
        raise table.complain(f"it has both {becomes!r} and 'leave_out': take one of them away")
    return decided


def _read_label(table: TomlTable) -> LabelMapping:
    label = LabelMapping(
        **_read_decided(table),
        attributes=tuple(_read_question(entry) for entry in _tables(table, "attributes", "attribute")),
        gives=tuple(table.pairs("gives", MAX_FOUND_VALUES)),
        splits=tuple(_read_split(entry) for entry in _tables(table, "splits", "split")),
        is_to_review=table.flag("review"),
    )
    table.finish()
    table.check_unique((attribute.found for attribute in label.attributes), "attribute")
    return replace(label, splits=tuple(replace(split, found=label.found) for split in label.splits))


def _read_split(table: TomlTable) -> LabelSplit:
    split = LabelSplit(
        found="",
        becomes=table.text("becomes", ""),
        is_left_out=table.flag("leave_out"),
        when=tuple(table.pairs("when", MAX_FOUND_VALUES)),
    )
    table.finish()
    if not split.when:
        raise table.complain("it has no 'when': name the answers of the spans that it is about")
    if bool(split.becomes) == split.is_left_out:
        raise table.complain("it needs either 'becomes' or 'leave_out'")
    return split


def _read_question(table: TomlTable) -> QuestionMapping:
    question = QuestionMapping(**_read_decided(table), values=tuple(table.pairs("values", MAX_FOUND_VALUES)))
    table.finish()
    return question


def _read_relation(table: TomlTable) -> RelationMapping:
    relation = RelationMapping(**_read_decided(table), is_reversed=table.flag("reversed"))
    table.finish()
    return relation


def _read_annotator(table: TomlTable) -> AnnotatorMapping:
    annotator = AnnotatorMapping(
        **_read_decided(table, "member"), name=table.text("name", ""), is_model=table.flag("model")
    )
    table.finish()
    if annotator.name and (annotator.becomes or annotator.is_left_out):
        raise table.complain(
            "it has a 'name' for somebody new beside 'member' or 'leave_out': take one of them away"
        )
    return annotator


def mapping_to_json(mapping: MarkupMapping) -> dict[str, Any]:
    """A mapping as a plain value that `read_mapping` reads."""
    return {
        "offsets": mapping.offsets,
        "labels": [
            {
                **_decided_to_json(label),
                "gives": dict(label.gives),
                **({"review": True} if label.is_to_review else {}),
                **({"splits": [_split_to_json(split) for split in label.splits]} if label.splits else {}),
                "attributes": [_question_to_json(attribute) for attribute in label.attributes],
            }
            for label in mapping.labels
        ],
        "relations": [
            {**_decided_to_json(relation), "reversed": relation.is_reversed} for relation in mapping.relations
        ],
        "fields": [_question_to_json(field) for field in mapping.fields],
        "annotators": [
            {
                **_decided_to_json(annotator, "member"),
                "name": annotator.name,
                "model": annotator.is_model,
            }
            for annotator in mapping.annotators
        ],
    }


def _decided_to_json(part: Decided, becomes: str = "becomes") -> dict[str, Any]:
    return {"found": part.found, becomes: part.becomes, "leave_out": part.is_left_out}


def _split_to_json(split: LabelSplit) -> dict[str, Any]:
    return {"when": dict(split.when), "becomes": split.becomes, "leave_out": split.is_left_out}


def _question_to_json(part: QuestionMapping) -> dict[str, Any]:
    return {**_decided_to_json(part), "values": dict(part.values)}


def write_mapping(mapping: MarkupMapping, remarks: "Remarks | None" = None) -> str:
    """Write a mapping as TOML, with a remark before each part that has one."""
    said = remarks or {}
    lines = [*_comment(HEAD)]
    if mapping.offsets != COUNTED[0]:
        lines += ["", *_comment(said.get(("offsets", "", ""), "")), f"offsets = {quote(mapping.offsets)}"]
    for label in mapping.labels:
        lines += [
            "",
            *_comment(said.get(("labels", label.found, ""), "")),
            "[[labels]]",
            *_write_decided(label),
        ]
        if label.gives:
            lines.append(f"gives = {_write_pairs(label.gives)}")
        if label.is_to_review:
            lines.append("review = true")
        for split in label.splits:
            lines += ["", "    [[labels.splits]]", f"    when = {_write_pairs(split.when)}"]
            lines.append(
                "    leave_out = true" if split.is_left_out else f"    becomes = {quote(split.becomes)}"
            )
        for attribute in label.attributes:
            remark = said.get(("labels", label.found, attribute.found), "")
            lines += ["", *_comment(remark, "    "), "    [[labels.attributes]]"]
            lines += [f"    {line}" for line in _write_question(attribute)]
    for relation in mapping.relations:
        lines += ["", *_comment(said.get(("relations", relation.found, ""), "")), "[[relations]]"]
        lines += [*_write_decided(relation), *(["reversed = true"] if relation.is_reversed else [])]
    for field in mapping.fields:
        lines += [
            "",
            *_comment(said.get(("fields", field.found, ""), "")),
            "[[fields]]",
            *_write_question(field),
        ]
    for annotator in mapping.annotators:
        lines += ["", *_comment(said.get(("annotators", annotator.found, ""), "")), "[[annotators]]"]
        lines += _write_annotator(annotator)
    return "\n".join([*lines, ""])


Remarks = dict[tuple[str, str, str], str]
"""What stands before a part: by its list, the name found and, of an attribute, the attribute's."""
HEAD = (
    "What becomes of each thing that was found. An empty `becomes` is still to be decided: name something of the scheme, or\n"
    "write `leave_out = true`. A value that is not named under `values` stays as it is; one named empty is left out."
)


def _write_decided(part: Decided, becomes: str = "becomes") -> list[str]:
    name = f"found = {quote(part.found)}"
    return [name, "leave_out = true" if part.is_left_out else f"{becomes} = {quote(part.becomes)}"]


def _write_question(part: QuestionMapping) -> list[str]:
    values = [f"values = {_write_pairs(part.values)}"] if part.values else []
    return [*_write_decided(part), *values]


def _write_annotator(part: AnnotatorMapping) -> list[str]:
    model = ["model = true"] if part.is_model else []
    if part.name:
        return [f"found = {quote(part.found)}", f"name = {quote(part.name)}", *model]
    return [*_write_decided(part, "member"), *model]


def _write_pairs(pairs: Iterable[tuple[str, str]]) -> str:
    return f"{{ {', '.join(f'{quote(found)} = {quote(becomes)}' for found, becomes in pairs)} }}"


def quote(text: str) -> str:
    r"""A text as TOML writes it on one line.

    >>> print(quote('say "a"\n'))
    "say \"a\"\n"
    """
    escaped = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    signs = (
        escaped.get(sign) or (sign if sign >= " " and sign != "\x7f" else f"\\u{ord(sign):04x}")
        for sign in text
    )
    return f'"{"".join(signs)}"'


def _comment(remark: str, indent: str = "") -> list[str]:
    return [f"{indent}# {line}" for line in remark.splitlines()]
