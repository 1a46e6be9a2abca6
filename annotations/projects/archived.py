"""An archived project can be read, and nothing in it changes: the one question that everything which changes it asks."""

from annotations.models import Project


class ProjectArchivedError(Exception):
    """Something was to change in a project that is archived; the message says how it comes back."""


def check_live(project: Project) -> None:
    """Refuse to go on where a project is archived, by what the database says now."""
    if not Project.objects.live().filter(pk=project.pk).exists():
        raise ProjectArchivedError(explain_archived(project))


def lock_live(project: int, *related: str) -> Project:
    """The row of a project by its id, which nobody else changes until the transaction ends; refused where it is archived."""
    rows = Project.objects.select_for_update(no_key=True, of=("self",))
    locked = (rows.select_related(*related) if related else rows).get(pk=project)
    if locked.archived_at is not None:
        raise ProjectArchivedError(explain_archived(locked))
    return locked


def explain_archived(project: Project) -> str:
    """What to tell somebody who wants to change an archived project."""
    return (
        f"{project} is archived: it can be read, and nothing in it changes. "
        "A manager can bring it back on the page Settings of the project."
    )
