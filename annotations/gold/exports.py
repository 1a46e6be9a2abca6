"""Writing a release, or the annotations before adjudication, as a file in one of the formats."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace

from django.core.cache import cache
from django.db.models import Count, Max, Sum

from annotations import __version__
from annotations.formats.canonical import checksum
from annotations.formats.levels import ContentLevel
from annotations.formats.ports import Format, Losses, Lost
from annotations.formats.registry import WRITTEN, find_format
from annotations.gold.guidelines import describe_guidelines_of, describe_scheme_of
from annotations.gold.levels import check_level, read_level_lines
from annotations.gold.names import name_release
from annotations.gold.records import find_shares, read_annotations
from annotations.gold.splitting import choose_splits
from annotations.models import Event, Job, Project, Release, ReleaseFile
from annotations.models.assignment import AssignmentQuerySet

HOLDING_RECORDS = tuple(known.name for known in WRITTEN if known.copy)
"""The formats that hold records as they are stored, so that nothing at all is lost in them."""


class FormatLosesError(Exception):
    """Raised where a format cannot hold all of a dataset and the caller asked for a failure rather than a loss."""

    def __init__(self, format_name: str, losses: Iterable[Lost]) -> None:
        super().__init__(
            f"{format_name} cannot hold everything: {'; '.join(lost.explain() for lost in losses)}. "
            f"Take {' or '.join(HOLDING_RECORDS)}, which holds it all, or leave out strict.",
        )


@dataclass(slots=True)
class RecordsRead:
    """How many records an export has read so far."""

    number: int = 0

    def count(self, lines: Iterable[str]) -> Iterator[str]:
        """The lines as they come, each counted once it was dealt with."""
        for line in lines:
            yield line
            self.number += 1


@dataclass(frozen=True, slots=True)
class Export:
    """A dataset on its way out. The losses are complete once the chunks are read to their end."""

    filename: str
    media_type: str
    chunks: Iterator[bytes]
    losses: Losses = field(default_factory=Losses)
    read: RecordsRead = field(default_factory=RecordsRead)


def export_release(
    release: Release,
    *,
    format_name: str,
    strict: bool = False,
    split: str = "",
    level: ContentLevel = ContentLevel.GOLD,
) -> Export:
    """Write a release, or some of its parts, in a format, at a level of content.

    A strict export that would lose something fails before its first byte.
    """
    chosen = find_format(format_name)
    check_level(chosen, level)
    split = choose_splits(release, split)
    if strict and (
        lost := list_losses_of_release(release, format_name=format_name, split=split, level=level)
    ):
        raise FormatLosesError(format_name, lost)
    name = name_release(release.project.slug, release.number, split=split, level=level)
    lines = read_level_lines(release, level, split=split)
    return _export(chosen, lines, filename=name, guidelines=describe_guidelines_of(release))


def export_annotations(
    project: Project,
    *,
    format_name: str,
    strict: bool = False,
    shares: AssignmentQuerySet | None = None,
) -> Export:
    """Write every current annotation of a project as it was before adjudication, or those of the shares given.

    Nothing is read before the first chunk is taken, unless the export is strict.
    """
    chosen = find_format(format_name)
    if strict and (lost := list_losses_of_annotations(project, format_name=format_name, shares=shares)):
        raise FormatLosesError(format_name, lost)
    lines, name = read_annotations(project, shares), f"{project.slug}-annotations"
    return _export(chosen, lines, filename=name, guidelines=describe_scheme_of)


@dataclass(frozen=True, slots=True)
class LiveState:
    """What a live export is made of at a moment: an export of the same state has the same bytes."""

    project: str
    format_name: str
    version: str
    count: int
    latest: int
    total: int
    event: int
    """The latest of the project but of jobs, since other annotations may have the same number, latest and total."""

    @property
    def key(self) -> str:
        """One word for the state."""
        return checksum(asdict(self))[:32]

    def recall_losses(self) -> tuple[str, ...] | None:
        """What an export of this state lost, where one was read to its end; without the places, since others may have the same state."""
        found: tuple[str, ...] | None = cache.get(f"losses:{self.key}")
        return found

    def remember_losses(self, export: Export) -> Export:
        """Let an export keep its losses for the next one when it is read to its end."""

        def chunks() -> Iterator[bytes]:
            yield from export.chunks
            cache.set(f"losses:{self.key}", tuple(export.losses.describe()))

        return replace(export, chunks=chunks())


def read_state(project: Project, *, format_name: str, shares: AssignmentQuerySet | None = None) -> LiveState:
    """The state of the annotations of a project: how many there are and which, as far as numbers tell, and the latest event.

    That somebody asked for a job, as for a file of the same annotations, changes none of them.
    """
    found = find_shares(project, shares).aggregate(
        count=Count("pk"), latest=Max("current"), total=Sum("current")
    )
    name = f"{project.pk} of {project.created_at}"
    events = Event.objects.filter(project=project).exclude(subject_type=Job._meta.model_name)
    event = events.order_by("-id").values_list("pk", flat=True).first()
    return LiveState(
        name,
        find_format(format_name).name,
        __version__,
        **{name: int(value or 0) for name, value in found.items()},
        event=event or 0,
    )


def _export(
    chosen: Format, lines: Iterable[str], *, filename: str, guidelines: Callable[[str], str]
) -> Export:
    losses, read = Losses(), RecordsRead()
    return Export(
        filename=f"{filename}.{chosen.extension}",
        media_type=chosen.media_type,
        chunks=chosen.write_lines(read.count(lines), losses=losses, guidelines=guidelines),
        losses=losses,
        read=read,
    )


def list_losses_of_release(
    release: Release, *, format_name: str, split: str = "", level: ContentLevel = ContentLevel.GOLD
) -> tuple[Lost, ...]:
    """What an export of a release loses; everything is written once to count it, unless its file was written before."""
    chosen = find_format(format_name)
    if chosen.holds_everything:
        return ()
    file = find_file(release, format_name, split=split, level=level)
    if file is not None:
        return file.lost
    export = export_release(release, format_name=format_name, split=split, level=level)
    for _ in export.chunks:
        pass
    return export.losses.summarize()


def list_files(
    release: Release, *, split: str = "", level: ContentLevel = ContentLevel.GOLD
) -> dict[str, ReleaseFile]:
    """The files of a release, or of some of its parts, that this version of the workbench has written, by the names of their formats."""
    files = ReleaseFile.objects.filter(release=release, split=split, level=level, version=__version__)
    return {file.format: file for file in files}


def find_file(
    release: Release, format_name: str, *, split: str = "", level: ContentLevel = ContentLevel.GOLD
) -> ReleaseFile | None:
    """The file of a release, or of some of its parts, in a format, where this version of the workbench has written it."""
    return list_files(release, split=split, level=level).get(format_name)


def list_losses_of_annotations(
    project: Project, *, format_name: str, shares: AssignmentQuerySet | None = None
) -> tuple[Lost, ...]:
    """What an export of the annotations would lose; everything is written once to count it, unless nothing is known to be lost."""
    state = read_state(project, format_name=format_name, shares=shares)
    if find_format(format_name).holds_everything or state.recall_losses() == ():
        return ()
    export = export_annotations(project, format_name=format_name, shares=shares)
    for _ in state.remember_losses(export).chunks:
        pass
    return export.losses.summarize()
