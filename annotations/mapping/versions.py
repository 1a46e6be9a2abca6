"""From one version of a scheme to another: what stays as it is called, what a person still has to decide, and what was marked, said anew."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from annotations.formats.documents import SEPARATOR, Judgement
from annotations.mapping.definition import (
    LabelMapping,
    MarkupMapping,
    QuestionMapping,
    RelationMapping,
    Remarks,
)
from annotations.mapping.found import Found, FoundLabel, FoundQuestion, FoundRelation
from annotations.mapping.proposal import map_question, match_attribute, propose_mapping
from annotations.mapping.review import find_undecided
from annotations.markup import Markup
from annotations.schemes.choice_kinds import SEVERAL, SeveralKind
from annotations.schemes.scheme import Question, Scheme

Part = TypeVar("Part", LabelMapping, RelationMapping, QuestionMapping)


def propose_versions(before: Scheme, after: Scheme) -> tuple[MarkupMapping, Remarks]:
    """What has a name of the later version becomes that; what has none is left for a person to decide."""
    mapping, _ = propose_mapping(_list_all(before), after)
    mapping = replace(
        mapping,
        labels=_propose_sole(mapping.labels, [one.name for one in after.labels]),
        relations=_propose_sole(mapping.relations, [one.name for one in after.relations]),
        fields=_propose_sole(mapping.fields, [one.name for one in after.fields]),
    )
    mapping = complete_mapping(mapping, before, after)
    remarks: Remarks = {}
    for label in mapping.labels:
        new = after.label(label.becomes)
        owed = [one.name for one in new.attributes if one.required and not one.default] if new else []
        asked = {attribute.becomes for attribute in label.attributes}
        if missing := [name for name in owed if name not in asked]:
            remarks["labels", label.found, ""] = (
                f"{', '.join(missing)} must be answered and is not yet: an adjudicator is asked, unless `gives` says it for all."
            )
    return mapping, remarks


def complete_mapping(mapping: MarkupMapping, before: Scheme, after: Scheme) -> MarkupMapping:
    """Decide what follows from what is decided: the questions of a label that has its place, where that asks the same."""
    return replace(mapping, labels=tuple(_complete(label, before, after) for label in mapping.labels))


def _complete(mapped: LabelMapping, before: Scheme, after: Scheme) -> LabelMapping:
    old, new = before.label(mapped.found), after.label(mapped.becomes)
    if old is None or new is None:
        return mapped
    said = {one.found: one for one in mapped.attributes}
    attributes = []
    for asked in old.attributes:
        one = said.pop(asked.name, QuestionMapping(found=asked.name))
        if not one.is_decided:
            known, _ = match_attribute(asked.name, old.name, new, is_exact=False)
            one = map_question(asked.name, _list_values(asked), known, is_exact=False)
        attributes.append(one)
    return replace(mapped, attributes=(*attributes, *said.values()))


def _propose_sole(parts: tuple[Part, ...], names: list[str]) -> tuple[Part, ...]:
    """Where just one thing is gone and just one is new, the one is taken for the other."""
    gone = [part for part in parts if not part.is_decided]
    new = sorted(set(names) - {part.becomes for part in parts})
    if len(gone) != 1 or len(new) != 1:
        return parts
    return tuple(replace(part, becomes=new[0]) if part is gone[0] else part for part in parts)


def find_undecided_versions(before: Scheme, after: Scheme, mapping: MarkupMapping) -> list[str]:
    """What a mapping has yet to say before everything of the earlier version has its place in the later one."""
    undecided = find_undecided(_list_all(before), mapping, after)
    return [*(f"{one.what}: {one.why}" for one in undecided), *_review_splits(before, after, mapping)]


def _review_splits(before: Scheme, after: Scheme, mapping: MarkupMapping) -> Iterator[str]:
    for label in mapping.labels:
        known = before.label(label.found)
        for split in label.splits:
            if split.becomes and after.label(split.becomes) is None:
                yield f"a split of {label.found!r} is to become {split.becomes!r}, which the scheme does not have"
            for name, _ in split.when:
                if known is None or known.attribute(name) is None:
                    yield f"a split of {label.found!r} asks for {name!r}, which is no attribute of it"


def judge(markup: Markup, scheme: Scheme) -> Judgement:
    """A stored markup as a file would say it: several answers to one question stand apart."""
    if not any(SEVERAL in value for _, value in _list_answers(markup)):
        return Judgement(markup)
    several = {
        (label.name, one.name)
        for label in scheme.labels
        for one in label.attributes
        if isinstance(one.kind, SeveralKind)
    }
    fields = {one.name for one in scheme.fields if isinstance(one.kind, SeveralKind)}
    spans = tuple(
        replace(
            span,
            attributes=_part(span.attributes, {name for label, name in several if label == span.label}),
        )
        for span in markup.spans
    )
    return Judgement(Markup(spans, markup.relations, _part(markup.fields, fields)))


def _list_answers(markup: Markup) -> Iterator[tuple[str, str]]:
    yield from markup.fields
    for span in markup.spans:
        yield from span.attributes


def _part(answers: Iterable[tuple[str, str]], several: set[str]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, value.replace(SEVERAL, SEPARATOR) if name in several else value) for name, value in answers
    )


def _list_all(scheme: Scheme) -> Found:
    """All that can be marked by a scheme, as if it had been found in files."""
    found = Found()
    for label in scheme.labels:
        attributes = {one.name: _list_values(one) for one in label.attributes}
        found.labels[label.name] = FoundLabel(attributes=attributes)
    for relation in scheme.relations:
        found.relations[relation.name] = FoundRelation()
    for field in scheme.fields:
        found.fields[field.name] = _list_values(field)
    return found


def _list_values(question: Question) -> FoundQuestion:
    return FoundQuestion(values=Counter(value.name for value in question.kind.options))
