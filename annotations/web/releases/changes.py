"""The page of what changed between two releases: numbers, and each change drawn in its text."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotations.blindness import count_hidden_items
from annotations.gold.agreement_changes import (
    METRICS_IN_WORDS,
    AgreementChange,
    compare_agreement,
    say_figure,
)
from annotations.gold.changes_in_words import describe_relation, describe_values, say_changes
from annotations.gold.comparing import check_comparable, compare_articles, compare_releases
from annotations.gold.differences import ArticleChange, ArticleDifference, ChangedSpan, SpanChange
from annotations.gold.finding import MAX_NAMED, find_before, find_earlier, find_numbered
from annotations.gold.markdown import one_line
from annotations.models import Role
from annotations.plurals import write_decimal
from annotations.web.access import MemberRequest, member_page
from annotations.web.drawing import DrawnPassage, Track, draw_passage, find_surroundings
from annotations.web.paging import paginate

READERS = (Role.MANAGER, Role.ADJUDICATOR, Role.CONSUMER)
ARTICLES_A_PAGE = 20
SPANS_AN_ARTICLE = 30
RELATIONS_AN_ARTICLE = 30
MAX_DIGITS = 9


@dataclass(frozen=True, slots=True)
class DrawnSpan:
    """A changed span, drawn in its text as it was and as it is, with what is said of it."""

    change: str
    label: str
    said: str
    drawn: DrawnPassage


@dataclass(frozen=True, slots=True)
class DrawnArticle:
    """An article whose gold changed, as the page shows it."""

    id: int
    title: str
    change: str
    spans: list[DrawnSpan]
    more_spans: int
    relations: list[str]
    more_relations: int
    fields: list[tuple[str, Any, Any]]


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """A figure of agreement in both releases, in words."""

    metric: str
    label: str
    before: str
    after: str
    difference: str
    is_within_chance: bool

    @classmethod
    def of(cls, change: AgreementChange) -> "AgreementRow":
        """What the page says of a figure; the words of the metric stand in the row of all labels alone."""
        differs = change.difference
        return cls(
            "" if change.label else METRICS_IN_WORDS.get(change.metric, change.metric),
            change.label or "all",
            say_figure(change.before),
            say_figure(change.after),
            "" if differs is None else write_decimal(differs, sign="+"),
            change.is_within_chance,
        )


@member_page(*READERS)
@require_safe
def show_changes(request: MemberRequest, number: int) -> HttpResponse:
    """The page of what changed from an earlier release to this one; the one before, where the address names none."""
    after = find_numbered(request.project, number)
    others = request.project.releases.exclude(pk=after.pk).order_by("-number")
    since = _read_number(request.GET.get("since", ""))
    before = find_before(after) if since is None else find_earlier(after, since)
    if before is not None:
        check_comparable(before, after)
    n_hidden = sum(count_hidden_items(one, request.user) for one in (before, after) if one)
    context: dict[str, Any] = {"after": after, "before": before, "n_hidden_here": n_hidden}
    context["others"] = others.values_list("number", "title")[:MAX_NAMED]
    if before is not None and not n_hidden:
        found = compare_releases(before, after)
        page = paginate(request, found.articles, per_page=ARTICLES_A_PAGE)
        context |= {
            "counts": [
                (kind.capitalize(), [(change, n) for change, n in found.counts[kind].items() if n])
                for kind in ("articles", "spans", "relations")
            ],
            "in_several_ways": found.counts["spans_in_several_ways"],
            "changes": [change.value for change in SpanChange],
            "label_rows": [
                (label, [changes.get(change.value, 0) for change in SpanChange])
                for label, changes in found.counts["spans_by_label"].items()
            ],
            "answers": found.counts["fields"],
            "agreement": [AgreementRow.of(one) for one in compare_agreement(before.manifest, after.manifest)],
            "page": page,
            "articles": [_draw(one) for one in compare_articles(before, after, list(page.object_list))],
            "schemes": dict.fromkeys(
                scheme["sha256"] for one in (before, after) for scheme in one.manifest.get("schemes", [])
            ),
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
    is_told = found.change == ArticleChange.CHANGED
    shown = found.spans[:SPANS_AN_ARTICLE] if is_told else ()
    links = found.relations[:RELATIONS_AN_ARTICLE] if is_told else ()
    return DrawnArticle(
        found.article,
        found.title,
        found.change,
        [_draw_span(span, found.text) for span in shown],
        len(found.spans) - len(shown),
        [describe_relation(one, one_line) for one in links],
        len(found.relations) - len(links) if is_told else 0,
        list(found.fields) if is_told else [],
    )


def _draw_span(span: ChangedSpan, text: str) -> DrawnSpan:
    there: Any = span.after or span.before
    said = "; ".join(describe_values(span, one_line))
    return DrawnSpan(say_changes(span.changes), there["label"], said, draw_both(text, span))


def draw_both(text: str, span: ChangedSpan) -> DrawnPassage:
    """The text around a changed span, with the span as it was and as it is."""
    sides = ((span.before, "before", "is-lost"), (span.after, "now", "is-open"))
    tracks = [
        Track(one["start"], one["end"], one["label"], f"{when}: {one['label']}", style)
        for one, when, style in sides
        if one
    ]
    start, end = find_surroundings(text, tracks)
    return draw_passage(text, start, end, tracks=tracks)
