"""No route shows an annotator what others made of an article: every second role, every route, every object in its address.

Routes come from the URLconf. An address is filled in from what its parameters are called, so a new route is asked as soon
as it exists, and one with a parameter that this test does not know fails. The scene is built once; every test gets it as
it was built, and what the test adds is taken back.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib import admin
from django.db import transaction
from django.db.models import Case, QuerySet, When
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from annotations.adjudication.ledger import read_case
from annotations.adjudication.services import decide_unit, finish_task
from annotations.adjudication.units import Action
from annotations.api.v1.urls import router
from annotations.assignment.excluding import exclude_article
from annotations.assignment.services import plan_round, withdraw_assignment
from annotations.collection.ports import StudioReading
from annotations.collection.storing import store_skip, store_submission
from annotations.collection.submission import make_submission
from annotations.gold.services import freeze_release
from annotations.markup import Problem
from annotations.models import (
    Annotation,
    AnnotationOrigin,
    Article,
    Assignment,
    Event,
    Job,
    Membership,
    Project,
    QuarantinedItem,
    Release,
    Role,
    Round,
    Task,
    TaskStatus,
    User,
)
from annotations.projects.tokens import create_api_token
from annotations.reliability.reports import report_selection
from annotations.reliability.selection import choose_selection
from tests.factories import (
    make_article,
    make_assignment,
    make_member,
    make_prediction,
    make_project,
    make_round,
    make_task,
)
from tests.factories.adjudication import TEXT, claim, mark
from tests.kept import keep_rows

pytestmark = pytest.mark.django_db
STAFF = "staff"
SECOND_ROLES = (Role.MANAGER, Role.ADJUDICATOR, Role.CONSUMER, STAFF)
HIDDEN, SHOWN = "concealed", "apparent"
"""Words in everything that others wrote: of articles that the reader annotates, and of one that they do not."""


@dataclass
class Scene:
    """The reader annotates; each article stands for one way to take part in one."""

    project: Project = field(default_factory=lambda: make_project("The news", review_share=0))
    articles: dict[str, Article] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ada, self.ben = (make_member(self.project, name=name) for name in ("Ada", "Ben"))
        self.judge = make_member(self.project, Role.ADJUDICATOR, name="Judge")
        self.boss = make_member(
            self.project, Role.MANAGER, Role.ADJUDICATOR, Role.CONSUMER, name="Boss", is_staff=True
        )
        self.reader = make_member(self.project, name="Reader")

        earlier = make_round(self.project, overlap=2, annotators=(self.ada, self.ben, self.reader))
        self._decide(earlier, "apart", self.ada, self.ben, word=SHOWN)
        self._decide(earlier, "in another round", self.ada, self.ben)
        self._decide(earlier, "in a retest", self.ada, self.reader)
        freeze_release(self.project, title="First", by=self.boss, exception="A pilot.")

        now = make_round(self.project, overlap=3, annotators=(self.ada, self.ben, self.reader))
        self._submit(self._add(now, "may be wanted"), self.ada)
        queued = self._add(now, "queued")
        for person in (self.ada, self.ben):
            self._submit(queued, person)
        make_assignment(queued, self.reader)
        submitted = self._add(now, "submitted")
        for person in (self.ada, self.ben, self.reader):
            self._submit(submitted, person)
        skipped = self._add(now, "skipped")
        self._submit(skipped, self.ada)
        store_skip(make_assignment(skipped, self.ben), reason=f"{HIDDEN} reason")
        store_skip(make_assignment(skipped, self.reader), reason="mine")
        taken = self._add(now, "taken back")
        for person in (self.ada, self.ben):
            self._submit(taken, person)
        withdraw_assignment(make_assignment(taken, self.reader), by=self.boss)
        Task.objects.filter(pk=taken.pk).update(wanted=2, status=TaskStatus.ANNOTATED)
        for name in ("excluded", "excluded in the queue"):
            excluded = self._add(now, name)
            for person in (self.ada, self.ben):
                self._submit(excluded, person)
            make_assignment(excluded, self.reader)
            exclude_article(excluded.article, reason="An advertisement", by=self.boss)
        again = make_task(now, self.articles["in another round"])
        self._submit(again, self.ada)
        make_assignment(again, self.reader)
        plan_round(
            self.project,
            annotators=[self.reader],
            overlap=1,
            kind="retest",
            articles=[self.articles["in a retest"]],
            by=self.boss,
        )

    def _add(self, round_: Round, name: str) -> Task:
        self.articles[name] = article = make_article(self.project, f"Article {name}. {TEXT}")
        word = SHOWN if name == "apart" else HIDDEN
        make_prediction(article, mark(claim(key=f"{word}-prediction", holder=f"{word} holder of a model")))
        return make_task(round_, self.articles[name])

    def _submit(self, task: Task, person: User, *, word: str = HIDDEN, end: int = 25) -> None:
        is_decided_later = task.round.number == 1  # then its attributes must be ones that the scheme knows
        holder = {} if is_decided_later else {"holder": f"{word} holder"}
        span = claim(0, end, key=f"{word}-key-{person.pk}", **holder)
        store_submission(
            make_assignment(task, person),
            make_submission(
                StudioReading(
                    markup=mark(span, fields={"genre": "news", "note": f"{word} note"}),
                    problems=(Problem("x", f"{word} quarantine", {"quote": f"{word} payload"}),),
                ),
                [{"id": f"{word} result {person.pk}"}],
                origin=AnnotationOrigin.GATEWAY,
            ),
        )

    def _decide(self, round_: Round, name: str, *people: User, word: str = HIDDEN) -> None:
        task = self._add(round_, name)
        for end, person in zip((25, 24), people, strict=True):
            self._submit(task, person, word=word, end=end)
        task.refresh_from_db()
        while units := read_case(task).outcome.open:
            unit = units[0]
            decide_unit(
                task,
                unit=unit.key,
                action=Action.CHOOSE,
                payload={"candidate": unit.candidates[0].key},
                by=self.judge,
                note=f"{word} decision",
            )
        finish_task(task, by=self.judge)

    def read_as(self, second: str) -> User:
        """The reader, who is something else besides."""
        if second == STAFF:
            User.objects.filter(pk=self.reader.pk).update(is_staff=True)
        else:
            Membership.objects.create(project=self.project, user=self.reader, role=second)
        reader: User = User.objects.get(pk=self.reader.pk)
        return reader

    def hidden(self) -> list[Article]:
        return [article for name, article in self.articles.items() if name != "apart"]


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    """Built within a transaction around those of the tests, and taken back after the last of them."""
    with keep_rows(django_db_blocker):
        yield Scene()


@pytest.fixture
def scene(built: Scene, settings: Any) -> Scene:
    settings.STUDIO_BACKEND = "annotations.collection.in_memory.shared_studio"
    return built


def list_routes(
    patterns: Iterable[URLPattern | URLResolver], namespace: str = ""
) -> Iterator[tuple[str, set[str]]]:
    """The name of every route of ours and of the administration, with what its address takes."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = ":".join(filter(None, (namespace, pattern.namespace)))
            yield from list_routes(pattern.url_patterns, inner)
        elif pattern.name:
            parameters = {*pattern.pattern.converters, *pattern.pattern.regex.groupindex}
            yield ":".join(filter(None, (namespace, pattern.name))), parameters


