"""Finding a release by the number that somebody named; where there is none, whoever may read releases is told which there are."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from annotations.models import Project, Release, ReleaseState

MAX_NAMED = 100
"""Releases that a refusal names."""


class ReleaseMissingError(LookupError):
    """A release was named that is not there; the message names those that are, and is for nobody but their readers."""


def find_numbered(project: Project, number: int) -> Release:
    """The release of a project that has this number."""
    found = project.releases.select_related("project", "created_by").filter(number=number).first()
    if found is None:
        numbers = project.releases.order_by("-number").values_list("number", flat=True)
        raise ReleaseMissingError(f"the project has no release {number}; its releases: {_list(numbers, str)}")
    return found


def find_earlier(release: Release, number: int | None = None) -> Release:
    """The release of that number in the project of a release, or the one before it that was not withdrawn where no number is named."""
    if number is not None:
        return find_numbered(release.project, number)
    others = release.project.releases.exclude(pk=release.pk).order_by("-number")
    before = find_before(release)
    if before is None:
        numbers = others.values_list("number", flat=True)
        raise ReleaseMissingError(
            f"no release of the project is earlier than {release.number}; its other releases: {_list(numbers, str)}"
        )
    return before


def find_before(release: Release) -> Release | None:
    """The latest of the earlier releases of a project that was not withdrawn."""
    earlier = release.project.releases.filter(number__lt=release.number).order_by("-number")
    return earlier.exclude(notices__state=ReleaseState.WITHDRAWN).first()


def name_releases(releases: QuerySet[Release]) -> str:
    """Releases of several projects, each as the command line names it and with its id, the latest first."""
    latest = releases.order_by("-pk").values_list("project__slug", "number", "pk")
    return _list(latest, lambda row: f"{row[0]}/{row[1]} (id {row[2]})")


def _list(rows: QuerySet[Release, Any], write: Callable[[Any], str]) -> str:
    known = [write(row) for row in rows[: MAX_NAMED + 1]]
    if len(known) > MAX_NAMED:
        known[MAX_NAMED:] = ["and earlier ones"]
    return ", ".join(known) or "none yet"
