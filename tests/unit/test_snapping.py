"""Where spans may begin and end: on words, on characters as readers see them, or on sentences; never on white space."""

import time

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from annotations.limits import MAX_BLANKS, MAX_SENTENCE_LENGTH, MAX_WORD_LENGTH
from annotations.snapping import Snap, is_blank, list_places, snap

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
FLAG = "\U0001f1fa\U0001f1e6"
THUMB = "\U0001f44d\U0001f3fd"
KEYCAP = "1\ufe0f\u20e3"
MARKED_E = "e\u0301"
PIECES = [
    *"ab zZ_09.,;:!?-'\"()\n\r\t",
    *"\u2019\u2010\u00ad\u00a0\u200b\u200d\u200c\u200f\u2060\ufeff\u0301\ufe0f",
    *"\u00fc\u0448\u05e9\u05dc\u05f4\u0645\u0646\u064e\u4e2d\u3042\u30ab\uac00\u1100\u1161\u11a8\u0e01\u0e33\u0e49\u0915\u094d\u0937",
    FAMILY,
    FLAG,
    THUMB,
    KEYCAP,
    "\r\n",
]
TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=30).map("".join)


@st.composite
def spans_of_texts(draw: st.DrawFn) -> tuple[str, int, int]:
    text = draw(TEXTS)
    start = draw(st.integers(0, len(text) - 1))
    return text, start, draw(st.integers(start + 1, len(text)))


def mark(text: str, to: Snap = Snap.WORD) -> str:
    """What becomes of the span between brackets, written with brackets."""
    start, end = text.index("["), text.index("]") - 1
    plain = text.replace("[", "").replace("]", "")
    start, end = snap(plain, start, end, to)
    return f"{plain[:start]}[{plain[start:end]}]{plain[end:]}"


@pytest.mark.parametrize(
    ("drawn", "snapped"),
    [
        ("Fr[iedr]ich agreed", "[Friedrich] agreed"),
        ("Kyiv[ would forgo ]it", "Kyiv [would forgo] it"),
        ("[Kyiv agr]eed.", "[Kyiv agreed]."),
        ("[\n\n\u00a0Kyiv\u200b\t] agreed", "\n\n\u00a0[Kyiv]\u200b\t agreed"),
        ("the [first_na]me", "the [first_name]"),
        ("a “[quoted]” word", "a “[quoted]” word"),
        ("a [“quoted”], word", "a [“quoted”], word"),
        ("Cafe\u0301 [Mu]\u0308nchen", "Cafe\u0301 [Mu\u0308nchen]"),
        ("Zu[\u0308ri]ch", "[Zu\u0308rich]"),
        ("naï[v]e Über", "[naïve] Über"),
        ("Кие[ва р]ешила", "[Киева решила]"),
        ("soft\u00ad[hyp]hen", "[soft\u00adhyphen]"),
    ],
)
def test_ends_within_a_word_move_outward_and_ends_on_white_space_inward(drawn: str, snapped: str) -> None:
    assert mark(drawn) == snapped


@pytest.mark.parametrize(
    ("drawn", "snapped"),
    [
        ("[Kyiv]’s allies", "[Kyiv]’s allies"),
        ("[Kyi]v's allies", "[Kyiv]'s allies"),
        ("[Kyiv’]s allies", "[Kyiv’s] allies"),
        ("Kyiv[’s] allies", "[Kyiv’s] allies"),
        ("l’[accord] final", "l’[accord] final"),
        ("[l’]accord final", "[l’accord] final"),
        ("they [don]’t know", "they [don’t] know"),
        ("they do[n't] know", "they [don't] know"),
        ("CA[N’T] GO", "[CAN’T] GO"),
        ("US-[backed] plan", "US-[backed] plan"),
        ("[US-]backed plan", "[US-backed] plan"),
        ("US[-backed] plan", "[US-backed] plan"),
        ("long-r[unn]ing", "long-[running]"),
        ("the [’90s] plan", "the [’90s] plan"),
        ("‘[Kyiv]’ plan", "‘[Kyiv]’ plan"),
        ("pre- [and] post-war", "pre- [and] post-war"),
        ("a dash[-]", "a dash[-]"),
    ],
)
def test_parts_of_a_word_with_a_hyphen_or_apostrophe_may_be_marked_alone_but_without_the_joint(
    drawn: str, snapped: str
) -> None:
    assert mark(drawn) == snapped


@pytest.mark.parametrize(
    ("drawn", "snapped"),
    [
        ("about [3].5 per cent", "about [3.5] per cent"),
        ("about 1,[000] men", "about [1,000] men"),
        ("[2]5%", "[25]%"),
        ("it ends.[Then] more", "it ends.[Then] more"),
    ],
)
def test_points_and_commas_belong_to_numbers_and_not_to_words(drawn: str, snapped: str) -> None:
    assert mark(drawn) == snapped