NOT_ABOUT_ARTICLES = {"labelstudio:studio", "labelstudio:further-studio"}
"""The gateway has tests of its own: it lets nobody past their own assignments."""
OF_DJANGO = (
    "admin:auth_",
    "admin:axes_",
    "admin:view_on_site",
    "admin:jsi18n",
    "admin:app_list",
    "admin:password_change",
    "account_",
    "mfa_",
    "openid_connect_",
    "socialaccount_",
)
QUERIES = {
    "web:agreement-examples": ["first=Claim&second=Claim", "first=Claim&second="],
    "web:articles": ["", "q=Article"],
    "web:round": ["", "status=open"],
    "api:projects-annotations": ["", "format=jsonl", "format=conll"],
    "api:projects-agreement": ["samples=0&by=label,document,pair&with=confusion"],
    "api:releases-export": ["format=jsonl", "format=conll"],
}
BODIES: dict[str, dict[str, str]] = {
    "web:adjudicate-decide": {"unit": "x", "decision": "reject|"},
}


def choose(rows: QuerySet[Any], *position: str) -> QuerySet[Any]:
    """One row of each position, by the fields that tell positions apart."""
    chosen = {tuple(where): pk for pk, *where in rows.values_list("pk", *position)}
    return rows.filter(pk__in=chosen.values())


