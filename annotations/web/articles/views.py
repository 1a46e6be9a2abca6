"""The corpus of a project: its articles, each as a page to read, and the way in for new ones."""

from dataclasses import replace

from django.core.paginator import Page
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from annotations.assignment.filtering import filter_articles
from annotations.assignment.looking import MAX_FOUND, MAX_LOOKED_THROUGH, Look, look_through
from annotations.assignment.tallies import count_excluded
from annotations.corpus.choice import ArticleChoice, Progress
from annotations.languages import choose_language
from annotations.models import (
    Article,
    Block,
    BlockKind,
    DuplicateMember,
    Project,
    Role,
    Task,
    TaskStatus,
    Verdict,
)
from annotations.models.corpus import ArticleQuerySet
from annotations.web.access import MemberRequest, member_page
from annotations.web.articles.choosing import read_choice_of_articles
from annotations.web.articles.layout import lay_out_article
from annotations.web.articles.originals import has_page
from annotations.web.articles.sorting import list_titles, read_order
from annotations.web.paging import paginate, paginate_by_id, read_choice, read_id


@member_page(Role.MANAGER, Role.ADJUDICATOR)
@require_safe
def list_articles(request: MemberRequest) -> HttpResponse:
    """The page that lists the articles of a project with where each stands, narrowed by what is asked of them."""
    form, choice, chosen_set = read_choice_of_articles(request.project, request.GET)
    shows_excluded = read_choice(request, "excluded", ["yes"]) == "yes"
    tallies = request.project.article_tallies.all()
    if shows_excluded:
        choice, tallies = replace(choice, progress=Progress.EXCLUDED), tallies.filter(is_excluded=True)
    # asked for live statuses, SQLite goes through all tasks that have one
    tasks = Task.objects.exclude(status__in=(TaskStatus.CANCELLED, TaskStatus.EXCLUDED))
    is_counted = choice == ArticleChoice(progress=Progress.EXCLUDED if shows_excluded else "")
    begun, order = read_id(request, "from"), read_order(request)
    form.offer(request.project)
    look = None if is_counted else look_through(request.project, choice, after=begun)
    shown = (
        _find_articles(request.project, choice, look)
        .order_by(*_list_order(order))
        .defer("text", "original", "metadata")
        .prefetch_related(
            Prefetch("tasks", tasks.select_related("round").order_by("round__number"), to_attr="live_tasks")
        )
    )
    clusters = request.project.duplicate_clusters.order_by()
    context = {
        "page": _paginate(
            request,
            shown,
            order,
            count=tallies.total() if look is None else len(look.ids),
            is_led=look is None,
        ),
        "columns": list_titles(order),
        "order": order,
        "sorted_most": MAX_FOUND,
        "further": look and look.end,
        "begun": begun,
        "looked_through": MAX_LOOKED_THROUGH,
        "form": form,
        "is_open": form.is_bound
        and (bool(form.errors) or not replace(form.choice, title="", articles=()).is_all),
        "choice": choice,
        "is_narrowed": not is_counted,
        "query": _keep(request.GET),
        "chosen_set": chosen_set,
        "sets": request.project.article_sets.all(),
        "excluded_count": count_excluded(request.project),
        "shows_excluded": shows_excluded,
        "copies_count": clusters.filter(verdict=Verdict.OPEN).count(),
        "has_copies": clusters.exists(),
        "may_choose": Role.MANAGER in request.roles
        and request.project.archived_at is None
        and not shows_excluded,
    }
    return render(request, "annotations/articles/list.html", context)


def _list_order(order: str) -> tuple[str, ...]:
    """The order of rows: of the same, first whatever came first, or last where the order goes down."""
    return (order, "-id" if order.startswith("-") else "id") if order else ("id",)


def _paginate(
    request: MemberRequest, shown: ArticleQuerySet, order: str, *, count: int, is_led: bool
) -> "Page[Article]":
    """A page of all articles is found from the row beside it; of those in another order, only the first are paged through."""
    if is_led and not order:
        return paginate_by_id(request, shown, count=count)
    return paginate(request, shown, count=min(count, MAX_FOUND), most=MAX_FOUND)


def _find_articles(project: Project, choice: ArticleChoice, look: Look | None) -> ArticleQuerySet:
    if look is None:
        return filter_articles(project, choice).published()
    return Article.staged.filter(pk__in=look.ids)


def _keep(query: QueryDict) -> str:
    """What an address asks of articles, without the page that it names."""
    kept = query.copy()
    for name in ("page", "after", "before", "from", "excluded"):
        kept.pop(name, None)
    return kept.urlencode()


@member_page(Role.MANAGER, Role.ADJUDICATOR)
@require_safe
def show_article(request: MemberRequest, article_id: int) -> HttpResponse:
    """The page with one article, its metadata and its tasks."""
    articles = request.project.articles.select_related("imported_by", "excluded_by").defer(
        "original", "canonical"
    )
    article = get_object_or_404(articles, pk=article_id)
    blocks = lay_out_article(article.text, Block.objects.filter(article=article).order_by("ordinal"))
    ids = request.project.articles.filter(excluded_at=None).values_list("pk", flat=True)
    context = {
        "article": article,
        "previous": ids.filter(pk__lt=article.pk).order_by("-pk").first(),
        "following": ids.filter(pk__gt=article.pk).order_by("pk").first(),
        "blocks": blocks,
        "has_title": any(block.kind == BlockKind.TITLE for block in blocks),
        "tasks": article.tasks.filter(round__project=request.project)
        .select_related("round")
        .order_by("round__number"),
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
