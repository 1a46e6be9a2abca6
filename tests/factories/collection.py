"""Rounds with a studio behind them, and submissions, for tests of the collection."""

from annotations.assignment.services import plan_round
from annotations.collection.in_memory import InMemoryStudio, write_result
from annotations.collection.ports import StudioReading
from annotations.collection.services import store_submission, top_up_queue
from annotations.collection.submission import make_submission
from annotations.markup import Markup, Problem, Relation
from annotations.models import Annotation, AnnotationOrigin, Assignment, Participant, Project, Round
from annotations.spans import Span
from tests.factories import make_article, make_member, make_project

TEXT = "Kyiv must have guarantees. Moscow disagrees."


def mark(*places: tuple[int, int], label: str = "Claim", relations: tuple[Relation, ...] = ()) -> Markup:
    """A markup with one span a place; their keys are s0, s1, ..."""
    spans = tuple(Span(start, end, label, key=f"s{number}") for number, (start, end) in enumerate(places))
    return Markup(spans=spans, relations=relations)


def plan_small_round(
    *, annotators: int = 2, articles: int = 3, overlap: int = 2, project: Project | None = None, seed: int = 7
) -> Round:
    project = project or make_project()
    for _ in range(articles):
        make_article(project)
    team = [make_member(project) for _ in range(annotators)]
    return plan_round(project, annotators=team, overlap=overlap, seed=seed, by=None)


def fill_queues(round_: Round, studio: InMemoryStudio) -> list[Assignment]:
    for participant in round_.participants.all():
        top_up_queue(participant, studio=studio)
    return list(Assignment.objects.queued().filter(task__round=round_).order_by("id"))


def submit(
    assignment: Assignment,
    markup: Markup | None = None,
    *,
    problems: tuple[Problem, ...] = (),
    studio_annotation_id: int | None = None,
) -> Annotation:
    """Store a submission as the gateway does."""
    markup = markup or mark((0, 4))
    submission = make_submission(
        StudioReading(markup=markup, problems=problems),
        write_result(markup),
        origin=AnnotationOrigin.GATEWAY,
        lead_time=12.5,
    )
    if studio_annotation_id is not None:
        submission = submission.held_as(studio_annotation_id)
    return store_submission(assignment, submission)


def annotate(assignment: Assignment, studio: InMemoryStudio, markup: Markup | None = None) -> int:
    """Submit in the Studio and through the gateway; returns the studio annotation's id."""
    markup = markup or mark((0, 4))
    assert assignment.studio_task_id is not None
    annotation_id = studio.submit(assignment.studio_task_id, markup)
    submit(assignment, markup, studio_annotation_id=annotation_id)
    return annotation_id


def participant_of(assignment: Assignment) -> Participant:
    return Participant.objects.get(round=assignment.task.round, annotator=assignment.annotator)
