"""People, the links by which they first sign in, and the tokens of their programs."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from knox.models import AbstractAuthToken

from annotations.limits import MAX_PERSON_NAME_LENGTH

NOWHERE = "annotators.invalid"
"""The domain of addresses of people who were only ever named in a file; no mail can be sent there."""


def write_erased_address(user_id: int | None) -> str:
    """The address that stands in place of that of an erased person."""
    return f"erased-{user_id}@{NOWHERE}"


class UserQuerySet(models.QuerySet["User"]):
    """People, as a query."""


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Makes people, whose e-mail addresses are kept in small letters."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user: User = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)  # type: ignore[no-any-return]


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Signs in by e-mail; belongs to projects through memberships."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=MAX_PERSON_NAME_LENGTH)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text="May use the administration pages.")
    date_joined = models.DateTimeField(default=timezone.now)
    credentials_changed_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="The password was set or taken away then; links and tokens from before open nothing.",
    )

    wants_digest = models.BooleanField(
        default=True, help_text="Is told by e-mail what waits for them and when it is due."
    )
    digest_sent_on = models.DateField(
        null=True, blank=True, help_text="The day on which they were last told; never twice on one."
    )

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique_whatever_its_case",
                violation_error_message="Somebody has this e-mail address already.",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_only_named(self) -> bool:
        """Whether a file of annotations named them and nobody has given their e-mail address."""
        return self.email.endswith(f"@{NOWHERE}") and not self.is_erased

    @property
    def is_erased(self) -> bool:
        """Whether all that said who they are was taken away for good."""
        return self.email == write_erased_address(self.pk)

    def set_password(self, raw_password: str | None) -> None:
        """Every way to change a password comes through here, so none leaves older links and tokens alive."""
        super().set_password(raw_password)
        self.credentials_changed_at = timezone.now()

    def set_unusable_password(self) -> None:
        """Ends the sessions too: no two unusable passwords are the same."""
        super().set_unusable_password()
        self.credentials_changed_at = timezone.now()

    def changed_credentials_since(self, moment: datetime) -> bool:
        """Whether the password was set or taken away since; what was handed out before opens nothing then."""
        return self.credentials_changed_at is not None and moment < self.credentials_changed_at

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]


class SignInLink(models.Model):
    """A one-time invitation. Only a hash of its secret is kept; it works once and then expires."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="sign_in_links")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"sign-in link of {self.user}"

    @property
    def is_outdated(self) -> bool:
        return self.user.changed_credentials_since(self.created_at)


class TokenScope(models.TextChoices):
    """What a token of the API is good for."""

    READ = "read", "read"
    WRITE = "write", "read and write"
    RELEASES = "releases", "read the releases of one project"


class ApiToken(AbstractAuthToken):
    """A program's key, hashed, limited to a scope and, where given, to one project."""

    name = models.CharField(max_length=100)
    scope = models.CharField(max_length=10, choices=TokenScope.choices, default=TokenScope.READ)
    project = models.ForeignKey(
        "annotations.Project",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="api_tokens",
    )
    made_with = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="made_tokens",
        help_text="The token that made this one; it ends with it.",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="api_token_scope_is_known", condition=models.Q(scope__in=TokenScope.values)
            ),
            models.CheckConstraint(
                name="api_token_for_releases_has_a_project",
                condition=~models.Q(scope=TokenScope.RELEASES) | models.Q(project__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_outdated(self) -> bool:
        return self.user.changed_credentials_since(self.created)
