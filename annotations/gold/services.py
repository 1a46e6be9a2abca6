"""Freezing releases: the gold of a project, chosen, read, numbered and kept for good."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import TextIO

from django.db import transaction
from django.db.models import Max

from annotations import __version__
from annotations.formats.canonical import checksum, checksum_text
from annotations.formats.jsonl import JSONL
from annotations.gold.files import ask_for_file
from annotations.gold.manifest import ManifestBuilder
from annotations.gold.records import GoldGoneError, read_gold
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

MAXIMUM_TITLE = 200
ATTEMPTS = 5
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


def freeze_release(project: Project, *, title: str, by: User | None, refuse_unmet: bool = False) -> Release:
    """Freeze all gold that the project has so far; where several rounds decided an article, the latest gold wins.

    `refuse_unmet` leaves out the gold that was finished although it breaks rules of the scheme.
    The records are read before the transaction that writes them: each names the revisions and decisions that it
    comes from, so it stays true whatever is decided meanwhile, and nobody waits for a large release.
    """
    check_live(project)
    title = title.strip()
    if not 0 < len(title) <= MAXIMUM_TITLE:
        raise InvalidReleaseTitleError(f"give the release a title of 1 to {MAXIMUM_TITLE} characters")
    with TemporaryFile("w+", encoding="utf-8", newline="\n") as lines:
        draft = _draft_release(project, lines, refuse_unmet=refuse_unmet)
        lines.seek(0)
        return _publish_release(project, draft, lines, title=title, by=by)


@dataclass(frozen=True, slots=True)
class Draft:
    """A release that lacks its number: the records are in a file, a line each, in the order of the articles."""

    builder: ManifestBuilder
    choice: ChosenGold
    articles: list[int]
    checksums: list[str]
    unreviewed: int

    def list_items(self, lines: Iterable[str]) -> Iterator[tuple[int, int, str, str]]:
        """The ordinal, the article, the record and its checksum of each item; its checksum was taken as it was read."""
        rows = zip(self.articles, lines, self.checksums, strict=True)
        for ordinal, (article, line, digest) in enumerate(rows, start=1):
            yield ordinal, article, line.removesuffix("\n"), digest


def _draft_release(project: Project, lines: TextIO, *, refuse_unmet: bool) -> Draft:
    for _ in range(ATTEMPTS):
        choice = _choose_gold(project, refuse_unmet=refuse_unmet)
        if not choice.gold_ids:
            raise NothingToReleaseError(
                f"{project} has no gold yet: a release needs at least one task that is adjudicated or unanimous",
            )
        builder, articles, checksums, unreviewed = ManifestBuilder(), [], [], 0
        lines.seek(0)
        lines.truncate()
        try:
            for gold in read_gold(choice.gold_ids):
                builder.add(gold.line)
                lines.write(gold.line + "\n")
                articles.append(gold.article)
                checksums.append(checksum_text(gold.line))
                unreviewed += gold.needs_review
        except GoldGoneError:
            continue
        return Draft(builder, choice, articles, checksums, unreviewed)
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
    _store_items(release, draft.list_items(lines))
    ask_for_file(release, JSONL.name)
    Event.objects.record("froze", release, actor=by, project=project, sha256=release.sha256)
    return release


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


def _store_items(release: Release, items: Iterable[tuple[int, int, str, str]]) -> None:
    """Store the items of a release: the ordinal, the article, the record and its checksum of each."""
    insert_rows(ReleaseItem, ["ordinal", "article_id", "record", "sha256"], items, release=release)
