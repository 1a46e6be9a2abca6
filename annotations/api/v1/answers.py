"""What is answered only once: the report of an import, an invitation, and a token with its secret."""

from typing import Any

from rest_framework import serializers

from annotations.api.v1.serializers.people import PersonSerializer, TokenSerializer


class ImportedSerializer(serializers.Serializer[Any]):
    """An article that an import made, with what somebody should look at in it."""

    id = serializers.IntegerField()
    place = serializers.CharField()
    title = serializers.CharField()
    warning = serializers.CharField()


class KnownSerializer(serializers.Serializer[Any]):
    """A text that a project had already, so that nothing was made of it."""

    id = serializers.IntegerField(allow_null=True)
    place = serializers.CharField()
    first_place = serializers.CharField()


class RefusedSerializer(serializers.Serializer[Any]):
    """A place in what was to be imported that was refused, and why."""

    place = serializers.CharField()
    message = serializers.CharField()


class NoticeSerializer(serializers.Serializer[Any]):
    """Something about an import that somebody should look at, though nothing was refused for it."""

    place = serializers.CharField()
    message = serializers.CharField()


class ImportReportSerializer(serializers.Serializer[Any]):
    """What became of each text of an import."""

    imported = ImportedSerializer(many=True)
    already_there = KnownSerializer(many=True)
    notices = NoticeSerializer(
        many=True, help_text="What somebody should look at, such as an id that another article has."
    )
    refused = RefusedSerializer(many=True)
    nothing_imported_because_of_refused_rows = serializers.BooleanField()


class InvitationSerializer(serializers.Serializer[Any]):
    """An invitation that was just made, with the link to hand to the person."""

    user = PersonSerializer()
    roles = serializers.ListField(child=serializers.CharField())
    sign_in_link = serializers.CharField(
        help_text="For who has no password yet: works once. Empty for others."
    )
    invitation_link = serializers.CharField(
        help_text="For who has an account already: they sign in and accept. Empty for others."
    )


class ShownTokenSerializer(TokenSerializer):
    """A token that was just made, with its secret."""

    token = serializers.CharField(read_only=True, help_text="The token itself, shown only here.")

    class Meta(TokenSerializer.Meta):
        fields = (*TokenSerializer.Meta.fields, "token")
        read_only_fields = fields
