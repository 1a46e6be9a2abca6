"""In what language a text is shown, as far as its letters tell."""

import pytest

from annotations.languages import choose_language, tell_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("市長は、新しい埠頭が地域経済に不可欠だと述べた。", "ja"),
        ("市長表示，新碼頭對當地經濟至關重要。", "zh-Hant"),
        ("市长表示，新码头对当地经济至关重要。", "zh-Hans"),
        ("시장은 새 부두가 꼭 필요하다고 말했다.", "ko"),
        ("นายกเทศมนตรีกล่าวว่าท่าเรือใหม่จำเป็น", "th"),
        ("Ο δήμαρχος είπε ότι το λιμάνι είναι απαραίτητο.", "el"),
        ("The mayor said 市長 in Japanese.", ""),
        ("Мэр сказал, что порт необходим.", ""),
        ("12 (34) …", ""),
    ],
)
def test_a_language_is_told_where_its_letters_are_its_own(text: str, language: str) -> None:
    assert tell_language(text) == language


def test_a_chinese_text_that_quotes_japanese_stays_chinese() -> None:
    assert tell_language("专家承认存在风险，但认为计划仍可修改。" * 5 + "「です」") == "zh-Hans"


@pytest.mark.parametrize(
    ("given", "language"),
    [("de", "de"), ("pt_BR", "pt-BR"), ("German", "ja"), ("", "ja"), (None, "ja"), (7, "ja")],
)
def test_what_a_file_says_goes_first_if_it_is_a_tag(given: object, language: str) -> None:
    assert choose_language("これは日本語です", {"language": given}) == language
