"""A closed round on its way to the version of the scheme that its project has now: what becomes of everything, and what that would do."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from annotations.blindness import find_hidden_articles
from annotations.carried.saying import Sayer, weigh
from annotations.carried.services import (
    NotCarriedError,
    begin_carrying,
    explain_kept,
    explain_refusal,
    find_tasks,
    take_back,
)
from annotations.mapping.definition import InvalidMappingError, load_mapping, write_mapping
from annotations.mapping.versions import complete_mapping, find_undecided_versions, propose_versions
from annotations.models import CarriedRound, Role, Round
from annotations.schemes.changes import describe_changes
from annotations.schemes.scheme import Scheme
from annotations.web.access import MemberRequest, member_page

MAX_WEIGHED = 200
"""Articles of which the page says what would become of them; the first of the round."""


@member_page(Role.MANAGER, is_for_a_change=True)
@require_http_methods(["GET", "HEAD", "POST"])
def carry(request: MemberRequest, number: int) -> HttpResponse:
    """The page on which a round is carried over, looked at before, and taken back."""
    rounds = request.project.rounds.select_related("project__scheme", "scheme")
    round_ = get_object_or_404(rounds, number=number)
    carried = CarriedRound.objects.filter(source=round_, taken_back_at=None).select_related("round").first()
    if request.method == "POST" and carried is not None:
        return _take_back(request, carried)
    before, after = round_.scheme.definition, request.project.scheme.definition
    mapping = _read_mapping(request, before, after)
    refusal = "" if carried else explain_refusal(round_)
    error = ""
    if request.method == "POST" and request.POST.get("op") == "begin":
        try:
            begin_carrying(round_, mapping=mapping, by=request.user)
        except (NotCarriedError, InvalidMappingError) as fault:
            error = str(fault)
        else:
            messages.success(
                request, f"{round_.title} is being carried over; the round stays in use until all is there."
            )
            return redirect("web:carry-round", request.project.slug, number)
    context = {
        "round": round_,
        "after": request.project.scheme,
        "carried": carried,
        "kept": explain_kept(carried) if carried else "",
        "refusal": refusal,
        "error": error,
        "mapping": mapping,
        "changes": describe_changes(before, after),
        **({} if carried or refusal else _look(request, round_, mapping)),
    }
    return render(request, "annotations/rounds/carry.html", context)


def _read_mapping(request: MemberRequest, before: Scheme, after: Scheme) -> str:
    """The mapping that was typed, with what follows from it; where nothing was, what can be proposed."""
    typed = request.POST.get("mapping", "").replace("\r\n", "\n")
    if not typed:
        return write_mapping(*propose_versions(before, after))
    try:
        read = load_mapping(typed)
    except InvalidMappingError:
        return typed
    completed = complete_mapping(read, before, after)
    return typed if completed == read else write_mapping(completed)


def _look(request: MemberRequest, round_: Round, mapping: str) -> dict[str, object]:
    """What the mapping leaves undecided, or else what it would do to the first articles of the round."""
    before, after = round_.scheme.definition, request.project.scheme.definition
    try:
        undecided = find_undecided_versions(before, after, load_mapping(mapping))
    except InvalidMappingError as error:
        return {"undecided": [str(error)]}
    if undecided:
        return {"undecided": undecided}
    shown = find_tasks(round_).exclude(article__in=find_hidden_articles(request.user.pk))
    tasks = list(shown.select_related("article").defer("article__original").order_by("pk")[:MAX_WEIGHED])
    effects = weigh(Sayer(mapping, before=before, after=after), tasks)
    return {
        "effects": sorted(effects.items(), key=lambda item: -item[1].count),
        "weighed": len(tasks),
        "total": find_tasks(round_).count(),
    }


def _take_back(request: MemberRequest, carried: CarriedRound) -> HttpResponse:
    try:
        take_back(carried, by=request.user)
    except NotCarriedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{carried.source.title} stands again as it was.")
    return redirect("web:carry-round", request.project.slug, carried.source.number)
