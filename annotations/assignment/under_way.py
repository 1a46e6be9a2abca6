"""A round on its way: a project that nobody sees holds it while its tasks are written in parts, and it is there when it has its number.

Nobody takes part in it before, so that none of its tasks is given to anybody; its articles count as planned from the first
moment, so that nothing has to be counted when it arrives.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Max

from annotations.assignment.errors import NoArticlesLeftError
from annotations.assignment.teams import close_earlier_shares
from annotations.jobs.worker import Checkpoint
from annotations.models import Article, Job, Project, Round, RoundKind, Task, TaskTally, User
from annotations.models.inserting import insert_rows
from annotations.projects.archived import lock_live

TASKS_A_PART = 1_000
ARTICLES_A_PART = 500
"""Articles of a retest whose earlier shares are closed in one transaction."""
OVERLAPPING = timedelta(minutes=1)
"""For so long a transaction may have been open that was not seen yet when earlier shares were closed in parts."""


def find_begun(job: Job) -> Round | None:
    """The round that a job has begun, if nobody took it away since."""
    cursor: dict[str, int] = job.cursor or {}
    return Round.objects.filter(pk=cursor.get("begun", 0), planned_for=job.project_id).first()


def begin_round(
    job: Job, checkpoint: Checkpoint, project: Project, *, kind: RoundKind, overlap: int, seed: int
) -> Round:
    """Make the round to which tasks are added, in a project that nobody sees, and let the job remember it."""
    clear_under_way(project, progress=checkpoint)
    with transaction.atomic():
        locked = _lock(project)
        holding = Project.objects.create(
            name=f"What job {job.pk} plans",
            slug=f"-planned-{job.pk}",  # as no name makes it
            scheme_id=locked.scheme_id,
        )
        round_ = Round.objects.create(
            project=holding,
            planned_for=project,
            scheme_id=locked.scheme_id,
            number=1,
            kind=kind,
            overlap=overlap,
            seed=seed,
            created_by=job.created_by,
        )
        checkpoint(cursor={"begun": round_.pk, "written": 0}, done=0, message="Choosing articles")
    return round_


def _lock(project: Project) -> Project:
    return lock_live(project.pk)


def write_tasks(
    checkpoint: Checkpoint, round_: Round, choose: Callable[[], list[int]], *, limit: int | None
) -> None:
    """Write the tasks that a round lacks, a part in each transaction; articles that were excluded or deleted meanwhile get none."""
    project = _find_place(round_)
    written = set(round_.tasks.order_by().values_list("article_id", flat=True))
    left = [number for number in _choose(choose, has_some=bool(written)) if number not in written]
    if limit is not None:
        left = left[: max(0, limit - len(written))]
    done, total = len(written), len(written) + len(left)
    for start in range(0, len(left), TASKS_A_PART):
        part = left[start : start + TASKS_A_PART]
        with transaction.atomic():
            _lock(project)
            there = set(
                Article.objects.filter(project=project, pk__in=part, excluded_at=None)
                .order_by()
                .values_list("pk", flat=True)
            )
            rows = ([number] for number in part if number in there)
            insert_rows(Task, ["article_id"], rows, round=round_, wanted=round_.overlap)
            done += len(part)
            checkpoint(
                cursor={"begun": round_.pk, "written": done}, done=done, total=total, message="Writing tasks"
            )


def _choose(choose: Callable[[], list[int]], *, has_some: bool) -> list[int]:
    """What is chosen; nothing is left to choose of where all of it was written before a crash."""
    try:
        return choose()
    except NoArticlesLeftError:
        if has_some:
            return []
        raise


def _find_place(round_: Round) -> Project:
    if round_.planned_for is None:
        raise ValueError(f"{round_} is not on its way")
    return round_.planned_for


def close_shares_in_parts(
    round_: Round, team: Sequence[User], *, after: int = 0, wrote: Callable[[int], None] = lambda _: None
) -> None:
    """Close what the annotators of a retest made of its articles before, some articles in each transaction.

    `after` is the article up to which that was done already; `wrote` is told of each part within its transaction.
    """
    if round_.kind != RoundKind.RETEST:
        return
    articles = round_.tasks.order_by("article_id").values_list("article_id", flat=True)
    while some := list(articles.filter(article_id__gt=after)[:ARTICLES_A_PART]):
        after = some[-1]
        with transaction.atomic():
            close_earlier_shares(round_, team, articles=some)
            wrote(after)


def publish_round(round_: Round, team: Sequence[User]) -> Round:
    """Let a round stand in its project, in the caller's transaction; what hangs on it comes with it, however much it is."""
    project, holding = _lock(_find_place(round_)), round_.project
    if not TaskTally.objects.filter(round=round_).total():
        raise NoArticlesLeftError("All articles of the round were excluded while it was planned.")
    last = project.rounds.aggregate(last=Max("number"))["last"] or 0
    Round.objects.filter(pk=round_.pk).update(project=project, planned_for=None, number=last + 1)
    holding.delete()
    planned = Round.objects.select_related("project").get(pk=round_.pk)
    close_earlier_shares(planned, team, since=planned.created_at - OVERLAPPING)
    return planned


def clear_under_way(
    project: Project,
    *,
    is_over: Callable[[], bool] = lambda: True,
    progress: Callable[[], None] = lambda: None,
) -> None:
    """Take away the round on its way that nobody works at any more, part by part, as long as that is so.

    It is asked with the project locked, as it is when a job is asked for.
    """
    for round_ in Round.objects.filter(planned_for=project).select_related("project"):
        is_whole = True
        while is_whole:
            with transaction.atomic():
                Project.objects.select_for_update(no_key=True).get(pk=project.pk)
                if not is_over():
                    return
                is_whole = _take_part_away(round_)
                progress()


def _take_part_away(round_: Round) -> bool:
    """Delete some tasks of a round, the latest first, or else the round; whether there was one."""
    some = list(round_.tasks.order_by("-pk").values_list("pk", flat=True)[:TASKS_A_PART])
    if some:
        Task.objects.filter(pk__in=some).delete()
        return True
    round_.delete()
    round_.project.delete()
    return False
