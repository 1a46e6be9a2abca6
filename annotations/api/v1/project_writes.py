"""What may be sent about a project as a whole: its settings, its scheme, and the words of its guidelines."""

from rest_framework import serializers

from annotations.adjudication.merging import RULES
from annotations.api.choices import NamedChoiceField, TruthField
from annotations.api.v1.writes import StrictSerializer, id_field
from annotations.limits import (
    MAX_DEFINITION_LENGTH,
    MAX_DESCRIPTION_LENGTH,
    MAX_LEASE_HOURS,
    MAX_NAME_LENGTH,
    MAX_PROJECT_NAME_LENGTH,
    MAX_QUEUE_DEPTH,
    MAX_REVISION_NAME_LENGTH,
)
from annotations.models import BlockKind
from annotations.schemes.problems import WARNABLE


class ProjectSettingsSerializer(StrictSerializer):
    """What a manager may say of a project; what is left out stays as it is."""

    name = serializers.CharField(min_length=1, max_length=MAX_PROJECT_NAME_LENGTH, required=False)
    description = serializers.CharField(allow_blank=True, max_length=MAX_DESCRIPTION_LENGTH, required=False)
    merge_rule = NamedChoiceField(
        [rule.name for rule in RULES],
        required=False,
        help_text="Settles units without an adjudicator. Gold keeps the rule that it was made with.",
    )
    review_share = serializers.FloatField(
        min_value=0,
        max_value=1,
        required=False,
        help_text="The share of unanimous tasks that is sampled for review.",
    )
    queue_depth = serializers.IntegerField(min_value=1, max_value=MAX_QUEUE_DEPTH, required=False)
    lease_hours = serializers.IntegerField(min_value=1, max_value=MAX_LEASE_HOURS, required=False)
    uncounted_blocks = serializers.ListField(
        child=NamedChoiceField(BlockKind.choices), max_length=len(BlockKind), required=False
    )
    warned_rules = serializers.ListField(
        child=NamedChoiceField([(code.value, words) for code, words in WARNABLE.items()]),
        max_length=len(WARNABLE),
        required=False,
        help_text="Rules of the scheme that annotators are only warned of; the others refuse what breaks them.",
    )


class ChangedProjectSerializer(ProjectSettingsSerializer):
    """What can be changed of a project: its settings, and whether it is archived."""

    archived = TruthField(
        required=False,
        help_text="An archived project can be read, and nothing in it changes until it is brought back with `false`.",
    )


class NewProjectSerializer(ProjectSettingsSerializer):
    """A project to be made, with its scheme and any settings."""

    name = serializers.CharField(min_length=1, max_length=MAX_PROJECT_NAME_LENGTH)
    scheme = serializers.CharField(
        min_length=1,
        max_length=MAX_NAME_LENGTH,
        required=False,
        help_text="One that comes with the workbench, such as `argument-v1`, or the id of one of your projects'.",
    )
    definition = serializers.CharField(
        min_length=1,
        max_length=MAX_DEFINITION_LENGTH,
        trim_whitespace=False,
        required=False,
        help_text="Instead of `scheme`: a definition of your own, as TOML.",
    )


class NewSchemeSerializer(StrictSerializer):
    """The definition of a scheme's next version."""

    definition = serializers.CharField(
        min_length=1,
        max_length=MAX_DEFINITION_LENGTH,
        trim_whitespace=False,
        help_text="TOML. It keeps the name of the project's scheme and raises its version.",
    )


class NewGuidelineRevisionSerializer(StrictSerializer):
    """A scheme's definition with better words for its guidelines."""

    name = serializers.CharField(
        min_length=1, max_length=MAX_REVISION_NAME_LENGTH, help_text="What was corrected; annotators read it."
    )
    definition = serializers.CharField(
        min_length=1,
        max_length=MAX_DEFINITION_LENGTH,
        trim_whitespace=False,
        help_text="TOML, in which nothing but guidelines, descriptions and rules is worded otherwise.",
    )
    scheme = id_field(
        default=None,
        allow_null=True,
        help_text="The version that is corrected; the project's latest if left out.",
    )
