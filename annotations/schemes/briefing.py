"""A scheme in words, as a reader is told it who sees no page: what to mark, by which rules, and what is asked about it."""

from collections.abc import Iterator

from annotations.schemes.scheme import GuidelineRule, Question, Scheme


def describe_scheme(scheme: Scheme) -> str:
    """The guidelines of a scheme as one text, with its labels, relations and fields and the rules and values of each."""
    return "\n".join(_describe(scheme)).strip()


def _describe(scheme: Scheme) -> Iterator[str]:
    yield f"# {scheme.title}\n"
    if scheme.guidelines.strip():
        yield f"{scheme.guidelines.strip()}\n"
    if scheme.topics:
        yield f"Topics: {', '.join(f'{topic.name} ({topic.title})' for topic in scheme.topics)}\n"
    yield from _describe_labels(scheme)
    yield from _describe_relations(scheme)
    if scheme.fields:
        yield "## Fields of the document\n"
        for field in scheme.fields:
            yield f"- {_describe_question(field)}"


def _describe_labels(scheme: Scheme) -> Iterator[str]:
    for label in scheme.labels:
        yield f"## Label {label.name}\n"
        if label.description:
            yield f"{label.description}\n"
        yield from _describe_rules(label.rules)
        for attribute in label.attributes:
            when = (
                f" Asked where {' or '.join(map(str, attribute.applies_when))}."
                if attribute.applies_when
                else ""
            )
            yield f"- Attribute {_describe_question(attribute)}{when}"
        if label.attributes:
            yield ""


def _describe_relations(scheme: Scheme) -> Iterator[str]:
    for relation in scheme.relations:
        ends = f"from {' or '.join(relation.sources)} to {' or '.join(relation.targets)}"
        yield f"## Relation {relation.name}, {ends}\n"
        if relation.description:
            yield f"{relation.description}\n"
        yield from _describe_rules(relation.rules)


def _describe_question(question: Question) -> str:
    values = ", ".join(value.name for value in question.kind.options)
    parts = [f"{question.name}:", question.description or question.title]
    parts += [f"Values: {values}."] if values else []
    parts += ["Required."] if question.required else []
    return " ".join(parts)


def _describe_rules(rules: tuple[GuidelineRule, ...]) -> Iterator[str]:
    for rule in rules:
        yield f"- {rule.title}. {' '.join(rule.text.split())}"
        for word, example in (
            *(("Fits", each) for each in rule.fits),
            *(("Does not fit", each) for each in rule.misfits),
        ):
            yield f"  {word}: in “{example.quote}” {' and '.join(f'“{one}”' for one in example.marked)}. {example.why}"
    if rules:
        yield ""
