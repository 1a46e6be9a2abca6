"""Argument maps of others are read where their nodes have places in a text; what has none is named, and none is made up."""

import json
from pathlib import Path
from typing import Any

import pytest

from annotations.agreement import Corpus, read_file
from annotations.formats.documents import UNPLACED, Document
from annotations.formats.errors import RefusedError
from annotations.formats.files.bundles import open_bundle
from annotations.formats.ports import Losses
from annotations.formats.registry import find_format, recognise_bundle
from annotations.formats.sources import read_annotated
from annotations.formats.standards import aif_reader
from annotations.formats.standards.aif_reader import LINKED, LOOSE, OF_DIALOGUE, SCHEMES
from tests.unit.formats.samples import sample_records
from tests.unit.formats.test_bundles import fill, pack

TEXT = "Ann: Dear it is. Bob: It works, it does, and it works well.\n"


def node(name: object, kind: str, text: str = "", **more: Any) -> dict[str, Any]:
    return {"nodeID": name, "type": kind, "text": text, **more}


def make_map(*nodes: dict[str, Any], edges: str = "", **more: Any) -> dict[str, Any]:
    """A map whose edges are written as `1>2 2>3`."""
    pairs = [edge.split(">") for edge in edges.split()]
    return {
        "nodes": list(nodes),
        "edges": [
            {"edgeID": str(number), "fromID": source, "toID": target}
            for number, (source, target) in enumerate(pairs)
        ],
        "locutions": [],
        **more,
    }


DEAR, WORKS, WELL = node("1", "I", "Dear it is"), node("2", "I", "It works"), node("3", "I", "works well")


def read(folder: Path, value: Any, text: str | None = TEXT) -> Document:
    (folder / "nodeset1.json").write_text(json.dumps(value))
    if text is not None:
        (folder / "nodeset1.txt").write_text(text)
    [document] = read_all(folder / "nodeset1.json")
    return document


def read_all(path: Path) -> list[Document]:
    return [document for part in read_annotated(path) for document in part.documents]


def describe(document: Document, annotator: str = "unknown") -> list[tuple[str, str]]:
    return [
        (span.quote(document.text or ""), span.label) for span in document.judgements[annotator].markup.spans
    ]


def list_relations(document: Document, annotator: str = "unknown") -> list[tuple[str, str, str]]:
    markup, text = document.judgements[annotator].markup, document.text or ""
    return [
        (markup.span(one.source).quote(text), one.kind, markup.span(one.target).quote(text))
        for one in markup.relations
    ]


def test_propositions_stand_where_their_words_do_in_the_text_beside_the_map(tmp_path: Path) -> None:
    relations = node("4", "RA", "Default Inference"), node("5", "CA", "Default Conflict")
    document = read(tmp_path, make_map(DEAR, WORKS, WELL, *relations, edges="3>4 4>2 1>5 5>2"))
    assert (document.id, document.text) == ("nodeset1", TEXT)
    assert describe(document) == [("Dear it is", "I"), ("It works", "I"), ("works well", "I")]
    assert list_relations(document) == [("works well", "RA", "It works"), ("Dear it is", "CA", "It works")]
    assert document.left_out == {}


def test_what_a_map_says_of_relations_and_a_markup_cannot_is_counted(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        make_map(
            DEAR,
            WORKS,
            WELL,
            node("4", "RA", "Practical Reasoning"),
            node("5", "CA", "Default Conflict"),
            node("6", "MA", "Default Rephrase"),
            node("7", "TA", "Default Transition"),
            edges="1>4 3>4 4>2 1>5 5>4 1>6 6>2 6>3",
        ),
    )
    assert list_relations(document) == [("Dear it is", "RA", "It works"), ("works well", "RA", "It works")]
    assert document.left_out == {LINKED: 1, SCHEMES: 1, LOOSE: 2, OF_DIALOGUE: 1}


@pytest.mark.parametrize("words", ["it", "It is too expensive", ""])
def test_a_proposition_whose_words_stand_nowhere_or_twice_is_named_and_counted_by_agreement(
    words: str, tmp_path: Path
) -> None:
    document = read(
        tmp_path, make_map(DEAR, node("2", "I", words), node("4", "RA", "Default Inference"), edges="1>4 4>2")
    )
    assert describe(document) == [("Dear it is", "I")]
    [unplaced] = document.judgements["unknown"].unplaced
    assert unplaced.place == "node '2'"
    assert "its words do not stand in the text once, and nothing else says where it is" in unplaced.message
    assert unplaced.payload["text"] == words
    assert document.left_out == {LOOSE: 1}
    corpus = read_file(tmp_path / "nodeset1.json")
    assert isinstance(corpus, Corpus)
    assert corpus.left_out == {UNPLACED: 1, LOOSE: 1}


def test_a_map_without_its_text_is_refused_with_what_to_add(tmp_path: Path) -> None:
    with pytest.raises(
        RefusedError, match=r"nodeset1\.json: the map has no text, .* put the text beside it, in a \.txt file"
    ):
        read(tmp_path, make_map(DEAR), None)


XAIF = {
    "AIF": make_map(
        node(0, "L", "dear it is"),
        node(1, "L", "it works, well"),
        node(2, "YA", "Default Illocuting"),
        node(3, "I", "It is dear"),
        node(4, "YA", "Default Illocuting"),
        node(5, "I", "It works well"),
        node(6, "RA", "Default Inference"),
        edges="0>2 2>3 1>4 4>5 5>6 6>3",
    ),
    "dialog": True,
    "OVA": [],
    "text": {
        "txt": ' Ann <span class="highlighted" id="0">dear it is</span>.<br><br> Bob <span class="highlighted" id="1">it works, '
        "<b>well</b> &amp; good</span>.<br><br>"
    },
}


