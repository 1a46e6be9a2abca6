"""What holds of every metric in the registry."""

import json
import math
import random
from typing import Any

import pytest

from annotations.agreement import (
    METRICS,
    GammaOptions,
    Items,
    MetricReport,
    Report,
    Statistics,
    evaluate,
    read_plain,
    summarize,
)
from annotations.agreement.registry import find_metric
from annotations.agreement.sums.metrics import Metric
from tests.unit.agreement.corpora import Plain, perfect_plain, random_plain, span, sparse_plain

FEW = GammaOptions(samples=6)
SPAN_METRICS = [
    metric
    for metric in METRICS
    if "spans" in metric.kinds and not metric.name.endswith(("ordinal", "interval", "custom"))
]
ITEM_METRICS = [metric for metric in METRICS if "items" in metric.kinds and not metric.needs_distances]
# the alignment of gamma, and the chance of gamma_cat and gamma_k, depend on all labels and on how many people there are
ASK_ONLY_WHICH = [metric for metric in SPAN_METRICS if metric.asks_which and not metric.is_slow]
BY_LABEL_ALONE = [
    metric
    for metric in SPAN_METRICS
    if metric.slices == "label" and not metric.asks_which and not metric.is_slow
]
EVERY_SLICE = ("label", "pair", "document")

every_span_metric = pytest.mark.parametrize("metric", SPAN_METRICS, ids=lambda metric: metric.name)
every_item_metric = pytest.mark.parametrize("metric", ITEM_METRICS, ids=lambda metric: metric.name)
every_metric = pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)


def measured(plain: Plain, metric: Metric, *, by: tuple[str, ...] = (), samples: int = 0) -> MetricReport:
    return evaluate(read_plain(plain), metrics=[metric.name], by=by, samples=samples, gamma=FEW)[metric.name]


def shuffled(plain: Plain, seed: int) -> Plain:
    """The same annotations, with documents, annotators and spans in another order."""
    order = random.Random(seed)  # noqa: S311  (no secret)
    documents = []
    for entry in order.sample(plain["documents"], len(plain["documents"])):
        annotators: dict[str, Any] = {}
        relations: dict[str, Any] = {}
        for name in order.sample(sorted(entry["annotators"]), len(entry["annotators"])):
            places = order.sample(range(len(entry["annotators"][name])), len(entry["annotators"][name]))
            annotators[name] = [entry["annotators"][name][place] for place in places]
            number = {place: index for index, place in enumerate(places)}
            relations[name] = [
                {"from": number[link["from"]], "to": number[link["to"]], "type": link["type"]}
                for link in entry["relations"][name]
            ]
        documents.append({**entry, "annotators": annotators, "relations": relations})
    return {"documents": documents}


@every_span_metric
def test_order_of_documents_annotators_and_spans_does_not_matter(metric: Metric) -> None:
    plain = random_plain(3, missing=0.3)
    expected = measured(plain, metric, by=EVERY_SLICE, samples=20).to_json()
    assert measured(shuffled(plain, 1), metric, by=EVERY_SLICE, samples=20).to_json() == expected


@every_span_metric
def test_names_do_not_matter(metric: Metric) -> None:
    plain = random_plain(4)
    text = json.dumps(plain)
    for old, new in (("A", "Zeta"), ("B", "Eta"), ("C", "Alpha")):
        text = text.replace(f'"label": "{old}"', f'"label": "{new}"')
    for old, new in (
        ("r0", "zoe"),
        ("r1", "mia"),
        ("r2", "abe"),
        ("d0", "z"),
        ("d1", "y"),
        ("d2", "x"),
        ("d3", "w"),
    ):
        text = text.replace(f'"{old}"', f'"{new}"')
    expected = measured(plain, metric).value
    assert measured(json.loads(text), metric).value == pytest.approx(expected, abs=1e-9)


@every_span_metric
def test_perfect_agreement_is_one(metric: Metric) -> None:
    report = measured(perfect_plain(), metric, by=EVERY_SLICE)
    assert report.value == pytest.approx(1.0), report.undefined
    assert all(part.value == pytest.approx(1.0) for part in report.by_pair.values())
    assert all(part.value == pytest.approx(1.0) for part in report.by_document.values())


