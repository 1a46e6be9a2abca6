"""A first mapping of what was found: what has a name of the scheme becomes that; what is merely like one is proposed."""

from collections.abc import Collection, Iterable, Iterator

from annotations.formats.documents import SEPARATOR
from annotations.formats.places.offsets import COUNTED
from annotations.mapping.definition import (
    AnnotatorMapping,
    LabelMapping,
    MarkupMapping,
    QuestionMapping,
    RelationMapping,
    Remarks,
)
from annotations.mapping.found import Found, FoundQuestion, Occurrences
from annotations.plurals import count_things
from annotations.schemes.scheme import Attribute, DocumentField, Label, Question, Scheme

LIKENESS = "only like it: check"
MAX_NAME = 150
"""Characters of a person's name."""


def map_exactly(found: Found, scheme: Scheme, *, members: Collection[str] = ()) -> MarkupMapping:
    """Map what has the very name, or the very title, of something in the scheme; everything else is left undecided."""
    return _propose(found, scheme, members, is_exact=True)[0]


def propose_mapping(
    found: Found, scheme: Scheme, *, members: Collection[str] = ()
) -> tuple[MarkupMapping, Remarks]:
    """Propose a mapping for a person to check, with what was found written beside each part of it."""
    return _propose(found, scheme, members, is_exact=False)


def _propose(
    found: Found, scheme: Scheme, members: Collection[str], *, is_exact: bool
) -> tuple[MarkupMapping, Remarks]:
    remarks: Remarks = {}
    labels = []
    for name, counted in found.labels.items():
        chosen, is_alike = match_name(name, scheme.labels, is_exact=is_exact)
        remarks["labels", name, ""] = _remark(counted, "span", is_alike=is_alike)
        label = scheme.label(chosen)
        attributes = []
        for attribute, question in counted.attributes.items():
            known, alike = match_attribute(attribute, name, label, is_exact=is_exact)
            remarks["labels", name, attribute] = _remark(question, "answer", is_alike=alike)
            attributes.append(map_question(attribute, question, known, is_exact=is_exact))
        labels.append(LabelMapping(found=name, becomes=chosen, attributes=tuple(attributes)))
    relations = []
    for name, counted_relation in found.relations.items():
        chosen, is_alike = match_name(name, scheme.relations, is_exact=is_exact)
        remarks["relations", name, ""] = _remark(counted_relation, "relation", is_alike=is_alike)
        relations.append(RelationMapping(found=name, becomes=chosen))
    fields = []
    for name, question in found.fields.items():
        chosen, is_alike = match_name(name, scheme.fields, is_exact=is_exact)
        remarks["fields", name, ""] = _remark(question, "answer", is_alike=is_alike)
        fields.append(map_question(name, question, scheme.field(chosen), is_exact=is_exact))
    annotators = tuple(_map_annotator(name, members) for name in sorted(found.annotators))
    for name, counted_annotator in found.annotators.items():
        remarks["annotators", name, ""] = _remark(counted_annotator, "document")
    offsets = COUNTED[0]
    if found.are_offsets_utf16 and not is_exact:
        offsets = COUNTED[1]
        remarks["offsets", "", ""] = (
            f"All that read otherwise than their words ({count_things(found.misread.count, 'span')}) read so if offsets count UTF-16 units."
        )
    mapping = MarkupMapping(
        labels=tuple(labels),
        relations=tuple(relations),
        fields=tuple(fields),
        annotators=annotators,
        offsets=offsets,
    )
    return mapping, remarks


def match_name(name: str, known: Iterable[Label | Question | object], *, is_exact: bool) -> tuple[str, bool]:
    """The name of what is called so, by name or by title, and whether it is only like it; empty where nothing, or several, are."""
    named = [(str(getattr(one, "name", "")), str(getattr(one, "title", ""))) for one in known]
    for chosen, title in named:
        if name in (chosen, title):
            return chosen, False
    if is_exact:
        return "", False
    alike = {chosen for chosen, title in named if _fold(name) in (_fold(chosen), _fold(title))}
    return (alike.pop(), True) if len(alike) == 1 else ("", False)


def _fold(name: str) -> str:
    """A name without its case and without what stands between words; a name of nothing else stays as it is."""
    return "".join(sign for sign in name.casefold() if sign.isalnum()) or name


def match_attribute(
    name: str, label_name: str, label: Label | None, *, is_exact: bool
) -> tuple[Attribute | None, bool]:
    """The attribute of a label that is called so, or so after the label's name and a point."""
    if label is None:
        return None, False
    for called in dict.fromkeys(
        (name, name.removeprefix(f"{label_name}."), name.removeprefix(f"{label.name}."))
    ):
        chosen, is_alike = match_name(called, label.attributes, is_exact=is_exact)
        if chosen:
            return label.attribute(chosen), is_alike
    return None, False


def map_question(
    name: str, found: FoundQuestion, known: Attribute | DocumentField | None, *, is_exact: bool
) -> QuestionMapping:
    """What a question becomes, with its values; undecided where none is known."""
    if known is None:
        return QuestionMapping(found=name)
    values = () if is_exact else tuple(_propose_values(found, known))
    return QuestionMapping(found=name, becomes=known.name, values=values)


def _propose_values(found: FoundQuestion, known: Question) -> Iterator[tuple[str, str]]:
    """What the values that the question does not take become: the one that is like it, or nothing."""
    for value in found.values:
        if (
            known.kind.options
            and SEPARATOR not in value
            and known.find_problem(known.kind.adapt(value, separator=SEPARATOR))
        ):
            yield value, match_name(value, known.kind.options, is_exact=False)[0]


def _map_annotator(name: str, members: Collection[str]) -> AnnotatorMapping:
    if name.casefold() in {member.casefold() for member in members}:
        return AnnotatorMapping(found=name, becomes=name.lower())
    return AnnotatorMapping(found=name, name=name[:MAX_NAME])


def _remark(counted: Occurrences, what: str, *, is_alike: bool = False) -> str:
    number = f"{counted.count:,} {what}{'' if counted.count == 1 else 's'}"
    examples = "; ".join(counted.examples[:1])
    return f"{number}, first {examples}{f' ({LIKENESS})' if is_alike else ''}"
