"""What somebody has at hand in a notebook is read, and what comes back can be looked at."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from annotations.agreement import (
    METRICS,
    Corpus,
    InvalidCorpusError,
    InvalidOptionError,
    Items,
    Report,
    UnknownMetricError,
    align,
    compare,
    estimate_documents_needed,
    evaluate,
    read_data,
    read_frame,
    read_plain,
    read_rows,
    score_spans,
    summarize,
    trim_spans,
)
from tests.unit.agreement.corpora import TEXT, label_studio_task, random_plain, span

ROWS: list[dict[str, Any]] = [
    {"document": "d1", "annotator": "ann", "start": 0, "end": 4, "label": "Claim", "length": 40},
    {"document": "d1", "annotator": "ann", "start": 10, "end": 20, "label": "Stance", "length": 40},
    {"document": "d1", "annotator": "bob", "start": 0, "end": 4, "label": "Claim", "length": 40},
    {"document": "d2", "annotator": "ann", "start": None, "end": None, "label": None, "length": 30},
    {"document": "d2", "annotator": "bob", "start": 3, "end": 9, "label": "Claim", "length": 30},
]
PLAIN = {
    "documents": [
        {
            "id": "d1",
            "length": 40,
            "annotators": {
                "ann": [
                    {"start": 0, "end": 4, "label": "Claim"},
                    {"start": 10, "end": 20, "label": "Stance"},
                ],
                "bob": [{"start": 0, "end": 4, "label": "Claim"}],
            },
        },
        {
            "id": "d2",
            "length": 30,
            "annotators": {"ann": [], "bob": [{"start": 3, "end": 9, "label": "Claim"}]},
        },
    ]
}


def figures(data: Any) -> dict[str, Any]:
    return evaluate(data, metrics=["f1_strict", "alpha_nominal"], samples=0).to_json()


def write(folder: Path) -> Path:
    path = folder / "annotations.json"
    path.write_text(json.dumps(PLAIN))
    return path


@pytest.mark.parametrize(
    "give",
    [
        write,
        lambda folder: str(write(folder)),
        lambda _: PLAIN,
        lambda _: ROWS,
        lambda _: tuple(ROWS),
        lambda _: pd.DataFrame(ROWS),
        lambda _: pd.DataFrame(ROWS).convert_dtypes(),
        lambda _: pd.DataFrame(ROWS).sample(frac=1, random_state=1),
        lambda _: read_plain(PLAIN),
        lambda _: summarize(PLAIN, metrics=["f1_strict", "alpha_nominal"]),
    ],
    ids=[
        "path",
        "path as text",
        "dictionary",
        "rows",
        "tuple",
        "frame of floats",
        "frame with NA",
        "frame in another order",
        "corpus",
        "statistics",
    ],
)
def test_annotations_in_any_form_give_the_same_figures(give: Callable[[Path], Any], tmp_path: Path) -> None:
    assert figures(give(tmp_path)) == figures(read_plain(PLAIN))


def test_whatever_has_columns_by_name_is_a_frame() -> None:
    class Table:
        columns = tuple(ROWS[0])

        def __getitem__(self, name: str) -> list[Any]:
            return [row[name] for row in ROWS]

    assert figures(Table()) == figures(read_plain(PLAIN))


def test_a_list_of_tasks_is_an_export_of_label_studio() -> None:
    assert read_data([label_studio_task()]).annotators == ("7", "b@example.org")


@pytest.mark.parametrize("data", [None, 7, 3.5, b"x", [], [1, 2], ["x", 1], object()])
def test_what_cannot_be_read_says_what_can(data: Any) -> None:
    with pytest.raises(InvalidOptionError, match="give a Corpus, Items, the path of a file"):
        evaluate(data)


def test_values_a_row_each_and_items_a_row_each_are_the_same() -> None:
    wide = pd.DataFrame({"item": ["x", "y"], "ann": [1.0, 2.0], "bob": [1.0, float("nan")]})
    long = wide.melt(id_vars="item", var_name="annotator")
    for frame in (wide, long):
        items = read_frame(frame)
        assert isinstance(items, Items)
        assert (items.items, items.annotators) == (("x", "y"), ("ann", "bob"))
        assert (items.values, items.codes.tolist()) == ((1, 2), [[0, 0], [1, -1]])


@pytest.mark.parametrize("missing", [None, float("nan"), np.float32("nan"), np.float64("nan"), pd.NA, pd.NaT])
def test_nothing_and_not_a_number_are_no_judgement(missing: Any) -> None:
    assert Items.from_rows([{"a": "x", "b": missing}]).codes.tolist() == [[0, -1]]
    corpus = read_rows([{**ROWS[0], "start": missing, "end": missing, "label": missing}])
    assert isinstance(corpus, Corpus)
    assert (corpus.n_spans, corpus.completed.tolist()) == (0, [[True]])
    spans = [{**span(0, 4), "attributes": {"kind": missing}}]
    plain = {"documents": [{"id": "d", "length": 9, "annotators": {"a": spans}}]}
    assert read_plain(plain).attributes == {}


def test_options_may_be_numbers_of_numpy_and_what_is_none_is_refused_in_words() -> None:
    items = Items.from_rows([{"a": 1, "b": 1}, {"a": 2, "b": 2}, {"a": 1, "b": 2}])
    options: dict[str, Any] = {
        "samples": np.int64(9),
        "seed": np.uint8(3),
        "confidence": np.float32(0.5),
    }
    report = evaluate(items, metrics="cohen_kappa", **options)
    assert json.loads(json.dumps(report.to_json())) == report.to_json()
    wrong: tuple[tuple[str, Any], ...] = (
        ("samples", 1.5),
        ("samples", float("nan")),
        ("samples", "9"),
        ("samples", 10**9),
        ("samples", -1),
        ("seed", None),
        ("seed", -1),
        ("confidence", "0.9"),
        ("confidence", float("nan")),
    )
    for name, value in wrong:
        with pytest.raises(InvalidOptionError, match=name):
            evaluate(items, metrics="cohen_kappa", **{name: value})


@pytest.mark.parametrize("kind", [np.int8, np.int64, np.uint16])
def test_numbers_of_numpy_are_numbers(kind: type[np.integer[Any]]) -> None:
    spans = [{"start": kind(0), "end": kind(4), "label": "A"}]
    plain = {"documents": [{"id": kind(7), "length": kind(9), "annotators": {"a": spans, "b": spans}}]}
    assert read_plain(plain).documents == ("7",)
    assert json.loads(json.dumps(evaluate(plain, samples=0, metrics="dice").to_json()))
    items = Items.from_rows([{"a": kind(3), "b": 3}, {"a": np.float64(2.5), "b": 2.5}, {"a": 4, "b": 3}])
    assert items.values == (2.5, 3, 4)
    assert Items.from_rows([{"a": np.bool_(True), "b": True}]).values == ("True",)


def test_columns_may_have_other_names_and_some_are_attributes() -> None:
    frame = pd.DataFrame(ROWS).rename(columns={"document": "doc_id", "annotator": "coder"})
    frame = frame.drop(columns="length").assign(kind=["fact", np.nan, "fact", np.nan, "doubt"], note="n")
    corpus = read_frame(
        frame,
        columns={"document": "doc_id", "annotator": "coder"},
        attributes="kind",
        lengths={"d1": 40, "d2": 30},
    )
    assert isinstance(corpus, Corpus)
    codes, values = corpus.attributes["kind"]
    assert [values[code] if code >= 0 else None for code in codes.tolist()] == ["fact", None, "fact", "doubt"]
    assert corpus.left_out == {"values of the column 'note', which is no attribute": 5}


@pytest.mark.parametrize(
    ("rows", "options", "said"),
    [
        ([{"doc": "d", "start": 0, "end": 1, "label": "A"}], {}, "columns are doc, start, end, label; give"),
        ([{**ROWS[0], "length": None}], {}, "'d1' has neither a text nor a length; add a column"),
        ([ROWS[0], {**ROWS[1], "length": 41}], {}, "row number 2: document 'd1' has another length"),
        ([ROWS[0], {**ROWS[1], "end": 10.5}], {}, "row number 2: .*start and end must be whole"),
        ([{**ROWS[0], "end": 99}], {}, "row number 1: .*ends past the text of 40"),
        ([{**ROWS[0], "label": None}], {}, "row number 1: .*the label must be a text"),
        ([{**ROWS[0], "annotator": None}], {}, "row number 1: a span has no annotator"),
        ([{**ROWS[0], "document": ""}], {}, "row number 1: the document must be"),
        (ROWS, {"columns": {"document": "doc"}}, "there is no column 'doc'; there are document"),
        (ROWS, {"columns": {"doc": "document"}}, "names no column that is read"),
        (ROWS, {"attributes": ["kind"]}, "there is no column 'kind'"),
        ([{"item": 1, "annotator": "a", "value": 1}] * 2, {}, "row number 2: annotator 'a' judged item '1'"),
        ([{"a": [1], "b": 2}], {}, r"row number 1: the value of 'a' is \[1\]; give a row a span"),
    ],
)
def test_rows_that_cannot_be_read_are_refused_with_their_number(
    rows: list[Any], options: Any, said: str
) -> None:
    with pytest.raises(InvalidCorpusError, match=said):
        read_rows(rows, **options)


def test_two_columns_of_one_name_are_refused() -> None:
    frame = pd.DataFrame([[1, 2, 3]], columns=["a", "b", "a"])
    with pytest.raises(InvalidCorpusError, match="two columns 'a'"):
        read_frame(frame)


def test_a_single_metric_or_slice_may_be_given_by_its_name() -> None:
    report = evaluate(PLAIN, metrics="f1_strict", by="pair", samples=0)
    assert list(report.metrics) == ["f1_strict"]
    assert list(report["f1_strict"].by_pair) == ["ann|bob"]
    with pytest.raises(InvalidOptionError, match="cannot slice by 'pairs'; choose from label, pair"):
        evaluate(PLAIN, by="pairs")


def test_a_metric_that_a_report_has_not_is_refused_with_those_that_it_has() -> None:
    report = evaluate(PLAIN, metrics=["f1_strict", "dice"], samples=0)
    with pytest.raises(UnknownMetricError, match="no metric 'f1-strict'; it has f1_strict, dice"):
        _ = report["f1-strict"]


@pytest.mark.parametrize("given", [PLAIN, ROWS, pd.DataFrame(ROWS)], ids=["dictionary", "rows", "frame"])
def test_every_question_is_asked_of_what_evaluate_reads(given: Any) -> None:
    counted = summarize(given, metrics="f1_strict")
    assert compare(given, PLAIN, metric="f1_strict", permutations=20) == compare(
        counted, counted, metric="f1_strict", permutations=20
    )
    assert estimate_documents_needed(given, metric="f1_strict", width=0.1, samples=50) == (
        estimate_documents_needed(counted, metric="f1_strict", width=0.1, samples=50)
    )
    scores = score_spans(given, reference="ann", candidate="bob", samples=0)["strict"]
    assert scores.counts == {"correct": 1, "incorrect": 0, "partial": 0, "missed": 1, "spurious": 1}


def test_what_holds_no_spans_is_refused_where_spans_are_needed() -> None:
    items = {"items": [{"ann": "x", "bob": "y"}]}
    with pytest.raises(InvalidOptionError, match="these are items with a value each; spans are needed"):
        score_spans(items, reference="ann", candidate="bob")
    with pytest.raises(InvalidOptionError, match="make one by read_data"):
        trim_spans(PLAIN)  # type: ignore[arg-type]


def test_a_frame_of_a_report_has_a_row_a_figure() -> None:
    report = evaluate(PLAIN, metrics=["f1_strict", "gamma"], by=["label", "pair", "document"], samples=50)
    frame = report.to_frame()
    assert list(frame.columns) == ["metric", "slice", "of", "value", "low", "high", "documents", "undefined"]
    metric = report["f1_strict"]
    own = frame[frame.metric == "f1_strict"].set_index(["slice", "of"])
    assert own.loc[("all", ""), "value"] == metric.value
    assert metric.interval is not None
    assert tuple(own.loc[("all", ""), ["low", "high"]]) == metric.interval
    assert own.loc[("label", "Claim"), "value"] == metric.by_label["Claim"].value
    assert own.loc[("pair", "ann|bob"), "value"] == metric.by_pair["ann|bob"].value
    assert set(own.index.get_level_values("of")) == {"", "Claim", "Stance", "ann|bob", "d1", "d2"}


def test_without_pandas_a_frame_is_refused_and_all_else_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    report = evaluate(ROWS, metrics="f1_strict", samples=0)
    with pytest.raises(InvalidOptionError, match="to_frame needs pandas, which is not installed"):
        report.to_frame()


def test_what_is_shown_is_short() -> None:
    plain = random_plain(3, documents=40, annotators=5)
    corpus, statistics = read_plain(plain), summarize(plain, by="label")
    report = evaluate(statistics, by="label", samples=0)
    few = evaluate(PLAIN, metrics=["f1_strict", "alpha_ordinal"], samples=0)
    assert repr(read_plain(PLAIN)) == "Corpus(2 documents, 2 annotators, 2 labels, 4 spans)"
    assert repr(few) == "Report(f1_strict 0.500; 1 undefined)"
    assert repr(few["f1_strict"]) == "MetricReport(f1_strict 0.500)"
    assert repr(few["alpha_ordinal"]).startswith("MetricReport(alpha_ordinal undefined: ")
    assert set(report.metrics) == {
        metric.name for metric in METRICS if "spans" in metric.kinds and not metric.needs_distances
    }
    for shown in (corpus, statistics, report, *report.metrics.values(), *report["dice"].by_label.values()):
        assert len(repr(shown)) < 250
    assert isinstance(report, Report)


def test_an_alignment_has_the_spans_of_its_clusters() -> None:
    readings = {"ann": [span(0, 4, "A"), span(5, 11, "B")], "bob": [span(0, 4, "A")]}
    plain = {
        "documents": [
            {"id": "c", "length": 9, "annotators": {"ann": [span(0, 2)], "bob": []}},
            {"id": "d", "text": TEXT, "annotators": readings},
        ]
    }
    (alignment,) = align({"documents": plain["documents"][1:]})
    assert [[(one.annotator, one.text, one.label) for one in spans] for spans in alignment.spans] == [
        [("ann", "Kyiv", "A"), ("bob", "Kyiv", "A")],
        [("ann", "agreed", "B")],
    ]
    (chosen,) = align(read_plain(plain), documents=["d"])
    assert [[one[:5] for one in spans] for spans in chosen.spans] == [
        [one[:5] for one in spans] for spans in alignment.spans
    ]
    assert len(repr(chosen)) < 300
