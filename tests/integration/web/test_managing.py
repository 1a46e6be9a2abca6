"""What a manager starts and changes on pages: projects, schemes, rounds, people."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotations.assignment.excluding import exclude_article
from annotations.collection.in_memory import shared_studio
from annotations.collection.storing import store_skip
from annotations.models import (
    Assignment,
    AssignmentStatus,
    Event,
    Project,
    QuarantinedItem,
    Role,
    Round,
    RoundKind,
    SignInLink,
    Task,
    TaskStatus,
    User,
)
from annotations.models.accounts import NOWHERE
from annotations.schemes.definition import load_scheme, read_definition
from annotations.schemes.starter import read_starter
from annotations.web.health import writes
from tests.answers import read_words
from tests.databases import refusing_writes
from tests.factories import make_article, make_assignment, make_member, make_project, make_round, make_task
from tests.factories.adjudication import claim, mark, submit

pytestmark = pytest.mark.django_db


def at(name: str, project: Project, *rest: Any) -> str:
    return reverse(f"web:{name}", args=[project.slug, *rest])


class TestProjects:
    def test_a_new_project_uses_a_scheme_that_comes_with_the_workbench(
        self, browser: Client, manager: User
    ) -> None:
        answer = browser.post(
            reverse("web:create-project"),
            {"name": "Editorials", "scheme": "argument-lite-v1", "merge_rule": "majority"},
        )
        made = Project.objects.get(name="Editorials")
        assert made.merge_rule == "majority"
        assert answer["Location"] == at("project", made)
        assert made.scheme.source == read_definition("argument-lite-v1")
        assert made.roles_of(manager) == {Role.MANAGER}

    def test_each_scheme_says_what_it_marks_and_ones_own_begins_with_a_small_one(
        self, browser: Client
    ) -> None:
        page = read_words(browser.get(reverse("web:create-project")))
        assert "5 labels, 14 questions about spans, 6 kinds of link, 7 questions about the article" in page
        assert "The smallest clause that asserts something one could reasonably dispute" in page
        assert load_scheme(read_starter()).identifier == "opinions-v1"
        assert "title = &quot;Opinions and who holds them&quot;" in page

    def test_what_is_wrong_with_an_own_definition_is_said(self, browser: Client) -> None:
        answer = browser.post(
            reverse("web:create-project"), {"name": "X", "scheme": "own", "own": 'name = "x"\n'}
        )
        assert "scheme: &#x27;version&#x27; is missing" in read_words(answer)
        assert not Project.objects.filter(name="X").exists()

    def test_a_new_project_may_name_its_scheme_as_another_project_does(
        self, browser: Client, project: Project
    ) -> None:
        """A refusal would tell that somebody else has a scheme of this name."""
        own = project.scheme.source + "\n# changed\n"
        filled = {"name": "X", "scheme": "own", "own": own, "merge_rule": "unanimity"}
        answer = browser.post(reverse("web:create-project"), filled)
        made = Project.objects.get(name="X")
        assert answer["Location"] == at("project", made)
        assert made.scheme.source == own

    def test_the_page_of_an_empty_project_leads_to_adding_articles(
        self, browser: Client, project: Project
    ) -> None:
        page = read_words(browser.get(at("project", project)))
        assert page.count("button large") == 1
        assert at("add-articles", project) in page
        steps = page[page.index("On the way to the first round") :]
        assert re.findall(r"<li class=\"([a-z-]*)\"", steps)[:4] == ["is-done", "is-next", "", ""]
        make_task(make_round(project))
        assert "On the way to the first round" not in read_words(browser.get(at("project", project)))


class TestArticles:
    def test_an_article_is_shown_with_all_of_its_words(self, browser: Client, project: Project) -> None:
        article = make_article(project, "Only a text\n\nwithout blocks")
        page = read_words(browser.get(at("article", project, article.pk)))
        assert "Only a text without blocks" in page

    def test_articles_are_found_by_a_part_of_their_title(self, browser: Client, project: Project) -> None:
        make_article(project, "Kyiv agrees")
        make_article(project, "Moscow disagrees")
        page = read_words(browser.get(at("articles", project), {"q": "moscow"}))
        assert "Moscow disagrees" in page
        assert "Kyiv agrees" not in page

    def test_a_long_list_comes_in_pages(self, browser: Client, project: Project) -> None:
        for number in range(51):
            make_article(project, f"Article {number:02}")
        assert "Article 50" not in read_words(browser.get(at("articles", project)))
        assert "Article 50" in read_words(browser.get(at("articles", project), {"page": "2"}))
        assert browser.get(at("articles", project), {"page": "x"}).status_code == 400


class TestPeople:
    def test_the_form_says_what_each_role_does(self, browser: Client, project: Project) -> None:
        page = read_words(browser.get(at("people", project)))
        assert "Adjudicator: decides where annotators differ" in page
        assert "Consumer: reads releases and annotations over the API" in page

    def test_an_invitation_shows_a_link_once(self, browser: Client, project: Project, settings: Any) -> None:
        answer = browser.post(
            at("invite", project), {"email": "ana@example.org", "name": "Ana", "roles": ["annotator"]}
        )
        link = answer.context["link"]
        assert link.startswith(settings.PUBLIC_URL + "/sign-in/")
        assert link in read_words(answer)
        assert link not in read_words(browser.get(at("people", project)))
        again = browser.post(at("invite", project), {"email": "Ana@example.org", "roles": ["adjudicator"]})
        assert "an open sign-in link, which opens nothing any more" in read_words(again)
        link = again.context["link"]
        assert Client().post(link.removeprefix(settings.PUBLIC_URL)).status_code == 302

    def test_who_was_only_named_in_a_file_has_no_made_up_address(
        self, browser: Client, project: Project
    ) -> None:
        named = make_member(project, name="Ana", email=f"a1b2@{NOWHERE}")
        for page in (at("people", project), at("person", project, named.pk)):
            words = read_words(browser.get(page))
            assert "named in a file that was imported" in words
            assert "New sign-in link for Ana" not in words
            assert NOWHERE not in words
        answer = browser.post(at("issue-link", project, named.pk), follow=True)
        assert "invite them by e-mail" in read_words(answer)
        assert not SignInLink.objects.filter(user=named).exists()
        assert "cannot, and need not" in read_words(browser.get(at("people", project)))

    def test_who_is_no_annotator_any_more_gives_back_what_is_queued(
        self, browser: Client, project: Project
    ) -> None:
        ana = make_member(project, name="Ana")
        round_ = make_round(project, overlap=1, annotators=(ana,))
        assignment = make_assignment(make_task(round_), ana)
        browser.post(at("set-roles", project, ana.pk), {"roles": ["consumer"]})
        assignment.refresh_from_db()
        assert assignment.status == AssignmentStatus.RETURNED
        assert not round_.participants.get().is_active

    def test_the_last_manager_cannot_leave(self, browser: Client, project: Project, manager: User) -> None:
        answer = browser.post(at("set-roles", project, manager.pk), {"roles": []}, follow=True)
        assert "only manager" in read_words(answer)
        assert project.roles_of(manager) == {Role.MANAGER}

    def test_a_link_into_the_account_of_somebody_from_elsewhere_is_refused(
        self, browser: Client, project: Project
    ) -> None:
        ana = make_member(project, name="Ana")
        make_project("Other").memberships.create(user=ana, role=Role.MANAGER)
        answer = browser.post(at("issue-link", project, ana.pk), follow=True)
        assert "also works in projects that you do not manage" in read_words(answer)
        assert not ana.sign_in_links.exists()


class TestRounds:
    def test_a_round_is_planned_of_the_first_articles(self, browser: Client, project: Project) -> None:
        team = [make_member(project, name=name) for name in ("Ana", "Ben")]
        articles = [make_article(project) for _ in range(3)]
        content = {
            "kind": "calibration",
            "annotators": [person.pk for person in team],
            "overlap": 2,
            "limit": 2,
        }
        answer = browser.post(at("plan-round", project), content)
        assert answer["Location"] == at("round", project, 1)
        drawn = set(Task.objects.filter(wanted=2).values_list("article_id", flat=True))
        assert len(drawn) == 2
        page = read_words(browser.get(at("plan-round", project)))
        assert "The project has 3 articles to plan." in page
        assert "Calibration: trains the team and the guidelines (1 article is in none yet)" in page
        assert "Production: makes the dataset (3 articles are in none yet)" in page
        said = read_words(browser.post(at("plan-round", project), content | {"limit": ""}, follow=True))
        assert "Round 2 is planned: 1 article for 2 annotators each, about 1 article for everybody." in said
        [rest] = {article.pk for article in articles} - drawn
        assert Round.objects.get(number=2).tasks.get().article_id == rest

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({}, "4 articles, each for both annotators: 8 annotations, 4 for everybody."),
            ({"kind": "retest"}, "5 articles, each for both annotators: 10 annotations, 5 for everybody."),
            ({"overlap": 1}, "4 articles, each for one of the 2 annotators: 4 annotations, 2 for everybody."),
            ({"limit": 3}, "3 of 4 articles, each for both annotators: 6 annotations, 3 for everybody."),
            ({"limit": 9}, "All 4 articles that are left, each for both annotators"),
            ({"limit": 0}, "Articles: Ensure this value is greater than or equal to 1."),
            ({"annotators": []}, "Choose the annotators."),
            ({"overlap": 3}, "Each article is wanted from 3 annotators, and 2 are chosen"),
            ({"overlap": ""}, "Annotators an article: This field is required."),
            ({"order": "priority"}, "Name the column of the metadata whose numbers say what is urgent."),
            ({"due_on": "2000-01-01"}, "2000-01-01 is over"),
        ],
    )
    def test_the_form_says_what_it_would_plan_as_it_stands_and_plans_nothing(
        self, browser: Client, project: Project, changed: dict[str, Any], said: str
    ) -> None:
        team = [make_member(project), make_member(project)]
        articles = [make_article(project) for _ in range(5)]
        make_task(make_round(project, kind=RoundKind.CALIBRATION), articles[0])
        sent = {"kind": "calibration", "annotators": [one.pk for one in team], "overlap": 2, **changed}
        assert said in read_words(browser.post(at("forecast-round", project), sent))
        assert project.rounds.count() == 1

    def test_the_form_says_from_the_beginning_what_it_would_plan(
        self, browser: Client, project: Project
    ) -> None:
        make_member(project)
        assert "No article is left for a calibration round" in read_words(
            browser.get(at("plan-round", project))
        )
        make_article(project, title="Kyiv")
        make_article(project, title="Oslo")
        asked = browser.get(at("plan-round", project), {"q": "Kyiv"})
        assert "1 article for one annotator: 1 annotation." in read_words(asked)

    def test_excluded_articles_are_not_among_those_to_plan(self, browser: Client, project: Project) -> None:
        excluded, *_ = [make_article(project) for _ in range(3)]
        exclude_article(excluded, reason="A duplicate", by=None)
        page = read_words(browser.get(at("plan-round", project)))
        assert "The project has 2 articles to plan; 1 is excluded and left out." in page
        assert "Production: makes the dataset (2 articles are in none yet)" in page

    def test_annotators_are_offered_in_natural_order(self, browser: Client, project: Project) -> None:
        for name in ("Reader Three", "Reader One", "Reader Two"):
            make_member(project, name=name)
        page = read_words(browser.get(at("plan-round", project)))
        assert page.index("Reader One") < page.index("Reader Two") < page.index("Reader Three")

    def test_why_a_round_cannot_be_planned_is_said(self, browser: Client, project: Project) -> None:
        ana = make_member(project, name="Ana")
        content = {"kind": "production", "annotators": [ana.pk], "overlap": 3}
        assert "choose more, or a smaller number" in read_words(
            browser.post(at("plan-round", project), content)
        )
        content["overlap"] = 1
        assert "import articles" in read_words(browser.post(at("plan-round", project), content))

    def test_an_annotator_is_deactivated_and_activated_again(self, browser: Client, project: Project) -> None:
        ana = make_member(project, name="Ana")
        round_ = make_round(project, overlap=1, annotators=(ana,))
        participant = round_.participants.get()
        leave = at("leave-round", project, 1, participant.pk)
        make_assignment(make_task(round_), ana)
        asked = read_words(browser.get(leave))
        assert "1 article of their queue is given back" in asked
        assert "Nobody could finish 1 more article" in asked
        assert "1 article of their queue is given back." in read_words(browser.post(leave, follow=True))
        participant.refresh_from_db()
        assert not participant.is_active
        browser.post(at("join-round", project, 1), {"annotator": ana.pk})
        participant.refresh_from_db()
        assert participant.is_active

    def test_a_task_is_withdrawn_passed_on_and_closed(self, browser: Client, project: Project) -> None:
        ana, ben = make_member(project, name="Ana"), make_member(project, name="Ben")
        round_ = make_round(project, overlap=1, annotators=(ana, ben))
        task = make_task(round_)
        assignment = make_assignment(task, ana)
        browser.post(at("pass-on", project, assignment.pk), {"to": ben.pk})
        passed = Assignment.objects.of(ben).get()
        assert passed.status == AssignmentStatus.QUEUED
        browser.post(at("withdraw", project, passed.pk))
        passed.refresh_from_db()
        assert passed.status == AssignmentStatus.WITHDRAWN
        browser.post(at("close-task", project, task.pk))
        task.refresh_from_db()
        assert task.status == TaskStatus.CANCELLED
        answer = browser.post(at("close-task", project, task.pk), follow=True)
        assert "its annotators stay as they are" in read_words(answer)

    def test_withdrawing_says_before_what_becomes_of_a_submitted_annotation_and_of_the_task(
        self, browser: Client, project: Project
    ) -> None:
        ana, ben = make_member(project, name="Ana"), make_member(project, name="Ben")
        task = make_task(make_round(project, overlap=2, annotators=(ana, ben)))
        share, queued = make_assignment(task, ana), make_assignment(task, ben)
        submit(share, mark(claim()))
        asked = read_words(browser.get(at("withdraw", project, share.pk)))
        assert "It cannot be restored." in asked
        assert "Too few annotators of the round are left for it" in asked
        assert "What they have not submitted is lost." in read_words(
            browser.get(at("withdraw", project, queued.pk))
        )
        told = read_words(browser.post(at("withdraw", project, share.pk), follow=True))
        assert (
            "Taken back from Ana. Too few annotators of the round are left for it, so nobody can finish it."
            in told
        )
        assert "There is nothing to withdraw" in read_words(browser.get(at("withdraw", project, share.pk)))

    def test_a_task_that_nobody_is_left_for_says_so_and_what_to_do(
        self, browser: Client, project: Project
    ) -> None:
        ana, ben = make_member(project, name="Ana"), make_member(project, name="Ben")
        task = make_task(make_round(project, overlap=2, annotators=(ana, ben)))
        make_assignment(task, ana)
        addresses = at("task", project, task.pk), at("round", project, 1), at("project", project)
        for address in addresses:
            assert "nobody can finish" not in read_words(browser.get(address))
        store_skip(make_assignment(task, ben), reason="a duplicate")
        for address in addresses:
            page = read_words(browser.get(address))
            assert "nobody can finish" in page
            assert "Ben skipped it" in page
        assert "Everybody who annotates in this project takes part" in read_words(
            browser.get(at("round", project, 1))
        )
        make_member(project, name="Cat")
        assert "Add to the round" in read_words(browser.get(at("round", project, 1)))
        assert at("task", project, task.pk) in read_words(browser.get(at("project", project)))

    def test_passing_on_offers_whoever_gave_a_task_back_last_and_never_by_itself(
        self, browser: Client, project: Project
    ) -> None:
        ana, ben, zoe = (make_member(project, name=name) for name in ("Ana", "Ben", "Zoe"))
        task = make_task(make_round(project, overlap=1, annotators=(ana, ben, zoe)))
        store_skip(make_assignment(task, ana), reason="a duplicate")
        task.refresh_from_db()
        make_assignment(task, ben)
        page = read_words(browser.get(at("task", project, task.pk)))
        options = re.findall(r"<option value=\"(\d*)\"[^>]*>([^<]*)</option>", page.split("</select>")[0])
        assert options == [
            ("", "to whom?"),
            (str(zoe.pk), "Zoe"),
            (str(ana.pk), "Ana (skipped it)"),
        ]
        nobody = browser.post(
            at("pass-on", project, task.assignments.latest("id").pk), {"to": ""}, follow=True
        )
        assert "Choose somebody who takes part in the round." in read_words(nobody)

    def test_passing_on_does_not_offer_who_may_have_seen_what_others_made(
        self, browser: Client, project: Project, manager: User
    ) -> None:
        """The manager annotates too, and could read the calibration round's annotations before they took part."""
        project.memberships.create(user=manager, role=Role.ANNOTATOR)
        ana = make_member(project, name="Ana")
        article = make_article(project)
        calibration = make_round(project, overlap=1, annotators=(ana,), kind=RoundKind.CALIBRATION)
        submit(make_assignment(make_task(calibration, article), ana), mark(claim()))
        task = make_task(make_round(project, overlap=1, annotators=(ana, manager)), article)
        make_assignment(task, ana)
        page = read_words(browser.get(at("task", project, task.pk)))
        assert "<option" not in page


