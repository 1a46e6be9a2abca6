"""The form by which a release is frozen, and divided into parts where that is wanted."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import capfirst

from annotations.gold.splits import InvalidSplitError, SplitPlan, make_folds, plan_splits
from annotations.gold.wanted import MAX_TITLE, WantedRelease
from annotations.limits import (
    MAX_COLUMN_LENGTH,
    MAX_REASON_LENGTH,
    MAX_RELEASE_NOTES_LENGTH,
    MAX_SPLIT_NAME_LENGTH,
    MAX_SPLIT_PARTS,
    MAX_SPLIT_SEED,
)

WHOLE, SHARES, FOLDS = "whole", "shares", "folds"
DIVISIONS = [
    (WHOLE, "One piece"),
    (SHARES, "Parts to train, tune and test on"),
    (FOLDS, "Folds of one size, each tested on in turn"),
]
MORE = (
    "version",
    "refuse_unmet",
    "seed",
    "keep_copies",
    "stratify",
    "group_by",
    "time",
)
"""The fields that are folded away."""


class ReasonField(forms.CharField):
    """A reason that is needed where something is open, and cannot be left out there."""

    hangs_on_another = True


class ReleaseForm(forms.Form):
    """The title of a release to be frozen, why it is frozen although something is open, and how it is divided."""

    title = forms.CharField(label="Title", max_length=MAX_TITLE)
    version = forms.CharField(
        label="Version",
        required=False,
        max_length=20,
        help_text="Three numbers, as in 1.2.0. Left empty, another scheme is a major version, other gold a minor one, all else a patch.",
    )
    notes = forms.CharField(
        label="Notes",
        required=False,
        max_length=MAX_RELEASE_NOTES_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What is new in it, for those who use it; they stand in the manifest and on the card.",
    )
    refuse_unmet = forms.BooleanField(
        label="Leave out articles that were finished although they break a rule of the scheme", required=False
    )
    exception = ReasonField(
        label="Exception",
        required=False,
        max_length=MAX_REASON_LENGTH,
        help_text="Why it is frozen although something is open; it stands in the manifest, on the card and on the page of the release.",
    )
    divide = forms.ChoiceField(
        label="Divide it into", choices=DIVISIONS, initial=WHOLE, required=False, widget=forms.RadioSelect
    )
    shares = forms.CharField(
        label="Shares",
        initial="80/10/10",
        required=False,
        max_length=MAX_SPLIT_PARTS * (MAX_SPLIT_NAME_LENGTH + 10),
        help_text="80/10/10 is train, dev and test, 80/20 train and test; other names as in train=9,held-out=1.",
    )
    folds = forms.IntegerField(
        label="Number of folds", initial=5, required=False, min_value=2, max_value=MAX_SPLIT_PARTS
    )
    seed = forms.IntegerField(
        label="Seed of the drawing", initial=0, required=False, min_value=0, max_value=MAX_SPLIT_SEED
    )
    keep_copies = forms.BooleanField(
        label="Keep copies and versions of an article together", initial=True, required=False
    )
    stratify = forms.BooleanField(label="Spread the spans of each label alike", initial=True, required=False)
    group_by = forms.CharField(
        label="Keep together what has the same",
        required=False,
        max_length=MAX_COLUMN_LENGTH,
        help_text="A column of the articles’ metadata, such as author; source is the file or the site that an article came from, where its metadata do not say it.",
    )
    time = forms.CharField(
        label="In order of time, by",
        required=False,
        max_length=MAX_COLUMN_LENGTH,
        help_text="A column with dates such as 2026-11-26: the earliest are trained on, the latest tested on.",
    )

    def __init__(
        self, data: QueryDict | None = None, *, is_complete: bool, draft: WantedRelease | None = None
    ) -> None:
        super().__init__(data, initial=_fill_in(draft) if draft else None)
        self.is_complete = is_complete

    def clean(self) -> dict[str, Any]:
        """Build the plan, so that what is wrong with it is said in the form."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        divide = cleaned.get("divide") or WHOLE
        cleaned["splits"] = None
        if divide != WHOLE and not self.errors:
            try:
                cleaned["splits"] = self._plan(divide, cleaned)
            except InvalidSplitError as error:
                self.add_error("shares" if divide == SHARES else "folds", f"{capfirst(str(error))}.")
        return cleaned

    def _plan(self, divide: str, cleaned: dict[str, Any]) -> SplitPlan:
        return plan_splits(
            shares=cleaned["shares"] if divide == SHARES else "",
            folds=cleaned["folds"] or 0 if divide == FOLDS else 0,
            seed=cleaned["seed"] or 0,
            keeps_copies=cleaned["keep_copies"],
            is_stratified=cleaned["stratify"],
            group_by=cleaned["group_by"],
            time=cleaned["time"],
        )

    def read(self) -> WantedRelease:
        """The release that is wanted, of a form that is valid."""
        names = ("refuse_unmet", "splits", "version", "exception", "notes")
        return WantedRelease(self.cleaned_data["title"], **{name: self.cleaned_data[name] for name in names})

    def list_first_fields(self) -> list[forms.BoundField]:
        """The fields that everybody sees; an exception is asked for where one is needed."""
        return [field for field in self if field.name not in MORE and not self._is_idle(field)]

    def list_more_fields(self) -> list[forms.BoundField]:
        """The fields with which a release differs from the usual, which are folded away."""
        return [field for field in self if field.name in MORE]

    def _is_idle(self, field: forms.BoundField) -> bool:
        return self.is_complete and field.name == "exception" and not field.errors


def _fill_in(draft: WantedRelease) -> dict[str, Any]:
    """What the form says at first where somebody kept a draft."""
    said = {name: getattr(draft, name) for name in ("title", "version", "notes", "refuse_unmet", "exception")}
    if (plan := draft.splits) is None:
        return said
    is_folds = plan.parts == make_folds(len(plan.parts))
    shares = ",".join(f"{name}={weight}" for name, weight in plan.parts)
    return {
        **said,
        **({"divide": FOLDS, "folds": len(plan.parts)} if is_folds else {"divide": SHARES, "shares": shares}),
        "seed": plan.seed,
        "keep_copies": plan.keeps_copies,
        "stratify": plan.is_stratified,
        "group_by": plan.group_by,
        "time": plan.time,
    }
