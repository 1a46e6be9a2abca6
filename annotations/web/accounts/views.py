"""Signing in and out, passwords, and a person's own tokens."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotations.collection.personal_data import write_personal_data
from annotations.models import ApiToken, Role, User
from annotations.projects.members import InvitationError, accept_invitation, find_invitation, rename_person
from annotations.projects.second_factors import are_offered
from annotations.projects.signing_in import (
    SignInLinkError,
    change_password,
    find_sign_in_link,
    redeem_sign_in_link,
)
from annotations.projects.tokens import create_api_token, revoke_api_token
from annotations.web.access import PersonRequest, person_page
from annotations.web.accounts.entering import enter
from annotations.web.accounts.messages import ask_for_message
from annotations.web.forms import (
    ApiTokenForm,
    DigestForm,
    ForgottenPasswordForm,
    NameForm,
    SignInForm,
    explain_passwords,
)

CAME_BY_LINK = "came_by_link"
"""Whose link opened a session: they may set a password without knowing the old one."""


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The page on which people sign in with their e-mail address and password."""
    if request.user.is_authenticated:
        return redirect("web:home")
    form = SignInForm(request, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        return enter(request, form.get_user(), to=_safe_next(request), method="password")
    context = {"form": form, "next": request.GET.get("next", ""), "other_service": settings.OIDC_NAME}
    context["has_passkeys"] = are_offered()
    return render(request, "annotations/accounts/sign_in.html", context)


def _safe_next(request: HttpRequest) -> str:
    """Where the person wanted to go, if that is one of our pages."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours and wanted.startswith("/") else "/"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Redeem a link only when its button is pressed, so that programs which preview links do not use it up."""
    try:
        if request.method != "POST":
            person = find_sign_in_link(token).user
            return render(request, "annotations/accounts/sign_in_link.html", {"person": person})
        user = redeem_sign_in_link(token)
    except SignInLinkError as error:
        return render(request, "annotations/accounts/sign_in_link.html", {"error": error}, status=410)
    answer = enter(request, user, to=reverse("web:set-password"), method="link")
    request.session[CAME_BY_LINK] = user.pk
    return answer


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgot_password(request: HttpRequest) -> HttpResponse:
    """Send a link to the address, if somebody has it; the answer is the same if nobody does."""
    form = ForgottenPasswordForm(request.POST or None)
    is_asked = request.method == "POST" and form.is_valid()
    if is_asked:
        ask_for_message("send_reset_link", form.cleaned_data["email"], pause=settings.RESET_LINK_PAUSE)
    context = {
        "form": form,
        "is_asked": is_asked,
        "sends_mail": bool(settings.EMAIL_HOST),
        "pause": settings.RESET_LINK_PAUSE,
    }
    return render(request, "annotations/accounts/forgot_password.html", context)


@person_page
@require_http_methods(["GET", "HEAD", "POST"])
def answer_invitation(request: PersonRequest, token: str) -> HttpResponse:
    """Show what somebody is invited to; they are in once they accept."""
    try:
        if request.method != "POST":
            invitation = find_invitation(token, person=request.user)
            roles = [Role(role).label for role in invitation.roles]
            context = {"invitation": invitation, "their_roles": roles}
            return render(request, "annotations/accounts/invitation.html", context)
        project = accept_invitation(token, person=request.user)
    except InvitationError as error:
        return render(request, "annotations/accounts/invitation.html", {"error": error}, status=410)
    messages.success(request, f"You are in {project.name} now.")
    return redirect("web:project", project.slug)


@person_page
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def set_password(request: PersonRequest) -> HttpResponse:
    """The page on which who came by a sign-in link chooses a password."""
    if request.session.get(CAME_BY_LINK) != request.user.pk:
        return redirect("web:account")
    form = SetPasswordForm(request.user, data=request.POST or None)
    explain_passwords(form)
    if request.method == "POST" and form.is_valid():
        change_password(request.user, form.cleaned_data["new_password1"], by=request.user)
        request.session.pop(CAME_BY_LINK)
        update_session_auth_hash(request, request.user)
        messages.success(
            request,
            "Your password is set. From now on you sign in with your e-mail address and this password.",
        )
        return redirect("web:home")
    return render(request, "annotations/accounts/set_password.html", {"form": form})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End a person's session."""
    logout(request)
    return redirect(settings.LOGIN_URL)


@person_page
@require_safe
def download_own_data(request: PersonRequest) -> StreamingHttpResponse:
    """All that is kept of the person who asks, as lines of JSON."""
    answer = StreamingHttpResponse(
        write_personal_data(request.user), content_type="application/x-ndjson; charset=utf-8"
    )
    answer["Content-Disposition"] = 'attachment; filename="my-data.jsonl"'
    return answer


@person_page
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: PersonRequest) -> HttpResponse:
    """The page of one's own account, on which the password is changed and the tokens are listed."""
    form = PasswordChangeForm(request.user, data=request.POST or None)
    form.fields["old_password"].widget.attrs.pop("autofocus", None)
    if request.method == "POST" and form.is_valid():
        change_password(request.user, form.cleaned_data["new_password1"], by=request.user)
        update_session_auth_hash(request, request.user)
        messages.success(
            request, "Your password is changed. Other browsers are signed out, and your tokens have ended."
        )
        return redirect("web:account")
    return _show_account(request, form=form)