@pytest.mark.parametrize(
    ("drawn", "snapped"),
    [
        (f"a {FAMILY[0]}[{FAMILY[1:]}] b", f"a [{FAMILY}] b"),
        (f"a {FLAG}{FLAG[0]}[{FLAG[1]}] b", f"a {FLAG}[{FLAG}] b"),
        (f"a [{THUMB[0]}]{THUMB[1]} b", f"a [{THUMB}] b"),
        (f"a [{KEYCAP[0]}]{KEYCAP[1:]} b", f"a [{KEYCAP}] b"),
        (f"peace[{FAMILY[0]}]{FAMILY[1:]}", f"peace[{FAMILY}]"),
    ],
)
@pytest.mark.parametrize("to", [Snap.WORD, Snap.CHARACTER])
def test_emoji_and_flags_are_never_taken_apart(drawn: str, snapped: str, to: Snap) -> None:
    assert mark(drawn, to) == snapped


@pytest.mark.parametrize(
    ("drawn", "snapped"),
    [
        ("ירו[של]ים עיר", "[ירושלים] עיר"),
        ("צה[״ל] הודיע", "[צה״ל] הודיע"),
        ('[צה]"ל הודיע', '[צה"ל] הודיע'),
        ("بيت־[المق]دس", "بيت־[المقدس]"),
        ("قا[لَ] الوزير", "[قالَ] الوزير"),
        ("می\u200c[خوا]هم رفت", "[می\u200cخواهم] رفت"),
        ("[قال ]الوزير", "[قال] الوزير"),
    ],
)
def test_writing_from_right_to_left_is_snapped_like_any_other(drawn: str, snapped: str) -> None:
    assert mark(drawn) == snapped


@pytest.mark.parametrize(
    "drawn",
    [
        "乌克兰[放弃]加入北约",
        "ウクライナは[加盟]を断念",
        "우크[라이나]가 포기",
        "ยูเครนล้มเลิกการเข้า[ร่วม]นาโต",
        "ກອງປະ[ຊຸມ]",
        "កិច្ច[ប្រជុំ]",
        "အစည်း[အဝေး]",
        "乌克兰[NATO]加入",
        "加入[2025]年",
    ],
)
def test_where_words_are_not_told_by_spaces_every_character_may_be_an_end(drawn: str) -> None:
    assert mark(drawn) == drawn


@pytest.mark.parametrize(
    ("drawn", "snapped"),
    [
        ("ก[\u0e49]า", "[ก\u0e49]า"),
        ("น[\u0e33]", "[น\u0e33]"),
        ("か[\u3099]く", "[か\u3099]く"),
        ("\u1112[\u1161]\u11ab국", "[\u1112\u1161\u11ab]국"),
        ("ក[\u17d2]ខ", "[ក\u17d2ខ]"),
        ("乌克兰[NA]TO加入", "乌克兰[NATO]加入"),
    ],
)
def test_there_too_nothing_that_readers_see_as_one_character_is_cut(drawn: str, snapped: str) -> None:
    assert mark(drawn) == snapped


@pytest.mark.parametrize(
    ("drawn", "snapped"),
    [
        ("Fr[iedr]ich", "Fr[iedr]ich"),
        ("Kyiv[ would ]go", "Kyiv [would] go"),
        ("Caf[e]\u0301", "Caf[e\u0301]"),
        ("क\u094d[ष]", "[क\u094dष]"),
    ],
)
def test_a_scheme_of_characters_keeps_ends_within_words_but_not_within_characters(
    drawn: str, snapped: str
) -> None:
    assert mark(drawn, Snap.CHARACTER) == snapped


@pytest.mark.parametrize(
    ("drawn", "snapped"),
    [
        ("One is here. Two [is] there. Three.", "One is here. [Two is there.] Three."),
        ("One is [here. Two] is there. Three.", "[One is here. Two is there.] Three."),
        ("He said “it [ends].” Then more.", "[He said “it ends.”] Then more."),
        ("Mr. Smith [met] J. Doe. They left.", "[Mr. Smith met J. Doe.] They left."),
        ("It rose by 3.5 p. c. [and] fell. So.", "[It rose by 3.5 p. c. and fell.] So."),
        ("A headline\n\nThe first [line]\nruns on. End.", "A headline\n\n[The first line\nruns on.] End."),
        ("• the [one]\n• the other", "[• the one]\n• the other"),
        ("她说[不]。他走了。", "[她说不。]他走了。"),
        ("هل [قال]؟ نعم.", "[هل قال؟] نعم."),
        ("Really?! [Yes].", "Really?! [Yes.]"),
        ("  [one] ", "  [one] "),
    ],
)
def test_a_scheme_of_sentences_takes_whole_sentences(drawn: str, snapped: str) -> None:
    assert mark(drawn, Snap.SENTENCE) == snapped


