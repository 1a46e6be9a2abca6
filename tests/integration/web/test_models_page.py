"""The agreement page of a project with models: their part of it, and that nothing else sees them."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.plugin import DjangoDbBlocker

from annotations.assignment.standing import set_standing
from annotations.models import Project, Role, Standing, User
from tests.factories import make_member
from tests.factories.reliability import annotate, make_mixed_project
from tests.kept import keep_rows

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def kept(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[Project, list[User]]]:
    """A project for all tests."""
    with keep_rows(django_db_blocker):
        yield make_mixed_project(32)


@pytest.fixture
def mixed(kept: tuple[Project, list[User]], db: None) -> tuple[Project, list[User]]:
    return copy.deepcopy(kept)


@pytest.fixture
def browser(client: Client, mixed: tuple[Project, list[User]]) -> Client:
    client.force_login(make_member(mixed[0], Role.MANAGER))
    return client


def look(browser: Client, project: Project, page: str = "agreement-models", **query: Any) -> str:
    answer: Any = browser.get(reverse(f"web:{page}", args=[project.slug]), query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_each_model_has_its_figures_beside_those_of_the_people(
    browser: Client, mixed: tuple[Project, list[User]]
) -> None:
    project, _ = mixed
    shown = look(browser, project)
    assert "gpt and the people agree to" in shown
    assert "the human ceiling" in shown
    assert "Could gpt stand in for an annotator?" in shown
    assert "Could tiny stand in for an annotator?" in shown
    assert "so gpt could stand in for one of them" in shown
    assert "so nothing shows that tiny could stand in for one of them" in shown


def test_the_test_can_be_scored_by_gamma_and_with_another_epsilon(
    browser: Client, mixed: tuple[Project, list[User]]
) -> None:
    shown = look(browser, mixed[0], score="gamma", epsilon="0")
    assert "by Gamma." in shown
    assert "up to 0 points smaller" in shown


def test_a_model_that_has_annotated_nothing_yet_is_named_and_stands_in_nobodys_way(
    browser: Client, mixed: tuple[Project, list[User]]
) -> None:
    project, _ = mixed
    newcomer = make_member(project, name="newcomer")
    set_standing(project, newcomer, standing=Standing.MODEL, by=None)
    assert "newcomer" in look(browser, project)
    file = json.loads(browser.get(reverse("web:agreement-json", args=[project.slug])).content)
    assert "newcomer" in file["alternative_test"]
    assert browser.get(reverse("web:agreement-csv", args=[project.slug])).status_code == 200
    address = reverse("api:projects-agreement", args=[project.pk])
    asked = {"metric": "f1_strict", "samples": "0", "with": "alternative_test"}
    assert "newcomer" in browser.get(address, asked).json()["alternative_test"]


@pytest.mark.parametrize("query", [{"score": "luck"}, {"epsilon": "2"}, {"epsilon": "nan"}])
def test_a_test_that_means_nothing_is_refused_with_a_sentence(
    browser: Client, mixed: tuple[Project, list[User]], query: dict[str, str]
) -> None:
    answer: Any = browser.get(reverse("web:agreement-models", args=[mixed[0].slug]), query)
    assert answer.status_code == 400


def test_the_page_says_that_models_stand_apart_and_can_count_them_as_people(
    browser: Client, mixed: tuple[Project, list[User]]
) -> None:
    project, _ = mixed
    shown = look(browser, project, "agreement")
    assert "two or more of 3 annotators" in shown
    assert "Count models as people" in shown
    assert "gpt (model)" in shown
    assert reverse("web:agreement-models", args=[project.slug]) in shown
    together = look(browser, project, "agreement", models_as_people="on")
    assert "two or more of 5 annotators" in together
    assert reverse("web:agreement-models", args=[project.slug]) not in together


def test_the_files_hold_the_models_and_follow_their_annotations(
    browser: Client, mixed: tuple[Project, list[User]]
) -> None:
    project, team = mixed
    before, after = json.loads(look(browser, project, "agreement-json")), None
    annotate(project.rounds.get().tasks.order_by("pk")[7], team[3], (0, 5, "Stance"))
    after = json.loads(look(browser, project, "agreement-json"))
    own, people = ("by_model", "value")
    assert before["metrics"]["f1_strict"][people] == after["metrics"]["f1_strict"][people]
    assert before["metrics"]["f1_strict"][own]["gpt"] != after["metrics"]["f1_strict"][own]["gpt"]
    assert set(before["alternative_test"]) == {"gpt", "tiny"}
    assert "people beside model" in look(browser, project, "agreement-csv")
