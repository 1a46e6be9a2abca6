"""The page of one article."""

import re

import pytest
from django.urls import reverse

from annotations.assignment.excluding import exclude_article
from annotations.models import Block, BlockKind
from tests.factories import make_article
from tests.factories.everything import World


def list_headings(world: World) -> list[str]:
    address = reverse("web:article", args=[world.project.slug, world.article.pk])
    page = world.visit_as("manager").get(address).content.decode()
    return [re.sub(r"<[^>]+>", "", inner) for inner in re.findall(r"<h1[^>]*>(.*?)</h1>", page)]


@pytest.mark.django_db
def test_the_title_is_the_heading_whether_it_stands_in_the_text_or_not(world: World) -> None:
    assert list_headings(world) == [world.article.title]
    Block.objects.create(article=world.article, ordinal=1, kind=BlockKind.TITLE, start=0, end=5)
    assert list_headings(world) == [world.article.text[:5]]


@pytest.mark.django_db
def test_an_article_leads_to_those_beside_it_past_what_is_excluded(world: World) -> None:
    one, left_out, other = (make_article(world.project, title) for title in ("One", "Left out", "Other"))
    exclude_article(left_out, reason="an advertisement", by=None)
    page = world.visit_as("manager").get(reverse("web:article", args=[world.project.slug, one.pk]))
    beside = dict(re.findall(r'href="[^"]*/(\d+)/" rel="(prev|next)"', page.content.decode()))
    assert beside[str(other.pk)] == "next"
    assert str(left_out.pk) not in beside
