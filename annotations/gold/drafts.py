"""The draft of a project's next release: what is asked of it, kept until it is frozen."""

from django.db import transaction
from django.utils import timezone

from annotations.gold.wanted import WantedRelease
from annotations.models import Event, Project, ReleaseDraft, User
from annotations.projects.archived import check_live, lock_live


def find_draft(project: Project) -> ReleaseDraft | None:
    """The draft of a project's next release, if somebody keeps one."""
    return ReleaseDraft.objects.filter(project=project).select_related("changed_by").first()


def read_draft(draft: ReleaseDraft) -> WantedRelease:
    """What a draft asks of the release."""
    return WantedRelease.from_json(draft.wanted)


@transaction.atomic
def save_draft(project: Project, wanted: WantedRelease, *, by: User | None) -> ReleaseDraft:
    """Keep what the next release is to be, in place of what was kept before; nothing need be finished for that."""
    wanted.check_words()
    lock_live(project.pk)
    draft, _ = ReleaseDraft.objects.update_or_create(
        project=project,
        defaults={"wanted": wanted.to_json(), "changed_at": timezone.now(), "changed_by": by},
    )
    Event.objects.record("drafted a release", project, actor=by, project=project, title=wanted.title)
    return draft


@transaction.atomic
def discard_draft(draft: ReleaseDraft, *, by: User | None) -> None:
    """Throw a draft away; nothing was frozen of it."""
    check_live(draft.project)
    Event.objects.record(
        "discarded a draft", draft.project, actor=by, project=draft.project, title=read_draft(draft).title
    )
    draft.delete()


def use_up_draft(project: Project, wanted: WantedRelease) -> None:
    """Take away the draft of a locked project that a release was frozen from; one that was changed meanwhile stays, for the release after it."""
    draft: ReleaseDraft | None = getattr(project, "release_draft", None)
    if draft is not None and read_draft(draft) == wanted:
        draft.delete()
