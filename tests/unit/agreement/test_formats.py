"""What other programs export is read for what it is, and nothing of it is lost without being counted."""

import json
from pathlib import Path
from typing import Any

import pytest

from annotations.agreement import (
    Corpus,
    InvalidCorpusError,
    InvalidOptionError,
    evaluate,
    read_data,
    read_file,
    read_files,
    read_label_studio,
    read_plain,
    trim_spans,
)
from annotations.agreement.command_line.command import run
from annotations.agreement.data.trimming import ALL_BLANK, BLANK_EDGES, TRIMMED
from annotations.agreement.readers.builder import MISREAD, MISREAD_BUT_IN_UTF16
from annotations.agreement.readers.joining import JOINED
from annotations.formats.registry import OF_ANNOTATIONS
from annotations.limits import MAX_ANNOTATION_FILE_BYTES
from tests.unit.agreement.corpora import TEXT, exported, label_studio_task, region, span

GLOBE = "\N{GLOBE WITH MERIDIANS}"


def write(path: Path, content: Any, *, lines: bool = False) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(map(json.dumps, content)) if lines else json.dumps(content), encoding="utf-8")
    return path


def read_spans(*paths: Path, **options: Any) -> Corpus:
    corpus = read_files(paths, **options)
    assert isinstance(corpus, Corpus)
    return corpus


def list_spans(corpus: Corpus) -> list[tuple[str, str, int, int, str]]:
    return [one[:5] for one in corpus.get_spans(range(corpus.n_spans))]


def task(number: int, text: str, *results: Any, **more: Any) -> dict[str, Any]:
    annotations = [
        {"id": 10 * number + place, "completed_by": place, "result": result}
        for place, result in enumerate(results, start=1)
    ]
    return {"id": number, "data": {"text": text}, "annotations": annotations, **more}


def said(start: int, end: int, text: str) -> dict[str, Any]:
    value = {"start": start, "end": end, "labels": ["Claim"], "text": text}
    return {"id": f"r{start}", "type": "labels", "to_name": "text", "from_name": "label", "value": value}


# offsets


def test_regions_that_read_otherwise_than_they_say_are_counted() -> None:
    corpus = read_label_studio([task(1, TEXT, [said(0, 4, "Kyiv"), said(5, 11, "Moscow")])])
    assert corpus.left_out == {MISREAD: 1}
    assert list_spans(corpus) == [("1", "1", 0, 4, "Claim"), ("1", "1", 5, 11, "Claim")]


def test_utf16_offsets_are_offered_where_they_explain_all_that_reads_otherwise(tmp_path: Path) -> None:
    text = f"{GLOBE} Kyiv {GLOBE} agreed. Yes."
    tasks = [task(1, text, [said(3, 7, "Kyiv"), said(11, 17, "agreed")], [said(2, 6, "Kyiv")])]
    assert read_label_studio(tasks).left_out[MISREAD_BUT_IN_UTF16] == 2
    path = write(tmp_path / "export.json", tasks)
    corpus = read_spans(path, offsets="utf16")
    assert list_spans(corpus) == [
        ("1", "1", 2, 6, "Claim"),
        ("1", "1", 9, 15, "Claim"),
        ("1", "2", 2, 6, "Claim"),
    ]
    assert corpus.left_out == {}
    never = task(1, text, [said(3, 7, "Kyiv"), said(11, 17, "agreed"), said(0, 5, "never")])
    counted = read_label_studio([never]).left_out
    assert (counted[MISREAD], MISREAD_BUT_IN_UTF16 in counted) == (3, False)


def test_utf16_offsets_past_the_end_are_offered_too() -> None:
    with pytest.raises(InvalidCorpusError, match=r"ends past the text of 6.*--offsets utf16"):
        read_label_studio([task(1, f"{GLOBE} Kyiv", [said(3, 7, "Kyiv")])])