def test_a_quarantined_part_is_seen_to_once_and_by_name(world: Any) -> None:
    client = world.visit_as(Role.MANAGER)
    assert "Words message" in client.get(at("quarantine", world.project)).content.decode()
    address = at("resolve-quarantined", world.project, world.item.pk)
    assert client.post(address).status_code == 302
    assert QuarantinedItem.objects.get().resolved_by == world.people[Role.MANAGER]
    assert Event.objects.filter(verb="saw to", actor=world.people[Role.MANAGER]).count() == 1
    assert client.post(address).status_code == 404


def test_notes_and_reasons_of_skips_reach_the_manager(world: Any) -> None:
    page = world.visit_as(Role.MANAGER).get(at("notes", world.project)).content.decode()
    assert "Words note" in page
    assert "Words reason" in page


def test_a_release_without_gold_is_refused_with_a_reason(browser: Client, project: Project) -> None:
    answer = browser.post(at("releases", project), {"title": "First"})
    assert "no gold yet" in read_words(answer)


def test_the_page_of_a_release_leads_to_every_format(world: Any) -> None:
    page = world.visit_as(Role.CONSUMER).get(at("release", world.project, 1)).content.decode()
    for name in ("jsonl", "conll"):
        assert f"/api/v1/releases/{world.release.pk}/export/?format={name}" in page
    assert "curl -H" in page


