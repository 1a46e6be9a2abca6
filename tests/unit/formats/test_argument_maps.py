"""An argument map in AIF has a node for each proposition and each relation that argues, and loses nothing else."""

import io
import json
import zipfile
from typing import Any

from xaif import AIF

from annotations.formats.ports import Losses
from annotations.formats.registry import find_format
from annotations.formats.standards.aif import draw_argument
from annotations.markup import Markup, Relation
from annotations.spans import Span
from tests.unit.formats.samples import sample_records

TEXT = "Admittedly it is dear, but it works, experts say. So buy it."


def make_span(key: str, words: str, label: str, **attributes: str) -> Span:
    start = TEXT.index(words)
    return Span(start, start + len(words), label, tuple(attributes.items()), key)


MARKUP = Markup(
    (
        make_span("c", "it is dear", "Concession", kind="argued"),
        make_span("w", "it works", "Claim"),
        make_span("b", "buy it", "Claim"),
        make_span("s", "experts", "Source"),
    ),
    (
        Relation("c", "w", "outweighed_by"),
        Relation("w", "b", "supports"),
        Relation("w", "s", "held_by"),
    ),
    (("genre", "advice"),),
)


def follow(argument: dict[str, Any]) -> set[tuple[str, str, str]]:
    """The words of a premise, the kind of the node it leads to, and the words that this bears on."""
    nodes = {node["nodeID"]: node for node in argument["nodes"]}
    into = {edge["toID"]: edge["fromID"] for edge in argument["edges"] if nodes[edge["toID"]]["type"] != "I"}
    return {
        (nodes[into[edge["fromID"]]]["text"], nodes[edge["fromID"]]["type"], nodes[edge["toID"]]["text"])
        for edge in argument["edges"]
        if nodes[edge["toID"]]["type"] == "I"
    }


def test_what_backs_is_an_inference_and_what_is_conceded_speaks_against_what_is_maintained() -> None:
    argument = draw_argument(MARKUP, TEXT)
    assert follow(argument) == {("it is dear", "CA", "it works"), ("it works", "RA", "buy it")}
    assert [node["type"] for node in argument["nodes"]] == ["I", "I", "I", "CA", "RA"]
    assert [node["relation"] for node in argument["nodes"][3:]] == ["outweighed_by", "supports"]


def test_what_is_conceded_backs_what_is_granted_and_an_attack_is_a_conflict() -> None:
    markup = Markup(MARKUP.spans, (Relation("c", "b", "grants"), Relation("w", "b", "attacks")))
    assert follow(draw_argument(markup, TEXT)) == {
        ("it is dear", "RA", "buy it"),
        ("it works", "CA", "buy it"),
    }


def test_who_speaks_and_what_else_is_said_stands_beside_the_map() -> None:
    others = draw_argument(MARKUP, TEXT)["others"]
    assert [(span["id"], span["text"], span["label"]) for span in others["spans"]] == [
        ("other-1", "experts", "Source")
    ]
    assert others["relations"] == [{"kind": "held_by", "source": "2", "target": "other-1"}]
    assert others["fields"] == {"genre": "advice"}


def test_every_edge_joins_nodes_that_are_there_and_one_of_them_is_a_relation() -> None:
    lines = [record.to_line() for record in sample_records()]
    written = b"".join(find_format("aif").write_lines(lines, losses=Losses()))
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        for name in archive.namelist():
            argument = json.loads(archive.read(name))
            kinds = {node["nodeID"]: node["type"] for node in argument["nodes"]}
            assert len(kinds) == len(argument["nodes"])
            for edge in argument["edges"]:
                assert sorted((kinds[edge["fromID"]] == "I", kinds[edge["toID"]] == "I")) == [False, True]


def test_the_library_of_the_argument_web_finds_the_same_arguments() -> None:
    read = AIF({"AIF": draw_argument(MARKUP, TEXT)})
    assert read.is_valid_json_aif()
    assert not read.is_json_aif_dialog()
    table = read.get_csv("argument-relation")
    rows = table[["proposition1_text", "relation", "proposition2_text"]].itertuples(index=False, name=None)
    assert {row for row in rows if row[1] != "None"} == {
        ("it is dear", "Default Conflict", "it works"),
        ("it works", "Default Inference", "buy it"),
    }
