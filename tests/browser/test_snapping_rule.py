"""The browser moves the ends of spans by the same rule as the server: on every text, both give the same places."""

import random
import unicodedata
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from annotations.snapping import Snap, snap
from tests.installation import ROOT
from tests.unit.test_snapping import PIECES

RULE = ROOT / "annotations" / "labelstudio" / "static" / "labelstudio" / "snapping.js"
SNAP_ALL = "cases => cases.map(([text, start, end, how]) => Snapping.snap([...text], start, end, how))"
SIGNS = "‘“\"'.,!?…)]}»؟۔।。！？\n\r aéßЖאבש״׳ابךעבクか々〇漢글ᄒ1٣·-\u2010\u05be\u200d\u2060\u00ad_😀🇺🇦👍🏽\u0301\u094d\u17d2"
TITLED = ["Mr. ", "Dr. ", "J. ", "don't ", "3.5", "p. c. ", "US-", "l’", "\n\n", ". ", ".” ", "。", "  "]


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.add_script_tag(path=RULE)
    yield page
    page.close()


def draw_cases(number: int, seed: int) -> list[tuple[str, int, int, str]]:
    """Spans of texts that are put together of what the rule tells apart; a seed always draws the same."""
    draw = random.Random(seed)  # noqa: S311 - it draws test cases
    cases = []
    for _ in range(number):
        text = "".join(draw.choice([*PIECES, *SIGNS, *TITLED]) for _ in range(draw.randint(1, 30)))
        start = draw.randrange(len(text))
        cases.append((text, start, draw.randint(start + 1, len(text)), draw.choice(list(Snap)).value))
    return cases


def compare(page: Page, cases: list[tuple[str, int, int, str]]) -> None:
    found = page.evaluate(SNAP_ALL, [list(case) for case in cases])
    wrong = [
        (case, tuple(place), expected)
        for case, place in zip(cases, found, strict=True)
        if tuple(place) != (expected := snap(*case[:3], Snap(case[3])))
    ]
    assert wrong == []


def test_texts_of_all_kinds_are_snapped_alike(page: Page) -> None:
    compare(page, draw_cases(20_000, seed=11))


def test_every_letter_and_mark_of_unicode_is_taken_alike(page: Page) -> None:
    """Each as an end beside a letter and beside itself; browsers know newer letters than Python, which are left out."""
    known = [
        chr(code)
        for code in range(0x30000)
        if unicodedata.category(chr(code)) not in {"Cn", "Cs", "Co"}
        and not unicodedata.name(chr(code), "").startswith(("CJK UNIFIED", "HANGUL SYLLABLE"))
    ]
    cases = [(f"ab{sign}{sign}cd", start, start + 1, "word") for sign in known for start in (1, 2, 4)]
    compare(page, cases)


def test_long_runs_stop_at_the_same_places(page: Page) -> None:
    cases = [
        (sign * 3_000, start, start + 5, how.value)
        for sign in ("a", "a ", "\u0301", "🇺", "’a", "漢", " ", ".")
        for start in (0, 199, 200, 201, 999, 1_000, 1_001, 1_500)
        for how in Snap
    ]
    compare(page, cases)
