"""An article on the page that it was taken from: with the words of a span marked, and nothing that could run."""

import io
import re
from pathlib import Path

import pytest
from django.db import Error, transaction
from django.urls import reverse

from annotations.corpus.services import import_articles
from annotations.formats.pages.html import HTML
from annotations.formats.ports import NOTHING_SAID
from annotations.models import Article, ArticleSourceMap
from tests.factories.everything import World
from tests.unit.formats.test_pages import PAGE

pytestmark = pytest.mark.django_db
HOSTILE = PAGE.replace(
    "<h2>What",
    "<img src=x onerror=alert(1)><iframe src='https://example.org'></iframe><a href='javascript:alert(1)' onclick=x>link</a>"
    "<svg onload=alert(1)></svg><form action=/><input></form><style>*{display:none}</style><base href=//example.org><h2>What",
)


def import_page(world: World, source: str = PAGE) -> Article:
    (document,) = HTML.text_reader(io.BytesIO(source.encode()), "page.html", NOTHING_SAID)
    report = import_articles(world.project, [document], by=None)
    return Article.objects.get(pk=report.imported[0].id)


def get_page(world: World, article: Article, **query: str | int) -> str:
    address = reverse("web:article-original-page", args=[world.project.slug, article.pk])
    response = world.visit_as("manager").get(address, query)
    assert response.status_code == 200
    return response.content.decode()


def find_marked(page: str) -> list[str]:
    return re.findall(r"<mark[^>]*>(.*?)</mark>", page)


def test_the_words_of_a_span_are_marked_on_the_page(world: World) -> None:
    article = import_page(world)
    start = article.text.index("“ready to talk”")
    assert find_marked(get_page(world, article, start=start, end=start + 15)) == ["“", "ready to talk", "”"]
    start = article.text.index("one official put it")
    page = get_page(world, article, start=start, end=start + 19)
    assert "".join(find_marked(page)) == "one officialput it"  # the line's end between them is one blank
    assert page.count('id="marked"') == 1


def test_what_is_no_part_of_the_text_is_fainter(world: World) -> None:
    page = get_page(world, import_page(world))
    assert '<span class="around">Home</span>' in page
    assert '<span class="around">Kyiv' not in page
    assert "<h2>What comes next</h2>" in page


def test_nothing_of_a_page_can_run_fetch_or_lead_anywhere(world: World) -> None:
    article = import_page(world, HOSTILE)
    address = reverse("web:article-original-page", args=[world.project.slug, article.pk])
    response = world.visit_as("manager").get(address)
    body = response.content.decode().partition("<body>")[2]
    assert not re.search(r"<(?:script|iframe|img|svg|form|input|style|base|a|object|link|meta)\b", body)
    assert not re.search(r"\s(?:on\w+|href|src|style|action)=", re.sub(r">[^<]*<", "><", body))
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert policy.endswith("sandbox")
    assert response["X-Frame-Options"] == "SAMEORIGIN"


def test_the_frame_is_a_sandbox_and_leads_to_the_mark(world: World) -> None:
    article = import_page(world)
    address = reverse("web:article-original", args=[world.project.slug, article.pk])
    page = world.visit_as("manager").get(address, {"start": 0, "end": 5}).content.decode()
    assert re.search(r'<iframe class="original"[^>]* sandbox ', page)
    assert "?start=0&amp;end=5#marked" in page
    assert '<q dir="auto">Talks</q>' in page
    shown = world.visit_as("manager").get(reverse("web:article", args=[world.project.slug, article.pk]))
    assert address in shown.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"start": "a", "end": "5"},
        {"start": "5", "end": "2"},
        {"start": "-1", "end": "9" * 400},
        {"start": "٣", "end": "٤"},
    ],
)
def test_a_stretch_that_is_none_marks_nothing(world: World, query: dict[str, str]) -> None:
    assert find_marked(get_page(world, import_page(world), **query)) == []


def test_a_text_that_has_no_page_is_shown_as_it_stands(world: World) -> None:
    page = get_page(world, world.article, start=0, end=4)
    assert find_marked(page) == [world.article.text[:4]]


def test_a_map_cannot_be_rewritten_and_goes_with_its_article(world: World) -> None:
    article = import_page(world)
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        ArticleSourceMap.objects.filter(article=article).update(runs=[])
    from annotations.assignment.excluding import delete_article

    delete_article(article, by=world.people["manager"])
    assert not ArticleSourceMap.objects.filter(article=article.pk).exists()


def test_blocks_and_metadata_of_a_page_are_those_of_the_article(world: World, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE)
    report = import_articles(world.project, [tmp_path / "page.html"], by=None)
    article = Article.objects.get(pk=report.imported[0].id)
    assert list(article.blocks.values_list("kind", flat=True)) == [
        "title", "byline", "paragraph", "caption", "heading", "paragraph", "quote", "list_item", "list_item",
    ]  # fmt: skip
    assert article.metadata["author"] == "Ann Smith"
    assert article.encoding == "utf-8"
