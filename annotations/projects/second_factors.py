"""Second factors and identities at other services, which `django-allauth` keeps where the extra `team` brought it."""

from django.apps import apps
from django.db import models, transaction

from annotations.models import Event, User

KEPT = ("account.EmailAddress", "socialaccount.SocialAccount", "mfa.Authenticator")
"""All that the library keeps of a person."""


class NoSecondFactorError(Exception):
    """There is no second factor to take away."""


def are_offered() -> bool:
    """Whether this installation has second factors and other services at all."""
    return apps.is_installed("allauth.mfa")


def has_second_factor(user: User) -> bool:
    """Whether a password alone does not open an account."""
    return are_offered() and _find("mfa.Authenticator").filter(user=user).exists()


@transaction.atomic
def forget_second_factors(user: User, *, by: User | None) -> None:
    """Let somebody in by password alone who lost phone, keys and recovery codes."""
    if not has_second_factor(user):
        raise NoSecondFactorError(f"{user} has no second factor.")
    _find("mfa.Authenticator").filter(user=user).delete()
    Event.objects.record("took away the second factors of", user, actor=by)


def forget_identities(user: User) -> None:
    """Delete all that the library keeps of a person, who is being erased."""
    for label in KEPT if are_offered() else ():
        _find(label).filter(user=user).delete()


def _find(label: str) -> models.QuerySet[models.Model]:
    found: models.QuerySet[models.Model] = apps.get_model(label)._default_manager.all()  # noqa: SLF001 - documented
    return found
