"""The page from which an annotator works."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from annotations.assignment.claims import claim_tasks
from annotations.assignment.services import add_participant
from annotations.collection.in_memory import InMemoryStudio, shared_studio
from annotations.collection.ports import StudioReading
from annotations.collection.storing import write_revision
from annotations.collection.submission import Submission
from annotations.markup import Markup
from annotations.models import (
    AnnotationOrigin,
    Assignment,
    AssignmentStatus,
    Participant,
    Round,
    Task,
    TaskStatus,
    User,
)
from annotations.web.work.workload import find_participations, list_round_work
from tests.factories import make_article, make_member, make_project, make_round, make_task

pytestmark = pytest.mark.django_db
WORK = reverse("web:work")


@pytest.fixture
def studio(settings: Any) -> InMemoryStudio:
    settings.STUDIO_BACKEND = "annotations.collection.in_memory.shared_studio"
    return shared_studio()


@pytest.fixture
def ana() -> User:
    return make_member(make_project("News"), name="Ana")


@pytest.fixture
def round_(ana: User) -> Round:
    """Three articles for Ana alone."""
    project = ana.memberships.get().project
    new = make_round(project, overlap=1, annotators=(ana,))
    for number in range(3):
        make_task(new, make_article(project, f"Article {number}"))
    return new


@pytest.fixture
def browser(client: Client, ana: User) -> Client:
    client.force_login(ana)
    return client


def start(browser: Client, round_: Round) -> Any:
    return browser.post(reverse("web:start", args=[round_.pk]))


def submit_next(studio: InMemoryStudio, ana: User) -> Assignment:
    assignment = Assignment.objects.of(ana).queued().exclude(studio_task_id=None).order_by("id")[0]
    annotation_id = studio.submit(assignment.studio_task_id or 0, Markup())
    write_revision(
        assignment,
        Submission(
            result=[],
            digest=f"{assignment.pk:064}",
            reading=StudioReading(Markup()),
            origin=AnnotationOrigin.GATEWAY,
        ),
    )
    assignment.status = AssignmentStatus.SUBMITTED
    assignment.studio_annotation_id = annotation_id
    assignment.save()
    return assignment


class TestStarting:
    def test_the_button_fills_the_queue_and_leads_into_the_studio(
        self, browser: Client, studio: InMemoryStudio, ana: User, round_: Round
    ) -> None:
        answer = start(browser, round_)
        project_id = Participant.objects.get().studio_project_id
        assert answer["Location"] == f"/in-memory/{project_id}/"
        assert len(studio.tasks) == 3
        assert Assignment.objects.of(ana).queued().count() == 3

    def test_while_the_studio_is_down_the_page_says_so_and_tries_again_by_itself(
        self, browser: Client, studio: InMemoryStudio, round_: Round
    ) -> None:
        studio.mishaps.is_down = True
        answer = start(browser, round_)
        page = answer.content.decode()
        assert answer.status_code == 503
        assert "Nothing that you submitted is lost" in page
        assert f'data-retry="{reverse("web:start", args=[round_.pk])}"' in page
        studio.mishaps.is_down = False
        assert browser.get(reverse("web:start", args=[round_.pk]))["Location"].startswith("/in-memory/")

    @pytest.mark.usefixtures("studio")
    def test_with_nothing_left_the_person_is_told(self, browser: Client, round_: Round) -> None:
        Task.objects.update(status=TaskStatus.CANCELLED)
        assert start(browser, round_)["Location"] == WORK
        assert "nothing left for you" in browser.get(WORK).content.decode()

    def test_nobody_starts_in_a_round_in_which_they_have_no_part(
        self, client: Client, studio: InMemoryStudio, round_: Round
    ) -> None:
        client.force_login(make_member(round_.project, name="Ben"))
        assert start(client, round_).status_code == 404
        assert studio.tasks == []


class TestMyWork:
    def test_it_counts_what_is_done_and_what_is_left(
        self, browser: Client, studio: InMemoryStudio, ana: User, round_: Round
    ) -> None:
        page = browser.get(WORK).content.decode()
        assert "3 articles left for you" in " ".join(page.split())
        start(browser, round_)
        submit_next(studio, ana)
        page = " ".join(browser.get(WORK).content.decode().split())
        assert "2 articles left for you" in page
        assert "1 of 3 submitted" in page

    @pytest.mark.usefixtures("round_")
    @pytest.mark.parametrize("overlap", [1, 2])
    def test_what_comes_into_the_queue_while_the_page_is_made_is_left_all_the_same(
        self, ana: User, overlap: int
    ) -> None:
        Round.objects.update(overlap=overlap)
        Task.objects.update(wanted=overlap)
        (participant,) = find_participations(ana)
        counting: list[str] = []

        def be_overtaken(execute: Any, sql: str, *rest: Any) -> Any:
            """Of the statements that count, whatever comes after the first finds what was claimed meanwhile."""
            counting.extend([sql] if "tally" in sql else [])
            if len(counting) == 2:
                counting.append("claimed")
                claim_tasks(participant, limit=3)
            return execute(sql, *rest)

        with connection.execute_wrapper(be_overtaken):
            (share,) = list_round_work(ana)
        assert share.left == 3

    @pytest.mark.usefixtures("round_")
    def test_there_is_one_large_button(self, browser: Client) -> None:
        assert browser.get(WORK).content.decode().count("button large") == 1

    def test_what_was_submitted_can_be_reopened_until_it_is_adjudicated(
        self, browser: Client, studio: InMemoryStudio, ana: User, round_: Round
    ) -> None:
        start(browser, round_)
        assignment = submit_next(studio, ana)
        project_id = Participant.objects.get().studio_project_id
        address = f"/in-memory/{project_id}/{assignment.studio_task_id}/"
        assert address in browser.get(WORK).content.decode()
        Task.objects.filter(pk=assignment.task_id).update(status=TaskStatus.ADJUDICATED)
        assert address not in browser.get(WORK).content.decode()

    def test_an_annotator_with_nothing_to_do_is_told_why(self, browser: Client) -> None:
        assert "You take part in no round yet" in browser.get(WORK).content.decode()

    @pytest.mark.usefixtures("round_")
    def test_when_all_is_done_the_page_says_so(self, browser: Client) -> None:
        Task.objects.update(status=TaskStatus.CANCELLED)
        assert "All done" in browser.get(WORK).content.decode()

    def test_the_work_of_others_is_not_in_it(self, browser: Client, round_: Round) -> None:
        ben = make_member(round_.project, name="Ben")
        make_round(round_.project, overlap=1, annotators=(ben,))
        assert "round 2" not in browser.get(WORK).content.decode()


def test_who_left_the_project_sees_and_opens_nothing_of_it(
    browser: Client, studio: InMemoryStudio, ana: User, round_: Round
) -> None:
    start(browser, round_)
    submit_next(studio, ana)
    held = Assignment.objects.of(ana).queued()[0]
    ana.memberships.all().delete()
    page = browser.get(WORK).content.decode()
    assert "News" not in page
    assert "/studio/" not in page
    assert start(browser, round_).status_code == 404
    assert browser.get(reverse("web:skip", args=[held.pk])).status_code == 404


class TestSkipping:
    def test_a_skip_needs_a_reason_and_goes_on_with_the_next(
        self, browser: Client, studio: InMemoryStudio, ana: User, round_: Round
    ) -> None:
        start(browser, round_)
        assignment = Assignment.objects.of(ana).queued()[0]
        address = reverse("web:skip", args=[assignment.pk])
        assert "Say in a few words" in browser.post(address, {"reason": "", "own": " "}).content.decode()
        answer = browser.post(address, {"reason": "It is a duplicate", "own": "of the first"})
        assert answer["Location"] == reverse("web:start", args=[round_.pk])
        assignment.refresh_from_db()
        assert assignment.status == AssignmentStatus.SKIPPED
        assert assignment.skip_reason == "It is a duplicate: of the first"
        assert len(studio.tasks) == 2

    def test_the_page_of_a_skip_promises_only_what_will_happen(
        self, browser: Client, studio: InMemoryStudio, ana: User, round_: Round
    ) -> None:
        start(browser, round_)
        assignment = Assignment.objects.of(ana).queued()[0]
        address = reverse("web:skip", args=[assignment.pk])
        alone = " ".join(browser.get(address).content.decode().split())
        assert "Another annotator" not in alone
        assert "Nobody else of the round is left for it, so a manager sees that it waits" in alone
        assert "What you marked in it without submitting it is not kept." in alone
        add_participant(round_, make_member(round_.project, name="Ben"), by=None)
        assert "Another annotator of the round gets it instead." in browser.get(address).content.decode()
        submitted = submit_next(studio, ana)
        page = browser.get(reverse("web:skip", args=[submitted.pk])).content.decode()
        assert "What you submitted is kept on record and no longer counts." in page

    def test_a_skip_counts_even_while_the_studio_is_down(
        self, browser: Client, studio: InMemoryStudio, ana: User, round_: Round
    ) -> None:
        start(browser, round_)
        studio.mishaps.is_down = True
        assignment = Assignment.objects.of(ana).queued()[0]
        browser.post(reverse("web:skip", args=[assignment.pk]), {"reason": "I cannot read it"})
        assignment.refresh_from_db()
        assert assignment.status == AssignmentStatus.SKIPPED

    @pytest.mark.usefixtures("studio")
    def test_nobody_skips_for_somebody_else(self, browser: Client, ana: User, round_: Round) -> None:
        start(browser, round_)
        other = Client()
        other.force_login(make_member(round_.project, name="Ben"))
        assignment = Assignment.objects.of(ana).queued()[0]
        assert other.post(reverse("web:skip", args=[assignment.pk]), {"own": "x"}).status_code == 404
        assignment.refresh_from_db()
        assert assignment.status == AssignmentStatus.QUEUED

    def test_an_adjudicated_article_cannot_be_skipped_any_more(
        self, browser: Client, studio: InMemoryStudio, ana: User, round_: Round
    ) -> None:
        start(browser, round_)
        assignment = submit_next(studio, ana)
        Task.objects.filter(pk=assignment.task_id).update(status=TaskStatus.ADJUDICATED)
        browser.post(reverse("web:skip", args=[assignment.pk]), {"own": "x"})
        assignment.refresh_from_db()
        assert assignment.status == AssignmentStatus.SUBMITTED
