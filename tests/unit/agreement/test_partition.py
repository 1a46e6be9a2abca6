"""The optimum behind gamma, part by part: candidates, prices, relaxation, and the search where it is fractional."""

from collections.abc import Callable
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.agreement import Corpus, align
from annotations.agreement.data.arrays import FloatArray, IntArray
from annotations.agreement.gamma import pairs, partition
from annotations.agreement.gamma.alignment import solve
from annotations.agreement.gamma.candidates import bipartitions, find_candidates
from annotations.agreement.gamma.partition import join_candidates
from annotations.agreement.gamma.units import Dissimilarity, Units
from annotations.agreement.packing import programming, rounding
from annotations.agreement.packing.incumbent import Incumbent, find_blocks
from annotations.agreement.packing.prices import (
    begin_prices,
    lower_prices,
    pack_simply,
    raise_prices,
    settle_prices,
)
from annotations.agreement.packing.programming import pack_exactly, relax_packing
from annotations.agreement.packing.rounding import round_relaxation
from annotations.agreement.packing.scaling import scale_packing
from annotations.agreement.packing.sets import Sets
from tests.unit.agreement.corpora import one_document, span

ROWS = 7
GAINS = (0.25, 0.5, 0.5 + 1e-7, 0.7, 0.9, 1.0, 1.3)

packings = st.dictionaries(
    st.frozensets(st.integers(0, ROWS - 1), min_size=2, max_size=4),
    st.sampled_from(GAINS),
    min_size=1,
    max_size=12,
)


def to_sets(gains: dict[frozenset[int], float]) -> Sets:
    members = [sorted(rows) for rows in gains]
    return Sets(
        np.cumsum([0, *map(len, members)]), np.concatenate(members), np.array(list(gains.values())), ROWS
    )


