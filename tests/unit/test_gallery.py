"""Every scheme of the gallery annotates in the editor's terms, is exported, and comes back the same."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from annotations.formats.annotation_tools.label_studio import LABEL_STUDIO
from annotations.formats.losses import FIELDS
from annotations.formats.native.jsonl import JSONL
from annotations.formats.ports import Format, Losses, ReadingOptions
from annotations.formats.record import SchemeReference
from annotations.formats.sources import read_annotated
from annotations.labelstudio.payloads import read_result, write_result
from annotations.markup import Markup, Relation, sort_pairs
from annotations.schemes.check import check_markup
from annotations.schemes.choice_kinds import FLAG_IS_SET
from annotations.schemes.definition import SHIPPED, load_scheme, read_definition
from annotations.schemes.scheme import Label, Question, RelationType, Scheme
from annotations.spans import Span
from tests.unit.formats.samples import article, plain_record

WORDS = [f"word{number}" for number in range(40)]
TEXT = " ".join(WORDS)


def find_place(number: int) -> tuple[int, int]:
    start = sum(len(word) + 1 for word in WORDS[:number])
    return start, start + len(WORDS[number])


def answer(question: Question) -> str:
    """The first value that a question takes."""
    options = question.kind.options
    return options[0].name if options else next(each for each in ("2", "words", "") if question.accepts(each))


def answer_all(label: Label) -> dict[str, str]:
    answers: dict[str, str] = {}
    for attribute in label.attributes:
        if attribute.required and attribute.applies(answers):
            answers[attribute.name] = answer(attribute)
    return label.complete(answers)


def annotate(scheme: Scheme) -> Markup:
    """A span of each label with all that is asked, each kind of link that is needed, and all questions about the article."""
    spans = [
        Span(*find_place(number), label.name, sort_pairs(answer_all(label)), f"s{number}")
        for number, label in enumerate(scheme.labels)
    ]
    relations = [
        Relation(
            source.key, next(span.key for span in spans if span.label in relation.targets), relation.name
        )
        for source in spans
        for relation in scheme.relations
        if is_needed(relation, source)
    ]
    fields = {field.name: answer(field) for field in scheme.fields if field.required}
    if not spans:
        fields |= {field.name: FLAG_IS_SET for field in scheme.fields if field.means_no_spans}
    return Markup(tuple(spans), tuple(sorted(relations)), sort_pairs(fields))


def is_needed(relation: RelationType, source: Span) -> bool:
    attributes = dict(source.attributes)
    return source.label in relation.sources and any(
        condition.holds(attributes) for condition in relation.required_when
    )


@pytest.fixture(params=SHIPPED)
def scheme(request: pytest.FixtureRequest) -> Scheme:
    return load_scheme(read_definition(request.param))


def test_what_its_editor_sends_is_read_as_it_was_marked_and_breaks_no_rule(scheme: Scheme) -> None:
    markup = annotate(scheme)
    assert check_markup(scheme, TEXT, markup) == []
    reading = read_result(json.loads(json.dumps(write_result(markup, TEXT, scheme))), TEXT, scheme)
    assert reading.problems == ()
    assert reading.markup.to_json() == markup.to_json()


def describe(span: Span) -> tuple[int, int, str, dict[str, str]]:
    """A span whatever its key; Label Studio's file names a question by its control."""
    answers = {name.removeprefix(f"{span.label}."): value for name, value in span.attributes}
    return span.start, span.end, span.label, answers


@pytest.mark.parametrize("chosen", [JSONL, LABEL_STUDIO], ids=lambda chosen: chosen.name)
def test_what_is_exported_comes_back_the_same_but_for_what_was_counted(
    scheme: Scheme, chosen: Format, tmp_path: Path
) -> None:
    markup = annotate(scheme)
    labels = tuple(label.name for label in scheme.labels)
    reference = SchemeReference(scheme.name, str(scheme.version), scheme.sha256, labels)
    record = replace(plain_record(), scheme=reference, article=article(2, "Words", TEXT), markup=markup)
    path, losses = tmp_path / f"gold.{chosen.extension}", Losses()
    path.write_bytes(b"".join(chosen.write_lines([record.to_line()], losses=losses)))
    assert losses.kinds <= {FIELDS}
    [document] = [one for part in read_annotated(path, ReadingOptions()) for one in part.documents]
    back = document.gold or next(iter(document.judgements.values())).markup
    assert [describe(one) for one in back.spans] == [describe(one) for one in markup.spans]
    assert len(back.relations) == len(markup.relations)
    assert dict(back.fields) == ({} if losses.kinds else dict(markup.fields))