def _show_account(
    request: PersonRequest,
    *,
    form: PasswordChangeForm | None = None,
    name_form: NameForm | None = None,
    token_form: ApiTokenForm | None = None,
    new_token: tuple[ApiToken, str] | None = None,
) -> HttpResponse:
    form = form or PasswordChangeForm(request.user)
    explain_passwords(form)
    tokens = ApiToken.objects.filter(user=request.user).select_related("project").order_by("-created")
    context = {
        "form": form,
        "name_form": name_form or NameForm(initial={"name": request.user.name}),
        "digest_form": DigestForm(initial={"wants_digest": request.user.wants_digest}),
        "token_form": token_form or ApiTokenForm(user=request.user),
        "tokens": tokens,
        "new_token": new_token,
        "now": timezone.now(),
        "came_by_link": request.session.get(CAME_BY_LINK) == request.user.pk,
        "has_second_factors": are_offered(),
        "public_url": settings.PUBLIC_URL,
    }
    return render(request, "annotations/accounts/account.html", context)


@person_page
@require_POST
def rename(request: PersonRequest) -> HttpResponse:
    """Let a person be called by another name."""
    name_form = NameForm(request.POST)
    if not name_form.is_valid():
        return _show_account(request, name_form=name_form)
    rename_person(request.user, name_form.cleaned_data["name"], by=request.user)
    messages.success(request, f"You are called {request.user.name} now.")
    return redirect("web:account")


@person_page
@require_POST
def choose_digest(request: PersonRequest) -> HttpResponse:
    """Let a person say whether they are told by e-mail what waits for them."""
    form = DigestForm(request.POST)
    form.is_valid()  # whatever comes says yes or no
    wants_digest = form.cleaned_data["wants_digest"]
    User.objects.filter(pk=request.user.pk).update(wants_digest=wants_digest)
    messages.success(
        request,
        "You are told by e-mail what waits for you."
        if wants_digest
        else "You are not told by e-mail any more what waits for you.",
    )
    return redirect("web:account")


@person_page
@require_POST
def create_token(request: PersonRequest) -> HttpResponse:
    """Show the secret in the answer itself: it is kept nowhere, so it cannot be shown again."""
    token_form = ApiTokenForm(request.POST, user=request.user)
    if not token_form.is_valid():
        return _show_account(request, token_form=token_form)
    made = create_api_token(request.user, **token_form.cleaned_data, by=request.user)
    return _show_account(request, new_token=made)


@person_page
@require_POST
def revoke_token(request: PersonRequest, key: str) -> HttpResponse:
    """End one of the person's own tokens of the API."""
    token = get_object_or_404(ApiToken, user=request.user, token_key=key)
    revoke_api_token(token, by=request.user)
    messages.success(request, f"The token “{token.name}” no longer works.")
    return redirect("web:account")
