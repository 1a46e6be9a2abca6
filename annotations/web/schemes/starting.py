"""Where a draft may start: a scheme of the gallery, a scheme of one's own projects, or a labeling config of Label Studio."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from annotations.formats.annotation_tools.labeling_config import read_labeling_config
from annotations.formats.errors import RefusedError
from annotations.limits import MAX_DEFINITION_LENGTH, MAX_MESSAGES
from annotations.models import Role, Scheme
from annotations.projects.drafts import DraftChangedError, find_draft, replace_draft
from annotations.schemes.definition import SHIPPED, read_content, read_definition
from annotations.schemes.table import InvalidSchemeError
from annotations.schemes.writing import write_definition
from annotations.web.access import MemberRequest, member_page
from annotations.web.scheme_choices import SchemeChoice, list_schemes
from annotations.web.schemes.editor import read_editing

CONFIG = "labeling-config"


@member_page(Role.MANAGER, is_for_a_change=True)
@require_http_methods(["GET", "HEAD", "POST"])
def start_draft(request: MemberRequest) -> HttpResponse:
    """The page on which a draft starts anew from something that is there; what it was before can be had again by undoing."""
    schemes = list_schemes(request.user)
    draft = find_draft(request.project)
    refusal = ""
    chosen, config = request.POST.get("from", ""), request.POST.get("config", "")
    if request.method == "POST":
        try:
            content, left_out = _begin(chosen, config, schemes)
            now = read_content(request.project.scheme.source)
            content |= {"name": now["name"], "version": now["version"]}
            content.setdefault("title", now["title"])
            replace_draft(request.project, read_editing(request), source=write_definition(content))
        except (RefusedError, InvalidSchemeError, DraftChangedError) as error:
            refusal = str(error)
        else:
            _tell(request, left_out)
            return redirect("web:edit-scheme", request.project.slug)
    context = {
        "gallery": [one for key, one in schemes.items() if key in SHIPPED],
        "own": [one for key, one in schemes.items() if key not in SHIPPED],
        "draft": draft,
        "refusal": refusal,
        "chosen": chosen,
        "config": config,
    }
    return render(request, "annotations/schemes/editor/start.html", context)


def _begin(chosen: str, config: str, schemes: Mapping[str, SchemeChoice]) -> tuple[dict[str, Any], list[str]]:
    """The content that was chosen, and what of a labeling config it cannot hold."""
    if chosen == CONFIG:
        if len(config) > MAX_DEFINITION_LENGTH:
            raise RefusedError(f"the labeling config has more than {MAX_DEFINITION_LENGTH:,} characters")
        reading = read_labeling_config(config)
        return reading.content, reading.left_out
    if chosen in SHIPPED:
        return read_content(read_definition(chosen)), []
    if chosen not in schemes:
        raise RefusedError("Choose what the draft starts from.")
    return read_content(Scheme.objects.get(sha256=chosen).source), []


def _tell(request: MemberRequest, left_out: list[str]) -> None:
    messages.success(request, "The draft starts from a copy; what it was is one step back.")
    for said in left_out[:MAX_MESSAGES]:
        messages.warning(request, f"Left out: {said}")
    if len(left_out) > MAX_MESSAGES:
        messages.warning(request, f"Left out, too: {len(left_out) - MAX_MESSAGES:,} more.")
