"""The one reader of JSON refuses what readers disagree about, says where, and takes more only where that is asked for."""

import json
import math
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.strict_json import MAX_DEPTH, Fault, Rules, StrictJsonError, read_strict

LENIENT = Rules(takes_constants=True, takes_any_character=True)


def refuse(content: str | bytes, rules: Rules | None = None) -> StrictJsonError:
    with pytest.raises(StrictJsonError) as refused:
        read_strict(content, rules or Rules())
    return refused.value


@pytest.mark.parametrize(
    ("content", "fault", "said"),
    [
        ('{"a": 1', Fault.SYNTAX, "line 1, character 8"),
        ('{"a": 1}\n{"a": 2}', Fault.SYNTAX, "line 2, character 1"),
        ("", Fault.SYNTAX, "no JSON"),
        ("\ufeff{}", Fault.SYNTAX, "BOM"),
        (b'{"a": "\xff"}', Fault.ENCODING, "byte 7 is not UTF-8"),
        ('{"a": 1, "b": 2, "a": 3}', Fault.KEY, "'a' occurs twice"),
        ('[{"x": {"a": 1, "a": 1}}]', Fault.KEY, "'a' occurs twice"),
        ('{"a": NaN}', Fault.CONSTANT, "NaN is no JSON"),
        ('{"a": -Infinity}', Fault.CONSTANT, "-Infinity is no JSON"),
        ('{"a": 1e999}', Fault.NUMBER, "too large"),
        ('{"a": ' + "9" * 5_000 + "}", Fault.NUMBER, "thousands of digits"),
        ('{"a": "b\\u0000"}', Fault.CHARACTER, "NUL at character 1"),
        ('{"\\u0000": 1}', Fault.CHARACTER, "NUL at character 0"),
        ('["ab\\ud800"]', Fault.CHARACTER, "surrogate pair at character 2"),
        ('["\ud800"]', Fault.CHARACTER, "surrogate pair at character 0"),
        ("[" * 51 + "]" * 51, Fault.DEPTH, "more than 50 levels"),
        ("[" * 100_000 + "]" * 100_000, Fault.DEPTH, "more than 50 levels"),
    ],
)
def test_what_readers_disagree_about_is_refused_with_its_place(
    content: str | bytes, fault: Fault, said: str
) -> None:
    error = refuse(content)
    assert error.fault is fault
    assert said in str(error)


def test_the_place_of_a_constant_is_not_that_of_its_name_in_a_text() -> None:
    error = refuse('{"NaN": "say \\"NaN\\"",\n "x": NaN}')
    assert (error.line, error.character) == (2, 7)


def test_a_bound_on_the_size_and_on_whole_numbers_is_kept() -> None:
    assert read_strict("[127, -127]", Rules(longest=11, largest_whole=128)) == [127, -127]
    assert refuse("[128]", Rules(largest_whole=128)).fault is Fault.NUMBER
    assert refuse("[-128]", Rules(largest_whole=128)).fault is Fault.NUMBER
    assert refuse("[" + "9" * 5_000 + "]", Rules(largest_whole=128)).fault is Fault.NUMBER
    assert refuse(b"[1234567890]", Rules(longest=11)).fault is Fault.SIZE


def test_a_reader_that_only_shows_what_it_reads_may_take_more() -> None:
    value = read_strict('[NaN, Infinity, 1e999, "\\ud800", "\\u0000"]', LENIENT)
    assert math.isnan(value[0])
    assert value[1:] == [math.inf, math.inf, "\ud800", "\0"]


def test_as_many_levels_as_are_allowed_and_pairs_of_surrogates_are_read() -> None:
    assert read_strict("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    assert read_strict('["\\ud83d\\ude00", "\\\\u0000"]') == ["😀", "\\u0000"]


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs", "Cc"])), inner)
    ),
    max_leaves=20,
)


@given(plain, st.booleans())
def test_all_other_json_is_read_as_the_standard_reader_does(value: object, ascii_only: bool) -> None:  # noqa: FBT001
    written = json.dumps(value, ensure_ascii=ascii_only)
    assert read_strict(written) == read_strict(written.encode()) == json.loads(written)


def test_checking_takes_little_beside_the_value() -> None:
    written = json.dumps([{"a": [number], "b": "\u00e9"} for number in range(50_000)])
    tracemalloc.start()
    json.loads(written)
    _, plain_peak = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    read_strict(written)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1.5 * plain_peak
