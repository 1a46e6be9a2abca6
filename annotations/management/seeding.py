"""The projects that the quickstart begins with: the seed articles, to be annotated or annotated already."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from annotations.assignment.services import claim_tasks, plan_round
from annotations.collection.ports import StudioReading
from annotations.collection.services import store_submission
from annotations.collection.submission import make_submission
from annotations.corpus.services import import_articles
from annotations.labelstudio.payloads import write_result
from annotations.management.samples import Sample, read_samples
from annotations.models import AnnotationOrigin, Assignment, Project, Role, Round, Scheme, User
from annotations.projects.members import invite_member
from annotations.projects.starting import create_project, store_scheme
from annotations.schemes.definition import read_definition

SCHEME = "argument-v1"
OVERLAP = 3
Member = tuple[str, str, tuple[Role, ...]]
"""The address of somebody of a project's team, their name and their roles."""
TEAM: tuple[Member, ...] = (
    ("manager@example.org", "Manager", (Role.MANAGER, Role.CONSUMER)),
    ("adjudicator@example.org", "Adjudicator", (Role.ADJUDICATOR,)),
    ("annotator-1@example.org", "Annotator One", (Role.ANNOTATOR,)),
    ("annotator-2@example.org", "Annotator Two", (Role.ANNOTATOR,)),
    ("annotator-3@example.org", "Annotator Three", (Role.ANNOTATOR,)),
)
SEEDS = "Seeds"
SAMPLES = "Seeds, annotated"


@dataclass(frozen=True, slots=True)
class SeededProject:
    """A project that a first start made, with its team and its round."""

    project: Project
    people: tuple[User, ...]
    round: Round


def seed_project(articles: list[Path]) -> SeededProject:
    """The project "Seeds" with its team, the five articles and a first round; what a start that was cut off left out is added."""
    project = _find_or_create(SEEDS, TEAM, scheme=store_scheme(read_definition(SCHEME), by=None))
    if not project.rounds.exists():
        import_articles(project, articles, by=None)
        annotators = [User.objects.get(email=email) for email, _, roles in TEAM if Role.ANNOTATOR in roles]
        plan_round(project, annotators=annotators, overlap=OVERLAP, by=None)
    people = tuple(User.objects.filter(email__in=[email for email, _, _ in TEAM]).order_by("pk"))
    return SeededProject(project=project, people=people, round=project.rounds.earliest("number"))


def seed_sample_project(articles: list[Path], seeded: SeededProject) -> Project:
    """A second project whose articles carry the sample annotations, ready for agreement and adjudication."""
    samples = read_samples(articles[0].parent / "annotations")
    readers = tuple(
        (f"{name}@sample.example", f"{name.title()} (sample)", (Role.ANNOTATOR,))
        for name in sorted({sample.annotator for sample in samples})
    )
    others = tuple(member for member in TEAM if Role.ANNOTATOR not in member[2])
    project = _find_or_create(SAMPLES, (*others, *readers), scheme=seeded.project.scheme)
    if not project.rounds.exists():
        import_articles(project, articles, by=None)
        annotators = [User.objects.get(email=email) for email, _, _ in readers]
        plan_round(project, annotators=annotators, overlap=len(annotators), by=None)
    _annotate(project.rounds.earliest("number"), samples, limit=len(articles))
    return project


@transaction.atomic
def _find_or_create(name: str, team: Iterable[Member], *, scheme: Scheme) -> Project:
    project = Project.objects.filter(name=name, archived_at=None).first()
    if project is None:
        project = create_project(name=name, scheme=scheme, by=None)
        for email, called, roles in team:
            invite_member(project, email=email, name=called, roles=roles, by=None)
    return project


def _annotate(round_: Round, samples: list[Sample], *, limit: int) -> None:
    """Submit the sample annotations, each in a transaction of its own; who has one already, or had it taken back, keeps it so."""
    by_place = {(f"{sample.annotator}@sample.example", sample.article): sample for sample in samples}
    for participant in round_.participants.select_related("annotator", "round__project"):
        own = Assignment.objects.of(participant.annotator).filter(task__round=round_)
        if not own.exists():
            claim_tasks(participant, limit=limit)
        for assignment in own.queued().filter(annotations=None).select_related("task__article"):
            article = assignment.task.article
            sample = by_place.get((participant.annotator.email, Path(article.source).name))
            if sample is not None:
                markup = sample.to_markup(article.text)
                submission = make_submission(
                    StudioReading(markup=markup),
                    write_result(markup, article.text, round_.scheme.definition),
                    origin=AnnotationOrigin.IMPORT,
                )
                store_submission(assignment, submission)
