"""The draft of a scheme in the editor itself, on an article of the project."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from annotations.collection.ports import StudioRefusedError, StudioUnavailableError
from annotations.collection.previewing import open_preview
from annotations.collection.services import connect_studio
from annotations.models import Article, Project, Role
from annotations.schemes.table import InvalidSchemeError
from annotations.web.access import MemberRequest, member_page

MAX_OFFERED = 20
"""Articles among which one is chosen; any will do to see how the draft looks."""
SAMPLE = "sample"


def list_texts(project: Project) -> list[Article]:
    """The articles that a preview may show, the first of the project."""
    shown = Article.objects.filter(project=project, excluded_at=None)
    return list(shown.only("id", "title").order_by("pk")[:MAX_OFFERED])


@member_page(Role.MANAGER)
@require_POST
def preview_draft(request: MemberRequest) -> HttpResponse:
    """Open the draft in the editor; what stands in the way is said on the page of the form, and the draft stays."""
    chosen = request.POST.get("article", "")
    article = None
    if chosen != SAMPLE:
        offered = list_texts(request.project)
        named = next((each.pk for each in offered if str(each.pk) == chosen), None)
        article = Article.objects.get(pk=named) if named else None
    try:
        studio = connect_studio()
        preview = open_preview(request.project, by=request.user, article=article, studio=studio)
    except InvalidSchemeError:
        messages.error(
            request, "Something in the draft is wrong: mend it first, then the editor can show it."
        )
    except StudioUnavailableError:
        messages.error(
            request,
            "Label Studio is out of reach, so there is no preview now. The draft is saved; try again in a moment.",
        )
    except StudioRefusedError as error:
        messages.error(request, f"Label Studio cannot show this draft, which is saved as it is. {error}")
    else:
        return redirect(studio.address_of(preview.studio_project_id or 0))
    return redirect("web:edit-scheme", request.project.slug)
