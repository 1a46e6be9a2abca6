"""Files of the annotations of a project as they were at a moment: a job writes one for whoever asks, who fetches it by parts while the job is kept."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from tempfile import TemporaryFile
from typing import Any

from django.core.files.storage import default_storage

from annotations.blindness import HiddenWhileAnnotatingError, keep_visible, tell_hidden
from annotations.formats.ports import Lost
from annotations.formats.registry import find_format
from annotations.gold.exports import export_annotations
from annotations.gold.files import is_here, store_file, write_export
from annotations.gold.records import find_shares
from annotations.jobs.services import enqueue
from annotations.jobs.worker import Checkpoint, GivenUpError
from annotations.models import Assignment, Job, JobStatus, Project, User
from annotations.models.assignment import AssignmentQuerySet
from annotations.models.jobs import UNFINISHED
from annotations.projects.archived import check_live

KIND = "prepare_annotations"
FOLDER = "exports"


class FileNotKeptError(LookupError):
    """A file of annotations was asked for that is not there, or is not for whoever asks."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of annotations as its job remembers it."""

    name: str
    sha256: str
    length: int
    losses: tuple[str, ...]
    """How many of what, and no words of articles: whoever looks after the jobs may read them."""
    filename: str
    media_type: str
    hidden: str
    """Which articles were hidden from whoever asked, as one word."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> "KeptFile":
        return cls(**{**written, "losses": tuple(written["losses"])})

    @property
    def lost(self) -> tuple[Lost, ...]:
        """What the format could not hold."""
        return tuple(Lost(line) for line in self.losses)


def list_visible(person: User) -> AssignmentQuerySet:
    """The shares whose annotations an export for a person holds, of any project."""
    return keep_visible(Assignment.objects.submitted(), person, article="task__article")


def ask_for_annotations(project: Project, format_name: str, *, by: User) -> Job:
    """Ask a worker to write the annotations of a project as they are now; asking again before they are written gives the same job."""
    check_live(project)
    name = find_format(format_name).name
    return enqueue(
        KIND,
        key=f"{KIND}:{project.pk}:{by.pk}:{name}",
        project=project,
        arguments={"format": name},
        by=by,
    )


def find_asked(project: Project, number: int, *, by: User) -> Job:
    """The job of that number, if this person asked for it and its file can still be theirs."""
    job = Job.objects.filter(kind=KIND, pk=number, project=project, created_by=by).first()
    if job is None:
        raise FileNotKeptError(
            "You asked for no such file, or it is kept no longer: ask for one with prepare=1."
        )
    if job.status not in (*UNFINISHED, JobStatus.DONE):
        raise FileNotKeptError(
            f"The file was not written: {job.message or job.get_status_display()}. Ask for it again with prepare=1."
        )
    return job


def find_kept(job: Job, *, by: User) -> KeptFile | None:
    """The file that a job has written; None while it is under way.

    Whoever has begun to annotate since, or is done with it, asks again: the file holds what was to be seen then.
    """
    if job.status in UNFINISHED or job.project is None:
        return None
    file = KeptFile.from_json(job.cursor or {})
    if file.hidden != tell_hidden(job.project, by):
        raise HiddenWhileAnnotatingError(
            "Other articles are hidden from you than when this file was written: ask for it again with prepare=1."
        )
    if not is_here(file):
        raise FileNotKeptError("The file is kept no longer: ask for it again with prepare=1.")
    return file


def run_prepare_annotations(job: Job, checkpoint: Checkpoint) -> None:
    """Write the annotations that were asked for; after a crash it begins anew."""
    if job.project is None or job.created_by is None:
        raise GivenUpError("whoever asked for the file, or the project, is gone")
    hidden, shares = tell_hidden(job.project, job.created_by), list_visible(job.created_by)
    chosen = find_format(job.arguments["format"])
    checkpoint(done=0, total=find_shares(job.project, shares).count())
    export = export_annotations(job.project, format_name=chosen.name, shares=shares)
    with TemporaryFile() as written:
        digest, length = write_export(export, written, lambda done: checkpoint(done=done))
        name = f"{FOLDER}/{job.pk}-{digest}.{chosen.extension}"
        store_file(name, written, length)
    file = KeptFile(
        name, digest, length, tuple(export.losses.describe()), export.filename, export.media_type, hidden
    )
    checkpoint(cursor=file.to_json(), done=export.read.number)


def run_forget_kept(_job: Job, checkpoint: Checkpoint) -> None:
    """Take away the files whose jobs are kept no longer."""
    try:
        _, names = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        names = []
    for name in sorted(names):
        number = name.partition("-")[0]
        if not (number.isdecimal() and Job.objects.filter(pk=int(number), kind=KIND).exists()):
            default_storage.delete(f"{FOLDER}/{name}")
        checkpoint()
