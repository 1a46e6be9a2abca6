"""`manage.py import_articles PROJECT PATH...`: files or folders into a project's corpus."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import Progress

from annotations.corpus.errors import ImportUnderWayError
from annotations.corpus.report import ImportReport
from annotations.corpus.services import import_articles
from annotations.formats.errors import RefusedError, Remedy
from annotations.formats.ports import TextOptions
from annotations.formats.registry import OF_TEXTS, list_titles
from annotations.formats.text_files import measure
from annotations.limits import MAX_UNASKED_TEXT_LENGTH
from annotations.models import Project
from annotations.plurals import count_things
from annotations.projects.archived import ProjectArchivedError

MAX_LINES = 20
WAYS = {
    Remedy.ENCODING: "--encoding NAME",
    Remedy.FORMAT: "--source FORMAT",
    Remedy.TEXT_COLUMN: "--text-column NAME",
    Remedy.LONG_TEXTS: "--long-texts",
}
"""How one says on this command line what would help."""


class Command(BaseCommand):
    """Imports articles from files or folders, and says what became of each text."""

    help = f"Import articles from files, or from the files of a folder. {list_titles()}."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", metavar="PROJECT", help="The project's slug or number.")
        parser.add_argument("paths", metavar="PATH", nargs="+", type=Path)
        parser.add_argument(
            "--source",
            choices=[known.name for known in OF_TEXTS],
            help="The format, where the files' suffixes do not tell it.",
        )
        parser.add_argument("--encoding", help="The encoding, where it should not be found by itself.")
        parser.add_argument(
            "--text-column",
            metavar="NAME",
            help="The column of a table, or the key of an object, that holds the text (default: text).",
        )
        parser.add_argument(
            "--long-texts",
            action="store_true",
            help=f"Take texts of more than {MAX_UNASKED_TEXT_LENGTH:,} characters as one article each.",
        )
        parser.add_argument(
            "--atomic", action="store_true", default=True, help="All or nothing (the default)."
        )
        parser.add_argument(
            "--no-atomic",
            dest="atomic",
            action="store_false",
            help="Import the good rows even if some are bad.",
        )
        parser.add_argument(
            "--title-column", metavar="NAME", help="The one that holds the title (default: title)."
        )
        parser.add_argument("--id-column", metavar="NAME", help="The one that holds the id (default: id).")
        parser.add_argument(
            "--leave-out",
            metavar="NAME",
            action="append",
            default=[],
            help="A column that is not kept; may be given several times.",
        )
        parser.add_argument(
            "--preview", action="store_true", help="Say what would be imported, and import nothing."
        )
        parser.add_argument("--json", action="store_true", help="One JSON document on stdout, nothing else.")

    def handle(self, *_: Any, **options: Any) -> None:
        project = Project.objects.find(options["project"])
        if project is None:
            raise CommandError(
                f"There is no project {options['project']!r}. Projects: {', '.join(_name_projects()) or 'none yet'}."
            )
        with Progress(
            console=Console(file=sys.stderr), transient=True, disable=not sys.stderr.isatty()
        ) as progress:
            bar = progress.add_task("Importing", total=_measure(options["paths"], options["source"]))
            try:
                report = import_articles(
                    project,
                    options["paths"],
                    by=None,
                    source=options["source"],
                    options=TextOptions(
                        encoding=options["encoding"],
                        text_column=options["text_column"],
                        title_column=options["title_column"],
                        id_column=options["id_column"],
                        left_out=frozenset(options["leave_out"]),
                        takes_long_texts=options["long_texts"],
                    ),
                    atomic=options["atomic"],
                    is_preview=options["preview"],
                    advance=lambda size: progress.advance(bar, size),
                )
            except (ImportUnderWayError, ProjectArchivedError) as error:
                raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(report.to_json(), ensure_ascii=False, indent=2))
        else:
            self._print(report, verb="Would import" if options["preview"] else "Imported")
        if report.refused:
            raise CommandError(_explain_refusals(report))

    def _print(self, report: ImportReport, *, verb: str) -> None:
        if report.imported:
            self.stdout.write(f"{verb} {count_things(len(report.imported), 'article')}.")
        for made in report.imported:
            if made.warning:
                self.stdout.write(f"  {made.place}: {made.warning}")
        for notice in report.notices[:MAX_LINES]:
            self.stdout.write(f"  {notice.place}: {notice.message}")
        if len(report.notices) > MAX_LINES:
            self.stdout.write(
                f"  and {count_things(len(report.notices) - MAX_LINES, 'more notice')}; --json lists them all"
            )
        if report.already_there:
            self.stdout.write(
                f"Already there, so left alone: {count_things(len(report.already_there), 'article')}."
            )
        for known in report.already_there[:MAX_LINES]:
            self.stdout.write(f"  {known.place} has the same text as {known.first_place}")
        if len(report.already_there) > MAX_LINES:
            self.stdout.write(f"  and {len(report.already_there) - MAX_LINES} more; --json lists them all")


def _explain_refusals(report: ImportReport) -> str:
    lines = [f"{bad.place}: {bad.explain(WAYS)}" for bad in report.refused]
    lines.append(
        "Nothing was imported. Correct these, or say --no-atomic to import the rest."
        if report.is_atomic
        else f"Refused {len(report.refused)}; the rest is imported. Correct these and run it again."
    )
    return "\n".join(lines)


def _name_projects() -> list[str]:
    return list(Project.objects.order_by("slug").values_list("slug", flat=True)[:MAX_LINES])


def _measure(paths: list[Path], source: str | None) -> int:
    """The bytes to read, for the progress bar; what cannot be read is reported by the import itself."""
    total = 0
    for path in paths:
        try:
            total += measure(path, source=source)
        except (OSError, RefusedError):
            continue
    return total
