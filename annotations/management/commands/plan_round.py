"""`manage.py plan_round PROJECT --annotators a,b,c --overlap K`: give articles to annotators."""

import json
from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotations.assignment.errors import AssignmentError
from annotations.assignment.filtering import read_set
from annotations.assignment.ordering import ORDER_NAMES
from annotations.assignment.services import plan_round
from annotations.assignment.taking import Taking
from annotations.corpus.choice import ArticleChoice, ChoiceError
from annotations.models import PLANNED_KINDS, ArticleSet, Predictor, Project, Quiz, RoundKind, User
from annotations.plurals import count_things
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
            "--limit",
            type=int,
            metavar="N",
            help="At most so many articles, at random by the seed where no order is given.",
        )
        parser.add_argument("--set", metavar="NAME", help="Only articles of this named set.")
        parser.add_argument(
            "--order",
            choices=ORDER_NAMES,
            default=ORDER_NAMES[0],
            help="Which are taken first, with --limit.",
        )
        parser.add_argument(
            "--column", default="", metavar="NAME", help="The column of numbers for --order priority."
        )
        parser.add_argument(
            "--one-a-group", action="store_true", help="One of each group of copies before a second of any."
        )
        parser.add_argument(
            "--suggestions",
            metavar="NAME",
            help="Show annotators what this model predicted, as suggestions; they never learn whose they are.",
        )
        parser.add_argument(
            "--due",
            type=_read_day,
            metavar="DAY",
            help="The day by which everything should be submitted, such as 2027-01-31.",
        )
        parser.add_argument(
            "--quiz",
            type=int,
            metavar="N",
            help="The number of the quiz that somebody has to pass before they receive articles.",
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
                taking=Taking(
                    choice=_find_set(project, options["set"]) if options["set"] else ArticleChoice(),
                    order=options["order"],
                    column=options["column"],
                    one_a_group=options["one_a_group"],
                ),
                limit=options["limit"],
                seed=options["seed"],
                suggestions=_find_predictor(project, options["suggestions"]),
                due_on=options["due"],
                quiz=_find_quiz(project, options["quiz"]),
                by=None,
            )
        except (AssignmentError, ChoiceError, ProjectArchivedError) as error:
            raise CommandError(str(error)) from error
        tasks, people = round_.tasks.count(), round_.participants.count()
        if options["json"]:
            planned = {
                "id": round_.pk,
                "number": round_.number,
                "kind": round_.kind,
                "overlap": round_.overlap,
                "seed": round_.seed,
                "due_on": round_.due_on and round_.due_on.isoformat(),
                "quiz": options["quiz"],
                "tasks": tasks,
                "annotators": people,
            }
            self.stdout.write(json.dumps(planned))
            return
        self.stdout.write(
            f"Planned round {round_.number} of {project} ({round_.kind}): {count_things(tasks, 'task')} for {count_things(people, 'annotator')}, "
            f"{round_.overlap} on each. The worker fills their queues.",
        )


def _read_day(word: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError as error:
        raise ArgumentTypeError(f"{word!r} is no day such as 2027-01-31") from error


def _find_set(project: Project, name: str) -> ArticleChoice:
    sets = ArticleSet.objects.filter(project=project)
    found = sets.filter(name=name).first()
    if found is None:
        known = ", ".join(sets.values_list("name", flat=True)) or "none yet"
        raise CommandError(f"There is no set of articles {name!r}. Sets: {known}.")
    return read_set(found)


def _find_predictor(project: Project, name: str | None) -> Predictor | None:
    if name is None:
        return None
    predictors = Predictor.objects.filter(project=project)
    found = predictors.filter(name=name).first()
    if found is None:
        known = ", ".join(predictors.values_list("name", flat=True)) or "none yet"
        raise CommandError(f"There are no predictions of {name!r}. Models: {known}.")
    return found


def _find_quiz(project: Project, number: int | None) -> Quiz | None:
    if number is None:
        return None
    quizzes = Quiz.objects.filter(project=project)
    found = quizzes.filter(number=number).first()
    if found is None:
        known = ", ".join(str(one) for one in quizzes.values_list("number", flat=True)) or "none yet"
        raise CommandError(f"There is no quiz {number}. Quizzes: {known}.")
    return found


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
