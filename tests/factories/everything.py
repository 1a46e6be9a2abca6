"""A project with one person in each role and a row of everything that a page can show; and the pages that show it."""

from dataclasses import dataclass

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotations.assignment.qualifying import make_quiz, take_quiz
from annotations.collection.ports import StudioReading
from annotations.collection.storing import write_revision
from annotations.collection.submission import Submission
from annotations.formats.canonical import write_members
from annotations.formats.record import describe_markup
from annotations.markup import Markup, sort_pairs
from annotations.models import (
    Annotation,
    AnnotationOrigin,
    ApiToken,
    Article,
    ArticleImport,
    ArticleSet,
    Assignment,
    AssignmentStatus,
    DeliveryStatus,
    DuplicateCluster,
    Gold,
    GoldStatus,
    GuidelineRevision,
    Invitation,
    Job,
    Participant,
    Predictor,
    Project,
    QuarantinedItem,
    Quiz,
    Release,
    ReleaseItem,
    Role,
    Round,
    Task,
    TaskStatus,
    User,
    Webhook,
    WebhookDelivery,
)
from annotations.projects.members import invite_member
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
    make_user,
)

ANONYMOUS, OUTSIDER = "anonymous", "outsider"
VISITORS = (ANONYMOUS, OUTSIDER, *Role.values)
PAGES = {
    Role.MANAGER: (
        ("projects", ()),
        ("project", ("slug",)),
        ("notes", ("slug",)),
        ("quarantine", ("slug",)),
        ("articles", ("slug",)),
        ("article", ("slug", "article")),
        ("people", ("slug",)),
        ("rounds", ("slug",)),
        ("plan-round", ("slug",)),
        ("round", ("slug", "round")),
        ("task", ("slug", "task")),
        ("releases", ("slug",)),
        ("release", ("slug", "release")),
        ("activity", ("slug",)),
        ("jobs", ("slug",)),
        ("job", ("slug", "job")),
        ("guidelines", ("slug",)),
        ("codebook", ("slug",)),
        ("quizzes", ("slug",)),
        ("word-part", ("slug",)),
        ("quiz", ("slug", "quiz")),
        ("edit-scheme", ("slug",)),
        ("edit-scheme-toml", ("slug",)),
        ("start-draft", ("slug",)),
        ("add-articles", ("slug",)),
        ("settings", ("slug",)),
        ("imports", ("slug",)),
        ("predictions", ("slug",)),
        ("predictor", ("slug", "predictor")),
        ("duplicates", ("slug",)),
        ("duplicate", ("slug", "cluster")),
        ("import", ("slug", "import")),
        ("exclude-article", ("slug", "article")),
        ("delete-article", ("slug", "article")),
        ("delete-project", ("slug",)),
        ("account", ()),
        ("agreement", ("slug",)),
    ),
    Role.ANNOTATOR: (
        ("work", ()),
        ("skip", ("assignment",)),
    ),
    Role.ADJUDICATOR: (("adjudication", ("slug",)),),
}
"""The pages on which a role reads what others wrote, by name, with what their addresses take."""


@dataclass
class World:
    project: Project
    people: dict[str, User]
    article: Article
    round: Round
    participant: Participant
    task: Task
    assignment: Assignment
    submitted: Assignment
    item: QuarantinedItem
    release: Release
    token: ApiToken
    invitation: Invitation
    made: ArticleImport
    revision: GuidelineRevision
    copies: DuplicateCluster
    article_set: ArticleSet
    predictor: Predictor

    @property
    def job(self) -> Job:
        return Job.objects.get(project=self.project, kind="reconcile")

    @property
    def quiz(self) -> Quiz:
        return Quiz.objects.get(project=self.project)

    @property
    def delivery(self) -> WebhookDelivery:
        return WebhookDelivery.objects.get(webhook__project=self.project)

    @property
    def webhook(self) -> Webhook:
        return self.delivery.webhook

    def list_addresses(self, role: Role) -> list[str]:
        values = {
            "slug": self.project.slug,
            "article": self.article.pk,
            "round": self.round.number,
            "task": self.task.pk,
            "release": self.release.number,
            "import": self.made.pk,
            "assignment": self.assignment.pk,
            "cluster": self.copies.pk,
            "predictor": self.predictor.pk,
            "job": self.job.pk,
            "quiz": self.quiz.number,
        }
        return [reverse(f"web:{name}", args=[values[part] for part in parts]) for name, parts in PAGES[role]]

    def visit_as(self, visitor: str, *, enforce_csrf_checks: bool = False) -> Client:
        client = Client(enforce_csrf_checks=enforce_csrf_checks)
        if visitor != ANONYMOUS:
            client.force_login(self.people[visitor])
        return client