def best_gain(gains: dict[frozenset[int], float]) -> float:
    """The largest gain of disjoint sets, by trying all."""
    best = 0.0
    for count in range(1, ROWS // 2 + 1):
        for choice in combinations(gains, count):
            if sum(map(len, choice)) == len(frozenset().union(*choice)):
                best = max(best, sum(gains[rows] for rows in choice))
    return best


def are_disjoint(sets: Sets, chosen: list[int]) -> bool:
    return bool(np.bincount(sets.take(np.array(chosen, dtype=np.int64)).members, minlength=1).max() <= 1)


@given(packings, st.lists(st.floats(-2, 2), min_size=ROWS, max_size=ROWS))
def test_sums_over_sets_do_not_depend_on_the_order_of_sets(
    gains: dict[frozenset[int], float], values: list[float]
) -> None:
    of_row = np.array(values)
    for rows in (list(gains), sorted(gains, key=len)):
        sums = to_sets({one: gains[one] for one in rows}).sum_rows(of_row)
        assert sums.tolist() == pytest.approx([of_row[sorted(one)].sum() for one in rows])


@given(packings, st.data())
def test_sets_are_taken_in_whatever_order_they_are_asked_for(
    gains: dict[frozenset[int], float], data: st.DataObject
) -> None:
    rows = [sorted(one) for one in sorted(gains, key=len)]
    columns = data.draw(st.lists(st.integers(0, len(rows) - 1), unique=True))
    sets = to_sets({frozenset(one): gains[frozenset(one)] for one in rows})
    for wanted in (columns, sorted(columns)):
        taken = sets.take(np.array(wanted, dtype=np.int64))
        found = [taken.members[taken.begins[k] : taken.begins[k + 1]].tolist() for k in range(len(taken))]
        assert found == [rows[column] for column in wanted]
        assert taken.gain.tolist() == [gains[frozenset(rows[column])] for column in wanted]


@given(packings)
def test_simple_prices_bound_every_set_and_every_packing(gains: dict[frozenset[int], float]) -> None:
    sets = to_sets(gains)
    chosen, price = pack_simply(sets)
    for prices in (price, lower_prices(sets)):
        assert prices.min() >= 0
        assert np.all(sets.sum_rows(prices) >= sets.gain - 1e-9)
        assert prices.sum() >= best_gain(gains) - 1e-9
    assert are_disjoint(sets, chosen.tolist())


@given(packings, st.lists(st.floats(0, 2), min_size=ROWS, max_size=ROWS))
def test_settled_and_raised_prices_bound_every_set_whatever_they_were(
    gains: dict[frozenset[int], float], guess: list[float]
) -> None:
    sets = to_sets(gains)
    for mend in (settle_prices, raise_prices):
        price = mend(sets, np.array(guess))
        assert price.min() >= 0
        assert np.all(sets.sum_rows(price) >= sets.gain - 1e-9)
    assert np.all(price >= guess)


@pytest.mark.parametrize("factor", [1e-3, 1, 1e3])
@given(packings)
@settings(deadline=None)
def test_scaled_prices_bound_every_set_however_small_or_large_its_gain(
    factor: float, gains: dict[frozenset[int], float]
) -> None:
    sets = to_sets({rows: factor * gain for rows, gain in gains.items()})
    chosen, price = scale_packing(sets, np.arange(ROWS), begin_prices(sets))
    assert np.all(sets.sum_rows(price) >= sets.gain - 1e-9)
    assert are_disjoint(sets, chosen.tolist())


@given(packings, st.sampled_from([pack_simply, lambda sets: ([], begin_prices(sets))]))
def test_what_a_choice_rules_out_is_in_no_better_one(
    gains: dict[frozenset[int], float], pack: Callable[[Sets], tuple[IntArray, FloatArray]]
) -> None:
    sets = to_sets(gains)
    choice = Incumbent.begin(sets, begin_prices(sets), *find_blocks(sets)).choose(*pack(sets))
    narrowed = choice.rule_out().rule_out()
    left = {rows: gain for number, (rows, gain) in enumerate(gains.items()) if number in narrowed.columns}
    assert best_gain(left) == pytest.approx(best_gain(gains))
    assert narrowed.columns[narrowed.chosen].tolist() == choice.columns[choice.chosen].tolist()
    assert narrowed.price.sum() >= best_gain(left) - 1e-9
    assert np.all(narrowed.count_losses() >= -1e-9)


@given(packings, st.lists(st.floats(0, 2), min_size=ROWS, max_size=ROWS))
def test_the_relaxation_is_proven_by_its_prices_wherever_it_starts(
    gains: dict[frozenset[int], float], guess: list[float]
) -> None:
    sets = to_sets(gains)
    share, price = relax_packing(sets, np.array(guess))
    assert np.all(sets.sum_rows(price) >= sets.gain - 1e-8)
    assert float(share @ sets.gain) == pytest.approx(price.sum(), abs=1e-7)


@given(packings)
@settings(max_examples=200, deadline=None)
def test_a_mended_relaxation_is_the_best_packing(gains: dict[frozenset[int], float]) -> None:
    sets = to_sets(gains)
    share, price = relax_packing(sets, np.zeros(ROWS))
    mended = round_relaxation(sets, share, sets.sum_rows(price) - sets.gain, price, 0.0)
    assert mended is not None
    chosen, gap = mended
    assert gap == 0
    assert are_disjoint(sets, chosen.tolist())
    assert sets.gain[chosen].sum() == pytest.approx(best_gain(gains), abs=1e-8)


def test_groups_are_mended_apart_where_a_loss_is_allowed_and_together_where_it_is_not() -> None:
    triangle = [frozenset(pair) for pair in ((0, 1), (1, 2), (0, 2))]
    gains = dict.fromkeys([*triangle, *(frozenset(row + 3 for row in pair) for pair in triangle)], 1.0)
    sets = to_sets(gains)
    share, price = relax_packing(sets, np.zeros(ROWS))
    assert share.tolist() == pytest.approx([0.5] * 6)
    excess = sets.sum_rows(price) - sets.gain
    for allowed, gap in ((1.0, 1.0), (0.9, 0.0)):
        mended = round_relaxation(sets, share, excess, price, allowed)
        assert mended is not None
        assert len(mended[0]) == 2
        assert mended[1] == pytest.approx(gap)


def make_crowded(seed: int) -> Corpus:
    """Five annotators who mark a short text at random."""
    generator = np.random.default_rng(seed)
    annotators = {}
    for name in "abcde":
        starts = np.sort(generator.integers(0, 60, 12)).tolist()
        annotators[name] = [
            span(start, start + int(generator.integers(2, 14)), "AB"[int(generator.integers(2))])
            for start in starts
        ]
    return one_document(80, **annotators)


def test_the_integer_program_finds_the_same_optimum_as_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    solved: list[int] = []

    def pack_and_count(sets: Sets) -> object:
        solved.append(len(sets))
        return pack_exactly(sets)

    corpora = [make_crowded(seed) for seed in range(8)]
    searched = [align(corpus)[0] for corpus in corpora]
    monkeypatch.setattr(rounding, "MAX_MOVES", -1)
    monkeypatch.setattr(programming, "pack_exactly", pack_and_count)
    programmed = [align(corpus)[0] for corpus in corpora]
    assert solved
    assert all(alignment.certified for alignment in searched + programmed)
    assert [one.disorder for one in programmed] == pytest.approx([one.disorder for one in searched], abs=1e-7)


def to_units(corpus: Corpus) -> Units:
    return Units(
        np.zeros(corpus.n_spans, dtype=np.int64),
        corpus.annotator,
        corpus.start.astype(np.float64),
        corpus.end.astype(np.float64),
        corpus.label,
        np.full(1, len(corpus.annotators)),
        corpus.label,
    )


@pytest.mark.parametrize("seed", range(4))
def test_scaling_comes_near_the_best_bound_and_the_best_packing(seed: int) -> None:
    units = to_units(make_crowded(seed))
    sets = join_candidates(find_candidates(units, Dissimilarity(), 5), len(units))
    chosen, price = scale_packing(sets, units.annotator, begin_prices(sets))
    best = relax_packing(sets, begin_prices(sets))[1].sum()
    assert best - 1e-9 <= price.sum() <= 1.03 * best
    assert sets.gain[chosen].sum() >= 0.85 * best


@pytest.mark.parametrize("tolerance", [1e-3, 0.02, 0.2])
@pytest.mark.parametrize("seed", range(4))
def test_an_alignment_loses_no_more_than_it_says_and_may(seed: int, tolerance: float) -> None:
    units = to_units(make_crowded(seed))
    best = solve(units, Dissimilarity(), tolerance=np.zeros(1))
    assert best.gap.tolist() == [0]
    near = solve(units, Dissimilarity(), tolerance=np.array([tolerance]))
    assert near.gap[0] <= tolerance * near.cost.sum()
    assert best.cost.sum() - 1e-9 <= near.cost.sum() <= best.cost.sum() + near.gap[0] + 1e-6


@pytest.mark.parametrize("seed", range(4))
def test_what_is_left_out_at_first_is_thought_of_where_it_might_matter(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = make_crowded(seed)
    (expected,) = align(corpus)
    monkeypatch.setattr(partition, "MIN_WINDOW", 0.0)
    monkeypatch.setattr(partition, "WINDOW_A_ROW", 0.0)
    (found,) = align(corpus)
    assert found.certified
    assert found.disorder == pytest.approx(expected.disorder, abs=1e-9)


def fits(units: Units) -> bool:
    """Whether all sets of units that might be clusters can be listed at once."""
    try:
        return bool(find_candidates(units, Dissimilarity(), 5))
    except pairs.TooManyCandidatesError:
        return False


def test_problems_that_are_too_many_together_are_solved_apart_with_the_same_proof(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alone = [to_units(make_crowded(seed)) for seed in range(4)]
    together = Units(
        np.concatenate([np.full(len(units), number) for number, units in enumerate(alone)]),
        *(
            np.concatenate([getattr(units, name) for units in alone])
            for name in ("annotator", "start", "end", "label", "n_annotators", "category")
        ),
    )
    expected = [solve(units, Dissimilarity(), tolerance=np.zeros(1)) for units in alone]
    monkeypatch.setattr(pairs, "MAX_CANDIDATES", 1)
    while not all(map(fits, alone)):
        monkeypatch.setattr(pairs, "MAX_CANDIDATES", 2 * pairs.MAX_CANDIDATES)
    assert not fits(together)
    found = solve(together, Dissimilarity(), tolerance=np.zeros(4))
    assert found.gap.tolist() == [0, 0, 0, 0]
    sums = np.bincount(found.problem, weights=found.cost)
    assert sums == pytest.approx([one.cost.sum() for one in expected])
    borders = np.cumsum([len(units) for units in alone])[:-1]
    for number, clusters in enumerate(np.split(found.cluster, borders)):
        assert (clusters - clusters.min()).tolist() == expected[number].cluster.tolist()


def test_what_the_prices_do_not_prove_is_not_certified(monkeypatch: pytest.MonkeyPatch) -> None:
    def relax_badly(sets: Sets, guess: FloatArray) -> tuple[FloatArray, FloatArray]:
        share, price = relax_packing(sets, guess)
        return np.zeros_like(share), price

    corpus = make_crowded(0)
    monkeypatch.setattr(programming, "relax_packing", relax_badly)
    assert not align(corpus)[0].certified


@pytest.mark.parametrize("cells_a_pair", [0, 100])
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("n_annotators", [2, 3, 4])
def test_candidates_are_the_sets_that_no_bipartition_rules_out(
    seed: int, n_annotators: int, cells_a_pair: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairs, "CELLS_A_PAIR", cells_a_pair)  # costs computed, and read from a table
    generator = np.random.default_rng(seed)
    n_units = 14
    problem = np.sort(generator.integers(0, 2, n_units))
    annotator = generator.integers(0, n_annotators, n_units)
    annotator = annotator[np.lexsort((annotator, problem))]
    start = generator.integers(0, 40, n_units).astype(np.float64)
    end = start + generator.choice([1, 2, 8, 30], n_units)
    label = generator.integers(0, 2, n_units)
    units = Units(problem, annotator, start, end, label, np.full(2, n_annotators), label)
    measure = Dissimilarity()
    found = find_candidates(units, measure, n_annotators)
    limit = n_annotators * (n_annotators - 1) / 2
    for size, members in enumerate(found.members, start=2):
        crossing, _ = bipartitions(size)
        expected = set()
        for rows in combinations(range(n_units), size):
            if len(set(annotator[list(rows)])) < size or len(set(problem[list(rows)])) > 1:
                continue
            inside = [(rows[low], rows[high]) for high, low in product(range(size), repeat=2) if low < high]
            one, other = np.array(inside).T
            if np.all((units.dissimilarity(one, other, measure) - 1) @ crossing <= limit):
                expected.add(rows)
        assert {tuple(rows) for rows in members.tolist()} == expected
        assert np.all(found.price[members].sum(axis=1) >= found.gain[size - 2] - 1e-9)


def test_of_equally_good_alignments_the_one_with_fewer_clusters_is_taken() -> None:
    # a distance of 4 between two of three annotators: together they cost 2, as much as apart
    (alignment,) = align(one_document(9, a=[span(0, 1)], b=[span(2, 3)], c=[]))
    assert alignment.disorder == pytest.approx(2 * 3 / 2)
    assert [cluster.spans for cluster in alignment.clusters] == [(0, 1)]


def test_an_alignment_does_not_depend_on_other_documents() -> None:
    parts = [make_crowded(seed) for seed in range(3)]
    together = Corpus.from_arrays(
        documents=["d0", "d1", "d2"],
        lengths=[80, 80, 80],
        annotators=list("abcde"),
        labels=["A", "B"],
        document=np.repeat([0, 1, 2], [part.n_spans for part in parts]),
        annotator=np.concatenate([part.annotator for part in parts]),
        start=np.concatenate([part.start for part in parts]),
        end=np.concatenate([part.end for part in parts]),
        label=np.concatenate([part.label for part in parts]),
    )
    for alone, beside in zip(parts, align(together), strict=True):
        assert align(alone)[0].disorder == pytest.approx(beside.disorder, abs=1e-9)
