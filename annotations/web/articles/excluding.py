"""What a manager does to articles that should not count: excluded and back, deleted while unused, and imports undone."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import pluralize
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotations.assignment.errors import AssignmentError
from annotations.assignment.excluding import (
    delete_article,
    exclude_article,
    find_reason_to_keep,
    include_article,
    list_imports,
    undo_import,
)
from annotations.assignment.undoing import find_work_on
from annotations.corpus.removing import find_annotated
from annotations.models import AnnotationImport, Article, Assignment, Gold, Prediction, Release, Role, Task
from annotations.web.access import MemberRequest, member_page
from annotations.web.articles.forms import ExclusionForm
from annotations.web.paging import paginate
from annotations.web.settings.forms import TypedConfirmationForm


def _find(request: MemberRequest, article_id: int) -> Article:
    return get_object_or_404(request.project.articles.defer("text", "original"), pk=article_id)


@member_page(Role.MANAGER, is_for_a_change=True)
@require_http_methods(["GET", "HEAD", "POST"])
def exclude(request: MemberRequest, article_id: int) -> HttpResponse:
    """Exclude an article for a reason; what that means for what there is of it is said before."""
    article = _find(request, article_id)
    form = ExclusionForm(request.POST or None, initial={"reason": article.exclusion_reason})
    if request.method == "POST" and form.is_valid():
        exclude_article(article, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, f"“{article.title}” is excluded. You can include it again at any time.")
        return redirect("web:article", request.project.slug, article_id)
    shares = Assignment.objects.filter(task__article=article)
    context = {
        "article": article,
        "form": form,
        "queued": shares.queued().count(),
        "submitted": shares.submitted().count(),
        "has_gold": Gold.objects.filter(task__article=article).exists(),
        "released": article.release_items.filter(release__number__gt=Release.UNDER_WAY).count(),
    }
    return render(request, "annotations/articles/exclude.html", context)


@member_page(Role.MANAGER)
@require_POST
def include(request: MemberRequest, article_id: int) -> HttpResponse:
    """Let an article that was excluded count again."""
    article = _find(request, article_id)
    include_article(article, by=request.user)
    messages.success(request, f"“{article.title}” counts again, with everything that was made of it.")
    return redirect("web:article", request.project.slug, article_id)


@member_page(Role.MANAGER, is_for_a_change=True)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: MemberRequest, article_id: int) -> HttpResponse:
    """Delete an article that no round has had, once the word is typed."""
    article = _find(request, article_id)
    form = TypedConfirmationForm(request.POST or None, name="delete")
    if request.method == "POST" and form.is_valid():
        try:
            delete_article(article, by=request.user)
        except AssignmentError as error:
            messages.error(request, str(error))
            return redirect("web:article", request.project.slug, article_id)
        messages.success(request, f"“{article.title}” is deleted.")
        return redirect("web:articles", request.project.slug)
    context = {"article": article, "form": form, "reason_to_keep": find_reason_to_keep(article)}
    return render(request, "annotations/articles/delete.html", context)


@member_page(Role.MANAGER)
@require_safe
def show_imports(request: MemberRequest) -> HttpResponse:
    """The page that lists the imports of a project."""
    page = paginate(request, list_imports(request.project))
    return render(request, "annotations/articles/imports.html", {"page": page})


@member_page(Role.MANAGER, is_for_a_change=True)
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: MemberRequest, import_id: int) -> HttpResponse:
    """Undo an import of which nobody has annotated anything, once the word is typed; what would be gone is said before."""
    made = get_object_or_404(list_imports(request.project), pk=import_id)
    form = TypedConfirmationForm(
        request.POST or None, name="undo", purpose="undo it", otherwise="Nothing was undone."
    )
    if request.method == "POST" and form.is_valid():
        try:
            number = undo_import(made, by=request.user)
        except AssignmentError as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request,
                f"The import is undone: {number:,} article{pluralize(number)} {pluralize(number, 'is,are')} gone.",
            )
        return redirect("web:imports", request.project.slug)
    articles = Article.objects.filter(imported_in=made)
    held = (
        AnnotationImport.objects.select_related("round", "article_import").filter(article_import=made).first()
    )
    context = {
        "made": made,
        "form": form,
        "tasks": Task.objects.filter(article__in=articles).count(),
        "annotated": find_annotated(articles).count() if made.is_used and held is None else 0,
        "held": held,
        "predictions": Prediction.objects.filter(made_in=made).count(),
        "reason": find_work_on(held) if held else "",
    }
    return render(request, "annotations/articles/undo.html", context)
