"""`manage.py agreement PROJECT`: how far a project's annotators agree."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotations.agreement import AgreementError
from annotations.agreement.command import print_tables
from annotations.agreement.evaluation import SLICES
from annotations.models import Project
from annotations.reliability.services import Options, choose_scope, find_annotators
from annotations.reliability.whole import report_whole


class Command(BaseCommand):
    help = "Agreement between a project's annotators. Documents are named by the numbers of their tasks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", metavar="PROJECT", help="The project's slug or number.")
        parser.add_argument(
            "--metric", action="append", metavar="NAME", help="May be repeated; all metrics if left out."
        )
        parser.add_argument("--by", default="", metavar="SLICES", help=f"Of {','.join(SLICES)}, with commas.")
        parser.add_argument(
            "--round",
            action="append",
            type=int,
            metavar="NUMBER",
            help="May be repeated; all rounds if left out.",
        )
        parser.add_argument(
            "--scheme",
            action="append",
            metavar="IDENTIFIER",
            help="Such as argument-v1: the rounds that were planned with it. May be repeated.",
        )
        parser.add_argument(
            "--annotator", action="append", metavar="EMAIL", help="May be repeated; everybody if left out."
        )
        parser.add_argument(
            "--label", action="append", metavar="LABEL", help="May be repeated; all labels if left out."
        )
        parser.add_argument(
            "--count-all-blocks", action="store_true", help="Also those that the project leaves out."
        )
        parser.add_argument("--confidence", type=float, default=0.95, help="Of the intervals (default 0.95).")
        parser.add_argument(
            "--samples", type=int, default=1000, help="Bootstrap resamples; 0 for no intervals."
        )
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--unit", default="character", choices=("character", "token", "word"))
        output = parser.add_mutually_exclusive_group()
        output.add_argument("--json", action="store_true", help="One JSON document on stdout, nothing else.")
        output.add_argument("--csv", action="store_true", help="A line a figure on stdout, nothing else.")

    def handle(self, *_: Any, **options: Any) -> None:
        project = Project.objects.find(options["project"])
        if project is None:
            raise CommandError(f"There is no project {options['project']!r}.")
        emails = options["annotator"]
        try:
            scope = choose_scope(
                project,
                rounds=options["round"],
                annotators=None if emails is None else find_annotators(project, emails),
                labels=options["label"],
                uncounted=() if options["count_all_blocks"] else None,
                schemes=options["scheme"],
            )
            found = report_whole(
                project,
                scope,
                metrics=options["metric"],
                by=[name.strip() for name in options["by"].split(",") if name.strip()],
                options=Options(
                    confidence=options["confidence"],
                    samples=options["samples"],
                    seed=options["seed"],
                    unit=options["unit"],
                ),
                with_fields=options["metric"] is None,
            )
        except AgreementError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(found.to_json(), allow_nan=False, ensure_ascii=False, indent=2))
        elif options["csv"]:
            self.stdout.write(found.to_csv(), ending="")
        else:
            print_tables(found.spans)
            for one in found.fields:
                print_tables(one.report, title=f"The article as a whole: {one.field.title}")
