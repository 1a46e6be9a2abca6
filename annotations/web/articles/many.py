"""What a manager does with several articles of the list at once: plan a round of them, exclude them, keep them as a set."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from annotations.assignment.excluding import exclude_articles
from annotations.assignment.sets import ArticleSetError, add_to_set
from annotations.limits import MAX_CHOSEN_ARTICLES
from annotations.models import Article, Assignment, Gold, Project, Role
from annotations.models.corpus import ArticleQuerySet
from annotations.models.projects import is_id
from annotations.plurals import count_things
from annotations.web.access import MemberRequest, member_page
from annotations.web.articles.forms import ExclusionForm

SHOWN = 20
"""How many of the articles a page names."""


def read_chosen(request: HttpRequest) -> list[int]:
    """The ids of the articles that a form names; refused where one is none, or where there are too many."""
    words = request.POST.getlist("article") or request.GET.getlist("article")
    if len(words) > MAX_CHOSEN_ARTICLES:
        raise BadRequest(f"Choose at most {MAX_CHOSEN_ARTICLES} articles at once.")
    if not all(is_id(word) for word in words):
        raise BadRequest("An article is named by its number.")
    return sorted({int(word) for word in words})


def _find_chosen(project: Project, chosen: list[int]) -> ArticleQuerySet:
    articles = Article.staged.published().filter(project=project, pk__in=chosen)
    return articles.defer("text", "original", "canonical", "metadata").order_by("id")


@member_page(Role.MANAGER)
@require_POST
def act_on_chosen(request: MemberRequest) -> HttpResponse:
    """Go on with the articles that were chosen in the list, in the way that the button says."""
    project, back = request.project, request.META.get("HTTP_REFERER", "")
    home = reverse("web:articles", args=[project.slug])
    chosen = list(_find_chosen(project, read_chosen(request)).values_list("pk", flat=True))
    ids = ",".join(map(str, chosen))
    what = request.POST.get("what", "")
    if not chosen:
        messages.error(request, "Choose articles first, by the boxes before their titles.")
    elif what == "plan":
        return redirect(f"{reverse('web:plan-round', args=[project.slug])}?ids={ids}")
    elif what == "exclude":
        query = "&".join(f"article={number}" for number in chosen)
        return redirect(f"{reverse('web:exclude-articles', args=[project.slug])}?{query}")
    elif what == "set":
        try:
            kept = add_to_set(project, request.POST.get("set_name", ""), chosen, by=request.user)
        except ArticleSetError as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request,
                f"{count_things(len(chosen), 'article is', 'articles are')} in the set “{kept.name}”.",
            )
            return redirect(f"{home}?set={kept.pk}")
    else:
        raise BadRequest("There is no such thing to do with articles.")
    return redirect(back if back.startswith(request.build_absolute_uri(home)) else home)


@member_page(Role.MANAGER, is_for_a_change=True)
@require_http_methods(["GET", "HEAD", "POST"])
def exclude_chosen(request: MemberRequest) -> HttpResponse:
    """Exclude several articles for one reason; what that means for what there is of them is said before."""
    articles = _find_chosen(request.project, read_chosen(request)).filter(excluded_at=None)
    form = ExclusionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        number = exclude_articles(articles, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(
            request,
            f"{count_things(number, 'article is', 'articles are')} excluded. You can include each again at any time.",
        )
        return redirect("web:articles", request.project.slug)
    found = list(articles)
    shares = Assignment.objects.filter(task__article__in=found)
    context = {
        "articles": found[:SHOWN],
        "more": len(found) - SHOWN,
        "number": len(found),
        "chosen": [article.pk for article in found],
        "form": form,
        "queued": shares.queued().count(),
        "submitted": shares.submitted().count(),
        "gold": Gold.objects.filter(task__article__in=found).count(),
    }
    return render(request, "annotations/articles/exclude_several.html", context)