def test_utf16_offsets_of_plain_json_are_all_converted(tmp_path: Path) -> None:
    plain: Any = {
        "documents": [{"id": "d", "text": f"a{GLOBE}b", "annotators": {"a": [span(3, 4)], "b": [span(0, 3)]}}]
    }
    path = write(tmp_path / "plain.json", plain)
    assert [one[2:4] for one in list_spans(read_spans(path, offsets="utf16"))] == [(2, 3), (0, 2)]
    plain["documents"][0]["annotators"] = {"a": [span(0, 2)]}
    with pytest.raises(InvalidCorpusError, match=r"'d': \[0, 2\) .*divides a character"):
        read_file(write(path, plain), offsets="utf16")
    plain["documents"] = [{"id": "d", "length": 9, "annotators": {"a": [span(0, 2)]}}]
    with pytest.raises(InvalidCorpusError, match="'d' has no text, so offsets in UTF-16"):
        read_file(write(path, plain), offsets="utf16")
    with pytest.raises(InvalidOptionError, match="offsets must count one of code_point, utf16"):
        read_file(path, offsets="bytes")


# Label Studio


@pytest.mark.parametrize(
    "address",
    [
        "/data/upload/12/0f3a-article.txt",
        "https://example.org/a.txt",
        "s3://bucket/a.txt",
        "/data/local-files/?d=a.txt",
    ],
)
def test_the_address_of_a_file_is_not_its_text(address: str) -> None:
    with pytest.raises(InvalidCorpusError, match=r"'1': the data hold the address of a file.*put the text"):
        read_label_studio([task(1, address, [said(0, 12, "The minister")])])


def test_a_text_that_is_an_address_is_a_text_where_the_regions_say_so_or_nothing_is_marked() -> None:
    address = "https://example.org/a"
    corpus = read_label_studio([task(1, address, [said(0, 5, "https")]), task(2, address, [])])
    assert corpus.texts == (address, address)


def test_completions_from_before_version_1_are_read(tmp_path: Path) -> None:
    old = task(1, TEXT, [region("r", 0, 4, "Claim")])
    old["completions"] = old.pop("annotations")
    del old["completions"][0]["completed_by"]
    paths = [write(tmp_path / name, [old]) for name in ("ann.json", "bob.json")]
    assert read_spans(*paths).annotators == ("ann", "bob")
    old["completions"] *= 2
    with pytest.raises(InvalidCorpusError, match=r"may be by two people.*give a file an annotator"):
        read_label_studio([old])


def test_drafts_and_predictions_are_counted() -> None:
    more: Any = {
        "drafts": [{"id": 1, "result": []}],
        "predictions": [{"model_version": "m1", "result": [region("r", 0, 4, "Claim")]}, 7],
    }
    corpus = read_label_studio([task(1, TEXT, [], **more)])
    assert corpus.left_out == {"drafts": 1, "predictions": 2}


def test_predictions_of_a_model_that_is_named_are_its_judgements(tmp_path: Path) -> None:
    predictions = [
        {"model_version": "m1", "result": [region("r", 0, 4, "Claim")]},
        {"model_version": "m1", "result": [region("r", 5, 11, "Claim")]},
        {"model_version": "m2", "result": []},
    ]
    path = write(tmp_path / "export.json", [task(1, TEXT, [], predictions=predictions)])
    corpus = read_spans(path, models=["m1"])
    assert list_spans(corpus) == [("1", "m1", 5, 11, "Claim")]
    assert corpus.left_out == {"superseded predictions": 1, "predictions": 1}


# doccano and Prodigy


