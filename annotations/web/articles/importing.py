"""An import in the browser: files in, a look at what they hold, choices, and then everything published or nothing."""

import json
from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import pluralize
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotations.assignment.excluding import count_articles
from annotations.corpus.choices import ImportChoices
from annotations.corpus.errors import FileNotTakenError, ImportStateError, ImportUnderWayError
from annotations.corpus.imports import (
    ask_to_read,
    drop,
    find_job,
    forget_begun,
    list_waiting,
    publish_import,
    start_import,
)
from annotations.corpus.uploads import keep_whole, list_unfinished
from annotations.formats.errors import RefusedError
from annotations.formats.registry import OF_ANNOTATIONS, OF_TEXTS
from annotations.limits import MAX_IMPORT_PART_BYTES
from annotations.models import AnnotationImport, ArticleImport, ImportedAs, ImportStatus, JobStatus, Role
from annotations.web.access import MemberRequest, member_page
from annotations.web.articles.forms import AddArticlesForm
from annotations.web.articles.mapping import read_posted_mapping
from annotations.web.articles.preview import FROM_COLUMN, ReadImport, list_sections

PASTED, PASTED_WITH_TITLE = "pasted.txt", "pasted.jsonl"
ENCODING_OF = "encoding:"
COLUMN = "column:"
MAX_UNFINISHED = 20


def list_readable() -> dict[str, list[str]]:
    """The titles of the formats that texts and annotations are read from, as the page lists them."""
    return {
        "texts": [known.title for known in OF_TEXTS],
        "annotations": [known.title for known in OF_ANNOTATIONS],
    }


def _find(request: MemberRequest, import_id: int) -> ArticleImport:
    imports = ArticleImport.objects.select_related("project", "started_by")
    return get_object_or_404(imports, project=request.project, pk=import_id)


@member_page(Role.MANAGER, is_for_a_change=True)
@require_http_methods(["GET", "HEAD", "POST"])
def add_articles(request: MemberRequest) -> HttpResponse:
    """The page on which files are dropped or an article is pasted, which are read before anybody sees them."""
    form = AddArticlesForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = _take_in(request, form.cleaned_data)
        except (FileNotTakenError, ImportStateError) as error:
            form.add_error(None, str(error))
        else:
            return redirect("web:import", request.project.slug, made.pk)
    context = {
        "form": form,
        "waiting": list_waiting(request.project),
        "readable": list_readable(),
        "part_bytes": MAX_IMPORT_PART_BYTES,
    }
    return render(request, "annotations/articles/add.html", context)


def _take_in(request: MemberRequest, said: Mapping[str, Any]) -> ArticleImport:
    """Begin an import of what a form holds; where some of it is refused, nothing of it stays to take the place of another."""
    made = start_import(request.project, by=request.user)
    try:
        keep_whole(made, [*_list_uploads(said["uploads"]), *_list_pasted(said["title"], said["text"])])
        ask_to_read(made, by=request.user)
    except (FileNotTakenError, ImportStateError):
        forget_begun(made)
        raise
    return made


def _list_uploads(files: "Iterable[UploadedFile[Any]]") -> "Iterable[tuple[str, Any, int]]":
    for file in files:
        yield file.name or "upload", file.file, file.size or 0


def _list_pasted(title: str, text: str) -> Iterable[tuple[str, BytesIO, int]]:
    """Browsers send every line break of a field as CR LF, whatever was pasted; the text gets plain ones."""
    text = text.replace("\r\n", "\n")
    if text.strip():
        name = PASTED_WITH_TITLE if title else PASTED
        content = (json.dumps({"title": title, "text": text}) if title else text).encode()
        yield name, BytesIO(content), len(content)


