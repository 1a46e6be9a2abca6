"""Where a draft may start: a scheme of the gallery, one of one's own projects, the labels of an import, or a labeling config of Label Studio."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from annotations.corpus.annotated.reading import restore_found
from annotations.formats.annotation_tools.labeling_config import read_labeling_config
from annotations.formats.errors import RefusedError
from annotations.limits import MAX_DEFINITION_LENGTH, MAX_MESSAGES
from annotations.mapping.making import SchemeNotMadeError, make_scheme
from annotations.models import ArticleImport, Project, Role, Scheme
from annotations.projects.drafts import DraftChangedError, find_draft, replace_draft
from annotations.schemes.definition import SHIPPED, read_content, read_definition
from annotations.schemes.table import InvalidSchemeError
from annotations.schemes.writing import write_definition
from annotations.web.access import MemberRequest, member_page
from annotations.web.scheme_choices import SchemeChoice, list_schemes
from annotations.web.schemes.editor import read_editing

CONFIG = "labeling-config"
OF_IMPORT = "import-"
MAX_IMPORTS = 10


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
            content, left_out = _begin(request.project, chosen, config, schemes)
            now = read_content(request.project.scheme.source)
            content |= {"name": now["name"], "version": now["version"]}
            content.setdefault("title", now["title"])
            replace_draft(request.project, read_editing(request), source=write_definition(content))
        except (RefusedError, InvalidSchemeError, SchemeNotMadeError, DraftChangedError) as error:
            refusal = str(error)
        else:
            _tell(request, left_out)
            return redirect("web:edit-scheme", request.project.slug)
    context = {
        "gallery": [one for key, one in schemes.items() if key in SHIPPED],
        "own": [one for key, one in schemes.items() if key not in SHIPPED],
        "imports": _list_imports(request.project),
        "draft": draft,
        "refusal": refusal,
        "chosen": chosen,
        "config": config,
    }
    return render(request, "annotations/schemes/editor/start.html", context)


@dataclass(frozen=True, slots=True)
class ImportChoice:
    """An import whose files hold labels, from which a draft may start."""

    value: str
    made: ArticleImport
    labels: tuple[str, ...]


def _list_imports(project: Project) -> list[ImportChoice]:
    """The latest imports into a project whose files hold annotations."""
    with_report = project.article_imports.filter(report__annotated__isnull=False)
    return [
        ImportChoice(
            f"{OF_IMPORT}{each.pk}",
            each,
            tuple(label["name"] for label in each.report["annotated"]["found"]["labels"]),
        )
        for each in with_report.order_by("-pk")[:MAX_IMPORTS]
        if each.report
    ]


def _begin(
    project: Project, chosen: str, config: str, schemes: Mapping[str, SchemeChoice]
) -> tuple[dict[str, Any], list[str]]:
    """The content that was chosen, and what of a labeling config it cannot hold."""
    for each in _list_imports(project) if chosen.startswith(OF_IMPORT) else []:
        if each.value == chosen and each.made.report:
            found = restore_found(each.made.report["annotated"]["found"])
            made = make_scheme(found, name="import", title=project.name)
            return read_content(made.definition), []
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