@every_item_metric
def test_perfect_agreement_on_items_is_one(metric: Metric) -> None:
    items = Items.from_rows([{"a": number % 3, "b": number % 3, "c": number % 3} for number in range(9)])
    assert evaluate(items, metrics=[metric.name], samples=0)[metric.name].value == pytest.approx(1.0)


def random_rows(seed: int) -> list[dict[str, Any]]:
    """Three annotators' ratings of items from 1 to 4, mostly near each other, some missing."""
    order = random.Random(seed)  # noqa: S311  (no secret)
    rows = []
    for _ in range(12):
        rating = order.randint(1, 4)
        judged = [name for name in "abc" if name == "a" or order.random() < 0.8]
        rows.append(
            {name: min(4, max(1, rating + order.choice([0, 0, 0, 1, -1]))) for name in reversed(judged)}
        )
    return rows


def measured_items(rows: list[dict[str, Any]], metric: Metric, **options: Any) -> MetricReport:
    names = options.pop("names", [f"i{number:02d}" for number in range(len(rows))])
    return evaluate(Items.from_rows(rows, names=names), metrics=[metric.name], **options)[metric.name]


@every_item_metric
def test_order_of_items_and_annotators_does_not_matter(metric: Metric) -> None:
    rows = random_rows(1)
    names = [f"i{number:02d}" for number in range(len(rows))]
    expected = measured_items(rows, metric, by=EVERY_SLICE, samples=20).to_json()
    mixed = [dict(sorted(row.items())) for row in reversed(rows)]
    found = measured_items(mixed, metric, names=names[::-1], by=EVERY_SLICE, samples=20)
    assert found.to_json() == expected


@every_item_metric
def test_names_of_annotators_and_items_do_not_matter(metric: Metric) -> None:
    rows = random_rows(2)
    renamed = [
        {{"a": "zoe", "b": "mia", "c": "abe"}[name]: value for name, value in row.items()} for row in rows
    ]
    names = [f"{97 - number:02d}" for number in range(len(rows))]
    expected = measured_items(rows, metric, samples=0).value
    assert measured_items(renamed, metric, names=names, samples=0).value == pytest.approx(expected)


@every_item_metric
def test_values_matter_only_as_far_as_their_scale_goes(metric: Metric) -> None:
    rows = random_rows(3)
    scales = {
        "nominal": {1: 9, 2: 4, 3: 1, 4: 6},
        "ordinal": {1: 1, 2: 4, 3: 9, 4: 16},
        "interval": {1: 5, 2: 7, 3: 9, 4: 11},
        "ratio": {1: 3, 2: 6, 3: 9, 4: 12},
    }
    expected = measured_items(rows, metric, samples=0).value
    kept = {
        name: measured_items(
            [{who: new[value] for who, value in row.items()} for row in rows], metric, samples=0
        ).value
        == pytest.approx(expected, abs=1e-12)
        for name, new in scales.items()
    }
    words = metric.name.split("_")
    finest = next((scale for scale in ("ordinal", "interval", "ratio") if scale in words), "nominal")
    if {"linear", "quadratic"} & set(words):
        finest = "interval"
    order = list(scales)
    assert kept == {name: order.index(name) >= order.index(finest) for name in order}


@every_item_metric
def test_an_item_of_one_annotator_changes_nothing(metric: Metric) -> None:
    rows = random_rows(4)
    before, after = (measured_items(more, metric, samples=0) for more in (rows, [*rows, {"a": 4}]))
    assert after.n_documents == before.n_documents
    if "values" not in metric.tables:  # prevalence is that of all judgements
        assert after.value == pytest.approx(before.value)


@every_item_metric
def test_items_of_one_value_are_perfect_or_without_variation(metric: Metric) -> None:
    report = measured_items([{"a": 2, "b": 2}] * 5, metric)
    if metric.name == "percent_agreement":
        assert report.value == 1
    else:
        assert report.value is None
        assert "no variation" in str(report.undefined)


@every_item_metric
def test_an_interval_of_items_holds_its_value(metric: Metric) -> None:
    report = measured_items(random_rows(5), metric, samples=400)
    assert report.value is not None
    assert report.interval is not None
    assert report.interval[0] < report.value < report.interval[1] <= 1


