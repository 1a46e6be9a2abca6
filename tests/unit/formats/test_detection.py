"""The language of a text is said where it is certain, and what a file says of it stays."""

from pathlib import Path

import pytest

from annotations.formats.documents import Document
from annotations.formats.text_files import read_paths
from annotations.formats.texts.detection import add_language, detect_language
from tests.unit.corpus.layouts import ARABIC, CHINESE, GERMAN, LEAD, RUSSIAN
from tests.unit.formats.foreign_files import make_docx


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (LEAD[1], "en"),
        (GERMAN[1][1], "de"),
        (RUSSIAN[1][1], "ru"),
        (ARABIC[1][1], "ar"),
        (CHINESE[1][1], "zh"),
        ("Kyiv agreed.", ""),
        ("4 711 – 12 % … 2026-03-04 / 0800 1234567 " * 20, ""),
        ("qx zzv wkk " * 3, ""),
    ],
)
def test_a_language_is_told_where_it_is_certain(text: str, language: str) -> None:
    assert detect_language(text) == language


def test_what_a_file_says_of_its_language_stays() -> None:
    said = Document(text=LEAD[1], metadata={"Language": "fy"})
    assert add_language(said) is said


def test_a_file_of_one_article_gets_the_language_of_its_text_and_a_row_does_not(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(make_docx([("paragraph", GERMAN[1][1])]))
    (tmp_path / "b.txt").write_text(LEAD[1])
    (tmp_path / "c.csv").write_text(f'text\n"{LEAD[1]}"\n')
    read = [row for row in read_paths([tmp_path]) if isinstance(row, Document)]
    assert [row.metadata.get("language") for row in read] == ["de", "en", None]