@member_page(Role.MANAGER)
@require_safe
def show_import(request: MemberRequest, import_id: int) -> HttpResponse:
    """The page of one import: what is still to come of its files, how far they are read, or what they hold."""
    made = _find(request, import_id)
    is_of_models = ImportChoices.from_json(made.choices).read_as == ImportedAs.PREDICTIONS
    context: dict[str, Any] = {
        "made": made,
        "status": made.status.value,
        "is_of_models": is_of_models,
        "what": "prediction" if is_of_models else "annotation",
    }
    match made.status:
        case ImportStatus.READ:
            seen = ReadImport.of(made)
            counts = seen.report["counts"]
            context |= {"sections": list_sections(seen), "counts": counts, "n_asked": seen.n_asked}
            context |= {"n_refused": counts["refused"] - seen.n_asked}
        case ImportStatus.PUBLISHED:
            context |= {"published": count_articles(ArticleImport.objects.filter(pk=made.pk)).get()}
            if made.report:
                context |= {"counts": made.report["counts"], "sections": list_sections(ReadImport.of(made))}
            context |= {
                "brought": AnnotationImport.objects.select_related("round")
                .filter(article_import=made)
                .first()
            }
        case _:
            job = find_job(made) if made.asked else None
            context |= {
                "job": job,
                "has_failed": job is not None and job.status in {JobStatus.FAILED, JobStatus.CANCELLED},
                "is_read": job is not None and job.status in {JobStatus.QUEUED, JobStatus.RUNNING},
                "unfinished": list_unfinished(made)[:MAX_UNFINISHED],
                "files": made.files.count(),
                "part_bytes": MAX_IMPORT_PART_BYTES,
                "readable": list_readable(),
            }
    return render(request, "annotations/articles/import/import.html", context)


@member_page(Role.MANAGER)
@require_POST
def read(request: MemberRequest, import_id: int) -> HttpResponse:
    """Have an import read by the choices that were made on its page."""
    made = _find(request, import_id)
    try:
        before = ImportChoices.from_json(made.choices)
        choices = read_choices(request.POST, before, (made.report or {}).get("annotated"))
        ask_to_read(made, choices, by=request.user)
    except (ImportStateError, RefusedError) as error:
        messages.error(request, str(error))
    return redirect("web:import", request.project.slug, import_id)


def read_choices(
    posted: QueryDict, before: ImportChoices, annotated: Mapping[str, Any] | None = None
) -> ImportChoices:
    """The choices of a form; what the page did not ask for stays as it was said before."""
    encodings = dict(before.encodings)
    uses = {getattr(before, choice): use for use, choice in FROM_COLUMN.items()} | dict.fromkeys(
        before.left_out, "leave"
    )
    for field, value in posted.items():
        if field.startswith(ENCODING_OF):
            encodings[field.removeprefix(ENCODING_OF)] = str(value)
        elif field.startswith(COLUMN):
            uses[field.removeprefix(COLUMN)] = str(value)
    columns = {use: name for name, use in uses.items() if name}
    typed = posted.get("text_column", before.text_column).strip()
    return ImportChoices(
        source=posted.get("source", before.source),
        encoding=posted.get("encoding", before.encoding).strip(),
        encodings={name: value for name, value in encodings.items() if value},
        text_column=posted.get("text_column_choice")
        or (typed if typed != before.text_column else columns.get("text", "")),
        title_column=columns.get("title", ""),
        id_column=columns.get("id", ""),
        left_out=tuple(sorted(name for name, use in uses.items() if use == "leave" and name)),
        takes_long_texts="takes_long_texts" in posted
        or (before.takes_long_texts and "asks_about_long_texts" not in posted),
        read_as=posted.get("read_as", before.read_as),
        mapping=read_posted_mapping(posted, annotated) if annotated and "maps" in posted else before.mapping,
        round_name=" ".join(posted.get("round_name", before.round_name).split()),
    )


@member_page(Role.MANAGER)
@require_POST
def publish(request: MemberRequest, import_id: int) -> HttpResponse:
    """Show the articles of an import to everybody."""
    made = _find(request, import_id)
    try:
        number = publish_import(
            made, by=request.user, without_refused=request.POST.get("without_refused") == "on"
        )
    except (ImportStateError, ImportUnderWayError) as error:
        messages.error(request, str(error))
    else:
        annotations = (made.report or {}).get("counts", {}).get("annotations", 0)
        what = (
            "prediction"
            if ImportChoices.from_json(made.choices).read_as == ImportedAs.PREDICTIONS
            else "annotation"
        )
        more = f" and {annotations:,} {what}{pluralize(annotations)}" if annotations else ""
        messages.success(request, f"{number:,} article{pluralize(number)}{more} imported.")
    return redirect("web:import", request.project.slug, import_id)


@member_page(Role.MANAGER)
@require_POST
def drop_files(request: MemberRequest, import_id: int) -> HttpResponse:
    """Take an import away that is not published."""
    try:
        drop(_find(request, import_id), by=request.user)
    except ImportStateError as error:
        messages.error(request, str(error))
        return redirect("web:import", request.project.slug, import_id)
    messages.success(request, "The import is dropped; its files are gone from here.")
    return redirect("web:add-articles", request.project.slug)
