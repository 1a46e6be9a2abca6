"""Freeze what a project has decided so far."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotations.gold.services import (
    AGAINST_RULES,
    GoldChangingError,
    InvalidReleaseTitleError,
    NothingToReleaseError,
    freeze_release,
)
from annotations.models import Project, Release
from annotations.projects.archived import ProjectArchivedError


class Command(BaseCommand):
    """Freezes the gold that a project has so far."""

    help = "Freeze the gold that a project has so far, with a manifest of checksums."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", metavar="PROJECT", help="the project's slug or number")
        parser.add_argument("--title", required=True, help="what to call the release")
        parser.add_argument(
            "--refuse-unmet",
            action="store_true",
            help="leave out articles that were finished although their gold breaks rules of the scheme",
        )
        parser.add_argument("--json", action="store_true", help="print the manifest as one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        project = Project.objects.find(options["project"])
        if project is None:
            known = ", ".join(Project.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no project {options['project']!r}. Projects: {known}.")
        try:
            release = freeze_release(
                project, title=options["title"], by=None, refuse_unmet=options["refuse_unmet"]
            )
        except (
            GoldChangingError,
            InvalidReleaseTitleError,
            NothingToReleaseError,
            ProjectArchivedError,
        ) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            manifest = {"id": release.pk, "sha256": release.sha256, "manifest": release.manifest}
            self.stdout.write(json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True))
            return
        for line in describe_release(release):
            self.stdout.write(line)


def describe_release(release: Release) -> list[str]:
    """What the command says of a release that was frozen, a line each."""
    counts = release.manifest["counts"]
    lines = [
        f"Froze release {release.project.slug}/{release.number} ({release.title}), id {release.pk}.",
        "  " + ", ".join(f"{counts[name]} {name}" for name in COUNTED),
        f"  checksum of the manifest: {release.sha256}",
    ]
    if counts["unreviewed"]:
        lines.append(f"  {counts['unreviewed']} of them were sampled for review and not yet reviewed")
    if unmet := counts.get("against_rules"):
        lines.append(f"  {unmet} of them were finished although they break rules of the scheme")
    for reason, articles in sorted(release.manifest["left_out"].items()):
        lines.append(f"  left out because {LEFT_OUT[reason]}: {len(articles)} articles")
    if superseded := release.manifest["superseded"]:
        lines.append(
            f"  {len(superseded)} times an article had gold from several rounds: the latest was taken"
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
