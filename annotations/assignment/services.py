"""Planning rounds, and what a manager does to them: people in and out, tasks taken back, passed on and closed."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from annotations.assignment.claims import (
    claim_tasks,
    expire_lease,
    expire_leases,
    free_claim,
    lock_assignment,
    new_assignment,
    renew_lease,
    request_count,
    request_top_up,
    requeue_assignment,
    settle_task,
    take_claim,
)
from annotations.assignment.errors import (
    AlreadyAssignedError,
    ArticleExcludedError,
    ArticleOfAnotherProjectError,
    ClaimNotHeldError,
    MayHaveSeenError,
    NoArticlesLeftError,
    NoClaimFreeError,
    NotAnAnnotatorError,
    NotInRoundError,
    RoundClosedError,
    RoundKindError,
    TaskClosedError,
    TooFewAnnotatorsError,
)
from annotations.assignment.suggestions import check_predictor, offer_suggestions
from annotations.assignment.taking import Taking, find_unplanned, list_to_take, take_some
from annotations.blindness import find_seen_tasks
from annotations.models import (
    CLAIM_HOLDING_STATUSES,
    PLANNED_KINDS,
    Article,
    Assignment,
    AssignmentStatus,
    Event,
    Membership,
    Participant,
    Predictor,
    Project,
    Role,
    Round,
    RoundKind,
    Task,
    TaskStatus,
    User,
)
from annotations.models.inserting import insert_rows
from annotations.projects.archived import check_live
from annotations.projects.members import change_roles

__all__ = [
    "add_participant",
    "change_member_roles",
    "claim_tasks",
    "close_task",
    "deactivate_participant",
    "expire_lease",
    "expire_leases",
    "find_unplanned",
    "free_claim",
    "plan_round",
    "reassign",
    "renew_lease",
    "withdraw_assignment",
]

SEED_BITS = 53
"""Seeds stay exact as numbers in JSON."""
ANY_ARTICLES = Taking()


@transaction.atomic
def plan_round(
    project: Project,
    *,
    annotators: Iterable[User],
    overlap: int,
    kind: str = RoundKind.PRODUCTION,
    articles: Iterable[Article] | None = None,
    taking: Taking = ANY_ARTICLES,
    limit: int | None = None,
    seed: int | None = None,
    suggestions: Predictor | None = None,
    by: User | None,
) -> Round:
    """Make a task of every given article, or of all that no round of this kind has yet and that fit what was asked.

    With a limit it takes at most that many of them, in the order that was chosen: at random by the seed, so that they
    stand for the rest, where none was. Annotators are shown the `suggestions` of that predictor.
    """
    taking.check()
    check_live(project)
    kind = RoundKind(kind)
    if kind not in PLANNED_KINDS:
        raise RoundKindError(
            "A round of what was made elsewhere comes in with its annotations: import them, or plan another kind."
        )
    team = list(dict.fromkeys(annotators))
    _check_team(project, team, overlap=overlap)
    check_predictor(project, suggestions)
    locked = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    article_ids = _choose_articles(project, kind=kind, articles=articles, taking=taking)
    seed = secrets.randbits(SEED_BITS) if seed is None else seed
    if limit is not None and limit < 1:
        raise NoArticlesLeftError("A round needs at least one article: choose a limit of 1 or more.")
    if limit is not None and limit < len(article_ids):
        article_ids = take_some(project, article_ids, limit, taking=taking, seed=seed)
    last = project.rounds.aggregate(last=Max("number"))["last"] or 0
    round_ = Round.objects.create(
        project=project,
        scheme_id=locked.scheme_id,
        number=last + 1,
        kind=kind,
        overlap=overlap,
        seed=seed,
        created_by=by,
    )
    Participant.objects.bulk_create(Participant(round=round_, annotator=annotator) for annotator in team)
    insert_rows(Task, ["article_id"], ([number] for number in article_ids), round=round_, wanted=overlap)
    _close_earlier_shares(round_, team)
    Event.objects.record(
        "planned",
        round_,
        actor=by,
        project=project,
        kind=kind,
        overlap=overlap,
        seed=round_.seed,
        tasks=len(article_ids),
        **({} if taking.choice.is_all else {"articles": taking.choice.describe()}),
        **({} if limit is None else {"order": taking.order}),
        **offer_suggestions(round_, suggestions),
        annotators=[annotator.pk for annotator in team],
    )
    request_top_up(round_)
    return round_


def _close_earlier_shares(round_: Round, annotators: Iterable[User]) -> None:
    """Who annotates an article again for a retest does not look up, or change, or still make what they made of it before."""
    if round_.kind != RoundKind.RETEST:
        return
    earlier = Assignment.objects.exclude(task__round=round_).filter(
        annotator__in=annotators, task__article__in=round_.tasks.order_by().values("article"), closed_at=None
    )
    earlier_rounds = {}
    for assignment in earlier.queued().order_by("task_id"):
        held = lock_assignment(assignment)
        if held.status == AssignmentStatus.QUEUED:
            free_claim(held, status=AssignmentStatus.RETURNED)
            Event.objects.record("returned", held, actor=None, project=round_.project)
            earlier_rounds[held.task.round_id] = held.task.round
    earlier.update(closed_at=timezone.now())
    for earlier_round in earlier_rounds.values():
        request_top_up(earlier_round)


def _check_team(project: Project, team: Sequence[User], *, overlap: int) -> None:
    if overlap < 1:
        raise TooFewAnnotatorsError("Each task needs at least one annotator: choose an overlap of 1 or more.")
    if overlap > len(team):
        raise TooFewAnnotatorsError(
            f"Each task is wanted from {overlap} different annotators, but the round has {len(team)}: "
            "add annotators or choose a smaller overlap.",
        )
    for annotator in team:
        _check_role(project, annotator)


def _check_role(project: Project, annotator: User) -> None:
    if not Membership.objects.filter(project=project, user=annotator, role=Role.ANNOTATOR).exists():
        raise NotAnAnnotatorError(
            f"{annotator.email} is not an annotator of {project}: give them that role first.",
        )


def _choose_articles(
    project: Project, *, kind: RoundKind, articles: Iterable[Article] | None, taking: Taking
) -> list[int]:
    if articles is None:
        article_ids = list_to_take(project, kind, taking)
        if not article_ids:
            raise NoArticlesLeftError(
                f"Every article of {project} is in a {kind} round already, or there is none: import articles, "
                "or name those that should be annotated again.",
            )
        return article_ids
    given = list(dict.fromkeys(articles))
    if not given:
        raise NoArticlesLeftError("No article was named for the round: name at least one.")
    for article in given:
        if article.project_id != project.pk:
            raise ArticleOfAnotherProjectError(f"The article {article.pk} is not one of {project}.")
    excluded = project.articles.filter(pk__in=[article.pk for article in given], excluded_at__isnull=False)
    if first := excluded.order_by("pk").first():
        raise ArticleExcludedError(
            f"The article {first.pk} is excluded ({first.exclusion_reason}): leave it out, or include it again."
        )
    return [article.pk for article in given]


@transaction.atomic
def add_participant(round_: Round, annotator: User, *, by: User | None) -> Participant:
    """Let an annotator take part in a round, or take part again."""
    _check_role(round_.project, annotator)
    _check_round_is_open(round_)
    participant, is_new = Participant.objects.get_or_create(round=round_, annotator=annotator)
    if is_new or not participant.is_active:
        participant.is_active = True
        participant.save(update_fields=["is_active"])
        _close_earlier_shares(round_, [annotator])
        Event.objects.record("joined", participant, actor=by, project=round_.project)
        request_top_up(round_)
    return participant


@transaction.atomic
def change_member_roles(project: Project, person: User, *, roles: Iterable[str], by: User | None) -> set[str]:
    """Give a member exactly these roles. Who is no annotator any more takes part in no round of the project."""
    held = change_roles(project, person, roles=roles, by=by)
    if Role.ANNOTATOR not in held:
        active = Participant.objects.filter(round__project=project, annotator=person, is_active=True)
        for participant in active.select_related("round__project").order_by("pk"):
            deactivate_participant(participant, by=by)
    return held


@transaction.atomic
def deactivate_participant(participant: Participant, *, by: User | None) -> list[Assignment]:
    """Give an annotator nothing more in this round; what they have queued goes back, what they submitted stays."""
    locked = Participant.objects.select_for_update(no_key=True).get(pk=participant.pk)
    check_live(locked.round.project)
    returned = []
    if locked.is_active:
        locked.is_active = False
        locked.save(update_fields=["is_active"])
        Event.objects.record("deactivated", locked, actor=by, project=locked.round.project)
        queued = Assignment.objects.of(locked.annotator).queued().filter(task__round=locked.round)
        for assignment in queued.order_by("task_id"):
            held = lock_assignment(assignment)
            if held.status == AssignmentStatus.QUEUED:
                free_claim(held, status=AssignmentStatus.RETURNED)
                returned.append(held)
        request_top_up(locked.round)
    participant.is_active = False
    return returned


@transaction.atomic
def withdraw_assignment(assignment: Assignment, *, by: User | None) -> Assignment:
    """Take a task back from an annotator; revisions that they submitted stay on record but count no more."""
    locked = lock_assignment(assignment)
    _check_task_is_changeable(locked.task)
    if locked.status not in CLAIM_HOLDING_STATUSES:
        raise ClaimNotHeldError(
            f"It is {locked.get_status_display()} already, so there is nothing to withdraw."
        )
    was = locked.status
    free_claim(locked, status=AssignmentStatus.WITHDRAWN)
    Event.objects.record("withdrew", locked, actor=by, project=locked.task.round.project, was=was)
    request_top_up(locked.task.round)
    if was == AssignmentStatus.SUBMITTED:
        request_count(locked.task.round.project)
    return locked


@transaction.atomic
def reassign(assignment: Assignment, *, to: User, by: User | None, now: datetime | None = None) -> Assignment:
    """Queue an assignment's task for a certain participant instead; also for one who skipped it."""
    now = now or timezone.now()
    _check_round_is_open(assignment.task.round)
    participant = _lock_participant(assignment.task.round, to)
    locked = lock_assignment(assignment)
    task = locked.task
    _check_task_is_changeable(task)
    if locked.status == AssignmentStatus.SUBMITTED:
        raise AlreadyAssignedError(
            f"{locked.annotator} has submitted this task: withdraw it before you pass it on."
        )
    before = task.assignments.filter(annotator=to).first()
    if before is not None and before.status in CLAIM_HOLDING_STATUSES:
        raise AlreadyAssignedError(f"{to} has this task already: choose somebody else.")
    is_closed = before is not None and before.closed_at is not None
    if is_closed or find_seen_tasks(task.round, [to.pk], tasks=Task.objects.filter(pk=task.pk))[to.pk]:
        raise MayHaveSeenError(f"{to} may have seen what others made of this article: choose somebody else.")
    if locked.status in CLAIM_HOLDING_STATUSES:
        free_claim(locked, status=AssignmentStatus.WITHDRAWN, now=now)
    if not take_claim(task.pk):
        raise NoClaimFreeError(
            "Other annotators have claimed all of this task meanwhile: withdraw one of them first.",
        )
    if before is None:
        queued = new_assignment(task.pk, participant, now=now)
        queued.save()
    else:
        queued = requeue_assignment(before, participant, now=now)
    Event.objects.record(
        "reassigned", queued, actor=by, project=task.round.project, instead_of=locked.annotator_id
    )
    request_top_up(task.round)
    return queued


