"""Which texts are copies: what editors do to a text leaves it one, and another report of one event does not become one."""

import random
import re
import unicodedata
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from annotations.likeness.resemblance import CopyKind, Resemblance, join_pairs, measure
from annotations.likeness.shingles import hash_shingles
from annotations.likeness.sketches import MAX_KEYS, SketchIndex, take_sketch

SEEDS = {
    path.name: path.read_text(encoding="utf-8")
    for path in sorted((Path(__file__).parents[3] / "seeds").glob("*.txt"))
}
JAPANESE = (
    "ウクライナの大統領は日曜日、北大西洋条約機構への加盟を断念する用意があると述べた。その代わりに西側諸国による法的拘束力のある安全の保証を求めている。"
    "交渉は月曜日にベルリンで再開される予定で、欧州各国の首脳も参加する。ロシアは東部の領土からの撤退を要求しており、合意の見通しは立っていない。"
    "専門家は、条約に代わる保証の内容が明らかにならない限り、停戦は難しいと見ている。"
)
ARABIC = (
    "قال الرئيس الأوكراني يوم الأحد إنه مستعد للتخلي عن مسعى الانضمام إلى حلف شمال الأطلسي مقابل ضمانات أمنية ملزمة من الدول الغربية. "
    "ومن المقرر أن تستأنف المحادثات يوم الاثنين في برلين بمشاركة قادة أوروبيين. وتطالب روسيا بانسحاب القوات من الشرق، ولا يلوح اتفاق في الأفق حتى الآن."
)
THAI = (
    "ประธานาธิบดียูเครนกล่าวเมื่อวันอาทิตย์ว่าพร้อมจะล้มเลิกความพยายามเข้าร่วมองค์การสนธิสัญญาแอตแลนติกเหนือ"
    "เพื่อแลกกับหลักประกันด้านความมั่นคงที่มีผลผูกพันทางกฎหมายจากชาติตะวันตก การเจรจาจะเริ่มขึ้นอีกครั้งในวันจันทร์ที่กรุงเบอร์ลิน"
)
Edit = Callable[[str], str]


def edit_words(text: str) -> str:
    generator = random.Random(3)  # noqa: S311 - it guards no secret
    words = re.split(r"(\s+)", text)
    return "".join(
        f"other{generator.randrange(900)}" if word.strip() and generator.random() < 0.12 else word
        for word in words
    )


def cut_lead(text: str) -> str:
    return "\n".join(text.strip().split("\n")[6:])


def replace_lead(text: str) -> str:
    lead = "From our own correspondent. " + " ".join(f"Fresh words {number} open it." for number in range(20))
    return lead + cut_lead(text)


def merge_paragraphs(text: str) -> str:
    return " ".join(text.split())


def shout(text: str) -> str:
    return unicodedata.normalize("NFD", text).upper().replace("’", "'")


EDITS: tuple[Edit, ...] = (edit_words, cut_lead, replace_lead, merge_paragraphs, shout)


def compare(one: str, other: str) -> Resemblance:
    return measure(hash_shingles(one), hash_shingles(other))


def is_found(texts: dict[int, str]) -> bool:
    index = SketchIndex.build((number, take_sketch(hash_shingles(text))) for number, text in texts.items())
    return (1, 2) in [candidate[:2] for candidate in index.find_candidates([2])]


@pytest.mark.parametrize(("one", "other"), list(combinations(SEEDS, 2)))
def test_five_reports_of_one_event_are_five_texts(one: str, other: str) -> None:
    assert compare(SEEDS[one], SEEDS[other]).find_kind() is None


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("name", SEEDS)
def test_an_edited_copy_of_any_of_them_is_found_among_the_others_and_is_a_copy(name: str, edit: Edit) -> None:
    copy = edit(SEEDS[name])
    others = [text for other, text in SEEDS.items() if other != name]
    assert is_found(dict(enumerate([SEEDS[name], copy, *others], start=1)))
    assert compare(SEEDS[name], copy).find_kind()
    assert not any(compare(copy, other).find_kind() for other in others)


@pytest.mark.parametrize("edit", [merge_paragraphs, shout])
def test_other_paragraphs_case_accents_and_quotes_leave_the_same_words(edit: Edit) -> None:
    text = next(iter(SEEDS.values())) + " Le Préfet a décidé."
    assert compare(text, edit(text)).find_kind() is CopyKind.SAME_WORDS


@pytest.mark.parametrize("text", [JAPANESE, ARABIC, THAI])
def test_a_copy_is_found_in_any_script(text: str) -> None:
    middle = len(text) // 2
    copy = text[10:middle] + text[middle + 3 :]
    assert is_found({1: text, 2: copy, 3: JAPANESE[::-1]})
    assert compare(text, copy).find_kind()
    assert not any(compare(text, other).find_kind() for other in {JAPANESE, ARABIC, THAI} - {text})


def test_a_script_without_spaces_is_cut_into_characters() -> None:
    assert len(hash_shingles("安全保障を求めた")) == 3
    assert len(hash_shingles("one two three four")) == 2


