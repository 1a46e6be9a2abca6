"""Freezing releases, proving that they can be rebuilt, and writing datasets in a format."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from tempfile import TemporaryFile
from typing import TextIO

from django.core.cache import cache
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import Max

from annotations import __version__
from annotations.formats.canonical import checksum, checksum_text, write_canonical
from annotations.formats.ports import Format, Losses
from annotations.formats.record import Record
from annotations.formats.registry import find_format
from annotations.gold.manifest import ManifestBuilder
from annotations.gold.records import (
    GoldGoneError,
    name_annotators,
    read_annotations,
    read_gold,
    rebuild_gold_record,
)
from annotations.models import (
    Annotation,
    Event,
    Gold,
    Project,
    Release,
    ReleaseItem,
    Task,
    TaskStatus,
    User,
)
from annotations.models.collection import AnnotationQuerySet

BATCH = 100
MAXIMUM_TITLE = 200
ATTEMPTS = 5
NOT_PLANNED = "not planned"
"""Why an article without any task is left out; the other reasons are statuses of tasks."""


class NothingToReleaseError(Exception):
    """A release was asked for before there was any gold."""


class InvalidReleaseTitleError(ValueError):
    """A release needs a title that fits."""


class GoldChangingError(Exception):
    """Gold was taken back again and again while a release was being read."""


class ReleaseDamagedError(Exception):
    """What is stored of a release is not what was frozen."""


class ReleaseNotRebuiltError(Exception):
    """The tables do not give the release again, byte for byte."""


class FormatLosesError(Exception):
    """A format cannot hold everything, and it was asked to fail then."""

    def __init__(self, format_name: str, losses: list[str]) -> None:
        super().__init__(
            f"{format_name} cannot hold everything: {'; '.join(losses)}. "
            "Take jsonl, which holds it all, or leave out strict.",
        )
        self.losses = losses


@dataclass(frozen=True, slots=True)
class Choice:
    """Which gold goes into a release for each article, and what does not."""

    gold_ids: list[int]
    left_out: dict[str, list[int]]
    superseded: list[dict[str, int]]


def freeze_release(project: Project, *, title: str, by: User | None) -> Release:
    """Freeze all gold that the project has so far; where several rounds decided an article, the latest gold wins.

    The records are read before the transaction that writes them: each names the revisions and decisions that it
    comes from, so it stays true whatever is decided meanwhile, and nobody waits for a large release.
    """
    title = title.strip()
    if not 0 < len(title) <= MAXIMUM_TITLE:
        raise InvalidReleaseTitleError(f"give the release a title of 1 to {MAXIMUM_TITLE} characters")
    with TemporaryFile("w+", encoding="utf-8", newline="\n") as lines:
        draft = _draft_release(project, lines)
        lines.seek(0)
        return _publish_release(project, draft, lines, title=title, by=by)


@dataclass(frozen=True, slots=True)
class Draft:
    """A release that lacks its number: the records are in a file, a line each, in the order of the articles."""

    builder: ManifestBuilder
    choice: Choice
    articles: list[int]
    unreviewed: int


def _draft_release(project: Project, lines: TextIO) -> Draft:
    pseudonyms = name_annotators(project)
    for _ in range(ATTEMPTS):
        choice = _choose_gold(project)
        if not choice.gold_ids:
            raise NothingToReleaseError(
                f"{project} has no gold yet: a release needs at least one task that is adjudicated or unanimous",
            )
        builder, articles, unreviewed = ManifestBuilder(), [], 0
        lines.seek(0)
        lines.truncate()
        try:
            for gold, record in read_gold(choice.gold_ids, pseudonyms=pseudonyms):
                line = record.to_line()
                builder.add(record, line=line)
                lines.write(line + "\n")
                articles.append(record.article.id)
                unreviewed += gold.needs_review
        except GoldGoneError:
            continue
        return Draft(builder, choice, articles, unreviewed)
    raise GoldChangingError(f"tasks of {project} are being reopened at this moment: try again in a minute")


@transaction.atomic
def _publish_release(
    project: Project, draft: Draft, lines: Iterable[str], *, title: str, by: User | None
) -> Release:
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    number = (project.releases.aggregate(last=Max("number"))["last"] or 0) + 1
    manifest = draft.builder.build(
        project=project.slug,
        number=number,
        title=title,
        workbench_version=__version__,
        unreviewed=draft.unreviewed,
        left_out=draft.choice.left_out,
        superseded=draft.choice.superseded,
    )
    release = Release.objects.create(
        project=project,
        number=number,
        title=title,
        manifest=manifest,
        sha256=checksum(manifest),
        created_by=by,
    )
    _store_items(release, draft.articles, lines)
    Event.objects.record("froze", release, actor=by, project=project, sha256=release.sha256)
    return release


def _choose_gold(project: Project) -> Choice:
    golds = (
        Gold.objects.filter(task__round__project=project, task__status=TaskStatus.ADJUDICATED)
        .order_by("task__article_id", "finished_at", "task_id")
        .values_list("pk", "task__article_id", "task_id")
    )
    latest: dict[int, tuple[int, int]] = {}
    superseded = []
    for gold_id, article_id, task_id in golds.iterator():
        if article_id in latest:
            superseded.append((article_id, latest[article_id][1]))
        latest[article_id] = gold_id, task_id
    tasks = Task.objects.filter(round__project=project).order_by("status_changed_at", "pk")
    reasons: dict[int, str] = {
        **dict.fromkeys(project.articles.values_list("pk", flat=True), NOT_PLANNED),
        **dict(tasks.values_list("article_id", "status")),
    }
    left_out: dict[str, list[int]] = defaultdict(list)
    for article_id, reason in reasons.items():
        if article_id not in latest:
            left_out[reason].append(article_id)
    return Choice(
        gold_ids=[gold_id for gold_id, _ in latest.values()],
        left_out=left_out,
        superseded=[
            {"article": article_id, "task": task_id, "by": latest[article_id][1]}
            for article_id, task_id in superseded
        ],
    )


def _store_items(release: Release, articles: list[int], lines: Iterable[str]) -> None:
    batch: list[ReleaseItem] = []
    for ordinal, (article_id, line) in enumerate(zip(articles, lines, strict=True), start=1):
        record = line.removesuffix("\n")
        batch.append(
            ReleaseItem(
                release=release,
                ordinal=ordinal,
                article_id=article_id,
                record=record,
                sha256=checksum_text(record),
            )
        )
        if len(batch) == BATCH:
            ReleaseItem.objects.bulk_create(batch)
            batch = []
    ReleaseItem.objects.bulk_create(batch)


def rebuild_release(release: Release) -> str:
    """Build a release again from articles, revisions and the ledger as far as it had come, and return its manifest.

    What was decided since does not matter. Raises where a single byte differs, and says of which article.
    """
    stored = release.manifest
    if checksum(stored) != release.sha256:
        raise ReleaseDamagedError(f"the manifest of {release} does not have the checksum it was frozen with")
    builder = ManifestBuilder()
    pseudonyms = name_annotators(release.project)
    for frozen in read_release(release):
        try:
            record = rebuild_gold_record(frozen, project=release.project, pseudonyms=pseudonyms)
        except (ObjectDoesNotExist, LookupError) as error:
            raise ReleaseNotRebuiltError(f"{_name(frozen)}: what it was made of is gone ({error})") from error
        line = record.to_line()
        if line != frozen.to_line():
            raise ReleaseNotRebuiltError(_explain_difference(frozen, record))
        builder.add(record, line=line)
    manifest = write_canonical(
        builder.build(
            project=stored["project"],
            number=stored["number"],
            title=stored["title"],
            workbench_version=stored["workbench_version"],
            unreviewed=stored["counts"]["unreviewed"],
            left_out=stored["left_out"],
            superseded=stored["superseded"],
        ),
    )
    if manifest != write_canonical(stored):
        raise ReleaseNotRebuiltError(
            f"the articles of {release} are the same, but not their counts or checksums"
        )
    return manifest


def _explain_difference(frozen: Record, rebuilt: Record) -> str:
    before, now = frozen.to_json(), rebuilt.to_json()
    differing = ", ".join(sorted(key for key in before if before[key] != now[key]))
    return f"{_name(frozen)} cannot be rebuilt as it was frozen: its {differing} came out differently"


def _name(record: Record) -> str:
    return f"article {record.article.id} ({record.article.title})"


def read_release(release: Release) -> Iterator[Record]:
    """The records as they were frozen."""
    return map(Record.from_line, read_release_lines(release))


def read_release_lines(release: Release) -> Iterator[str]:
    """The records as canonical lines, as they were frozen, each checked against its checksum."""
    last = 0
    while page := list(release.items.filter(ordinal__gt=last).order_by("ordinal")[:BATCH]):
        for item in page:
            if checksum_text(item.record) != item.sha256:
                raise ReleaseDamagedError(
                    f"item {item.ordinal} of {release} does not have the checksum it was frozen with; "
                    "restore it from a backup",
                )
            yield item.record
        last = page[-1].ordinal


@dataclass(frozen=True, slots=True)
class Export:
    """A dataset on its way out. The losses are complete once the chunks are read to their end."""

    filename: str
    media_type: str
    chunks: Iterator[bytes]
    losses: Losses = field(default_factory=Losses)


@dataclass(frozen=True, slots=True)
class Measure:
    """What a whole export comes to: known before its first byte is sent."""

    sha256: str
    length: int
    losses: tuple[str, ...]


def export_release(release: Release, *, format_name: str, strict: bool = False) -> Export:
    """Write a release in a format. A strict export that would lose something fails before its first byte."""
    chosen = find_format(format_name)
    if strict and (lost := measure_release(release, format_name=format_name).losses):
        raise FormatLosesError(format_name, list(lost))
    return _export(
        chosen, read_release_lines(release), filename=f"{release.project.slug}-release-{release.number}"
    )


def export_annotations(
    project: Project,
    *,
    format_name: str,
    strict: bool = False,
    annotations: AnnotationQuerySet | None = None,
) -> Export:
    """Write every current annotation of a project as it was before adjudication, or those given of them."""
    chosen = find_format(format_name)
    found = Annotation.objects.current() if annotations is None else annotations
    if strict and (lost := measure_annotations(project, format_name=format_name, annotations=found)):
        raise FormatLosesError(format_name, list(lost))
    return _export(chosen, read_annotations(found, project), filename=f"{project.slug}-annotations")


def _export(chosen: Format, lines: Iterable[str], *, filename: str) -> Export:
    losses = Losses()
    return Export(
        filename=f"{filename}.{chosen.extension}",
        media_type=chosen.media_type,
        chunks=chosen.write(lines, losses=losses),
        losses=losses,
    )


def measure_release(release: Release, *, format_name: str) -> Measure:
    """Go through an export once without keeping it. A release never changes, so this is done once."""
    key = f"export:{release.sha256}:{format_name}:{__version__}"
    known = cache.get(key)
    if known is None:
        export = export_release(release, format_name=format_name)
        digest, length = sha256(), 0
        for chunk in export.chunks:
            digest.update(chunk)
            length += len(chunk)
        known = digest.hexdigest(), length, tuple(export.losses.describe())
        cache.set(key, known, timeout=None)
    return Measure(*known)


def measure_annotations(
    project: Project, *, format_name: str, annotations: AnnotationQuerySet
) -> tuple[str, ...]:
    """What an export of the annotations would lose."""
    if find_format(format_name).holds_everything:
        return ()
    export = export_annotations(project, format_name=format_name, annotations=annotations)
    for _ in export.chunks:
        pass
    return tuple(export.losses.describe())
