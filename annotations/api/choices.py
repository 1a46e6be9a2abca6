"""Choices whose refusals name what there is, so that nobody has to look it up."""

from typing import Any

from django import forms
from django_filters import rest_framework as filters
from rest_framework import serializers

QUERY_TRUTHS = {"true": True, "false": False, "1": True, "0": False}


def explain_choice(value: object, choices: object) -> str:
    """Say that there is no such choice, and which there are.

    >>> explain_choice("pdf", ["jsonl", "conll"])
    'There is no “pdf”; there are jsonl, conll.'
    """
    names = [str(choice) for choice in choices] if isinstance(choices, list | tuple | dict) else []
    return f"There is no “{str(value)[:100]}”; there are {', '.join(names)}."


class NamedChoiceField(serializers.ChoiceField):
    """A choice in a body or a query whose refusal names what there is to choose from."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return super().to_internal_value(data)
        except serializers.ValidationError as error:
            raise serializers.ValidationError(explain_choice(data, dict(self.choices))) from error


class TruthField(serializers.BooleanField):
    """Yes or no in a body: JSON's own true or false, and no word or number that one might mean by it."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, bool):
            raise serializers.ValidationError("Give true or false, without quotes.")
        return data


class QueryTruthField(serializers.BooleanField):
    """Yes or no in a query, in the few words that the documentation names."""

    def to_internal_value(self, data: Any) -> Any:
        if data not in QUERY_TRUTHS:
            raise serializers.ValidationError(explain_choice(data, list(QUERY_TRUTHS)))
        return QUERY_TRUTHS[data]


class _NamedChoiceFormField(forms.ChoiceField):
    def validate(self, value: Any) -> None:
        if value and not self.valid_value(value):
            offered: Any = self.choices
            explained = explain_choice(value, [name for name, _ in offered if name])
            raise forms.ValidationError("%(explained)s", params={"explained": explained})


class NamedChoiceFilter(filters.ChoiceFilter):
    """A choice to filter by; its choices are given as a field of a form takes them."""

    field_class = _NamedChoiceFormField

    def __init__(self, *names: Any, **options: Any) -> None:
        super().__init__(*names, **{"null_label": None, "empty_label": None, **options})
        self.extra.pop("null_label", None)
        self.extra.pop("null_value", None)
        self.extra.pop("empty_label", None)
