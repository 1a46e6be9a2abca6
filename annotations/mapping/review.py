"""What is still to be decided before files of annotations can come in, each with what was found and an example."""

from collections.abc import Iterator
from dataclasses import dataclass

from annotations.mapping.definition import Decided, MarkupMapping
from annotations.mapping.found import Found, Occurrences
from annotations.schemes.scheme import Scheme
from annotations.schemes.table import MAX_COMPLAINT_LENGTH


@dataclass(frozen=True, slots=True)
class Undecided:
    """Something that was found and has no place yet, or a place that the scheme does not have."""

    what: str
    why: str
    count: int
    example: str

    def __str__(self) -> str:
        times = "once" if self.count == 1 else f"{self.count:,} times"
        first = f", first {self.example}" if self.example else ""
        return f"{self.what} ({times}{first}): {self.why}"[:MAX_COMPLAINT_LENGTH]


def find_undecided(found: Found, mapping: MarkupMapping, scheme: Scheme) -> list[Undecided]:
    """Everything found in the files that the mapping does not decide yet: it says nothing of it, or names what the scheme does not have."""
    return [
        *_review_labels(found, mapping, scheme),
        *_review_relations(found, mapping, scheme),
        *_review_fields(found, mapping, scheme),
        *_review_annotators(found, mapping),
    ]


def _review_labels(found: Found, mapping: MarkupMapping, scheme: Scheme) -> Iterator[Undecided]:
    mapped = {label.found: label for label in mapping.labels}
    offered = ", ".join(label.name for label in scheme.labels)
    for name, counted in found.labels.items():
        decided = mapped.get(name)
        yield from _review(
            decided, f"the label {name!r}", counted, [one.name for one in scheme.labels], offered
        )
        label = scheme.label(decided.becomes) if decided else None
        if decided is None or label is None:
            continue
        asked = {attribute.found: attribute for attribute in decided.attributes}
        names = [attribute.name for attribute in label.attributes]
        for attribute, question in counted.attributes.items():
            what = f"the attribute {attribute!r} of {name!r}"
            yield from _review(asked.get(attribute), what, question, names, ", ".join(names) or "none")
        for given, value in decided.gives:
            known = label.attribute(given)
            problem = known.find_problem(value) if known else f"is no attribute of {label.name}"
            if problem:
                yield Undecided(
                    f"what {name!r} gives, {given} = {value!r},", f"it {problem}", counted.count, ""
                )


def _review_relations(found: Found, mapping: MarkupMapping, scheme: Scheme) -> Iterator[Undecided]:
    mapped = {relation.found: relation for relation in mapping.relations}
    names = [relation.name for relation in scheme.relations]
    for name, counted in found.relations.items():
        what = f"the type of relation {name!r}"
        yield from _review(mapped.get(name), what, counted, names, ", ".join(names) or "none")


def _review_fields(found: Found, mapping: MarkupMapping, scheme: Scheme) -> Iterator[Undecided]:
    mapped = {one.found: one for one in mapping.fields}
    names = [one.name for one in scheme.fields]
    for name, counted in found.fields.items():
        what = f"the field {name!r} of documents"
        yield from _review(mapped.get(name), what, counted, names, ", ".join(names) or "none")


def _review_annotators(found: Found, mapping: MarkupMapping) -> Iterator[Undecided]:
    mapped = {annotator.found: annotator for annotator in mapping.annotators}
    for name, counted in found.annotators.items():
        decided = mapped.get(name)
        if decided is None or not decided.is_decided:
            why = "say who this is: a `member` by e-mail address, a `name` for somebody new, or `leave_out = true`"
            yield Undecided(f"the annotator {name!r}", why, counted.count, next(iter(counted.examples), ""))


def _review(
    decided: Decided | None, what: str, counted: Occurrences, names: list[str], offered: str
) -> Iterator[Undecided]:
    example = next(iter(counted.examples), "")
    if decided is None or not decided.is_decided:
        why = f"say what it becomes, or that it is left out; the scheme has {offered}"
        yield Undecided(what, why, counted.count, example)
    elif decided.becomes and decided.becomes not in names:
        why = f"it is to become {decided.becomes!r}, which the scheme does not have; it has {offered}"
        yield Undecided(what, why, counted.count, example)
