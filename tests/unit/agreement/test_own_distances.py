"""Coefficients by a table of how far apart labels are."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotations.agreement import GammaOptions, InvalidOptionError, Items, evaluate, read_plain, summarize
from annotations.agreement.command_line.command import run
from annotations.agreement.data.distances import LabelDistances, read_distances
from tests.unit.agreement.corpora import items_from_confusion, random_plain
from tests.unit.agreement.test_coefficients_by_definition import (
    Distance,
    Rows,
    columns_of,
    slow_alpha,
    slow_gwet,
    slow_kappa,
)

TABLE = {"A": {"B": 0.25, "C": 0.5}, "B": {"C": 0.0}}
NOMINAL_LIKE = {
    "weighted_kappa_custom": "cohen_kappa",
    "alpha_custom": "alpha_nominal",
    "gwet_ac2_custom": "gwet_ac1",
}
SLOW: dict[str, Callable[[Rows, Distance], float]] = {
    "weighted_kappa_custom": slow_kappa,
    "alpha_custom": slow_alpha,
    "gwet_ac2_custom": partial(slow_gwet, reach=1.0),
}
every_custom = pytest.mark.parametrize("metric", NOMINAL_LIKE)


def by_table(one: Any, other: Any) -> float:
    """The table over labels; what is no single label is 1 from everything else."""
    if one == other:
        return 0.0
    names = [
        next(iter(value)) if isinstance(value, frozenset) and len(value) == 1 else value
        for value in (one, other)
    ]
    low, high = sorted(map(str, names))
    return TABLE.get(low, {}).get(high, 1.0)


def test_cohen_1968_weighted_kappa() -> None:
    # Cohen (1968), Weighted kappa, table 1, as 100 persons: disagreement weights 1, 3 and 6, weighted kappa .348
    weights = {"0": {"1": 1 / 6, "2": 3 / 6}, "1": {"2": 1.0}}
    items = items_from_confusion([[44, 7, 9], [5, 20, 5], [1, 3, 6]])
    found = evaluate(items, metrics=["weighted_kappa_custom"], samples=0, distances=weights)
    assert found["weighted_kappa_custom"].value == pytest.approx(0.348, abs=5e-4)


@every_custom
@pytest.mark.parametrize("annotators", [2, 3, 5])
def test_a_coefficient_by_a_table_equals_its_definition(metric: str, annotators: int) -> None:
    plain = random_plain(annotators, documents=3, annotators=annotators, spans=3, length=24, missing=0.4)
    plain = {"documents": [{**entry, "relations": {}} for entry in plain["documents"]]}
    plain["documents"][1]["annotators"]["r0"] = []
    corpus = read_plain(plain)
    found = evaluate(corpus, metrics=[metric], by=["pair"], samples=0, distances=TABLE)[metric]
    rows = columns_of(corpus)
    distance: Distance = by_table
    assert found.value == pytest.approx(SLOW[metric](rows, distance), abs=1e-9)
    assert found.to_json()["parameters"]["distances"] == {"A": {"B": 0.25, "C": 0.5}, "B": {"C": 0.0}}
    for name, pair in found.by_pair.items():
        own: Rows = [{who: row[who] for who in name.split("|") if who in row} for row in rows]
        assert pair.value == pytest.approx(SLOW[metric](own, distance), abs=1e-9)


@every_custom
def test_sparse_items_by_a_table_equal_their_definition(metric: str) -> None:
    rows: Rows = [
        {
            f"r{(7 * number + step * step) % 40}": "ABCAB"[(number + step * (number % 3 == 0)) % 5]
            for step in range(3)
        }
        for number in range(60)
    ]
    found = evaluate(Items.from_rows(rows), metrics=[metric], samples=200, distances=TABLE)[metric]
    assert found.value == pytest.approx(SLOW[metric](rows, by_table), abs=1e-9)
    assert found.interval is not None
    assert found.value is not None
    assert found.interval[0] <= found.value <= found.interval[1]


@every_custom
def test_a_table_that_says_nothing_is_the_nominal_coefficient_in_every_slice(metric: str) -> None:
    corpus = read_plain(random_plain(4, documents=5, missing=0.3))
    slices = ("label", "pair", "document")
    found, nominal = (
        evaluate(corpus, metrics=[name], by=slices, samples=50, distances={})[name].to_json()
        for name in (metric, NOMINAL_LIKE[metric])
    )
    for kind in ("value", "interval", "by_label", "by_pair", "by_document"):
        assert json.loads(
            json.dumps(found[kind]), parse_float=lambda text: round(float(text), 9)
        ) == json.loads(json.dumps(nominal[kind]), parse_float=lambda text: round(float(text), 9))


@every_custom
def test_without_a_table_it_is_undefined_if_asked_for_and_else_not_there(metric: str) -> None:
    corpus = read_plain(random_plain(4, documents=2))
    assert "give a table" in str(evaluate(corpus, metrics=[metric])[metric].undefined)
    assert metric not in evaluate(summarize(corpus), samples=0).metrics
    assert evaluate(corpus, samples=0, distances=TABLE)[metric].value is not None
    statistics = summarize(corpus, metrics=[metric])
    assert evaluate(statistics, metrics=[metric], samples=0, distances=TABLE)[metric].value is not None


def relabel(plain: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(plain).replace(f'"label": "{old}"', f'"label": "{new}"'))
    return found


@pytest.mark.parametrize("chance", ["corpus", "document"])
def test_labels_that_are_0_apart_are_one_label_to_gamma_and_gamma_cat(chance: str) -> None:
    plain = random_plain(5, documents=4, annotators=3, spans=5, length=60)
    found, merged = (
        evaluate(
            read_plain(relabel(plain, "B", new)),
            metrics=["gamma", "gamma_cat"],
            samples=0,
            gamma=GammaOptions(samples=2, chance=chance),
            distances=table,
        )
        for new, table in (
            ("B", {"A": {"B": 0.0}, "B": {"C": 0.25}, "C": {"A": 0.25}}),
            ("A", {"A": {"C": 0.25}}),
        )
    )
    assert found["gamma"].details["observed_disorder"] == pytest.approx(
        merged["gamma"].details["observed_disorder"], abs=1e-6
    )
    for report in (found, merged):
        assert report["gamma"].to_json()["parameters"]["distances"]
    if chance == "corpus":  # samples deal other labels where there are fewer
        assert found["gamma_cat"].value == pytest.approx(merged["gamma_cat"].value, abs=1e-6)


def test_gamma_is_larger_the_nearer_the_labels_that_are_taken_for_each_other() -> None:
    corpus = read_plain(random_plain(5, documents=4, annotators=3, spans=5, length=60))

    def measure(distance: float) -> float:
        found = evaluate(corpus, metrics="gamma", samples=0, distances={"A": {"B": distance, "C": distance}})[
            "gamma"
        ]
        return float(found.details["observed_disorder"])

    assert measure(0.0) < measure(0.5) < measure(1.0)
    whole = evaluate(corpus, metrics=["gamma", "gamma_cat", "gamma_k"], by=["label", "pair"], samples=20)
    by_empty = evaluate(
        corpus, metrics=["gamma", "gamma_cat", "gamma_k"], by=["label", "pair"], samples=20, distances={}
    )
    for name, metric in whole.metrics.items():
        assert by_empty[name].value == metric.value
        assert by_empty[name].interval == metric.interval
        assert by_empty[name].by_pair == metric.by_pair
        assert by_empty[name].by_label == metric.by_label


def test_gamma_is_not_made_of_counts_by_another_table() -> None:
    corpus = read_plain(random_plain(5, documents=2))
    statistics = summarize(corpus, metrics=["gamma", "alpha_custom"], distances=TABLE)
    assert evaluate(statistics, metrics="gamma", samples=0)["gamma"].value == (
        evaluate(corpus, metrics="gamma", samples=0, distances=TABLE)["gamma"].value
    )
    assert (
        evaluate(statistics, metrics="alpha_custom", samples=0, distances={})["alpha_custom"].value
        is not None
    )
    with pytest.raises(InvalidOptionError, match="other distances between labels; summarize again"):
        evaluate(statistics, metrics="gamma", distances={})


def test_numbers_of_numpy_are_distances() -> None:
    table = {"A": {"B": np.float32(0.25), "C": np.int64(1)}}
    assert LabelDistances.read(table).to_json() == {"A": {"B": 0.25, "C": 1.0}}


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ([1], "table of tables"),
        ({"A": 1}, "table of tables"),
        ({"A": {"B": 2}}, "the distance of 'A' and 'B' is 2; give a number from 0 to 1"),
        ({"A": {"B": True}}, "is True"),
        ({"A": {"B": float("nan")}}, "is nan"),
        ({"A": {"A": 0.5}}, "0 from itself"),
        ({"A": {"B": 0.5}, "B": {"A": 0.25}}, "given twice"),
        ({"A": {str(number): 0.5 for number in range(5001)}}, "more than 5,000"),
    ],
)
def test_what_is_no_table_of_distances_is_refused(table: Any, problem: str) -> None:
    with pytest.raises(InvalidOptionError, match=problem):
        LabelDistances.read(table)


def test_a_file_of_distances_is_toml_or_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    toml, plain, wrong = (tmp_path / name for name in ("a.toml", "b.json", "c.toml"))
    toml.write_text("[A]\nB = 0.25\nC = 0.5\n[B]\nC = 0.0\n")
    plain.write_text(json.dumps(TABLE))
    wrong.write_text("[A\n")
    assert read_distances(toml) == read_distances(plain) == LabelDistances.read(TABLE)
    for path, problem in ((wrong, "neither TOML nor JSON"), (tmp_path / "none", "cannot read")):
        with pytest.raises(InvalidOptionError, match=problem):
            read_distances(path)
    spans = tmp_path / "spans.json"
    spans.write_text(json.dumps(random_plain(1)))
    assert (
        run([str(spans), "--metric", "alpha_custom", "--distances", str(toml), "--json", "--samples", "0"])
        == 0
    )
    alpha = json.loads(capsys.readouterr().out)["metrics"]["alpha_custom"]
    assert alpha["parameters"]["distances"] == TABLE
