"""Forms about rounds and their tasks."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet

from annotations.assignment.deadlines import DueDayError, check_due_day
from annotations.assignment.ordering import ORDERS
from annotations.assignment.taking import Taking
from annotations.corpus.choice import ArticleChoice
from annotations.corpus.known import MOST_OFFERED, list_known_columns
from annotations.corpus.predicted.counting import list_predictors
from annotations.limits import MAX_COLUMN_LENGTH
from annotations.models import PLANNED_KINDS, Assignment, Predictor, Project, Quiz, Role, RoundKind, User
from annotations.plurals import count_things
from annotations.progress.names import sort_by_name
from annotations.web.days import DayField
from annotations.web.known import offer_known

EVERYTHING = ArticleChoice()
PURPOSES: Mapping[RoundKind, str] = {
    RoundKind.CALIBRATION: "trains the team and the guidelines",
    RoundKind.PRODUCTION: "makes the dataset",
    RoundKind.RETEST: "gives known articles again, to see how steady readers are",
}


def say_purposes(unplanned: Mapping[RoundKind, int]) -> list[tuple[str, str]]:
    """The purposes of rounds as choices that say what each is for, and how many articles no round of it has yet.

    >>> say_purposes({RoundKind.CALIBRATION: 0, RoundKind.PRODUCTION: 1, RoundKind.RETEST: 12})[1:]
    [('production', 'Production: makes the dataset (1 article is in none yet)'), ('retest', 'Retest: gives known articles again, to see how steady readers are (12 articles are in none yet)')]
    """
    return [
        (kind.value, f"{kind.label.capitalize()}: {words} ({_say_number(unplanned[kind])})")
        for kind, words in PURPOSES.items()
    ]


def _say_number(number: int) -> str:
    if not number:
        return "all articles are in one"
    return f"{count_things(number, 'article is', 'articles are')} in none yet"


class QuizField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic for the checker alone
    """A choice of the quiz that has to be passed, or of none."""

    def __init__(self) -> None:
        super().__init__(
            label="Quiz to be passed first",
            queryset=Quiz.objects.none(),
            required=False,
            empty_label="none",
            help_text="Whoever has not passed it receives no article of the round; who passes it later receives theirs then.",
        )

    def label_from_instance(self, quiz: Any) -> str:
        return f"{quiz.title}: {quiz.passing} of {len(quiz.questions)} right"


class RoundForm(forms.Form):
    """A round to be planned: its purpose, annotators, overlap and articles."""

    kind = forms.ChoiceField(
        label="Purpose",
        choices=[(kind.value, kind.label) for kind in PLANNED_KINDS],
        initial=RoundKind.CALIBRATION.value,
        widget=forms.RadioSelect,
    )
    annotators = forms.ModelMultipleChoiceField(
        label="Annotators", queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    overlap = forms.IntegerField(
        label="Annotators an article",
        min_value=1,
        max_value=100,
        help_text="Each article goes to this many of them, who do not see each other's work. "
        "From two on there is agreement to measure.",
    )
    limit = forms.IntegerField(
        label="Articles",
        min_value=1,
        required=False,
        help_text="At most this many, of the articles that are in no round of this kind yet. Empty takes all of them.",
    )
    order = forms.ChoiceField(
        label="Which first",
        choices=[(order.name, order.title) for order in ORDERS],
        required=False,
        help_text="Matters where there are more articles than that.",
    )
    column = forms.CharField(
        label="Column of numbers",
        required=False,
        max_length=MAX_COLUMN_LENGTH,
        help_text="For the order by a column: its name in the metadata, such as priority.",
    )
    one_a_group = forms.BooleanField(label="One of each group of copies first", required=False)
    due_on = DayField(
        label="To be annotated by",
        required=False,
        help_text="A day that annotators and managers are shown, and after which the round is called late. Nothing else follows from it.",
    )
    suggestions = forms.ModelChoiceField(
        label="Suggestions",
        queryset=Predictor.objects.none(),
        required=False,
        empty_label="none: annotators see the text alone",
        help_text="What this model marked is shown to annotators, who take over each span or leave it; they never learn whose it is. "
        "Annotators who see suggestions agree more with each other and with the model than they would alone.",
    )

    quiz = QuizField()

    def __init__(
        self,
        *args: Any,
        project: Project,
        unplanned: Mapping[RoundKind, int],
        choice: ArticleChoice = EVERYTHING,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.choice = choice
        self.unplanned = unplanned
        self.fields["kind"].choices = say_purposes(unplanned)  # type: ignore[attr-defined]
        team = User.objects.filter(
            memberships__project=project, memberships__role=Role.ANNOTATOR, is_active=True
        ).order_by("name", "id")
        names = _offer(self.fields["annotators"], team)
        self.fields["annotators"].initial = names
        self.fields["overlap"].initial = min(3, len(names)) or 1
        columns = list_known_columns(project)
        if columns and len(columns) < MOST_OFFERED:
            offer_known(self, "column", columns, nothing="which?")
            self.fields["column"].help_text = "For the order by a column."
        predictors = list_predictors(project).filter(predictions__scheme=project.scheme_id)
        offered = self.fields["suggestions"]
        if predictors.exists() and isinstance(offered, forms.ModelChoiceField):
            offered.queryset = predictors
        else:
            del self.fields["suggestions"]
        _offer_quizzes(self, project)

    def clean(self) -> dict[str, Any]:
        """Refuse beside its field what planning would refuse."""
        cleaned: dict[str, Any] = super().clean() or {}
        team, overlap = cleaned.get("annotators"), cleaned.get("overlap")
        if team is not None and overlap and overlap > len(team):
            chosen = count_things(len(team), "is chosen", "are chosen")
            self.add_error(
                "overlap",
                f"Each article is wanted from {count_things(overlap, 'annotator')}, and {chosen}: choose more, or a smaller number.",
            )
        try:
            check_due_day(cleaned.get("due_on"))
        except DueDayError as error:
            self.add_error("due_on", str(error))
        return cleaned

    @property
    def offered(self) -> dict[str, Any]:
        """What the form says before anybody touches it."""
        return {name: self.fields[name].initial for name in ("kind", "annotators", "overlap")}

    @property
    def arguments(self) -> dict[str, Any]:
        """What `plan_round` is told."""
        said = {
            name: self.cleaned_data[name] for name in ("kind", "annotators", "overlap", "limit", "due_on")
        }
        order = {
            "order": self.cleaned_data["order"] or ORDERS[0].name,
            "column": self.cleaned_data["column"],
            "one_a_group": self.cleaned_data["one_a_group"],
        }
        suggestions = self.cleaned_data.get("suggestions")
        return {
            **said,
            "taking": Taking(choice=self.choice, **order),
            "suggestions": suggestions,
            "quiz": self.cleaned_data.get("quiz"),
        }


class RequiredQuizForm(forms.Form):
    """The quiz that a round requires; none where nothing is chosen."""

    quiz = QuizField()

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_quizzes(self, project)


def _offer_quizzes(form: forms.Form, project: Project) -> None:
    """Let one of the project's quizzes be chosen; a project without any is not asked."""
    field = form.fields["quiz"]
    if isinstance(field, forms.ModelChoiceField) and project.quizzes.exists():
        field.queryset = project.quizzes.order_by("-number")
    else:
        del form.fields["quiz"]


