"""What a format says that it loses is lost, as often as it says, and nothing else is: over records that hit every limit.

What is read again of the same records is compared in `test_round_trips.py`; formats that are only written are read here, and so
are two whose files others read, by as little code as one of them needs.
"""

import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from lxml import etree

from annotations.formats.ports import MAX_EXAMPLES, Format, Loss, Losses
from annotations.formats.record import Record
from annotations.formats.registry import WRITTEN, find_format
from annotations.markup import Markup, Relation
from annotations.spans import Span
from tests.unit.formats.lossy import LIMITS, TEXT, Limit, make
from tests.unit.formats.test_formats import each_format, write
from tests.unit.formats.test_round_trips import ONLY_WRITTEN, Said, expect, show_text

each_limit = pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.title)


@each_limit
def test_each_format_says_of_a_limit_what_it_loses_and_how_often(limit: Limit) -> None:
    said = {chosen.name: tuple(write(chosen, list(limit.records))[1]) for chosen in WRITTEN}
    assert {name: losses for name, losses in said.items() if losses} == limit.losses


@each_format
def test_everything_that_a_format_cannot_hold_is_lost_of_some_limit(chosen: Format) -> None:
    assert set(count_losses(chosen, list_records())) == set(chosen.cannot_hold)


@each_format
def test_of_all_limits_in_one_file_is_lost_what_is_lost_of_each(chosen: Format) -> None:
    each = sum((count_losses(chosen, list(limit.records)) for limit in LIMITS), start=Counter[Loss]())
    assert count_losses(chosen, list_records()) == each


@each_format
def test_each_loss_is_shown_by_the_articles_in_which_it_stands(chosen: Format) -> None:
    """Of articles that follow one another, examples name the one that something is lost of, however a writer works."""
    for limit in LIMITS:
        losses = Losses()
        records = (make("Nothing is lost.", number=900), *limit.records, make("Nor is here.", number=901))
        b"".join(chosen.write_lines((record.to_line() for record in records), losses=losses))
        titles = {one.article.title for one in limit.records}
        for lost in losses.summarize():
            assert 0 < len(lost.examples) <= MAX_EXAMPLES
            named = {re.findall("in “(.*)”$", example)[0] for example in lost.examples}
            assert named <= titles, (limit.title, lost)


def test_an_example_has_the_words_of_its_span_and_there_are_few() -> None:
    losses = Losses()
    records = [make(TEXT, (1, 4, "Source"), (5, 9, "Claim"), number=number) for number in (1, 2)]
    b"".join(find_format("conll").write_lines((record.to_line() for record in records), losses=losses))
    [lost] = losses.summarize()
    assert lost.explain() == (
        "4 spans with an end that is no border of a token fitted to whole tokens, "
        "as “yiv” in “Article 1”, “agre” in “Article 1” and “yiv” in “Article 2”"
    )


def list_records() -> list[Record]:
    """The records of all limits, as articles of their own."""
    return [
        replace(one, article=replace(one.article, id=10 * number + one.article.id))
        for number, limit in enumerate(LIMITS, start=1)
        for one in limit.records
    ]


def count_losses(chosen: Format, records: list[Record]) -> Counter[Loss]:
    """The losses that a format says, as numbers."""
    counts = Counter[Loss]()
    for said in write(chosen, records)[1]:
        number = int(said.partition(" ")[0])
        [loss] = [one for one in chosen.cannot_hold if one.describe(number) == said]
        counts[loss] = number
    return counts


# formats that are read here without our own reader

NAMES = {"t": "http://www.tei-c.org/ns/1.0"}
ID = "{http://www.w3.org/XML/1998/namespace}id"
RANGE = re.compile(r"#string-range\([\w.-]+,([0-9]+),([0-9]+)\)")
Read = tuple[str, str, Said]


