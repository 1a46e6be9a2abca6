"""F1 and alpha of relations against loops over single relations, for two annotators and for each pair of three."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import combinations

import pytest

from annotations.agreement import Report, evaluate, read_plain
from tests.unit.agreement.corpora import Plain, span

Link = tuple[int, int, str]
Reading = tuple[set[int], set[Link]]
"""The places that an annotator marked in a document, and the relations drawn between them."""
TYPES = ("supports", "attacks", "names")


def read_documents(
    seed: int, *, annotators: int, documents: int = 6, places: int = 5
) -> list[dict[str, Reading]]:
    """Annotators who mark most places and draw some relations, also two types between the same ends, and back."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    found = []
    for _ in range(documents):
        drawn = [(dice.randrange(places), dice.randrange(places), dice.choice(TYPES)) for _ in range(7)]
        readings = {}
        for number in range(annotators):
            marked = {place for place in range(places) if dice.random() < 0.85}
            own = {
                (source, target, kind if dice.random() < 0.7 else dice.choice(TYPES))
                if dice.random() < 0.85
                else (target, source, kind)
                for source, target, kind in drawn
                if dice.random() < 0.8
            }
            readings[f"r{number}"] = (
                marked,
                {(one, other, kind) for one, other, kind in own if one != other and {one, other} <= marked},
            )
        found.append(readings)
    return found


def write_plain(documents: list[dict[str, Reading]], seed: int) -> Plain:
    """Each place has 20 characters, so that spans of one place overlap whatever their borders and labels, and no others do."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    entries = []
    for number, readings in enumerate(documents):
        annotators, relations = {}, {}
        for name, (marked, links) in readings.items():
            order = sorted(marked)
            annotators[name] = [
                span(20 * place + dice.randrange(4), 20 * place + 10 + dice.randrange(4), dice.choice("AB"))
                for place in order
            ]
            relations[name] = [
                {"from": order.index(source), "to": order.index(target), "type": kind}
                for source, target, kind in sorted(links)
            ]
        entries.append({"id": f"d{number}", "length": 200, "annotators": annotators, "relations": relations})
    return {"documents": entries}


def slow_f1(pairs: list[tuple[Reading, Reading]], is_meant: Callable[[str], bool]) -> float:
    """Twice the relations that both drew between places that both marked, by all that were drawn."""
    matched = drawn = 0
    for (_, first), (_, second) in pairs:
        own, others = ({link for link in links if is_meant(link[2])} for links in (first, second))
        matched += len(own & others)
        drawn += len(own) + len(others)
    return 2 * matched / drawn


def list_values(
    pairs: list[tuple[Reading, Reading]], is_meant: Callable[[str], bool]
) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """The types that each of two annotators drew from one place to another, for all ordered places that both marked."""
    for (marked, first), (others, second) in pairs:
        common = sorted(marked & others)
        for source in common:
            for target in common:
                if source != target:
                    yield tuple(  # type: ignore[misc]  # of two
                        frozenset(
                            kind
                            for one, other, kind in links
                            if (one, other) == (source, target) and is_meant(kind)
                        )
                        for links in (first, second)
                    )


def slow_alpha(values: list[tuple[frozenset[str], frozenset[str]]]) -> float:
    """Krippendorff's nominal alpha over pairs of values, by its coincidences."""
    n = 2 * len(values)
    observed = sum(2 for one, other in values if one != other) / n
    counts = Counter(value for pair in values for value in pair)
    expected = sum(counts[one] * counts[other] for one in counts for other in counts if one != other)
    return 1 - observed / (expected / (n * (n - 1)))


def measure(documents: list[dict[str, Reading]], seed: int) -> Report:
    corpus = read_plain(write_plain(documents, seed))
    return evaluate(corpus, metrics=["relation_f1", "relation_alpha"], by=["label", "pair"], samples=0)


@pytest.mark.parametrize("seed", range(8))
def test_relations_of_two_annotators_are_compared_by_ends_direction_and_type(seed: int) -> None:
    documents = read_documents(seed, annotators=2)
    pairs = [(readings["r0"], readings["r1"]) for readings in documents]
    report = measure(documents, seed)
    f1, alpha = report["relation_f1"], report["relation_alpha"]
    assert f1.value == pytest.approx(slow_f1(pairs, lambda _: True))
    assert alpha.value == pytest.approx(slow_alpha(list(list_values(pairs, lambda _: True))))
    drawn = [sum(len(readings[name][1]) for readings in documents) for name in ("r0", "r1")]
    assert [f1.details["relations_1"], f1.details["relations_2"]] == drawn
    for kind in TYPES:
        assert f1.by_label[kind].value == pytest.approx(slow_f1(pairs, kind.__eq__))
        assert alpha.by_label[kind].value == pytest.approx(slow_alpha(list(list_values(pairs, kind.__eq__))))


@pytest.mark.parametrize("seed", range(4))
def test_relations_of_three_annotators_are_compared_pair_by_pair(seed: int) -> None:
    documents = read_documents(seed, annotators=3)
    report = measure(documents, seed)
    every = []
    for one, other in combinations(("r0", "r1", "r2"), 2):
        pairs = [(readings[one], readings[other]) for readings in documents]
        every += pairs
        name = f"{one}|{other}"
        assert report["relation_f1"].by_pair[name].value == pytest.approx(slow_f1(pairs, lambda _: True))
        expected = slow_alpha(list(list_values(pairs, lambda _: True)))
        assert report["relation_alpha"].by_pair[name].value == pytest.approx(expected)
    assert report["relation_f1"].value == pytest.approx(slow_f1(every, lambda _: True))
    assert report["relation_alpha"].value == pytest.approx(
        slow_alpha(list(list_values(every, lambda _: True)))
    )
