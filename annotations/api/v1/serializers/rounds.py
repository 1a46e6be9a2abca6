"""How rounds, tasks and assignments are written by the API."""

from rest_framework import serializers

from annotations.api.v1.serializers.people import PersonSerializer
from annotations.models import Assignment, Project, Round, Task
from annotations.projects.pseudonyms import Pseudonyms, name_annotators


class PseudonymBook:
    """The pseudonyms of each project that a response is about, read once."""

    def __init__(self) -> None:
        self._projects: dict[int, Pseudonyms] = {}

    def of(self, project: Project) -> Pseudonyms:
        if project.pk not in self._projects:
            self._projects[project.pk] = name_annotators(project)
        return self._projects[project.pk]


class RoundSerializer(serializers.ModelSerializer[Round]):
    """A round of a project."""

    suggestions = serializers.IntegerField(
        source="suggestions.predictor_id",
        read_only=True,
        allow_null=True,
        default=None,
        help_text="The predictor whose suggestions its annotators are shown; null where they read the text alone.",
    )
    quiz = serializers.IntegerField(
        source="required_quiz.quiz.number",
        read_only=True,
        allow_null=True,
        default=None,
        help_text="The number of the quiz that has to be passed before somebody receives articles of it; null for none.",
    )

    class Meta:
        model = Round
        fields = (
            "id",
            "project",
            "scheme",
            "number",
            "name",
            "kind",
            "overlap",
            "seed",
            "created_at",
            "due_on",
            "closed_at",
            "suggestions",
            "quiz",
        )
        read_only_fields = fields


class TaskSerializer(serializers.ModelSerializer[Task]):
    """An article in a round, with how many places are wanted and claimed."""

    project = serializers.IntegerField(source="round.project_id", read_only=True)

    class Meta:
        model = Task
        fields = ("id", "project", "round", "article", "wanted", "claimed", "status", "status_changed_at")
        read_only_fields = fields


class AssignmentSerializer(serializers.ModelSerializer[Assignment]):
    """One annotator's share of a task."""

    project = serializers.IntegerField(source="task.round.project_id", read_only=True)
    annotator = PersonSerializer(read_only=True)
    pseudonym = serializers.SerializerMethodField(help_text="What the annotator is called in datasets.")
    skip_reason = serializers.SerializerMethodField(
        help_text="Empty for who was not skipped, and for others' reasons while you annotate the article."
    )

    class Meta:
        model = Assignment
        fields = (
            "id",
            "project",
            "task",
            "annotator",
            "pseudonym",
            "status",
            "status_changed_at",
            "leased_until",
            "submitted_at",
            "skip_reason",
        )
        read_only_fields = fields

    def get_pseudonym(self, assignment: Assignment) -> str:
        book: PseudonymBook = self.context["pseudonyms"]
        return book.of(assignment.task.round.project)[assignment.annotator_id]

    def get_skip_reason(self, assignment: Assignment) -> str:
        hidden: bool = assignment.is_hidden  # type: ignore[attr-defined]  # marked by the view
        return "" if hidden else assignment.skip_reason
