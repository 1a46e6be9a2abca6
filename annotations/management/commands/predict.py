"""`manage.py predict PROJECT`: have the articles of a project marked by the rules of the workbench, or by a model."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotations.corpus.predicted.by_rules import NothingToPredictError, ask_for_rules
from annotations.corpus.predicted.by_server import ask_for_server
from annotations.cues.rules import load_rules
from annotations.models import Project
from annotations.projects.archived import ProjectArchivedError


class Command(BaseCommand):
    """Asks for predictions of every article of a project."""

    help = "Have every article of a project marked by the rules of the workbench or by a model, as predictions; the worker does it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", metavar="PROJECT", help="The project's slug or number.")
        parser.add_argument(
            "--server",
            metavar="NAME",
            help="Ask this model server, which MODEL_SERVERS names, instead of the rules.",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        project = Project.objects.find(options["project"])
        if project is None:
            known = ", ".join(Project.objects.live().order_by("slug").values_list("slug", flat=True)[:20])
            raise CommandError(
                f"There is no project {options['project']!r}. Projects: {known or 'none yet'}."
            )
        try:
            server = options["server"]
            job = ask_for_server(project, server, by=None) if server else ask_for_rules(project, by=None)
        except (NothingToPredictError, ProjectArchivedError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Job {job.pk} marks the articles of {project} as “{server or load_rules().name}”; a worker does it (manage.py worker)."
        )
