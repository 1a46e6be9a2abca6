"""Pages ask the database a bounded number of questions, however much there is to show."""

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from annotations.models import Event, Job, Membership, Participant, QuarantinedItem, Role, Task
from annotations.web import urls
from tests.factories import make_article, make_assignment, make_member, make_task
from tests.factories.adjudication import TEXT, claim, make_annotated_task, mark
from tests.integration.web.test_access import OK, ROUTES

ASKED_BY = {"adjudication": Role.ADJUDICATOR, "releases": Role.CONSUMER, "guidelines": Role.ANNOTATOR}
"""Every other page is asked for by a manager, where a manager sees it."""
OF_A_PROJECT = {pattern.name for pattern in urls.urlpatterns if set(pattern.pattern.converters) == {"slug"}}
PAGES = {
    name: ASKED_BY.get(name) or next(role for role in Role if role in route.visitors)
    for name, route in ROUTES.items()
    if name in OF_A_PROJECT and route.get == OK
}
MAX_QUERIES = {"project": 36}
"""The overview tells a little of everything."""


def count_queries(world: Any, role: str, address: str) -> int:
    client = world.visit_as(role)
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def grow(world: Any, *, by: int = 20) -> None:
    """More of everything that has a line on some page."""
    annotation = world.item.annotation
    first = world.round.tasks.count()
    for number in range(first, first + by):
        person = make_member(world.project, Role.ANNOTATOR, name=f"More {number}")
        Participant.objects.create(round=world.round, annotator=person)
        task = make_task(world.round, make_article(world.project, f"More {number}"), wanted=2)
        make_assignment(task, person)
        skipped = make_assignment(task, world.people[Role.ANNOTATOR])
        type(skipped).objects.filter(pk=skipped.pk).update(status="skipped", skip_reason="long")
        QuarantinedItem.objects.create(annotation=annotation, code="x", message="m")
        Job.objects.create(kind="reconcile", project=world.project)
        Event.objects.record("did", task, actor=person, project=world.project)


def test_a_longer_page_asks_no_more(world: Any) -> None:
    addresses = {name: reverse(f"web:{name}", args=[world.project.slug]) for name in PAGES}
    grow(world, by=1)
    before = {name: count_queries(world, PAGES[name], address) for name, address in addresses.items()}
    grow(world)
    after = {name: count_queries(world, PAGES[name], address) for name, address in addresses.items()}
    assert {name: (before[name], after[name]) for name in PAGES if after[name] > before[name]} == {}
    assert {name: count for name, count in before.items() if count > MAX_QUERIES.get(name, 25)} == {}


def test_the_page_of_a_person_asks_no_more_of_one_who_did_more(world: Any) -> None:
    address = reverse("web:person", args=[world.project.slug, world.people[Role.ANNOTATOR].pk])
    grow(world, by=1)
    before = count_queries(world, Role.MANAGER, address)
    grow(world)
    assert count_queries(world, Role.MANAGER, address) <= before
    assert before <= 25


def test_the_queue_asks_no_more_of_an_adjudicator_who_annotated_the_tasks_that_wait(world: Any) -> None:
    person = world.people[Role.ADJUDICATOR]
    Membership.objects.create(project=world.project, user=person, role=Role.ANNOTATOR)
    address = reverse("web:adjudication", args=[world.project.slug])

    marked = mark(claim()), mark(claim(end=10))

    def add(number: int) -> None:
        for _ in range(number):
            text = f"{TEXT} {Task.objects.count()}"
            team = [person, world.people[Role.ANNOTATOR]]
            make_annotated_task(*marked, project=world.project, text=text, annotators=team)

    add(2)
    before = count_queries(world, Role.ADJUDICATOR, address)
    add(10)
    for name in ("Another", "A third"):
        make_member(world.project, Role.ADJUDICATOR, name=name)
    assert count_queries(world, Role.ADJUDICATOR, address) <= before
    assert before <= 25


def test_my_work_and_a_round_ask_no_more_either(world: Any) -> None:
    work, page = reverse("web:work"), reverse("web:round", args=[world.project.slug, world.round.number])
    before = count_queries(world, Role.ANNOTATOR, work), count_queries(world, Role.MANAGER, page)
    grow(world)
    after = count_queries(world, Role.ANNOTATOR, work), count_queries(world, Role.MANAGER, page)
    assert after[0] <= before[0]
    assert after[1] <= before[1]


def test_my_work_needs_few_queries(world: Any, django_assert_max_num_queries: Any) -> None:
    client = world.visit_as(Role.ANNOTATOR)
    with django_assert_max_num_queries(10):
        client.get(reverse("web:work"))


def test_the_list_of_articles_does_not_load_their_texts(world: Any) -> None:
    client = world.visit_as(Role.MANAGER)
    pages = ["articles", "project", "notes", "quarantine"]
    with CaptureQueriesContext(connection) as captured:
        for name in pages:
            client.get(reverse(f"web:{name}", args=[world.project.slug]))
        client.get(reverse("web:round", args=[world.project.slug, world.round.number]))
        world.visit_as(Role.ANNOTATOR).get(reverse("web:work"))
    loaded = [
        query["sql"]
        for query in captured
        if '"original"' in query["sql"] or '"annotations_article"."text"' in query["sql"]
    ]
    assert loaded == []
