"""Paper gets every column, and every script reads in its own direction."""

import re
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[3] / "annotations/web"
SHEETS = [WEB / f"static/annotations/{name}.css" for name in ("workbench", "agreement")]
TEMPLATES = sorted((WEB / "templates/annotations").rglob("*.html"))
OF_ADJUDICATION = "adjudication"


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_what_is_left_out_on_a_narrow_screen_is_not_left_out_on_paper(path: Path) -> None:
    """A4 is narrower than many screens, so that a width which is not said to be of a screen holds on paper too."""
    queries = re.findall(r"@media ([^{]*-width[^{]*)\{", path.read_text(encoding="utf-8"))
    assert [query for query in queries if "screen" not in query] == []


@pytest.mark.parametrize(
    "path", [path for path in TEMPLATES if path.parent.name != OF_ADJUDICATION], ids=lambda path: path.name
)
def test_the_title_of_an_article_does_not_turn_the_words_around_it(path: Path) -> None:
    body = re.sub(r"{% block title %}.*", "", path.read_text(encoding="utf-8"))
    titles = re.findall(r"(\S*)\{\{ [a-z_.]*article\.title \}\}", body)
    isolated = re.findall(
        r"<bdi>\{\{ [a-z_.]*article\.title \}\}|dir=\"auto\">\{\{ [a-z_.]*article\.title \}\}", body
    )
    hidden = re.findall(r"visually-hidden\">[^<]*\{\{ [a-z_.]*article\.title \}\}", body)
    assert len(titles) <= len(isolated) + len(hidden)


def test_a_text_is_laid_out_in_the_direction_of_its_script() -> None:
    article = (WEB / "templates/annotations/articles/article.html").read_text(encoding="utf-8")
    blocks = re.findall(r"<\w+ class=\"block block-[^>]*>", article)
    assert blocks
    assert all('dir="auto"' in block for block in blocks)
