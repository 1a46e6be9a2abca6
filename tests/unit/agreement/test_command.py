"""The command line: one JSON document or tables on stdout, errors on stderr with status 1."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.agreement import METRICS
from annotations.agreement.command_line.command import run
from annotations.agreement.report import name_pair, split_pair
from tests.unit.agreement.corpora import exported, label_studio_task, random_plain, region

Run = tuple[int, str, str]


def write(folder: Path, content: Any) -> str:
    path = folder / "annotations.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return str(path)


def execute(capsys: pytest.CaptureFixture[str], *arguments: str) -> Run:
    try:
        status = run(arguments)
    except SystemExit as leave:
        status = int(leave.code or 0)
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_json_holds_every_metric_in_the_documented_shape(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, random_plain(1))
    status, out, err = execute(
        capsys,
        path,
        "--json",
        "--by",
        "label,pair,document",
        "--samples",
        "20",
        "--seed",
        "3",
        "--confidence",
        "0.9",
    )
    document = json.loads(out)
    assert (status, err) == (0, "")
    assert set(document["metrics"]) == {
        metric.name for metric in METRICS if "spans" in metric.kinds and not metric.needs_distances
    }
    for name, metric in document["metrics"].items():
        keys = {
            "value",
            "interval",
            "n_documents",
            "undefined",
            "parameters",
            "by_label",
            "by_pair",
            "by_document",
            "details",
        }
        assert set(metric) == keys, name
        assert (metric["value"] is None) != (metric["undefined"] is None)
    gamma = document["metrics"]["gamma"]
    assert {"observed_disorder", "expected_disorder", "n_clusters", "certified"} <= set(gamma["details"])
    assert gamma["details"]["certified"] is True
    assert gamma["parameters"]["gamma_seed"] == 3
    assert set(gamma["by_pair"]) == {"r0|r1", "r0|r2", "r1|r2"}
    assert document["metrics"]["cu_alpha"]["details"]["coverage"] <= 1


def test_metrics_can_be_chosen_and_gamma_tuned(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, random_plain(1, documents=1))
    arguments = (
        "--metric",
        "gamma",
        "--metric",
        "f1_strict",
        "--alpha",
        "3",
        "--beta",
        "2",
        "--sampler",
        "shuffle",
    )
    _, out, _ = execute(capsys, path, *arguments, "--precision", "0.05", "--json")
    metrics = json.loads(out)["metrics"]
    assert list(metrics) == ["gamma", "f1_strict"]
    parameters = metrics["gamma"]["parameters"]
    assert [parameters[name] for name in ("alpha", "beta", "sampler", "precision")] == [3, 2, "shuffle", 0.05]


def test_tables_name_metrics_and_what_was_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = execute(
        capsys, write(tmp_path, random_plain(2)), "--metric", "f1_strict", "--by", "pair"
    )
    assert status == 0
    assert "Span F1, borders and label" in out
    assert "r0|r1" in out


SPAN = {"start": 3, "end": 30, "label": "Claim"}


def with_span(**more: Any) -> Any:
    return {"id": "d7", "length": 50, "annotators": {"ann": [{**SPAN, **more}]}}


def with_annotation(annotation: Any) -> Any:
    return [{**label_studio_task(), "annotations": [annotation]}]


def with_region(**more: Any) -> Any:
    return with_annotation({"completed_by": 3, "result": [{**region("r1", 0, 4, "Claim"), **more}]})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            {"documents": [{"id": "d7", "length": 20, "annotators": {"ann": [SPAN]}}]},
            ["'d7'", "'ann'", "[3, 30)", "past the text"],
        ),
        (
            {"documents": [{"id": "d7", "length": 50, "annotators": {"ann": [{**SPAN, "end": 3}]}}]},
            ["'d7'", "[3, 3)"],
        ),
        (
            {"documents": [{"id": "d7", "length": 50, "annotators": {"ann": [{**SPAN, "start": 1.5}]}}]},
            ["'d7'", "whole numbers"],
        ),
        (
            '{"documents": [{"id": "d7", "length": 50, "annotators": {"ann": [{"start": NaN, "end": 3, "label": "A"}]}}]}',
            ["'d7'", "whole"],
        ),
        (
            {"labels": ["Stance"], "documents": [{"id": "d7", "length": 50, "annotators": {"a": [SPAN]}}]},
            ["'Claim'", "Stance"],
        ),
        ({"documents": [{"id": "d7", "annotators": {}}]}, ["'d7'", "length"]),
        ({"documents": [{"id": "d7", "length": 5, "annotators": {}}] * 2}, ["'d7'", "twice"]),
        ({"documents": [with_span(attributes=["x"])]}, ["'d7'", "'ann'", "[3, 30)", "attributes"]),
        ({"documents": [with_span(attributes="x")]}, ["'d7'", "'ann'", "[3, 30)", "attributes"]),
        ({"documents": [{**with_span(), "relations": {"ann": 3}}]}, ["'d7'", "'ann'", "relations", "3"]),
        ({"documents": [{**with_span(), "relations": [3]}]}, ["'d7'", "relations"]),
        ({"documents": [{**with_span(), "length": 10**400}]}, ["'d7'", "length"]),
        ({"documents": [{**with_span(), "id": ["d7"]}]}, ["document number 1", "['d7']"]),
        ({"documents": [with_span(label="Claim\x1fCue")]}, ["'d7'", "U+001F"]),
        ({"documents": [with_span(label="")]}, ["'d7'", "'ann'", "label", "not empty"]),
        ({"documents": [], "labels": ["", "Claim"]}, ["'labels'", "''", "not empty"]),
        ({"documents": [{**with_span(), "id": ""}]}, ["the 'id' of document number 1", "not empty"]),
        (
            {"documents": [{**with_span(), "annotators": {"": []}}]},
            ["'d7'", "an annotator has an empty name"],
        ),
        ({"documents": [{"id": "d7", "length": 50, "annotator": {"a": []}}]}, ["'d7'", "'annotators' must"]),
        ({"documents": [with_span(attributes={"": "x"})]}, ["'d7'", "[3, 30)", "attribute", "empty name"]),
        (
            {"documents": [with_span(attributes={"x": [{"y": float("nan")}]})]},
            ["'d7'", "'ann'", "[3, 30)", "'x'", "nan"],
        ),
        ({"documents": [with_span(attributes={"x": "a\x1fb"})]}, ["'d7'", "'ann'", "'x'", "U+001F"]),
        ({"items": [{"": 1, "b": 1}]}, ["an annotator of the items has an empty name"]),
        ({"items": [{"a": float("inf"), "b": 1}]}, ["'1'", "finite"]),
        ({"items": [{"a": 10**400, "b": 1}]}, ["'1'", "'a'", "finite"]),
        ('{"items": [{"a": ' + "9" * 5000 + "}]}", ["cannot be read", "digits"]),
        ('{"items": ' + "[" * 100_000 + "]" * 100_000 + "}", ["nests too deeply"]),
        ({"items": [{"a": 1}], "order": [["x"], "y"]}, ["'order'", "['x']"]),
        ({"items": [{"a": 1}], "order": [1, 1.0]}, ["1 occurs twice"]),
        ({"items": [{"a": "3"}], "order": [3]}, ["'order'", "is 3", "same name"]),
        (
            {"items": [{"a": 3, "b": 3.0}, {"a": 4, "b": "3"}]},
            ["item '2'", "annotator 'b'", "'3'", "same name"],
        ),
        ({"items": [{"a": True, "b": "True"}]}, ["item '1'", "annotator 'b'", "same name"]),
        (with_annotation("none"), ["'5'", "an annotation is no object", "'none'"]),
        (with_annotation({"completed_by": 3, "result": {}}), ["'5'", "'3'", "the result must be a list"]),
        (with_annotation({"completed_by": 3, "result": ["x"]}), ["'5'", "'3'", "no object", "'x'"]),
        (with_region(value=[1]), ["'5'", "'3'", "region 'r1'", "value", "[1]"]),
        (
            with_region(value={"start": 0, "end": 4, "labels": 3}),
            ["'5'", "'3'", "region 'r1'", "labels", "3"],
        ),
        (with_annotation({"was_cancelled": "false"}), ["'5'", "'was_cancelled'", "'false'"]),
        ([{**label_studio_task(), "annotations": [{}, {}]}], ["'5'", "two annotations", "'completed_by'"]),
        (with_annotation({"completed_by": [3], "result": []}), ["'5'", "'completed_by'", "[3]"]),
        (
            '{"documents": [{"id": "d", "length": 9, "annotators": {"ann": [{}], "ann": []}}]}',
            ["the key 'ann' occurs twice"],
        ),
        ('{"items": [{"a": "x", "a": "y", "b": "y"}]}', ["the key 'a' occurs twice"]),
        (json.dumps(exported("A", [])) + '\n{"id": 7, "id": 8}', ["line 2", "the key 'id' occurs twice"]),
        ({"documents": [with_span()], "items": [{"a": 1, "b": 1}]}, ["both 'items' and 'documents'"]),
        ("{not json", ["not JSON", "line 1"]),
        ({"something": "else"}, ["neither"]),
        ([{"data": {"text": "x"}}], ["task number 1", "JSON-MIN"]),
    ],
)
def test_bad_input_is_refused_with_its_place(
    content: Any,
    said: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, out, err = execute(capsys, write(tmp_path, content), "--json")
    assert status == 1
    assert out == ""
    for part in said:
        assert part in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--metric", "kappa"),
        ("--by", "colour"),
        ("--confidence", "2"),
        ("--samples", "-1"),
        ("--unit", "verse"),
        ("--alpha", "-1"),
        ("--seed", "-1"),
    ],
)
def test_bad_options_are_refused(
    arguments: tuple[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, out, err = execute(capsys, write(tmp_path, random_plain(1)), *arguments)
    assert (status, out) == (1, "")
    assert "error:" in err


def test_a_missing_file_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = execute(capsys, "/nowhere/file.json")
    assert status == 1
    assert "/nowhere/file.json" in err


def test_names_of_pairs_are_told_apart_when_an_annotator_has_a_bar_in_the_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    readings = {"a|b": [SPAN], "c": [SPAN], "a": [], "b|c": [SPAN]}
    path = write(tmp_path, {"documents": [{"id": "d7", "length": 50, "annotators": readings}]})
    _, out, _ = execute(capsys, path, "--json", "--by", "pair", "--metric", "f1_strict")
    values = {
        tuple(split_pair(name)): part["value"]
        for name, part in json.loads(out)["metrics"]["f1_strict"]["by_pair"].items()
    }
    assert len(values) == 6
    assert (values["a|b", "c"], values["a", "b|c"]) == (1, 0)


@given(st.lists(st.text(st.sampled_from("ab|\\\n"), max_size=4), min_size=2, max_size=2))
def test_a_pair_is_found_again_by_its_name(pair: list[str]) -> None:
    assert split_pair(name_pair(pair)) == pair


def test_lines_of_other_status_say_what_to_give(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, exported("A", [], status="agreed"))
    status, _, err = execute(capsys, path)
    assert status == 1
    assert "gold" in err
    assert "exported as JSONL instead" in err


def test_names_that_cannot_be_encoded_are_said_in_strict_json(tmp_path: Path) -> None:
    content = {"documents": [{"id": "d", "length": 9, "annotators": {"a\ud800": [], "b": []}}]}
    command = [sys.executable, "-m", "annotations.agreement", write(tmp_path, content), "--json"]
    done = subprocess.run([*command, "--by=pair", "--metric=dice"], capture_output=True, check=True)
    assert list(json.loads(done.stdout)["metrics"]["dice"]["by_pair"]) == ["a\ud800|b"]


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
@pytest.mark.parametrize("form", ["--json", "--by=label"])
def test_labels_of_any_script_are_said_on_any_terminal(tmp_path: Path, encoding: str, form: str) -> None:
    label = "Щит\u0081 \N{GRINNING FACE}"
    path = write(tmp_path, {"documents": [with_span(label=label)]})
    command = [sys.executable, "-m", "annotations.agreement", path, form, "--by=label", "--metric=dice"]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run(command, capture_output=True, check=True, env=environment)
    if form == "--json":
        assert list(json.loads(done.stdout.decode(encoding))["metrics"]["dice"]["by_label"]) == [label]
    else:
        assert b"x81" in done.stdout


def test_signs_that_steer_a_terminal_are_written_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    label = "A\x1b[31m\u202e"
    path = write(tmp_path, {"documents": [with_span(label=label)]})
    _, out, _ = execute(capsys, path, "--metric", "dice", "--by", "label")
    assert "A\\x1b[31m\\u202e" in out
    path = write(tmp_path, {"labels": [label], "documents": [with_span()]})
    status, _, err = execute(capsys, path)
    assert (status, "A\\x1b[31m\\u202e" in err, "\x1b" in err) == (1, True, False)


def test_a_precision_beyond_reach_is_said_to_be_missed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, random_plain(1, documents=1))
    _, out, _ = execute(
        capsys, path, "--metric", "gamma", "--precision", "1e-300", "--json", "--samples", "0"
    )
    assert json.loads(out)["metrics"]["gamma"]["details"]["precise"] is False


def test_words_need_texts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = execute(capsys, write(tmp_path, random_plain(1)), "--unit", "word")
    assert status == 1
    assert "text" in err


@pytest.mark.parametrize("form", ["--json", "--by=label"])
def test_a_reader_who_has_seen_enough_ends_it_quietly(tmp_path: Path, form: str) -> None:
    command = [
        sys.executable,
        "-m",
        "annotations.agreement",
        write(tmp_path, random_plain(1)),
        form,
        "--samples=0",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1
