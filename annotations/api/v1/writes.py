"""What may be sent, field by field; anything else in a body is refused."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotations.api.choices import NamedChoiceField, TruthField
from annotations.api.filters import NOT_BLANK
from annotations.assignment.ordering import ORDERS
from annotations.corpus.choice import GROUPING_NAMES, PROGRESS_NAMES
from annotations.gold.splits import plan_splits
from annotations.gold.versions import VERSION
from annotations.gold.wanted import MAX_TITLE, WantedRelease
from annotations.limits import (
    MAX_CHOSEN_ARTICLES,
    MAX_COLUMN_LENGTH,
    MAX_EXTERNAL_ID_LENGTH,
    MAX_PERSON_NAME_LENGTH,
    MAX_REASON_LENGTH,
    MAX_RELEASE_NOTES_LENGTH,
    MAX_ROUND_NAME_LENGTH,
    MAX_SEARCH_LENGTH,
    MAX_SECONDS_TO_WAIT,
    MAX_SET_NAME_LENGTH,
    MAX_SPLIT_NAME_LENGTH,
    MAX_SPLIT_PARTS,
    MAX_SPLIT_SEED,
    MAX_TEXT_LENGTH,
    MAX_TITLE_LENGTH,
    MAX_UNASKED_TEXT_LENGTH,
    MAX_VALUE_LENGTH,
)
from annotations.models import PLANNED_KINDS, Role, RoundKind, Standing, TokenScope, Verdict

MAX_ARTICLES = 1_000
MAX_ID = 10**18 - 1
MAX_NUMBER = 2**31 - 1


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields that it does not know, so that a slip of the pen is not silently ignored."""

    def to_internal_value(self, data: Any) -> Any:
        checked = super().to_internal_value(data)
        if unknown := sorted(set(data) - set(self.fields)):
            raise serializers.ValidationError({name: ["There is no such field."] for name in unknown})
        return checked


def id_field(**options: Any) -> serializers.IntegerField:
    """A field of a request that holds the id of a row, within the numbers that the database can hold."""
    return serializers.IntegerField(min_value=1, max_value=MAX_ID, **options)


def number_field(**options: Any) -> serializers.IntegerField:
    """A field of a request that holds a number by which people call something of a project."""
    return serializers.IntegerField(min_value=1, max_value=MAX_NUMBER, **options)


@extend_schema_field(
    {
        "type": "object",
        "required": ["text"],
        "properties": {
            "text": {"type": "string", "minLength": 1, "maxLength": MAX_TEXT_LENGTH, "pattern": NOT_BLANK},
            "title": {"type": "string", "maxLength": MAX_TITLE_LENGTH},
            "id": {"type": "string", "maxLength": MAX_EXTERNAL_ID_LENGTH},
        },
    }
)
class NewArticleField(serializers.DictField):
    """What the reader of JSON Lines checks."""


class NewArticlesSerializer(StrictSerializer):
    """Articles to be added to a project."""

    articles = serializers.ListField(
        child=NewArticleField(),
        min_length=1,
        max_length=MAX_ARTICLES,
        help_text="Each with a `text`, and if you like a `title`, an `id` and anything else as metadata.",
    )
    place = serializers.CharField(
        default="api",
        min_length=1,
        max_length=200,
        help_text="Where they come from; each article's source starts with it.",
    )
    long_texts = TruthField(
        default=False,
        help_text=f"Take texts of more than {MAX_UNASKED_TEXT_LENGTH:,} characters as one article each.",
    )
    atomic = TruthField(
        default=True, help_text="Import nothing if one of them is refused; otherwise the good ones."
    )


