"""A release on its way: its records are written in parts that nobody sees, and it is there when it is numbered.

What is in it is chosen when it is begun and kept with it, so that whoever goes on after a crash writes the same bytes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from annotations import __version__
from annotations.formats.canonical import checksum, checksum_text
from annotations.formats.native.jsonl import JSONL
from annotations.gold.agreed import measure_agreement
from annotations.gold.choice import ChosenGold
from annotations.gold.drafts import use_up_draft
from annotations.gold.files import ask_for_file
from annotations.gold.guidelines import name_corrections
from annotations.gold.manifest import ManifestBuilder
from annotations.gold.records import GoldGoneError, read_gold
from annotations.gold.releases import read_release_lines
from annotations.gold.splitting import Divided
from annotations.gold.tombstones import list_tombstones
from annotations.gold.versions import check_version, propose_version
from annotations.gold.wanted import WantedRelease
from annotations.jobs.worker import Checkpoint
from annotations.models import Article, Event, Job, Project, Release, ReleaseItem
from annotations.models.inserting import insert_rows
from annotations.projects.archived import check_live, lock_live
from annotations.reliability.counting import is_gamma_quick

ITEMS_A_PART = 500
CHARACTERS_A_PART = 4_000_000
"""A part is written in one transaction; long articles make one sooner."""
ITEMS_BETWEEN_SIGNS = 1_000


@dataclass(frozen=True, slots=True)
class ReleaseContent:
    """What goes into a release, as its row keeps it while it is under way: the gold, the parts that it is divided into, and what is open."""

    choice: ChosenGold
    obstacles: Mapping[str, Any]
    divided: Divided | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "choice": self.choice.to_json(),
            "obstacles": dict(self.obstacles),
            "divided": None if self.divided is None else asdict(self.divided),
        }

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> "ReleaseContent":
        divided = written["divided"] and Divided(
            {int(article): side for article, side in written["divided"]["sides"].items()},
            written["divided"]["described"],
        )
        return cls(ChosenGold.from_json(written["choice"]), written["obstacles"], divided)


def find_begun(job: Job) -> Release | None:
    """The release that a job has begun, if nobody took it away since."""
    cursor: dict[str, int] = job.cursor or {}
    if "begun" not in cursor:
        return None
    return Release.under_way.filter(pk=cursor["begun"], project=job.project_id).first()


def begin_release(
    job: Job, checkpoint: Checkpoint, project: Project, content: ReleaseContent, *, title: str
) -> Release:
    """Make the row to which records are added, and let the job remember it."""
    with transaction.atomic():
        check_live(project)
        begun = Release.under_way.create(
            project=project,
            number=Release.UNDER_WAY,
            title=title,
            manifest=content.to_json(),
            sha256="",
            created_by=job.created_by,
        )
        total = len(content.choice.gold_ids)
        checkpoint(cursor={"begun": begun.pk, "written": 0}, done=0, total=total, message="Writing records")
    return begun


def write_records(checkpoint: Checkpoint, begun: Release, content: ReleaseContent, *, written: int) -> None:
    """Write the records that a release lacks after those that are written, a part in each transaction."""
    sides = content.divided.sides if content.divided else {}
    rows: list[tuple[int, int, str, str, str]] = []
    size = 0

    def store() -> None:
        with transaction.atomic():
            columns = ["ordinal", "article_id", "record", "sha256", "split"]
            insert_rows(ReleaseItem, columns, rows, release=begun)
            checkpoint(cursor={"begun": begun.pk, "written": rows[-1][0]}, done=rows[-1][0])

    for ordinal, gold in enumerate(read_gold(content.choice.gold_ids[written:]), start=written + 1):
        rows.append((ordinal, gold.article, gold.line, checksum_text(gold.line), sides.get(gold.article, "")))
        size += len(gold.line)
        if len(rows) >= ITEMS_A_PART or size >= CHARACTERS_A_PART:
            store()
            rows, size = [], 0
    if rows:
        store()


def close_release(
    checkpoint: Checkpoint, begun: Release, content: ReleaseContent, wanted: WantedRelease
) -> None:
    """Read what was written once more, count it, and number the release: from then on everybody sees it and nobody changes it."""
    project, lines = begun.project, read_release_lines(begun)
    manifest = describe_content(project, lines, content, checkpoint, wanted=wanted)
    _check_articles(begun)
    number = manifest["number"]
    with transaction.atomic():
        locked = lock_live(project.pk, "release_draft")
        checkpoint(cursor={"release": begun.pk}, message=f"Release {number}")
        begun.number, begun.manifest, begun.sha256 = number, manifest, checksum(manifest)
        begun.created_at = timezone.now()
        begun.save(force_update=True)
        use_up_draft(locked, wanted)
        ask_for_file(begun, JSONL.name)
        Event.objects.record("froze", begun, actor=begun.created_by, project=project, sha256=begun.sha256)


def describe_content(
    project: Project,
    lines: Iterable[str],
    content: ReleaseContent,
    checkpoint: Callable[..., None],
    *,
    wanted: WantedRelease,
) -> dict[str, Any]:
    """The manifest of a release of these records, which has the next number."""
    checkpoint(message="Counting what is in it")
    builder = ManifestBuilder()
    for number, line in enumerate(lines, start=1):
        builder.add(line)
        if number % ITEMS_BETWEEN_SIGNS == 0:
            checkpoint()
    checkpoint(message="Measuring agreement")
    agreement = measure_agreement(
        project,
        content.choice.task_ids,
        has_gamma=is_gamma_quick(content.choice.n_articles),
        progress=checkpoint,
    )
    last = project.releases.order_by("-number").only("number", "manifest").first()
    number, before = (last.number + 1, last.manifest) if last else (1, None)
    return builder.build(
        project=project.slug,
        number=number,
        title=wanted.title,
        workbench_version=__version__,
        unreviewed=content.choice.unreviewed,
        left_out=content.choice.left_out,
        superseded=content.choice.superseded,
        splits=content.divided.described if content.divided else None,
        agreement=agreement.key_figures if agreement else None,
        agreement_report=agreement.report if agreement else None,
        obstacles=content.obstacles,
        tombstones=[one.to_json() for one in list_tombstones(project)],
        notes=wanted.notes,
        guidelines=name_corrections(project, builder.schemes),
        version=check_version(wanted.version, before=before)
        if wanted.version
        else partial(propose_version, before),
    )


def _check_articles(begun: Release) -> None:
    """An article that was excluded meanwhile is in no release from then on."""
    items = begun.items.order_by().values("article")
    excluded = Article.objects.filter(project=begun.project_id, excluded_at__isnull=False, pk__in=items)
    if first := excluded.first():
        raise GoldGoneError(f"the article {first.pk} was excluded while the release was written")


def clear_begun(project: Project, *, progress: Callable[[], None]) -> None:
    """Take away the release under way that nobody works at any more, the last part first: what is left can be gone on with."""
    for begun in Release.under_way.filter(project=project):
        for numbers in _list_parts(begun):
            with transaction.atomic():
                ReleaseItem.objects.filter(pk__in=numbers).delete()
                progress()
        with transaction.atomic():
            begun.delete()
            progress()


def _list_parts(begun: Release) -> Iterator[list[int]]:
    items = begun.items.order_by("-ordinal").values_list("pk", flat=True)
    while numbers := list(items[:ITEMS_A_PART]):
        yield numbers
