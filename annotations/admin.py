"""Administration for staff: everything can be looked at, and little changed, because the services keep the rules.

What can be done here: close and reopen an account, issue a sign-in link, reset an account, revoke a token. Staff who
annotate an article see here as little of what others made of it as anywhere else.
"""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from annotations import models
from annotations.assignment.accounts import AccountRefusedError, close_account, reopen_account
from annotations.blindness import keep_visible, keep_visible_events
from annotations.projects.addresses import write_address
from annotations.projects.signing_in import (
    HasPasswordError,
    NotYoursToSignInError,
    issue_sign_in_link,
    reset_access,
)
from annotations.projects.tokens import revoke_api_token

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin

admin.site.site_title = admin.site.site_header = "Workbench administration"
admin.site.index_title = "Everything, to look at"
OF_LIBRARY = {"account", "mfa", "socialaccount"}


class ReadOnlyAdmin(ModelAdmin):
    """Rows to look at; long lists do not count or load more than they show."""

    show_full_result_count = False
    list_per_page = 50
    article_path = ""
    """The way from a row to the article of which it tells what was made, hidden from staff who annotate it."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return keep_visible(rows, _person(request), article=self.article_path) if self.article_path else rows

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        return bool(request.user.is_active and request.user.is_staff)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        return False


@admin.register(models.User)
class UserAdmin(ReadOnlyAdmin):
    """An account can be closed and reopened, never deleted: what people did stays theirs."""

    list_display = ["email", "name", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["email", "name"]
    fields = ["email", "name", "is_active", "is_staff", "date_joined", "last_login"]
    readonly_fields = ["email", "is_staff", "date_joined", "last_login"]
    actions = ["issue_links", "reset_access"]

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Staff close the accounts of people; only superusers those of staff."""
        is_staff_member = isinstance(obj, models.User) and (obj.is_staff or obj.is_superuser)
        return self.has_view_permission(request) and (not is_staff_member or bool(request.user.is_superuser))

    def save_model(self, request: HttpRequest, obj: models.User, form: Any, change: bool) -> None:  # noqa: FBT001
        """An account is closed and opened as on the installation's page, with what lies in its owner's queues."""
        wanted = obj.is_active
        obj.is_active = bool(form.initial.get("is_active", wanted))
        super().save_model(request, obj, form, change)
        if "is_active" in form.changed_data:
            try:
                (reopen_account if wanted else close_account)(obj, by=_person(request))
            except AccountRefusedError as error:
                self.message_user(request, str(error), messages.ERROR)

    @admin.action(description="Issue a sign-in link", permissions=["change"])
    def issue_links(self, request: HttpRequest, users: QuerySet[models.User]) -> None:
        for user in users:
            try:
                self._show_link(request, user, issue_sign_in_link(user, by=_person(request)))
            except (NotYoursToSignInError, HasPasswordError) as error:
                self.message_user(request, str(error), messages.ERROR)

    @admin.action(
        description="Reset: end the password, sessions and tokens, and issue a sign-in link",
        permissions=["reset"],
    )
    def reset_access(self, request: HttpRequest, users: QuerySet[models.User]) -> None:
        for user in users:
            self._show_link(request, user, reset_access(user, by=_person(request)))

    def has_reset_permission(self, request: HttpRequest) -> bool:
        """A reset opens the account of somebody who has a password, so only superusers do it."""
        return bool(request.user.is_active and request.user.is_superuser)

    def _show_link(self, request: HttpRequest, user: models.User, token: str) -> None:
        link = write_address("web:sign-in-link", token)
        self.message_user(request, f"For {user.email}, once: {link}")