class DueDayForm(forms.Form):
    """The day by which a round is to be annotated; none where it is left empty."""

    due_on = DayField(label="To be annotated by", required=False)


def _offer(field: forms.Field, people: QuerySet[User]) -> list[int]:
    """Offer these people in natural order of their names; their ids."""
    if not isinstance(field, forms.ModelChoiceField):
        raise TypeError(field)
    field.queryset = people
    known = sort_by_name(people, name=str)
    field.choices = [(person.pk, str(person)) for person in known]
    return [person.pk for person in known]


class ReassignForm(forms.Form):
    """Pass an assignment to a participant of its round who does not have the task."""

    to = forms.ModelChoiceField(label="To", queryset=User.objects.none(), empty_label=None)

    def __init__(self, *args: Any, assignment: Assignment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(
            self.fields["to"],
            User.objects.filter(
                participations__round=assignment.task.round_id, participations__is_active=True
            ).order_by("name", "id"),
        )


class ParticipantForm(forms.Form):
    """An annotator of the project who is to take part in a round."""

    annotator = forms.ModelChoiceField(label="Annotator", queryset=User.objects.none(), empty_label=None)

    def __init__(self, *args: Any, project: Project, round_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(
            self.fields["annotator"],
            User.objects.filter(memberships__project=project, memberships__role=Role.ANNOTATOR)
            .exclude(participations__round=round_id, participations__is_active=True)
            .order_by("name", "id"),
        )
