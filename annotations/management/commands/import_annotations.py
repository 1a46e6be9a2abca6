"""`manage.py import_annotations PROJECT PATH...`: annotations made elsewhere into a project."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.text import slugify
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from annotations.corpus.annotated.people import UnknownMemberError
from annotations.corpus.annotated.report import AnnotatedReport
from annotations.corpus.annotated.services import AnnotatedOptions, UndecidedError, import_annotations
from annotations.corpus.errors import ImportUnderWayError
from annotations.formats.errors import Refusal, RefusedError
from annotations.formats.registry import list_annotation_formats
from annotations.formats.sources import list_sources
from annotations.limits import (
    MAX_ANNOTATION_FILES,
    MAX_MAPPING_LENGTH,
    MAX_ROUND_NAME_LENGTH,
    MAX_UNASKED_TEXT_LENGTH,
)
from annotations.mapping.definition import InvalidMappingError, MarkupMapping, load_mapping, write_mapping
from annotations.mapping.found import Found, survey_sources
from annotations.mapping.making import MadeScheme, SchemeNotMadeError, list_derived, make_scheme
from annotations.mapping.proposal import map_exactly, propose_mapping
from annotations.models import ImportedAs, Project, User
from annotations.plurals import count_things
from annotations.projects.archived import ProjectArchivedError
from annotations.projects.starting import SchemeNotLaterError, adopt_scheme, create_project, store_scheme
from annotations.schemes.table import InvalidSchemeError

MAX_LINES = 20
STDOUT = "-"
REFUSALS = (
    RefusedError,
    ImportUnderWayError,
    ProjectArchivedError,
    UnknownMemberError,
    InvalidMappingError,
    SchemeNotMadeError,
    InvalidSchemeError,
    SchemeNotLaterError,
)


class Command(BaseCommand):
    """Imports texts with their annotations, and says what became of each."""

    requires_system_checks = ()
    """A server checks its pages when it starts; here that would load all of them to use none."""

    help = f"Import annotations made elsewhere, with their texts. {list_annotation_formats()}."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "project",
            metavar="PROJECT",
            help="The project's slug or number; with --make-scheme also the name of a new one.",
        )
        parser.add_argument(
            "paths", metavar="PATH", nargs="+", type=Path, help="Files, folders or ZIP archives."
        )
        parser.add_argument(
            "--mapping", metavar="FILE", type=Path, help="What becomes of each thing that is found, as TOML."
        )
        parser.add_argument(
            "--write-mapping",
            metavar="FILE",
            help="Write a first proposal of a mapping to look over, and import nothing; “-” writes it on stdout.",
        )
        parser.add_argument(
            "--make-scheme",
            action="store_true",
            help="Make a scheme of what is found, for a project without rounds or a new one.",
        )
        parser.add_argument("--manager", metavar="EMAIL", help="Who manages a new project.")
        parser.add_argument(
            "--as",
            dest="imported_as",
            choices=ImportedAs.values,
            default=ImportedAs.ANNOTATIONS.value,
            help="What they become: what annotators submitted (the default), gold, or predictions of models.",
        )
        parser.add_argument(
            "--round", metavar="NAME", default="", help="What the round of them is called, beside its number."
        )
        parser.add_argument(
            "--model",
            metavar="NAME",
            action="append",
            default=[],
            help="Read the predictions of this model as what it marked.",
        )
        parser.add_argument(
            "--long-texts",
            action="store_true",
            help=f"Take texts of more than {MAX_UNASKED_TEXT_LENGTH:,} characters as one article each.",
        )
        parser.add_argument(
            "--no-atomic",
            dest="atomic",
            action="store_false",
            help="Import what fits even if something does not; what does not goes to quarantine.",
        )
        parser.add_argument("--json", action="store_true", help="One JSON document on stdout, nothing else.")

    def handle(self, *_: Any, **options: Any) -> None:
        paths: list[Path] = options["paths"]
        if len(paths) > MAX_ANNOTATION_FILES:
            raise CommandError(
                f"Give at most {MAX_ANNOTATION_FILES:,} files at once; a folder or a ZIP counts as one."
            )
        if len(options["round"]) > MAX_ROUND_NAME_LENGTH:
            raise CommandError(f"The name of a round has at most {MAX_ROUND_NAME_LENGTH} characters.")
        sources = list_sources(paths)
        chosen = AnnotatedOptions(
            imported_as=ImportedAs(options["imported_as"]),
            round_name=" ".join(options["round"].split()),
            is_atomic=options["atomic"],
            takes_long_texts=options["long_texts"],
            models=frozenset(options["model"]),
        )
        try:
            with _progress("Reading") as advance:
                found = survey_sources(
                    sources, chosen.reading, looks_at_words=options["make_scheme"], advance=advance
                )
            if options["make_scheme"]:
                project, mapping = self._make_scheme(found, options)
            else:
                project = _find_project(options["project"])
                if options["write_mapping"]:
                    self._propose(found, project, options["write_mapping"])
                    return
                mapping = _choose_mapping(found, project, options["mapping"])
            with _progress("Importing") as advance:
                report = import_annotations(
                    project, sources, found=found, mapping=mapping, by=None, options=chosen, advance=advance
                )
        except UndecidedError as error:
            raise CommandError(_explain_undecided(error, options)) from error
        except REFUSALS as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(report.to_json(), ensure_ascii=False, indent=2))
        else:
            of_models = chosen.imported_as == ImportedAs.PREDICTIONS
            self._print(report, project, found, "prediction" if of_models else "annotation")
        if report.problem_count and chosen.is_atomic:
            raise CommandError(_explain_problems(report))

    def _propose(self, found: Found, project: Project, place: str) -> None:
        """Write a mapping for a person to look over."""
        members = _list_members(project)
        self._write(write_mapping(*propose_mapping(found, project.scheme.definition, members=members)), place)

    def _write(self, proposal: str, place: str) -> None:
        if place == STDOUT:
            self.stdout.write(proposal)
            return
        try:
            with Path(place).open("x", encoding="utf-8") as file:
                file.write(proposal)
        except FileExistsError as error:
            raise CommandError(f"{place} is there already: name another file, or remove it.") from error
        except OSError as error:
            raise CommandError(f"{place} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"Wrote {place}: look it over, then import with --mapping {place}.")

    def _make_scheme(self, found: Found, options: dict[str, Any]) -> tuple[Project, MarkupMapping]:
        """Make a scheme of what was found for a project that has no rounds, or for a new one."""
        if options["mapping"] or options["write_mapping"]:
            raise CommandError(
                "A scheme that is made of what is found needs no mapping: leave one of both out."
            )
        project = Project.objects.find(options["project"])
        made = _make_for(project, found, options["project"])
        if project is None:
            manager = User.objects.filter(email__iexact=options["manager"] or "").first()
            if manager is None:
                raise CommandError(
                    f"There is no project {options['project']!r} yet. To start one of this name, say who manages it: "
                    "--manager EMAIL of somebody who has an account."
                )
            project = create_project(
                name=options["project"], scheme=store_scheme(made.definition, by=None), by=manager
            )
            project.refresh_from_db()
        elif project.rounds.exists():
            raise CommandError(
                f"{project} has rounds, whose scheme stays: map onto it (--write-mapping FILE), or name a new project."
            )
        elif made.scheme.sha256 != project.scheme.sha256:
            adopt_scheme(project, made.definition, by=None)
        if not options["json"]:
            self.stdout.write(f"The scheme {made.scheme.identifier} was made of what was found:")
            for line in list_derived(made.scheme):
                self.stdout.write(f"  {line}")
        return project, made.mapping

    def _print(self, report: AnnotatedReport, project: Project, found: Found, what: str) -> None:
        if report.is_published:
            self.stdout.write(
                f"Imported {count_things(report.new_annotations, what)} of {count_things(report.new_articles, 'new article')} "
                f"and {report.known_articles} that were there, {_name_round(report, what)} of {project}."
            )
            for name, number in sorted(report.by_annotator.items()):
                self.stdout.write(f"  {name}: {count_things(number, 'document')}")
            parts = ", ".join(f"{number:,} {what}" for what, number in report.parts.items() if number)
            self.stdout.write(f"  with {parts or 'nothing marked'}")
        elif not report.problem_count:
            self.stdout.write(
                f"Nothing is new: {count_things(report.known_annotations, what)} of "
                f"{count_things(report.known_articles, 'article')} are there already, so nothing was changed."
            )
        if report.is_published and report.known_annotations:
            self.stdout.write(
                f"Already there, so left alone: {count_things(report.known_annotations, what)}."
            )
        if report.without_judgement:
            self.stdout.write(
                f"Nobody annotated {count_things(report.without_judgement, 'document')}: only the texts came in."
            )
        _list(
            self.stdout.write, "Left out", [f"{number:,} {what}" for what, number in report.left_out.items()]
        )
        unmet = [
            f"{number:,} {words}, first at {report.unmet_examples[words].place}: {report.unmet_examples[words].message}"
            for words, number in report.unmet.items()
        ]
        if report.is_published:
            _list(self.stdout.write, "Kept, though the scheme asks for more", unmet)
        _list(
            self.stdout.write, "Look at", [f"{notice.place}: {notice.message}" for notice in report.notices]
        )
        if report.is_published and report.problem_count:
            kept = "was left out" if what == "prediction" else "went to quarantine"
            _list(self.stdout.write, f"Did not fit, and {kept}", _name_problems(report))
        if found.are_offsets_utf16 and report.problem_count:
            self.stdout.write(
                'All spans that read otherwise than they say read so in UTF-16 units: say offsets = "utf16" in a mapping.'
            )
        if report.is_published and what == "annotation":
            self.stdout.write(
                f"Agreement: manage.py agreement {project.slug}, or the page /projects/{project.slug}/agreement/."
            )


def _make_for(project: Project | None, found: Found, name: str) -> MadeScheme:
    """The scheme of what was found: the one that a project has, where it says just that, or else its next version."""
    if project is None:
        stem = slugify(name).lower().lstrip("0123456789-_") or "made"
        return make_scheme(found, name=stem, title=name)
    scheme = project.scheme.definition
    same = make_scheme(found, name=scheme.name, title=scheme.title, version=scheme.version)
    if same.scheme.sha256 == scheme.sha256:
        return same
    return make_scheme(found, name=scheme.name, title=project.name, version=scheme.version + 1)


def _choose_mapping(found: Found, project: Project, path: Path | None) -> MarkupMapping:
    """The mapping of a file, or else what has the very name of something in the scheme."""
    if path is not None:
        return load_mapping(_read(path))
    return map_exactly(found, project.scheme.definition, members=_list_members(project))


def _list_members(project: Project) -> list[str]:
    return list(User.objects.filter(memberships__project=project).values_list("email", flat=True))


def _name_round(report: AnnotatedReport, what: str) -> str:
    if what == "prediction":
        return "as predictions"
    return f"as round {report.round_number}" if report.round_number else "without a round"


def _find_project(name: str) -> Project:
    project = Project.objects.find(name)
    if project is None:
        slugs = (
            Project.objects.live()
            .exclude(held_import__isnull=False)
            .order_by("slug")
            .values_list("slug", flat=True)
        )
        raise CommandError(
            f"There is no project {name!r}. Projects: {', '.join(slugs[:MAX_LINES]) or 'none yet'}. "
            "To start one with a scheme made of what is found: --make-scheme --manager EMAIL."
        )
    return project


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > 4 * MAX_MAPPING_LENGTH:
            raise CommandError(f"{path} is too large to be a mapping.")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror
        raise CommandError(f"The mapping {path} cannot be read: {reason}.") from error


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int], None]]:
    """Show how many documents and characters are dealt with, where somebody looks."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    console = Console(file=sys.stderr)
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as progress:
        bar = progress.add_task(what, total=None)
        documents = characters = 0

        def advance(size: int) -> None:
            nonlocal documents, characters
            documents += 1
            characters += size
            progress.update(
                bar,
                description=f"{what}: {count_things(documents, 'document')}, {count_things(characters, 'character')}",
            )

        yield advance


