"""The page on which one task is decided, as what its templates show."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render

from annotations.adjudication.admission import is_own_annotation
from annotations.adjudication.evidence import find_last
from annotations.adjudication.ledger import Case, read_case
from annotations.adjudication.naming import KINDS, count_kinds
from annotations.adjudication.services import list_owed
from annotations.languages import choose_language
from annotations.limits import MAX_NOTE_LENGTH
from annotations.models import DecisionReason, Gold, ReasonKind, Role, Task, TaskStatus
from annotations.progress.names import join_names
from annotations.web.access import MemberRequest
from annotations.web.adjudication.cards import find_current, fold
from annotations.web.adjudication.contents import make_cards
from annotations.web.adjudication.queue import find_neighbours
from annotations.web.adjudication.sidelines import (
    MAX_SEPARATE,
    describe_void,
    list_fallen,
    list_layers,
    list_link_ends,
    list_tracks,
)
from annotations.web.drawing import abbreviate, draw_article
from annotations.web.paging import read_choice


def render_case(
    request: MemberRequest,
    task: Task,
    *,
    wanted: str = "",
    after: str = "",
    error: str = "",
    status: int = 200,
    partial: bool = False,
    must_exist: bool = False,
    told: str = "",
) -> HttpResponse:
    """The page of a task, or the part of it that changes; with what there is to say of what was just done."""
    task.refresh_from_db(fields=["status"])
    gold = Gold.objects.filter(task=task).select_related("finished_by").first()
    # A finished task is shown as it was decided, whatever came in since.
    case = read_case(task, annotations=gold.markup.get("annotations") if gold else None)
    if must_exist and wanted and case.outcome.unit(wanted) is None:
        raise BadRequest(
            "This article has no such unit, or no longer: its annotations may have changed. Open it from the list."
        )
    may_decide = Role.ADJUDICATOR in request.roles
    can_decide = task.status == TaskStatus.ANNOTATED
    current = find_current(case.outcome.units, wanted=wanted, after=after) if can_decide else ""
    show_all = read_choice(request, "tracks", ["all"]) == "all" or request.POST.get("tracks") == "all"
    template = "annotations/adjudication/_case.html" if partial else "annotations/adjudication/case.html"
    context = {
        **_describe_case(request, case, gold, current, show_all=show_all),
        "error": error,
        "told": told,
        "neighbours": find_neighbours(request, task) if may_decide and not partial else None,
        "may_decide": may_decide,
    }
    return render(request, template, context, status=status)


def _find_reasons(task: Task) -> dict[str, dict[str, Any]]:
    """What adjudicators said of why they had to decide, by the unit; of decisions that count."""
    reasons = DecisionReason.objects.filter(decision__task=task, decision__superseded_by=None).order_by()
    return {
        reason.decision.unit: {
            "reason": reason.get_kind_display() if reason.kind else "",
            "is_for_guidelines": reason.is_for_guidelines,
        }
        for reason in reasons.select_related("decision")
    }


def _describe_case(
    request: MemberRequest, case: Case, gold: Gold | None, current: str, *, show_all: bool
) -> Mapping[str, Any]:
    task, outcome = case.task, case.outcome
    can_decide = task.status == TaskStatus.ANNOTATED
    made = make_cards(case, current=current)
    said = _find_reasons(task)
    cards = [
        replace(card, name=f"{place}. {card.name}", **said.get(card.unit, {}))
        for place, card in enumerate(made, start=1)
    ]
    decided = sum(unit.entry is not None for unit in outcome.units)
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
        "language": choose_language(task.article.text, task.article.metadata),
        "groups": fold(cards),
        "current": current,
        "open_count": len(outcome.open),
        "open_kinds": join_names(count_kinds(outcome.open), most=len(KINDS)),
        "decided_count": decided,
        "asked_count": decided + len(outcome.open),
        "blocking": outcome.blocking,
        "unmet": () if outcome.open else outcome.unmet,
        "needs_reason": not outcome.open and bool(list_owed(case)),
        "warned_rules": task.round.project.warned_rules,
        "reason": request.POST.get("reason", ""),
        "fallen": list_fallen(case),
        "letters": sorted(case.letters.values()),
        "is_gathered": len(case.letters) > MAX_SEPARATE and not show_all,
        "labels": [(label, short[label.name]) for label in case.scheme.labels],
        "relations": case.scheme.relations,
        "link_ends": list_link_ends(case),
        "void": describe_void(case),
        "remarks": [(remark.title, case.letters[remark.voter], remark.value) for remark in outcome.remarks],
        "number": case.number,
        "is_own": is_own_annotation(task, request.user),
        "can_undo": find_last(outcome.entries, by=str(request.user.pk)) is not None,
        "show_all": show_all,
        "scheme": task.round.scheme,
        "max_note_length": MAX_NOTE_LENGTH,
        "reasons": list(zip("AGSE", ReasonKind.choices, strict=True)),
    }
