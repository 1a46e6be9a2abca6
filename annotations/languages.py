"""In what language a text is to be shown where its script says so, for the glyphs that its readers expect."""

import re
from collections.abc import Mapping
from typing import Any

LOOKED_AT = 4000
"""Code points of a text that are looked at."""
OF_ONE_LANGUAGE: Mapping[str, str] = {
    "ko": "\uac00-\ud7a3\u1100-\u11ff",
    "he": "\u05d0-\u05ea",
    "th": "\u0e01-\u0e5b",
    "lo": "\u0e81-\u0edf",
    "km": "\u1780-\u17dd",
    "my": "\u1000-\u109f",
    "el": "\u0370-\u03ff\u1f00-\u1fff",
    "hy": "\u0531-\u058f",
    "ka": "\u10a0-\u10ff\u1c90-\u1cbf",
}
"""Letters by which one language can be told, near enough for showing it."""
KANA, HAN = "\u3041-\u30ff", "\u3400-\u4dbf\u4e00-\u9fff"
LETTERS = re.compile(r"[^\W\d_]")
TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
A_FEW, MOST = 0.05, 0.5


def choose_language(text: str, metadata: Mapping[str, Any]) -> str:
    """The language that a file gives its text, as a tag (BCP 47), else the one that the script of the text tells."""
    given = str(metadata.get("language", "")).replace("_", "-")
    return given if TAG.fullmatch(given) else tell_language(text)


def tell_language(text: str) -> str:
    """The language of a text by its letters, or an empty text where several languages share them.

    >>> [tell_language(text) for text in ("市長は述べた", "市長表示反對", "专家承认", "시장은", "השר אמר", "Der Minister", "قال")]
    ['ja', 'zh-Hant', 'zh-Hans', 'ko', 'he', '', '']
    """
    letters = "".join(LETTERS.findall(text[:LOOKED_AT]))
    if not letters:
        return ""
    n_kana, n_han = _count(KANA, letters), _count(HAN, letters)
    if n_kana and n_kana + n_han > MOST * len(letters) and n_kana > A_FEW * (n_kana + n_han):
        return "ja"
    if n_han > MOST * len(letters):
        return _tell_chinese(letters)
    by_share = {language: _count(letters_of, letters) for language, letters_of in OF_ONE_LANGUAGE.items()}
    most = max(by_share, key=by_share.__getitem__)
    return most if by_share[most] > MOST * len(letters) else ""


def _count(ranges: str, letters: str) -> int:
    return len(re.findall(f"[{ranges}]", letters))


def _tell_chinese(letters: str) -> str:
    """By which of the two old character sets has more of its characters: the simplified or the traditional one."""
    simplified, traditional = (
        sum(bool(letter.encode(name, "ignore")) for letter in letters) for name in ("gb2312", "big5")
    )
    if simplified == traditional:
        return "zh"
    return "zh-Hans" if simplified > traditional else "zh-Hant"
