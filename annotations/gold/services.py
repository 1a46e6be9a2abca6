"""Freezing releases: the gold of a project, chosen, read, numbered and kept for good."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from tempfile import TemporaryFile
from typing import Any, TextIO

from django.db import transaction
from django.db.models import Max

from annotations import __version__
from annotations.formats.canonical import checksum, checksum_text
from annotations.formats.jsonl import JSONL
from annotations.gold.agreed import measure_agreement
from annotations.gold.files import ask_for_file
from annotations.gold.manifest import ManifestBuilder
from annotations.gold.obstacles import Completeness, find_obstacles
from annotations.gold.records import GoldGoneError, read_gold
from annotations.gold.splits import SplitArticle, SplitPlan
from annotations.gold.splitting import Divided, describe_for_splits, divide_release
from annotations.gold.tombstones import list_tombstones
from annotations.gold.versions import check_version, propose_version, read_version
from annotations.models import (
    Event,
    Gold,
    Project,
    Release,
    ReleaseItem,
    Task,
    TaskStatus,
    User,
)
from annotations.models.inserting import insert_rows
from annotations.projects.archived import check_live

MAX_TITLE = 200
ATTEMPTS = 5
NOT_ASKED = Completeness()
"""Whatever is open is said in the manifest, and nothing is refused."""
NOT_PLANNED = "not planned"
"""Why an article without any task is left out; most other reasons are statuses of tasks."""
AGAINST_RULES = "against rules"
"""Why an article is left out whose gold breaks rules of the scheme, where a release refuses that."""


class NothingToReleaseError(Exception):
    """A release was asked for before there was any gold."""


class InvalidReleaseTitleError(ValueError):
    """A release needs a title that fits."""


class GoldChangingError(Exception):
    """Gold was taken back again and again while a release was being read."""


@dataclass(frozen=True, slots=True)
class ChosenGold:
    """The gold that goes into a release for each article, and what does not go in."""

    gold_ids: list[int]
    left_out: dict[str, list[int]]
    superseded: list[dict[str, int]]


def freeze_release(
    project: Project,
    *,
    title: str,
    by: User | None,
    refuse_unmet: bool = False,
    splits: SplitPlan | None = None,
    version: str = "",
    completeness: Completeness = NOT_ASKED,
) -> Release:
    """Freeze all gold that the project has so far; where several rounds decided an article, the latest gold wins.

    `refuse_unmet` leaves out the gold that was finished although it breaks rules of the scheme. `splits` divides the
    release into parts, in which the articles of earlier releases stay where they are. The `version` follows from what
    changed since the last release, unless one is given. `completeness` may refuse it while anything is open.
    The records are read before the transaction that writes them: each names the revisions and decisions that it
    comes from, so it stays true whatever is decided meanwhile, and nobody waits for a large release.
    """
    check_live(project)
    title = title.strip()
    if not 0 < len(title) <= MAX_TITLE:
        raise InvalidReleaseTitleError(f"give the release a title of 1 to {MAX_TITLE} characters")
    if version:
        read_version(version)
    obstacles = completeness.check(find_obstacles(project))
    with TemporaryFile("w+", encoding="utf-8", newline="\n") as lines:
        draft = _draft_release(project, lines, refuse_unmet=refuse_unmet, splits=splits)
        lines.seek(0)
        return _store_release(project, draft, lines, title=title, by=by, version=version, obstacles=obstacles)


@dataclass(frozen=True, slots=True)
class Draft:
    """A release that lacks its number: the records are in a file, a line each, in the order of the articles."""

    builder: ManifestBuilder
    choice: ChosenGold
    articles: list[int]
    checksums: list[str]
    unreviewed: int
    last_number: int
    """Of the project's releases, when the draft was made."""
    divided: Divided | None = None
    agreement: Mapping[str, Any] | None = None

    def list_items(self, lines: Iterable[str]) -> Iterator[tuple[int, int, str, str, str]]:
        """The ordinal, the article, the record, its checksum and its part of each item; its checksum was taken as it was read."""
        rows = zip(self.articles, lines, self.checksums, strict=True)
        sides = self.divided.sides if self.divided else {}
        for ordinal, (article, line, digest) in enumerate(rows, start=1):
            yield ordinal, article, line.removesuffix("\n"), digest, sides.get(article, "")


