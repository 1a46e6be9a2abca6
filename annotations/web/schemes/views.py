"""What a project's scheme asks of its annotators, its versions, and the colours of its labels as a stylesheet."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from annotations.models import GuidelineRevision, Project, Role, Scheme
from annotations.projects.wording import NothingCorrectedError, correct_wording, list_corrections
from annotations.schemes.changes import describe_changes
from annotations.schemes.guidelines import write_label_colors
from annotations.schemes.wording import NotOnlyWordingError
from annotations.web.access import MemberRequest, PersonRequest, member_page
from annotations.web.forms import WordingForm


@member_page()
@require_safe
def show_guidelines(request: MemberRequest) -> HttpResponse:
    """Show the guidelines of the version that the address names, else of the latest."""
    latest = request.project.scheme
    versions, chosen = choose_version(request)
    corrections = list_corrections(request.project, chosen)
    ordered = sorted(versions.values(), key=lambda scheme: scheme.definition.version)
    before = ordered[ordered.index(chosen) - 1] if chosen != ordered[0] else None
    context = {
        "before": before,
        "changes": describe_changes(before.definition, chosen.definition) if before else [],
        "rounds": request.project.rounds.filter(scheme=chosen) if len(ordered) > 1 else [],
        "scheme": corrections[0].revision.definition if corrections else chosen.definition,
        "colors": chosen.sha256,
        "chosen": chosen,
        "corrections": corrections,
        "latest": latest,
        "versions": ordered,
    }
    return render(request, "annotations/schemes/guidelines.html", context)


def choose_version(request: MemberRequest) -> tuple[dict[str, Scheme], Scheme]:
    """The versions of the scheme that the project has had, by their names, and the one that the address names."""
    latest = request.project.scheme
    versions = {scheme.version: scheme for scheme in (latest, *Scheme.objects.used_in(request.project))}
    chosen = versions.get(request.GET.get("version") or latest.version)
    if chosen is None:
        raise Http404("This project has no such version of its scheme.")
    return versions, chosen


@member_page(Role.MANAGER, is_for_a_change=True)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: MemberRequest) -> HttpResponse:
    """Word the guidelines of the version that the address names better, else of the latest."""
    _, scheme = choose_version(request)
    latest = GuidelineRevision.objects.latest_of(request.project, scheme)
    source = latest.source if latest else scheme.source
    form = WordingForm(request.POST or None, initial={"definition": source})
    if request.method == "POST" and form.is_valid():
        filled = form.cleaned_data
        try:
            correct_wording(
                request.project, scheme, source=filled["definition"], name=filled["name"], by=request.user
            )
        except (NotOnlyWordingError, NothingCorrectedError) as error:
            form.add_error("definition", str(error))
        else:
            messages.success(
                request, "The correction applies from now on; annotators are shown what changed."
            )
            return redirect(
                f"{reverse('web:guidelines', args=[request.project.slug])}?version={scheme.version}"
            )
    return render(request, "annotations/schemes/correct.html", {"form": form, "scheme": scheme})


@login_required
@cache_control(private=True, max_age=31_536_000, immutable=True)
@require_safe
def serve_label_colors(request: PersonRequest, sha256: str) -> HttpResponse:
    """Each label's colour as a class, because our pages allow no inline style."""
    own = Scheme.objects.of_projects(Project.objects.visible_to(request.user))
    scheme = get_object_or_404(own, sha256=sha256).definition
    return HttpResponse(write_label_colors(scheme), content_type="text/css; charset=utf-8")
