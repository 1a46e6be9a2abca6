"""Documents as readers give them, for tests of what is made of them."""

from collections.abc import Mapping
from typing import Any

from annotations.formats.documents import Document, Judgement, Marking
from annotations.mapping.found import Found, Survey
from annotations.schemes.definition import load_scheme
from annotations.schemes.scheme import Scheme

TEXT = "Kyiv agreed 🤝 quickly. Moscow did not."
DEFINITION = """
name = "stances"
version = 1
title = "Stances"

[[labels]]
name = "Actor"
key = "1"
color = "#0072B2"

    [[labels.attributes]]
    name = "kind"
    values = [{ name = "state", title = "A state" }, { name = "person", title = "A person" }]

    [[labels.attributes]]
    name = "is_named"
    kind = "flag"

[[labels]]
name = "Act"
key = "2"
color = "#D55E00"

[[relations]]
name = "does"
title = "Does"
from = ["Actor"]
to = ["Act"]

[[fields]]
name = "tone"
kind = "rating"
maximum = 5
"""
SCHEME: Scheme = load_scheme(DEFINITION)


def judge(
    *spans: tuple[str, str, Mapping[str, Any]],
    relations: tuple[tuple[int, int, str], ...] = (),
    fields: Mapping[str, Any] | None = None,
    text: str = TEXT,
    said: str | None = None,
) -> Judgement:
    """What somebody marked: a label, the words and the attributes of each span; links by the numbers of spans."""
    marking = Marking("d1", "ann")
    for label, words, attributes in spans:
        start = text.index(words)
        marking.add_span(start, start + len(words), label, attributes=attributes, said=said or words)
    keys = {number: str(number) for number in range(len(spans))}
    for source, target, kind in relations:
        marking.add_relation(source, target, kind, keys=keys)
    return marking.finish(fields=fields)


def survey(*judgements: Judgement, text: str = TEXT, looks_at_words: bool = False) -> Found:
    """What is found in one document that each judgement's annotator, a0, a1, ..., judged."""
    survey = Survey(looks_at_words=looks_at_words)
    survey.begin_part("news.json")
    survey.take(
        Document(id="d1", text=text, judgements={f"a{number}": one for number, one in enumerate(judgements)})
    )
    return survey.finish()
