"""The corpus of a project: its articles, each as a page to read, and the way in for new ones."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from annotations.assignment.tallies import count_excluded
from annotations.corpus.services import import_articles
from annotations.corpus.staging import ImportUnderWayError
from annotations.formats.documents import Document
from annotations.formats.errors import Refusal, RefusedError, Remedy
from annotations.formats.ports import TextOptions
from annotations.formats.registry import find_text_reader
from annotations.formats.text import PLAIN_TEXT
from annotations.languages import choose_language
from annotations.models import Article, Block, BlockKind, DuplicateMember, Role, Task, Verdict
from annotations.web.access import MemberRequest, member_page
from annotations.web.articles.forms import AddArticlesForm
from annotations.web.articles.layout import lay_out_article
from annotations.web.articles.originals import has_page
from annotations.web.paging import paginate, read_choice

MAX_SHOWN = 100
WAYS = {
    Remedy.ENCODING: "below, under “How the files are read”",
    Remedy.FORMAT: "below, under “How the files are read”",
    Remedy.TEXT_COLUMN: "below, under “How the files are read”",
    Remedy.LONG_TEXTS: "tick it below, under “How the files are read”",
}
"""Where on this page one says what would help."""
CHOICES = {
    Remedy.ENCODING: ("encoding_choice", "Read as"),
    Remedy.TEXT_COLUMN: ("text_column_choice", "The text is in"),
}
"""The field that a choice after a refusal fills in, and what its button says before the choice."""


NO_CHOICE = ("", "")


@dataclass(frozen=True, slots=True)
class RefusedPart:
    """What was not accepted, as the page says it, with the values that a button offers for a field."""

    place: str
    message: str
    field: str
    offer: str
    choices: tuple[str, ...]


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
    articles = request.project.articles.select_related("imported_by", "excluded_by").defer("original")
    article = get_object_or_404(articles, pk=article_id)
    blocks = lay_out_article(article.text, Block.objects.filter(article=article).order_by("ordinal"))
    context = {
        "article": article,
        "blocks": blocks,
        "has_title": any(block.kind == BlockKind.TITLE for block in blocks),
        "tasks": article.tasks.select_related("round").order_by("round__number"),
        "metadata": list(article.metadata.items()),
        "language": choose_language(article.text, article.metadata),
        "has_page": has_page(article),
        "copy": DuplicateMember.objects.filter(article=article).select_related("cluster__kept").first(),
    }
    return render(request, "annotations/articles/article.html", context)


@member_page(Role.MANAGER, is_for_a_change=True)
@require_http_methods(["GET", "HEAD", "POST"])
def add_articles(request: MemberRequest) -> HttpResponse:
    """The page on which a manager adds articles, and reads what became of each."""
    form = AddArticlesForm(request.POST or None, request.FILES or None)
    report = None
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data
        options = form.options
        rows = list(_read_uploads(content["uploads"], source=content["source"], options=options))
        if content["text"]:
            rows.append(_read_pasted(content["title"], content["text"]))
        try:
            report = import_articles(
                request.project, rows, by=request.user, options=options, atomic=form.is_all_or_nothing
            )
        except ImportUnderWayError as error:
            form.add_error(None, str(error))
        else:
            form = form if report.refused else AddArticlesForm()
    context = {"form": form, "report": report, "refused": _explain(report.refused if report else ())}
    return render(request, "annotations/articles/add.html", context)


def _explain(refused: Iterable[Refusal]) -> list[RefusedPart]:
    return [
        RefusedPart(
            bad.place,
            bad.explain(WAYS),
            *(CHOICES.get(bad.remedy, NO_CHOICE) if bad.remedy else NO_CHOICE),
            bad.choices,
        )
        for bad in islice(refused, MAX_SHOWN)
    ]


def _read_uploads(
    files: "list[UploadedFile[Any]]", *, source: str, options: TextOptions
) -> Iterator[Document | Refusal]:
    for file in files:
        name = file.name or "upload"
        try:
            read = find_text_reader(Path(name), source=source or None)
            yield from read(cast("BinaryIO", file.file), name, options)
        except RefusedError as error:
            yield Refusal.of(name, error)


def _read_pasted(title: str, text: str) -> Document:
    """Browsers send every line break of a field as CR LF, whatever was pasted; the text gets plain ones."""
    text = text.replace("\r\n", "\n")
    return Document(
        place="pasted", text=text, original=text.encode(), source_format=PLAIN_TEXT.name, title=title
    )
