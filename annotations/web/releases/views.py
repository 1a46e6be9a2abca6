"""Frozen releases: making one, what is in it, and how to get it."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db.models.fields.json import KT
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import capfirst
from django.views.decorators.http import require_http_methods, require_safe

from annotations.blindness import count_hidden_items
from annotations.formats.parquet import PARQUET
from annotations.formats.registry import WRITTEN
from annotations.gold.card import describe_obstacles
from annotations.gold.exports import list_files
from annotations.gold.obstacles import Completeness, NotCompleteError, find_obstacles
from annotations.gold.publishing import find_state
from annotations.gold.services import (
    AGAINST_RULES,
    GoldChangingError,
    InvalidReleaseTitleError,
    NothingToReleaseError,
    freeze_release,
)
from annotations.gold.splits import InvalidSplitError
from annotations.gold.splitting import UnknownSplitError, choose_splits, list_split_names
from annotations.gold.tombstones import list_withdrawn_articles
from annotations.gold.versions import InvalidVersionError, describe_version
from annotations.models import Role, TaskStatus, TaskTally
from annotations.progress.situation import count_tasks
from annotations.web.access import MemberRequest, member_page
from annotations.web.paging import paginate
from annotations.web.releases.forms import ReleaseForm
from annotations.web.releases.parts import show_parts

IN_WORDS = {
    **{status.value: status.label for status in TaskStatus},
    AGAINST_RULES: "finished although it breaks a rule of the scheme",
}
"""Why an article was left out: mostly the status of its task."""
READERS = (Role.MANAGER, Role.ADJUDICATOR, Role.CONSUMER)


@member_page(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def list_releases(request: MemberRequest) -> HttpResponse:
    """The page that lists a project's releases for everyone who may read them; managers freeze the next one there."""
    project, may_freeze = request.project, Role.MANAGER in request.roles
    form = ReleaseForm(request.POST or None)
    if request.method == "POST" and may_freeze and form.is_valid():
        try:
            release = freeze_release(
                project,
                title=form.cleaned_data["title"],
                by=request.user,
                refuse_unmet=form.cleaned_data["refuse_unmet"],
                splits=form.cleaned_data["splits"],
                version=form.cleaned_data["version"],
                completeness=Completeness(form.cleaned_data["complete"], form.cleaned_data["exception"]),
            )
        except InvalidSplitError as error:
            form.add_error("divide", f"{capfirst(str(error))}.")
        except InvalidVersionError as error:
            form.add_error("version", f"{capfirst(str(error))}.")
        except NotCompleteError as error:
            form.add_error("complete", f"{capfirst(str(error))}.")
        except (GoldChangingError, NothingToReleaseError, InvalidReleaseTitleError) as error:
            form.add_error(None, str(error))
        else:
            return redirect("web:release", project.slug, release.number)
    releases = (
        project.releases.annotate(
            article_count=KT("manifest__counts__articles"), version=KT("manifest__version")
        )
        .defer("manifest")
        .select_related("created_by")
        .order_by("-number")
    )
    context = {
        "page": paginate(request, releases),
        "form": form,
        "may_freeze": may_freeze,
        "obstacles": describe_obstacles(find_obstacles(project)) if may_freeze else "",
        "tasks": count_tasks(TaskTally.objects.filter(round__project=project)),
    }
    return render(request, "annotations/releases/list.html", context)


@member_page(*READERS)
@require_safe
def show_release(request: MemberRequest, number: int) -> HttpResponse:
    """The page with one release, its counts, its parts, and its file in each format."""
    releases = request.project.releases.select_related("created_by")
    release = get_object_or_404(releases, number=number)
    try:
        split = choose_splits(release, request.GET.get("split", ""))
    except UnknownSplitError as error:
        raise Http404(str(error)) from error
    address = f"/api/v1/releases/{release.pk}/export/?{f'split={split}&' if split else ''}format="
    files = list_files(release, split=split)
    formats = [
        {
            "short": known.short,
            "title": known.title,
            "holds": known.holds,
            "address": address + known.name,
            "file": files.get(known.name),
        }
        for known in WRITTEN
    ]
    first = WRITTEN[0]
    command = (
        f'curl -H "Authorization: Token $TOKEN" '
        f'-o {"-".join(filter(None, [request.project.slug, str(release.number), split]))}.{first.extension} "{settings.PUBLIC_URL}{address}{first.name}"'
    )
    context = {
        "release": release,
        "n_hidden_here": count_hidden_items(release, request.user),
        "formats": formats,
        "has_sizes": any(known["file"] for known in formats[1:]),
        "has_folder": PARQUET.is_written,
        "folder_address": f"/api/v1/releases/{release.pk}/folder/",
        "state": find_state(release),
        "notices": list(release.notices.select_related("by")),
        "excluded_articles": list_withdrawn_articles(release),
        "may_publish": Role.MANAGER in request.roles and request.project.archived_at is None,
        "version": describe_version(release.manifest),
        "has_earlier": request.project.releases.filter(number__lt=number).exists(),
        "split": split,
        "splits": list_split_names(release),
        "parts": show_parts(release),
        "command": command,
        "counts": list(_list_counts(release.manifest.get("counts", {}))),
        "left_out": {
            IN_WORDS.get(reason, reason): len(ids)
            for reason, ids in release.manifest.get("left_out", {}).items()
        },
    }
    return render(request, "annotations/releases/release.html", context)


def _list_counts(counts: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """The counts of a manifest in words, those by status or label one a line."""
    for name, count in counts.items():
        words = name.replace("_", " ")
        if isinstance(count, dict):
            yield from ((f"{words}: {kind}", number) for kind, number in count.items())
        else:
            yield words, count
