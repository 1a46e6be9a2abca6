"""With 20,000 articles no page and no list of the API reads the tables whole: its slowest query is explained on both databases."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django.plugin import DjangoDbBlocker

from annotations.api.v1.urls import router
from annotations.assignment.looking import look_through
from annotations.assignment.qualifying import make_quiz
from annotations.blindness import has_part
from annotations.collection.queues import participants_by_turn, participants_to_top_up
from annotations.corpus.choice import ArticleChoice, Grouping, Progress
from annotations.jobs.worker import Checkpoint, find_handler
from annotations.models import Assignment, DuplicateCluster, Job, JobStatus, Predictor, Role, Task, TaskStatus
from annotations.web.urls import urlpatterns
from tests.factories import make_user
from tests.factories.large import ARTICLES, LargeProject, make_large_project
from tests.integration.web.test_access import ELSEWHERE, OK, ROUTES
from tests.kept import keep_rows
from tests.pairwise import list_alone_and_pairwise
from tests.plans import explain, record_queries

MANAGER, ADJUDICATOR, ANNOTATOR, CONSUMER = Role.MANAGER, Role.ADJUDICATOR, Role.ANNOTATOR, Role.CONSUMER
SUPERUSER = "superuser"
MOST = {"sqlite": 100_000, "postgresql": 13_000}
"""A page of rows with what is looked up for each, in the measure of each database; to read every article once takes more."""
COUNTS_ARTICLES = {"sqlite": 14 * ARTICLES, "postgresql": 1.1 * ARTICLES}
"""What grows with the corpus: an entry of an index is read for each article, to count them or to look for a title."""
ASKS_FOR_TASKS = {"sqlite": 40 * ARTICLES, "postgresql": 2.2 * ARTICLES}
"""Whether an article is in no round is asked of each, where hardly any is in none."""
OWN_WORK = {"sqlite": 300_000, "postgresql": 26_000}
"""What one person did is found by their assignments, which grow with what they did and not with the corpus."""
SEARCHES_TRAIL = {"sqlite": 50 * ARTICLES, "postgresql": 4 * ARTICLES}
"""A narrowed audit trail is read until there is a page of it, at worst to its end."""
SOME = 500
"""What is found by the value of an index, in the measure of either database."""
MAX_SORTED = {"sqlite": ARTICLES, "postgresql": 1_000}
"""A list is read in the order of an index: what is sorted is no more than a page, in the same measures as `Plan.sorts`."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A page that is asked for in a way of its own: by somebody in a role, with a query, or with another bound."""

    name: str
    role: str = MANAGER
    query: str = ""
    most: Mapping[str, float] = field(default_factory=lambda: MOST)


VISITS = (
    Visit("project"),
    Visit("project", ANNOTATOR),
    Visit("articles"),
    Visit("articles", query="?page=300"),
    Visit("articles", query="?page=300&after=15000"),
    Visit("articles", query="?page=300&before=15000"),
    Visit("articles", query="?q=Article+15000", most=COUNTS_ARTICLES),
    Visit("articles", query="?words=doubt+Kyiv&progress=done", most=COUNTS_ARTICLES),
    Visit("articles", query="?column=source&value=wire&language=de"),
    Visit("articles", query="?since=2026-01-02&until=2026-01-04", most=COUNTS_ARTICLES),
    Visit("articles", query="?progress=unplanned", most=ASKS_FOR_TASKS),
    Visit("articles", query="?progress=gold&copies=alone", most=COUNTS_ARTICLES),
    Visit("articles", query="?copies=first&min_length=62", most=COUNTS_ARTICLES),
    Visit("articles", query="?sort=title"),
    Visit("articles", query="?sort=-length&page=20"),
    Visit("articles", query="?sort=source&language=de", most=COUNTS_ARTICLES),
    Visit("article-values", query="?column=source"),
    Visit("duplicates", query="?show=decided"),
    Visit("undo-import"),
    Visit("person", most=OWN_WORK),
    Visit("my-figures", ANNOTATOR, most=OWN_WORK),
    Visit("work", ANNOTATOR),
    Visit("round"),
    Visit("round", query="?status=annotated&page=20"),
    Visit("adjudication", ADJUDICATOR),
    Visit("adjudication"),
    Visit("activity"),
    Visit("activity", query="?who=workbench", most=SEARCHES_TRAIL),
    Visit("activity", query="?who=&what=rounds", most=SEARCHES_TRAIL),
    Visit("activity", query="?what=project", most=SEARCHES_TRAIL),
)
"""Every other page of the URLconf is asked for once, by a manager where a manager sees it, within `MOST`."""
ASKS_THE_STUDIO = {"top_up_queues", "reconcile"}
"""Periodic jobs that need one to talk to."""
COUNTED_BY_JOBS = "agreement"
"""These pages show what jobs have counted; their tests are in `web/test_agreement_ahead.py`."""
SENDS_A_FILE = "download-backup"
"""What it sends lies in a folder and is not there."""
READERS = {
    "articles": (MANAGER, ADJUDICATOR, ANNOTATOR, CONSUMER),
    "annotations": (MANAGER, CONSUMER),
    "decisions": (MANAGER, ADJUDICATOR),
    "gold": (MANAGER, ADJUDICATOR, CONSUMER),
}
"""The roles that read a list of the API in ways of their own; every other list is asked for by a manager."""
OF_NO_PROJECT = {"projects", "schemes", "tokens"}
"""Lists of the API that cannot be narrowed to one project."""


