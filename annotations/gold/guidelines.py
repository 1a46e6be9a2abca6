"""The guidelines by which a release was annotated: each scheme in words, as its project had corrected them when it was frozen."""

from collections.abc import Callable, Iterable
from typing import Any

from annotations.formats.canonical import checksum_text
from annotations.models import GuidelineRevision, Project, Release, Scheme
from annotations.schemes.briefing import describe_scheme


def name_corrections(project: Project, schemes: Iterable[str]) -> list[dict[str, Any]]:
    """The latest correction of the wording of each scheme that was ever corrected, as a manifest names it; schemes by their checksums."""
    latest: dict[str, GuidelineRevision] = {}
    revisions = GuidelineRevision.objects.filter(project=project, scheme__sha256__in=list(schemes))
    for revision in revisions.select_related("scheme").order_by("number"):
        latest[revision.scheme.sha256] = revision
    return [
        {
            "scheme": scheme,
            "correction": latest[scheme].number,
            "sha256": checksum_text(latest[scheme].source),
        }
        for scheme in sorted(latest)
    ]


def describe_guidelines_of(release: Release) -> Callable[[str], str]:
    """What tells a scheme of a release in words, by its checksum, as it was worded when the release was frozen."""
    corrected = {one["scheme"]: one["correction"] for one in release.manifest.get("guidelines", ())}

    def describe(scheme: str) -> str:
        if scheme not in corrected:
            return describe_scheme_of(scheme)
        revision = GuidelineRevision.objects.get(
            project=release.project_id, scheme__sha256=scheme, number=corrected[scheme]
        )
        return describe_scheme(revision.definition)

    return describe


def describe_scheme_of(scheme: str) -> str:
    """A scheme in words, by its checksum, as it was written; empty where there is none."""
    found = Scheme.objects.filter(sha256=scheme).first()
    return describe_scheme(found.definition) if found else ""
