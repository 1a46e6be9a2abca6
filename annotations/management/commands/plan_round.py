"""`manage.py plan_round PROJECT --annotators a,b,c --overlap K`: give articles to annotators."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotations.assignment.errors import AssignmentError
from annotations.assignment.services import plan_round
from annotations.models import PLANNED_KINDS, Project, RoundKind, User
from annotations.projects.archived import ProjectArchivedError


class Command(BaseCommand):
    """Plans a round of the articles that no round of its kind has yet."""

    help = "Plan a round: every article that no round of this kind has yet, wanted from K annotators each."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", metavar="PROJECT", help="The project's slug or number.")
        parser.add_argument(
            "--annotators",
            required=True,
            metavar="A,B,C",
            help="Their e-mail addresses, with commas between.",
        )
        parser.add_argument(
            "--overlap", required=True, type=int, metavar="K", help="How many annotate each article."
        )
        parser.add_argument(
            "--kind", choices=[kind.value for kind in PLANNED_KINDS], default=RoundKind.PRODUCTION.value
        )
        parser.add_argument(
            "--limit", type=int, metavar="N", help="At most so many articles, drawn at random by the seed."
        )
        parser.add_argument(
            "--seed", type=int, help="Fixes every random choice; drawn and kept where it is not given."
        )
        parser.add_argument("--json", action="store_true", help="One JSON document on stdout, nothing else.")

    def handle(self, *_: Any, **options: Any) -> None:
        project = Project.objects.find(options["project"])
        if project is None:
            known = ", ".join(Project.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no project {options['project']!r}. Projects: {known}.")
        try:
            round_ = plan_round(
                project,
                annotators=find_annotators(options["annotators"]),
                overlap=options["overlap"],
                kind=options["kind"],
                limit=options["limit"],
                seed=options["seed"],
                by=None,
            )
        except (AssignmentError, ProjectArchivedError) as error:
            raise CommandError(str(error)) from error
        tasks, people = round_.tasks.count(), round_.participants.count()
        if options["json"]:
            planned = {
                "id": round_.pk,
                "number": round_.number,
                "kind": round_.kind,
                "overlap": round_.overlap,
                "seed": round_.seed,
                "tasks": tasks,
                "annotators": people,
            }
            self.stdout.write(json.dumps(planned))
            return
        self.stdout.write(
            f"Planned round {round_.number} of {project} ({round_.kind}): {tasks} tasks for {people} annotators, "
            f"{round_.overlap} on each. The worker fills their queues.",
        )


def find_annotators(addresses: str) -> list[User]:
    """The people with these e-mail addresses, which stand with commas between them."""
    found = []
    for address in filter(None, (part.strip() for part in addresses.split(","))):
        user = User.objects.filter(email__iexact=address).first()
        if user is None:
            raise CommandError(
                f"Nobody has the e-mail address {address!r}: invite them to the project first."
            )
        found.append(user)
    return found
