"""Planning rounds: of a few articles in one step, of many by a job that writes them in parts."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max

from annotations.assignment.claims import request_top_up
from annotations.assignment.deadlines import check_due_day
from annotations.assignment.errors import (
    ArticleExcludedError,
    ArticleOfAnotherProjectError,
    AssignmentError,
    NoArticlesLeftError,
    RoundKindError,
    RoundNotPlannedError,
    RoundUnderWayError,
)
from annotations.assignment.suggestions import check_predictor, offer_suggestions
from annotations.assignment.taking import Taking, are_unplanned, list_to_take, take_some
from annotations.assignment.teams import check_team, close_earlier_shares
from annotations.assignment.under_way import (
    begin_round,
    clear_under_way,
    close_shares_in_parts,
    find_begun,
    publish_round,
    write_tasks,
)
from annotations.corpus.choice import ChoiceError
from annotations.jobs.awaiting import await_job
from annotations.jobs.services import enqueue
from annotations.jobs.worker import Checkpoint, GivenUpError
from annotations.models import (
    PLANNED_KINDS,
    Article,
    Event,
    Job,
    JobStatus,
    Participant,
    Predictor,
    Project,
    Quiz,
    RequiredQuiz,
    Round,
    RoundKind,
    Task,
    TaskTally,
    User,
)
from annotations.models.inserting import insert_rows
from annotations.models.jobs import UNFINISHED
from annotations.projects.archived import ProjectArchivedError, check_live, lock_live

KIND = "plan_round"
SEED_BITS = 53
"""Seeds stay exact as numbers in JSON."""
PLANNED_AT_ONCE = 2_000
"""Articles of a round that is written in one transaction."""
ASKED_AT_ONCE = 1_000
ANY_ARTICLES = Taking()
REFUSALS = (AssignmentError, ChoiceError, ProjectArchivedError)
"""What trying again would not mend."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What somebody asks of a round: people, articles and the model whose suggestions are shown by their ids, so that a job can keep it."""

    annotators: tuple[int, ...]
    overlap: int
    kind: RoundKind
    seed: int
    taking: Taking = ANY_ARTICLES
    articles: tuple[int, ...] | None = None
    limit: int | None = None
    suggestions: int | None = None
    due_on: date | None = None
    quiz: int | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "annotators": list(self.annotators),
            "overlap": self.overlap,
            "kind": self.kind.value,
            "seed": self.seed,
            "taking": self.taking.to_json(),
            "articles": None if self.articles is None else list(self.articles),
            "limit": self.limit,
            "suggestions": self.suggestions,
            "due_on": self.due_on and self.due_on.isoformat(),
            "quiz": self.quiz,
        }

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> "Plan":
        articles = written["articles"]
        return cls(
            tuple(written["annotators"]),
            written["overlap"],
            RoundKind(written["kind"]),
            written["seed"],
            Taking.from_json(written["taking"]),
            None if articles is None else tuple(articles),
            written["limit"],
            written["suggestions"],
            date.fromisoformat(written["due_on"]) if written.get("due_on") else None,
            written.get("quiz"),
        )

    def list_team(self) -> list[User]:
        """The annotators, in the order in which they were named."""
        people = User.objects.in_bulk(self.annotators)
        return [people[number] for number in self.annotators if number in people]

    def choose(self, project: Project) -> list[int]:
        """The articles that the round takes, in ascending order or in that in which they were named."""
        chosen = (
            list_to_take(project, self.kind, self.taking) if self.articles is None else list(self.articles)
        )
        if not chosen:
            raise NoArticlesLeftError(
                f"Every article of {project} is in a {self.kind} round already, or there is none: import articles, "
                "or name those that should be annotated again.",
            )
        if self.limit is None or self.limit >= len(chosen):
            return chosen
        return take_some(project, chosen, self.limit, taking=self.taking, seed=self.seed)


def plan_round(
    project: Project, *, by: User | None, watch: Callable[[Job], None] = lambda _: None, **asked: Any
) -> Round:
    """Plan a round here and now, of however many articles; what can be asked is said at `ask_to_plan`."""
    planned = await_round(ask_to_plan(project, by=by, **asked), watch=watch)
    if planned is None:
        raise RoundNotPlannedError("The round was not planned: its job is still under way.")
    return planned


