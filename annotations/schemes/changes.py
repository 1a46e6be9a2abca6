"""What differs between two versions of a scheme, in words: labels, questions, values, links and settings; wording by its place."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from annotations.schemes.scheme import Label, Question, RelationType, Scheme
from annotations.schemes.values import Value

Named = TypeVar("Named", Label, Question, RelationType, Value)


def describe_changes(before: Scheme, after: Scheme) -> list[str]:
    """A sentence for each thing that is new, gone or otherwise, in the order of the later version."""
    return [*_describe(before, after)]


def _describe(before: Scheme, after: Scheme) -> Iterator[str]:
    yield from _compare("The scheme", "is called", before.title, after.title)
    if before.guidelines != after.guidelines:
        yield "The guidelines are worded otherwise."
    yield from _compare("Ends of spans", "are moved to borders of", before.snap, after.snap)
    yield from _list_gone_and_new("Topic", before.topics, after.topics)
    yield from _list_gone_and_new("Label", before.labels, after.labels)
    for label in after.labels:
        if (old := before.label(label.name)) is not None:
            yield from _compare_labels(old, label)
    yield from _list_gone_and_new("Link", before.relations, after.relations)
    for relation in after.relations:
        if (known := before.relation(relation.name)) is not None:
            yield from _compare_relations(known, relation)
    yield from _list_gone_and_new("Question about the article", before.fields, after.fields)
    for field in after.fields:
        if (was := before.field(field.name)) is not None:
            yield from _compare_questions(f"“{field.title}”", was, field)
            if was.means_no_spans != field.means_no_spans:
                yield f"“{field.title}” {'says' if field.means_no_spans else 'no more says'} that nothing is to be marked."
    if before.distances != after.distances:
        yield "How far labels are apart to agreement is otherwise."
    yield from _compare_orders("Labels", before.labels, after.labels)


def _compare_labels(old: Label, new: Label) -> Iterator[str]:
    name = new.name
    yield from _compare(name, "has the key", old.key, new.key)
    yield from _compare(name, "has the colour", old.color, new.color)
    yield from _compare(name, "is in the group", old.group, new.group)
    if old.description != new.description:
        yield f"{name} is described otherwise."
    if old.rules != new.rules:
        yield f"{name}: the rules of the guidelines are otherwise."
    yield from _compare(name, "shares no word with", ", ".join(old.outside), ", ".join(new.outside))
    yield from _list_gone_and_new(f"{name}: question", old.attributes, new.attributes)
    for attribute in new.attributes:
        was = old.attribute(attribute.name)
        if was is not None:
            where = f"{name}, “{attribute.title}”"
            yield from _compare_questions(where, was, attribute)
            if was.applies_when != attribute.applies_when:
                when = " or ".join(map(str, attribute.applies_when))
                yield f"{where} is asked {f'only where {when}' if when else 'of every span'}."


def _compare_questions(where: str, old: Question, new: Question) -> Iterator[str]:
    yield from _compare(where, "is shown as", old.title, new.title)
    yield from _compare(where, "is answered by the kind", old.kind.name, new.kind.name)
    if old.kind.name == new.kind.name:
        yield from _list_gone_and_new(f"{where}: value", old.kind.options, new.kind.options)
        yield from _compare_titles(where, old.kind.options, new.kind.options)
        if old.kind != new.kind and old.kind.options == new.kind.options:
            yield from _compare(
                where, "takes", old.kind.hint or "only its values", new.kind.hint or "only its values"
            )
    if old.required != new.required:
        yield f"{where} {'must be answered' if new.required else 'may be left'}."
    yield from _compare(where, "means, where nothing is chosen,", old.default, new.default)
    yield from _compare(where, "is answered by the keys", old.keys, new.keys)
    if old.description != new.description:
        yield f"{where} is described otherwise."


def _compare_titles(where: str, old: Sequence[Value], new: Sequence[Value]) -> Iterator[str]:
    known = {value.name: value for value in old}
    for value in new:
        if value.name in known:
            yield from _compare(
                f"{where}: value “{value.name}”", "is shown as", known[value.name].title, value.title
            )
            if known[value.name].description != value.description:
                yield f"{where}: value “{value.name}” is described otherwise."


def _compare_relations(old: RelationType, new: RelationType) -> Iterator[str]:
    name = f"Link “{new.title}”"
    yield from _compare(name, "is shown as", old.title, new.title)
    yield from _compare(name, "leads from", ", ".join(old.sources), ", ".join(new.sources))
    yield from _compare(name, "leads to", ", ".join(old.targets), ", ".join(new.targets))
    for verb, was, now in (
        ("needed", old.required_when, new.required_when),
        ("refused", old.forbidden_when, new.forbidden_when),
    ):
        if was != now:
            when = " or ".join(map(str, now))
            yield f"{name} is {f'{verb} where {when}' if when else f'never {verb} any more'}."
    if old.description != new.description:
        yield f"{name} is described otherwise."
    if old.rules != new.rules:
        yield f"{name}: the rules of the guidelines are otherwise."


def _list_gone_and_new(what: str, old: Iterable[Named], new: Iterable[Named]) -> Iterator[str]:
    was, now = {each.name: each for each in old}, {each.name: each for each in new}
    yield from (f"{what} “{was[name].title}” is gone." for name in was if name not in now)
    yield from (f"{what} “{now[name].title}” is new." for name in now if name not in was)


def _compare_orders(what: str, old: Iterable[Named], new: Iterable[Named]) -> Iterator[str]:
    was, now = [each.name for each in old], [each.name for each in new]
    if [name for name in was if name in now] != [name for name in now if name in was]:
        yield f"{what} stand in another order."


def _compare(what: str, verb: str, old: str, new: str) -> Iterator[str]:
    if old != new:
        yield (
            f"{what} {verb} {_quote(new)}, and no more {_quote(old)}."
            if old
            else f"{what} {verb} {_quote(new)}."
        )


def _quote(words: str) -> str:
    return f"“{words}”" if words else "nothing"
