"""What can be asked of a project's agreement, and what is answered."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotations.agreement.command_line.arguments import GAMMA, read_names
from annotations.agreement.counting import SLICES
from annotations.agreement.data.distances import LabelDistances
from annotations.agreement.data.positions import UNITS
from annotations.agreement.errors import InvalidOptionError
from annotations.agreement.gamma.options import CHANCES, SAMPLERS, SOURCES
from annotations.agreement.questions.alternative import (
    ENOUGH_FOR_T,
    EPSILON,
    FALSE_DISCOVERIES,
    SCORES_OF_SPANS,
)
from annotations.api.choices import NamedChoiceField, QueryTruthField
from annotations.reliability.full_report import PARTS
from annotations.reliability.reference import MAX_LISTED
from annotations.reliability.report_files import FILES
from annotations.reliability.without_each import MIN_ANNOTATORS
from annotations.strict_json import StrictJsonError, read_strict

MAX_SAMPLES = 10_000
MAX_GAMMA_SAMPLES = 2_000
MAX_NUMBER = 2**31 - 1


class ListOfWordsField(serializers.CharField):
    """Several words with commas between them, as a list."""

    def to_internal_value(self, data: Any) -> Any:
        return read_names(super().to_internal_value(data))

    def get_default(self) -> Any:
        """What is left out is a list too, an empty one."""
        return self.to_internal_value(super().get_default())


@extend_schema_field({"type": "string", "pattern": "^[1-9][0-9]{0,8}(,[1-9][0-9]{0,8})*$"})
class ListOfNumbersField(ListOfWordsField):
    """Whole numbers with commas between them, as a query parameter."""

    def to_internal_value(self, data: Any) -> Any:
        words = super().to_internal_value(data)
        if not all(word.isascii() and word.isdigit() and 0 < int(word[:12]) <= MAX_NUMBER for word in words):
            raise serializers.ValidationError("Give whole numbers with commas between them.")
        return [int(word) for word in words]


@extend_schema_field(
    {
        "type": "string",
        "pattern": r'^\{("[A-Za-z]{3,20}":\{"[A-Za-z]{3,20}":0\.[0-9]{1,4}\})?\}$',
        "description": "JSON; the pattern tells the form of a table with one pair of labels.",
    }
)
class DistancesField(serializers.CharField):
    """A table of distances between labels, as JSON."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return LabelDistances.read(read_strict(super().to_internal_value(data)))
        except (InvalidOptionError, StrictJsonError) as error:
            raise serializers.ValidationError(f"Give distances as JSON: {error}") from error


