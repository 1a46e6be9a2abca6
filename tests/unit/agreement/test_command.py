"""The command line: one JSON document or tables on stdout, errors on stderr with status 1."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from annotations.agreement import NAMES
from annotations.agreement.command import run
from tests.unit.agreement.corpora import random_plain

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
    assert set(document["metrics"]) == set(NAMES)
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
        ({"items": [{"a": float("inf"), "b": 1}]}, ["'1'", "finite"]),
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
