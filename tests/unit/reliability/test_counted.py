"""Offsets as if some stretches were not there."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from annotations.reliability.excluded_text import squeeze


@given(st.lists(st.booleans(), max_size=60))
def test_an_offset_counts_the_characters_that_are_left_before_it(removed: list[bool]) -> None:
    stretches: list[tuple[int, int]] = []
    for place, is_removed in enumerate(removed):
        if is_removed and stretches and stretches[-1][1] == place and place % 2:
            stretches[-1] = (stretches[-1][0], place + 1)
        elif is_removed:
            stretches.append((place, place + 1))
    offsets = np.arange(len(removed) + 1)
    expected = [sum(not gone for gone in removed[:offset]) for offset in offsets]
    assert squeeze(offsets, stretches).tolist() == expected
