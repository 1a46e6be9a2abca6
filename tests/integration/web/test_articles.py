"""The page of one article."""

import re

import pytest
from django.urls import reverse

from annotations.models import Block, BlockKind
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