class NewRoundSerializer(StrictSerializer):
    """A round to be planned."""

    annotators = serializers.ListField(child=id_field(), min_length=1, max_length=1_000)
    overlap = serializers.IntegerField(min_value=1, max_value=1_000)
    kind = NamedChoiceField(
        [(kind.value, kind.label) for kind in PLANNED_KINDS], default=RoundKind.PRODUCTION
    )
    articles = serializers.ListField(
        child=id_field(),
        min_length=1,
        max_length=100_000,
        default=None,
        allow_null=True,
        help_text="All that no round of this kind has yet, if left out.",
    )
    suggestions = id_field(
        default=None,
        allow_null=True,
        help_text="The predictor whose predictions annotators are shown as suggestions, without learning whose they are.",
    )
    limit = serializers.IntegerField(
        min_value=1,
        default=None,
        allow_null=True,
        help_text="At most so many of them, in the order that is given, at random by the seed where none is.",
    )
    set = id_field(default=None, allow_null=True, help_text="Only articles of this named set.")
    order = NamedChoiceField(
        [(order.name, order.title) for order in ORDERS],
        default=ORDERS[0].name,
        help_text="Which are taken first.",
    )
    column = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=MAX_COLUMN_LENGTH,
        help_text="The column of the metadata whose numbers say what is urgent, for the order by priority.",
    )
    one_a_group = TruthField(
        default=False, help_text="Take one of each group of copies before a second of any."
    )
    seed = serializers.IntegerField(min_value=0, max_value=2**53 - 1, default=None, allow_null=True)
    wait = serializers.IntegerField(
        default=MAX_SECONDS_TO_WAIT,
        min_value=0,
        max_value=MAX_SECONDS_TO_WAIT,
        help_text="Seconds to wait for a round of many articles, which is written by a job; after them the answer is the job.",
    )
    due_on = serializers.DateField(
        default=None, allow_null=True, help_text="The day by which everything should be submitted."
    )
    quiz = number_field(
        default=None,
        allow_null=True,
        help_text="The number of the project's quiz that somebody has to pass before they receive articles of the round.",
    )


class ArticleChoiceSerializer(StrictSerializer):
    """What is asked of articles; each thing that is said has to hold."""

    title = serializers.CharField(
        required=False, min_length=1, max_length=MAX_SEARCH_LENGTH, help_text="In the title, or the id."
    )
    words = serializers.CharField(
        required=False,
        min_length=1,
        max_length=MAX_SEARCH_LENGTH,
        help_text="All of them are in the text; in quotes as they follow each other.",
    )
    articles = serializers.ListField(
        child=id_field(),
        required=False,
        min_length=1,
        max_length=MAX_CHOSEN_ARTICLES,
        help_text="Those that were chosen one by one.",
    )
    metadata = serializers.DictField(
        child=serializers.CharField(max_length=MAX_VALUE_LENGTH, allow_blank=True),
        required=False,
        help_text="Columns with the value that each has to have.",
    )
    language = serializers.CharField(required=False, min_length=1, max_length=MAX_VALUE_LENGTH)
    since = serializers.CharField(
        required=False, min_length=1, max_length=MAX_VALUE_LENGTH, help_text="A date, or its beginning."
    )
    until = serializers.CharField(
        required=False, min_length=1, max_length=MAX_VALUE_LENGTH, help_text="A date, or its beginning."
    )
    min_length = serializers.IntegerField(required=False, min_value=0, max_value=MAX_TEXT_LENGTH)
    max_length = serializers.IntegerField(required=False, min_value=0, max_value=MAX_TEXT_LENGTH)
    progress = NamedChoiceField(list(PROGRESS_NAMES.items()), required=False)
    copies = NamedChoiceField(list(GROUPING_NAMES.items()), required=False)


class NewSetSerializer(StrictSerializer):
    """Articles that are to be found again under a name."""

    name = serializers.CharField(min_length=1, max_length=MAX_SET_NAME_LENGTH)
    choice = ArticleChoiceSerializer()


class NewSplitsSerializer(StrictSerializer):
    """How a release is to be divided: shares of named parts, or a number of folds."""

    shares = serializers.CharField(
        required=False,
        min_length=1,
        max_length=MAX_SPLIT_PARTS * (MAX_SPLIT_NAME_LENGTH + 10),
        help_text="As in 80/10/10 (train, dev and test) or train=9,held-out=1.",
    )
    folds = serializers.IntegerField(required=False, min_value=2, max_value=MAX_SPLIT_PARTS)
    seed = serializers.IntegerField(default=0, min_value=0, max_value=MAX_SPLIT_SEED)
    keep_copies = TruthField(default=True, help_text="Keep copies, and versions, of an article together.")
    group_by = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=MAX_COLUMN_LENGTH,
        help_text="A column of metadata, such as the author: articles of one value stay together. `source` is the file or the site that an article came from, where its metadata do not say it.",
    )
    time = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=MAX_COLUMN_LENGTH,
        help_text="A column of metadata with dates (ISO 8601): the earliest articles go into the first part.",
    )
    stratify = TruthField(default=True, help_text="Spread the spans of each label alike.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("shares" in attrs) == ("folds" in attrs):
            raise serializers.ValidationError("Give either shares or folds.")
        return attrs


class WantedReleaseSerializer(StrictSerializer):
    """What a release is to be."""

    title = serializers.CharField(min_length=1, max_length=MAX_TITLE)
    refuse_unmet = TruthField(
        default=False,
        help_text="Leave out articles that were finished although they break rules of the scheme.",
    )
    version = serializers.RegexField(
        f"^({VERSION.pattern})$",
        required=False,
        default="",
        allow_blank=True,
        max_length=20,
        help_text="Three numbers, as in 1.2.0. By default another scheme is a major version, other records a minor one, all else a patch.",
    )
    exception = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=MAX_REASON_LENGTH,
        help_text="Why it is frozen although tasks are open, gold breaks rules or waits for a review, or something is in quarantine, which is refused with 409 otherwise; it stands in the manifest.",
    )
    notes = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=MAX_RELEASE_NOTES_LENGTH,
        help_text="What is new in it; they stand in the manifest and on the card.",
    )
    splits = NewSplitsSerializer(required=False, allow_null=True, default=None)

    def read(self) -> WantedRelease:
        """The release that is wanted, of a body that was checked."""
        body, wanted = self.validated_data, self.validated_data["splits"]
        splits = wanted and plan_splits(
            shares=wanted.get("shares", ""),
            folds=wanted.get("folds", 0),
            seed=wanted["seed"],
            keeps_copies=wanted["keep_copies"],
            group_by=wanted["group_by"],
            time=wanted["time"],
            is_stratified=wanted["stratify"],
        )
        names = ("refuse_unmet", "version", "exception", "notes")
        return WantedRelease(body["title"], splits=splits, **{name: body[name] for name in names})