@every_span_metric
def test_a_slice_is_the_metric_of_that_part_alone(metric: Metric) -> None:
    corpus = read_plain(random_plain(12, missing=0.3))
    report = evaluate(corpus, metrics=[metric.name], by=("pair", "document"), samples=0, gamma=FEW)[
        metric.name
    ]
    parts = {name: corpus.select(annotators=name.split("|")) for name in report.by_pair}
    parts |= {name: corpus.select(documents=[name]) for name in report.by_document}
    assert len(parts) == len(corpus.documents) + 3
    for name, part in parts.items():
        found = {**report.by_pair, **report.by_document}[name].value
        expected = evaluate(part, metrics=[metric.name], samples=0, gamma=FEW)[metric.name].value
        assert found == (None if expected is None else pytest.approx(expected, abs=1e-9)), name


@every_span_metric
def test_each_compared_document_has_a_value_or_the_reason_of_it_alone(metric: Metric) -> None:
    one, other = [span(0, 5), span(9, 15)], [span(0, 5), span(9, 15, "B")]
    drawn = {name: [{"from": 0, "to": 1, "type": "grants"}] for name in "ab"}
    people: dict[str, Plain] = {
        "empty": {"a": [], "b": []},
        "apart": {"a": one[:1], "b": one[1:]},
        "halved": {"a": one, "b": []},
        "alike": {"a": one, "b": one},
        "linked": {"a": one, "b": other},
        "alone": {"a": one},
    }
    corpus = read_plain(
        {
            "documents": [
                {"id": name, "length": 40, "annotators": own, "relations": drawn if name == "linked" else {}}
                for name, own in people.items()
            ]
        }
    )
    found = evaluate(corpus, metrics=[metric.name], by=["document"], samples=0, gamma=FEW)[metric.name]
    assert set(found.by_document) == set(people) - {"alone"}
    for name, estimate in found.by_document.items():
        part = evaluate(corpus.select(documents=[name]), metrics=[metric.name], samples=0, gamma=FEW)
        alone = part[metric.name]
        assert estimate.value == pytest.approx(alone.value), name
        assert estimate.undefined == alone.undefined, name


def crossing_plain(seed: int) -> Plain:
    """Spans that overlap, nest and repeat, under one label and under several."""
    order = random.Random(seed)  # noqa: S311  (no secret)

    def mark() -> Plain:
        start = order.randrange(50)
        return span(start, start + order.randint(1, 30), order.choice("ABC"))

    people = {name: [mark() for _ in range(8)] for name in "abc"}
    return {
        "documents": [{"id": "d", "length": 90, "annotators": people}, random_plain(seed)["documents"][0]]
    }


@pytest.mark.parametrize("metric", BY_LABEL_ALONE, ids=lambda metric: metric.name)
@pytest.mark.parametrize("seed", range(4))
def test_a_label_is_measured_as_if_there_were_no_other(metric: Metric, seed: int) -> None:
    corpus = read_plain(crossing_plain(seed))
    sliced = evaluate(corpus, metrics=[metric.name], by=["label"], samples=0)[metric.name].by_label
    assert list(sliced) == ["A", "B", "C"]
    for label, estimate in sliced.items():
        alone = evaluate(corpus.select(labels=[label]), metrics=[metric.name], samples=0)[metric.name]
        assert estimate.value == pytest.approx(alone.value)


def test_where_units_are_does_not_depend_on_their_labels() -> None:
    plain = crossing_plain(1)
    values = [measured(plain, find_metric("u_alpha_binary")).value]
    for document in plain["documents"]:
        for own in document["annotators"].values():
            for one in own:
                one["label"] = "A"
    values += [measured(plain, find_metric(name)).value for name in ("u_alpha_binary", "u_alpha")]
    assert values == pytest.approx(values[:1] * 3)


@every_span_metric
def test_a_document_of_one_annotator_changes_nothing_and_is_counted(metric: Metric) -> None:
    plain = random_plain(5)
    more = {
        "documents": [*plain["documents"], {"id": "alone", "length": 50, "annotators": {"r0": [span(0, 5)]}}]
    }
    before, after = measured(plain, metric), measured(more, metric)
    if "values" not in metric.tables:  # prevalence is that of all judgements
        assert after.value == pytest.approx(before.value, abs=1e-12)
    assert after.n_documents == before.n_documents
    assert after.details["n_documents_left_out"] == before.details["n_documents_left_out"] + 1