def ask_to_plan(
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
    due_on: date | None = None,
    quiz: Quiz | None = None,
    by: User | None,
) -> Round | Job:
    """Make a task of every given article, or of all that no round of this kind has yet and that fit what was asked.

    With a limit it takes at most that many of them, in the order that was chosen: at random by the seed, so that they
    stand for the rest, where none was. Annotators are shown the `suggestions` of that predictor, and receive nothing before
    they passed the `quiz`. The answer is the round,
    or, where it has many articles, the job that writes it in parts: nobody sees anything of it before it is whole.
    """
    taking.check()
    check_due_day(due_on)
    check_live(project)
    kind = RoundKind(kind)
    if kind not in PLANNED_KINDS:
        raise RoundKindError(
            "A round of what was made elsewhere comes in with its annotations: import them, or plan another kind."
        )
    team = list(dict.fromkeys(annotators))
    check_team(project, team, overlap=overlap)
    check_predictor(project, suggestions)
    if limit is not None and limit < 1:
        raise NoArticlesLeftError("A round needs at least one article: choose a limit of 1 or more.")
    plan = Plan(
        tuple(person.pk for person in team),
        overlap,
        kind,
        secrets.randbits(SEED_BITS) if seed is None else seed,
        taking,
        None if articles is None else _name_given(project, articles),
        limit,
        None if suggestions is None else suggestions.pk,
        due_on,
        None if quiz is None else quiz.pk,
    )
    _check_given(project, plan.articles or ())
    _clear_abandoned(project)
    while len(chosen := plan.choose(project)) <= PLANNED_AT_ONCE:
        if (planned := _plan_at_once(project, plan, chosen, by=by)) is not None:
            return planned
    with transaction.atomic():
        _lock(project)
        return enqueue(KIND, key=_key(project), project=project, arguments=plan.to_json(), by=by)


def _clear_abandoned(project: Project, *, progress: Callable[[], None] = lambda: None) -> None:
    """Take away what is left of a round whose job has ended without it."""
    clear_under_way(project, is_over=lambda: find_planning(project) is None, progress=progress)


def _name_given(project: Project, articles: Iterable[Article]) -> tuple[int, ...]:
    given = list(dict.fromkeys(articles))
    if not given:
        raise NoArticlesLeftError("No article was named for the round: name at least one.")
    for article in given:
        if article.project_id != project.pk:
            raise ArticleOfAnotherProjectError(f"The article {article.pk} is not one of {project}.")
    return tuple(article.pk for article in given)


def _check_given(project: Project, numbers: Sequence[int]) -> None:
    for start in range(0, len(numbers), ASKED_AT_ONCE):
        some = numbers[start : start + ASKED_AT_ONCE]
        excluded = project.articles.filter(pk__in=some, excluded_at__isnull=False)
        if first := excluded.order_by("pk").first():
            raise ArticleExcludedError(
                f"The article {first.pk} is excluded ({first.exclusion_reason}): leave it out, or include it again."
            )


def _lock(project: Project) -> Project:
    """Lock the project, as whoever gives its articles to rounds or takes them out does, and see that no other round is on its way."""
    locked = lock_live(project.pk)
    check_none_under_way(locked)
    return locked


def check_none_under_way(project: Project) -> None:
    """Refuse what must not happen while it is still open which articles a round takes."""
    if find_planning(project) is not None:
        raise RoundUnderWayError(
            f"A round of {project} is being planned: wait until it is there, and try again then."
        )


@transaction.atomic
def _plan_at_once(project: Project, plan: Plan, articles: Sequence[int], *, by: User | None) -> Round | None:
    """Write a round as a whole; None where somebody has changed meanwhile what there is to take."""
    locked = _lock(project)
    if plan.articles is None and not are_unplanned(project, plan.kind, articles):
        return None
    _check_given(project, articles)
    round_ = Round.objects.create(
        project=project,
        scheme_id=locked.scheme_id,
        number=_find_number(project),
        kind=plan.kind,
        overlap=plan.overlap,
        seed=plan.seed,
        created_by=by,
    )
    insert_rows(Task, ["article_id"], ([number] for number in articles), round=round_, wanted=plan.overlap)
    close_earlier_shares(round_, plan.list_team())
    _open(round_, plan, by=by)
    return round_


def _find_number(project: Project) -> int:
    return (project.rounds.aggregate(last=Max("number"))["last"] or 0) + 1