def submit(assignment: Assignment, *, fields: dict[str, str] | None = None) -> Annotation:
    annotation = write_revision(
        assignment,
        Submission(
            result=[],
            digest=f"{assignment.pk:064}",
            reading=StudioReading(Markup(fields=sort_pairs(fields or {}))),
            origin=AnnotationOrigin.IMPORT,
        ),
    )
    assignment.status = AssignmentStatus.SUBMITTED
    assignment.save()
    return annotation


def make_world(words: str = "Words") -> World:
    """Everything that people can write says `words`."""
    project = make_project(f"{words} project", description=f"{words} description")
    people = {
        role: make_member(project, role, name=f"{words} {role}", email=f"{role}@example.org")
        for role in Role.values
    }
    people[OUTSIDER] = make_member(make_project("Elsewhere"), *Role.values, name="Outsider")
    annotator = people[Role.ANNOTATOR]
    article = make_article(
        project,
        f"{words} title\n\n{words} text",
        title=f"{words} title",
        source=f"{words} source",
        external_id=f"{words} id",
        metadata={f"{words} name": f"{words} value"},
    )
    prediction = make_prediction(article, Markup(), model=f"{words[:100]} model")
    round_ = make_round(project, overlap=1, annotators=(annotator,))
    task = make_task(round_, article)
    assignment = make_assignment(task, annotator, studio_task_id=1)
    participant = round_.participants.get()
    participant.studio_project_id = 7
    participant.save()
    submitted = make_assignment(
        make_task(round_, make_article(project, f"{words} two")), annotator, studio_task_id=2
    )
    annotation = submit(submitted, fields={"note": f"{words} note"})
    skipped = make_assignment(make_task(round_, make_article(project, f"{words} three")), annotator)
    Assignment.objects.filter(pk=skipped.pk).update(
        status=AssignmentStatus.SKIPPED, skip_reason=f"{words} reason"
    )
    item = QuarantinedItem.objects.create(
        annotation=annotation, code="x", message=f"{words} message", payload={"quote": f"{words} payload"}
    )
    decided = make_task(round_, make_article(project, f"{words} four"), status=TaskStatus.ADJUDICATED)
    Gold.objects.create(
        task=decided,
        status=GoldStatus.SINGLE,
        markup={"spans": [], "relations": [], "fields": {}},
        canonical=write_members(describe_markup(Markup(), "")),
    )
    release = Release.objects.create(
        project=project,
        number=1,
        title=f"{words} release",
        manifest={"counts": {f"{words} count": 1}},
        sha256="0" * 64,
        created_by=people[Role.MANAGER],
    )
    ReleaseItem.objects.create(release=release, ordinal=1, article=article, record="{}", sha256="0" * 64)
    webhook = Webhook.objects.create(
        project=project, endpoint=f"{words[:80]} program", created_by=people[Role.MANAGER]
    )
    WebhookDelivery.objects.create(
        webhook=webhook,
        first_event=1,
        last_event=2,
        events=2,
        attempts=7,
        status=DeliveryStatus.FAILED,
        answer=f"{words[:200]} answer",
    )
    Job.objects.create(kind="reconcile", project=project, message=f"{words} job", total=3, done=1)
    token, _ = create_api_token(
        people[Role.CONSUMER], name=f"{words} token", scope="read", project=project, by=people[Role.CONSUMER]
    )
    known = make_user(f"{words} invited", email="invited@example.org", password=f"{words} long enough")
    quiz = make_quiz(project, chosen=[0, 1], passing=2, by=people[Role.MANAGER])
    take_quiz(quiz, annotator, answers=[True, True])
    invite_member(project, email=known.email, name="", roles=[Role.ANNOTATOR], by=people[Role.MANAGER])
    return World(
        project,
        people,
        article,
        round_,
        participant,
        task,
        assignment,
        submitted,
        item,
        release,
        token,
        Invitation.objects.get(),
        _import_one(project),
        correct_wording(
            project,
            project.scheme,
            source=project.scheme.source.replace("Read the whole article once", f"{words}: read it all", 1),
            name=f"{words[:80]} correction",
            by=people[Role.MANAGER],
        ),
        make_copies(article, submitted.task.article),
        ArticleSet.objects.create(
            project=project,
            name=f"{words[:80]} set",
            choice={"title": words[:100]},
            created_by=people[Role.MANAGER],
        ),
        prediction.predictor,
    )


def _import_one(project: Project) -> ArticleImport:
    now = timezone.now()
    made = ArticleImport.objects.create(project=project, busy_until=now, published_at=now)
    make_article(project, imported_in=made)
    return made
