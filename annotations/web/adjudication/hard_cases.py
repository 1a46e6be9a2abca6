"""What adjudicators said of why they had to decide, by the rule of the guidelines that it is about."""

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotations.blindness import keep_visible
from annotations.models import DecisionReason, ReasonKind, Role
from annotations.web.access import MemberRequest, member_page
from annotations.web.paging import paginate

MAX_RULES = 200
ARTICLE = "decision__task__article"


@member_page(Role.MANAGER, Role.ADJUDICATOR)
@require_safe
def list_hard_cases(request: MemberRequest) -> HttpResponse:
    """List the decisions that count and were given a reason, those for the guidelines first within each rule."""
    reasons = DecisionReason.objects.filter(project=request.project, decision__superseded_by=None)
    visible = keep_visible(reasons, request.user, article=ARTICLE)
    kinds = {kind: Count("pk", filter=Q(kind=kind)) for kind in ReasonKind.values}
    wanted = Count("pk", filter=Q(is_for_guidelines=True))
    rules = visible.order_by().values("rule").annotate(wanted=wanted, total=Count("pk"), **kinds)
    listed = visible.select_related("decision__task__article").defer(
        "decision__task__article__text", "decision__task__article__original"
    )
    context = {
        "rules": [
            {**rule, "by_kind": [(kind.label, rule[kind]) for kind in ReasonKind]}
            for rule in map(dict, rules.order_by("-wanted", "-total", "rule")[:MAX_RULES])
        ],
        "kinds": ReasonKind.labels,
        "page": paginate(request, listed.order_by("rule", "-is_for_guidelines", "-pk")),
    }
    return render(request, "annotations/adjudication/hard_cases.html", context)
