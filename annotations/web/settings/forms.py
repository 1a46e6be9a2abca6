"""The settings of a project as a form, and the words by which somebody says that they mean it."""

from dataclasses import dataclass
from typing import Any

from django import forms

from annotations.adjudication.merging import RULES
from annotations.limits import (
    MAX_DESCRIPTION_LENGTH,
    MAX_LEASE_HOURS,
    MAX_PROJECT_NAME_LENGTH,
    MAX_QUEUE_DEPTH,
)
from annotations.models import BlockKind, Project
from annotations.schemes.problems import WARNABLE

PERCENT = 100


PARTS = (
    ("Project", "What everybody who is in it reads.", ("name", "description")),
    (
        "Giving out articles",
        "How much lies ready for each annotator, and for how long.",
        ("queue_depth", "lease_hours"),
    ),
    (
        "Gold",
        "What becomes gold without an adjudicator, and how much of it one looks at all the same.",
        ("merge_rule", "review_percent"),
    ),
    (
        "Rules of the scheme",
        "What is refused when an annotator submits, and what they are only warned of.",
        ("warned_rules",),
    ),
    ("Agreement", "What the figures leave out.", ("uncounted_blocks",)),
)
"""The parts of the form of settings: title, words, names of fields."""


@dataclass(frozen=True, slots=True)
class FormPart:
    """A part of the form of settings: the fields about one thing, under a title and a sentence."""

    title: str
    words: str
    fields: tuple[forms.BoundField, ...]


class SettingsForm(forms.Form):
    """What a manager changes of a running project."""

    name = forms.CharField(
        label="Name", max_length=MAX_PROJECT_NAME_LENGTH, help_text="Its address stays as it is."
    )
    description = forms.CharField(
        label="What it is about",
        required=False,
        max_length=MAX_DESCRIPTION_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="A sentence that tells the team what it annotates, and why.",
    )
    queue_depth = forms.IntegerField(
        label="Articles that lie ready for each annotator", min_value=1, max_value=MAX_QUEUE_DEPTH
    )
    lease_hours = forms.IntegerField(
        label="Hours until an untouched article goes to somebody else",
        min_value=1,
        max_value=MAX_LEASE_HOURS,
        help_text="For articles that are given out from now on.",
    )
    review_percent = forms.FloatField(
        label="Percent of unanimous articles that an adjudicator reviews",
        min_value=0,
        max_value=PERCENT,
        help_text="Drawn at random among articles on which all agree, from now on.",
    )
    merge_rule = forms.ChoiceField(
        label="Settled without an adjudicator",
        choices=[(rule.name, rule.title[:1].upper() + rule.title[1:]) for rule in RULES],
        widget=forms.RadioSelect,
        help_text="For articles that are not finished. Gold that is there keeps the rule it was made with.",
    )
    uncounted_blocks = forms.MultipleChoiceField(
        label="Parts of articles that do not count in agreement",
        choices=[(kind.value, kind.label.capitalize()) for kind in BlockKind],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    warned_rules = forms.MultipleChoiceField(
        label="Annotators are only warned of these",
        choices=[(code.value, words) for code, words in WARNABLE.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Whoever submits all the same leaves it to the adjudicator, who is asked about it. Rules that are not ticked refuse what breaks them.",
    )

    def list_parts(self) -> list["FormPart"]:
        """The fields by what they are about, each part with its words; every field stands in one."""
        return [FormPart(title, words, tuple(self[name] for name in names)) for title, words, names in PARTS]

    @classmethod
    def describing(cls, project: Project) -> dict[str, Any]:
        """The settings as they are, by the names of the fields."""
        return {
            "name": project.name,
            "description": project.description,
            "queue_depth": project.queue_depth,
            "lease_hours": project.lease_hours,
            "review_percent": f"{project.review_share * PERCENT:g}",
            "merge_rule": project.merge_rule,
            "uncounted_blocks": project.uncounted_blocks,
            "warned_rules": project.warned_rules,
        }

    def list_settings(self) -> dict[str, Any]:
        """What was filled in, as a project keeps it; the merge rule is changed by itself."""
        filled = {**self.cleaned_data}
        del filled["merge_rule"]
        share = filled.pop("review_percent") / PERCENT
        return {**filled, "review_share": share}


class TypedConfirmationForm(forms.Form):
    """Somebody types a name or a word before something is done that cannot be taken back."""

    typed = forms.CharField(max_length=MAX_PROJECT_NAME_LENGTH)

    def __init__(
        self,
        *args: Any,
        name: str,
        purpose: str = "delete it",
        otherwise: str = "Nothing was deleted.",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.name, self.otherwise = name, otherwise
        self.fields["typed"].label = f"Type “{name}” to {purpose}"
        self.fields["typed"].widget.attrs |= {"autocomplete": "off"}

    def clean_typed(self) -> str:
        typed = " ".join(str(self.cleaned_data["typed"]).split())
        if typed != " ".join(self.name.split()):
            raise forms.ValidationError(f"That is not “{self.name}”. {self.otherwise}")
        return typed
