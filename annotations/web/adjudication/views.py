"""The adjudicators' queue, and the page on which one task is decided."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from annotations.adjudication.admission import (
    OwnAnnotationError,
    StillAnnotatingError,
    check_may_adjudicate,
    find_obstacles,
    is_own_annotation,
)
from annotations.adjudication.evidence import find_last
from annotations.adjudication.ledger import Case, read_case
from annotations.adjudication.merging import find_rule
from annotations.adjudication.services import (
    ConflictingGoldError,
    NotAdjudicatedError,
    NothingToCloseError,
    NothingToUndoError,
    OpenUnitsError,
    StaleLedgerError,
    TaskNotAnnotatedError,
    UnmetRulesError,
    close_own_share,
    decide_unit,
    finish_task,
    reopen_task,
    review_gold,
    undo_last,
)
from annotations.adjudication.units import Action
from annotations.adjudication.validation import InvalidDecisionError
from annotations.blindness import is_hidden, keep_visible
from annotations.limits import MAX_NOTE_LENGTH
from annotations.models import Assignment, Decision, Gold, Project, Role, Task, TaskStatus, TaskTally
from annotations.models.adjudication import GoldQuerySet
from annotations.models.expressions import CountOf
from annotations.web.access import MemberRequest, member_page
from annotations.web.adjudication.cards import (
    describe_void,
    find_current,
    list_fallen,
    list_layers,
    list_link_ends,
    list_tracks,
    make_groups,
)
from annotations.web.adjudication.tracks import abbreviate, draw_article
from annotations.web.paging import paginate, read_choice

CONFLICT, UNPROCESSABLE = 409, 422
WORDS = "words"
"""What a form sends in place of an action to decide by the words typed; a listed value may be any text."""
STATUS_OF = {
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
    InvalidDecisionError: UNPROCESSABLE,
}
REFUSALS = tuple(STATUS_OF)
MAX_LOOKED_AT = 50


@member_page(Role.ADJUDICATOR, Role.MANAGER)
@require_safe
def show_queue(request: MemberRequest) -> HttpResponse:
    """Adjudicators decide from here; a manager who is none reads what waits."""
    project = request.project
    may_decide = Role.ADJUDICATOR in request.roles
    tallies = TaskTally.objects.filter(round__project=project, status=TaskStatus.ANNOTATED)
    page = paginate(request, _find_waiting(project), count=tallies.total())
    waiting = list(page)
    obstacles = find_obstacles(waiting, request.user)
    gold = keep_visible(_list_gold(project), request.user, article="task__article")
    context = {
        "page": page,
        "may_decide": may_decide,
        "next_task": _find_next(request) if may_decide else None,
        "waiting": [(task, obstacles.get(task.pk)) for task in waiting],
        "to_review": gold.to_review()[:50],
        "finished": gold[:20],
        "scheme": project.scheme,
        "merge_rule": find_rule(project.merge_rule),
    }
    return render(request, "annotations/adjudication/queue.html", context)


@member_page(Role.ADJUDICATOR)
@require_safe
def show_task(request: MemberRequest, task_id: int) -> HttpResponse:
    task = _get_task(request, task_id)
    return _turn_away(request, task) or _render_case(
        request, task, wanted=request.GET.get("unit", ""), must_exist=True
    )


@member_page(Role.ADJUDICATOR)
@require_POST
def close_own(request: MemberRequest, task_id: int) -> HttpResponse:
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
            expected=expected,
        )
        return made.unit

    return _act(request, task_id, act)


@member_page(Role.ADJUDICATOR)
@require_POST
def undo(request: MemberRequest, task_id: int) -> HttpResponse:
    def act(task: Task, expected: int | None) -> str:
        return undo_last(task, by=request.user, expected=expected).unit

    return _act(request, task_id, act, stays=True)


@member_page(Role.ADJUDICATOR)
@require_POST
def finish(request: MemberRequest, task_id: int) -> HttpResponse:
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
        return _render_case(request, task, error=str(error), status=_find_status(error))
    following = _find_next(request)
    messages.success(request, f"“{task.article.title}” is finished.")
    if following is None:
        return redirect("web:adjudication", request.project.slug)
    return redirect("web:adjudicate", request.project.slug, following.pk)


@member_page(Role.ADJUDICATOR)
@require_POST
def reopen(request: MemberRequest, task_id: int) -> HttpResponse:
    return _settle_gold(
        request, task_id, reopen_task, "The task is open again; nothing that was decided is lost."
    )


@member_page(Role.ADJUDICATOR)
@require_POST
def review(request: MemberRequest, task_id: int) -> HttpResponse:
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
    request: MemberRequest, task_id: int, act: Callable[[Task, int | None], str], *, stays: bool = False
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
            return _render_case(
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
        return _render_case(
            request, task, wanted=unit if stays else "", after="" if stays else unit, partial=True
        )
    case = read_case(task)
    current = find_current(case.outcome.units, wanted=unit if stays else "", after="" if stays else unit)
    address = reverse("web:adjudicate", args=[request.project.slug, task_id])
    return redirect(f"{address}?{urlencode({'unit': current})}#current" if current else address)


def _find_status(error: Exception) -> int:
    return next(code for kind, code in STATUS_OF.items() if isinstance(error, kind))


def _render_case(
    request: MemberRequest,
    task: Task,
    *,
    wanted: str = "",
    after: str = "",
    error: str = "",
    status: int = 200,
    partial: bool = False,
    must_exist: bool = False,
) -> HttpResponse:
    task.refresh_from_db(fields=["status"])
    gold = Gold.objects.filter(task=task).select_related("finished_by").first()
    # A finished task is shown as it was decided, whatever came in since.
    case = read_case(task, annotations=gold.markup.get("annotations") if gold else None)
    if must_exist and wanted and case.outcome.unit(wanted) is None:
        raise BadRequest(
            "This article has no such unit, or no longer: its annotations may have changed. Open it from the list."
        )
    can_decide = task.status == TaskStatus.ANNOTATED
    current = find_current(case.outcome.units, wanted=wanted, after=after) if can_decide else ""
    show_all = read_choice(request, "tracks", ["all"]) == "all" or request.POST.get("tracks") == "all"
    template = "annotations/adjudication/_case.html" if partial else "annotations/adjudication/case.html"
    return render(
        request,
        template,
        _describe_case(request, case, gold, current, error, show_all=show_all),
        status=status,
    )


def _describe_case(
    request: MemberRequest, case: Case, gold: Gold | None, current: str, error: str, *, show_all: bool
) -> Mapping[str, Any]:
    task, outcome = case.task, case.outcome
    can_decide = task.status == TaskStatus.ANNOTATED
    groups = make_groups(case, current=current)
    cards = [card for group in groups for card in group.cards]
    blocks = task.article.blocks.order_by("ordinal").values_list("start", "end", "kind")
    short = abbreviate([label.name for label in case.scheme.labels])
    return {
        "task": task,
        "gold": gold,
        "can_decide": can_decide,
        "article": draw_article(
            task.article.text,
            tracks=list_tracks(case, show_all=show_all),
            layers=list_layers(blocks),
            cuts=[edge for card in cards for place in card.places for edge in place],
        ),
        "groups": groups,
        "current": current,
        "open_count": len(outcome.open),
        "decided_count": sum(unit.entry is not None for unit in outcome.units),
        "blocking": outcome.blocking,
        "unmet": () if outcome.open else outcome.unmet,
        "needs_reason": not outcome.open and bool(outcome.unexcused),
        "reason": request.POST.get("reason", ""),
        "fallen": list_fallen(case),
        "letters": sorted(case.letters.values()),
        "labels": [(label, short[label.name]) for label in case.scheme.labels],
        "relations": case.scheme.relations,
        "link_ends": list_link_ends(case),
        "void": describe_void(case),
        "remarks": [(remark.title, case.letters[remark.voter], remark.value) for remark in outcome.remarks],
        "number": case.number,
        "is_own": is_own_annotation(task, request.user),
        "can_undo": find_last(outcome.entries, by=str(request.user.pk)) is not None,
        "error": error,
        "show_all": show_all,
        "scheme": task.round.scheme,
        "max_note_length": MAX_NOTE_LENGTH,
    }


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


def _find_waiting(project: Project) -> QuerySet[Task]:
    decisions = Decision.objects.filter(task=OuterRef("pk")).order_by()
    return (
        Task.objects.annotated()
        .filter(round__project=project)
        .select_related("article", "round")
        .defer("article__text", "article__original")
        .annotate(decided=CountOf(decisions.values("pk")))
        .order_by("round_id", "status_changed_at", "pk")  # rounds are numbered in the order of their ids
    )


def _find_next(request: MemberRequest) -> Task | None:
    """The first that the person may open; of those that they annotated themselves only a few are looked at."""
    own = Assignment.objects.submitted().of(request.user).values("task")
    visible = keep_visible(_find_waiting(request.project), request.user, article="article")
    if first := visible.exclude(pk__in=own).first():
        return first
    looked_at = list(visible.filter(pk__in=own)[:MAX_LOOKED_AT])
    obstacles = find_obstacles(looked_at, request.user)
    return next((task for task in looked_at if task.pk not in obstacles), None)


def _list_gold(project: Project) -> GoldQuerySet:
    return (
        Gold.objects.filter(Exists(Task.objects.filter(pk=OuterRef("task"), round__project=project)))
        .select_related("task__article", "task__round", "finished_by")
        .defer("markup", "task__article__text", "task__article__original")
        .order_by("-finished_at", "-pk")
    )