def _open(round_: Round, plan: Plan, *, by: User | None) -> None:
    """Give a round that has all its tasks to its annotators, in the transaction in which it appears."""
    team, taking = plan.list_team(), plan.taking
    suggestions = None if plan.suggestions is None else Predictor.objects.get(pk=plan.suggestions)
    round_.due_on = plan.due_on
    round_.save(update_fields=["due_on"])
    quiz = None if plan.quiz is None else Quiz.objects.get(project=round_.project, pk=plan.quiz)
    if quiz is not None:
        RequiredQuiz.objects.create(round=round_, quiz=quiz)
    Participant.objects.bulk_create(Participant(round=round_, annotator=annotator) for annotator in team)
    Event.objects.record(
        "planned",
        round_,
        actor=by,
        project=round_.project,
        kind=plan.kind,
        overlap=plan.overlap,
        seed=plan.seed,
        tasks=TaskTally.objects.filter(round=round_).total(),
        **({} if taking.choice.is_all else {"articles": taking.choice.describe()}),
        **({} if plan.limit is None else {"order": taking.order}),
        **offer_suggestions(round_, suggestions),
        **({"due_on": plan.due_on.isoformat()} if plan.due_on else {}),
        **({"quiz": quiz.number} if quiz else {}),
        annotators=[annotator.pk for annotator in team],
    )
    request_top_up(round_)


def _key(project: Project) -> str:
    return f"{KIND}:{project.pk}"


def find_planning(project: Project) -> Job | None:
    """The job that is planning a round of a project, or waits to."""
    return Job.objects.unfinished().filter(key=_key(project)).first()


def find_planned(job: Job) -> Round | None:
    """The round that a job has planned."""
    number = find_planned_id(job)
    return None if number is None else Round.objects.select_related("project").filter(pk=number).first()


def find_planned_id(job: Job) -> int | None:
    """The id of the round that a job has planned, as it remembers it."""
    cursor: dict[str, int] = job.cursor if job.kind == KIND and job.cursor else {}
    return cursor.get("round")


def find_failed(project: Project) -> Job | None:
    """The job that was to plan a round and ended without one, where that is the latest news of it."""
    job = Job.objects.filter(key=_key(project)).order_by("-pk").first()
    return job if job is not None and job.status in {JobStatus.FAILED, JobStatus.CANCELLED} else None


def await_round(
    asked: Round | Job, *, seconds: float | None = None, watch: Callable[[Job], None] = lambda _: None
) -> Round | None:
    """The round that was asked for, planned here and now for somebody who waits, for as long as they do; None where a worker goes on with it.

    What speaks against the round is raised; then nobody hears of its job again.
    """
    if isinstance(asked, Round):
        return asked
    try:
        job = await_job(asked, seconds=seconds, watch=watch)
    except GivenUpError as error:
        asked.delete()
        raise (error.__cause__ or error) from None
    if job.status in UNFINISHED:
        return None
    planned = find_planned(job)
    if planned is None:
        raise RoundNotPlannedError(f"The round was not planned: {job.message or job.get_status_display()}.")
    return planned


def run_plan_round(job: Job, checkpoint: Checkpoint) -> None:
    """Plan the round that was asked for; after a crash it goes on with the articles that have no task in it yet."""
    project = job.project
    if project is None or find_planned_id(job) is not None:
        return
    plan = Plan.from_json(job.arguments)
    try:
        round_ = find_begun(job) or begin_round(
            job, checkpoint, project, kind=plan.kind, overlap=plan.overlap, seed=plan.seed
        )
        write_tasks(checkpoint, round_, lambda: plan.choose(project), limit=plan.limit)
        close_shares_in_parts(
            round_,
            plan.list_team(),
            after=(job.cursor or {}).get("closed", 0),
            wrote=lambda last: checkpoint(
                cursor={"begun": round_.pk, "closed": last}, message="Closing what was made of them before"
            ),
        )
        with transaction.atomic():
            team = plan.list_team()
            check_team(project, team, overlap=plan.overlap)  # somebody may have left meanwhile
            round_ = publish_round(round_, team)
            _open(round_, plan, by=job.created_by)
            checkpoint(cursor={"round": round_.pk}, message=f"Round {round_.number}")
    except REFUSALS as error:
        clear_under_way(project, progress=checkpoint)
        raise GivenUpError(str(error)) from error


def run_forget_plans(_job: Job, checkpoint: Checkpoint) -> None:
    """Take away what was written of rounds whose job has ended without them."""
    for project in Project.objects.filter(round_under_way__isnull=False):
        _clear_abandoned(project, progress=checkpoint)
    checkpoint()
