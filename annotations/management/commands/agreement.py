"""`manage.py agreement PROJECT`: how far a project's annotators agree."""

import json
from dataclasses import replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotations.agreement import AgreementError
from annotations.agreement.command_line.arguments import add_arguments, read_names
from annotations.agreement.command_line.command import print_against, print_tables
from annotations.agreement.command_line.models import add_test_arguments, print_models
from annotations.agreement.questions.alternative import SCORES_OF_SPANS
from annotations.management.agreement_summary import print_summary
from annotations.management.agreement_tables import print_parts, print_words
from annotations.models import Project
from annotations.reliability.counting import Options
from annotations.reliability.full_report import MAIN_METRIC, PARTS, WholeReport, report_whole
from annotations.reliability.models_apart import TestOptions
from annotations.reliability.reference import GOLD, find_reference, hold_against
from annotations.reliability.report_csv import write_csv
from annotations.reliability.selection import choose_selection, find_annotators


class Command(BaseCommand):
    """Measures agreement between the annotators of a project, as a table or as JSON."""

    help = "Agreement between a project's annotators. Documents are named by the numbers of their tasks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", metavar="PROJECT", help="The project's slug or number.")
        add_arguments(parser)
        parser.add_argument(
            "--with",
            type=read_names,
            default=[],
            metavar="PARTS",
            help=f"What else to report, of {','.join(PARTS)}, with commas; "
            "of the metrics named, or of the strict F1 where none is.",
        )
        compared = parser.add_argument_group("what to compare")
        compared.add_argument(
            "--round",
            action="append",
            type=int,
            metavar="NUMBER",
            help="May be repeated; all rounds if left out.",
        )
        compared.add_argument(
            "--scheme",
            action="append",
            metavar="IDENTIFIER",
            help="Such as argument-v1: the rounds that were planned with it. May be repeated.",
        )
        compared.add_argument(
            "--annotator", action="append", metavar="EMAIL", help="May be repeated; everybody if left out."
        )
        compared.add_argument(
            "--label", action="append", metavar="LABEL", help="May be repeated; all labels if left out."
        )
        compared.add_argument(
            "--models-as-people",
            action="store_true",
            help="Count the annotators who are models like everybody else, instead of showing them apart.",
        )
        parser.add_argument(
            "--reference",
            metavar="EMAIL",
            help="Hold everybody's spans, those of models too, against this annotator's, or against the gold "
            f"({GOLD!r}): precision, recall, and which spans are missed or spurious.",
        )
        add_test_arguments(parser, scores=SCORES_OF_SPANS)
        compared.add_argument(
            "--count-all-blocks", action="store_true", help="Also those that the project leaves out."
        )
        output = parser.add_mutually_exclusive_group()
        output.add_argument(
            "--detailed",
            action="store_true",
            help="Every figure with its words, instead of the short answer.",
        )
        output.add_argument("--json", action="store_true", help="One JSON document on stdout, nothing else.")
        output.add_argument("--csv", action="store_true", help="A line a figure on stdout, nothing else.")

    def handle(self, *_: Any, **options: Any) -> None:
        project = Project.objects.find(options["project"])
        if project is None:
            raise CommandError(f"There is no project {options['project']!r}.")
        try:
            found = _report(project, options)
        except AgreementError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(found.to_json(), allow_nan=False, ensure_ascii=False, indent=2))
        elif options["csv"]:
            self.stdout.write(write_csv(found), ending="")
        elif _is_short(options):
            print_summary(found, project.slug)
        else:
            print_tables(found.spans)
            if found.against is not None:
                for name, senses in found.against.by_name().items():
                    print_against(found.against.reference, name, senses)
            print_models(found.spans, found.alternative_test or {})
            print_words(found)
            for one in found.fields:
                print_tables(one.report, title=f"The article as a whole: {one.field.title}")
            print_parts(found)


def _is_short(options: dict[str, Any]) -> bool:
    """Whether somebody wants to know how far people agree, and named no figure, file or comparison."""
    named = ("metric", "by", "with", "reference", "json", "csv", "detailed")
    return not any(options[name] for name in named)


def _report(project: Project, options: dict[str, Any]) -> WholeReport:
    emails = options["annotator"]
    is_short = _is_short(options)
    selection = choose_selection(
        project,
        rounds=options["round"],
        annotators=None if emails is None else find_annotators(project, emails),
        labels=options["label"],
        uncounted=() if options["count_all_blocks"] else None,
        schemes=options["scheme"],
        models_as_people=options["models_as_people"],
    )
    chosen = Options.read(options)
    found = report_whole(
        project,
        selection,
        metrics=[MAIN_METRIC] if is_short else options["metric"],
        by=["label"] if is_short else options["by"],
        options=chosen,
        with_fields=options["metric"] is None,
        parts=options["with"],
        test=TestOptions.read(options),
    )
    if options["reference"] is None:
        return found
    reference = find_reference(project, options["reference"])
    return replace(found, against=hold_against(project, selection, reference=reference, options=chosen))
