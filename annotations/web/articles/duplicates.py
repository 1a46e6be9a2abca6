"""Articles that are copies of each other: which there are, what differs, and what a manager decides about them."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from annotations.assignment.duplicates import decide_cluster
from annotations.assignment.errors import AssignmentError
from annotations.likeness.differences import SideBySide, compare_texts
from annotations.likeness.resemblance import CopyKind
from annotations.models import Article, DuplicateCluster, DuplicateMember, Role, Verdict
from annotations.models.expressions import CountOf
from annotations.models.likeness import CHOOSES_ONE
from annotations.models.projects import is_id
from annotations.web.access import MemberRequest, member_page
from annotations.web.paging import paginate, read_choice

KINDS = {
    CopyKind.SAME_WORDS: "the same words",
    CopyKind.EDITED: "edited",
    CopyKind.PART: "one is part of the other",
}
VERDICTS = {
    Verdict.ONE: "Keep one; the others are excluded as its copies",
    Verdict.GROUP: "Keep all, as one group that is never split between training and test",
    Verdict.COPIES: "Keep all, and mark the others as copies of one, which rounds leave out",
    Verdict.DISTINCT: "They are different articles",
}
MAX_OFFERED = 200
"""Articles of a cluster among which one is chosen."""


class ArticleChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    """A choice of articles, which often have the same title, by their titles and sources."""

    hangs_on_another = True
    """Needed with some answers to another field, so that it is not called optional."""

    def label_from_instance(self, article: Any) -> str:
        return f"{article.title} ({article.source})" if article.source else str(article)


class VerdictForm(forms.Form):
    """What becomes of articles that are copies of each other."""

    verdict = forms.ChoiceField(label="What shall become of them?", widget=forms.RadioSelect)
    kept = ArticleChoiceField(
        label="Which one?",
        queryset=Article.objects.none(),
        required=False,
        empty_label=None,
        help_text="If only one is kept, that one; if the others are marked, the one that they are copies of.",
    )

    def __init__(self, *args: Any, cluster: DuplicateCluster, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        articles = _defer(Article.objects.filter(duplicate__cluster=cluster)).order_by("pk")
        verdict, kept = self.fields["verdict"], self.fields["kept"]
        if isinstance(verdict, forms.ChoiceField) and isinstance(kept, forms.ModelChoiceField):
            verdict.choices = list(VERDICTS.items())
            verdict.initial = cluster.verdict if cluster.verdict in VERDICTS else Verdict.ONE.value
            kept.queryset = articles[:MAX_OFFERED] if not self.is_bound else articles
            kept.initial = cluster.kept_id

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("verdict") in CHOOSES_ONE and not cleaned.get("kept") and "kept" not in self.errors:
            self.add_error("kept", "Choose one of the articles.")
        return cleaned


def describe_likeness(member: DuplicateMember) -> str:
    """In which way an article is a copy of another one, where all of the shorter may well lie in the longer."""
    kind = CopyKind(member.kind)
    return "one has more words" if kind == CopyKind.EDITED and member.share == 1 else KINDS[kind]


def _defer(articles: QuerySet[Article]) -> QuerySet[Article]:
    return articles.defer("text", "original", "canonical", "metadata")


@member_page(Role.MANAGER, Role.ADJUDICATOR)
@require_safe
def list_duplicates(request: MemberRequest) -> HttpResponse:
    """The page that lists the clusters of copies in a project: those that wait for a decision, or those with one."""
    shown = read_choice(request, "show", ["decided"])
    clusters = request.project.duplicate_clusters.all()
    waiting = clusters.filter(verdict=Verdict.OPEN)
    decided = clusters.filter(verdict__in=list(VERDICTS))
    members = DuplicateMember.objects.filter(cluster=OuterRef("pk")).order_by("article_id")
    rows = (decided if shown else waiting).annotate(
        article_count=CountOf(members.values("pk")),
        title=Subquery(members.values("article__title")[:1]),
        least=Subquery(members.order_by("share").values("share")[:1]),
    )
    context = {
        "page": paginate(request, rows.order_by("id")),
        "shows_decided": bool(shown),
        "decided_count": decided.count(),
        "waiting_count": waiting.count(),
    }
    return render(request, "annotations/articles/duplicates.html", context)


@member_page(Role.MANAGER, Role.ADJUDICATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def show_duplicate(request: MemberRequest, cluster_id: int) -> HttpResponse:
    """The page with the articles of a cluster, two of them side by side, where a manager decides what becomes of them."""
    cluster = get_object_or_404(
        request.project.duplicate_clusters.select_related("kept", "decided_by"), pk=cluster_id
    )
    may_decide = Role.MANAGER in request.roles and request.project.archived_at is None
    form = VerdictForm(request.POST or None, cluster=cluster) if may_decide else None
    if request.method == "POST" and form is not None and form.is_valid():
        chosen = form.cleaned_data["kept"]
        try:
            decided = decide_cluster(
                cluster, form.cleaned_data["verdict"], kept=chosen.pk if chosen else None, by=request.user
            )
        except AssignmentError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, f"Decided: {decided.get_verdict_display()}. You can decide otherwise at any time."
            )
            return redirect("web:duplicates", request.project.slug)
    members = cluster.members.select_related("article").order_by("article_id")
    page = paginate(request, members.defer("article__text", "article__original", "article__canonical"))
    first, second = _choose_two(request, cluster)
    shows_all = read_choice(request, "show", ["all"]) == "all"
    context = {
        "cluster": cluster,
        "form": form,
        "page": page,
        "members": [(member, describe_likeness(member)) for member in page],
        "first": first,
        "second": second,
        "shows_all": shows_all,
        "difference": _compare(first, second, folds=not shows_all),
    }
    return render(request, "annotations/articles/duplicate.html", context)


def _choose_two(request: MemberRequest, cluster: DuplicateCluster) -> tuple[Article | None, Article | None]:
    """The article that is kept, or the first, and the one that the address names, or else the next."""
    articles = (
        Article.objects.defer("original", "canonical").filter(duplicate__cluster=cluster).order_by("pk")
    )
    first = cluster.kept or articles.first()
    wanted = request.GET.get("with", "")
    others = articles.exclude(pk=first.pk) if first else articles
    if is_id(wanted):
        others = others.filter(pk=int(wanted))
    return first, others.first()


def _compare(first: Article | None, second: Article | None, *, folds: bool) -> SideBySide | None:
    if first is None or second is None:
        return None
    found = compare_texts(first.text, second.text)
    return found.fold() if folds else found
