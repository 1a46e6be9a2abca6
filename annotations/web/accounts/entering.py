"""Letting somebody in who proved who they are, once their second factor is there too, if they have one."""

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from annotations.models import User
from annotations.projects.second_factors import are_offered

BACKEND = "django.contrib.auth.backends.ModelBackend"
NO_VERIFICATION = "none"


def enter(request: HttpRequest, user: User, *, to: str, method: str) -> HttpResponse:
    """Sign a person in and lead them on; where they have a second factor, ask for it first."""
    if not are_offered():
        login(request, user, backend=BACKEND)
        return HttpResponseRedirect(to)
    from allauth.account.internal.flows.login import record_authentication
    from allauth.account.utils import perform_login

    record_authentication(request, user, method=method)
    answer: HttpResponse = perform_login(request, user, email_verification=NO_VERIFICATION, redirect_url=to)
    return answer
