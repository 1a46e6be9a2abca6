"""A project with everything in it and somebody in every role, a second one beside it, and their callers."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from rest_framework.test import APIClient

from annotations.adjudication.ledger import read_case
from annotations.adjudication.services import decide_unit, finish_task
from annotations.adjudication.settled import finish_by_rule
from annotations.adjudication.units import Action
from annotations.gold.drafts import save_draft
from annotations.gold.services import freeze_release
from annotations.gold.wanted import WantedRelease
from annotations.models import (
    Annotation,
    ArticleImport,
    ArticleSet,
    DuplicateCluster,
    Event,
    Gold,
    GuidelineRevision,
    Job,
    Membership,
    Prediction,
    Project,
    Release,
    ReleaseDraft,
    Role,
    Task,
    TokenScope,
    User,
)
from annotations.projects.tokens import create_api_token
from annotations.projects.wording import correct_wording
from tests.factories import (
    make_article,
    make_assignment,
    make_copies,
    make_member,
    make_prediction,
    make_project,
    make_round,
    make_task,
)
from tests.factories.adjudication import TEXT, claim, make_annotated_task, mark, submit

ROLES = (Role.MANAGER, Role.ADJUDICATOR, Role.ANNOTATOR, Role.CONSUMER)
STRANGER = "stranger"
ANONYMOUS = "anonymous"
CALLERS = (*ROLES, STRANGER, ANONYMOUS)


@dataclass(frozen=True, slots=True)
class World:
    """`people` are the members by role; the stranger holds every role, but in the other project."""

    project: Project
    other: Project
    people: dict[str, User]
    others: tuple[User, User]
    agreed: Task
    decided: Task
    waiting: Task
    queued: Task
    release: Release
    draft: ReleaseDraft
    job: Job
    event: Event
    made: ArticleImport
    revision: GuidelineRevision
    copies: DuplicateCluster
    article_set: ArticleSet
    prediction: Prediction

    @property
    def gold(self) -> Gold:
        return self.decided.gold

    @property
    def annotation(self) -> Annotation:
        return Annotation.objects.current().filter(assignment__task=self.decided)[0]


def make_world() -> World:
    project, other = make_project("The news", review_share=0), make_project("Other news")
    people: dict[str, User] = {role: make_member(project, role) for role in ROLES}
    people[STRANGER] = make_member(other, *ROLES)
    colleagues = make_member(project, Role.ANNOTATOR), make_member(project, Role.ANNOTATOR)
    agreeing = mark(claim()), mark(claim())
    differing = mark(claim()), mark(claim(0, 24))
    agreed = make_annotated_task(*agreeing, project=project, annotators=colleagues)
    assert finish_by_rule([agreed])
    decided = make_annotated_task(*differing, project=project, annotators=colleagues, text=f"Decided. {TEXT}")
    unit = read_case(decided).outcome.open[0]
    judge = people[Role.ADJUDICATOR]
    decide_unit(decided, unit=unit.key, action=Action.CHOOSE, payload={"candidate": "0-25-Claim"}, by=judge)
    finish_task(decided, by=judge)
    waiting = make_annotated_task(*differing, project=project, annotators=colleagues, text=f"Waiting. {TEXT}")
    annotator = people[Role.ANNOTATOR]
    round_ = make_round(project, overlap=2, annotators=(annotator, colleagues[0]))
    queued = make_task(round_, make_article(project, f"Queued. {TEXT}"))
    make_assignment(queued, annotator)
    submit(make_assignment(queued, colleagues[0]), mark(claim(8, 33)))
    return World(
        project=project,
        other=other,
        people=people,
        others=colleagues,
        agreed=agreed,
        decided=decided,
        waiting=waiting,
        queued=queued,
        release=freeze_release(project, title="First", by=people[Role.MANAGER], exception="A pilot."),
        job=Job.objects.create(kind="reconcile", project=project),
        event=Event.objects.filter(project=project)[0],
        draft=save_draft(project, WantedRelease("Second", exception="A pilot."), by=people[Role.MANAGER]),
        revision=correct_wording(
            project,
            project.scheme,
            source=project.scheme.source.replace("Read the whole article once", "Read it all", 1),
            name="Clearer",
            by=people[Role.MANAGER],
        ),
        article_set=ArticleSet.objects.create(project=project, name="Long", choice={"min_length": 50}),
        prediction=make_prediction(decided.article, mark(claim())),
        copies=make_copies(decided.article, waiting.article),
        made=ArticleImport.objects.create(
            project=project, busy_until=timezone.now(), published_at=timezone.now()
        ),
    )


def call_with_token(
    user: User, *, scope: str = TokenScope.WRITE, project: Project | None = None
) -> APIClient:
    _, secret = create_api_token(user, name="test", scope=scope, project=project, by=user)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {secret}")
    return client


def call_as(world: World, caller: str) -> APIClient:
    return APIClient() if caller == ANONYMOUS else call_with_token(world.people[caller])


def membership_of(world: World, role: str) -> Membership:
    return world.project.memberships.get(user=world.people[role], role=role)


def read_stream(response: Any) -> bytes:
    return b"".join(response.streaming_content)
