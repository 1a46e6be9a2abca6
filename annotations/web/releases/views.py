"""Frozen releases: making one, what is in it, and how to get it."""

from urllib.parse import urlencode

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.db.models.fields.json import KT
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.views.decorators.http import require_http_methods, require_safe

from annotations.blindness import count_hidden_items
from annotations.formats.axes import Axis
from annotations.formats.levels import ContentLevel
from annotations.formats.native.parquet import PARQUET
from annotations.formats.registry import WRITTEN
from annotations.gold.card import describe_obstacles
from annotations.gold.drafts import find_draft, read_draft, save_draft
from annotations.gold.exports import list_files
from annotations.gold.finding import find_numbered
from annotations.gold.levels import OF_ANNOTATIONS
from annotations.gold.names import name_release
from annotations.gold.obstacles import NotCompleteError, find_obstacles
from annotations.gold.publishing import find_state
from annotations.gold.services import (
    GoldChangingError,
    ReleaseNotFrozenError,
    ReleaseUnderWayError,
    ask_for_wanted,
    await_release,
    find_failed,
    find_freezing,
    find_frozen,
)
from annotations.gold.splits import InvalidSplitError
from annotations.gold.splitting import choose_splits, list_split_names
from annotations.gold.tombstones import list_withdrawn_articles
from annotations.gold.versions import InvalidVersionError, describe_version
from annotations.gold.wanted import (
    InvalidReleaseTitleError,
    NothingToReleaseError,
    ReleaseWordsTooLongError,
)
from annotations.models import ReleaseNotice, Role, TaskTally
from annotations.progress.situation import count_tasks
from annotations.web.access import MemberRequest, member_page
from annotations.web.following import find_ended, go_on
from annotations.web.paging import paginate
from annotations.web.releases.contents import describe_contents
from annotations.web.releases.forms import ReleaseForm
from annotations.web.releases.parts import show_parts

SECONDS_TO_WAIT = 2.0
"""A small release is there at once; of a large one the page shows how far its job is."""
REFUSALS = (
    GoldChangingError,
    NothingToReleaseError,
    InvalidReleaseTitleError,
    ReleaseUnderWayError,
    ReleaseNotFrozenError,
    ReleaseWordsTooLongError,
)
AXES_OF_WRITTEN = tuple(axis for axis in Axis if axis is not Axis.DISCONTINUITY)
"""Nothing that is written has a span of several pieces."""
READERS = (Role.MANAGER, Role.ADJUDICATOR, Role.CONSUMER)
READERS_OF_ANNOTATIONS = frozenset((Role.MANAGER, Role.CONSUMER))


@member_page(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def list_releases(request: MemberRequest) -> HttpResponse:
    """The page that lists a project's releases for everyone who may read them; managers freeze the next one there, or keep a draft of it."""
    project, may_freeze = request.project, Role.MANAGER in request.roles
    obstacles = find_obstacles(project) if may_freeze else {}
    draft = find_draft(project) if may_freeze else None
    form = ReleaseForm(
        request.POST or None, is_complete=not obstacles, draft=read_draft(draft) if draft else None
    )
    if request.method == "POST" and may_freeze and form.is_valid():
        try:
            if request.POST.get("do") == "draft":
                save_draft(project, form.read(), by=request.user)
                return redirect("web:releases", project.slug)
            job = ask_for_wanted(project, form.read(), by=request.user)
            release = await_release(job, seconds=SECONDS_TO_WAIT)
        except InvalidSplitError as error:
            form.add_error("divide", f"{capfirst(str(error))}.")
        except InvalidVersionError as error:
            form.add_error("version", f"{capfirst(str(error))}.")
        except NotCompleteError as error:
            form.add_error("exception", f"{capfirst(str(error))}.")
        except REFUSALS as error:
            form.add_error(None, f"{capfirst(str(error))}.")
        else:
            if release is None:
                return redirect("web:releases", project.slug)
            return redirect("web:release", project.slug, release.number)
    if request.headers.get("HX-Request") == "true" and (ended := _follow(request)):
        return ended
    notices = ReleaseNotice.objects.filter(release=OuterRef("pk")).order_by("-pk")
    releases = (
        project.releases.annotate(
            article_count=KT("manifest__counts__articles"),
            version=KT("manifest__version"),
            state=Subquery(notices.values("state")[:1]),
        )
        .defer("manifest")
        .select_related("created_by")
        .order_by("-number")
    )
    freezing = find_freezing(project)
    context = {
        "page": paginate(request, releases),
        "freezing": freezing,
        "left": freezing and freezing.estimate_left(timezone.now()),
        "failed": find_failed(project) if may_freeze and not freezing and not form.errors else None,
        "form": form,
        "draft": draft,
        "may_freeze": may_freeze,
        "obstacles": describe_obstacles(obstacles),
        "tasks": count_tasks(TaskTally.objects.filter(round__project=project)),
    }
    return render(request, "annotations/releases/list.html", context)


def _follow(request: MemberRequest) -> HttpResponse | None:
    """Where a page goes on that has shown how far a release is: to the release, or to what became of it; None while it is being frozen."""
    job = find_ended(request)
    if job is None:
        return None
    slug, found = request.project.slug, find_frozen(job)
    if found is None:
        return go_on(reverse("web:releases", args=[slug]))
    return go_on(reverse("web:release", args=[slug, found.number]))


@member_page(*READERS)
@require_safe
def show_release(request: MemberRequest, number: int) -> HttpResponse:
    """The page with one release, its counts, its parts, and its file in each format."""
    release = find_numbered(request.project, number)
    split = choose_splits(release, request.GET.get("split", ""))
    levels = [
        one for one in ContentLevel if one not in OF_ANNOTATIONS or request.roles & READERS_OF_ANNOTATIONS
    ]
    level = next((one for one in levels if one == request.GET.get("level", ContentLevel.GOLD)), None)
    if level is None:
        raise Http404("There is no such level of content, or it is not for you.")
    chosen = {"split": split, "level": "" if level == ContentLevel.GOLD else level.value}
    query = urlencode({name: value for name, value in chosen.items() if value}, safe=",")
    address = f"/api/v1/releases/{release.pk}/export/?{f'{query}&' if query else ''}format="
    files = list_files(release, split=split, level=level)
    formats = [
        {
            "short": known.short,
            "title": known.title,
            "suits": known.suits,
            "address": address + known.name,
            "file": files.get(known.name),
            "extents": [known.axes[axis] for axis in AXES_OF_WRITTEN if known.axes],
            "cannot_hold": [f"{loss.several} ({loss.outcome})" for loss in known.cannot_hold],
        }
        for known in WRITTEN
        if level in known.levels
    ]
    first = WRITTEN[0]
    name = name_release(request.project.slug, number, split=split, level=level)
    command = (
        f'curl -H "Authorization: Token $TOKEN" '
        f'-o {name}.{first.extension} "{settings.PUBLIC_URL}{address}{first.name}"'
    )
    context = {
        "release": release,
        "n_hidden_here": count_hidden_items(release, request.user),
        "formats": formats,
        "axes": AXES_OF_WRITTEN,
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
        "level": level,
        "levels": levels,
        "parts": show_parts(release),
        "command": command,
        "contents": describe_contents(release.manifest),
        "notes": release.manifest.get("notes", ""),
        "obstacles": describe_obstacles(release.manifest.get("obstacles", {})),
        "exception": release.manifest.get("obstacles", {}).get("exception", ""),
        "schemes": [scheme["sha256"] for scheme in release.manifest.get("schemes", [])],
    }
    return render(request, "annotations/releases/release.html", context)
