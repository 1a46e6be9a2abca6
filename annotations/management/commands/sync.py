"""`manage.py sync [PROJECT]`: bring the record in line with the Studio."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import Progress

from annotations.collection.ports import StudioRefusedError, StudioUnavailableError
from annotations.collection.services import ReconcileReport, connect_studio, reconcile
from annotations.models import Project

FOUND = {
    "missed": "submissions that had been missed",
    "changed": "submissions that had changed",
    "skipped": "skips",
    "deleted": "annotations deleted in the Studio (our last revision stays in force)",
    "adopted": "studio tasks that a crash had left unknown",
    "missing": "tasks that were gone from the Studio",
    "removed": "studio tasks removed that nobody should have any more",
    "imported": "tasks brought into the Studio",
}


class Command(BaseCommand):
    """Compares the record with the Studio, and repairs what differs."""

    help = "Compare the record with the Studio and put right what differs; safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "project", metavar="PROJECT", nargs="?", help="The project's slug or number; all without it."
        )
        parser.add_argument("--json", action="store_true", help="One JSON document on stdout, nothing else.")

    def handle(self, *_: Any, **options: Any) -> None:
        project = None
        if options["project"] is not None:
            project = Project.objects.find(options["project"])
            if project is None:
                known = (
                    ", ".join(Project.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
                )
                raise CommandError(f"There is no project {options['project']!r}. Projects: {known}.")
        with Progress(
            console=Console(file=sys.stderr), transient=True, disable=not sys.stderr.isatty()
        ) as progress:
            bar = progress.add_task("Comparing")
            try:
                report = reconcile(
                    project,
                    studio=connect_studio(),
                    advance=lambda done, total: progress.update(bar, completed=done, total=total),
                )
            except StudioUnavailableError as error:
                raise CommandError(
                    f"The Studio cannot be reached, so nothing more was compared; what was done so far stays. "
                    f"Start it (`manage.py studio start`) and run this again. {error}",
                ) from error
            except StudioRefusedError as error:
                raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(report.to_json(), ensure_ascii=False))
            return
        for line in describe(report):
            self.stdout.write(line)


def describe(report: ReconcileReport) -> list[str]:
    """What the command says of a comparison with the Studio, a line each."""
    lines = [f"Compared {report.studio_tasks} studio tasks of {report.participants} participants."]
    found = [(getattr(report, name), words) for name, words in FOUND.items()]
    lines += [f"{number:>7} {words}" for number, words in found if number]
    if not report.changes:
        lines.append("Nothing differed.")
    return lines + [f"Note: {remark}" for remark in report.remarks]
