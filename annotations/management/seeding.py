"""The projects that the quickstart begins with: the seed articles, to be annotated or annotated already."""

from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from annotations.assignment.services import claim_tasks, plan_round
from annotations.collection.ports import StudioReading
from annotations.collection.services import store_submission
from annotations.collection.submission import make_submission
from annotations.corpus.services import import_articles
from annotations.labelstudio.payloads import write_result
from annotations.management.samples import read_samples
from annotations.models import AnnotationOrigin, Project, Role, Round, User
from annotations.projects.services import create_project, invite_member, store_scheme
from annotations.schemes.definition import read_definition

SCHEME = "argument-v1"
OVERLAP = 3
TEAM = (
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
    project: Project
    people: tuple[User, ...]
    round: Round


@transaction.atomic
def seed_project(articles: list[Path]) -> SeededProject:
    """The project "Seeds" with its team, the five articles and a first round; as it is, if it is there already."""
    project = Project.objects.filter(name=SEEDS, archived_at=None).first()
    if project is None:
        project = create_project(name=SEEDS, scheme=store_scheme(read_definition(SCHEME), by=None), by=None)
        for email, name, roles in TEAM:
            invite_member(project, email=email, name=name, roles=roles, by=None)
        import_articles(project, articles, by=None)
        annotators = [User.objects.get(email=email) for email, _, roles in TEAM if Role.ANNOTATOR in roles]
        plan_round(project, annotators=annotators, overlap=OVERLAP, by=None)
    people = tuple(User.objects.filter(email__in=[email for email, _, _ in TEAM]).order_by("pk"))
    return SeededProject(project=project, people=people, round=project.rounds.earliest("number"))


@transaction.atomic
def seed_sample_project(articles: list[Path], seeded: SeededProject) -> Project:
    """A second project whose articles carry the sample annotations, ready for agreement and adjudication."""
    project = Project.objects.filter(name=SAMPLES, archived_at=None).first()
    if project is not None:
        return project
    scheme = seeded.project.scheme
    project = create_project(name=SAMPLES, scheme=scheme, by=None)
    for email, name, roles in TEAM:
        if Role.ANNOTATOR not in roles:
            invite_member(project, email=email, name=name, roles=roles, by=None)
    import_articles(project, articles, by=None)
    samples = read_samples(articles[0].parent / "annotations")
    readers = {
        name: invite_member(
            project,
            email=f"{name}@sample.example",
            name=f"{name.title()} (sample)",
            roles=[Role.ANNOTATOR],
            by=None,
        ).user
        for name in sorted({sample.annotator for sample in samples})
    }
    round_ = plan_round(project, annotators=list(readers.values()), overlap=len(readers), by=None)
    by_place = {(readers[sample.annotator].pk, sample.article): sample for sample in samples}
    for participant in round_.participants.all():
        for assignment in claim_tasks(participant, limit=len(articles)):
            article = assignment.task.article
            sample = by_place[participant.annotator_id, Path(article.source).name]
            markup = sample.to_markup(article.text)
            submission = make_submission(
                StudioReading(markup=markup),
                write_result(markup, article.text, scheme.definition),
                origin=AnnotationOrigin.IMPORT,
            )
            store_submission(assignment, submission)
    return project
