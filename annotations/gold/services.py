"""Freezing releases, as a job: the gold of a project, chosen, written in parts, numbered and kept for good."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from annotations.gold.choice import choose_gold
from annotations.gold.obstacles import NotCompleteError, check_obstacles, find_obstacles
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
from annotations.gold.versions import InvalidVersionError, check_version, read_version
from annotations.jobs.awaiting import await_job
from annotations.jobs.services import enqueue
from annotations.jobs.worker import Checkpoint, GivenUpError
from annotations.models import Gold, Job, JobStatus, Project, Release, TaskStatus, User
from annotations.models.jobs import UNFINISHED
from annotations.projects.archived import check_live

KIND = "freeze_release"
MAX_TITLE = 200
ATTEMPTS = 5


class NothingToReleaseError(Exception):
    """A release was asked for before there was any gold."""


class InvalidReleaseTitleError(ValueError):
    """A release needs a title that fits."""


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


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asked of a release that is to be frozen."""

    title: str
    refuse_unmet: bool = False
    splits: SplitPlan | None = None
    version: str = ""
    exception: str = ""

    def check(self, project: Project) -> None:
        """Refuse at once what can be told before the gold is read."""
        if not 0 < len(self.title) <= MAX_TITLE:
            raise InvalidReleaseTitleError(f"give the release a title of 1 to {MAX_TITLE} characters")
        if self.version:
            read_version(self.version)
            last = project.releases.order_by("-number").values_list("manifest", flat=True).first()
            check_version(self.version, before=last)
        if not Gold.objects.filter(
            task__round__project=project, task__status=TaskStatus.ADJUDICATED
        ).exists():
            raise _nothing_to_release(project)
        self.find_obstacles(project)

    def find_obstacles(self, project: Project) -> dict[str, Any]:
        """What the manifest will say of what speaks against the release, which is refused unless the exception is named."""
        obstacles = find_obstacles(project, refuse_unmet=self.refuse_unmet)
        return check_obstacles(obstacles, exception=self.exception)

    def to_json(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "refuse_unmet": self.refuse_unmet,
            "splits": self.splits and self.splits.to_json(),
            "version": self.version,
            "exception": self.exception,
        }

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> "Wanted":
        return cls(
            written["title"],
            written["refuse_unmet"],
            written["splits"] and SplitPlan.from_json(written["splits"]),
            written["version"],
            written["exception"],
        )


def ask_to_freeze(
    project: Project,
    *,
    title: str,
    by: User | None,
    refuse_unmet: bool = False,
    splits: SplitPlan | None = None,
    version: str = "",
    exception: str = "",
) -> Job:
    """Ask for a job that freezes all gold that the project has when it begins; where several rounds decided an article, the latest gold wins.

    `refuse_unmet` leaves out the gold that was finished although it breaks rules of the scheme. `splits` divides the
    release into parts, in which the articles of earlier releases stay where they are. The `version` follows from what
    changed since the last release, unless one is given. While anything is open it is refused, unless the `exception` says why
    it is frozen all the same.
    """
    check_live(project)
    wanted = Wanted(title.strip(), refuse_unmet, splits, version, exception)
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


def rehearse_release(project: Project, *, title: str, **wanted: Any) -> dict[str, Any]:
    """The manifest that a release would have if it were frozen now, with what is open; nothing is frozen, and nothing refused because it is open."""
    asked = Wanted(title.strip(), **wanted)
    content = _choose_content(
        project, asked, find_obstacles(project, refuse_unmet=asked.refuse_unmet), _go_on
    )
    lines = (gold.line for gold in read_gold(content.choice.gold_ids))
    return describe_content(project, lines, content, _go_on, title=asked.title, version=asked.version)


def _go_on(**_: Any) -> None:
    """Nobody waits for a sign of life."""


def run_freeze_release(job: Job, checkpoint: Checkpoint) -> None:
    """Freeze the release that was asked for; after a crash it goes on with what is written."""
    if job.project is None or "release" in (job.cursor or {}):
        return
    try:
        _freeze(job, checkpoint, job.project, Wanted.from_json(job.arguments))
    except REFUSALS as error:
        clear_begun(job.project, progress=checkpoint)
        raise GivenUpError(str(error)) from error


def _freeze(job: Job, checkpoint: Checkpoint, project: Project, wanted: Wanted) -> None:
    for _ in range(ATTEMPTS):
        try:
            begun = find_begun(job)
            if begun is None:
                clear_begun(project, progress=checkpoint)
                content = _choose_content(project, wanted, wanted.find_obstacles(project), checkpoint)
                begun = begin_release(job, checkpoint, project, content, title=wanted.title)
            else:
                content = ReleaseContent.from_json(begun.manifest)
            write_records(checkpoint, begun, content)
            close_release(checkpoint, begun, content, version=wanted.version)
        except GoldGoneError:
            clear_begun(project, progress=checkpoint)
            continue
        return
    raise GoldChangingError(f"tasks of {project} are being reopened at this moment: try again in a minute")


def _choose_content(
    project: Project, wanted: Wanted, obstacles: Mapping[str, Any], checkpoint: Callable[..., None]
) -> ReleaseContent:
    choice = choose_gold(project, refuse_unmet=wanted.refuse_unmet)
    if not choice.gold_ids:
        raise _nothing_to_release(project)
    if wanted.splits is None:
        return ReleaseContent(choice, obstacles)
    checkpoint(done=0, total=len(choice.gold_ids), message="Reading what is to be divided")
    to_divide: list[SplitArticle] = []
    for number, gold in enumerate(read_gold(choice.gold_ids), start=1):
        to_divide.append(describe_for_splits(gold.parse(), wanted.splits))
        if number % ITEMS_BETWEEN_SIGNS == 0:
            checkpoint(done=number)
    return ReleaseContent(choice, obstacles, divide_release(project, to_divide, wanted.splits))


def _nothing_to_release(project: Project) -> NothingToReleaseError:
    return NothingToReleaseError(
        f"{project} has no gold yet: a release needs at least one task that is adjudicated or unanimous"
    )


def run_forget_begun(_job: Job, checkpoint: Checkpoint) -> None:
    """Take away what was written of releases whose job ended a day ago without them."""
    abandoned = timezone.now() - settings.BEGUN_RELEASE_KEPT
    for begun in Release.under_way.filter(created_at__lt=abandoned).select_related("project"):
        if find_freezing(begun.project) is None:
            clear_begun(begun.project, progress=checkpoint)
    checkpoint()
