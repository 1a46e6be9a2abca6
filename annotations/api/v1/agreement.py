"""What can be asked of a project's agreement, and what is answered."""

from typing import Any

from rest_framework import serializers

from annotations.agreement.evaluation import SLICES

MOST_SAMPLES = 10_000
LARGEST_NUMBER = 2**31 - 1


class ListOfWordsField(serializers.CharField):
    """Several words with commas between them, as a list."""

    def to_internal_value(self, data: Any) -> Any:
        words = super().to_internal_value(data)
        return [word.strip() for word in words.split(",") if word.strip()]


class ListOfNumbersField(ListOfWordsField):
    def to_internal_value(self, data: Any) -> Any:
        words = super().to_internal_value(data)
        if not all(
            word.isascii() and word.isdigit() and 0 < int(word[:12]) <= LARGEST_NUMBER for word in words
        ):
            raise serializers.ValidationError("Give whole numbers with commas between them.")
        return [int(word) for word in words]


class AgreementParameters(serializers.Serializer[Any]):
    metric = ListOfWordsField(default="", help_text="Their names, with commas; all if left out.")
    by = ListOfWordsField(default="", help_text=f"Slices, with commas: {', '.join(SLICES)}.")
    round = ListOfNumbersField(default="", help_text="The numbers of rounds, with commas; all if left out.")
    label = ListOfWordsField(  # type: ignore[assignment]  # their metaclass takes it out
        default="", help_text="Labels, with commas; all if left out."
    )
    confidence = serializers.FloatField(default=0.95, min_value=0.01, max_value=0.999)
    samples = serializers.IntegerField(
        default=1_000, min_value=0, max_value=MOST_SAMPLES, help_text="Bootstrap resamples; 0: no intervals."
    )
    seed = serializers.IntegerField(default=0, min_value=0, max_value=LARGEST_NUMBER)


class AgreementSerializer(serializers.Serializer[Any]):
    metrics = serializers.DictField(
        help_text="By name: value, interval, parameters, slices, and why a value is undefined."
    )
    left_out = serializers.DictField(child=serializers.IntegerField())

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Fields called `data` and `fields` cannot be declared: the REST framework has properties of those names."""
        declared = super().get_fields()
        declared["data"] = serializers.DictField(
            child=serializers.IntegerField(), help_text="What the values were computed from."
        )
        declared["fields"] = serializers.DictField(
            required=False,
            help_text="Unless metrics are named: by document field, its title, its kind, and a report of its own.",
        )
        return declared