def test_doccano_has_a_file_an_annotator(tmp_path: Path) -> None:
    texts = [{"id": 3, "text": TEXT, "Comments": []}, {"id": 4, "text": "Yes.", "Comments": []}]
    ann = [{**texts[0], "label": [[0, 4, "ORG"], "news"]}, {**texts[1], "label": []}]
    bob = [
        {**texts[1], "id": 31, "entities": [], "relations": []},
        {
            **texts[0],
            "id": 32,
            "entities": [
                {"id": 1, "label": "ORG", "start_offset": 0, "end_offset": 4},
                {"id": 2, "label": "ORG", "start_offset": 17, "end_offset": 23},
            ],
            "relations": [{"id": 1, "from_id": 2, "to_id": 1, "type": "answers"}],
        },
    ]
    paths = [
        write(tmp_path / f"{name}.jsonl", lines, lines=True) for name, lines in (("ann", ann), ("bob", bob))
    ]
    corpus = read_spans(*paths)
    assert (corpus.documents, corpus.completed.tolist()) == (("3", "4"), [[True, True], [True, True]])
    assert list_spans(corpus) == [
        ("3", "ann", 0, 4, "ORG"),
        ("3", "bob", 0, 4, "ORG"),
        ("3", "bob", 17, 23, "ORG"),
    ]
    assert (corpus.links.source.tolist(), corpus.links.target.tolist()) == ([2], [1])
    assert corpus.left_out == {"document fields": 1}
    assert evaluate(paths, metrics="f1_strict", samples=0)["f1_strict"].value == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        (
            {"text": "Yes.", "label": [[0, 9, "ORG"]]},
            r"line 2: .*'2', annotator 'unknown', span \[0, 9\) .*past",
        ),
        ({"text": "Yes.", "label": [[0, 9]]}, r"line 2: .*'2': a label must be \[start, end, label\]"),
        ({"label": [[0, 9, "ORG"]]}, "line 2: there is no text; export from doccano as JSONL"),
        (
            {"text": "Yes.", "annotations": [{"label": 3, "start_offset": 0, "end_offset": 2}]},
            "line 2: the labels are numbers",
        ),
        ({"text": "Yes.", "entities": [{"start_offset": 0, "end_offset": 2}]}, "line 2: .*no 'label'"),
        (7, "line 2: this is no object"),
    ],
)
def test_a_line_of_doccano_that_cannot_be_is_refused_with_its_number(
    line: Any, refusal: str, tmp_path: Path
) -> None:
    with pytest.raises(InvalidCorpusError, match=refusal):
        read_file(write(tmp_path / "a.jsonl", [{"text": TEXT, "label": []}, line], lines=True))


def prodigy(annotator: str | None, *spans: tuple[int, int, str], **more: Any) -> dict[str, Any]:
    return {
        "text": TEXT,
        "_input_hash": -5,
        "_annotator_id": annotator,
        "answer": "accept",
        "spans": [{"start": start, "end": end, "label": label} for start, end, label in spans],
        **more,
    }


def test_lines_of_prodigy_on_one_text_are_one_document(tmp_path: Path) -> None:
    ends = [{"start": 0, "end": 4, "label": "ORG"}, {"start": 17, "end": 23, "label": "ORG"}]
    link = {"head_span": ends[0], "child_span": ends[1], "label": "answers"}
    loose = {**link, "child_span": {"start": 5, "end": 11}}
    lines = [
        prodigy("ann", (5, 11, "VERB")),
        prodigy("ann", (0, 4, "ORG"), (17, 23, "ORG"), relations=[link, loose]),
        prodigy("bob", answer="reject"),
        prodigy("bob"),
        prodigy("cem", (0, 4, "ORG"), answer="ignore"),
        prodigy("cem", (0, 4, "ORG"), text="Kyiv agreed.", label="news"),
    ]
    corpus = read_spans(write(tmp_path / "p.jsonl", lines, lines=True))
    assert corpus.documents == ("-5", "-5 (text 6)")
    assert corpus.completed.tolist() == [[True, True, False], [False, False, True]]
    assert [one[:4] for one in list_spans(corpus)] == [
        ("-5", "ann", 0, 4),
        ("-5", "ann", 17, 23),
        ("-5 (text 6)", "cem", 0, 4),
    ]
    assert (corpus.links.source.tolist(), corpus.links.kinds) == ([0], ("answers",))
    assert corpus.left_out == {
        "document fields": 1,
        "rejected annotations": 1,
        "relations to a missing region": 1,
        "skipped annotations": 1,
        "superseded annotations": 1,
    }