@every_span_metric
def test_an_annotator_who_did_nothing_is_not_one_who_marked_nothing(metric: Metric) -> None:
    plain = perfect_plain()
    empty = json.loads(json.dumps(plain))
    for entry in empty["documents"]:
        entry["annotators"]["idle"] = []
    before, after = measured(plain, metric), measured(empty, metric)
    assert before.value is not None
    if not metric.asks_which:
        assert after.value is not None
        assert after.value < before.value


@pytest.mark.parametrize("metric", ASK_ONLY_WHICH, ids=lambda metric: metric.name)
@pytest.mark.parametrize("idle", [1, 2])
def test_an_annotator_with_nothing_marked_leaves_which_unchanged(metric: Metric, idle: int) -> None:
    plain = random_plain(6, documents=5)
    before = measured(plain, metric, by=("label", "document"))
    for entry in plain["documents"]:
        entry["annotators"] |= {f"idle {number}": [] for number in range(idle)}
    after = measured(plain, metric, by=("label", "document"))
    assert before.value is not None
    assert after.value == pytest.approx(before.value, abs=1e-12)
    for part in ("by_label", "by_document"):
        found, expected = getattr(after, part), getattr(before, part)
        assert {key: one.value for key, one in found.items()} == {
            key: one.value if one.value is None else pytest.approx(one.value, abs=1e-12)
            for key, one in expected.items()
        }


@every_span_metric
@pytest.mark.parametrize(
    "plain",
    [
        {"documents": []},
        {"documents": [{"id": "d", "length": 9, "annotators": {}}]},
        {"documents": [{"id": "d", "length": 9, "annotators": {"a": [span(0, 3)]}}]},
        {"documents": [{"id": "d", "length": 9, "annotators": {"a": [], "b": []}}]},
        {"documents": [{"id": "d", "length": 0, "annotators": {"a": [], "b": []}}]},
        {"documents": [{"id": "d", "length": 9, "annotators": {"a": [span(0, 9)], "b": [span(0, 9)]}}]},
        {"documents": [{"id": "d", "length": 9, "annotators": {"a": [span(0, 3)], "b": []}}]},
        {
            "documents": [
                {"id": "d", "length": 10**8, "annotators": {"a": [span(0, 3)], "b": [span(99999990, 10**8)]}}
            ]
        },
    ],
    ids=[
        "no documents",
        "nobody",
        "one annotator",
        "all empty",
        "no text",
        "no variation",
        "one empty",
        "far apart",
    ],
)
def test_degenerate_input_gives_a_value_or_a_reason_and_never_nan(metric: Metric, plain: Plain) -> None:
    report = measured(plain, metric, by=EVERY_SLICE, samples=10)
    parts = [report, *report.by_label.values(), *report.by_pair.values(), *report.by_document.values()]
    for part in parts:
        assert (part.value is None) != (part.undefined is None)
        if part.value is not None:
            assert math.isfinite(part.value)
    json.dumps(report.to_json(), allow_nan=False)


@every_metric
def test_one_annotator_is_undefined(metric: Metric) -> None:
    items = Items.from_rows([{"a": 1}, {"a": 2}])
    plain = {"documents": [{"id": "d", "length": 9, "annotators": {"a": [span(0, 3)]}}]}
    for data in (items, read_plain(plain)):
        report = evaluate(data, metrics=[metric.name])[metric.name]
        assert report.value is None
        assert report.undefined


@every_metric
@pytest.mark.parametrize(
    "rows", [[], [{}], [{"a": None, "b": None}]], ids=["no items", "nobody", "no judgement"]
)
def test_items_without_a_judgement_are_undefined(metric: Metric, rows: list[dict[str, Any]]) -> None:
    report = evaluate(Items.from_rows(rows), metrics=[metric.name], by=EVERY_SLICE, samples=10)[metric.name]
    assert report.value is None
    assert report.undefined


@every_span_metric
def test_values_are_at_most_one_and_intervals_hold_order(metric: Metric) -> None:
    report = measured(random_plain(7, documents=8, missing=0.2), metric, by=EVERY_SLICE, samples=60)
    assert report.value is not None
    assert report.value <= 1
    assert report.interval is not None
    assert report.interval[0] <= report.interval[1] <= 1