@pytest.fixture(scope="module")
def large(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[LargeProject]:
    """Made once for all tests here, and taken back at the end."""
    with keep_rows(django_db_blocker):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                # How far each of several processes reads ahead is chance.
                cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        yield make_large_project()


def list_visits() -> Iterator[Visit]:
    """The pages of the URLconf that show something: not those that only take what people send."""
    yield from VISITS
    for name, route in ROUTES.items():
        is_elsewhere = name.startswith(COUNTED_BY_JOBS) or name == SENDS_A_FILE
        if route.get in {OK, ELSEWHERE} and not is_elsewhere and all(name != one.name for one in VISITS):
            role = next((role for role in (MANAGER, *Role) if role in route.visitors), SUPERUSER)
            yield Visit(name, role)


def list_pages(large: LargeProject) -> Iterator[tuple[str, str, float]]:
    task = Task.objects.filter(round=large.rounds[0], status=TaskStatus.ANNOTATED)[0]
    if not large.project.quizzes.exists():
        make_quiz(large.project, chosen=range(10), passing=8, by=None)
    values = {
        "slug": large.project.slug,
        "number": 1,
        "round_id": large.rounds[1].pk,
        "sha256": large.project.scheme.sha256,
        "article_id": task.article_id,
        "import_id": large.import_id,
        "job_id": Job.objects.filter(project=large.project).latest("pk").pk,
        "cluster_id": DuplicateCluster.objects.filter(project=large.project)[0].pk,
        "predictor_id": Predictor.objects.get_or_create(project=large.project, name="A model")[0].pk,
        "task_id": task.pk,
        "user_id": large.people[ANNOTATOR].pk,
        "participant_id": large.rounds[0].participants.all()[0].pk,
        "assignment_id": Assignment.objects.queued().filter(annotator=large.people[ANNOTATOR])[0].pk,
    }
    wanted = {pattern.name: pattern.pattern.converters for pattern in urlpatterns}
    for visit in list_visits():
        address = reverse(f"web:{visit.name}", kwargs={name: values[name] for name in wanted[visit.name]})
        yield visit.role, address + visit.query, visit.most[connection.vendor]


def list_lists(large: LargeProject) -> Iterator[tuple[str, str, float]]:
    for name, _, _ in router.registry:
        for role in READERS.get(name, (MANAGER,)):
            most = (OWN_WORK if role == ANNOTATOR else MOST)[connection.vendor]
            address = f"/api/v1/{name}/?page_size=100"
            yield role, address, most
            if name not in OF_NO_PROJECT:
                yield role, f"{address}&project={large.project.pk}", most
    yield MANAGER, f"/api/v1/projects/{large.project.pk}/annotations/?page_size=100", MOST[connection.vendor]


class Inspection:
    """Asks for pages as people in their roles, and explains each query once, however many pages ask it."""

    def __init__(self, large: LargeProject, *, most_sorted: int | None = None) -> None:
        self._large = large
        self._most_sorted = most_sorted
        self._clients: dict[str, Client] = {}
        self._seen: set[tuple[str, str]] = set()

    def find_slow(self, role: str, address: str, most: float) -> list[str]:
        """The queries of a page that take more than that, or that sort more than they may."""
        with record_queries() as queries:
            answer = self._sign_in(role).get(address)
        assert answer.status_code in {200, 302, 503}, (address, answer.status_code)
        slow = []
        for query in queries:
            key = query.sql, repr(query.parameters)
            if key in self._seen:
                continue
            plan = explain(query)
            sorts_all = self._most_sorted is not None and plan.sorts > self._most_sorted
            if plan.cost > most or sorts_all:
                head = f"{address} as {role}: {plan.cost} > {most}, or too much is sorted: {plan.sorts}"
                slow.append("\n".join([head, query.sql, *plan.lines]))
            else:
                self._seen.add(key)
        return slow

    def _sign_in(self, role: str) -> Client:
        if role not in self._clients:
            self._clients[role] = Client()
            person = make_user("Root", is_superuser=True) if role == SUPERUSER else self._large.people[role]
            self._clients[role].force_login(person)
        return self._clients[role]


@pytest.mark.django_db
def test_no_page_reads_more_than_an_index_of_what_it_counts(large: LargeProject) -> None:
    find_slow = Inspection(large).find_slow
    slow = [line for visit in list_pages(large) for line in find_slow(*visit)]
    assert not slow, "\n\n".join(slow)


ASKED: dict[str, list[Any]] = {
    "title": ["", "Article 15000", "Article", "nowhere"],
    "words": ["", "doubt", "Kyiv must", "nowhere"],
    "metadata": [{}, {"source": "wire"}, {"source": "paper 3"}, {"source": "nowhere"}],
    "language": ["", "en", "de"],
    "since": ["", "2026-01-02"],
    "until": ["", "2026-01-04"],
    "min_length": [None, 62],
    "max_length": [None, 64],
    "progress": ["", *Progress],
    "copies": ["", *Grouping],
}
"""Every question that is asked of articles, with answers that all of them fit, few, or none."""


@pytest.mark.django_db
def test_a_look_through_articles_costs_what_it_is_led_to_and_not_what_there_are(large: LargeProject) -> None:
    slow = []
    for asked in list_alone_and_pairwise(ASKED):
        choice = ArticleChoice.from_json(asked)
        with record_queries() as queries:
            look_through(
                large.project,
                choice,
                after=large.project.articles.earliest("pk").pk + ARTICLES // 2,
                most=ARTICLES // 20,
            )
        plans = [(query, explain(query)) for query in queries]
        slow += [
            "\n".join([f"{choice.describe()}: {plan.cost}", query.sql, *plan.lines])
            for query, plan in plans
            if plan.cost > MOST[connection.vendor]
        ]
    assert not slow, "\n\n".join(slow)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", sorted(set(settings.JOB_SCHEDULE) - ASKS_THE_STUDIO))
def test_no_periodic_job_reads_more_than_what_is_to_be_done(large: LargeProject, kind: str) -> None:
    job = Job.objects.create(kind=kind, status=JobStatus.RUNNING, worker="here")
    with record_queries() as queries, transaction.atomic():
        find_handler(kind)(job, Checkpoint(job))
        transaction.set_rollback(True)
    slow = [plan for plan in map(explain, queries) if plan.cost > MOST[connection.vendor]]
    assert not slow, slow


@pytest.mark.django_db
def test_whose_queues_are_to_be_filled_is_found_without_a_look_at_what_was_done(large: LargeProject) -> None:
    with record_queries() as queries:
        assert participants_to_top_up().count() > 0
        list(participants_by_turn())
    assert max(explain(query).cost for query in queries) < MOST[connection.vendor]


@pytest.mark.django_db
def test_who_never_annotates_is_known_from_an_index_however_few_annotators_there_seem_to_be(
    large: LargeProject,
) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # So few rows are looked at that each annotator seems to have a large part of all.
            cursor.execute("SET LOCAL default_statistics_target = 3")
            cursor.execute("ANALYZE annotations_assignment")
    with record_queries() as queries:
        assert not has_part(large.people[MANAGER])
        assert has_part(large.people[ANNOTATOR])
    assert max(explain(query).cost for query in queries) < SOME


@pytest.mark.django_db
def test_no_list_of_the_api_reads_more_than_its_page(large: LargeProject) -> None:
    find_slow = Inspection(large, most_sorted=MAX_SORTED[connection.vendor]).find_slow
    slow = [line for visit in list_lists(large) for line in find_slow(*visit)]
    assert not slow, "\n\n".join(slow)
