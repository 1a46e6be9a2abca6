"""Statistics of parts are merged, stored and read back without loss."""

from typing import Any

import pytest

from annotations.agreement import (
    NAMES,
    GammaOptions,
    InvalidOptionError,
    Statistics,
    counting,
    evaluate,
    read_label_studio,
    read_plain,
    summarize,
)
from annotations.agreement.sums.statistics import unite, unite_bytes
from tests.unit.agreement.corpora import Plain, random_plain, span
from tests.unit.agreement.test_invariants import approximately

SLICES = ("label", "pair", "document")
FEW = GammaOptions(samples=4)


def unlike_documents() -> list[Plain]:
    """Documents that share few annotators, labels, attributes and relation types."""
    one, two, three = random_plain(20, documents=3)["documents"]
    for entry, names in ((one, "bcd"), (two, "abx"), (three, "cab")):
        for kind in ("annotators", "relations"):
            entry[kind] = dict(zip(names, entry[kind].values(), strict=True))
    for own in two["annotators"].values():
        for place in own:
            place["label"] = {"A": "B", "B": "Ba", "C": "D"}[place["label"]]
            place["attributes"] = {"holder": place["attributes"]["kind"], "aim": "z"}
    for own in three["relations"].values():
        for link in own:
            link["type"] = {"supports": "grants", "attacks": "supports"}[link["type"]]
    return [one, two, three]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_documents_with_other_names_add_up_to_those_read_together(order: tuple[int, ...]) -> None:
    documents = unlike_documents()
    parts = [
        summarize(read_plain({"documents": [documents[index]]}), by=SLICES, gamma=FEW) for index in order
    ]
    merged = parts[0].merge(parts[1]).merge(parts[2])
    whole = summarize(read_plain({"documents": documents}), by=SLICES, gamma=FEW)
    assert merged.axes == whole.axes
    found, expected = (evaluate(each, by=SLICES, samples=20).to_json() for each in (merged, whole))
    assert approximately(found, expected)


