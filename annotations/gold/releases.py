"""Reading a release as it was frozen, and proving that the tables still give it, byte for byte."""

import json
from collections.abc import Iterator

from django.core.exceptions import ObjectDoesNotExist

from annotations.formats.canonical import checksum, checksum_text, write_canonical
from annotations.formats.record import Record
from annotations.gold.manifest import ManifestBuilder
from annotations.gold.records import rebuild_gold_line
from annotations.gold.splits import SplitArticle, SplitPlan
from annotations.gold.splitting import describe_for_splits, describe_splits
from annotations.models import Release
from annotations.projects.pseudonyms import name_annotators

ITEMS_AT_ONCE = 100


class ReleaseDamagedError(Exception):
    """What is stored of a release is not what was frozen."""


class ReleaseNotRebuiltError(Exception):
    """The tables do not give the release again, byte for byte."""


def rebuild_release(release: Release) -> str:
    """Build a release again from articles, revisions and the ledger as far as it had come, and return its manifest.

    What was decided since does not matter. Raises where a single byte differs, and says of which article.
    """
    stored = release.manifest
    if checksum(stored) != release.sha256:
        raise ReleaseDamagedError(f"the manifest of {release} does not have the checksum it was frozen with")
    builder = ManifestBuilder()
    pseudonyms = name_annotators(release.project)
    splits = stored.get("splits")
    plan = SplitPlan.from_json(splits["plan"]) if splits else None
    divided: list[SplitArticle] = []
    for frozen in read_release(release):
        try:
            line = rebuild_gold_line(frozen, project=release.project, pseudonyms=pseudonyms)
        except (ObjectDoesNotExist, LookupError) as error:
            raise ReleaseNotRebuiltError(f"{_name(frozen)}: what it was made of is gone ({error})") from error
        if line != frozen.to_line():
            raise ReleaseNotRebuiltError(_explain_difference(frozen, line))
        record = builder.add(line)
        if plan is not None:
            divided.append(describe_for_splits(record, plan))
    if plan is not None:
        sides = dict(release.items.order_by("ordinal").values_list("article_id", "split"))
        splits = {**splits, **describe_splits(plan, divided, sides)}
    manifest = write_canonical(
        builder.build(
            project=stored["project"],
            number=stored["number"],
            title=stored["title"],
            workbench_version=stored["workbench_version"],
            unreviewed=stored["counts"]["unreviewed"],
            left_out=stored["left_out"],
            superseded=stored["superseded"],
            splits=splits,
            agreement=stored.get("agreement"),
            agreement_report=stored.get("agreement_report"),
            obstacles=stored.get("obstacles"),
            tombstones=stored.get("tombstones", ()),
            notes=stored.get("notes", ""),
            guidelines=stored.get("guidelines", ()),
            version=stored.get("version"),
            tells_origins="by_origin" in stored["counts"],
        ),
    )
    if manifest != write_canonical(stored):
        raise ReleaseNotRebuiltError(
            f"the articles of {release} are the same, but not their counts or checksums"
        )
    return manifest


def _explain_difference(frozen: Record, rebuilt: str) -> str:
    before, now = frozen.to_json(), json.loads(rebuilt)
    differing = ", ".join(sorted(key for key in before if before[key] != now[key]))
    return f"{_name(frozen)} cannot be rebuilt as it was frozen: its {differing} came out differently"


def _name(record: Record) -> str:
    return f"article {record.article.id} ({record.article.title})"


def read_release(release: Release) -> Iterator[Record]:
    """The records of a release as they were frozen."""
    return map(Record.from_line, read_release_lines(release))


def read_release_lines(release: Release, *, split: str = "") -> Iterator[str]:
    """The records as canonical lines, as they were frozen, each checked against its checksum; or those of some parts alone."""
    items = release.items.filter(split__in=split.split(",")) if split else release.items.all()
    last, is_over = 0, False
    while not is_over:
        page = list(items.filter(ordinal__gt=last).order_by("ordinal")[:ITEMS_AT_ONCE])
        is_over = len(page) < ITEMS_AT_ONCE
        for item in page:
            if checksum_text(item.record) != item.sha256:
                raise ReleaseDamagedError(
                    f"item {item.ordinal} of {release} does not have the checksum it was frozen with; "
                    "restore it from a backup",
                )
            yield item.record
            last = item.ordinal
