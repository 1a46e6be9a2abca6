"""Guidelines worded better in a running round: a named correction that annotators are shown once, and that changes no label."""

import re
from typing import Any

import pytest
from django.db import Error, transaction
from django.test import Client
from django.urls import reverse

from annotations.models import Event, GuidelineRevision, Project, Role, Round, User
from annotations.projects.wording import (
    NothingCorrectedError,
    correct_wording,
    find_unread,
    find_wording,
    list_corrections,
    mark_read,
)
from annotations.schemes.wording import NotOnlyWordingError
from tests.answers import read_words
from tests.factories import make_member, make_project, make_round, make_scheme

pytestmark = pytest.mark.django_db
BEFORE, AFTER = "When in doubt, choose the shorter span.", "In doubt, choose the shorter span."


@pytest.fixture
def project() -> Project:
    return make_project("News")


@pytest.fixture
def annotator(project: Project) -> User:
    return make_member(project, Role.ANNOTATOR, name="Anna")


@pytest.fixture
def round_(project: Project, annotator: User) -> Round:
    return make_round(project, overlap=1, annotators=(annotator,))


def correct(project: Project, name: str = "The shorter span", after: str = AFTER) -> GuidelineRevision:
    source = project.scheme.source.replace(BEFORE, after)
    return correct_wording(project, project.scheme, source=source, name=name, by=None)


def test_the_round_keeps_its_scheme_and_shows_the_better_words(project: Project, round_: Round) -> None:
    revision = correct(project)
    assert revision.number == 1
    round_.refresh_from_db()
    assert round_.scheme == project.scheme
    assert AFTER in find_wording(project, project.scheme).guidelines
    assert BEFORE in round_.scheme.definition.guidelines
    other = make_project()
    assert BEFORE in find_wording(other, other.scheme).guidelines


def test_each_correction_shows_what_it_changed_of_the_one_before(project: Project) -> None:
    correct(project)
    correct(project, "Longer", "In doubt, choose the longer span.")
    latest, first = list_corrections(project, project.scheme)
    assert [(one.before, one.after) for one in first.changes] == [(BEFORE, AFTER)]
    assert [(one.before, one.after) for one in latest.changes] == [
        (AFTER, "In doubt, choose the longer span.")
    ]


def test_what_is_no_correction_is_refused(project: Project) -> None:
    source = project.scheme.source
    cases: list[tuple[type[Exception], dict[str, Any], str]] = [
        (NothingCorrectedError, {"source": source, "name": "x"}, "no sentence of the guidelines"),
        (NothingCorrectedError, {"source": source, "name": " "}, "1 to 100 characters"),
        (
            NotOnlyWordingError,
            {"source": source.replace('color = "#0072B2"', 'color = "#0072B3"'), "name": "x"},
            "label Claim, color differs",
        ),
    ]
    for error, options, said in cases:
        with pytest.raises(error, match=said):
            correct_wording(project, project.scheme, by=None, **options)
    with pytest.raises(NothingCorrectedError, match="has no round with"):
        correct_wording(project, make_scheme("argument-lite-v1"), source=source, name="x", by=None)
    assert not GuidelineRevision.objects.exists()


def test_a_correction_is_never_rewritten_and_is_in_the_trail(project: Project) -> None:
    revision = correct(project)
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        GuidelineRevision.objects.filter(pk=revision.pk).update(name="forged")
    details = Event.objects.get(verb="corrected the wording of").details
    assert details == {"name": "The shorter span", "number": 1, "places": ["the guidelines"]}


def test_it_is_news_once_to_who_took_part_before_it(project: Project, round_: Round, annotator: User) -> None:
    revision = correct(project)
    late = make_member(project, Role.ANNOTATOR)
    round_.participants.create(annotator=late)
    before, after = round_.participants.order_by("pk").select_related("round")
    assert [one.revision for one in find_unread([before])] == [revision]
    assert find_unread([after]) == []
    assert mark_read(annotator, revision) == 1
    before.refresh_from_db()
    assert find_unread([before]) == []
    later = correct(project, "Longer", "Choose the longer span.")
    assert [one.revision for one in find_unread([before])] == [later]


def test_my_work_shows_the_passage_until_it_is_read(
    client: Client, project: Project, round_: Round, annotator: User
) -> None:
    revision = correct(project)
    client.force_login(annotator)
    page = read_words(client.get(reverse("web:work")))
    assert "The guidelines of News were corrected: The shorter span" in page
    assert f"<del>{BEFORE}</del>" in page
    assert f"<ins>{AFTER}</ins>" in page
    client.post(reverse("web:read-correction", args=[revision.pk]))
    assert "were corrected" not in read_words(client.get(reverse("web:work")))


def test_a_manager_corrects_it_on_a_page_and_everybody_reads_it(client: Client, project: Project) -> None:
    client.force_login(make_member(project, Role.MANAGER))
    address = reverse("web:correct-wording", args=[project.slug])
    source = project.scheme.source
    wrong = {"name": "x", "definition": source.replace('color = "#0072B2"', 'color = "#0072B3"')}
    assert "which is more than wording" in read_words(client.post(address, wrong))
    filled = {"name": "The shorter span", "definition": source.replace(BEFORE, AFTER).replace("\n", "\r\n")}
    answer = client.post(address, filled)
    page = read_words(client.get(answer["Location"]))
    assert AFTER in re.sub("<[^>]+>", "", page)
    assert "1. The shorter span" in page
    assert "Corrected since" in page
    again = read_words(client.get(address))
    assert AFTER in again
