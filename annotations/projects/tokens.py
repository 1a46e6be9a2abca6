"""The tokens with which people's programs use the API."""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from annotations.models import ApiToken, Event, Project, TokenScope, User


class TokenNotAllowedError(Exception):
    """A token was asked for that would reach further than its owner."""


@transaction.atomic
def create_api_token(
    user: User,
    *,
    name: str,
    scope: str,
    project: Project | None,
    by: User | None,
    lifetime: timedelta | None = None,
    made_with: ApiToken | None = None,
) -> tuple[ApiToken, str]:
    """Make a token for a person's programs; the secret is returned this once and kept only as a hash.

    One that was made with another token is revoked with it.
    """
    if scope not in TokenScope.values:
        raise TokenNotAllowedError(f"there is no scope {scope!r}; there are {', '.join(TokenScope.values)}")
    if scope == TokenScope.RELEASES and project is None:
        raise TokenNotAllowedError("a token that reads releases is for one project: choose it")
    if project and not project.roles_of(user):
        raise TokenNotAllowedError(f"{user} has no role in {project}, so a token cannot reach it")
    options = {"expiry": lifetime} if lifetime else {}
    token, secret = ApiToken.objects.create(  # type: ignore[no-untyped-call]
        user=user, name=name.strip() or "token", scope=scope, project=project, made_with=made_with, **options
    )
    Event.objects.record(
        "created a token for",
        user,
        actor=by,
        project=project,
        name=token.name,
        scope=scope,
        key=token.token_key,
    )
    return token, secret


@transaction.atomic
def revoke_api_token(token: ApiToken, *, by: User | None) -> None:
    """End a token at once, and those that were made with it."""
    for made in token.made_tokens.select_related("user", "project"):
        revoke_api_token(made, by=by)
    Event.objects.record(
        "revoked a token of",
        token.user,
        actor=by,
        project=token.project,
        name=token.name,
        key=token.token_key,
    )
    token.delete()


def end_tokens(tokens: QuerySet[ApiToken]) -> None:
    """Delete tokens of the API, which open nothing from then on and stand on no list."""
    tokens.delete()