@pytest.mark.parametrize(("spans", "overlaps"), [(1, 1), (40, 1_000_000), (40, 40)])
def test_counting_some_documents_at_a_time_gives_the_same(
    spans: int, overlaps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = read_plain({"documents": unlike_documents()})
    whole = summarize(corpus, by=SLICES, gamma=FEW)
    monkeypatch.setattr(counting, "SPANS_AT_ONCE", spans)
    monkeypatch.setattr(counting, "MAX_OVERLAPS", overlaps)
    parts = summarize(corpus, by=SLICES, gamma=FEW)
    assert parts.axes == whole.axes
    found, expected = (evaluate(each, by=SLICES, samples=20).to_json() for each in (parts, whole))
    assert approximately(found, expected)


def region(number: int, *labels: str) -> Plain:
    return {
        "id": f"r{number}",
        "type": "labels",
        "value": {"start": number, "end": number + 2, "labels": list(labels)},
    }


def export(task: int, *regions: Plain) -> list[Plain]:
    annotations = [{"id": 1, "completed_by": 1, "result": list(regions)}]
    return [{"id": task, "data": {"text": "Kyiv agreed."}, "annotations": annotations}]


def test_what_was_left_out_goes_with_its_document() -> None:
    first = summarize(read_label_studio(export(1, region(0), region(4))))
    second = summarize(read_label_studio(export(2, region(0))))
    both = first.merge(second)
    assert both.left_out == {"regions without a label": 3}
    assert both.drop(["1"]).left_out == {"regions without a label": 1}
    revised = summarize(read_label_studio(export(1, region(0, "Claim"))))
    assert both.merge(revised).left_out == {"regions without a label": 1}
    assert both.merge(revised).merge(first).left_out == both.left_out


def test_spans_merged_for_alpha_u_are_counted_in_the_documents_that_there_are() -> None:
    stacked, plain = [span(0, 5), span(3, 8)], [span(0, 5)]

    def counted(**documents: list[Plain]) -> Statistics:
        entries = [
            {"id": name, "length": 9, "annotators": {"a": own, "b": plain}} for name, own in documents.items()
        ]
        return summarize(read_plain({"documents": entries}), metrics=["alpha_u"])

    both = counted(d1=stacked, d2=stacked)
    assert list(both.left_out.values()) == [2]
    assert list(both.merge(counted(d1=plain)).left_out.values()) == [1]
    assert both.merge(counted(d1=plain, d2=plain)).left_out == {}


def test_what_is_chosen_of_a_corpus_takes_only_its_own_omissions() -> None:
    tasks = [*export(1, region(0), region(4)), *export(2, region(0))]
    corpus = read_label_studio(tasks)
    assert corpus.left_out == {"regions without a label": 3}
    assert corpus.select(documents=["2"]).left_out == {"regions without a label": 1}


def columns_of(statistics: Statistics) -> dict[str, Any]:
    return {
        name: [column.tolist() for column in (*table.keys.values(), *table.quantities.values())]
        for name, table in statistics.tables.items()
    }


def test_statistics_are_read_back_as_they_were_written() -> None:
    statistics = summarize(read_plain(random_plain(21, missing=0.3)), by=SLICES, gamma=FEW)
    content = statistics.to_bytes()
    again = Statistics.from_bytes(content)
    assert columns_of(again) == columns_of(statistics)
    assert (again.axes, again.options, again.left_out) == (
        statistics.axes,
        statistics.options,
        statistics.left_out,
    )
    assert again.to_bytes() == content
    some = Statistics.from_bytes(content, tables=["confusion"])
    assert columns_of(some) == {"confusion": columns_of(statistics)["confusion"]}


def test_what_was_written_of_parts_is_united_as_the_parts_are() -> None:
    documents = unlike_documents()
    parts = [summarize(read_plain({"documents": [one]}), by=SLICES, gamma=FEW) for one in reversed(documents)]
    names = [one["id"] for one in documents]
    whole = unite(parts)
    contents = [part.to_bytes() for part in parts]
    assert columns_of(unite_bytes(contents)) == columns_of(whole)
    assert unite_bytes(contents).axes == whole.axes
    some = unite_bytes(
        contents, tables=["confusion", "judgements"], documents=[names[2], "unknown", names[0]]
    )
    expected = columns_of(whole.select([names[0], names[2]]))
    assert columns_of(some) == {name: expected[name] for name in ("confusion", "judgements")}
    types = {column.dtype.str[1:] for table in some.tables.values() for column in table.keys.values()}
    assert types == {"i8"}


def test_numbers_of_more_documents_than_a_byte_holds_are_put_in_order() -> None:
    empty = {"length": 9, "annotators": {"a": [span(0, 5)], "b": [span(2, 6)]}}
    parts = [
        summarize(
            read_plain({"documents": [{"id": f"{number:04d}", **empty} for number in range(first, 700, 2)]}),
            metrics=["alpha_nominal"],
        )
        for first in (0, 1)
    ]
    assert columns_of(unite_bytes(part.to_bytes() for part in parts)) == columns_of(parts[0].merge(parts[1]))


@pytest.mark.parametrize("length", [0, 5, 8, 100, -1])
def test_bytes_that_are_no_statistics_are_refused(length: int) -> None:
    content = summarize(read_plain(random_plain(22)), metrics=["f1_strict"]).to_bytes()
    with pytest.raises(InvalidOptionError, match="no cached statistics"):
        Statistics.from_bytes(content[:length])
    with pytest.raises(InvalidOptionError, match="no cached statistics"):
        Statistics.from_bytes(b"\xff" * 40)


def test_slices_are_made_of_the_metrics_that_they_are_wanted_of() -> None:
    corpus = read_plain(random_plain(21, documents=4))
    names = ["f1_strict", "alpha_nominal", "dice"]
    every = evaluate(corpus, metrics=names, by=["label", "pair"], samples=20)
    some = evaluate(
        corpus, metrics=names, by={"label": ["f1_strict", "dice"], "pair": ["alpha_nominal"]}, samples=20
    )
    assert [some[name].value for name in names] == [every[name].value for name in names]
    assert some["f1_strict"].by_label == every["f1_strict"].by_label
    assert some["dice"].by_label == every["dice"].by_label
    assert some["alpha_nominal"].by_pair == every["alpha_nominal"].by_pair
    assert not some["alpha_nominal"].by_label
    assert not some["f1_strict"].by_pair


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("counted", [(), ("label",), ("pair",)])
def test_a_slice_that_was_not_counted_is_refused_and_never_made_up(
    name: str, counted: tuple[str, ...]
) -> None:
    corpus = read_plain(random_plain(3, documents=2))
    statistics = summarize(corpus, metrics=[name], by=counted, gamma=FEW)
    for wanted in ("label", "pair"):
        expected = evaluate(corpus, metrics=[name], by=[wanted], samples=0, gamma=FEW)[name].to_json()
        try:
            assert evaluate(statistics, metrics=[name], by=[wanted], samples=0)[name].to_json() == expected
        except InvalidOptionError as error:
            assert wanted not in counted
            assert f"made without {name} by {wanted}; summarize again" in str(error)  # noqa: PT017


def test_what_was_counted_with_other_slices_is_not_merged() -> None:
    corpus = read_plain(random_plain(3, documents=2))
    one, other = (corpus.select(documents=[name]) for name in corpus.documents)
    with pytest.raises(InvalidOptionError, match="summarize again"):
        summarize(one, metrics=["alpha_u"], by=["pair"]).merge(summarize(other, metrics=["alpha_u"]))
