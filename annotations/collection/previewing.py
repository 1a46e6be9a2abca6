"""A draft of a scheme in the editor itself: a throwaway project of the Studio that holds one text and from which nothing is kept."""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from annotations.collection.ports import (
    NewStudioTask,
    Studio,
    StudioProjectMissingError,
    StudioRefusedError,
    StudioUnavailableError,
)
from annotations.collection.queues import connect_studio
from annotations.jobs.worker import Checkpoint
from annotations.models import Article, Job, Participant, Project, SchemePreview, User
from annotations.projects.archived import check_live
from annotations.projects.drafts import find_draft
from annotations.schemes.complaints import find_complaints
from annotations.schemes.definition import load_scheme, read_content
from annotations.schemes.table import InvalidSchemeError

KEPT = timedelta(hours=12)
"""A preview that was opened before that is cleared away."""
SAMPLE_TITLE = "A text to try the scheme on"
SAMPLE_TEXT = """Bridge over the Lune to close for a year

The council of Merrow voted on Tuesday to close the old bridge until next autumn. “It is safe today, but nobody can promise that for another winter,” said Ada Lindqvist, who leads the works department.

Shopkeepers on the east bank reject the plan. They admit that the pillars need repair, yet they fear that a year without traffic would ruin them. A report that the council had ordered in March found that half a year would do.

The closure would cost 2.4 million euros. Critics call that reckless; the mayor calls it the least bad choice.
"""
"""Of our own making, for a project that has no article yet."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What an open preview shows now, by the checksum of its definition, and what is to be said about it."""

    sha256: str
    note: str


def open_preview(project: Project, *, by: User, article: Article | None, studio: Studio) -> SchemePreview:
    """Bring a project's draft and one text into the Studio, in the place of what this person looked at before.

    Raises
    ------
    InvalidSchemeError
        Something is wrong with the draft, so that no editor can show it.
    StudioUnavailableError, StudioRefusedError
        The Studio is out of reach, or takes no such scheme; the draft is as it was.
    """
    check_live(project)
    source = find_draft(project).source
    scheme = load_scheme(source)
    # The row is there before the Studio's project is, so that what is cut off in between is cleared away too.
    preview, _ = SchemePreview.objects.update_or_create(
        user=by,
        defaults={"project": project, "source": source, "article": article, "opened_at": timezone.now()},
        create_defaults={
            "project": project,
            "source": source,
            "article": article,
            "studio_title": f"Preview {secrets.token_hex(16)}",
        },
    )
    title, text = _choose_text(article)
    new, before = NewStudioTask(reference=0, text=text, title=title), preview.studio_task_id
    number = None if _is_taken(preview) else preview.studio_project_id
    tasks: list[int] = []
    if number is not None:
        with suppress(StudioProjectMissingError):
            tasks = studio.import_tasks(number, [new])
    if not tasks:
        number, before = (
            studio.create_project(title=preview.studio_title, scheme=scheme, studio=project.studio),
            None,
        )
        tasks = studio.import_tasks(number, [new])
    SchemePreview.objects.filter(studio_project_id=number).exclude(pk=preview.pk).update(
        studio_project_id=None, studio_task_id=None
    )
    preview.studio_project_id, preview.studio_task_id = number, tasks[0]
    preview.save(update_fields=["studio_project_id", "studio_task_id"])
    if before is not None:
        studio.delete_task(before)
    return preview


def _is_taken(preview: SchemePreview) -> bool:
    """Whether the number of a preview is that of an annotator's queue by now: a Studio that was set up anew gives it again."""
    return Participant.objects.filter(studio_project_id=preview.studio_project_id).exists()


def _choose_text(article: Article | None) -> tuple[str, str]:
    return (SAMPLE_TITLE, SAMPLE_TEXT) if article is None else (article.title, article.text)


def read_text(preview: SchemePreview) -> str:
    """The text that a preview shows."""
    return _choose_text(preview.article)[1]


def find_preview(user: User, *, studio_project: int | None, studio_task: int | None) -> SchemePreview | None:
    """The preview of this person that the Studio's numbers name; None where they are anybody's queue by now."""
    if studio_project is None and studio_task is None:
        return None
    theirs = SchemePreview.objects.filter(user=user, project__archived_at=None).select_related(
        "project", "article"
    )
    if studio_project is not None:
        theirs = theirs.filter(studio_project_id=studio_project)
    if studio_task is not None:
        theirs = theirs.filter(studio_task_id=studio_task)
    preview = theirs.first()
    if preview is None:
        return None
    return None if _is_taken(preview) else preview


def follow_draft(preview: SchemePreview) -> Shown:
    """Let a preview show what the draft says now, or go on with what it showed while something is wrong with the draft."""
    source = find_draft(preview.project).source
    note = ""
    if source != preview.source:
        try:
            load_scheme(source)
        except InvalidSchemeError:
            note = f"{_count_complaints(source)} to mend in the draft: this is as it was before."
        else:
            preview.source = source
            preview.save(update_fields=["source"])
    return Shown(preview.definition.sha256, note)


def _count_complaints(source: str) -> str:
    try:
        number = len(find_complaints(read_content(source)))
    except InvalidSchemeError:
        number = 1
    return "1 thing" if number <= 1 else f"{number} things"


def close_preview(preview: SchemePreview, *, studio: Studio) -> None:
    """Take a preview out of the Studio and forget it."""
    studio.remove_projects(preview.studio_title, studio=preview.project.studio)
    preview.delete()


def run_clear_previews(_job: Job, checkpoint: Checkpoint) -> None:
    """Clear away the previews that nobody looks at any more; what the Studio does not answer for is tried again later."""
    studio = connect_studio()
    for preview in SchemePreview.objects.filter(opened_at__lt=timezone.now() - KEPT):
        with suppress(StudioUnavailableError, StudioRefusedError):
            close_preview(preview, studio=studio)
        checkpoint()
