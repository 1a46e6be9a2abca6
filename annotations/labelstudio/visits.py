"""Whose a request is: every id in it must belong to one assignment of the signed-in person."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from annotations.labelstudio.allowlist import Answer, Id, Passage, Refusal
from annotations.models import HOLDING, Assignment, AssignmentStatus, Participant, Role, User

LOOKUPS = {
    Id.TASK: "studio_task_id",
    Id.ANNOTATION: "studio_annotation_id",
    Id.DRAFT: "studio_drafts__studio_draft_id",
}
STILL_WELCOME = (*HOLDING, AssignmentStatus.EXPIRED)
"""Work handed in late is taken while nobody else has the task, so it may pass."""


class NotYours(Exception):  # noqa: N818 - it is an answer, not a fault
    """An id in the request belongs to nobody, or to somebody else."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A request that may pass: whose it is, and what of theirs it is about."""

    user: User
    passage: Passage
    participant: Participant | None
    assignment: Assignment | None
    headers: dict[str, str]

    @property
    def its_participant(self) -> Participant:
        if self.participant is None:
            raise Refusal("the request names no project")
        return self.participant

    @property
    def studio_project_id(self) -> int:
        return int(self.its_participant.studio_project_id or 0)

    @property
    def its_assignment(self) -> Assignment:
        if self.assignment is None:
            raise Refusal("the request names no task")
        return self.assignment


def find_own(user: User, passage: Passage, headers: dict[str, str]) -> Visit:
    """Check that all ids of a request belong together and to this person."""
    is_submit = passage.rule.answer is Answer.SUBMIT
    assignment = find_assignment(user, passage.ids, among=STILL_WELCOME if is_submit else HOLDING)
    project_id = passage.ids.get(Id.PROJECT)
    participant = None
    if assignment or project_id is not None:
        participant = _find_participant(user, assignment=assignment, studio_project_id=project_id)
    return Visit(user=user, passage=passage, participant=participant, assignment=assignment, headers=headers)


def find_assignment(
    user: User, ids: Mapping[Id, int], *, among: Collection[AssignmentStatus] = HOLDING
) -> Assignment | None:
    """The one assignment of a person that every id of a task, annotation or draft belongs to."""
    named = {LOOKUPS[kind]: number for kind, number in ids.items() if kind in LOOKUPS}
    if not named:
        return None
    own = Assignment.objects.of(user).filter(
        status__in=among, task__round__project__archived_at=None, **named
    )
    # Most calls need neither the article nor the scheme; what does fetches them.
    found = list(own.select_related("task", "current").defer("current__result", "current__fields")[:1])
    if not found:
        raise NotYours
    return found[0]


def _find_participant(
    user: User, *, assignment: Assignment | None, studio_project_id: int | None
) -> Participant:
    """The person's place in the one round that the project and the assignment of a request belong to."""
    own = Participant.objects.filter(
        annotator=user,
        round__project__archived_at=None,
        round__project__memberships__user=user,
        round__project__memberships__role=Role.ANNOTATOR,
    )
    if studio_project_id is not None:
        own = own.filter(studio_project_id=studio_project_id)
    if assignment is not None:
        own = own.filter(round=assignment.task.round_id)
    found = list(own[:1])
    if not found:
        raise NotYours
    return found[0]
