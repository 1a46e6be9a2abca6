"""The schemes that come with the workbench: their examples are real, and their names and colours can be told apart."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from annotations.formats.ports import Losses, ReadingOptions
from annotations.formats.record import SchemeReference
from annotations.formats.registry import find_format
from annotations.formats.sources import read_annotated
from annotations.labelstudio.payloads import read_result, write_result
from annotations.markup import Markup, Relation
from annotations.schemes.check import check_markup
from annotations.schemes.definition import SHIPPED, load_shipped
from annotations.schemes.kinds import RatingKind
from annotations.schemes.scheme import Example, GuidelineRule, Question, Scheme
from annotations.spans import Span
from tests.unit.formats.samples import article, plain_record

SEEDS = Path(__file__).parents[3] / "seeds"
OKABE_ITO = {"#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7"}


def rules_of(scheme: Scheme) -> list[GuidelineRule]:
    of_labels = [rule for label in scheme.labels for rule in label.rules]
    return of_labels + [rule for relation in scheme.relations for rule in relation.rules]


def examples() -> list[Example]:
    rules = [rule for name in SHIPPED for rule in rules_of(load_shipped(name))]
    return [example for rule in rules for example in (*rule.fits, *rule.misfits)]


def test_every_example_of_the_schemes_for_the_seeds_names_a_seed() -> None:
    rules = [rule for name in ("argument-v1", "argument-lite-v1") for rule in rules_of(load_shipped(name))]
    assert all(example.source for rule in rules for example in (*rule.fits, *rule.misfits))


@pytest.mark.parametrize(
    "example", [one for one in examples() if one.source], ids=lambda example: example.quote[:40]
)
def test_every_example_is_quoted_word_for_word_from_the_seed_it_names(example: Example) -> None:
    [path] = SEEDS.glob(f"{example.source}_*.txt")
    assert example.quote in path.read_bytes().decode()


@pytest.mark.parametrize("identifier", SHIPPED)
def test_a_shipped_scheme_is_called_as_its_file(identifier: str) -> None:
    assert load_shipped(identifier).identifier == identifier


@pytest.mark.parametrize("identifier", SHIPPED)
def test_every_label_has_rules_and_a_colour_that_can_be_told_from_the_others(identifier: str) -> None:
    labels = load_shipped(identifier).labels
    assert all(label.rules for label in labels)
    assert len({label.color for label in labels}) == len(labels)
    assert {label.color for label in labels} <= OKABE_ITO


def test_every_relation_has_a_rule() -> None:
    assert all(relation.rules for relation in load_shipped("argument-v1").relations)


def answer(question: Question, values: dict[str, str]) -> None:
    """Answer a question with a value that it offers, or with words."""
    offered = [value.name for value in question.kind.options]
    values[question.name] = offered[0] if offered else "1" if question.kind.name == "number" else "some words"


def annotate(scheme: Scheme, text: str) -> Markup:
    """A span of each label with every question that is asked there, every link that may be drawn, and every field."""
    spans: list[Span] = []
    for number, label in enumerate(scheme.labels):
        answers: dict[str, str] = {}
        for attribute in label.attributes:
            if attribute.applies(answers):
                answer(attribute, answers)
        spans.append(
            Span(number * 4, number * 4 + 3, label.name, tuple(sorted(answers.items())), f"k{number}")
        )
    links = sorted(
        Relation(source.key, target.key, relation.name)
        for relation in scheme.relations
        for source in spans
        for target in spans
        if relation.may_leave(source) and target.label in relation.targets and source != target
    )
    fields: dict[str, str] = {}
    for field in scheme.fields:
        if not field.means_no_spans:
            answer(field, fields)
    return Markup(tuple(spans), tuple(links), tuple(sorted(fields.items())))


@pytest.mark.parametrize("identifier", SHIPPED)
def test_what_is_annotated_by_a_shipped_scheme_breaks_no_rule_and_comes_back_from_the_editor_and_from_files(
    identifier: str, tmp_path: Path
) -> None:
    scheme, text = load_shipped(identifier), "one two six ten who why"
    markup = annotate(scheme, text)
    assert [
        problem.message
        for problem in check_markup(scheme, text, markup)
        if "needs a link" not in problem.message
    ] == []
    assert (
        read_result(json.loads(json.dumps(write_result(markup, text, scheme))), text, scheme).markup == markup
    )
    reference = SchemeReference(
        scheme.name, str(scheme.version), "5" * 64, tuple(label.name for label in scheme.labels)
    )
    record = replace(plain_record(), article=article(1, "Numbers", text), markup=markup, scheme=reference)
    for name in ("jsonl", "tables", "web-annotation", "uima-cas"):
        chosen = find_format(name)
        path = tmp_path / f"{name}.{chosen.extension}"
        path.write_bytes(b"".join(chosen.write_lines([record.to_line()], losses=Losses())))
        [document] = [each for part in read_annotated(path, ReadingOptions()) for each in part.documents]
        said = document.gold or next(iter(document.judgements.values())).markup
        assert [(one.start, one.end, one.label, one.attributes) for one in said.spans] == [
            (one.start, one.end, one.label, one.attributes) for one in markup.spans
        ], name
        assert len(said.relations) == len(markup.relations), name
        assert dict(said.fields) == dict(markup.fields), name


def test_labels_are_chosen_with_the_keys_one_to_five() -> None:
    keys = {label.name: label.key for label in load_shipped("argument-v1").labels}
    assert keys == {"Claim": "1", "Stance": "2", "Concession": "3", "Source": "4", "Cue": "5"}


def test_the_small_scheme_has_the_same_three_labels_without_attributes_and_relations() -> None:
    full, lite = load_shipped("argument-v1"), load_shipped("argument-lite-v1")
    assert [(label.name, label.key, label.color) for label in lite.labels] == [
        (label.name, label.key, label.color) for label in full.labels[:3]
    ]
    assert not any(label.attributes for label in lite.labels)
    assert not lite.relations


def test_the_small_scheme_speaks_of_nothing_that_it_lacks() -> None:
    lite = load_shipped("argument-lite-v1")
    texts = [lite.guidelines]
    for rule in rules_of(lite):
        texts += [rule.title, rule.text, rule.fits[0].why, rule.misfits[0].why]
    for word in ("Source", "held_by", "outweighed_by", "`named`", "attribute"):
        assert not [text for text in texts if word in text], word


def test_guidelines_speak_to_people_and_not_of_names_in_files() -> None:
    for identifier in ("argument-v1", "argument-lite-v1"):
        scheme = load_shipped(identifier)
        texts = [scheme.guidelines]
        texts += [label.description for label in scheme.labels]
        texts += [relation.description for relation in scheme.relations]
        texts += [field.description for field in scheme.fields]
        for label in scheme.labels:
            for attribute in label.attributes:
                texts.append(attribute.description)
                texts += [value.description for value in attribute.kind.explained]
        for rule in rules_of(scheme):
            texts += [rule.title, rule.text, rule.fits[0].why, rule.misfits[0].why]
        assert not [text for text in texts if "_" in text or "`" in text]


def test_the_author_is_asked_for_a_stance_on_each_topic_and_none_is_the_default() -> None:
    scheme = load_shipped("argument-v1")
    asked = [field for field in scheme.fields if field.name.startswith("author_stance.")]
    assert [field.name.partition(".")[2] for field in asked] == [topic.name for topic in scheme.topics]
    assert {field.default for field in asked} == {"none-inferable"}


def test_what_carries_the_meaning_has_no_default_so_that_nobody_passes_it_by() -> None:
    scheme = load_shipped("argument-v1")
    for label, attribute in (
        ("Claim", "type"),
        ("Stance", "polarity"),
        ("Stance", "target"),
        ("Concession", "kind"),
        ("Source", "kind"),
    ):
        owner = scheme.label(label)
        assert owner
        known = owner.attribute(attribute)
        assert known
        assert known.required
        assert not known.default


def test_confidence_goes_from_one_to_five() -> None:
    field = load_shipped("argument-v1").field("confidence")
    assert field
    assert field.kind == RatingKind(5)
    assert [value for value in ("0", "1", "5", "6", "1.5", "") if field.accepts(value)] == ["1", "5"]
