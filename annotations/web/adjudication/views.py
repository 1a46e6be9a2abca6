"""The adjudicators' queue, and the page on which one task is decided."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from annotations.adjudication.admission import (
    OwnAnnotationError,
    StillAnnotatingError,
    check_may_adjudicate,
)
from annotations.adjudication.ledger import read_case
from annotations.adjudication.locking import StaleLedgerError, TaskNotAnnotatedError
from annotations.adjudication.services import (
    ConflictingGoldError,
    NotAdjudicatedError,
    NothingToCloseError,
    NothingToUndoError,
    OpenUnitsError,
    UnmetRulesError,
    close_own_share,
    decide_unit,
    finish_task,
    reopen_task,
    review_gold,
    undo_last,
)
from annotations.adjudication.units import Action, Motive
from annotations.adjudication.validation import InvalidDecisionError
from annotations.blindness import is_hidden
from annotations.limits import MAX_PLACES_AROUND
from annotations.models import Role, Task, TaskStatus
from annotations.projects.archived import ProjectArchivedError
from annotations.snapping import list_places
from annotations.web.access import MemberRequest, member_page
from annotations.web.adjudication.cards import (
    find_current,
)
from annotations.web.adjudication.page import render_case
from annotations.web.adjudication.queue import find_next

CONFLICT, UNPROCESSABLE = 409, 422
WORDS = "words"
"""What a form sends in place of an action to decide by the words typed; a listed value may be any text."""
STATUS_OF: dict[type[Exception], int] = {
    StaleLedgerError: CONFLICT,
    TaskNotAnnotatedError: CONFLICT,
    OwnAnnotationError: CONFLICT,
    StillAnnotatingError: CONFLICT,
    NothingToCloseError: CONFLICT,
    NothingToUndoError: CONFLICT,
    OpenUnitsError: CONFLICT,
    ConflictingGoldError: CONFLICT,
    UnmetRulesError: CONFLICT,
    NotAdjudicatedError: CONFLICT,
    ProjectArchivedError: CONFLICT,
    InvalidDecisionError: UNPROCESSABLE,
}
REFUSALS = tuple(STATUS_OF)
MAX_LOOKED_AT = 50


@member_page(Role.ADJUDICATOR, Role.MANAGER)
@require_safe
def show_task(request: MemberRequest, task_id: int) -> HttpResponse:
    """The page on which an adjudicator decides the units of one task, and a manager reads what was decided once it is finished."""
    task = _get_task(request, task_id)
    if Role.ADJUDICATOR not in request.roles and task.status != TaskStatus.ADJUDICATED:
        return redirect("web:task", request.project.slug, task_id)
    return _turn_away(request, task) or render_case(
        request, task, wanted=request.GET.get("unit", ""), must_exist=True
    )


@member_page(Role.ADJUDICATOR)
@require_POST
def close_own(request: MemberRequest, task_id: int) -> HttpResponse:
    """End the adjudicator's own part in an article, so that they may see it and decide."""
    task = _get_task(request, task_id)
    try:
        close_own_share(task, by=request.user)
    except REFUSALS as error:
        messages.error(request, str(error))
        return redirect("web:adjudication", request.project.slug)
    messages.success(
        request, "Your part in this article is closed. Now you see what the others made of it, and decide."
    )
    return redirect("web:adjudicate", request.project.slug, task_id)


@member_page(Role.ADJUDICATOR)
@require_POST
def decide(request: MemberRequest, task_id: int) -> HttpResponse:
    """Take an adjudicator's decision about one unit, and show the task as it is then."""
    unit, decision = request.POST.get("unit", ""), request.POST.get("decision", "")
    action, _, argument = decision.partition("|")
    if action == WORDS:
        action, argument = Action.VALUE, request.POST.get("words", "")

    def act(task: Task, expected: int | None) -> str:
        made = decide_unit(
            task,
            unit=unit,
            action=action,
            payload=_read_payload(action, argument, request.POST),
            by=request.user,
            note=request.POST.get("note", ""),
            motive=Motive(request.POST.get("why", ""), bool(request.POST.get("for_guidelines"))),
            expected=expected,
        )
        return made.unit

    return _act(request, task_id, act)


@member_page(Role.ADJUDICATOR)
@require_POST
def undo(request: MemberRequest, task_id: int) -> HttpResponse:
    """Take back the last decision about a task."""

    def act(task: Task, expected: int | None) -> str:
        return undo_last(task, by=request.user, expected=expected).unit

    return _act(request, task_id, act, is_undo=True)


@member_page(Role.ADJUDICATOR)
@cache_control(private=True, max_age=3600)
@require_safe
def list_borders(request: MemberRequest, task_id: int) -> HttpResponse:
    """Say where spans of a task's article may begin and end near a place; neither the text nor the rule ever changes."""
    task = _get_task(request, task_id)
    if turned_away := _turn_away(request, task):
        return turned_away
    place = _read_number(request.GET.get("at", "")) or 0
    starts, ends = list_places(
        task.article.text,
        task.round.scheme.definition.snap,
        first=max(0, place - MAX_PLACES_AROUND),
        last=place + MAX_PLACES_AROUND,
    )
    return JsonResponse({"starts": starts, "ends": ends})


