"""Fast computations against slow ones that are easy to believe."""

from collections import defaultdict
from collections.abc import Mapping
from itertools import combinations, permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.agreement import Corpus, Items, align, evaluate, read_plain
from annotations.agreement.data.arrays import FloatArray
from annotations.agreement.unitizing import counting as unitizing
from tests.unit.agreement.corpora import Plain, one_document, random_plain, span

LABELS = ("A", "B")


def paint(corpus: Corpus) -> list[list[list[frozenset[str]]]]:
    """The labels of every character of every document and annotator."""
    painted = []
    for document, length in enumerate(corpus.lengths.tolist()):
        rows = [[frozenset[str]() for _ in range(length)] for _ in corpus.annotators]
        for index in np.flatnonzero(corpus.document == document).tolist():
            row = rows[int(corpus.annotator[index])]
            for place in range(int(corpus.start[index]), int(corpus.end[index])):
                row[place] = row[place] | {corpus.labels[int(corpus.label[index])]}
        painted.append(rows)
    return painted


def slow_alpha(columns: list[list[frozenset[str]]]) -> float:
    """Krippendorff's nominal alpha from its definition over pairs of values."""
    observed, values = 0.0, []
    for column in columns:
        if len(column) > 1:
            apart = sum(one != other for one, other in permutations(column, 2))
            observed += apart / (len(column) - 1)
            values.extend(column)
    expected = sum(one != other for one, other in permutations(values, 2)) / (len(values) - 1)
    return 1 - observed / expected


