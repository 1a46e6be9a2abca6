"""Working at the next version of a project's scheme: changing it part by part, undoing, and adopting it."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from annotations.limits import MAX_DEFINITION_LENGTH, MAX_DRAFT_STEPS, MAX_SCHEME_TITLE_LENGTH
from annotations.models import Project, Scheme, SchemeDraft, SchemeDraftStep, User
from annotations.projects.archived import lock_live
from annotations.projects.starting import adopt_scheme
from annotations.projects.wording import find_source
from annotations.schemes.definition import read_content
from annotations.schemes.parts import WITHIN, NoSuchPartError, Path, find_part
from annotations.schemes.table import InvalidSchemeError
from annotations.schemes.writing import write_definition

Content = dict[str, Any]


class DraftChangedError(Exception):
    """Somebody else changed the same part of a draft since it was shown, so that saving would undo their work unseen."""

    def __init__(self, draft: SchemeDraft) -> None:
        who = draft.changed_by.name if draft.changed_by else "Somebody"
        super().__init__(
            f"{who} changed this at {draft.changed_at:%H:%M} UTC, so what you typed is not saved yet. It still stands here."
        )
        self.draft = draft


class NothingToAdoptError(ValueError):
    """A draft says what the project's scheme says already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Editing:
    """Who changes a draft, what they saw of it, and from which open page.

    `insists` is said by somebody who knows that another person changed the same, and means theirs to hold.
    """

    by: User | None
    revision: int
    page: str = ""
    insists: bool = False


def find_draft(project: Project) -> SchemeDraft:
    """The draft of a project; one that is stored nowhere and says what the scheme says, as it is worded now, where nobody began one."""
    stored = SchemeDraft.objects.filter(project=project).select_related("base", "changed_by").first()
    return stored or SchemeDraft(
        project=project, base=project.scheme, source=find_source(project, project.scheme)
    )


@transaction.atomic
def change_draft(
    project: Project, editing: Editing, *, path: Path, said: str, change: Callable[[Content], Path]
) -> Path:
    """Change one part of a draft, and return the path at which its reader goes on.

    Raises
    ------
    DraftChangedError
        Somebody else changed the same part since it was shown.
    InvalidSchemeError
        What the draft says is no TOML, or it would become longer than a definition may be.
    """
    draft = _lock(project)
    content = read_content(draft.source)
    if draft.revision != editing.revision and not editing.insists:
        _compare(draft, editing, content, path)
    changed = deepcopy(content)
    goes_on = change(changed)
    if changed != content:
        _store(draft, write_definition(changed), editing, said)
    return goes_on


@transaction.atomic
def replace_draft(project: Project, editing: Editing, *, source: str) -> None:
    """Put a whole definition in the place of a draft, right or wrong."""
    draft = _lock(project)
    if draft.revision != editing.revision and not editing.insists:
        raise DraftChangedError(draft)
    if source != draft.source:
        _store(draft, source, editing, "the definition as TOML")


@transaction.atomic
def undo_in_draft(project: Project, editing: Editing) -> str:
    """Take the latest change back, and say what it was; empty where there is none."""
    draft = _lock(project)
    if draft.revision != editing.revision:
        raise DraftChangedError(draft)
    step = draft.steps.order_by("-revision").first()
    if step is None:
        return ""
    draft.source = step.source
    _save(draft, editing)
    step.delete()
    return step.said


@transaction.atomic
def adopt_draft(project: Project, editing: Editing) -> Scheme:
    """Let rounds that are planned from now on have the draft, as the next version of the project's scheme.

    Raises
    ------
    InvalidSchemeError
        Something in the draft is wrong.
    NothingToAdoptError
        It says what the scheme says.
    """
    draft = _lock(project)
    if draft.revision != editing.revision:
        raise DraftChangedError(draft)
    content, now = read_content(draft.source), read_content(find_source(project, project.scheme))
    content |= {"name": now["name"], "version": now["version"]}
    if content == now:
        raise NothingToAdoptError(f"The draft says what {project.scheme} says: change something first.")
    content["version"] = project.scheme.definition.version + 1
    adopted = adopt_scheme(project, write_definition(content), by=editing.by)
    draft.delete()
    return adopted


@transaction.atomic
def discard_draft(project: Project, editing: Editing) -> None:
    """Throw a draft away; the project's scheme stays as it is."""
    draft = _lock(project)
    if draft.revision != editing.revision:
        raise DraftChangedError(draft)
    if draft.pk:
        draft.delete()


def _lock(project: Project) -> SchemeDraft:
    """The draft of a project of which nobody else changes the draft meanwhile."""
    return find_draft(lock_live(project.pk))


def _compare(draft: SchemeDraft, editing: Editing, content: Content, path: Path) -> None:
    """Refuse a change of a part that is no more as it was shown, unless the same page changed it."""
    since = list(draft.steps.filter(revision__gte=editing.revision).order_by("revision"))
    is_known = bool(since) and since[0].revision == editing.revision
    if is_known and editing.page and all(step.page == editing.page for step in since):
        return
    try:
        seen = _own(read_content(since[0].source), path) if is_known else None
        is_untouched = seen is not None and seen == _own(content, path)
    except (NoSuchPartError, InvalidSchemeError):
        is_untouched = False
    if not is_untouched:
        raise DraftChangedError(draft)


def _own(content: Content, path: Path) -> Content:
    """A part without the parts that are in it."""
    inner = WITHIN.get(str(path[-2]) if path else "", ())
    return {key: value for key, value in find_part(content, path).items() if key not in inner}


def _store(draft: SchemeDraft, source: str, editing: Editing, said: str) -> None:
    if len(source) > MAX_DEFINITION_LENGTH:
        raise InvalidSchemeError(
            f"the definition would have {len(source):,} characters, more than the {MAX_DEFINITION_LENGTH:,} that one may have: "
            "shorten its guidelines"
        )
    before = SchemeDraftStep(
        revision=draft.revision, source=draft.source, said=said[:MAX_SCHEME_TITLE_LENGTH], page=editing.page
    )
    draft.source = source
    _save(draft, editing)
    before.draft = draft
    before.save()
    draft.steps.filter(revision__lt=draft.revision - MAX_DRAFT_STEPS).delete()


def _save(draft: SchemeDraft, editing: Editing) -> None:
    draft.revision += 1
    draft.changed_at = timezone.now()
    draft.changed_by = editing.by
    draft.save()