def test_a_text_that_lies_in_a_much_longer_one_is_part_of_it() -> None:
    report = next(iter(SEEDS.values()))
    assert (
        compare(report, report + " ".join(f"Item {n} of the digest." for n in range(400))).find_kind()
        is CopyKind.PART
    )


def test_a_quote_in_two_reports_makes_no_copy() -> None:
    one, other, quoted = (" ".join(f"{name}{number}" for number in range(150)) for name in "abc")
    quote = " ".join(quoted.split()[:60])
    assert compare(one + quote, other + quote).find_kind() is None


def test_a_long_quote_makes_no_copy_of_a_short_report() -> None:
    short, long, quoted = (
        " ".join(f"{name}{number}" for number in range(size))
        for name, size in (("a", 50), ("b", 500), ("c", 50))
    )
    assert 0.4 < compare(short + quoted, long + quoted).share < 0.6
    assert compare(short + quoted, long + quoted).find_kind() is None


def test_a_footer_that_many_have_makes_no_copies_of_short_reports() -> None:
    footer = " ".join(f"footer{number}" for number in range(40))
    texts = {
        number: " ".join(f"w{number}x{place}" for place in range(50)) + " " + footer
        for number in range(1, 30)
    }
    index = SketchIndex.build((number, take_sketch(hash_shingles(text))) for number, text in texts.items())
    found = list(index.find_candidates(texts))
    assert found
    assert all(candidate.is_common for candidate in found)
    measured = compare(texts[1], texts[2])
    assert (measured.find_kind(is_common=True), measured.find_kind()) == (None, CopyKind.EDITED)


def test_a_short_text_is_no_copy_for_being_quoted_in_a_long_one() -> None:
    line = "He said on Sunday that nothing had been agreed."
    assert compare(line, f"{line} {' '.join(map(str, range(100)))}").find_kind() is None


def test_texts_of_a_few_words_are_copies_where_the_words_are() -> None:
    assert compare("Weather: fine.", "WEATHER FINE").find_kind() is CopyKind.SAME_WORDS
    assert compare("Weather: fine.", "Weather: foul.").find_kind() is None


@pytest.mark.parametrize("text", ["", " \n", "—!?"])
def test_a_text_without_words_is_a_copy_of_nothing(text: str) -> None:
    assert len(hash_shingles(text)) == 0
    assert compare(text, text).find_kind() is None
    assert not is_found({1: text, 2: text})


def test_the_shares_are_those_of_the_sets() -> None:
    one, other = {1, 2, 3, 4, 5, 6}, {4, 5, 6, 7}
    found = measure(*(np.array(sorted(numbers), dtype=np.uint64) for numbers in (one, other)))
    assert found == Resemblance(shared=3, one=6, other=4)
    assert (found.share, found.resemblance) == (3 / 4, 3 / 7)


def test_hashes_are_the_same_in_every_process_and_version() -> None:
    """The sketches are kept: what other code would have hashed otherwise would never be found again."""
    assert hash_shingles("Kyiv may agree, 安全保障を求めた").tolist()[:2] == [
        4102257005541358594,
        6376892886605299773,
    ]


def test_a_sketch_keeps_the_smallest_one_in_sixteen_but_a_few_of_any_text() -> None:
    spread = np.arange(0, 2**64, 2**64 // 1000, dtype=np.uint64)
    assert len(take_sketch(spread)) == 63
    assert len(take_sketch(spread[::10])) == 24
    assert take_sketch(spread[:5]).tolist() == spread[:5].tolist()
    assert len(take_sketch(np.arange(10**5, dtype=np.uint64))) == MAX_KEYS


def test_a_phrase_that_everybody_uses_makes_candidates_of_few() -> None:
    phrase = "Click here to read more of our reports about the talks in Berlin."
    texts = {
        number: phrase + " ".join(f"w{number}x{place}" for place in range(200)) for number in range(1, 60)
    }
    index = SketchIndex.build((number, take_sketch(hash_shingles(text))) for number, text in texts.items())
    assert len(list(index.find_candidates(texts))) < 3 * len(texts)
    assert not any(compare(texts[1], texts[other]).find_kind() for other in list(texts)[1:])


def test_all_of_a_text_that_was_copied_a_hundred_times_are_one_cluster() -> None:
    text = next(iter(SEEDS.values()))
    copies = {number: f"{text} Copy {number} of a hundred." for number in range(1, 101)}
    index = SketchIndex.build((number, take_sketch(hash_shingles(copy))) for number, copy in copies.items())
    assert join_pairs(found[:2] for found in index.find_candidates(copies)) == [list(copies)]


def test_only_pairs_with_a_text_that_is_asked_about_are_given() -> None:
    sketch = take_sketch(hash_shingles(next(iter(SEEDS.values()))))
    index = SketchIndex.build((number, sketch) for number in (10, 20, 30))
    assert list(index.find_candidates([30])) == [(10, 30, False), (20, 30, False)]
    assert list(index.find_candidates([40])) == []
    assert list(SketchIndex.build([]).find_candidates([1])) == []
