"""Freezing releases, as a job: the gold of a project, chosen, written in parts, numbered and kept for good."""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from annotations.gold.choice import choose_gold
from annotations.gold.obstacles import NotCompleteError, find_obstacles
from annotations.gold.records import GoldGoneError, read_gold
from annotations.gold.splits import InvalidSplitError, SplitArticle, SplitPlan
from annotations.gold.splitting import describe_for_splits, divide_release
from annotations.gold.under_way import (
    ITEMS_BETWEEN_SIGNS,
    ReleaseContent,
    begin_release,
    clear_begun,
    close_release,
    describe_content,
    find_begun,
    write_records,
)
from annotations.gold.versions import InvalidVersionError
from annotations.gold.wanted import NothingToReleaseError, WantedRelease
from annotations.jobs.awaiting import await_job
from annotations.jobs.services import enqueue
from annotations.jobs.worker import Checkpoint, GivenUpError
from annotations.models import Job, JobStatus, Project, Release, User
from annotations.models.jobs import UNFINISHED
from annotations.projects.archived import check_live

KIND = "freeze_release"
ATTEMPTS = 5


class GoldChangingError(Exception):
    """Gold was taken back again and again while a release was being written."""


class ReleaseUnderWayError(Exception):
    """A release was asked for while another of the project is being frozen."""


class ReleaseNotFrozenError(Exception):
    """The job that was to freeze a release has ended without one."""


REFUSALS = (
    NothingToReleaseError,
    GoldChangingError,
    NotCompleteError,
    InvalidSplitError,
    InvalidVersionError,
)
"""What trying again would not mend."""


def ask_to_freeze(
    project: Project,
    *,
    title: str,
    by: User | None,
    refuse_unmet: bool = False,
    splits: SplitPlan | None = None,
    version: str = "",
    exception: str = "",
    notes: str = "",
) -> Job:
    """Ask for a job that freezes all gold that the project has when it begins; where several rounds decided an article, the latest gold wins.

    `refuse_unmet` leaves out the gold that was finished although it breaks rules of the scheme. `splits` divides the
    release into parts, in which the articles of earlier releases stay where they are. The `version` follows from what
    changed since the last release, unless one is given. While anything is open it is refused, unless the `exception` says why
    it is frozen all the same. The `notes` say what is new in it. A draft of the project that asks for the same is used up.
    """
    wanted = WantedRelease(title.strip(), refuse_unmet, splits, version, exception, notes.strip())
    return ask_for_wanted(project, wanted, by=by)


def ask_for_wanted(project: Project, wanted: WantedRelease, *, by: User | None) -> Job:
    """Ask for a job that freezes the release that somebody wants."""
    check_live(project)
    wanted.check(project)
    with transaction.atomic():
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        if find_freezing(project) is not None:
            raise ReleaseUnderWayError(
                f"a release of {project} is being frozen already: wait until it is there, or cancel its job"
            )
        return enqueue(KIND, key=_key(project), project=project, arguments=wanted.to_json(), by=by)


def find_freezing(project: Project) -> Job | None:
    """The job that is freezing a release of a project, or waits to."""
    return Job.objects.unfinished().filter(key=_key(project)).first()


def find_frozen(job: Job) -> Release | None:
    """The release that a job has frozen."""
    number = find_frozen_id(job)
    return None if number is None else Release.objects.select_related("project").filter(pk=number).first()


def find_frozen_id(job: Job) -> int | None:
    """The id of the release that a job has frozen, as it remembers it."""
    cursor: dict[str, int] = job.cursor if job.kind == KIND and job.cursor else {}
    return cursor.get("release")


def find_failed(project: Project) -> Job | None:
    """The job that was to freeze a release and ended without one, where that is the latest news of the project's releases."""
    job = Job.objects.filter(key=_key(project)).order_by("-pk").first()
    return job if job is not None and job.status in {JobStatus.FAILED, JobStatus.CANCELLED} else None


def _key(project: Project) -> str:
    return f"{KIND}:{project.pk}"


