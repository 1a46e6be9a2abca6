"""Look over the installation and its data, and say what to do about what is wrong."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from annotations.management.examination import examine


class Command(BaseCommand):
    """Looks over the installation and its data, and says what to do about what is wrong."""

    help = "Check the installation and the data, and say what to do. Ends with status 1 where something is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print one JSON document and nothing else.")

    def handle(self, **options: Any) -> None:
        findings = list(examine())
        if options["json"]:
            self.stdout.write(json.dumps([finding.to_json() for finding in findings], indent=2))
        else:
            for finding in findings:
                self.stdout.write(f"{'wrong' if finding.advice else 'ok':6} {finding.subject}")
                for line in finding.advice:
                    self.stdout.write(f"       {line}")
        if any(finding.advice for finding in findings):
            raise SystemExit(1)