def _draft_release(project: Project, lines: TextIO, *, refuse_unmet: bool, splits: SplitPlan | None) -> Draft:
    for _ in range(ATTEMPTS):
        last_number = _find_last_number(project)
        choice = _choose_gold(project, refuse_unmet=refuse_unmet)
        if not choice.gold_ids:
            raise NothingToReleaseError(
                f"{project} has no gold yet: a release needs at least one task that is adjudicated or unanimous",
            )
        builder, articles, checksums, unreviewed = ManifestBuilder(), [], [], 0
        to_divide: list[SplitArticle] = []
        lines.seek(0)
        lines.truncate()
        try:
            for gold in read_gold(choice.gold_ids):
                record = builder.add(gold.line)
                if splits is not None:
                    to_divide.append(describe_for_splits(record, splits))
                lines.write(gold.line + "\n")
                articles.append(gold.article)
                checksums.append(checksum_text(gold.line))
                unreviewed += gold.needs_review
        except GoldGoneError:
            continue
        divided = divide_release(project, to_divide, splits) if splits is not None else None
        agreement = measure_agreement(project, choice.gold_ids)
        return Draft(builder, choice, articles, checksums, unreviewed, last_number, divided, agreement)
    raise GoldChangingError(f"tasks of {project} are being reopened at this moment: try again in a minute")


@transaction.atomic
def _store_release(
    project: Project,
    draft: Draft,
    lines: Iterable[str],
    *,
    title: str,
    by: User | None,
    version: str,
    obstacles: Mapping[str, Any],
) -> Release:
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    number = _find_last_number(project) + 1
    if draft.divided is not None and number != draft.last_number + 1:
        raise GoldChangingError(
            f"another release of {project} was frozen at this moment, and articles stay in its parts: try again"
        )
    before = project.releases.filter(number=number - 1).values_list("manifest", flat=True).first()
    manifest = draft.builder.build(
        project=project.slug,
        number=number,
        title=title,
        workbench_version=__version__,
        unreviewed=draft.unreviewed,
        left_out=draft.choice.left_out,
        superseded=draft.choice.superseded,
        splits=draft.divided.described if draft.divided else None,
        agreement=draft.agreement,
        obstacles=obstacles,
        tombstones=[one.to_json() for one in list_tombstones(project)],
        version=check_version(version, before=before) if version else partial(propose_version, before),
    )
    release = Release.objects.create(
        project=project,
        number=number,
        title=title,
        manifest=manifest,
        sha256=checksum(manifest),
        created_by=by,
    )
    _store_items(release, draft.list_items(lines))
    ask_for_file(release, JSONL.name)
    Event.objects.record("froze", release, actor=by, project=project, sha256=release.sha256)
    return release


def _find_last_number(project: Project) -> int:
    return int(project.releases.aggregate(last=Max("number"))["last"] or 0)


def _choose_gold(project: Project, *, refuse_unmet: bool) -> ChosenGold:
    golds = (
        Gold.objects.filter(task__round__project=project, task__status=TaskStatus.ADJUDICATED)
        .order_by("task__article_id", "finished_at", "task_id")
        .values_list("pk", "task__article_id", "task_id", "unmet")
    )
    latest: dict[int, tuple[int, int]] = {}
    superseded = []
    refused: set[int] = set()
    for gold_id, article_id, task_id, unmet in golds.iterator():
        if refuse_unmet and unmet:
            refused.add(article_id)
            continue
        if article_id in latest:
            superseded.append((article_id, latest[article_id][1]))
        latest[article_id] = gold_id, task_id
    tasks = Task.objects.filter(round__project=project).order_by("status_changed_at", "pk")
    excluded = project.articles.filter(excluded_at__isnull=False)
    reasons: dict[int, str] = {
        **dict.fromkeys(project.articles.values_list("pk", flat=True), NOT_PLANNED),
        **dict(tasks.values_list("article_id", "status")),
        **dict.fromkeys(refused, AGAINST_RULES),
        **dict.fromkeys(excluded.values_list("pk", flat=True), TaskStatus.EXCLUDED.value),
    }
    left_out: dict[str, list[int]] = defaultdict(list)
    for article_id, reason in reasons.items():
        if article_id not in latest:
            left_out[reason].append(article_id)
    return ChosenGold(
        gold_ids=[gold_id for gold_id, _ in latest.values()],
        left_out=left_out,
        superseded=[
            {"article": article_id, "task": task_id, "by": latest[article_id][1]}
            for article_id, task_id in superseded
        ],
    )


def _store_items(release: Release, items: Iterable[tuple[int, int, str, str, str]]) -> None:
    """Store the items of a release: the ordinal, the article, the record, its checksum and its part of each."""
    insert_rows(ReleaseItem, ["ordinal", "article_id", "record", "sha256", "split"], items, release=release)