def test_a_part_of_the_page_of_jobs_is_renewed_alone(world: Any) -> None:
    address = at("jobs", world.project)
    client = world.visit_as(Role.MANAGER)
    assert 'hx-trigger="every 3s"' in client.get(address).content.decode()
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "Words job" in part


@pytest.fixture
def asked_anew() -> Iterator[None]:
    """Whether writes go through is tried by this test, whatever others were told a moment ago."""
    writes.forget()
    yield
    writes.forget()


def test_health_names_each_part_and_nothing_else(asked_anew: None, world: Any, client: Client) -> None:
    answer = client.get(reverse("web:health"))
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "writing": "ok", "studio": "ok"}


def test_health_is_not_ok_while_writes_fail(asked_anew: None, world: Any, client: Client) -> None:
    with refusing_writes():
        answer = client.get(reverse("web:health"))
    assert answer.status_code == 503
    assert answer.json() == {"status": "degraded", "database": "ok", "writing": "failing", "studio": "ok"}


def test_health_does_not_write_for_every_question(
    asked_anew: None, world: Any, client: Client, django_assert_max_num_queries: Any
) -> None:
    client.get(reverse("web:health"))
    with django_assert_max_num_queries(1):
        assert client.get(reverse("web:health")).status_code == 200


def test_health_says_that_the_studio_is_down(
    asked_anew: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_studio().mishaps, "is_down", True)
    answer = client.get(reverse("web:health"))
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "degraded",
        "database": "ok",
        "writing": "ok",
        "studio": "out of reach",
    }


def test_a_page_that_is_not_there_has_our_look(browser: Client) -> None:
    answer = browser.get("/nowhere/")
    assert answer.status_code == 404
    assert "This page is not here" in read_words(answer)
