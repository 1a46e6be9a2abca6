"""Every form of input comes to the same corpus."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotations.agreement import (
    Corpus,
    InvalidCorpusError,
    Items,
    evaluate,
    read_file,
    read_jsonl,
    read_label_studio,
    read_plain,
)
from annotations.agreement.coding.chance import NO_NUMBERS
from annotations.agreement.data.links import REPEATED_LINKS
from annotations.agreement.data.positions import count_in
from annotations.agreement.data.stretches import find_stretches
from tests.unit.agreement.corpora import TEXT, choice, exported, label_studio_task, region, relation, span


def test_label_studio_export() -> None:
    corpus = read_label_studio([label_studio_task()])
    assert corpus.annotators == ("7", "b@example.org")
    assert corpus.completed.all()
    assert list(zip(corpus.start.tolist(), corpus.end.tolist(), strict=True)) == [(0, 11), (17, 31)]
    codes, values = corpus.attributes["type"]
    assert [values[code] if code >= 0 else None for code in codes.tolist()] == ["fact", None]
    assert (corpus.links.source.tolist(), corpus.links.target.tolist()) == ([1], [0])
    assert corpus.left_out == {"skipped annotations": 1}


def test_label_studio_counts_what_a_corpus_cannot_hold() -> None:
    tasks = [label_studio_task()]
    tasks[0]["annotations"][1]["result"] = [
        region("r1", 0, 11, "Claim"),
        region("r2", 17, 31, "Claim"),
        relation("r1", "r2", "bi", ["attacks"]),
        relation("r1", "r2", "right", []),
        relation("r1", "gone", "right", ["attacks"]),
        {"id": "x", "type": "choices", "from_name": "genre", "value": {"choices": ["news"]}},
        {"id": "y", "type": "rectanglelabels", "value": {"x": 1, "y": 2, "rectanglelabels": ["Claim"]}},
    ]
    tasks[0]["annotations"].append({"id": 4, "completed_by": 7, "updated_at": "2030-01-01", "result": []})
    corpus = read_label_studio(tasks)
    assert corpus.left_out == {
        "document fields": 1,
        "regions outside the text": 1,
        "relations in both directions": 1,
        "relations to a missing region": 1,
        "relations without a type": 1,
        "skipped annotations": 1,
        "superseded annotations": 1,
    }
    assert evaluate(corpus, metrics=["f1_strict"]).to_json()["left_out"] == corpus.left_out


def labels_by_annotator(corpus: Corpus) -> dict[str, list[str]]:
    return {
        name: [corpus.labels[label] for label in corpus.label[corpus.annotator == code].tolist()]
        for code, name in enumerate(corpus.annotators)
    }


def test_a_region_with_two_labels_is_two_spans_with_its_attributes_and_relations() -> None:
    task = label_studio_task()
    result = [region("r1", 0, 11, "Claim", "Cue"), choice("r1", 0, 11, "fact"), region("r2", 17, 31, "Claim")]
    task["annotations"][0]["result"] = [*result, relation("r1", "r2", "right", ["attacks"])]
    corpus = read_label_studio([task])
    assert labels_by_annotator(corpus) == {"7": ["Claim", "Cue", "Claim"], "b@example.org": []}
    assert (corpus.links.source.tolist(), corpus.links.target.tolist()) == ([0, 1], [2, 2])
    assert corpus.attributes["type"][0].tolist() == [0, 0, -1]
    assert corpus.left_out == {"skipped annotations": 1}


def test_regions_without_an_id_stay_apart_and_those_without_a_label_are_counted() -> None:
    task = label_studio_task()
    nameless = [{**region("", *place, "Claim"), "id": None} for place in ((0, 4), (5, 11))]
    note = {**region("r9", 0, 4), "type": "textarea", "value": {"start": 0, "end": 4, "text": ["odd"]}}
    task["annotations"][0]["result"] = [*nameless, choice("r8", 5, 11, "fact"), note, region("r9", 0, 4)]
    corpus = read_label_studio([task])
    assert corpus.start.tolist() == [0, 5]
    assert corpus.left_out == {
        "free texts about a region": 1,
        "regions without a label": 2,
        "skipped annotations": 1,
    }


def in_html(start: int, end: int) -> dict[str, Any]:
    path = "/p[1]/text()[1]"
    offsets = {"start": start, "end": end}
    value = {"start": path, "end": path, "globalOffsets": offsets, "hypertextlabels": ["Claim"]}
    return {"id": "r", "type": "hypertextlabels", "to_name": "page", "value": value}


def test_offsets_and_lengths_in_html_are_those_of_its_text() -> None:
    task = label_studio_task()
    task["data"] = {"page": "<p>Tom &amp; <b>Ann</b><br/>agreed.</p>"}
    task["annotations"][0]["result"] = [in_html(6, 9)]
    unmarked = {**label_studio_task(), "id": 6, "data": {"page": "<i>No</i>"}}
    unmarked["annotations"][0]["result"] = []
    corpus = read_label_studio([task, unmarked])
    assert (corpus.start.tolist(), corpus.end.tolist()) == ([6], [9])
    assert corpus.texts == ("Tom & Ann\nagreed.", "No")


def test_two_answers_to_one_question_about_a_region_are_refused() -> None:
    task = label_studio_task()
    task["annotations"][0]["result"].append(choice("r1", 0, 11, "doubt"))
    with pytest.raises(InvalidCorpusError, match="'7', region 'r1': 'type' has two answers"):
        read_label_studio([task])


def test_html_that_cannot_be_read_is_refused() -> None:
    task = with_texts(1, [in_html(0, 2)], page="<![x]>No")
    with pytest.raises(InvalidCorpusError, match="'1': its HTML cannot be read"):
        read_label_studio([task])


def with_texts(number: int, result: list[dict[str, Any]], **data: str) -> dict[str, Any]:
    return {"id": number, "data": data, "annotations": [{"completed_by": 7, "result": result}]}


LONG = "a note that is far longer than the text which somebody annotated"


@pytest.mark.parametrize(
    ("tag", "keys"),
    [
        ("body", ("body", "note")),
        ("body", ("body", "text")),
        ("page", ("body", "note")),
        ("page", ("body", "text")),
    ],
    ids=["named as the tag", "named as the tag beside text", "by its words", "by its words beside text"],
)
def test_the_text_of_a_task_is_that_in_which_the_regions_lie(tag: str, keys: tuple[str, str]) -> None:
    body, note = keys
    marked = with_texts(1, [{**region("r1", 0, 11, "Claim"), "to_name": tag}], **{note: LONG, body: TEXT})
    unmarked = with_texts(2, [], **{note: LONG, body: "Yes."})
    assert read_label_studio([marked, unmarked]).texts == (TEXT, "Yes.")


def test_without_regions_the_text_is_that_of_the_usual_name_or_the_only_one() -> None:
    tasks = [with_texts(1, [], text="Yes.", note=LONG), with_texts(2, [], body="No.")]
    assert read_label_studio(tasks).texts == ("Yes.", "No.")


def test_a_text_that_could_be_another_is_refused() -> None:
    with pytest.raises(
        InvalidCorpusError, match=r"'1' has several texts.*'body', 'note'.*call that one 'text'"
    ):
        read_label_studio([with_texts(1, [], body="Yes.", note=LONG)])


def test_regions_in_two_texts_of_a_task_are_refused() -> None:
    result = [{**region(name, 0, 4, "Claim"), "to_name": name} for name in ("title", "body")]
    with pytest.raises(InvalidCorpusError, match=r"several texts of a task .'body', 'title'"):
        read_label_studio([with_texts(1, result, title=TEXT, body=TEXT)])


def test_jsonl_equals_plain_json() -> None:
    spans = [span(0, 4, "Claim", type="fact"), span(5, 9, "Stance", type="doubt")]
    named = [{**one, "attributes": {f"{one['label']}.type": one["attributes"]["type"]}} for one in spans]
    lines = [
        exported("A", spans, relations=[("s0", "s1", "grants")]),
        exported("B", []),
        exported("B", spans, article=8),
    ]
    links = [{"from": 0, "to": 1, "type": "grants"}]
    documents = [
        {
            "id": "article 7, round 1",
            "text": TEXT,
            "annotators": {"A": named, "B": []},
            "relations": {"A": links},
        },
        {"id": "article 8, round 1", "text": TEXT, "annotators": {"B": named}},
    ]
    plain = read_plain({"labels": ["Claim", "Cue", "Stance"], "documents": documents})
    slices = ["label", "pair", "document"]
    found = evaluate(read_jsonl(map(json.dumps, lines)), by=slices)
    assert found.to_json() == evaluate(plain, by=slices).to_json()


def test_a_text_may_hold_what_other_programs_take_for_the_end_of_a_line(tmp_path: Path) -> None:
    text = "one\u2028two\u0085three\u2029four"
    lines = [json.dumps(exported(name, [], text=text), ensure_ascii=False) for name in ("A", "B")]
    path = tmp_path / "annotations.jsonl"
    path.write_bytes("\r\n\n".join(lines).encode())
    corpus = read_file(path)
    assert isinstance(corpus, Corpus)
    assert (corpus.texts, corpus.annotators) == ((text,), ("A", "B"))


def test_one_line_of_jsonl_is_the_judgement_of_one_annotator(tmp_path: Path) -> None:
    path = tmp_path / "annotations.jsonl"
    path.write_text(json.dumps(exported("A", [span(0, 4, "Claim")])) + "\n")
    corpus = read_file(path)
    assert isinstance(corpus, Corpus)
    assert labels_by_annotator(corpus) == {"A": ["Claim"]}
    assert corpus.left_out == {}


def test_fields_of_the_document_are_counted_as_left_out() -> None:
    lines = [
        exported("A", [], fields={"genre": "news", "tone": "2"}),
        exported("B", [], fields={"genre": "news"}),
    ]
    assert read_jsonl(map(json.dumps, lines)).left_out == {"document fields": 3}


def test_an_article_in_two_rounds_is_two_documents() -> None:
    lines = [exported("A", []), exported("A", [], round=2)]
    assert read_jsonl(map(json.dumps, lines)).documents == ("article 7, round 1", "article 7, round 2")


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (
            exported("B", [], text=TEXT + " "),
            "line 3: document 'article 7, round 1'.*not that of an earlier line",
        ),
        (exported("A", []), "line 3: .*annotator 'A' occurs twice"),
        (exported("B", [], status="adjudicated"), "line 3: .*'adjudicated', so this is gold"),
        (
            exported("B", [span(0, 99, "Claim")]),
            r"line 3: .*annotator 'B', span \[0, 99\) 'Claim': it ends past",
        ),
        (exported("B", [span(0, 9, "Doubt")]), "line 3: .*the label is unknown; .*Claim, Cue, Stance"),
        (exported("B", [], relations=[("s0", "s1", "x")]), "line 3: .*relation 'x'.*'s0'.*0 spans"),
        (exported("B", [{**span(0, 4, "Cue"), "key": "k"}] * 2), "line 3: .*two spans have the key 'k'"),
        (
            exported("B", [{**span(0, 4, "Cue"), "key": "k", "attributes": {"": "x"}}]),
            "line 3: .*an attribute has an empty name",
        ),
        (exported("B", [], id=""), "line 3: the id must be a text that is not empty"),
        (exported("B", [], annotations=[]), "line 3: .*'annotations' must list the one"),
        ({"document": "d", "annotator": "B"}, "line 3: there is no 'id'; give a project's"),
    ],
)
def test_a_line_that_cannot_be_is_refused_with_its_number(second: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidCorpusError, match=said):
        read_jsonl([json.dumps(exported("A", [])), "", json.dumps(second)])


def document(**more: Any) -> dict[str, Any]:
    return {"id": "d7", "length": 50, "annotators": {"ann": [span(0, 4)]}, **more}


@pytest.mark.parametrize("relations", [None, {"ann": None}, {"ann": []}, {}])
def test_null_for_relations_is_none_drawn(relations: Any) -> None:
    assert len(read_plain({"documents": [document(relations=relations)]}).links) == 0
    line = exported("A", []) | {"relations": None}
    assert len(read_jsonl([json.dumps(line)]).links) == 0


def test_a_relation_that_is_given_twice_is_one() -> None:
    readings = {name: [span(0, 4), span(5, 9)] for name in ("ann", "bob")}
    links = {
        "ann": [{"from": 0, "to": 1, "type": "grants"}] * 2,
        "bob": [{"from": 0, "to": 1, "type": "grants"}],
    }
    corpus = read_plain({"documents": [document(annotators=readings, relations=links)]})
    assert evaluate(corpus, metrics=["relation_f1"], samples=0)["relation_f1"].value == 1
    task = label_studio_task()
    task["annotations"][0]["result"].append(relation("r2", "r1", "right", ["attacks"]))
    assert corpus.left_out == {"repeated relations": 1}
    assert read_label_studio([task]).left_out == {"repeated relations": 1, "skipped annotations": 1}


def test_null_for_an_attribute_is_no_answer() -> None:
    spans = [{**span(0, 4), "attributes": {"type": None, "sure": "yes"}}, {**span(5, 9), "attributes": None}]
    corpus = read_plain({"documents": [document(annotators={"ann": spans})]})
    assert {name: codes.tolist() for name, (codes, _) in corpus.attributes.items()} == {"sure": [0, -1]}


def test_a_relation_drawn_twice_is_one_and_counted_in_its_document() -> None:
    spans, link = [span(0, 5), span(6, 9)], {"from": 0, "to": 1, "type": "grants"}
    opposite, other = {**link, "from": 1, "to": 0}, {**link, "type": "denies"}

    def drawn(*links: dict[str, Any]) -> dict[str, Any]:
        return {"annotators": {"a": spans, "b": spans}, "relations": {"a": list(links), "b": [link, link]}}

    corpus = read_plain(
        {
            "documents": [
                {"id": "y", "length": 50, **drawn(link, link, link)},
                {"id": "x", "length": 50, **drawn(link, opposite, other)},
            ]
        }
    )
    assert corpus.left_out_of == {REPEATED_LINKS: {"y": 3, "x": 1}}
    report = evaluate(corpus, metrics=["relation_f1"], by=["document"], samples=0)
    assert report["relation_f1"].by_document["y"].value == 1
    assert report["relation_f1"].details["relations_1"] == 4
    assert report["relation_f1"].details["relations_2"] == 2
    assert report.left_out == {REPEATED_LINKS: 4}


def test_arrays_are_checked_with_document_and_span() -> None:
    arrays: dict[str, Any] = {
        "documents": ["d"],
        "lengths": [9],
        "annotators": ["a", "b"],
        "labels": ["A"],
        "document": [0],
        "annotator": [0],
        "start": [2],
        "end": [12],
        "label": [0],
    }
    with pytest.raises(InvalidCorpusError, match=r"'d'.*'a'.*\[2, 12\).*past the text"):
        Corpus.from_arrays(**arrays)
    with pytest.raises(InvalidCorpusError, match="did not complete"):
        Corpus.from_arrays(**{**arrays, "end": [4]}, completed=[[False, True]])
    with pytest.raises(InvalidCorpusError, match="whole numbers"):
        Corpus.from_arrays(**{**arrays, "end": np.array([np.nan])})
    with pytest.raises(InvalidCorpusError, match="empty text is no name; name each label"):
        Corpus.from_arrays(**{**arrays, "end": [4], "labels": [""]})
    with pytest.raises(InvalidCorpusError, match="listed twice"):
        Corpus.from_arrays(**{**arrays, "end": [4], "annotators": ["a", "a"]})


def test_words_and_tokens_cover_what_a_span_touches() -> None:
    reading = [span(2, 8, "A"), span(12, 13, "A")]  # "iv agr", and a space
    corpus = read_plain({"documents": [{"id": "d", "text": TEXT, "annotators": {"a": reading, "b": []}}]})
    words, tokens = count_in(corpus, "word"), count_in(corpus, "token")
    assert (words.lengths.tolist(), tokens.lengths.tolist()) == ([6], [8])
    assert (words.start.tolist(), words.end.tolist()) == ([0], [2])
    assert words.left_out["spans without any word"] == 1
    share = evaluate(corpus, metrics=["percent_agreement"], unit="word", samples=0)["percent_agreement"].value
    assert share == pytest.approx(4 / 6)


def test_a_position_with_two_labels_has_their_set_as_value() -> None:
    spans = [span(0, 9, "A"), span(3, 6, "B"), span(2, 4, "A")]
    corpus = read_plain({"documents": [{"id": "d", "length": 9, "annotators": {"a": spans}}]})
    found = find_stretches(corpus)
    pieces = list(
        zip(
            found.start.tolist(),
            found.end.tolist(),
            (found.values[code] for code in found.value),
            strict=True,
        )
    )
    assert pieces == [(0, 3, "A"), (3, 6, "A\x1fB"), (6, 9, "A")]


def test_a_number_is_one_value_however_it_is_written() -> None:
    items = Items.from_rows([{"a": 3, "b": 3.0}, {"a": 2.5, "b": 1e100}])
    assert (items.values, items.codes.tolist()) == ((2.5, 3, int(1e100)), [[1, 1], [0, 2]])
    report = evaluate(items, metrics=["alpha_interval"], samples=10)["alpha_interval"]
    assert report.value == pytest.approx(0.0, abs=0.01)


@pytest.mark.parametrize("odd", ["nan", "inf", "1e200", "seven"])
def test_a_text_that_is_no_finite_number_has_no_place_on_an_interval_scale(odd: str) -> None:
    items = Items.from_rows([{"a": "1", "b": odd}, {"a": "2", "b": "2"}])
    report = evaluate(items, metrics=["alpha_interval"], samples=10)["alpha_interval"]
    assert (report.value, report.undefined) == (None, NO_NUMBERS)


@pytest.mark.parametrize(
    "rows", [[{"a": 3, "b": "3"}], [{"a": True}, {"a": "True"}], [{"a": "2.5"}, {"b": 2.5}]]
)
def test_two_values_of_one_name_are_refused(rows: list[dict[str, Any]]) -> None:
    with pytest.raises(InvalidCorpusError, match="same name"):
        Items.from_rows(rows)


def test_several_choices_are_another_value_than_their_names_in_one_text() -> None:
    spans = [span(0, 4, "A", type=value) for value in (["b", "a"], ["a", "b"], "a|b", ["c"], "c")]
    corpus = read_plain({"documents": [{"id": "d", "length": 9, "annotators": {"a": spans}}]})
    assert corpus.attributes["type"][0].tolist() == [0, 0, 1, 2, 2]