def test_a_session_that_only_says_when_it_began_is_named_by_its_file(tmp_path: Path) -> None:
    began = "news-2024-05-01_10-11-12"
    paths = [
        write(tmp_path / f"{name}.jsonl", [prodigy(None, _session_id=began)], lines=True)
        for name in ("ann", "bob")
    ]
    assert read_spans(*paths).annotators == ("ann", "bob")


def test_a_format_that_is_not_read_says_which_are(tmp_path: Path) -> None:
    with pytest.raises(InvalidCorpusError) as refused:
        read_file(write(tmp_path / "x.jsonl", [{"sentence": "No."}, {"sentence": "No."}], lines=True))
    assert all(one.title in str(refused.value) for one in OF_ANNOTATIONS if one.name != "label_studio")


def test_what_is_no_json_says_what_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text("<document/>\n")
    with pytest.raises(
        InvalidCorpusError, match=r"a\.xml is not JSON: line 1.*; what is read is plain JSON with"
    ):
        read_file(path)


@pytest.mark.parametrize(
    "content",
    [
        [{"document": "d", "annotator": "a", "start": 0, "end": 4, "label": "A", "length": 9}],
        [{"text": "Kyiv agreed.", "label": [[0, 4, "A"]]}],
        [prodigy("a", (0, 4, "A"))],
    ],
)
def test_a_list_holds_what_lines_hold(content: list[Any], tmp_path: Path) -> None:
    found = [
        list_spans(read_spans(write(tmp_path / f"{lines}.json", content, lines=lines)))
        for lines in (True, False)
    ]
    held = read_data(content)
    assert isinstance(held, Corpus)
    assert found[0] == found[1] == list_spans(held)
    assert len(found[0]) == 1


# several files


def marked(number: int, text: str, *spans: tuple[int, int], by: Any = 1) -> dict[str, Any]:
    one = task(number, text, [region(f"r{start}", start, end, "Claim") for start, end in spans])
    one["annotations"][0]["completed_by"] = by
    for entry in one["annotations"][0]["result"]:
        del entry["value"]["text"]
    return one


def test_documents_of_several_files_are_joined_by_their_texts_and_annotators_named_by_file(
    tmp_path: Path,
) -> None:
    first = write(tmp_path / "ann.json", [marked(1, "Yes, sir.", (0, 3)), marked(2, TEXT, (0, 4))])
    second = write(tmp_path / "bob.json", [marked(1, TEXT, (0, 4)), marked(2, "Only here.")])
    corpus = read_spans(first, second)
    assert corpus.documents == ("1", "2", f"2 ({second})")
    assert corpus.completed.tolist() == [[True, False], [True, True], [False, True]]
    assert [one[:4] for one in list_spans(corpus)] == [
        ("1", "ann", 0, 3),
        ("2", "ann", 0, 4),
        ("2", "bob", 0, 4),
    ]


def test_a_text_that_occurs_several_times_in_each_file_is_joined_in_order(tmp_path: Path) -> None:
    paths = [
        write(
            tmp_path / f"{name}.json",
            [marked(first, "Yes.", (0, 1)), marked(first + 1, "No."), marked(first + 2, "Yes.", (1, 2))],
        )
        for name, first in (("ann", 1), ("bob", 100))
    ]
    assert evaluate(paths, metrics="f1_strict", samples=0)["f1_strict"].value == 1
    assert read_spans(*paths).completed.all()


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    paths = [write(tmp_path / name / "export.json", [marked(1, TEXT)]) for name in ("ann", "bob")]
    assert read_spans(*paths).annotators == ("ann", "bob")


