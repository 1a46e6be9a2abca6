"""The editor of a project's scheme: a form for each part, one draft, saved as one types, and the same draft as TOML."""

import secrets
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from annotations.limits import MAX_NUMBER
from annotations.models import Role, SchemeDraft
from annotations.projects.drafts import (
    DraftChangedError,
    Editing,
    NothingToAdoptError,
    adopt_draft,
    change_draft,
    discard_draft,
    find_draft,
    replace_draft,
    undo_in_draft,
)
from annotations.schemes.changes import describe_changes
from annotations.schemes.complaints import find_complaints
from annotations.schemes.definition import load_scheme, read_content
from annotations.schemes.key_layout import lay_out_keys
from annotations.schemes.parts import (
    NoSuchPartError,
    Path,
    TooManyPartsError,
    add_part,
    duplicate_part,
    find_part,
    move_part,
    read_path,
    write_path,
)
from annotations.schemes.references import delete_part, list_dependents
from annotations.schemes.table import InvalidSchemeError
from annotations.web.access import MemberRequest, member_page
from annotations.web.schemes.outline import ONE, list_inner, list_way, name_part, tell_of_part
from annotations.web.schemes.part_forms import PartForm, RelationForm
from annotations.web.schemes.previewing import list_texts
from annotations.web.schemes.question_form import QuestionForm, make_form
from annotations.web.schemes.rows import ConditionRow, list_conditions, list_rows, raise_row

Content = dict[str, Any]
SAVES = "save"


@member_page(Role.MANAGER, is_for_a_change=True)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_scheme(request: MemberRequest) -> HttpResponse:
    """The form of one part of the draft, beside all its parts; each change is saved when it is made."""
    if request.method == "POST":
        return _change(request)
    draft = find_draft(request.project)
    try:
        content = read_content(draft.source)
    except InvalidSchemeError:
        return redirect("web:edit-scheme-toml", request.project.slug)
    try:
        path = _find_path(content, request.GET.get("part", ""))
    except NoSuchPartError:
        raise Http404("There is no such part.") from None
    return _show(request, draft, content, path, make_form(content, path))


def _find_path(content: Content, written: str) -> Path:
    path = read_path(written)
    find_part(content, path)
    return path


def _show(
    request: MemberRequest,
    draft: SchemeDraft,
    content: Content,
    path: Path,
    form: PartForm,
    *,
    conflict: str = "",
) -> HttpResponse:
    """The page with a part in hand; with a conflict, the form holds what was typed and somebody else's stands below."""
    complaints = find_complaints(content)
    own = [each for each in complaints if each.path == path]
    said = [(each.key, each.message) for each in own]
    told = tell_of_part(content, path)
    part = find_part(content, path)
    fields = [
        (
            field,
            [m for key, m in said if key == _key_of(field.name)],
            [m for key, m in told if key == field.name],
        )
        for field in form
    ]
    shown = {_key_of(field.name) for field in form} | {"values", "topics"}
    context = {
        **_describe_state(draft, complaints),
        "path": write_path(path),
        "page_id": request.POST.get("page") or secrets.token_hex(6),
        "form": form,
        "fields": fields,
        "said_of_part": [message for key, message in said if key not in shown],
        "said_of_values": [message for key, message in said if key in ("values", "topics")],
        "outline": list_inner(content, (), complaints, path),
        "inner": list_inner(content, path, complaints, path) if path else [],
        "way": list_way(content, path) if path else [],
        "title": name_part(part, str(path[-2])) if path else "The scheme as a whole",
        "kind": ONE[str(path[-2])] if path else "",
        "asks_delete": bool(path) and request.GET.get("ask") == "delete",
        "dependents": list_dependents(content, path) if path and request.GET.get("ask") == "delete" else [],
        "conflict": conflict,
        "theirs": make_form(content, path) if conflict else None,
        **_describe_rows(content, path, part, form),
    }
    status = HTTPStatus.CONFLICT if conflict else HTTPStatus.OK
    return render(request, "annotations/schemes/editor/editor.html", context, status=status)


def _key_of(field: str) -> str:
    """The key of the definition that a field of a form is about."""
    return {"sources": "from", "targets": "to", "has_keys": "keys"}.get(field, field)


def _describe_state(draft: SchemeDraft, complaints: list[Any]) -> dict[str, Any]:
    return {
        "draft": draft,
        "complaints": complaints,
        "last_step": draft.steps.order_by("-revision").first() if draft.pk else None,
        "next_version": draft.project.scheme.definition.version + 1,
        "changes": _list_changes(draft, complaints),
        "texts": list_texts(draft.project),
        "is_base_old": draft.base_id != draft.project.scheme_id,
    }