class WaitSerializer(StrictSerializer):
    """For how long a request waits for the release that it asks for."""

    wait = serializers.IntegerField(
        default=0,
        min_value=0,
        max_value=MAX_SECONDS_TO_WAIT,
        help_text="Seconds to wait for the release; without them the answer is its job.",
    )


class NewReleaseSerializer(WaitSerializer, WantedReleaseSerializer):
    """A release to be frozen."""


class NewDraftSerializer(WantedReleaseSerializer):
    """The draft of the next release of a project."""

    project = id_field()


class WithdrawalSerializer(StrictSerializer):
    """Why a release is withdrawn."""

    reason = serializers.CharField(min_length=1, max_length=MAX_REASON_LENGTH)


class NewMembershipSerializer(StrictSerializer):
    """A person to be invited into a project, with their roles."""

    email = serializers.EmailField(max_length=254)
    name = serializers.CharField(max_length=MAX_PERSON_NAME_LENGTH, default="", allow_blank=True)
    roles = serializers.ListField(child=NamedChoiceField(Role.choices), min_length=1, max_length=4)


class ChangedMembershipSerializer(StrictSerializer):
    """What can be changed of a membership: what an annotator is to the project's figures and gold."""

    annotates_as = NamedChoiceField(
        Standing.choices,
        required=False,
        help_text="Whether an annotator is a person, a model, or a model whose annotations count in adjudication and gold.",
    )


class NewTokenSerializer(StrictSerializer):
    """A token to be made for the person who asks."""

    name = serializers.CharField(min_length=1, max_length=100)
    scope = NamedChoiceField(TokenScope.choices, default=TokenScope.READ)
    project = id_field(default=None, allow_null=True, help_text="All of your projects, if left out.")
    days = serializers.IntegerField(min_value=1, max_value=3_650, default=90)


class ChangedArticleSerializer(StrictSerializer):
    """What can be changed of an article: whether it is excluded, and why."""

    exclusion_reason = serializers.CharField(
        allow_blank=True,
        max_length=MAX_REASON_LENGTH,
        required=False,
        help_text="Why the article is excluded; an empty text includes it again.",
    )


class DecidedDuplicatesSerializer(StrictSerializer):
    """What becomes of articles that are copies of each other."""

    verdict = NamedChoiceField(
        [choice for choice in Verdict.choices if choice[0] != Verdict.OPEN],
        required=False,
        help_text="`one`: the others are excluded; `group`: all are kept as a group that is never split; "
        "`copies`: the others are marked as copies, which rounds leave out; `distinct`: they are different articles.",
    )
    kept = id_field(
        default=None,
        allow_null=True,
        help_text="The article that is kept, or that the others are copies of; for `one` and `copies`.",
    )


class ChangedRoundSerializer(StrictSerializer):
    """What can be changed of a round: its name, the day by which it is due, its quiz, and whether it is closed."""

    name = serializers.CharField(allow_blank=True, max_length=MAX_ROUND_NAME_LENGTH, required=False)
    due_on = serializers.DateField(
        allow_null=True,
        required=False,
        help_text="The day by which everything should be submitted; null for none.",
    )
    quiz = number_field(
        allow_null=True,
        required=False,
        help_text="The number of the quiz that has to be passed first; null for none.",
    )
    closed = TruthField(required=False)