def test_files_that_are_parts_of_one_annotators_work_keep_the_name(tmp_path: Path) -> None:
    paths = [
        write(tmp_path / "a1.json", [marked(1, TEXT, by="ann@example.org")]),
        write(tmp_path / "a2.json", [marked(2, "Yes.", by="ann@example.org")]),
        write(tmp_path / "b1.json", [marked(1, TEXT, by="bob@example.org")]),
    ]
    assert read_spans(*paths).annotators == ("ann@example.org", "bob@example.org")


def test_annotators_keep_their_names_where_a_file_holds_several(tmp_path: Path) -> None:
    both = write(tmp_path / "both.json", [label_studio_task()])
    third = write(tmp_path / "third.jsonl", [{"text": TEXT, "label": []}], lines=True)
    assert read_spans(both, third).annotators == ("7", "b@example.org", "third")
    again = write(tmp_path / "again.json", [marked(9, TEXT, by=7)])
    with pytest.raises(InvalidCorpusError, match=r"'5' was judged by annotator '7' in .*both.json and in .*"):
        read_files([both, again])


def test_documents_without_texts_are_joined_by_name(tmp_path: Path) -> None:
    def plain(name: str, length: int) -> dict[str, Any]:
        return {"documents": [{"id": "d", "length": length, "annotators": {name: [span(0, 4)]}}]}

    paths = [write(tmp_path / f"{name}.json", plain(name, 9)) for name in ("ann", "bob")]
    assert read_spans(*paths).completed.tolist() == [[True, True]]
    paths.append(write(tmp_path / "cem.json", plain("cem", 8)))
    with pytest.raises(InvalidCorpusError, match=r"'d' has length 8 in .*cem.json and 9"):
        read_files(paths)


def test_relations_attributes_labels_and_counts_of_several_files_are_kept(tmp_path: Path) -> None:
    def plain(name: str, **more: Any) -> dict[str, Any]:
        spans = [span(0, 4, "A", kind=name), span(4, 9, "B")]
        links = [{"from": 0, "to": 1, "type": "x"}] * 2
        entry = {"id": name, "text": TEXT, "annotators": {name: spans}, "relations": {name: links}}
        return {"documents": [entry], **more}

    paths = [
        write(tmp_path / "ann.json", plain("a", labels=["A", "B", "C"])),
        write(tmp_path / "bob.json", plain("b")),
    ]
    corpus = read_spans(*paths)
    assert corpus.labels == ("A", "B", "C")
    assert (corpus.links.source.tolist(), corpus.links.target.tolist()) == ([0, 2], [1, 3])
    assert corpus.attributes["kind"][0].tolist() == [0, -1, 1, -1]
    assert corpus.left_out_of == {"repeated relations": {"a": 2}, BLANK_EDGES: {"a": 2}}


def test_copies_of_a_text_for_each_annotator_are_joined_where_nothing_else_is_compared() -> None:
    tasks = [
        marked(1, TEXT, (0, 4), by=1),
        marked(2, TEXT, (0, 4), by=2),
        marked(3, "Yes.", by=1),
        marked(4, "No.", by=2),
    ]
    corpus = read_data(tasks)
    assert isinstance(corpus, Corpus)
    assert corpus.left_out == {JOINED: 1}
    assert evaluate(tasks, metrics="f1_strict", samples=0)["f1_strict"].value == 1
    for other in (marked(5, TEXT, by=1), task(6, "Both.", [], [])):
        apart = read_label_studio([*tasks, other])
        assert JOINED not in apart.left_out
        assert len(apart.documents) == 5


def test_an_article_in_two_rounds_stays_two_documents_though_nothing_is_compared_so(tmp_path: Path) -> None:
    lines = [exported("A", [], round=1), exported("B", [], round=2)]
    assert len(read_spans(write(tmp_path / "own.jsonl", lines, lines=True)).documents) == 2