def test_a_span_of_white_space_alone_stays_as_it_is() -> None:
    assert mark("Kyiv[ \n\u200b ]agreed") == "Kyiv[ \n\u200b ]agreed"
    assert is_blank(" \n\u200b\ufeff")
    assert not is_blank(" a ")


@pytest.mark.parametrize("place", [(3, 3), (4, 2), (-1, 2), (0, 6)])
def test_a_place_that_is_no_span_of_the_text_is_refused(place: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="there is no span from"):
        snap("Kyiv.", *place)


@given(spans_of_texts(), st.sampled_from(Snap))
def test_snapping_twice_changes_no_more_than_snapping_once(drawn: tuple[str, int, int], to: Snap) -> None:
    text, start, end = drawn
    once = snap(text, start, end, to)
    assert snap(text, *once, to) == once


@given(spans_of_texts(), st.sampled_from(Snap))
def test_nothing_that_was_marked_is_lost_but_white_space(drawn: tuple[str, int, int], to: Snap) -> None:
    text, start, end = drawn
    first, last = snap(text, start, end, to)
    assert 0 <= first < last <= len(text)
    assert is_blank(text[start:first])
    assert is_blank(text[last:end])


@given(spans_of_texts(), st.sampled_from(Snap))
def test_no_span_begins_or_ends_on_white_space_unless_it_is_nothing_else(
    drawn: tuple[str, int, int], to: Snap
) -> None:
    text, start, end = drawn
    first, last = snap(text, start, end, to)
    assert is_blank(text[start:end]) == (is_blank(text[first]) or is_blank(text[last - 1]))


@given(spans_of_texts())
def test_words_are_made_of_characters_and_sentences_of_words(drawn: tuple[str, int, int]) -> None:
    text, start, end = drawn
    narrow, word, wide = (snap(text, start, end, to) for to in (Snap.CHARACTER, Snap.WORD, Snap.SENTENCE))
    assert wide[0] <= word[0] <= narrow[0] < narrow[1] <= word[1] <= wide[1]


@given(spans_of_texts(), st.sampled_from(Snap))
def test_ends_are_borders_of_the_grapheme_clusters_of_unicode(drawn: tuple[str, int, int], to: Snap) -> None:
    text, start, end = drawn
    borders = {match.start() for match in regex.finditer(r"\X", text)} | {len(text)}
    borders |= {place for place in range(1, len(text)) if is_blank(text[place - 1])}
    if not is_blank(text[start:end]):
        assert set(snap(text, start, end, to)) <= borders


@given(st.lists(st.text("abcxyzäöüшщ", min_size=1, max_size=8), min_size=1, max_size=8), st.data())
def test_plain_words_are_those_between_blanks(words: list[str], data: st.DataObject) -> None:
    text = " ".join(words)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    touched = [
        place for place in regex.finditer(r"[^ ]+", text) if place.start() < end and start < place.end()
    ]
    if touched:
        assert snap(text, start, end) == (touched[0].start(), touched[-1].end())


@given(spans_of_texts(), spans_of_texts())
def test_only_what_stands_near_decides(one: tuple[str, int, int], other: tuple[str, int, int]) -> None:
    """A span is moved alike wherever its paragraph stands, so readers of excerpts and of whole texts agree."""
    text, start, end = one
    first, last = snap(text, start, end)
    before = f"{other[0]}\n\n"
    moved = snap(f"{before}{text}\n\n{other[0]}", start + len(before), end + len(before))
    assert moved == (first + len(before), last + len(before))


@pytest.mark.parametrize("to", Snap)
def test_ends_within_endless_runs_stay_and_take_no_time(to: Snap) -> None:
    began = time.monotonic()
    for sign in ("a", "\u0301", FLAG, " ", "a ", "ab’", "中", "\u200d", "."):
        text = sign * (1_000_000 // len(sign))
        for place in range(500_000, 500_020):
            first, last = snap(text, place, place + 5, to)
            most = max(MAX_SENTENCE_LENGTH, MAX_WORD_LENGTH, MAX_BLANKS)
            assert place - most <= first < last <= place + 5 + most
    assert time.monotonic() - began < 20


@given(spans_of_texts(), st.sampled_from(Snap))
def test_the_places_that_are_listed_are_those_that_snapping_leaves_alone(
    drawn: tuple[str, int, int], to: Snap
) -> None:
    text, start, end = drawn
    starts, ends = list_places(text, to)
    first, last = snap(text, start, end, to)
    if not is_blank(text[start:end]):
        assert first in starts
        assert last in ends
        assert (start in starts) == (first == start) or to is not Snap.CHARACTER
    near_starts, near_ends = list_places(text, to, first=start, last=end)
    assert near_starts == [place for place in starts if start <= place < end]
    assert near_ends == [place for place in ends if start < place <= end]
