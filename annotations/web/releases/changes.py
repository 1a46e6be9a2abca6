"""The page of what changed between two releases: numbers, and each change drawn in its text."""

import itertools
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from annotations.blindness import count_hidden_items
from annotations.gold.changelog import describe_relation, plain
from annotations.gold.comparing import compare_articles, compare_releases, find_earlier
from annotations.gold.differences import ArticleChange, ArticleDifference, ChangedSpan, SpanChange
from annotations.models import Release, Role
from annotations.web.access import MemberRequest, member_page
from annotations.web.paging import paginate

READERS = (Role.MANAGER, Role.ADJUDICATOR, Role.CONSUMER)
AROUND = 60
"""Characters of the text on either side of what changed."""
ARTICLES_A_PAGE = 20
SPANS_AN_ARTICLE = 30
MAX_DIGITS = 9


@dataclass(frozen=True, slots=True)
class DrawnPiece:
    """A stretch of a text, and whether a span covers it before and after."""

    text: str
    is_before: bool = False
    is_after: bool = False

    @property
    def kind(self) -> str:
        """What the stretch is drawn as."""
        if self.is_before and self.is_after:
            return "kept"
        return "gone" if self.is_before else "new" if self.is_after else ""


@dataclass(frozen=True, slots=True)
class DrawnSpan:
    """A changed span in its text, with what is said of it."""

    change: str
    label: str
    said: str
    pieces: tuple[DrawnPiece, ...]


@dataclass(frozen=True, slots=True)
class DrawnArticle:
    """An article whose gold changed, as the page shows it."""

    id: int
    title: str
    change: str
    spans: list[DrawnSpan]
    more_spans: int
    relations: list[str]
    fields: list[tuple[str, Any, Any]]


@member_page(*READERS)
@require_safe
def show_changes(request: MemberRequest, number: int) -> HttpResponse:
    """The page of what changed from an earlier release to this one; the one before, where the address names none."""
    releases = Release.objects.filter(project=request.project).select_related("project")
    after = get_object_or_404(releases, number=number)
    before = find_earlier(after, _read_number(request.GET.get("since", "")))
    n_hidden = sum(count_hidden_items(one, request.user) for one in (before, after) if one)
    context: dict[str, Any] = {"after": after, "before": before, "n_hidden_here": n_hidden}
    context["others"] = releases.exclude(pk=after.pk).order_by("-number").values("number", "title")[:100]
    if before is not None and not n_hidden:
        found = compare_releases(before, after)
        page = paginate(request, found.articles, per_page=ARTICLES_A_PAGE)
        context |= {
            "counts": [
                (kind.capitalize(), [(change, n) for change, n in found.counts[kind].items() if n])
                for kind in ("articles", "spans", "relations")
            ],
            "labels": found.counts["spans_by_label"],
            "changes": [change.value for change in SpanChange],
            "label_rows": [
                (label, [changes.get(change.value, 0) for change in SpanChange])
                for label, changes in found.counts["spans_by_label"].items()
            ],
            "answers": found.counts["fields"],
            "page": page,
            "articles": [_draw(one) for one in compare_articles(before, after, list(page.object_list))],
            "address": f"/api/v1/releases/{after.pk}/changes/?since={before.number}",
        }
    return render(request, "annotations/releases/changes.html", context)


def _read_number(written: str) -> int | None:
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and len(written) <= MAX_DIGITS):
        raise Http404("A release has a number.")
    return int(written)


def _draw(found: ArticleDifference) -> DrawnArticle:
    shown = found.spans[:SPANS_AN_ARTICLE] if found.change == ArticleChange.CHANGED else ()
    return DrawnArticle(
        found.article,
        found.title,
        found.change,
        [_draw_span(span, found.text) for span in shown],
        len(found.spans) - len(shown),
        [describe_relation(one) for one in found.relations] if shown or not found.spans else [],
        list(found.fields) if found.change == ArticleChange.CHANGED else [],
    )


def _draw_span(span: ChangedSpan, text: str) -> DrawnSpan:
    old, new = span.before, span.after
    there: Any = new or old
    said = ""
    if span.change == SpanChange.RELABELLED and old and new:
        said = f"{old['label']} became {new['label']}"
    elif span.change == SpanChange.REATTRIBUTED and old and new:
        said = ", ".join(
            f"{plain(name)}: {old['attributes'].get(name, 'nothing')} became {new['attributes'].get(name, 'nothing')}"
            for name in sorted({*old["attributes"], *new["attributes"]})
            if old["attributes"].get(name) != new["attributes"].get(name)
        )
    return DrawnSpan(span.change, there["label"], said, cut_pieces(text, span))


def cut_pieces(text: str, span: ChangedSpan) -> tuple[DrawnPiece, ...]:
    """The text around a changed span, cut where the span begins or ends before or after."""
    ends = [(one["start"], one["end"]) if one else None for one in (span.before, span.after)]
    there = [end for end in ends if end]
    first = max(0, min(start for start, _ in there) - AROUND)
    last = min(len(text), max(end for _, end in there) + AROUND)
    borders = sorted({first, last, *(place for end in there for place in end)})
    return tuple(
        DrawnPiece(text[start:end], *(one is not None and one[0] <= start and end <= one[1] for one in ends))
        for start, end in itertools.pairwise(borders)
    )
