"""Forms about rounds and their tasks."""

from typing import Any

from django import forms

from annotations.models import PLANNED_KINDS, Assignment, Project, Role, RoundKind, User


class RoundForm(forms.Form):
    """A round to be planned: its purpose, annotators, overlap and articles."""

    kind = forms.ChoiceField(
        label="Purpose",
        choices=[(kind.value, kind.label) for kind in PLANNED_KINDS],
        initial=RoundKind.CALIBRATION.value,
        widget=forms.RadioSelect,
        help_text="Calibration trains the team and the guidelines; production makes the dataset; "
        "a retest gives known articles again.",
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
        help_text="So many, drawn at random from those that no round of this kind has yet; empty for all of them.",
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team = User.objects.filter(
            memberships__project=project, memberships__role=Role.ANNOTATOR, is_active=True
        ).order_by("name", "id")
        field = self.fields["annotators"]
        if isinstance(field, forms.ModelMultipleChoiceField):
            field.queryset = team
        field.initial = list(team)
        self.fields["overlap"].initial = min(3, len(field.initial)) or 1


class ReassignForm(forms.Form):
    """Pass an assignment to a participant of its round who does not have the task."""

    to = forms.ModelChoiceField(label="To", queryset=User.objects.none(), empty_label=None)

    def __init__(self, *args: Any, assignment: Assignment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = User.objects.filter(
                participations__round=assignment.task.round_id, participations__is_active=True
            ).order_by("name", "id")


class ParticipantForm(forms.Form):
    """An annotator of the project who is to take part in a round."""

    annotator = forms.ModelChoiceField(label="Annotator", queryset=User.objects.none(), empty_label=None)

    def __init__(self, *args: Any, project: Project, round_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["annotator"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = (
                User.objects.filter(memberships__project=project, memberships__role=Role.ANNOTATOR)
                .exclude(participations__round=round_id, participations__is_active=True)
                .order_by("name", "id")
            )
