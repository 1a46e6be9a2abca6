"""The corpus of a project: its articles, each as a page to read, and the way in for new ones."""

from django.core.exceptions import BadRequest
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from annotations.assignment.tallies import count_excluded
from annotations.languages import choose_language
from annotations.models import Article, Block, BlockKind, DuplicateMember, Role, Task, Verdict
from annotations.web.access import MemberRequest, member_page
from annotations.web.articles.layout import lay_out_article
from annotations.web.articles.originals import has_page
from annotations.web.paging import paginate, read_choice


@member_page(Role.MANAGER, Role.ADJUDICATOR)
@require_safe
def list_articles(request: MemberRequest) -> HttpResponse:
    """The page that lists the articles of a project with where each stands, by title or id, and those that are excluded."""
    tasks = Task.objects.live().select_related("round").order_by("round__number")
    articles = (
        Article.staged.filter(project=request.project)
        .defer("text", "original", "metadata")
        .prefetch_related(Prefetch("tasks", tasks, to_attr="live_tasks"))
    )
    wanted = request.GET.get("q", "").strip()
    if "\0" in wanted:
        raise BadRequest("No title has this character.")
    if wanted:
        articles = articles.filter(Q(title__icontains=wanted) | Q(external_id=wanted))
    tallies = request.project.article_tallies.all()
    excluded = count_excluded(request.project)
    clusters = request.project.duplicate_clusters.order_by()
    shows_excluded = read_choice(request, "excluded", ["yes"]) == "yes"
    if shows_excluded:
        articles, tallies = articles.filter(excluded_at__isnull=False), tallies.filter(is_excluded=True)
    shown = articles.published().order_by("id")
    context = {
        "page": paginate(request, shown, count=None if wanted else tallies.total()),
        "wanted": wanted,
        "excluded_count": excluded,
        "shows_excluded": shows_excluded,
        "copies_count": clusters.filter(verdict=Verdict.OPEN).count(),
        "has_copies": clusters.exists(),
    }
    return render(request, "annotations/articles/list.html", context)


@member_page(Role.MANAGER, Role.ADJUDICATOR)
@require_safe
def show_article(request: MemberRequest, article_id: int) -> HttpResponse:
    """The page with one article, its metadata and its tasks."""
    articles = request.project.articles.select_related("imported_by", "excluded_by").defer(
        "original", "canonical"
    )
    article = get_object_or_404(articles, pk=article_id)
    blocks = lay_out_article(article.text, Block.objects.filter(article=article).order_by("ordinal"))
    context = {
        "article": article,
        "blocks": blocks,
        "has_title": any(block.kind == BlockKind.TITLE for block in blocks),
        "tasks": article.tasks.select_related("round").order_by("round__number"),
        "metadata": list(article.metadata.items()),
        "earlier_version": _find_titles(request.project.articles.filter(later_versions=article)).first(),
        "later_versions": _find_titles(request.project.articles.filter(version_of=article)),
        "language": choose_language(article.text, article.metadata),
        "has_page": has_page(article),
        "copy": DuplicateMember.objects.filter(article=article).select_related("cluster__kept").first(),
    }
    return render(request, "annotations/articles/article.html", context)


def _find_titles(articles: QuerySet[Article]) -> QuerySet[Article]:
    return articles.only("title", "imported_at").order_by("pk")