@admin.register(models.ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    """Tokens of the API by their first characters; whoever may see one may revoke it."""

    list_display = ["name", "user", "scope", "project", "created", "expiry"]
    list_select_related = ["user", "project"]
    fields = ["name", "user", "scope", "project", "token_key", "created", "expiry"]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_view_permission(request, obj)

    def delete_model(self, request: HttpRequest, obj: models.ApiToken) -> None:
        revoke_api_token(obj, by=_person(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[models.ApiToken]) -> None:
        for token in queryset:
            revoke_api_token(token, by=_person(request))


@admin.register(models.SignInLink)
class SignInLinkAdmin(ReadOnlyAdmin):
    """Sign-in links without their secret: for whom, from whom, and whether they were used."""

    list_display = ["user", "created_at", "created_by", "expires_at", "used_at"]
    list_select_related = ["user", "created_by"]
    exclude = ["token_hash"]


@admin.register(models.Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """Invitations into projects without their secret: to whom, from whom, and whether they were accepted."""

    list_display = ["project", "user", "roles", "created_by", "expires_at", "accepted_at"]
    list_select_related = ["project", "user", "created_by"]
    exclude = ["token_hash"]


@admin.register(models.Project)
class ProjectAdmin(ReadOnlyAdmin):
    """Projects, archived ones included."""

    list_display = ["name", "slug", "scheme", "created_at", "archived_at"]
    list_select_related = ["scheme"]
    search_fields = ["name", "slug"]


@admin.register(models.Scheme)
class SchemeAdmin(ReadOnlyAdmin):
    """Every version of every scheme that was stored."""

    list_display = ["name", "version", "title", "created_at"]


@admin.register(models.Membership)
class MembershipAdmin(ReadOnlyAdmin):
    """Who has which role in which project."""

    list_display = ["project", "user", "role", "created_at"]
    list_select_related = ["project", "user"]
    list_filter = ["role"]


@admin.register(models.ModelAnnotator)
class ModelAnnotatorAdmin(ReadOnlyAdmin):
    """The annotators of projects that are models, and whether they vote."""

    list_display = ["project", "user", "standing", "named_at"]
    list_select_related = ["project", "user"]
    list_filter = ["standing"]


@admin.register(models.Article)
class ArticleAdmin(ReadOnlyAdmin):
    """Articles without their original bytes, which are large."""

    list_display = ["title", "project", "length", "source_format", "imported_at"]
    list_select_related = ["project"]
    search_fields = ["title", "external_id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.Article]:
        return super().get_queryset(request).defer("original")


@admin.register(models.Round)
class RoundAdmin(ReadOnlyAdmin):
    """Rounds of all projects."""

    list_display = ["project", "number", "kind", "overlap", "created_at"]
    list_select_related = ["project"]


@admin.register(models.Participant)
class ParticipantAdmin(ReadOnlyAdmin):
    """Annotators' places in rounds, with the studio projects that hold their queues."""

    list_display = ["round", "annotator", "is_active", "studio_project_id"]
    list_select_related = ["round__project", "annotator"]


@admin.register(models.Task)
class TaskAdmin(ReadOnlyAdmin):
    """Tasks with the places that are claimed and wanted."""

    list_display = ["id", "round", "article_id", "status", "claimed", "wanted"]
    list_select_related = ["round__project"]
    list_filter = ["status"]


@admin.register(models.Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    """Annotators' shares of tasks, but not of articles that are hidden from the reader."""

    article_path = "task__article"
    list_display = ["id", "task_id", "annotator", "status", "status_changed_at", "studio_task_id"]
    list_select_related = ["annotator"]
    list_filter = ["status"]


@admin.register(models.Annotation)
class AnnotationAdmin(ReadOnlyAdmin):
    """Revisions of annotations, but not of articles that are hidden from the reader."""

    article_path = "assignment__task__article"
    list_display = ["id", "assignment_id", "revision", "origin", "created_at"]
    list_filter = ["origin"]


@admin.register(models.QuarantinedItem)
class QuarantinedItemAdmin(ReadOnlyAdmin):
    """What could not be accepted of annotations, but not of articles that are hidden from the reader."""

    article_path = "annotation__assignment__task__article"
    list_display = ["id", "code", "message", "created_at", "resolved_at", "resolved_by"]
    list_select_related = ["resolved_by"]


@admin.register(models.Decision)
class DecisionAdmin(ReadOnlyAdmin):
    """Entries of the ledger, but not of articles that are hidden from the reader."""

    article_path = "task__article"
    list_display = ["id", "task_id", "number", "unit", "action", "decided_by", "decided_at"]
    list_select_related = ["decided_by"]


@admin.register(models.Gold)
class GoldAdmin(ReadOnlyAdmin):
    """Gold, but not of articles that are hidden from the reader."""

    article_path = "task__article"
    list_display = ["id", "task_id", "status", "needs_review", "finished_at", "finished_by"]
    list_select_related = ["finished_by"]
    list_filter = ["status", "needs_review"]


@admin.register(models.Release)
class ReleaseAdmin(ReadOnlyAdmin):
    """Releases, but none that has an article that is hidden from the reader."""

    list_display = ["project", "number", "title", "created_at", "sha256"]
    list_select_related = ["project"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.Release]:
        return keep_visible(super().get_queryset(request), _person(request), article="items__article")


@admin.register(models.Job)
class JobAdmin(ReadOnlyAdmin):
    """Jobs of the worker, with how far they came and how often they were tried."""

    list_display = [
        "id",
        "kind",
        "project",
        "status",
        "done",
        "total",
        "attempts",
        "created_at",
        "finished_at",
    ]
    list_select_related = ["project"]
    list_filter = ["status", "kind"]


@admin.register(models.Event)
class EventAdmin(ReadOnlyAdmin):
    """The audit trail, but no events that tell of what is hidden from the reader."""

    list_display = ["at", "actor", "verb", "subject_type", "subject_id", "project"]
    list_select_related = ["actor", "project"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.Event]:
        return keep_visible_events(super().get_queryset(request), _person(request))


def _person(request: HttpRequest) -> models.User:
    if not isinstance(request.user, models.User):
        raise TypeError("The administration is only for people who are signed in.")
    return request.user


def forget_rows_of_library() -> None:
    """Take the tables of `django-allauth` off these pages, where they could be edited: second factors are taken away on the installation's page."""
    for model in [one for one in admin.site._registry if one._meta.app_label in OF_LIBRARY]:  # noqa: SLF001
        admin.site.unregister(model)