def find_model(route: str) -> Any:
    """What the rows are that a route of the API or of the administration shows."""
    if route.startswith("api:"):
        views: list[tuple[str, Any, str]] = router.registry
        [shown] = [view for name, view, _ in views if route.startswith(f"api:{name}-")]
        return shown.queryset.model
    name = route.removeprefix("admin:annotations_").rpartition("_")[0]
    [model] = [one for one in admin.site._registry if one._meta.model_name == name]
    return model


def find_values(scene: Scene, route: str, parameter: str) -> list[Any]:
    """What stands for a parameter of an address: an object of every position that is about a hidden article."""
    tasks = Task.objects.filter(article__in=scene.hidden())
    is_own = Case(When(annotator=scene.reader, then=True), default=False)
    every_share = Assignment.objects.filter(task__in=tasks).annotate(is_own=is_own)
    shares = choose(every_share, "task", "is_own", "status")
    annotations = Annotation.objects.filter(assignment__in=shares)
    quarantined = QuarantinedItem.objects.filter(annotation__in=annotations)
    if parameter in {"pk", "object_id"}:
        model = find_model(route)
        few = {
            Event: Event.objects.filter(details__has_key="reason"),
            Assignment: shares,
            Annotation: annotations,
            Job: choose(scene.project.jobs.all(), "kind"),
            QuarantinedItem: quarantined,
        }
        return list(few.get(model, model._default_manager.all()).values_list("pk", flat=True))
    if parameter == "number":
        owner = Release if route in {"web:release", "web:release-card", "web:release-changes"} else Round
        return list(owner.objects.filter(project=scene.project).values_list("number", flat=True))
    participants = [one.pk for round_ in scene.project.rounds.all() for one in round_.participants.all()]
    finders: dict[str, Callable[[], list[Any]]] = {
        "slug": lambda: [scene.project.slug],
        "task_id": lambda: list(tasks.values_list("pk", flat=True)),
        "assignment_id": lambda: list(shares.values_list("pk", flat=True)),
        "article_id": lambda: [article.pk for article in scene.hidden()],
        "item_id": lambda: list(quarantined.values_list("pk", flat=True)),
        "round_id": lambda: [scene.project.rounds.latest("number").pk],
        "participant_id": lambda: participants[:1],
        "user_id": lambda: [scene.ada.pk],
        "invitation_id": lambda: [1],
        "import_id": lambda: [1],
        "cluster_id": lambda: [1],
        "predictor_id": lambda: list(scene.project.predictors.values_list("pk", flat=True))[:1],
        "job_id": lambda: list(scene.project.jobs.values_list("pk", flat=True))[:3],
        "set_id": lambda: [1],
        "webhook_id": lambda: [1],
        "delivery_id": lambda: [1],
        "revision_id": lambda: [1],
        "name": lambda: ["2026-11-27-180509.backup"],
        "chart": lambda: ["labels", "pairs", "documents", "rounds", "periods", "needed"],
        "sha256": lambda: [scene.project.scheme.sha256],
        "token": lambda: ["guess"],
        "key": lambda: ["guess"],
        "content_type_id": lambda: [1],
        "app_label": lambda: ["annotations"],
        "url": lambda: [""],
    }
    return finders[parameter]()


def list_addresses(scene: Scene, visitor: User) -> Iterator[tuple[str, str]]:
    """Every address; of the administration only to staff, as it sends others to sign in."""
    for route, parameters in list_routes(get_resolver().url_patterns):
        if route.startswith("admin:") and not visitor.is_staff:
            continue
        if route in NOT_ABOUT_ARTICLES or route.startswith(OF_DJANGO) or "url" in parameters:
            continue
        if route.endswith(
            ("_history", "_delete", "_add")
        ):  # shown to nobody, or about the row that `_change` shows
            continue
        names = sorted(parameters)
        for values in itertools.product(*(find_values(scene, route, name) for name in names)):
            address = reverse(route, kwargs=dict(zip(names, values, strict=True)))
            for query in QUERIES.get(route, [""]):
                yield route, f"{address}?{query}" if query else address