def _list_changes(draft: SchemeDraft, complaints: list[Any]) -> list[str]:
    """What adopting the draft would change, while nothing is wrong with it."""
    if draft.pk is None or complaints:
        return []
    try:
        return describe_changes(draft.project.scheme.definition, load_scheme(draft.source))
    except InvalidSchemeError:
        return []


def _describe_rows(content: Content, path: Path, part: Content, form: PartForm) -> dict[str, Any]:
    """Values, topics and conditions, which are rows and boxes below the fields."""
    if not path:
        return {"rows_key": "topics", "rows_title": "Topics", "rows": list_rows(part, "topics")}
    if isinstance(form, QuestionForm):
        described: dict[str, Any] = {}
        if "values" in form.parameters and "values_from" not in part:
            described = {
                "rows_key": "values",
                "rows_title": "Values",
                "rows": list_rows(part, "values"),
                "keys": part.get("keys", ""),
            }
        if form.is_about_spans:
            label = find_part(content, path[:-2])
            rows, kept = list_conditions(
                content, part, "applies_when", [label], but=str(part.get("name", ""))
            )
            described["conditions"] = _fold_conditions(("Asked only where", rows, kept))
        return described
    if isinstance(form, RelationForm):
        labels = [
            each
            for each in content.get("labels", [])
            if isinstance(each, dict) and each.get("name") in part.get("from", [])
        ]
        needed = list_conditions(content, part, "required_when", labels)
        refused = list_conditions(content, part, "forbidden_when", labels)
        ends = ("Needed where its first span has", *needed), ("Refused where its first span has", *refused)
        return {"conditions": _fold_conditions(*ends)}
    return {}


def _fold_conditions(
    *groups: tuple[str, list[ConditionRow], int],
) -> list[tuple[str, list[ConditionRow], int, bool]]:
    """Groups of conditions that there is something to say in; one stands open where something is ticked."""
    return [
        (heading, rows, kept, any(is_ticked for row in rows for _, is_ticked in row.options))
        for heading, rows, kept in groups
        if rows or kept
    ]


def _change(request: MemberRequest) -> HttpResponse:
    """Save the form in hand, do what its button says, and go on at the part that this leads to."""
    op, project = request.POST.get("op", SAVES), request.project
    editing = read_editing(request, insists=op == "insist")
    if op == "undo":
        return _undo(request, editing)
    try:
        path = read_path(request.POST.get("part", ""))
        goes_on = change_draft(
            project,
            editing,
            path=path,
            said=_say(request, op),
            change=lambda content: _apply(request, content, path, op),
        )
    except NoSuchPartError:
        messages.error(request, "That part is no longer there: somebody deleted it.")
        return redirect("web:edit-scheme", project.slug)
    except (InvalidSchemeError, TooManyPartsError) as error:
        messages.error(request, str(error))
        return _go_to(request, path)
    except DraftChangedError as error:
        return _show_conflict(request, error, path)
    if request.headers.get("HX-Request"):
        return _show_saved(request, goes_on)
    return _go_to(request, goes_on)


def read_editing(request: MemberRequest, *, insists: bool = False) -> Editing:
    """Who changes the draft, and what they saw of it, as a form of the editor says."""
    written = request.POST.get("revision", "")
    is_number = written.isascii() and written.isdecimal() and len(written) <= len(str(MAX_NUMBER))
    return Editing(
        by=request.user,
        revision=int(written) if is_number else 0,
        page=request.POST.get("page", "")[:20],
        insists=insists,
    )


def _say(request: MemberRequest, op: str) -> str:
    """What a change is called where it can be undone."""
    names = {
        "up": "moving",
        "down": "moving",
        "duplicate": "copying",
        "delete": "deleting",
        "keys": "laying out the keys",
    }
    if op.startswith("to:"):
        return "moving"
    if op.startswith(("add:", "add-below:")):
        return f"adding a {ONE.get(op.partition(':')[2], 'part')}"
    verb = names.get(op, "changing")
    what = request.POST.get("title") or request.POST.get("name") or "the scheme"
    return verb if op == "keys" else f"{verb} {what}"


