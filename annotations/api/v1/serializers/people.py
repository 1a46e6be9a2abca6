"""How people, their roles in a project and their tokens are written by the API."""

from rest_framework import serializers

from annotations.models import ApiToken, Membership, Standing, User


class PersonSerializer(serializers.ModelSerializer[User]):
    """A person, by name and e-mail address."""

    class Meta:
        model = User
        fields = ("id", "name", "email")
        read_only_fields = fields


class MembershipSerializer(serializers.ModelSerializer[Membership]):
    """A person's role in a project; of annotators also whether they are a person or a model."""

    user = PersonSerializer(read_only=True)
    annotates_as = serializers.ChoiceField(
        Standing.choices,
        read_only=True,
        help_text="A model is in no figure of the people, and in adjudication and gold only with a vote.",
    )

    class Meta:
        model = Membership
        fields = ("id", "project", "user", "role", "annotates_as", "created_at")
        read_only_fields = fields


class TokenSerializer(serializers.ModelSerializer[ApiToken]):
    """A token of the API by its first characters, without its secret."""

    key = serializers.CharField(source="token_key", read_only=True, help_text="How the token begins.")

    class Meta:
        model = ApiToken
        fields: tuple[str, ...] = ("key", "name", "scope", "project", "created", "expiry")
        read_only_fields = fields
