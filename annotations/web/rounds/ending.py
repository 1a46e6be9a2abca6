"""What a manager does to a round as a whole: naming it, its day and its quiz, and opening it again once it was closed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from annotations.assignment.closing import RoundNameError, rename_round, reopen_round
from annotations.assignment.deadlines import DueDayError, set_due_day
from annotations.assignment.errors import RoundUnderWayError
from annotations.assignment.qualifying import require_quiz
from annotations.models import Role
from annotations.progress.deadlines import write_day
from annotations.web.access import MemberRequest, member_page
from annotations.web.rounds.finding import find_round
from annotations.web.rounds.forms import DueDayForm, RequiredQuizForm


@member_page(Role.MANAGER)
@require_POST
def rename(request: MemberRequest, number: int) -> HttpResponse:
    """Give a round a name of its own, or take it away."""
    round_ = find_round(request, number)
    try:
        rename_round(round_, request.POST.get("name", ""), by=request.user)
    except RoundNameError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, f"This is “{round_.title}” now." if round_.name else "The round has its number alone."
        )
    return redirect("web:round", request.project.slug, number)


@member_page(Role.MANAGER)
@require_POST
def set_due(request: MemberRequest, number: int) -> HttpResponse:
    """Say by which day a round is to be annotated, or that there is no such day."""
    round_, form = find_round(request, number), DueDayForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Give the day as the calendar does, such as 2027-01-31, or leave it empty.")
        return redirect("web:round", request.project.slug, number)
    try:
        set_due_day(round_, form.cleaned_data["due_on"], by=request.user)
    except DueDayError as error:
        messages.error(request, str(error))
    else:
        due = round_.due_on
        messages.success(
            request,
            f"The round is to be annotated by {write_day(due)}." if due else "The round is due on no day.",
        )
    return redirect("web:round", request.project.slug, number)


@member_page(Role.MANAGER)
@require_POST
def set_required_quiz(request: MemberRequest, number: int) -> HttpResponse:
    """Say which quiz annotators have to pass before they receive articles of a round, or that they need none."""
    round_ = find_round(request, number)
    form = RequiredQuizForm(request.POST, project=request.project)
    if "quiz" not in form.fields or not form.is_valid():
        messages.error(request, "Choose one of the quizzes of this project, or none.")
        return redirect("web:round", request.project.slug, number)
    quiz = form.cleaned_data["quiz"]
    require_quiz(round_, quiz, by=request.user)
    messages.success(
        request,
        f"From now on only who has passed {quiz.title.lower()} receives articles of this round; what is in a queue stays there."
        if quiz
        else "Everybody in this round receives its articles.",
    )
    return redirect("web:round", request.project.slug, number)


@member_page(Role.MANAGER)
@require_POST
def reopen(request: MemberRequest, number: int) -> HttpResponse:
    """Let a round that was closed go on."""
    try:
        reopen_round(find_round(request, number), by=request.user)
    except RoundUnderWayError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Round {number} is open again.")
    return redirect("web:round", request.project.slug, number)
