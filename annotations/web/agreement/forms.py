"""What of a project's agreement somebody wants to see."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django import forms

from annotations.agreement.questions.alternative import SCORES_OF_SPANS
from annotations.agreement.registry import find_metric
from annotations.models import BlockKind, Project, User
from annotations.reliability.models_apart import TestOptions
from annotations.reliability.page_report import PageReport
from annotations.reliability.people import name_people
from annotations.reliability.schemes import find_schemes, list_labels
from annotations.reliability.selection import choose_selection

MAIN_METRICS = ("f1_strict", "f1_partial", "f1_type", "alpha_nominal", "cohen_kappa")
PLAIN, DETAILED = "plain", "detailed"
VIEWS = ((PLAIN, "Plain"), (DETAILED, "Detailed"))


class ModelTestForm(forms.Form):
    """How models are tested against the people; the usual way where nothing is chosen."""

    score = forms.ChoiceField(
        label="How alike two annotators of an article are",
        choices=[(name, find_metric(name).title) for name in SCORES_OF_SPANS],
        required=False,
    )
    epsilon = forms.FloatField(
        label="How much less a model may be",
        min_value=0,
        max_value=0.99,
        required=False,
        help_text="For what it saves: 0.2 beside experts, 0.15 beside skilled annotators, 0.1 beside a crowd.",
        widget=forms.NumberInput(attrs={"step": "0.05"}),
    )

    def read(self) -> TestOptions:
        """What was chosen, in place of the usual."""
        chosen = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        return TestOptions(**chosen)


class AgreementForm(forms.Form):
    """The address of the page carries it; where nothing is chosen, everything counts."""

    round = forms.TypedMultipleChoiceField(
        label="Rounds", coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    annotator = forms.TypedMultipleChoiceField(
        label="Annotators", coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    scheme = forms.MultipleChoiceField(
        label="Versions of the scheme", required=False, widget=forms.CheckboxSelectMultiple
    )
    label = forms.MultipleChoiceField(label="Labels", required=False, widget=forms.CheckboxSelectMultiple)
    all_blocks = forms.BooleanField(label="Count every block", required=False)
    models_as_people = forms.BooleanField(
        label="Count models as people",
        required=False,
        help_text="Else they stand apart, and no figure of the people sees them.",
    )
    metric = forms.ChoiceField(
        label="Measure for people, articles and rounds",
        choices=[(name, find_metric(name).title) for name in MAIN_METRICS],
        required=False,
    )
    view = forms.ChoiceField(label="View", choices=VIEWS, required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any], *, project: Project, reader: User) -> None:
        super().__init__(data)
        self.project = project
        self.reader = reader
        rounds = project.rounds.order_by("number")
        self.every_scheme = find_schemes(project, None)
        self.models = project.list_models()
        people = sorted(
            (
                (pk, f"{name} (model)" if pk in self.models else name)
                for pk, name in name_people(project).items()
            ),
            key=lambda item: item[1],
        )
        for name, choices in (
            ("round", [(one.number, f"Round {one.number}, {one.get_kind_display()}") for one in rounds]),
            ("annotator", people),
            ("scheme", [(scheme.identifier, f"version {scheme.version}") for scheme in self.every_scheme]),
            ("label", [(name, name) for name in list_labels(self.every_scheme)]),
        ):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices
        if not self.models:
            del self.fields["models_as_people"]
        if len(self.every_scheme) == 1:
            del self.fields["scheme"]
        if project.uncounted_blocks:
            kinds = ", ".join(BlockKind(kind).label for kind in project.uncounted_blocks)
            self.fields["all_blocks"].help_text = f"This project leaves out: {kinds}."
        else:
            del self.fields["all_blocks"]

    @property
    def is_narrowed(self) -> bool:
        return any(
            self.cleaned_data.get(name)
            for name in ("round", "annotator", "scheme", "label", "all_blocks", "models_as_people")
        )

    @property
    def chosen_view(self) -> str:
        """The plain view, unless the detailed one is asked for."""
        return self.cleaned_data.get("view") or PLAIN

    @property
    def is_detailed(self) -> bool:
        return self.chosen_view == DETAILED

    @cached_property
    def page(self) -> PageReport:
        """The report that was asked for."""
        chosen = self.cleaned_data
        selection = choose_selection(
            self.project,
            rounds=chosen["round"] or None,
            annotators=chosen["annotator"] or None,
            labels=chosen["label"] or None,
            uncounted=() if chosen.get("all_blocks") else None,
            schemes=chosen.get("scheme") or None,
            reader=self.reader,
            models_as_people=bool(chosen.get("models_as_people")),
        )
        return PageReport(
            self.project, selection, chosen.get("metric") or MAIN_METRICS[0], every_scheme=self.every_scheme
        )
