"""An article on the page that its text was taken from, with a stretch of it marked: written anew, and shut in a frame."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import urlencode
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from annotations.formats.pages.html_shown import Stretch, show_page, show_text
from annotations.formats.places.source_maps import SourceMap
from annotations.formats.registry import OF_PAGES
from annotations.models import Article, ArticleSourceMap, Role
from annotations.web.access import MemberRequest, member_page

LOCKED = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'; sandbox"
"""What a browser lets the page do: show letters, and nothing else."""
MAX_SHOWN_WORDS = 300


def has_page(article: Article) -> bool:
    """Whether the text of an article was taken from a web page that is kept with it."""
    return any(article.source_format == known.name for known in OF_PAGES)


@member_page(Role.MANAGER, Role.ADJUDICATOR)
@require_safe
def show_original(request: MemberRequest, article_id: int) -> HttpResponse:
    """The page with the original of an article in a frame, and the words that are marked in it."""
    article = get_object_or_404(request.project.articles.defer("original"), pk=article_id)
    start, end = _read_stretch(request, article)
    words = article.text[start:end]
    context = {
        "article": article,
        "has_page": has_page(article),
        "words": words if len(words) <= MAX_SHOWN_WORDS else f"{words[:MAX_SHOWN_WORDS]}…",
        "query": urlencode({"start": start, "end": end}) if end > start else "",
    }
    return render(request, "annotations/articles/original.html", context)


@member_page(Role.MANAGER, Role.ADJUDICATOR)
@require_safe
@xframe_options_sameorigin
def send_page(request: MemberRequest, article_id: int) -> HttpResponse:
    """The original of an article for its frame: only its structure and its letters, which can run and fetch nothing."""
    article = get_object_or_404(request.project.articles, pk=article_id)
    start, end = _read_stretch(request, article)
    source_map = ArticleSourceMap.objects.filter(article=article).first()
    if source_map is None or not has_page(article):
        written = show_text(article.text, marked=[(start, end)] if end > start else [])
    else:
        found = SourceMap.from_json(source_map.runs)
        marked: list[Stretch] = found.find(start, end) if end > start else []
        source = bytes(article.original).decode(article.encoding)
        written = show_page(source, marked=marked, chosen=found.find(0, article.length))
    response = HttpResponse("".join(written), content_type="text/html; charset=utf-8")
    response["Content-Security-Policy"] = LOCKED
    response["Referrer-Policy"] = "no-referrer"
    return response


def _read_stretch(request: MemberRequest, article: Article) -> tuple[int, int]:
    """The stretch of the text that an address asks for; whatever is none marks nothing."""
    start, end = (_read_place(request.GET.get(name, ""), article.length) for name in ("start", "end"))
    if start is None or end is None or start >= end:
        return 0, 0
    return start, min(end, article.length)


def _read_place(value: str, length: int) -> int | None:
    is_number = value.isascii() and value.isdecimal() and len(value) <= len(str(length))
    return int(value) if is_number else None
