"""The installation's page: everybody with an account, and closing, reopening, resetting and erasing one."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotations.assignment.accounts import (
    AccountRefusedError,
    close_account,
    erase_person,
    list_only_managed,
    reopen_account,
)
from annotations.limits import MAX_PAGED_ROWS, MAX_SEARCH_LENGTH
from annotations.models import Membership, User
from annotations.projects.addresses import write_address
from annotations.projects.second_factors import (
    NoSecondFactorError,
    forget_second_factors,
    has_second_factor,
)
from annotations.projects.signing_in import reset_access
from annotations.web.access import PersonRequest, installation_page
from annotations.web.paging import paginate, read_choice
from annotations.web.settings.forms import TypedConfirmationForm

STATES = {
    "": Q(),
    "open": Q(is_active=True),
    "closed": Q(is_active=False),
    "administrators": Q(is_superuser=True),
}
"""What the list of people can be narrowed to."""


@installation_page
@require_safe
def show_installation(request: PersonRequest) -> HttpResponse:
    """Everybody with an account, found by name or address, with the number of their projects."""
    state = read_choice(request, "state", list(STATES))
    words = request.GET.get("q", "").strip()[:MAX_SEARCH_LENGTH]
    people = User.objects.filter(STATES[state])
    if words:
        people = people.filter(Q(name__icontains=words) | Q(email__icontains=words))
    page = paginate(request, people.order_by("name", "pk"), most=MAX_PAGED_ROWS)
    shown = [person.pk for person in page.object_list]
    counts = dict(
        Membership.objects.filter(user__in=shown)
        .values_list("user")
        .annotate(projects=Count("project", distinct=True))
        .order_by()
    )
    context = {
        "page": page,
        "rows": [(person, counts.get(person.pk, 0)) for person in page.object_list],
        "states": [(name, name or "all") for name in STATES],
        "state": state,
        "words": words,
        "max_search_length": MAX_SEARCH_LENGTH,
    }
    return render(request, "annotations/installation/people.html", context)


@installation_page
@require_safe
def show_account(request: PersonRequest, user_id: int) -> HttpResponse:
    """One account: where its owner works, and what an administrator can do with it."""
    return _show_account(request, _find(user_id))


def _show_account(request: PersonRequest, person: User, *, link: str = "") -> HttpResponse:
    memberships = Membership.objects.filter(user=person).select_related("project")
    context = {
        "person": person,
        "memberships": memberships.order_by("project__name", "role"),
        "only_managed": list_only_managed(person),
        "link": link,
        "is_self": person == request.user,
        "has_second_factor": has_second_factor(person),
    }
    return render(request, "annotations/installation/account.html", context)


@installation_page
@require_POST
@sensitive_variables("token")
def change_account(request: PersonRequest, user_id: int) -> HttpResponse:
    """Close or reopen an account, or end its password, sessions and tokens and show a link that signs in once."""
    person = _find(user_id)
    wanted = request.POST.get("what", "")
    try:
        if wanted == "close":
            close_account(person, by=request.user)
            messages.success(request, f"The account of {person} is closed. What they did stays.")
        elif wanted == "reopen":
            reopen_account(person, by=request.user)
            messages.success(request, f"The account of {person} is open again.")
        elif wanted == "forget":
            forget_second_factors(person, by=request.user)
            messages.success(request, f"{person} signs in without a second factor now.")
        elif wanted == "reset" and person.is_active:
            token = reset_access(person, by=request.user)
            link = write_address("web:sign-in-link", token)
            return _show_account(request, person, link=link)
        else:
            messages.error(request, "Say what is to become of the account: press one of its buttons.")
    except (AccountRefusedError, NoSecondFactorError) as error:
        messages.error(request, str(error))
    return redirect("web:account-of", user_id)


@installation_page
@require_http_methods(["GET", "HEAD", "POST"])
def erase_account(request: PersonRequest, user_id: int) -> HttpResponse:
    """Erase a person once their address is typed; what goes and what stays is said before."""
    person = _find(user_id)
    form = TypedConfirmationForm(
        request.POST or None,
        name=person.email,
        purpose="erase them",
        otherwise="Nobody was erased.",
    )
    if request.method == "POST" and form.is_valid():
        try:
            erase_person(person, by=request.user)
        except AccountRefusedError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"They are “{person.name}” now. What they annotated and decided stays.")
            return redirect("web:account-of", user_id)
    return render(
        request,
        "annotations/installation/erase.html",
        {"person": person, "form": form, "only_managed": list_only_managed(person)},
    )


def _find(user_id: int) -> User:
    person: User = get_object_or_404(User, pk=user_id)
    return person
