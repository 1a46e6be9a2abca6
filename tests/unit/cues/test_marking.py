"""The rules mark what their explanations say, and nothing where the guidelines say that nothing is marked."""

import time
from pathlib import Path

import pytest

from annotations.corpus.layout import lay_out
from annotations.cues.marking import fits_scheme, mark_by_rules
from annotations.cues.rules import load_rules
from annotations.schemes.check import check_markup
from annotations.schemes.definition import load_scheme, load_shipped
from annotations.schemes.problems import Code

SEEDS = sorted((Path(__file__).parents[3] / "seeds").glob("*.txt"))
RULES, SCHEME = load_rules(), load_shipped("argument-v1")
LITTLE = """
name = "small"
version = 1
title = "Small"
guidelines = "Mark."
[[labels]]
name = "Person"
key = "1"
color = "#0072B2"
"""


def marks(text: str) -> list[tuple[str, str]]:
    return [(span.label, span.quote(text)) for span in mark_by_rules(text, SCHEME, RULES).spans]


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        (
            "Despite diplomatic momentum, key challenges remain unresolved.",
            [("Cue", "Despite"), ("Concession", "diplomatic momentum")],
        ),
        (
            "Kyiv is willing to abandon its bid to join NATO if allies provide guarantees.",
            [("Concession", "Kyiv is willing to abandon its bid to join NATO")],
        ),
        (
            "President Volodymyr Zelenskyy has said that the guarantees must be binding.",
            [("Source", "President Volodymyr Zelenskyy"), ("Claim", "the guarantees must be binding")],
        ),
        ("He said that peace is near.", [("Claim", "peace is near")]),
        ("Talks despite everything go on.", []),
        ("", []),
    ],
)
def test_a_rule_marks_what_its_explanation_says(text: str, marked: list[tuple[str, str]]) -> None:
    assert marks(text) == marked


def test_each_span_names_the_rule_that_marked_it_and_answers_what_the_rule_knows() -> None:
    [cue, concession] = mark_by_rules("Although it rains, we go.", SCHEME, RULES).spans
    assert (cue.key, concession.key) == ("granting-word-2", "granted-1")
    assert dict(concession.attributes) == {"kind": "argued", "marker": "explicit"}


def test_a_scheme_without_any_of_the_labels_gets_nothing() -> None:
    small = load_scheme(LITTLE)
    assert not fits_scheme(RULES, small)
    assert not mark_by_rules("Despite rain, we go.", small, RULES).spans
    assert fits_scheme(RULES, SCHEME)


def test_nothing_is_marked_in_a_stretch_that_is_skipped() -> None:
    text = "Despite rain, we go.\n\nDespite snow, we go."
    spans = mark_by_rules(text, SCHEME, RULES, skipped=[(0, 20)]).spans
    assert [span.quote(text) for span in spans] == ["Despite", "snow"]


@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: path.stem)
def test_in_every_seed_something_is_marked_outside_of_headings_and_no_place_breaks_the_scheme(
    seed: Path,
) -> None:
    text = seed.read_text(encoding="utf-8")
    headings = [(one.start, one.end) for one in lay_out(text) if str(one.kind) in {"title", "heading"}]
    markup = mark_by_rules(text, SCHEME, RULES, skipped=headings)
    assert len(markup.spans) >= 5
    assert not any(s < span.end and span.start < e for span in markup.spans for s, e in headings)
    broken = {problem.code for problem in check_markup(SCHEME, text, markup)}
    assert not broken & {Code.SAME_LABEL_OVERLAP, Code.FORBIDDEN_OVERLAP, Code.BLANK_SPAN}


@pytest.mark.parametrize("part", ["although Said that Although, ", "although ", "A said that ", "“, "])
def test_a_text_of_nothing_but_cues_takes_seconds_at_most(part: str) -> None:
    text = part * (200_000 // len(part))
    begun = time.process_time()
    assert len(mark_by_rules(text, SCHEME, RULES).spans) <= 2_000
    assert time.process_time() - begun < 20


def test_every_rule_is_explained() -> None:
    assert all(rule.title and len(rule.explanation) > 20 for rule in RULES.rules)
    assert len({rule.name for rule in RULES.rules}) == len(RULES.rules)
