"""Groups of copies as a manager sees and decides them."""

from typing import Any

from django.urls import reverse

from annotations.models import Article, DuplicateCluster, Event, Role, Verdict
from tests.factories import make_article, make_copies


def at(name: str, world: Any, *arguments: Any) -> str:
    return reverse(f"web:{name}", args=[world.project.slug, *arguments])


def test_the_articles_say_how_many_groups_wait_and_the_list_names_them(world: Any) -> None:
    browser = world.visit_as(Role.MANAGER)
    assert "1 group of copies to decide" in browser.get(at("articles", world)).content.decode()
    page = browser.get(at("duplicates", world)).content.decode()
    assert at("duplicate", world, world.copies.pk) in page


def test_two_are_shown_side_by_side_and_the_address_chooses_the_second(world: Any) -> None:
    first, second, third = (
        make_article(world.project, f"The talks in {city} went on until {day}.")
        for city, day in (("Berlin", "Sunday"), ("Rome", "Sunday"), ("Berlin", "Monday"))
    )
    cluster = make_copies(first, second, third)
    browser = world.visit_as(Role.ADJUDICATOR)
    page = browser.get(at("duplicate", world, cluster.pk)).content.decode()
    assert "<del>Berlin </del>" in page
    assert "<ins>Rome </ins>" in page
    other = browser.get(at("duplicate", world, cluster.pk) + f"?with={third.pk}").content.decode()
    assert "<ins>Monday</ins>" in other


def test_what_is_called_edited_is_not_called_the_same(world: Any) -> None:
    world.copies.members.update(kind="edited", share=1.0)
    browser = world.visit_as(Role.MANAGER)
    page = browser.get(at("duplicate", world, world.copies.pk)).content.decode()
    assert "one has more words" in page
    assert "edited</span>" not in page
    assert "Which one?</label>" in page


def test_an_adjudicator_reads_and_does_not_decide(world: Any) -> None:
    browser = world.visit_as(Role.ADJUDICATOR)
    address = at("duplicate", world, world.copies.pk)
    assert "Save the decision" not in browser.get(address).content.decode()
    browser.post(address, {"verdict": "group"})
    assert DuplicateCluster.objects.get(pk=world.copies.pk).verdict == Verdict.OPEN


def test_a_manager_keeps_one_and_finds_the_decision_again(world: Any) -> None:
    browser = world.visit_as(Role.MANAGER)
    address = at("duplicate", world, world.copies.pk)
    answer = browser.post(address, {"verdict": "one", "kept": world.article.pk}, follow=True)
    assert "Decided: one is kept" in answer.content.decode()
    other = Article.objects.get(pk=world.submitted.task.article_id)
    assert other.exclusion_reason.startswith("a copy of “Words title”")
    assert "one is kept" in browser.get(at("duplicates", world) + "?show=decided").content.decode()
    assert "group of copies" in browser.get(at("activity", world)).content.decode()
    assert Event.objects.filter(verb="decided about copies").count() == 1


def test_the_page_says_what_is_missing(world: Any) -> None:
    browser = world.visit_as(Role.MANAGER)
    address = at("duplicate", world, world.copies.pk)
    assert "Choose one of the articles." in browser.post(address, {"verdict": "copies"}).content.decode()
    assert "This field is required." in browser.post(address, {"kept": ""}).content.decode()


def test_an_article_says_of_what_it_is_a_copy(world: Any) -> None:
    browser = world.visit_as(Role.MANAGER)
    browser.post(at("duplicate", world, world.copies.pk), {"verdict": "copies", "kept": world.article.pk})
    page = browser.get(at("article", world, world.submitted.task.article_id)).content.decode()
    assert "A copy of" in page
    assert at("article", world, world.article.pk) in page


def test_what_is_no_article_of_the_group_is_shown_beside_nothing(world: Any) -> None:
    address = at("duplicate", world, world.copies.pk)
    for wanted in ("0", "x", "9" * 30, str(make_article(world.project).pk)):
        assert world.visit_as(Role.MANAGER).get(f"{address}?with={wanted}").status_code == 200
