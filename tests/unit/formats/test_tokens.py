"""What a token is, in many scripts, and that it never depends on how it is found."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.formats.places.tokens import BLANKS, _pattern, find_tokens
from annotations.snapping import Snap, snap

FAMILY = "👩\u200d👩\u200d👧\u200d👦"
SCOTLAND = "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in find_tokens(text)]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Kyiv’s 3.5% of A_b²", ["Kyiv", "’", "s", "3", ".", "5", "%", "of", "A_b²"]),
        ("東京タワーへ行った。", ["東", "京", "タ", "ワ", "ー", "へ", "行", "っ", "た", "。"]),
        ("人々は〇𠮷", ["人", "々", "は", "〇", "𠮷"]),
        ("か\u3099 ｶﾞｽ", ["か\u3099", "ｶﾞ", "ｽ"]),
        ("NATO加盟2025年", ["NATO", "加", "盟", "2025", "年"]),
        ("สวัสดี ๑๒", ["ส", "วั", "ส", "ดี", "๑๒"]),
        ("นำ้ำ", ["นำ้ำ"]),
        ("ພາສາ", ["ພ", "າ", "ສ", "າ"]),
        ("ភាសាខ្មែរ", ["ភា", "សា", "ខ្មែ", "រ"]),
        ("မြန်မာ ဗုဒ္ဓ", ["မြ", "န်", "မာ", "ဗု", "ဒ္ဓ"]),
        ("한국어로 नमस्ते e\u0301tude", ["한국어로", "नमस्ते", "e\u0301tude"]),
    ],
)
def test_words_and_the_signs_of_scripts_without_spaces(text: str, tokens: list[str]) -> None:
    assert cut(text) == tokens


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Zu\u00adsammen", ["Zu\u00adsammen"]),
        ("می\u200cخواهم", ["می\u200cخواهم"]),
        ("\u200fשלום!\u200e", ["\u200fשלום", "!\u200e"]),
        ("a\u2060—\u2060b", ["a\u2060—\u2060b"]),
        ("\ufeffone\u200btwo", ["one", "two"]),
        ("ไทย\u200bไทย", ["ไ", "ท", "ย", "ไ", "ท", "ย"]),
        (" \u200d ", ["\u200d"]),
    ],
)
def test_format_characters_join_their_neighbours(text: str, tokens: list[str]) -> None:
    assert cut(text) == tokens


@pytest.mark.parametrize(
    "emoji", [FAMILY, SCOTLAND, "🇺🇦", "1️⃣", "#️⃣", "👍🏽", "❤️", "🧑🏿\u200d🚀", "🏳️\u200d🌈"]
)
def test_an_emoji_of_several_characters_is_one_token(emoji: str) -> None:
    assert cut(f"a {emoji}{emoji}, b") == ["a", emoji, emoji, ",", "b"]
    assert cut(f"東{emoji}東") == ["東", emoji, "東"]


def test_flags_are_paired_from_the_left() -> None:
    assert cut("🇺🇦🇩🇪🇫") == ["🇺🇦", "🇩🇪", "🇫"]


signs = st.sampled_from(
    "ab1_ .,’é東かｶﾞーไกนัำลາຳខ្មមြန်ဒ္ဓ한👍❤️👩"
    "\u0301\u00ad\u200d\u2060\u200c\u200f\u200b\ufeff\ufe0f\u20e3\n\u2028"
    "\U0001f1fa\U0001f1e6\U0001f3fd\U000e0067𠮷"
)
texts = st.text(signs, max_size=12) | st.text(max_size=12)


@settings(deadline=None, max_examples=500)
@given(texts)
def test_tokens_stand_in_order_and_leave_out_only_what_is_blank(text: str) -> None:
    before, left = 0, []
    for start, end in find_tokens(text):
        assert before <= start < end
        left.append(text[before:start])
        before = end
    left.append(text[before:])
    assert all(sign.isspace() or sign in BLANKS for sign in "".join(left))


@settings(deadline=None, max_examples=500)
@given(texts)
def test_a_simpler_pattern_finds_the_tokens_of_the_whole_one(text: str) -> None:
    whole = _pattern(has_keycaps=True, is_long=True)
    assert find_tokens(text) == [match.span() for match in whole.finditer(text)]


@settings(deadline=None, max_examples=500)
@given(st.text(signs, max_size=12))
def test_no_token_ends_within_what_readers_take_for_one_character(text: str) -> None:
    for start, end in find_tokens(text):
        assert snap(text, start, end, Snap.CHARACTER) == (start, end)


def test_a_long_text_of_any_script_is_cut_in_time_that_grows_with_it() -> None:
    for sign in ("a", "1", "\u200d", "\u0301", "ក្ក", FAMILY, "1️⃣"):
        assert sum(end - start for start, end in find_tokens(sign * 20_000)) == len(sign) * 20_000


def test_plain_words_are_found_as_the_plain_pattern_finds_them() -> None:
    text = "Critics — “many” of them — reject that: naïvely, in 2025."
    assert cut(text) == re.findall(r"\w+|[^\w\s]", text)
