"""What Potato keeps of its annotators is read in both its layouts, with the texts of the project's data files."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.formats.annotation_tools.potato import DISCONTINUOUS, ELSEWHERE, OF_MANY, POTATO, read_potato
from annotations.formats.documents import Document
from annotations.formats.errors import RefusedError
from annotations.formats.files.bundles import open_bundle
from annotations.formats.ports import ReadingOptions
from annotations.formats.registry import recognise_bundle
from tests.unit.formats.test_bundles import fill

TEXT = "Kyiv agreed."
CONFIG = 'item_properties:\n  id_key: "number"\n  text_key: body  # of the article\n'


def make_span(key: str, start: int, end: int, label: str, **more: Any) -> list[Any]:
    return [{"schema": "marks", "name": label, "start": start, "end": end, "id": key, **more}, "true"]


def make_state(user: str, *spans: list[Any], links: Any = None, labels: Any = ()) -> str:
    return json.dumps(
        {
            "user_id": user,
            "instance_id_ordering": ["7"],
            "instance_id_to_label_to_value": {"7": list(labels)},
            "instance_id_to_span_to_value": {"7": list(spans)},
            "instance_id_to_link_to_value": {"7": links} if links else {},
        }
    )


def make_project(**states: str) -> dict[str, str]:
    return {
        "config.yaml": CONFIG,
        "data/items.csv": f"number,body\n7,{TEXT}\n8,Yes.\n",
        **{f"output/{name}/user_state.json": state for name, state in states.items()},
    }


def read(folder: Path) -> list[Document]:
    with open_bundle(folder) as bundle:
        assert recognise_bundle(bundle) is POTATO
        return list(read_potato(bundle, ReadingOptions()))


def test_spans_links_and_answers_of_each_annotator_are_read_with_the_texts_of_the_project(
    tmp_path: Path,
) -> None:
    labels = [
        [{"schema": "topic", "name": "war"}, "true"],
        [{"schema": "topic", "name": "peace"}, True],
        [{"schema": "topic", "name": "sport"}, "false"],
        [{"schema": "note", "name": "text_box"}, "hm"],
        [{"schema": "scales", "name": "clear"}, "4"],
        [{"schema": "scales", "name": "fair"}, "2"],
    ]
    links = {"l1": {"link_type": "of", "span_ids": ["b", "a"], "direction": "directed"}}
    ann = make_state(
        "ann", make_span("a", 0, 4, "City"), make_span("b", 5, 11, "Act"), links=links, labels=labels
    )
    [document] = read(fill(tmp_path, make_project(ann=ann, bob=make_state("bob"))))
    assert (document.id, document.text, sorted(document.judgements)) == ("7", TEXT, ["ann", "bob"])
    markup = document.judgements["ann"].markup
    assert [(span.quote(TEXT), span.label) for span in markup.spans] == [("Kyiv", "City"), ("agreed", "Act")]
    assert [(link.source, link.kind, link.target) for link in markup.relations] == [("1", "of", "0")]
    assert dict(markup.fields) == {
        "topic": "peace\x1fwar",
        "note": "hm",
        "scales.clear": "4",
        "scales.fair": "2",
    }
    assert document.judgements["bob"].markup.spans == ()


def test_the_layout_before_version_2_holds_the_texts(tmp_path: Path) -> None:
    line = {
        "id": "7",
        "displayed_text": TEXT,
        "label_annotations": {"mood": {"neutral": "true"}},
        "span_annotations": {"marks": [{"start": 0, "end": 4, "annotation": "City", "span": "Kyiv"}]},
        "behavioral_data": {},
    }
    files = {f"output/{name}/annotated_instances.jsonl": json.dumps(line) for name in ("ann", "bob")}
    [document] = read(fill(tmp_path, files))
    for judgement in document.judgements.values():
        assert [span.label for span in judgement.markup.spans] == ["City"]
        assert judgement.said == {"0": "Kyiv"}
        assert judgement.markup.fields == (("mood", "neutral"),)
    assert sorted(document.judgements) == ["ann", "bob"]


def test_an_export_beside_the_states_says_the_same_once_more_and_alone_is_read(tmp_path: Path) -> None:
    line = {
        "instance_id": "7",
        "user_id": "cem",
        "labels": {},
        "spans": {"marks": [{"start": 0, "end": 4, "label": "City"}]},
    }
    files = {**make_project(), "output/exports/annotations.jsonl": json.dumps(line)}
    [document] = read(fill(tmp_path / "alone", files))
    assert [span.label for span in document.judgements["cem"].markup.spans] == ["City"]
    files = {**make_project(ann=make_state("ann")), "output/exports/annotations.jsonl": json.dumps(line)}
    [document] = read(fill(tmp_path / "beside", files))
    assert list(document.judgements) == ["ann"]


def test_what_a_document_cannot_hold_is_counted(tmp_path: Path) -> None:
    state = make_state(
        "ann",
        make_span("a", 0, 4, "City", additional_parts=[{"start": 5, "end": 6}]),
        make_span("b", 0, 4, "City", target_field="summary"),
        links={"l1": {"link_type": "of", "span_ids": ["a", "b", "c"]}},
    )
    [document] = read(fill(tmp_path, make_project(ann=state)))
    assert document.left_out == {DISCONTINUOUS: 1, ELSEWHERE: 1, OF_MANY: 1}


def test_an_annotator_without_the_texts_is_refused_with_what_to_give(tmp_path: Path) -> None:
    fill(tmp_path, {"ann/user_state.json": make_state("ann", make_span("a", 0, 4, "City"))})
    with pytest.raises(
        RefusedError, match=r"user_state\.json: there is no text of the instance '7'; give the whole folder"
    ):
        read(tmp_path)


def test_one_annotator_twice_is_refused(tmp_path: Path) -> None:
    fill(tmp_path, make_project(ann=make_state("ann"), bob=make_state("ann")))
    with pytest.raises(RefusedError, match="instance '7': annotator 'ann' occurs twice"):
        read(tmp_path)


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_whatever_happens_to_a_state_it_is_read_or_refused_in_a_sentence(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    state = make_state("ann", make_span("a", 0, 4, "City"), labels=[[{"schema": "s", "name": "n"}, "true"]])
    raw = bytearray(state.encode())
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(raw)))
        end = data.draw(st.integers(start, min(len(raw), start + 9)))
        pieces: list[Any] = [b'"', b"{", b"]", b"null", b"[]", b"7", b"-1", b"\xff", b"NaN"]
        raw[start:end] = data.draw(st.binary(max_size=4) | st.sampled_from(pieces))
    folder = fill(tmp_path_factory.mktemp("potato"), make_project())
    (folder / "ann").mkdir()
    (folder / "ann" / "user_state.json").write_bytes(bytes(raw))
    with open_bundle(folder) as bundle:
        try:
            list(read_potato(bundle, ReadingOptions()))
        except RefusedError as error:
            assert str(error)  # noqa: PT017
