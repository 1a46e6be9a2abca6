"""Packed keys against numpy's own sorting, also where the numbers are too large to be packed."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from annotations.agreement.data.ordering import number_codes, order_by, sum_by_key

SMALL, LARGE, HUGE = 5, 10**7, 2**50
rows = st.sampled_from([SMALL, LARGE, HUGE]).flatmap(
    lambda most: st.lists(st.tuples(*[st.integers(0, most)] * 3), max_size=40)
)


@given(rows)
def test_rows_are_ordered_by_their_first_key_and_then_the_next_and_equal_ones_stay(
    rows: list[tuple[int, int, int]],
) -> None:
    keys = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    assert order_by(*keys).tolist() == sorted(range(len(rows)), key=rows.__getitem__)


@given(rows)
def test_distinct_codes_are_numbered_in_ascending_order(rows: list[tuple[int, int, int]]) -> None:
    codes = np.array([row[0] for row in rows], dtype=np.int64)
    distinct, number = number_codes(codes)
    assert distinct.tolist() == sorted(set(codes.tolist()))
    assert distinct[number].tolist() == codes.tolist()


@given(rows, st.sampled_from([SMALL, HUGE]))
def test_weights_are_summed_under_their_keys_and_nothing_is_said_of_empty_sums(
    rows: list[tuple[int, int, int]], room: int
) -> None:
    expected: dict[int, float] = {}
    for key, weight, _ in rows:
        expected[key] = expected.get(key, 0.0) + weight % 3
    keys = np.array([row[0] for row in rows], dtype=np.int64)
    weights = np.array([float(row[1] % 3) for row in rows])
    found, sums = sum_by_key(keys, weights, int(keys.max(initial=0)) + room)
    assert dict(zip(found.tolist(), sums.tolist(), strict=True)) == {
        key: value for key, value in sorted(expected.items()) if value
    }
