"""What the overview of a project tells each of its people."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotations.assignment.archiving import archive_project, restore_project
from annotations.assignment.excluding import exclude_article
from annotations.collection.storing import store_skip
from annotations.models import Assignment, Event, Membership, Project, Role, Task, User
from annotations.progress.waiting import (
    count_unclaimed,
    list_adjudicators,
    list_annotators,
    say_what_remains,
)
from tests.factories import make_article, make_assignment, make_member, make_project, make_round, make_task
from tests.factories.adjudication import TEXT, claim, make_annotated_task, mark, submit

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2020, 1, 2, 3, 4, tzinfo=UTC)


@pytest.fixture
def project() -> Project:
    return make_project("News")


@pytest.fixture
def manager(project: Project) -> User:
    return make_member(project, Role.MANAGER, name="Mira")


def read(client: Client, person: User, name: str, *arguments: Any, query: str = "") -> str:
    client.force_login(person)
    answer = client.get(reverse(f"web:{name}", args=arguments) + query)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def hand_in(task: Task, person: User, *, minutes: float | None) -> None:
    """Submit an article that took the annotator so long."""
    share = make_assignment(task, person)
    submit(share, mark(claim()), lead_time=None if minutes is None else minutes * 60)


def test_a_line_tells_what_waits_for_an_annotator_since_when_and_how_fast_they_are(project: Project) -> None:
    ada = make_member(project, name="Ada", last_login=LONG_AGO)
    round_ = make_round(project, overlap=1, annotators=(ada,))
    for minutes in (2, None, 4, 30):
        hand_in(make_task(round_), ada, minutes=minutes)
    queued = make_assignment(make_task(round_), ada)
    Assignment.objects.filter(pk=queued.pk).update(status_changed_at=LONG_AGO)
    make_assignment(make_task(round_), ada)
    (line,) = list_annotators(project)
    assert (line.submitted, line.queued, line.pace) == (4, 2, "4 min")
    assert line.since == LONG_AGO
    assert line.last_active is not None
    assert timezone.now() - line.last_active < timedelta(minutes=5)


def test_somebody_who_works_without_handing_in_was_active_when_their_lease_was_renewed(
    project: Project,
) -> None:
    ada = make_member(project, name="Ada", last_login=LONG_AGO)
    queued = make_assignment(make_task(make_round(project, overlap=1, annotators=(ada,))), ada)
    assert list_annotators(project)[0].last_active == LONG_AGO  # nothing was done yet with what lies there
    lease = timedelta(hours=project.lease_hours)
    at_work = LONG_AGO + timedelta(hours=5)
    Assignment.objects.filter(pk=queued.pk).update(
        status_changed_at=LONG_AGO, created_at=LONG_AGO, leased_until=at_work + lease
    )
    assert list_annotators(project)[0].last_active == at_work
    ada.last_login = None
    ada.save()
    assert list_annotators(project)[0].last_active is None


def test_that_a_project_came_back_is_nobodys_activity(project: Project, manager: User) -> None:
    ada = make_member(project, name="Ada", last_login=LONG_AGO)
    queued = make_assignment(make_task(make_round(project, overlap=1, annotators=(ada,))), ada)
    Assignment.objects.filter(pk=queued.pk).update(
        status_changed_at=LONG_AGO, created_at=LONG_AGO, leased_until=LONG_AGO
    )
    archive_project(project, by=manager)
    restore_project(project, by=manager)
    queued.refresh_from_db()
    assert queued.leased_until > timezone.now()
    assert list_annotators(project)[0].last_active == LONG_AGO


def test_people_stand_in_natural_order(project: Project) -> None:
    names = ["Reader 10", "Annotator Two", "reader 9", "Annotator Three", "Annotator One"]
    make_round(project, overlap=1, annotators=tuple(make_member(project, name=name) for name in names))
    assert [line.person.name for line in list_annotators(project)] == [
        "Annotator One",
        "Annotator Two",
        "Annotator Three",
        "reader 9",
        "Reader 10",
    ]


def test_what_remains_is_estimated_by_the_pace_of_the_latest_articles(project: Project) -> None:
    ada, ben = make_member(project, name="Ada"), make_member(project, name="Ben")
    round_ = make_round(project, overlap=2, annotators=(ada, ben))
    first, second, _ = (make_task(round_) for _ in range(3))
    hand_in(first, ada, minutes=10)
    first.refresh_from_db()
    make_assignment(first, ben)
    make_assignment(second, ben)
    lines = list_annotators(project)
    assert count_unclaimed(project) == 3
    assert say_what_remains(lines, unclaimed=3) == [
        "5 annotations are still to come, 2 of them in the queue of Ben.",
        "One takes 10 min, by the median of the latest, so all of them about 50 min.",
    ]
    assert (
        say_what_remains(lines, unclaimed=0)[0]
        == "2 annotations are still to come, all of them in the queue of Ben."
    )
    assert say_what_remains([], unclaimed=0) == []


def test_the_adjudicators_are_waited_on_too(client: Client, project: Project, manager: User) -> None:
    judge = make_member(project, Role.ADJUDICATOR, name="Jude", last_login=LONG_AGO)
    make_annotated_task(mark(claim()), mark(claim(end=10)), project=project)
    assert [(line.person, line.last_active) for line in list_adjudicators(project)] == [(judge, LONG_AGO)]
    page = read(client, manager, "project", project.slug)
    assert "1 article waits for the adjudicator." in page
    assert "Jude adjudicator 1 to adjudicate" in page


def test_the_list_of_projects_says_what_waits_for_each_reader(client: Client, project: Project) -> None:
    """Whoever has several roles in several projects lands there."""
    judge = make_member(project, Role.ADJUDICATOR, name="Jude")
    other = make_project("Other")
    for role in (Role.ADJUDICATOR, Role.ANNOTATOR):
        Membership.objects.create(project=other, user=judge, role=role)
    make_annotated_task(mark(claim()), mark(claim(end=10)), project=project)
    make_assignment(make_task(make_round(other, overlap=1, annotators=(judge,))), judge)
    client.force_login(judge)
    assert client.get(reverse("web:home"))["Location"] == reverse("web:projects")
    page = read(client, judge, "projects")
    assert re.search(r"News 1 to adjudicate", page)
    assert re.search(r"Other 1 to annotate", page)
    manager = make_member(project, Role.MANAGER, name="Mira")
    assert re.search(r"News 1 with the adjudicators manager 1 ", read(client, manager, "projects"))


def test_an_adjudicator_of_several_projects_lands_where_the_most_waits(
    client: Client, project: Project
) -> None:
    judge = make_member(project, Role.ADJUDICATOR, name="Jude")
    other = make_project("Other")
    Membership.objects.create(project=other, user=judge, role=Role.ADJUDICATOR)
    client.force_login(judge)
    assert client.get(reverse("web:home"))["Location"] == reverse("web:projects")
    make_annotated_task(mark(claim()), mark(claim(end=10)), project=project)
    for text in (TEXT, f"Later: {TEXT}"):
        make_annotated_task(mark(claim()), mark(claim(end=10)), project=other, text=text)
    assert client.get(reverse("web:home"))["Location"] == reverse("web:adjudication", args=[other.slug])


def test_an_article_that_is_in_no_round_is_told(client: Client, project: Project, manager: User) -> None:
    ada = make_member(project, name="Ada")
    round_ = make_round(project, overlap=1, annotators=(ada,))
    for number in range(13):
        make_task(round_, make_article(project, f"Article {number}"))
    make_article(project, "One more")
    page = read(client, manager, "project", project.slug)
    assert "14 articles, 13 planned" in page
    assert "plan the rest" in page
    assert "1 in no round yet" in page
    archive_project(project, by=manager)
    page = read(client, manager, "project", project.slug)
    assert "plan the rest" not in page
    assert "1 in no round yet" in page
    assert reverse("web:plan-round", args=[project.slug]) not in page


def test_what_is_excluded_is_neither_planned_nor_still_to_come(
    client: Client, project: Project, manager: User
) -> None:
    ada, ben = make_member(project, name="Ada"), make_member(project, name="Ben")
    round_ = make_round(project, overlap=2, annotators=(ada, ben))
    kept, odd = (make_task(round_, make_article(project, f"{TEXT} {number}")) for number in range(2))
    hand_in(odd, ada, minutes=3)
    exclude_article(odd.article, reason="It is no article", by=manager)
    make_assignment(kept, ada)
    assert count_unclaimed(project) == 1
    page = read(client, manager, "project", project.slug)
    assert "2 articles, 1 planned, 1 excluded" in page
    assert "2 annotations are still to come, 1 of them in the queue of Ada." in page


def test_doubts_are_one_line_a_person(client: Client, project: Project, manager: User) -> None:
    ada, ben = make_member(project, name="Ada"), make_member(project, name="Ben")
    round_ = make_round(project, overlap=1, annotators=(ada, ben))
    for person, reason in ((ben, "too long"), (ada, "a duplicate"), (ada, "no argument in it")):
        store_skip(make_assignment(make_task(round_), person), reason=reason)
    page = read(client, manager, "project", project.slug)
    doubts = page[page.index("What annotators doubt") : page.index("Latest activity")]
    assert doubts.index("Ada") < doubts.index("Ben")
    assert "no argument in it" in doubts
    assert "and 1 more" in doubts
    assert "a duplicate" not in doubts


def test_a_manager_reads_the_adjudicators_queue_and_decides_nothing(
    client: Client, project: Project, manager: User
) -> None:
    make_member(project, Role.ADJUDICATOR, name="Jude")
    task = make_annotated_task(mark(claim()), mark(claim(end=10)), project=project)
    client.force_login(manager)
    page = client.get(reverse("web:adjudication", args=[project.slug])).content.decode()
    assert "1 article waits for an adjudicator." in page
    assert reverse("web:task", args=[project.slug, task.pk]) in page
    assert reverse("web:adjudicate", args=[project.slug, task.pk]) not in page
    waiting = client.get(reverse("web:adjudicate", args=[project.slug, task.pk]))
    assert waiting.headers["Location"] == reverse("web:task", args=[project.slug, task.pk])


def test_an_annotator_sees_their_own_figures_and_nobody_elses(
    client: Client, project: Project, manager: User
) -> None:
    ada, ben = make_member(project, name="Ada"), make_member(project, name="Ben")
    round_ = make_round(project, overlap=2, annotators=(ada, ben))
    hand_in(make_task(round_), ada, minutes=7)
    for _ in range(2):
        hand_in(make_task(round_), ben, minutes=1)
    own = read(client, ada, "my-figures", project.slug)
    assert "Submitted 1" in own
    assert "7 min median of the latest" in own
    assert "Claim 1.0" in own
    assert "Ben" not in own
    for person in (ada, ben):
        client.force_login(ada)
        assert client.get(reverse("web:person", args=[project.slug, person.pk])).status_code == 404
    of_ben = read(client, manager, "person", project.slug, ben.pk)
    assert "Submitted 2" in of_ben
    assert "1 min median of the latest" in of_ben


def test_a_manager_who_annotates_too_does_not_see_what_others_made_of_it_on_their_pages(
    client: Client, project: Project, manager: User
) -> None:
    Membership.objects.create(project=project, user=manager, role=Role.ANNOTATOR)
    ada = make_member(project, name="Ada")
    round_ = make_round(project, overlap=2, annotators=(ada, manager))
    hand_in(make_task(round_), ada, minutes=7)
    page = read(client, manager, "person", project.slug, ada.pk)
    assert "hidden from you while you annotate this article" in page
    assert "Claim" not in page


def test_the_page_of_who_left_the_project_is_still_there(
    client: Client, project: Project, manager: User
) -> None:
    ada = make_member(project, name="Ada")
    make_round(project, overlap=1, annotators=(ada,))
    ada.memberships.all().delete()
    assert "left the project" in read(client, manager, "person", project.slug, ada.pk)
    stranger = make_member(make_project("Other"), name="Olga")
    client.force_login(manager)
    assert client.get(reverse("web:person", args=[project.slug, stranger.pk])).status_code == 404


class TestActivity:
    def test_people_are_told_by_their_names(self, client: Client, project: Project, manager: User) -> None:
        ada, ben = make_member(project, name="Ada"), make_member(project, name="Ben")
        round_ = make_round(project, overlap=1, annotators=(ada, ben))
        Event.objects.record("planned", round_, actor=manager, project=project, annotators=[ada.pk, ben.pk])
        share = make_assignment(make_task(round_, make_article(project, "Talks")), ada)
        Event.objects.record("reassigned", share, actor=manager, project=project, instead_of=ben.pk)
        Event.objects.record(
            "imported articles", project, actor=manager, project=project, count=3, first=7, last=9
        )
        page = read(client, manager, "activity", project.slug)
        words = re.sub(r"\s+", " ", page)
        assert "Mira planned round 1 with Ada and Ben" in words
        assert "Mira passed Talks on to Ada, in place of Ben" in words
        assert "Mira imported 3 articles" in words

    def test_the_trail_is_narrowed_to_a_person_and_to_a_kind_of_thing(
        self, client: Client, project: Project, manager: User
    ) -> None:
        ada = make_member(project, name="Ada")
        round_ = make_round(project, overlap=1, annotators=(ada,))
        share = make_assignment(make_task(round_), ada)
        for verb, subject, actor in (
            ("submitted", share, ada),
            ("planned", round_, manager),
            ("expired", share, None),
            ("froze", project, manager),
        ):
            Event.objects.record(verb, subject, actor=actor, project=project)

        def verbs(query: str) -> list[str]:
            page = read(client, manager, "activity", project.slug, query=query)
            found = re.findall(r"\b(submitted|planned|took|froze)\b", page)
            return sorted("expired" if verb == "took" else verb for verb in found)

        assert verbs("") == ["expired", "froze", "planned", "submitted"]
        assert verbs(f"?who={ada.pk}&what=") == ["submitted"]
        assert verbs("?who=workbench") == ["expired"]
        assert verbs("?what=annotating") == ["expired", "submitted"]
        assert verbs("?what=rounds") == ["planned"]
        assert verbs("?what=project") == ["froze"]
        assert verbs(f"?who={manager.pk}&what=rounds") == ["planned"]
        for query in ("?who=x", "?what=x", "?who=999999"):
            address = reverse("web:activity", args=[project.slug]) + query
            assert client.get(address).status_code == 400