def test_in_xaif_a_proposition_stands_where_the_text_marks_it_or_what_it_was_said_with(
    tmp_path: Path,
) -> None:
    document = read(tmp_path, XAIF, None)
    assert document.text == " Ann dear it is.\n\n Bob it works, well & good.\n\n"
    assert describe(document) == [("dear it is", "I"), ("it works, well & good", "I")]
    assert list_relations(document) == [("it works, well & good", "RA", "dear it is")]
    assert document.left_out == {OF_DIALOGUE: 4}
    marked = {
        **XAIF,
        "text": 'So <span class="highlighted" id="node3">dear</span>, and <i>it works, well</i>.',
    }
    assert describe(read(tmp_path, marked, None)) == [("dear", "I"), ("it works, well", "I")]


def test_a_proposition_that_was_said_twice_is_not_placed_by_either(tmp_path: Path) -> None:
    twice = make_map(
        node("1", "L", "Dear it is"),
        node("2", "L", "It works"),
        node("3", "YA"),
        node("4", "YA"),
        node("5", "I", "?"),
        edges="1>3 3>5 2>4 4>5",
    )
    document = read(tmp_path, twice)
    assert describe(document) == []
    assert len(document.judgements["unknown"].unplaced) == 1


def test_what_is_left_out_of_the_maps_of_several_annotators_is_added_up(tmp_path: Path) -> None:
    files = {
        f"{who}/1.json": json.dumps(make_map(DEAR, node("7", "TA"), text="Dear it is"))
        for who in ("ann", "bob")
    }
    [document] = read_all(fill(tmp_path / "all", files))
    assert (sorted(document.judgements), document.left_out) == (["ann", "bob"], {OF_DIALOGUE: 2})


def test_folders_are_annotators_and_a_file_may_hold_several_maps(tmp_path: Path) -> None:
    files = {
        "ann/1.json": json.dumps(make_map(DEAR)),
        "ann/1.txt": TEXT,
        "bob/1.json": json.dumps(make_map(WORKS)),
        "bob/1.txt": TEXT,
        "bob/2.json": json.dumps([make_map(WELL, text="works well"), make_map(WORKS, text="It works")]),
    }
    for path in (fill(tmp_path / "all", files), pack(tmp_path / "all.zip", files)):
        found = [(one.id, sorted(one.judgements)) for one in read_all(path)]
        assert found == [("1", ["ann", "bob"]), ("2-1", ["bob"]), ("2-2", ["bob"])]


def test_one_map_of_ours_is_read_by_itself(tmp_path: Path) -> None:
    lines = [record.to_line() for record in sample_records()]
    path = tmp_path / "all.zip"
    path.write_bytes(b"".join(find_format("aif").write_lines(lines, losses=Losses())))
    with open_bundle(path) as bundle:
        alone = tmp_path / "1.json"
        alone.write_bytes(bundle.files["gold/1.json"].open().read())
    [document] = read_all(alone)
    assert document.gold is not None
    assert (document.id, document.title, len(document.gold.spans)) == ("1", "Kyiv 🤝 talks", 6)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (make_map(DEAR, DEAR), "two nodes have the id '1'"),
        (make_map(DEAR, edges="1>7"), "edge number 1: there is no node '7'"),
        (make_map({"nodeID": "1"}), "node number 1: there is no 'type'"),
        (make_map(node("1", ["I"])), "node '1': the type must be a text"),  # type: ignore[arg-type]
        (make_map(node("1", "I", start=3, end=2)), "start must be at least 0 and smaller than end"),
        ({"nodes": 3, "edges": [], "locutions": []}, "the nodes must be a list, not 3"),
        ({"nodeID": 1, "text": "a row of something else"}, "the map: there is no 'nodes'"),
        ({"AIF": [], "text": "a", "x": {"nodeID": 1}}, "AIF: this is no object"),
    ],
)
def test_what_is_no_map_is_refused_with_its_place(value: Any, reason: str, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r"nodeset1\.json: ") as refused:
        read(tmp_path, value)
    assert reason in str(refused.value)


def test_a_map_that_is_deep_or_large_or_asks_for_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "deep.json").write_text('{"nodeID": ' + "[" * 100_000 + "]" * 100_000 + "}")
    with pytest.raises(RefusedError, match="nests too deeply"):
        read_all(tmp_path / "deep.json")
    monkeypatch.setattr(aif_reader, "MAX_SPANS", 1)
    with pytest.raises(RefusedError, match="more than 1 propositions could be found by their words alone"):
        read(tmp_path, make_map(DEAR, WORKS))
    monkeypatch.setattr(aif_reader, "MAX_PART_BYTES", 50)
    with pytest.raises(RefusedError, match="is larger than 50 bytes; give it in parts"):
        read(tmp_path, make_map(DEAR))


def test_words_about_maps_in_another_file_do_not_make_one_of_it(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    for value, is_map in (
        ({"text": 'he wrote "nodeID": 1', "label": []}, False),
        (make_map(), True),
    ):
        path.write_text(json.dumps(value))
        with open_bundle(path) as bundle:
            assert (recognise_bundle(bundle) is find_format("aif")) is is_map