def read_tei(written: bytes) -> Iterator[Read]:
    """The text, the annotator and what they say, of each group of each document."""
    for document in etree.fromstring(written).iterfind("t:TEI", NAMES):
        text = document.findtext(".//t:ab", namespaces=NAMES) or ""
        groups = {group.get(ID): group for group in document.iterfind("t:standOff", NAMES)}
        for person in document.iterfind(".//t:respStmt", NAMES):
            name = person.get(ID, "").removesuffix(".who")
            group = groups.get(
                name, etree.Element("nothing")
            )  # for who marked nothing, as TEI has no empty one
            features = {
                one.get(ID): [
                    (
                        feature.get("n", feature.get("name", "")),
                        feature.findtext("t:string", namespaces=NAMES) or "",
                    )
                    for feature in one
                ]
                for one in group.iterfind("t:fs", NAMES)
            }
            spans = []
            for one in group.iterfind("t:spanGrp/t:span", NAMES):
                place = RANGE.fullmatch(one.get("target", ""))
                assert place
                (called, label), *attributes = features[one.get("ana", "")[1:]]
                assert called == "label"
                start = int(place[1])
                spans.append(
                    Span(start, start + int(place[2]), label, tuple(sorted(attributes)), one.get(ID) or "")
                )
            links = []
            for one in group.iterfind("t:linkGrp/t:link", NAMES):
                [(_, kind)] = features[one.get("ana", "")[1:]]
                source, target = (end[1:] for end in one.get("target", "").split())
                links.append(Relation(source, target, kind))
            fields = features.get(f"{name}.fields", [])
            markup = Markup(tuple(spans), tuple(links), tuple(fields))
            yield text, name.rpartition(".")[2], Said.of_markup(markup)


def read_aif(written: bytes) -> Iterator[Read]:
    """The text, the annotator and what they say, of each map."""
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        for name in archive.namelist():
            read = json.loads(archive.read(name))
            spans = [
                Span(
                    one["start"],
                    one["end"],
                    one["label"],
                    tuple(sorted(one["attributes"].items())),
                    one["nodeID"] if "nodeID" in one else one["id"],
                )
                for one in [*read["nodes"], *read["others"]["spans"]]
                if one.get("type", "I") == "I"
            ]
            for one in spans:
                assert 0 <= one.start < one.end <= len(read["text"])
            into = {edge["toID"]: edge["fromID"] for edge in read["edges"]}
            out = {edge["fromID"]: edge["toID"] for edge in read["edges"]}
            links = [
                Relation(into[one["nodeID"]], out[one["nodeID"]], one["relation"])
                for one in read["nodes"]
                if one["type"] != "I"
            ]
            links += [Relation(**one) for one in read["others"]["relations"]]
            markup = Markup(tuple(spans), tuple(links), tuple(read["others"]["fields"].items()))
            yield read["text"], read["annotator"], Said.of_markup(markup)


READERS: dict[str, Callable[[bytes], Iterator[Read]]] = {"tei": read_tei, "aif": read_aif}
WITHOUT_TEXT: frozenset[str] = frozenset()
"""Formats that do not hold the text, of which `READERS` give an empty one."""


@each_limit
@pytest.mark.parametrize("name", READERS)
def test_what_another_program_reads_is_there_but_for_what_was_counted(name: str, limit: Limit) -> None:
    chosen = find_format(name)
    written, _ = write(chosen, list(limit.records))
    losses = frozenset(count_losses(chosen, list(limit.records)))
    expected = []
    for record in limit.records:
        markup = expect(record, losses, chosen)
        text = "" if name in WITHOUT_TEXT else show_text(record.article.text, losses, chosen)
        who = record.annotations[0].annotator if record.status == "submitted" else "gold"
        expected.append((text, who, Said.of_markup(markup)))
    assert list(READERS[name](written)) == expected


def test_every_format_that_is_only_written_is_read_here() -> None:
    assert {chosen.name for chosen in ONLY_WRITTEN} <= set(READERS)