def _apply(request: MemberRequest, content: Content, path: Path, op: str) -> Path:
    find_part(content, path)
    if "title" in request.POST or "name" in request.POST:
        make_form(content, path, request.POST).write()
    action, _, argument = op.partition(":")
    operations: dict[str, Callable[[], Path]] = {
        "add": lambda: add_part(content, path, argument),
        "add-below": lambda: add_part(content, (), argument),
        "up": lambda: move_part(content, path, -1),
        "down": lambda: move_part(content, path, 1),
        "duplicate": lambda: duplicate_part(content, path),
    }
    if action in operations:
        return operations[action]()
    if action == "delete":
        delete_part(content, path)
        return path[:-2]
    if action == "to" and argument.isascii() and argument.isdecimal():
        return move_part(content, path, int(argument[:6]) - int(path[-1])) if path else path
    if action == "keys":
        lay_out_keys(content)
    elif action == "raise" and argument.isascii() and argument.isdecimal():
        raise_row(find_part(content, path), "values" if path else "topics", int(argument[:6]))
    return path


def _go_to(request: MemberRequest, path: Path) -> HttpResponse:
    address = reverse("web:edit-scheme", args=[request.project.slug])
    return redirect(f"{address}?{urlencode({'part': write_path(path)})}" if path else address)


def _show_saved(request: MemberRequest, path: Path) -> HttpResponse:
    """What changed around the form that was saved; the form itself stays, because somebody may be typing on."""
    draft = find_draft(request.project)
    content = read_content(draft.source)
    form = make_form(content, path)
    return _show(request, draft, content, path, form)


def _show_conflict(request: MemberRequest, error: DraftChangedError, path: Path) -> HttpResponse:
    draft = find_draft(request.project)
    try:
        content = read_content(draft.source)
        form = make_form(content, path, request.POST)
    except (InvalidSchemeError, NoSuchPartError):
        messages.error(request, f"{error} The part is no longer there, or the TOML cannot be read.")
        return redirect("web:edit-scheme", request.project.slug)
    return _show(request, draft, content, path, form, conflict=str(error))


def _undo(request: MemberRequest, editing: Editing) -> HttpResponse:
    try:
        said = undo_in_draft(request.project, editing)
    except DraftChangedError as error:
        messages.error(request, f"{error} Look at it first, then undo.")
    else:
        messages.success(request, f"Undone: {said}." if said else "There is nothing to undo.")
    return redirect("web:edit-scheme", request.project.slug)


@member_page(Role.MANAGER, is_for_a_change=True)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_as_toml(request: MemberRequest) -> HttpResponse:
    """The draft as TOML: whatever stands there is kept, right or wrong, and the form shows the same."""
    draft, conflict, typed = find_draft(request.project), "", None
    if request.method == "POST":
        editing = read_editing(request, insists=request.POST.get("op") == "insist")
        typed = request.POST.get("source", "").replace("\r\n", "\n")
        try:
            replace_draft(request.project, editing, source=typed)
        except DraftChangedError as error:
            conflict = str(error)
        except InvalidSchemeError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "The draft is saved.")
            return redirect("web:edit-scheme-toml", request.project.slug)
        draft = find_draft(request.project)
    try:
        complaints = find_complaints(read_content(draft.source))
        refusal = ""
    except InvalidSchemeError as error:
        complaints, refusal = [], str(error)
    context = {
        **_describe_state(draft, complaints),
        "source": draft.source if typed is None else typed,
        "refusal": refusal,
        "conflict": conflict,
        "theirs": draft.source if conflict else "",
    }
    status = HTTPStatus.CONFLICT if conflict else HTTPStatus.OK
    return render(request, "annotations/schemes/editor/toml.html", context, status=status)


@member_page(Role.MANAGER)
@require_POST
def adopt(request: MemberRequest) -> HttpResponse:
    """Let rounds that are planned from now on have what the draft says."""
    try:
        adopted = adopt_draft(request.project, read_editing(request))
    except (DraftChangedError, NothingToAdoptError, InvalidSchemeError) as error:
        messages.error(request, str(error))
        return redirect("web:edit-scheme", request.project.slug)
    messages.success(request, f"Rounds planned from now on have {adopted}.")
    return redirect("web:guidelines", request.project.slug)


@member_page(Role.MANAGER)
@require_POST
def discard(request: MemberRequest) -> HttpResponse:
    """Throw the draft away."""
    try:
        discard_draft(request.project, read_editing(request))
    except DraftChangedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The draft is gone; the scheme is as it was.")
    return redirect("web:guidelines", request.project.slug)