def _check_round_is_open(round_: Round) -> None:
    check_live(round_.project)
    if Round.objects.filter(pk=round_.pk, closed_at__isnull=False).exists():
        raise RoundClosedError(
            f"Round {round_.number} is closed: open it again before you give its articles to somebody."
        )


def _lock_participant(round_: Round, annotator: User) -> Participant:
    participant = (
        round_.participants.select_for_update(no_key=True).filter(annotator=annotator, is_active=True).first()
    )
    if participant is None:
        raise NotInRoundError(f"{annotator} does not take part in {round_}: add them to the round first.")
    return participant


@transaction.atomic
def close_task(task: Task, *, by: User | None) -> Task:
    """Be content with the annotations that are in; a task with none is cancelled."""
    tasks = Task.objects.select_for_update(no_key=True, of=("self",)).select_related("round__project")
    locked = tasks.get(pk=task.pk)
    _check_task_is_changeable(locked)
    now = timezone.now()
    queued = locked.assignments.queued()
    withdrawn = queued.update(status=AssignmentStatus.WITHDRAWN, status_changed_at=now)
    submitted = locked.assignments.submitted().count()
    was = locked.wanted
    locked.claimed = submitted
    if submitted:
        locked.wanted = submitted
    else:
        locked.status = TaskStatus.CANCELLED
        locked.status_changed_at = now
    locked.save(update_fields=["claimed", "wanted", "status", "status_changed_at"])
    Event.objects.record(
        "closed" if submitted else "cancelled",
        locked,
        actor=by,
        project=locked.round.project,
        wanted_before=was,
        wanted=locked.wanted,
        withdrawn=withdrawn,
    )
    settle_task(locked)
    request_top_up(locked.round)
    return locked


def _check_task_is_changeable(task: Task) -> None:
    check_live(task.round.project)
    if task.status not in (TaskStatus.OPEN, TaskStatus.ANNOTATED):
        raise TaskClosedError(f"The task is {task.get_status_display()}: its annotators stay as they are.")