@pytest.fixture(scope="module")
def sparse_report() -> Report:
    """All metrics of 100 annotators, of whom each document has three."""
    return evaluate(
        read_plain(sparse_plain(1)), metrics=[metric.name for metric in SPAN_METRICS], samples=200, gamma=FEW
    )


@pytest.fixture(scope="module")
def sparse_items_report() -> Report:
    """All metrics of 100 raters, of whom each item has three, who mostly agree."""
    order = random.Random(1)  # noqa: S311  (no secret)
    rows = []
    for _ in range(1500):
        rating = order.choice([1, 1, 2, 3, 4])
        people = order.sample(range(100), 3)
        rows.append(
            {f"r{number:03d}": min(4, max(1, rating + order.choice([0, 0, 0, 1, -1]))) for number in people}
        )
    return evaluate(Items.from_rows(rows), metrics=[metric.name for metric in ITEM_METRICS], samples=200)


def holds_its_value(report: MetricReport) -> bool:
    low, high = report.interval or (math.nan, math.nan)
    return report.value is not None and low <= report.value <= high


@every_span_metric
def test_a_value_lies_in_its_own_interval_where_pairs_share_few_documents(
    metric: Metric, sparse_report: Report
) -> None:
    assert holds_its_value(sparse_report[metric.name]), sparse_report[metric.name]


@every_item_metric
def test_a_value_of_items_lies_in_its_own_interval_where_pairs_share_few(
    metric: Metric, sparse_items_report: Report
) -> None:
    assert holds_its_value(sparse_items_report[metric.name]), sparse_items_report[metric.name]


@every_metric
def test_statistics_of_parts_add_up_to_those_of_the_whole(metric: Metric) -> None:
    by = ("label", "pair", "document")
    if metric in SPAN_METRICS:
        corpus = read_plain(random_plain(8, documents=6, missing=0.3))
        parts = [corpus.select(documents=names) for names in (["d0", "d3"], ["d1", "d5"], ["d2", "d4"])]
        pieces = [summarize(part, metrics=[metric.name], by=by, gamma=FEW) for part in parts]
        whole = summarize(corpus, metrics=[metric.name], by=by, gamma=FEW)
    else:
        rows = [{"a": number % 3, "b": number % 2} for number in range(6)]
        names = [f"i{number}" for number in range(6)]
        pieces = [
            summarize(
                Items.from_rows(rows[first : first + 2], names=names[first : first + 2]),
                metrics=[metric.name],
                by=by,
            )
            for first in (0, 2, 4)
        ]
        whole = summarize(Items.from_rows(rows, names=names), metrics=[metric.name], by=by)
    merged = pieces[2].merge(pieces[0]).merge(pieces[1])
    again = Statistics.from_bytes(merged.to_bytes())
    expected = evaluate(whole, metrics=[metric.name], by=by, samples=30).to_json()
    assert approximately(evaluate(again, metrics=[metric.name], by=by, samples=30).to_json(), expected)


def approximately(found: Any, expected: Any) -> bool:
    if isinstance(expected, dict):
        return set(found) == set(expected) and all(
            approximately(found[key], expected[key]) for key in expected
        )
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(approximately, found, expected))
    if isinstance(expected, float) and isinstance(found, float):
        return found == pytest.approx(expected, abs=1e-9)
    return bool(found == expected)


@every_span_metric
def test_a_seed_gives_the_same_report(metric: Metric) -> None:
    plain = random_plain(9)
    assert measured(plain, metric, samples=30).to_json() == measured(plain, metric, samples=30).to_json()


@every_span_metric
def test_a_document_that_changed_replaces_its_old_statistics(metric: Metric) -> None:
    old, new = random_plain(10), random_plain(11)
    mixed = {"documents": [new["documents"][0], *old["documents"][1:]]}
    cached = summarize(read_plain(old), metrics=[metric.name], gamma=FEW)
    changed = summarize(read_plain({"documents": new["documents"][:1]}), metrics=[metric.name], gamma=FEW)
    value = evaluate(cached.merge(changed), metrics=[metric.name], samples=0)[metric.name].value
    assert value == pytest.approx(measured(mixed, metric).value)