@pytest.mark.parametrize("seed", range(4))
def test_alpha_by_sweep_equals_alpha_over_characters(seed: int) -> None:
    corpus = read_plain(random_plain(seed, documents=3, length=50, spans=5, missing=0.4))
    columns = []
    for document, rows in enumerate(paint(corpus)):
        present = [row for row, done in zip(rows, corpus.completed[document], strict=True) if done]
        columns.extend([list(column) for column in zip(*present, strict=True)])
    value = evaluate(corpus, metrics=["alpha_nominal"], samples=0)["alpha_nominal"].value
    assert value == pytest.approx(slow_alpha(columns), abs=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_kappa_dice_and_iou_by_sweep_equal_those_over_characters(seed: int) -> None:
    corpus = read_plain(random_plain(seed, documents=3, annotators=2, length=50, spans=5))
    one = [value for rows in paint(corpus) for value in rows[0]]
    other = [value for rows in paint(corpus) for value in rows[1]]
    report = evaluate(corpus, metrics=["cohen_kappa", "dice", "iou"], samples=0)
    chance = sum((one.count(value) / len(one)) * (other.count(value) / len(other)) for value in set(one))
    agreement = sum(map(frozenset.__eq__, one, other)) / len(one)
    assert report["cohen_kappa"].value == pytest.approx((agreement - chance) / (1 - chance), abs=1e-12)
    shared = sum(len(mine & theirs) for mine, theirs in zip(one, other, strict=True))
    sizes = sum(map(len, one)) + sum(map(len, other))
    assert report["dice"].value == pytest.approx(2 * shared / sizes)
    assert report["iou"].value == pytest.approx(shared / (sizes - shared))


def slow_pooled(rows: list[dict[str, str]], *, own: bool) -> float:
    """Cohen's kappa (or Scott's pi) of many, from every comparison of two judgements and every one that chance could make."""
    compared = [(mine, theirs) for row in rows for mine, theirs in permutations(row.items(), 2)]
    observed = sum(mine[1] == theirs[1] for mine, theirs in compared) / len(compared)
    judgements = [mine for mine, _ in compared]
    drawn = [(one, other) for one, other in product(judgements, repeat=2) if not own or one[0] != other[0]]
    expected = sum(one[1] == other[1] for one, other in drawn) / len(drawn)
    return (observed - expected) / (1 - expected)


def draw_rows(seed: int, *, missing: float) -> list[dict[str, str]]:
    generator = np.random.default_rng(seed)
    rows = []
    for _ in range(12):
        value, present = generator.choice(["x", "y", "z"]), generator.random(5) >= missing
        rows.append(
            {
                f"a{who}": str(value if generator.random() < 0.6 else generator.choice(["x", "y", "z"]))
                for who in np.flatnonzero(present).tolist()
            }
        )
    return rows


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("missing", [0.0, 0.5])
def test_kappa_and_pi_of_many_count_each_comparison_of_two_judgements_once(seed: int, missing: float) -> None:
    rows = draw_rows(seed, missing=missing)
    report = evaluate(Items.from_rows(rows), metrics=["cohen_kappa", "scott_pi"], samples=0)
    assert report["cohen_kappa"].value == pytest.approx(slow_pooled(rows, own=True))
    assert report["scott_pi"].value == pytest.approx(slow_pooled(rows, own=False))


@pytest.mark.parametrize("seed", range(4))
def test_kappa_of_those_who_judged_everything_takes_the_mean_agreements_of_the_pairs(seed: int) -> None:
    # Davies and Fleiss (1982): mean observed and mean expected agreement; Scott's pi is then that of Fleiss (1971)
    rows = draw_rows(seed, missing=0.0)
    report = evaluate(Items.from_rows(rows), metrics=["cohen_kappa", "scott_pi", "fleiss_kappa"], samples=0)
    observed, expected = [], []
    for one, other in combinations(sorted(rows[0]), 2):
        mine, theirs = [row[one] for row in rows], [row[other] for row in rows]
        observed.append(np.mean([a == b for a, b in zip(mine, theirs, strict=True)]))
        expected.append(sum(mine.count(value) * theirs.count(value) for value in "xyz") / len(rows) ** 2)
    chance = np.mean(expected)
    assert report["cohen_kappa"].value == pytest.approx((np.mean(observed) - chance) / (1 - chance))
    assert report["scott_pi"].value == pytest.approx(report["fleiss_kappa"].value)


@pytest.mark.parametrize("name", ["cohen_kappa", "scott_pi"])
def test_the_mean_of_the_pairs_is_told_beside_the_pooled_value(name: str) -> None:
    report = evaluate(Items.from_rows(draw_rows(7, missing=0.5)), metrics=[name], by=["pair"], samples=0)[
        name
    ]
    values = [part.value for part in report.by_pair.values()]
    defined = [value for value in values if value is not None]
    assert report.details["mean_of_pairs"] == pytest.approx(np.mean(defined))
    assert report.details["mean_of_pairs"] != pytest.approx(report.value)
    assert report.details["n_pairs"] == len(values)
    assert report.details["n_undefined_pairs"] == len(values) - len(defined)


spans = st.builds(
    lambda start, size, label: span(start, start + size, label),
    st.integers(0, 20),
    st.integers(1, 8),
    st.sampled_from(LABELS),
)
readings = st.lists(spans, max_size=4)


def best_matching(one: list[Plain], other: list[Plain], weight: FloatArray) -> float:
    """The largest total weight of a one-to-one matching, by trying all."""
    if len(one) > len(other):
        return best_matching(other, one, weight.T)
    return max(
        (
            sum(weight[row, column] for row, column in enumerate(choice))
            for choice in permutations(range(len(other)), len(one))
        ),
        default=0.0,
    )


def overlap_weight(one: Plain, other: Plain, sense: str) -> float:
    meets = min(one["end"], other["end"]) > max(one["start"], other["start"])
    same_place = (one["start"], one["end"]) == (other["start"], other["end"])
    same_label = one["label"] == other["label"]
    if sense == "partial":
        return 1.0 if same_place else 0.5 * meets
    rule = {"strict": same_place and same_label, "exact": same_place, "type": meets and same_label}
    return float(rule[sense])


@given(readings, readings)
@settings(max_examples=120, deadline=None)
def test_span_f1_matches_as_many_as_can_be_matched(one: list[Plain], other: list[Plain]) -> None:
    report = evaluate(
        one_document(40, a=one, b=other),
        metrics=[f"f1_{sense}" for sense in ("strict", "exact", "partial", "type")],
        samples=0,
    )
    for sense in ("strict", "exact", "partial", "type"):
        weight = np.array(
            [[overlap_weight(mine, theirs, sense) for theirs in other] for mine in one]
        ).reshape(len(one), len(other))
        assert report[f"f1_{sense}"].details["matched"] == pytest.approx(best_matching(one, other, weight))


Distances = dict[str, dict[str, float]]


def apart(one: str, other: str, table: Distances) -> float:
    """How far apart two labels are."""
    low, high = sorted((one, other))
    return 0.0 if one == other else table.get(low, {}).get(high, 1.0)


def dissimilarity(one: Plain, other: Plain, table: Distances) -> float:
    moved = abs(one["start"] - other["start"]) + abs(one["end"] - other["end"])
    size = one["end"] - one["start"] + other["end"] - other["start"]
    return float((moved / size) ** 2 + apart(one["label"], other["label"], table))


def cost_of(cluster: list[tuple[int, Plain]], annotators: int, table: Distances) -> float:
    pairs = annotators * (annotators - 1) / 2
    aligned = [dissimilarity(one[1], other[1], table) for one, other in combinations(cluster, 2)]
    return (sum(aligned) + (pairs - len(aligned))) / pairs


def least_cost(units: list[tuple[int, Plain]], annotators: int, table: Distances) -> float:
    """The cheapest partition into clusters, by trying every cluster of the first unit."""
    if not units:
        return 0.0
    (owner, unit), rest = units[0], units[1:]
    others = [
        [None, *[index for index, (who, _) in enumerate(rest) if who == one]]
        for one in range(annotators)
        if one != owner
    ]
    best = float("inf")
    for choice in product(*others):
        taken = [index for index in choice if index is not None]
        cluster = [(owner, unit), *(rest[index] for index in taken)]
        left = [entry for index, entry in enumerate(rest) if index not in taken]
        best = min(best, cost_of(cluster, annotators, table) + least_cost(left, annotators, table))
    return best


@pytest.mark.parametrize("table", [{}, {"A": {"B": 0.25}}], ids=["nominal", "by a table"])
@given(annotators=st.lists(st.lists(spans, max_size=3), min_size=2, max_size=4))
@settings(max_examples=60, deadline=None)
def test_best_alignment_is_the_cheapest_partition(annotators: list[list[Plain]], table: Distances) -> None:
    corpus = one_document(40, **{f"a{number}": list(own) for number, own in enumerate(annotators)})
    units = [(number, unit) for number, own in enumerate(annotators) for unit in own]
    if not units:
        assert align(corpus) == ()
        return
    (alignment,) = align(corpus, distances=table)
    expected = least_cost(units, len(annotators), table) * len(annotators) / len(units)
    assert alignment.certified
    assert alignment.disorder == pytest.approx(expected, abs=1e-6)
    members = sorted(row for cluster in alignment.clusters for row in cluster.spans)
    assert members == list(range(len(units)))
    for cluster in alignment.clusters:
        assert len({int(corpus.annotator[row]) for row in cluster.spans}) == len(cluster.spans)


def slow_alpha_u(corpus: Corpus, label: str) -> tuple[float, float]:
    """Krippendorff's (1995) disagreements, unit by unit and gap by gap."""
    length = int(corpus.lengths[0])
    sections = []
    code = corpus.labels.index(label)
    for annotator in range(len(corpus.annotators)):
        own, place = [], 0
        for row in np.flatnonzero((corpus.annotator == annotator) & (corpus.label == code)).tolist():
            start, end = int(corpus.start[row]), int(corpus.end[row])
            own += [(place, start, False)] * (start > place) + [(start, end, True)]
            place = end
        sections.append(own + [(place, length, False)] * (length > place))
    m = len(sections)
    observed = 0.0
    for mine, theirs in permutations(sections, 2):
        for (start, end, unit), (begin, stop, other) in product(mine, theirs):
            if unit and other and start < stop and begin < end:
                observed += (start - begin) ** 2 + (end - stop) ** 2
            elif unit and not other and begin <= start and end <= stop:
                observed += (end - start) ** 2
            elif other and not unit and start <= begin and stop <= end:
                observed += (stop - begin) ** 2
    every = [section for own in sections for section in own]
    sizes = [end - start for start, end, unit in every if unit]
    gaps = [end - start for start, end, unit in every if not unit]
    total = sum(
        (len(sizes) - 1) / 3 * (2 * size**3 - 3 * size**2 + size)
        + size**2 * sum(gap - size + 1 for gap in gaps if gap >= size)
        for size in sizes
    )
    below = m * length * (m * length - 1) - sum(size * (size - 1) for size in sizes)
    return observed / (m * (m - 1) * length**2), 2 / length * total / below


@pytest.mark.parametrize(
    "most_key", [unitizing.MAX_KEY, 1], ids=["short texts", "texts too long for one key"]
)
@pytest.mark.parametrize("seed", range(5))
def test_alpha_u_equals_its_definition(seed: int, most_key: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unitizing, "MAX_KEY", most_key)
    generator = np.random.default_rng(seed)
    annotators = {}
    for name in ("a", "b", "c"):
        borders = np.sort(generator.choice(60, size=8, replace=False)).tolist()
        annotators[name] = [span(borders[at], borders[at + 1], LABELS[at // 2 % 2]) for at in range(0, 8, 2)]
    corpus = one_document(60, **annotators)
    parts = [slow_alpha_u(corpus, label) for label in LABELS]
    report = evaluate(corpus, metrics=["alpha_u"], by=["label"], samples=0)["alpha_u"]
    assert report.value == pytest.approx(1 - sum(part[0] for part in parts) / sum(part[1] for part in parts))
    for label, (observed, expected) in zip(LABELS, parts, strict=True):
        assert report.by_label[label].value == pytest.approx(1 - observed / expected)


def cut_units(own: list[tuple[int, int, str]], length: int, *, labels: bool) -> list[tuple[int, int, str]]:
    """The units of one annotator, place by place: a new one begins where the labels change or no span runs across."""
    reads = [
        sorted({label if labels else "x" for begin, end, label in own if begin <= at < end})
        for at in range(length)
    ]
    units: list[tuple[int, int, str]] = []
    for at, value in enumerate(map("+".join, reads)):
        crossed = any(begin < at < end for begin, end, _ in own)
        if value and at and reads[at - 1] == reads[at] and crossed:
            units[-1] = (units[-1][0], at + 1, value)
        elif value:
            units.append((at, at + 1, value))
    return units


def slow_family(corpus: Corpus, *, labels: bool) -> dict[str, float]:
    """u-alpha, cu-alpha and (k)u-alpha of each value, from every two annotators at every place of every document."""
    meet: defaultdict[tuple[str, str], float] = defaultdict(float)
    squared: defaultdict[str, float] = defaultdict(float)
    pairable: defaultdict[str, float] = defaultdict(float)
    for document, length in enumerate(corpus.lengths.tolist()):
        people = np.flatnonzero(corpus.completed[document]).tolist()
        units = {}
        for who in people:
            rows = np.flatnonzero((corpus.document == document) & (corpus.annotator == who)).tolist()
            own = [
                (int(corpus.start[row]), int(corpus.end[row]), corpus.labels[corpus.label[row]])
                for row in rows
            ]
            units[who] = cut_units(own, length, labels=labels)
        read = {
            who: [next((value for begin, end, value in own if begin <= at < end), "") for at in range(length)]
            for who, own in units.items()
        }
        for one, other in permutations(people, 2):
            for key in zip(read[one], read[other], strict=True):
                meet[key] += 1 / (len(people) - 1)
        for who, own in units.items():
            for begin, end, value in own:
                squared[value] += (end - begin) ** 2
                covered = sum(
                    bool(read[other][at]) for other in people if other != who for at in range(begin, end)
                )
                pairable[value] += (covered / (len(people) - 1)) ** 2

    def alpha(pairs: Mapping[tuple[str, str], float], correction: Mapping[str, float]) -> float:
        total = sum(pairs.values())
        held = {
            value: sum(n for (one, _), n in pairs.items() if one == value)
            for value in {one for one, _ in pairs}
        }
        observed = sum(n for (one, other), n in pairs.items() if one != other)
        room = total - sum(correction.get(value, 0) for value in held) / total if total else 0
        expected = (
            sum(held[one] * held[other] for one, other in permutations(held, 2)) / room if room > 0 else 0
        )
        return 1 - observed / expected if expected else float("nan")

    among = {key: n for key, n in meet.items() if all(key)}
    squared[""] = sum(n for (one, _), n in meet.items() if not one)
    found = {"u": alpha(meet, squared), "cu": alpha(among, pairable)}
    total = sum(among.values())
    for value in {one for one, _ in among}:
        held = sum(n for (one, _), n in among.items() if one == value)
        chance = held**2 * (total - held) / (held * total - pairable[value]) if held < total else 0
        found[value] = 1 - (held - among.get((value, value), 0)) / chance if chance else float("nan")
    return found


def draw_readings(generator: np.random.Generator, annotators: int, *, nested: bool) -> dict[str, list[Plain]]:
    """Annotators of a text of 40 characters, some of whom marked nothing; their spans may nest, cross and repeat."""
    readings = {}
    for number in range(annotators):
        n_spans = int(generator.integers(0, 6))
        if nested:
            begins = generator.integers(0, 36, n_spans)
            places = [(int(begin), int(min(40, begin + generator.integers(1, 15)))) for begin in begins]
        else:
            borders = np.sort(generator.choice(40, size=2 * n_spans, replace=False)).tolist()
            places = list(zip(borders[::2], borders[1::2], strict=True))
        readings[f"a{number}"] = [
            span(begin, end, str(generator.choice(["A", "B", "C"]))) for begin, end in places
        ]
    return readings


@pytest.mark.parametrize("annotators", [2, 3, 4, 5])
@pytest.mark.parametrize("nested", [False, True], ids=["apart", "nested"])
def test_the_family_of_2016_equals_its_definition(annotators: int, *, nested: bool) -> None:
    generator = np.random.default_rng(annotators)
    names = ("u_alpha", "u_alpha_binary", "cu_alpha", "ku_alpha")
    seen = 0
    for _ in range(12):
        people = [
            draw_readings(generator, int(number), nested=nested)
            for number in (annotators, generator.integers(1, 6))
        ]
        corpus = read_plain(
            {
                "documents": [
                    {"id": f"d{number}", "length": 40, "annotators": own} for number, own in enumerate(people)
                ]
            }
        )
        corpus = corpus.select(
            documents=[corpus.documents[row] for row in np.flatnonzero(corpus.completed.sum(axis=1) > 1)]
        )
        told, merged = slow_family(corpus, labels=True), slow_family(corpus, labels=False)
        expected = {
            "u_alpha": told["u"],
            "u_alpha_binary": merged["u"],
            "cu_alpha": told["cu"],
            "ku_alpha": told["cu"],
        }
        report = evaluate(corpus, metrics=names, samples=0)
        for name, value in expected.items():
            found = report[name].value
            assert found == (None if np.isnan(value) else pytest.approx(value, abs=1e-9)), name
            seen += found is not None
        for label in set(told) & {"A", "B", "C"}:
            value = told[label]
            found = report["ku_alpha"].by_label[label].value
            assert found == (None if np.isnan(value) else pytest.approx(value, abs=1e-9)), label
    assert seen > 30