def await_release(
    job: Job, *, seconds: float | None = None, watch: Callable[[Job], None] = lambda _: None
) -> Release | None:
    """Freeze a release here and now for somebody who waits, for as long as they do; None where a worker goes on with it.

    What speaks against the release is raised; then nobody hears of its job again.
    """
    try:
        job = await_job(job, seconds=seconds, watch=watch)
    except GivenUpError as error:
        job.delete()
        raise (error.__cause__ or error) from None
    if job.status in UNFINISHED:
        return None
    release = find_frozen(job)
    if release is None:
        raise ReleaseNotFrozenError(f"the release was not frozen: {job.message or job.get_status_display()}")
    return release


def freeze_release(
    project: Project,
    *,
    title: str,
    by: User | None,
    watch: Callable[[Job], None] = lambda _: None,
    **wanted: Any,
) -> Release:
    """Freeze a release here and now; what can be wanted is said at `ask_to_freeze`."""
    release = await_release(ask_to_freeze(project, title=title, by=by, **wanted), watch=watch)
    if release is None:
        raise ReleaseNotFrozenError("the release was not frozen: its job is still under way")
    return release


def rehearse_release(project: Project, wanted: WantedRelease) -> dict[str, Any]:
    """The manifest that a release would have if it were frozen now, with what is open; nothing is frozen, and nothing refused because it is open."""
    content = _choose_content(
        project, wanted, find_obstacles(project, refuse_unmet=wanted.refuse_unmet), _go_on
    )
    lines = (gold.line for gold in read_gold(content.choice.gold_ids))
    return describe_content(project, lines, content, _go_on, wanted=wanted)


def _go_on(**_: Any) -> None:
    """Nobody waits for a sign of life."""


def run_freeze_release(job: Job, checkpoint: Checkpoint) -> None:
    """Freeze the release that was asked for; after a crash it goes on with what is written."""
    if job.project is None or "release" in (job.cursor or {}):
        return
    try:
        _freeze(job, checkpoint, job.project, WantedRelease.from_json(job.arguments))
    except REFUSALS as error:
        clear_begun(job.project, progress=checkpoint)
        raise GivenUpError(str(error)) from error


def _freeze(job: Job, checkpoint: Checkpoint, project: Project, wanted: WantedRelease) -> None:
    for _ in range(ATTEMPTS):
        try:
            begun = find_begun(job)
            if begun is None:
                clear_begun(project, progress=checkpoint)
                content = _choose_content(project, wanted, wanted.find_obstacles(project), checkpoint)
                begun, written = begin_release(job, checkpoint, project, content, title=wanted.title), 0
            else:
                content, written = ReleaseContent.from_json(begun.manifest), begun.items.count()
            write_records(checkpoint, begun, content, written=written)
            close_release(checkpoint, begun, content, wanted)
        except GoldGoneError:
            clear_begun(project, progress=checkpoint)
            continue
        return
    raise GoldChangingError(f"tasks of {project} are being reopened at this moment: try again in a minute")


def _choose_content(
    project: Project, wanted: WantedRelease, obstacles: Mapping[str, Any], checkpoint: Callable[..., None]
) -> ReleaseContent:
    choice = choose_gold(project, refuse_unmet=wanted.refuse_unmet)
    if not choice.gold_ids:
        raise NothingToReleaseError(project)
    if wanted.splits is None:
        return ReleaseContent(choice, obstacles)
    checkpoint(done=0, total=len(choice.gold_ids), message="Reading what is to be divided")
    to_divide: list[SplitArticle] = []
    for number, gold in enumerate(read_gold(choice.gold_ids), start=1):
        to_divide.append(describe_for_splits(gold.parse(), wanted.splits))
        if number % ITEMS_BETWEEN_SIGNS == 0:
            checkpoint(done=number)
    return ReleaseContent(choice, obstacles, divide_release(project, to_divide, wanted.splits))


def run_forget_begun(_job: Job, checkpoint: Checkpoint) -> None:
    """Take away what was written of releases whose job ended a day ago without them."""
    abandoned = timezone.now() - settings.BEGUN_RELEASE_KEPT
    for begun in Release.under_way.filter(created_at__lt=abandoned).select_related("project"):
        if find_freezing(begun.project) is None:
            clear_begun(begun.project, progress=checkpoint)
    checkpoint()