def test_items_are_not_joined(tmp_path: Path) -> None:
    paths = [write(tmp_path / name, {"items": [{"a": 1, "b": 1}]}) for name in ("x.json", "y.json")]
    with pytest.raises(InvalidCorpusError, match=r"x\.json holds items, which have no text"):
        read_files(paths)


def test_files_are_bounded(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(MAX_ANNOTATION_FILE_BYTES + 1)
    with pytest.raises(InvalidCorpusError, match=r"large\.json is larger than 4,294,967,296 bytes"):
        read_file(path)
    with pytest.raises(InvalidCorpusError, match="give 1 to 1,000 files, not 1,001"):
        read_files([path] * 1001)


# white space


def test_white_space_at_edges_is_counted_and_trimmed_when_asked(tmp_path: Path) -> None:
    text = "Kyiv  agreed. \n But"
    readings = {"a": [span(0, 4), span(6, 16), span(4, 6)], "b": [span(0, 5), span(5, 13)]}
    plain = {"documents": [{"id": "d", "text": text, "annotators": readings}]}
    corpus = read_plain(plain)
    assert corpus.left_out == {BLANK_EDGES: 4}
    assert evaluate(corpus, metrics="f1_strict", samples=0)["f1_strict"].value == 0
    trimmed = trim_spans(corpus)
    assert [one[1:4] for one in list_spans(trimmed)] == [
        ("a", 0, 4),
        ("a", 4, 6),
        ("a", 6, 13),
        ("b", 0, 4),
        ("b", 6, 13),
    ]
    assert trimmed.left_out == {TRIMMED: 3, ALL_BLANK: 1}
    assert evaluate(trimmed, metrics="f1_strict", samples=0)["f1_strict"].value == pytest.approx(4 / 5)
    path = write(tmp_path / "plain.json", plain)
    assert list_spans(read_spans(path, trim=True)) == list_spans(trimmed)


def test_trimming_keeps_attributes_and_relations_with_their_spans() -> None:
    spans = [span(0, 4, "A", kind="x"), span(1, 3, "A", kind="y")]
    plain: Any = {
        "documents": [
            {
                "id": "d",
                "text": "  abc",
                "annotators": {"a": spans},
                "relations": {"a": [{"from": 0, "to": 1, "type": "t"}]},
            }
        ]
    }
    trimmed = trim_spans(read_plain(plain))
    assert [one[2:4] for one in list_spans(trimmed)] == [(2, 3), (2, 4)]
    codes, values = trimmed.attributes["kind"]
    assert [values[code] for code in codes.tolist()] == ["y", "x"]
    assert (trimmed.links.source.tolist(), trimmed.links.target.tolist()) == ([1], [0])


def test_without_texts_nothing_can_be_trimmed() -> None:
    corpus = read_plain({"documents": [{"id": "d", "length": 9, "annotators": {"a": [span(0, 4)]}}]})
    with pytest.raises(InvalidOptionError, match="every document has its text"):
        trim_spans(corpus)


# the command line


def test_the_command_line_takes_several_files_and_the_options_of_reading(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"{GLOBE} Kyiv  agreed."
    paths = [
        write(tmp_path / f"{name}.json", [task(1, text, [said(start, 8, "Kyiv")])])
        for name, start in (("ann", 3), ("bob", 2))
    ]
    arguments = [*map(str, paths), "--metric", "f1_strict", "--by", "pair", "--samples", "0"]
    assert run([*arguments, "--json"]) == 0
    plain = json.loads(capsys.readouterr().out)
    assert (plain["metrics"]["f1_strict"]["value"], list(plain["left_out"].values())) == (0, [1, 2])
    assert run([*arguments, "--json", "--trim", "--offsets", "utf16"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["metrics"]["f1_strict"]["by_pair"]["ann|bob"]["value"] == 1
    assert document["left_out"] == {TRIMMED: 2}
    assert run(arguments) == 0
    assert f"left out: {MISREAD_BUT_IN_UTF16[:50]}" in " ".join(capsys.readouterr().out.split())
