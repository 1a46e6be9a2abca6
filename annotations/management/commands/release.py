"""Freeze what a project has decided so far."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import Progress

from annotations.gold.card import describe_obstacles
from annotations.gold.choice import AGAINST_RULES
from annotations.gold.drafts import discard_draft, find_draft, read_draft, save_draft
from annotations.gold.leakage import count_near
from annotations.gold.obstacles import NotCompleteError
from annotations.gold.services import (
    GoldChangingError,
    ReleaseNotFrozenError,
    ReleaseUnderWayError,
    ask_for_wanted,
    await_release,
    rehearse_release,
)
from annotations.gold.splits import InvalidSplitError, SplitPlan, plan_splits
from annotations.gold.versions import InvalidVersionError, describe_version
from annotations.gold.wanted import (
    InvalidReleaseTitleError,
    NothingToReleaseError,
    ReleaseWordsTooLongError,
    WantedRelease,
)
from annotations.models import Job, Project, Release, ReleaseDraft
from annotations.plurals import count_things
from annotations.projects.archived import ProjectArchivedError


class Command(BaseCommand):
    """Freezes the gold that a project has so far."""

    help = "Freeze the gold that a project has so far, with a manifest of checksums."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", metavar="PROJECT", help="the project's slug or number")
        parser.add_argument("--title", help="what to call the release")
        parser.add_argument(
            "--draft",
            action="store_true",
            help="freeze nothing, and keep what is said here as the draft of the next release, in place of an earlier one",
        )
        parser.add_argument(
            "--from-draft", action="store_true", help="freeze what the draft says, which uses it up"
        )
        parser.add_argument("--discard-draft", action="store_true", help="throw the draft away")
        parser.add_argument(
            "--refuse-unmet",
            action="store_true",
            help="leave out articles that were finished although their gold breaks rules of the scheme",
        )
        parser.add_argument(
            "--release-version",
            default="",
            metavar="VERSION",
            help="three numbers, as in 1.2.0; by default the one that follows from what changed",
        )
        parser.add_argument(
            "--exception",
            default="",
            metavar="REASON",
            help="why it is frozen although tasks are open, gold breaks rules, or something is in quarantine, which is refused otherwise",
        )
        parser.add_argument(
            "--notes", default="", help="what is new in it; they stand in the manifest and on the card"
        )
        add_split_arguments(parser)
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="say what the release would be, with its version and what is open, and freeze nothing",
        )
        parser.add_argument("--json", action="store_true", help="print the manifest as one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        project = Project.objects.find(options["project"])
        if project is None:
            known = ", ".join(Project.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no project {options['project']!r}. Projects: {known}.")
        try:
            if options["discard_draft"]:
                discard_draft(_find_draft(project), by=None)
                self.stdout.write(f"Discarded the draft of the next release of {project.slug}.")
                return
            wanted = _read_wanted(project, options)
            if options["draft"]:
                save_draft(project, wanted, by=None)
                self.stdout.write(f"Kept the draft of the next release of {project.slug} ({wanted.title}).")
                return
            if options["dry_run"]:
                self._show_dry_run(rehearse_release(project, wanted), as_json=options["json"])
                return
            with _show_progress() as watch:
                release = await_release(ask_for_wanted(project, wanted, by=None), watch=watch)
        except (
            GoldChangingError,
            InvalidReleaseTitleError,
            InvalidSplitError,
            InvalidVersionError,
            NotCompleteError,
            NothingToReleaseError,
            ProjectArchivedError,
            ReleaseNotFrozenError,
            ReleaseUnderWayError,
            ReleaseWordsTooLongError,
        ) as error:
            raise CommandError(str(error)) from error
        if release is None:
            raise CommandError("A worker took the job over: the page of the releases shows how far it is.")
        if wanted.exception and "obstacles" not in release.manifest:
            self.stderr.write("Nothing is open, so no exception is on record.")
        if options["json"]:
            manifest = {"id": release.pk, "sha256": release.sha256, "manifest": release.manifest}
            self.stdout.write(json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True))
            return
        for line in describe_release(release):
            self.stdout.write(line)

    def _show_dry_run(self, manifest: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(
                json.dumps({"manifest": manifest}, ensure_ascii=False, indent=2, sort_keys=True)
            )
            return
        self.stdout.write(f"Release {manifest['number']} ({manifest['title']}) would be:")
        for line in describe_manifest(manifest):
            self.stdout.write(line)
        if obstacles := manifest.get("obstacles"):
            self.stdout.write(
                f"  open: {describe_obstacles(obstacles)}; it is frozen with an exception alone (--exception)"
            )


def _read_wanted(project: Project, options: dict[str, Any]) -> WantedRelease:
    """What the options ask for, or the draft where they say so."""
    if options["from_draft"]:
        if options["title"] or options["draft"]:
            raise CommandError(
                "A draft says all of its release: leave out --title and --draft, or --from-draft."
            )
        return read_draft(_find_draft(project))
    if not options["title"]:
        raise CommandError("Give the release a --title, or freeze the draft with --from-draft.")
    return WantedRelease(
        options["title"].strip(),
        refuse_unmet=options["refuse_unmet"],
        splits=read_plan(options),
        version=options["release_version"],
        exception=options["exception"],
        notes=options["notes"].strip(),
    )


def _find_draft(project: Project) -> ReleaseDraft:
    draft = find_draft(project)
    if draft is None:
        raise CommandError(f"{project.slug} has no draft of a release: keep one with --draft.")
    return draft


@contextmanager
def _show_progress() -> Iterator[Callable[[Job], None]]:
    """A bar on a terminal that moves as the job gets ahead."""
    console = Console(file=sys.stderr)
    with Progress(console=console, transient=True, disable=not sys.stderr.isatty()) as progress:
        bar = progress.add_task("Freezing", total=None)
        yield lambda job: progress.update(
            bar, description=job.message or "Freezing", completed=job.done, total=job.total
        )


def add_split_arguments(parser: CommandParser) -> None:
    """Let a command ask how a release is to be divided."""
    parts = parser.add_mutually_exclusive_group()
    parts.add_argument(
        "--split",
        metavar="SHARES",
        help="divide it: 80/10/10 is train, dev and test; or name=share,name=share",
    )
    parts.add_argument("--folds", type=int, metavar="K", help="divide it into so many folds of one size")
    parser.add_argument("--seed", type=int, default=0, help="of the drawing; the same gives the same parts")
    parser.add_argument(
        "--split-copies", action="store_true", help="let copies of an article come into several parts"
    )
    parser.add_argument(
        "--group-by",
        default="",
        metavar="COLUMN",
        help="keep articles of one value of a column of metadata together, such as author; source is the file or the site that an article came from, where its metadata do not say it",
    )
    parser.add_argument(
        "--by-time",
        default="",
        metavar="COLUMN",
        help="the earliest first, by the dates of a column (2026-11-26)",
    )
    parser.add_argument("--no-stratify", action="store_true", help="do not spread labels alike")


def read_plan(options: dict[str, Any]) -> SplitPlan | None:
    """The plan that the options of a command ask for, if they do."""
    if not options["split"] and options["folds"] is None:
        return None
    return plan_splits(
        shares=options["split"] or "",
        folds=options["folds"] or 0,
        seed=options["seed"],
        keeps_copies=not options["split_copies"],
        group_by=options["group_by"],
        time=options["by_time"],
        is_stratified=not options["no_stratify"],
    )


def describe_release(release: Release) -> list[str]:
    """What the command says of a release that was frozen, a line each."""
    first, *more = describe_manifest(release.manifest)
    return [
        f"Froze release {release.project.slug}/{release.number} ({release.title}), id {release.pk}.",
        first,
        f"  checksum of the manifest: {release.sha256}",
        *more,
    ]


def describe_manifest(manifest: dict[str, Any]) -> list[str]:
    """What is in a release, a line each."""
    counts = manifest["counts"]
    lines = [
        "  " + ", ".join(f"{counts[name]} {name}" for name in COUNTED),
        f"  version {describe_version(manifest)}",
    ]
    if counts["unreviewed"]:
        lines.append(f"  {counts['unreviewed']} of them were sampled for review and not yet reviewed")
    if unmet := counts.get("against_rules"):
        lines.append(f"  {unmet} of them were finished although they break rules of the scheme")
    for reason, articles in sorted(manifest["left_out"].items()):
        lines.append(f"  left out because {LEFT_OUT[reason]}: {count_things(len(articles), 'article')}")
    if superseded := manifest["superseded"]:
        lines.append(
            f"  {count_things(len(superseded), 'article')} had gold from several rounds: the latest was taken"
        )
    if splits := manifest.get("splits"):
        sides = splits["sides"]
        numbers = ", ".join(
            f"{part['name']} {sides.get(part['name'], {'articles': 0})['articles']}"
            for part in splits["plan"]["parts"]
        )
        near = count_near(splits["leakage"])
        lines.append(
            f"  divided into {numbers}; {count_things(splits['carried'], 'article stays', 'articles stay')} in the part of an earlier release"
        )
        lines.append(
            f"  {count_things(near, 'article shares', 'articles share')} half or more of the text with one of another part"
        )
    return lines


COUNTED = ("articles", "spans", "relations", "annotations", "decisions")
LEFT_OUT = {
    "open": "they are being annotated",
    "annotated": "they await adjudication",
    "adjudicated": "their gold is gone",
    "cancelled": "their task was cancelled",
    "excluded": "they are excluded",
    "not planned": "no round has them",
    AGAINST_RULES: "they were finished although they break rules of the scheme",
}