def read(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return str(content.decode(errors="replace")) + str(response.headers)


def visit(person: User, addresses: Iterable[tuple[str, str]], *, posts: bool) -> dict[str, str]:
    """What every address answers to a person: to a look, and to a form or a body as well, which is then taken back."""
    client = Client(raise_request_exception=False)
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    _, secret = create_api_token(person, name="x", scope="write", project=None, by=person)
    found: dict[str, str] = {}
    takes_no_form: set[str] = set()
    for route, address in addresses:
        headers = {"Authorization": f"Token {secret}"} if route.startswith("api:") else {}
        response = client.get(address, headers=headers)
        assert response.status_code < 500 or route == "web:health", (address, response.status_code)
        found[f"GET {address}"] = read(response)
        if (
            not posts
            or response.status_code == 404
            or route in {"web:sign-out", "admin:logout"} | takes_no_form
        ):
            continue
        for part in ({}, {"X-Part": "case"}) if "adjudicate" in route else ({},):
            with transaction.atomic():
                response = client.post(address, BODIES.get(route, {}), headers={**headers, **part})
                transaction.set_rollback(True)
            found[f"POST {address} {part}"] = read(response)
            if response.status_code == 405:
                takes_no_form.add(route)
    return found


@pytest.mark.parametrize("second", SECOND_ROLES)
def test_no_route_shows_an_annotator_what_others_made_of_an_article(scene: Scene, second: str) -> None:
    reader = scene.read_as(second)
    found = visit(reader, list_addresses(scene, reader), posts=True)
    assert len(found) > 100
    shown = [address for address, answer in found.items() if HIDDEN in answer]
    assert shown == []
    if second in {Role.MANAGER, Role.CONSUMER}:
        assert [address for address, answer in found.items() if SHOWN in answer]


def test_who_takes_no_part_in_an_article_is_shown_everything(scene: Scene) -> None:
    """Without this, the test above would pass if the words occurred nowhere."""
    found = visit(scene.boss, list_addresses(scene, scene.boss), posts=False)
    for word in ("note", "quarantine", "payload", "reason", "decision", "holder", "-key"):
        assert [
            address
            for address, answer in found.items()
            if f"{HIDDEN}{'' if word == '-key' else ' '}{word}" in answer
        ], word


def test_no_figure_counts_an_article_that_its_reader_annotates(scene: Scene) -> None:
    reader = scene.read_as(Role.MANAGER)
    everything = report_selection(scene.project, choose_selection(scene.project), metrics=["f1_strict"])
    own = report_selection(
        scene.project, choose_selection(scene.project, reader=reader), metrics=["f1_strict"]
    )
    assert (everything.data["n_documents_compared"], own.data["n_documents_compared"]) == (6, 1)
    client = Client()
    client.force_login(reader, "django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("web:agreement", args=[scene.project.slug]))
    assert page.context["compared"] == 1
    assert "<strong>9 articles</strong> are hidden from you here" in " ".join(page.content.decode().split())
    address = reverse("api:projects-agreement", args=[scene.project.pk])
    answer = client.get(address, {"samples": 0}).json()
    assert (answer["data"]["n_documents_compared"], answer["hidden_articles"]) == (1, 9)


def test_everything_shows_once_the_part_of_the_reader_is_over(scene: Scene) -> None:
    reader = scene.read_as(Role.MANAGER)
    Task.objects.exclude(status=TaskStatus.ADJUDICATED).update(status=TaskStatus.CANCELLED)
    client = Client()
    client.force_login(reader, "django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("web:notes", args=[scene.project.slug])).content.decode()
    assert f"{HIDDEN} note" in page
    assert "hidden from you" not in page


def test_a_retest_closes_what_its_annotators_made_of_the_articles_before(scene: Scene) -> None:
    project = make_project()
    ada, ben = make_member(project), make_member(project)
    first = make_task(make_round(project, overlap=2, annotators=(ada, ben)))
    for person in (ada, ben):
        store_submission(
            make_assignment(first, person),
            make_submission(StudioReading(markup=mark(claim())), [], origin=AnnotationOrigin.GATEWAY),
        )
    plan_round(project, annotators=[ada], overlap=1, kind="retest", articles=[first.article], by=None)
    closed = dict(first.assignments.values_list("annotator", "closed_at"))
    assert closed[ada.pk] is not None
    assert closed[ben.pk] is None