def _explain_undecided(error: UndecidedError, options: dict[str, Any]) -> str:
    lines = ["Nothing was imported. It is still to be said:"]
    lines += [f"  {one}" for one in error.undecided[:MAX_LINES]]
    if len(error.undecided) > MAX_LINES:
        lines.append(f"  and {len(error.undecided) - MAX_LINES} more")
    lines.append(
        f"Mend {options['mapping']}."
        if options["mapping"]
        else "Have a mapping proposed with --write-mapping FILE, look it over, and import with --mapping FILE."
    )
    return "\n".join(lines)


def _explain_problems(report: AnnotatedReport) -> str:
    lines = _name_problems(report)
    lines.append(
        "Nothing was imported. Correct these, or say --no-atomic to import the rest; what does not fit then goes to quarantine."
    )
    return "\n".join(lines)


def _name_problems(report: AnnotatedReport) -> list[str]:
    problems: Sequence[Refusal] = [*report.refused, *report.misfits]
    lines = [f"{one.place}: {one.message}" for one in problems[:MAX_LINES]]
    if report.problem_count > MAX_LINES:
        lines.append(f"and {report.problem_count - MAX_LINES:,} more; --json names {len(problems):,} of them")
    return lines


def _list(write: Callable[[str], Any], title: str, lines: Sequence[str]) -> None:
    if lines:
        write(f"{title}:")
    for line in lines[:MAX_LINES]:
        write(f"  {line}")
    if len(lines) > MAX_LINES:
        write(f"  and {len(lines) - MAX_LINES:,} more; --json lists them all")
