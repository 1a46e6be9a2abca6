"""The guidelines as a codebook to print: one page of HTML with contents and tables, made for A4."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from annotations.models import GuidelineRevision
from annotations.schemes.scheme import RelationType, Scheme
from annotations.web.access import MemberRequest, member_page
from annotations.web.schemes.views import choose_version


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A type of link, between which labels it leads, and when it is needed or refused, in words."""

    relation: RelationType
    needed: str
    refused: str


@member_page()
@require_safe
def show_codebook(request: MemberRequest) -> HttpResponse:
    """Show the guidelines of the version that the address names, else of the latest, as a document of its own."""
    _, chosen = choose_version(request)
    revision = GuidelineRevision.objects.latest_of(request.project, chosen)
    scheme = revision.definition if revision else chosen.definition
    context = {
        "scheme": scheme,
        "chosen": chosen,
        "revision": revision,
        "colors": chosen.sha256,
        "printed": timezone.localdate(),
        "links": [_describe_link(relation) for relation in scheme.relations],
        "apart": _list_apart(scheme),
    }
    return render(request, "annotations/schemes/codebook.html", context)


def _describe_link(relation: RelationType) -> LinkRow:
    needed, refused = (
        " or ".join(map(str, conditions)) for conditions in (relation.required_when, relation.forbidden_when)
    )
    return LinkRow(relation, needed, refused)


def _list_apart(scheme: Scheme) -> list[tuple[str, str]]:
    """Labels whose spans share no word with those of others."""
    return [(label.name, ", ".join(label.outside)) for label in scheme.labels if label.outside]