@member_page(Role.ADJUDICATOR)
@require_POST
def finish(request: MemberRequest, task_id: int) -> HttpResponse:
    """Make gold of a task on which everything is decided, or say what is missing."""
    task = _get_task(request, task_id)
    if turned_away := _turn_away(request, task):
        return turned_away
    try:
        finish_task(
            task,
            by=request.user,
            reason=request.POST.get("reason", ""),
            expected=_read_expected(request),
        )
    except REFUSALS as error:
        if request.POST.get("reason") or isinstance(error, UnmetRulesError):
            return render_case(request, task, error=str(error), status=_find_status(error))
        messages.error(request, str(error))
        return redirect("web:adjudicate", request.project.slug, task_id)
    following = find_next(request.project, request.user)
    messages.success(request, f"“{task.article.title}” is finished.")
    if following is None:
        return redirect("web:adjudication", request.project.slug)
    return redirect("web:adjudicate", request.project.slug, following.pk)


@member_page(Role.ADJUDICATOR)
@require_POST
def reopen(request: MemberRequest, task_id: int) -> HttpResponse:
    """Take the gold of a task away, so that it is decided about again."""
    return _settle_gold(
        request, task_id, reopen_task, "The task is open again; nothing that was decided is lost."
    )


@member_page(Role.ADJUDICATOR)
@require_POST
def review(request: MemberRequest, task_id: int) -> HttpResponse:
    """Put on record that gold which was sampled for review was looked at and stands."""
    return _settle_gold(request, task_id, review_gold, "Reviewed: the gold stands as it is.")


def _settle_gold(
    request: MemberRequest, task_id: int, act: Callable[..., object], success: str
) -> HttpResponse:
    task = _get_task(request, task_id)
    if turned_away := _turn_away(request, task):
        return turned_away
    try:
        act(task, by=request.user)
    except REFUSALS as error:
        messages.error(request, str(error))
    else:
        messages.success(request, success)
    return redirect("web:adjudicate", request.project.slug, task_id)


def _act(
    request: MemberRequest, task_id: int, act: Callable[[Task, int | None], str], *, is_undo: bool = False
) -> HttpResponse:
    """Do something to the ledger, then show the case; a script asks for the changed part only."""
    task = _get_task(request, task_id)
    if turned_away := _turn_away(request, task):
        return turned_away
    is_partial = _wants_part(request)
    try:
        unit = act(task, _read_expected(request))
    except REFUSALS as error:
        if is_partial:
            return render_case(
                request,
                task,
                wanted=request.POST.get("unit", ""),
                error=str(error),
                status=_find_status(error),
                partial=True,
            )
        messages.error(request, str(error))
        return redirect("web:adjudicate", request.project.slug, task_id)
    if is_partial:
        return render_case(
            request,
            task,
            wanted=unit if is_undo else "",
            after="" if is_undo else unit,
            partial=True,
            told="Undone." if is_undo else "",
        )
    if is_undo:
        messages.success(request, "Undone.")
    case = read_case(task)
    current = find_current(case.outcome.units, wanted=unit if is_undo else "", after="" if is_undo else unit)
    address = reverse("web:adjudicate", args=[request.project.slug, task_id])
    return redirect(f"{address}?{urlencode({'unit': current})}#current" if current else address)


def _find_status(error: Exception) -> int:
    return next(code for kind, code in STATUS_OF.items() if isinstance(error, kind))


def _read_payload(action: str, argument: str, given: Mapping[str, str]) -> dict[str, Any]:
    """What a form sent as the ledger's payload; numbers that are none are left for the check to refuse."""
    match action:
        case Action.CHOOSE:
            return {"candidate": argument}
        case Action.VALUE:
            return {"value": argument}
        case Action.ADD if given.get("relation"):
            return {
                "kind": given["relation"],
                "source": given.get("source", ""),
                "target": given.get("target", ""),
            }
        case Action.EDIT | Action.ADD:
            places = {name: _read_number(given.get(name, "")) for name in ("start", "end")}
            return {**places, "label": argument or given.get("label", "")}
    return {}


def _read_number(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() and len(value) < len("1000000000") else None


def _read_expected(request: HttpRequest) -> int | None:
    return _read_number(request.POST.get("expected", ""))


def _get_task(request: MemberRequest, task_id: int) -> Task:
    task = (
        Task.objects.filter(round__project=request.project, pk=task_id)
        .filter(status__in=[TaskStatus.ANNOTATED, TaskStatus.ADJUDICATED])
        .select_related("round__scheme", "round__project", "article")
        .defer("article__original")
        .first()
    )
    if task is None:
        raise Http404("No such task waits for adjudication.")
    return task


def _turn_away(request: MemberRequest, task: Task) -> HttpResponse | None:
    """Show nothing of a task to who still annotates its article, nor to who annotated it while another adjudicator decides.

    What is adjudicated may be looked at by its annotators, because their part is over.
    """
    try:
        check_may_adjudicate(task, request.user)
    except StillAnnotatingError as error:
        reason = str(error)
    except OwnAnnotationError as error:
        if task.status == TaskStatus.ADJUDICATED and not is_hidden(task.article_id, request.user):
            return None
        reason = str(error)
    else:
        return None
    if _wants_part(request):
        return HttpResponseForbidden(reason, content_type="text/plain; charset=utf-8")
    messages.warning(request, reason)
    return redirect("web:adjudication", request.project.slug)


def _wants_part(request: HttpRequest) -> bool:
    return request.headers.get("X-Part") == "case"