class AgreementParameters(serializers.Serializer[Any]):
    """What a report of agreement may be asked for in a query."""

    metric = ListOfWordsField(default="", help_text="Their names, with commas; all if left out.")
    by = ListOfWordsField(default="", help_text=f"Slices, with commas: {', '.join(SLICES)}.")
    round = ListOfNumbersField(default="", help_text="The numbers of rounds, with commas; all if left out.")
    scheme = ListOfWordsField(
        default="",
        help_text="Schemes such as argument-v1, with commas: the rounds that were planned with them.",
    )
    label = ListOfWordsField(  # type: ignore[assignment]  # their metaclass takes it out
        default="", help_text="Labels, with commas; all if left out."
    )
    annotator = ListOfWordsField(
        default="", help_text="Their e-mail addresses, with commas; everybody if left out."
    )
    all_blocks = QueryTruthField(
        default=False, help_text="Count also the blocks that the project leaves out, such as titles."
    )
    reference = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=254,
        help_text="An annotator's e-mail address or `gold`: everybody's spans, those of models too, are held against theirs, in `against`.",
    )
    drawn_from = serializers.ChoiceField(
        SOURCES,
        default=GAMMA.drawn_from,
        help_text="Of gamma: whose labels and lengths its random annotations have, those of each document or of all.",
    )
    models_as_people = QueryTruthField(
        default=False,
        help_text="Count the annotators who are models like everybody else, instead of showing them apart in `by_model`.",
    )
    score = NamedChoiceField(
        SCORES_OF_SPANS,
        default=SCORES_OF_SPANS[0],
        help_text="Of the test of models (`with=alternative_test`): how alike two annotators of an article are.",
    )
    epsilon = serializers.FloatField(
        default=EPSILON,
        min_value=0,
        max_value=0.99,
        help_text="Of that test: how much less a model may be, for what it saves.",
    )
    false_discoveries = serializers.FloatField(
        default=FALSE_DISCOVERIES,
        min_value=0.0001,
        max_value=0.99,
        help_text="Of that test: the rate over the tests of all people.",
    )
    least_documents = serializers.IntegerField(
        default=ENOUGH_FOR_T,
        min_value=2,
        max_value=MAX_NUMBER,
        help_text="Of that test: people with fewer articles are not tested.",
    )
    unit = NamedChoiceField(
        UNITS, default="character", help_text="What a position is, for the metrics over positions."
    )
    format = NamedChoiceField(list(FILES), default="json", help_text="CSV has a line a figure.")
    confidence = serializers.FloatField(default=0.95, min_value=0.01, max_value=0.999)
    samples = serializers.IntegerField(
        default=1_000, min_value=0, max_value=MAX_SAMPLES, help_text="Bootstrap resamples; 0: no intervals."
    )
    seed = serializers.IntegerField(default=0, min_value=0, max_value=MAX_NUMBER)
    alpha = serializers.FloatField(
        default=GAMMA.alpha, min_value=0, help_text="Of gamma: weight of the position."
    )
    beta = serializers.FloatField(
        default=GAMMA.beta, min_value=0, help_text="Of gamma: weight of the label. Not 0 where alpha is."
    )
    sampler = NamedChoiceField(
        SAMPLERS, default=GAMMA.sampler, help_text="Of gamma: how random annotations are made."
    )
    gamma_samples = serializers.IntegerField(
        default=GAMMA.samples,
        min_value=1,
        max_value=MAX_GAMMA_SAMPLES,
        help_text="Of gamma: random samples a document.",
    )
    precision = serializers.FloatField(
        default=None,
        min_value=0,
        max_value=1,
        help_text="Of gamma: wanted relative error of the expected disorder, such as 0.02.",
    )
    chance = NamedChoiceField(
        CHANCES,
        default=GAMMA.chance,
        help_text="Of gamma_cat and gamma_k: whose labels chance deals, those of all documents or of each one.",
    )
    distances = DistancesField(
        default=None,
        help_text="How far apart labels are, 0 to 1, for the metrics by own distances and for gamma: "
        '{"Claim": {"Stance": 0.5}}. Those of the latest scheme if left out; {} for none.',
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`with` is a word of Python's, so it cannot be declared."""
        declared = super().get_fields()
        declared["with"] = ListOfWordsField(
            default="",
            help_text=f"What else to report, with commas: {', '.join(PARTS)}; "
            "of the metrics named, or of the strict F1 where none is.",
        )
        return declared


class AgreementSerializer(serializers.Serializer[Any]):
    """A report of agreement."""

    metrics = serializers.DictField(
        help_text="By name: value, interval, parameters, slices, why a value is undefined, in `words` what it says, and in `by_model` "
        "each model apart."
    )
    hidden_articles = serializers.IntegerField(
        help_text="Articles that you annotate yourself: they count once your part in them is over."
    )
    left_out = serializers.DictField(child=serializers.IntegerField())
    schemes = serializers.ListField(
        child=serializers.CharField(),
        help_text="Those of the rounds compared, such as argument-v1, the latest first.",
    )

    rounds = serializers.ListField(
        child=serializers.DictField(),
        required=False,
        help_text="Each round's figures, and the difference from the round before with its p-value. "
        "Empty where there is one round only.",
    )
    suggestions = serializers.DictField(
        required=False,
        help_text="Rounds whose annotators saw suggestions (`with`) beside those without: figures, how many spans are just as the model said, "
        "and the difference with its p-value. Empty where nobody saw any.",
    )
    periods = serializers.ListField(
        child=serializers.DictField(), required=False, help_text="The figures over time, oldest first."
    )
    without = serializers.ListField(
        child=serializers.DictField(),
        required=False,
        help_text=f"The figures without each annotator. Empty for fewer than {MIN_ANNOTATORS}.",
    )
    documents_needed = serializers.DictField(
        required=False,
        help_text="By metric: the documents that an interval of the wanted width needs, and the width by documents.",
    )
    alternative_test = serializers.DictField(
        required=False,
        help_text="By model: whether it could stand in for an annotator, by the alternative annotator test, and in `words` "
        "what that says.",
    )
    against = serializers.DictField(
        required=False,
        help_text="Where a reference is named: by candidate and sense precision, recall, F1, counts of outcomes, and the "
        f"spans that are not correct, at most {MAX_LISTED:,} an outcome.",
    )
    confusion = serializers.ListField(
        child=serializers.DictField(),
        required=False,
        help_text="By label: on how many positions one of two annotators marked it, and on how many of these the other marked it too, or what in its place.",
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Fields called `data` and `fields` cannot be declared: the REST framework has properties of those names."""
        declared = super().get_fields()
        declared["data"] = serializers.DictField(
            child=serializers.IntegerField(), help_text="What the values were computed from."
        )
        declared["fields"] = serializers.DictField(
            help_text="By document field: its title, its kind, a report of its own. Empty where metrics are named."
        )
        return declared
