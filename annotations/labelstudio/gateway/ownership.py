"""Whose a request is: every id in it must belong to one assignment of the signed-in person."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from annotations.labelstudio.gateway.allowlist import AllowedRequest, Answer, Id, RequestRefused
from annotations.models import CLAIM_HOLDING_STATUSES, Assignment, AssignmentStatus, Participant, Role, User
from annotations.studio_numbers import upstream_number

OWN_QUEUE = """
SELECT assignment.*, participant.studio_project_id AS own_project
FROM annotations_assignment AS assignment
JOIN annotations_task AS task ON task.id = assignment.task_id
JOIN annotations_round AS round ON round.id = task.round_id
JOIN annotations_project AS project ON project.id = round.project_id
JOIN annotations_membership AS membership ON membership.project_id = project.id
JOIN annotations_participant AS participant ON participant.round_id = round.id
WHERE assignment.annotator_id = %(user)s
  AND participant.annotator_id = %(user)s
  AND membership.user_id = %(user)s AND membership.role = %(role)s
  AND project.archived_at IS NULL AND assignment.closed_at IS NULL
"""
"""What a person may reach, in one statement: every call of the editor asks it, and the same as a queryset takes
four times as long to put together as to run."""
NAMED = {
    Id.PROJECT: "participant.studio_project_id = %(project)s",
    Id.TASK: "assignment.studio_task_id = %(task)s",
    Id.ANNOTATION: "assignment.studio_annotation_id = %(annotation)s",
    Id.DRAFT: "assignment.id = (SELECT assignment_id FROM annotations_studiodraft WHERE studio_draft_id = %(draft)s)",
}
STILL_WELCOME = (*CLAIM_HOLDING_STATUSES, AssignmentStatus.EXPIRED)
"""Work handed in late is taken while nobody else has the task, so it may pass."""


class NotYours(Exception):  # noqa: N818 - it is an answer, not a fault
    """An id in the request belongs to nobody, or to somebody else."""


@dataclass(frozen=True, slots=True)
class OwnRequest:
    """A request that may pass: whose it is, and what of theirs it is about."""

    user: User
    allowed: AllowedRequest
    assignment: Assignment | None
    headers: dict[str, str]
    own_project: int | None
    """The studio project that holds their queue; it comes with the assignment, if there is one."""

    @property
    def studio_project_id(self) -> int:
        """The studio project of their queue, as the workbench numbers it; a request that names none is refused."""
        if self.own_project is None:
            raise RequestRefused("the request names no project")
        return self.own_project

    @property
    def upstream_project(self) -> int:
        """The studio project of their queue by the number that its Studio knows."""
        return upstream_number(self.studio_project_id)

    @property
    def studio(self) -> int:
        """The Studio that the request is for."""
        return self.allowed.studio

    @property
    def required_assignment(self) -> Assignment:
        """The assignment that the request is about; a request that names no task is refused."""
        if self.assignment is None:
            raise RequestRefused("the request names no task")
        return self.assignment

    def fetch_participant(self) -> Participant:
        """The participant whose share this is; few answers need more of it than the studio project."""
        own = Participant.objects.select_related("round__project", "round__scheme")
        return own.get(annotator=self.user, studio_project_id=self.studio_project_id)


def find_own(user: User, allowed: AllowedRequest, headers: dict[str, str]) -> OwnRequest:
    """Check that all ids of a request belong together and to this person, in one query."""
    assignment: Assignment | None = None
    project = allowed.ids.get(Id.PROJECT)
    if allowed.ids.keys() - {Id.PROJECT}:
        is_submit = allowed.rule.answer is Answer.SUBMIT
        assignment, project = _find_in_queue(
            user, allowed.ids, among=STILL_WELCOME if is_submit else CLAIM_HOLDING_STATUSES
        )
    elif project is not None and not _has_place(user, project):
        raise NotYours
    return OwnRequest(user=user, allowed=allowed, assignment=assignment, headers=headers, own_project=project)


def find_assignment(user: User, task_id: int) -> Assignment:
    """The assignment that a person holds of a studio task, read anew."""
    return _find_in_queue(user, {Id.TASK: task_id}, among=CLAIM_HOLDING_STATUSES)[0]


def explain_absence(user: User, allowed: AllowedRequest) -> str:
    """Why something that was a person's is out of their reach now: its project is archived, its round closed or its article excluded."""
    theirs = Assignment.objects.of(user).select_related("task__round__project", "task__article")
    task_id, project_id = allowed.ids.get(Id.TASK), allowed.ids.get(Id.PROJECT)
    found = theirs.filter(studio_task_id=task_id).first() if task_id is not None else None
    if found is not None and found.task.article.excluded_at is not None:
        return (
            "A manager of the project excluded this article, so it is not annotated any more. "
            "Go on with your next one."
        )
    place = Participant.objects.filter(annotator=user, studio_project_id=project_id).select_related(
        "round__project"
    )
    participant = place.first() if project_id is not None else None
    round_ = found.task.round if found else participant.round if participant else None
    if round_ is not None and round_.project.archived_at is not None:
        return (
            f"{round_.project} was archived, so nothing in it changes. What you submitted is kept; "
            "a draft waits until a manager brings the project back."
        )
    if found is not None and round_ is not None and round_.closed_at is not None:
        return f"A manager closed round {round_.number}, so this article is not annotated any more."
    return ""


def _has_place(user: User, studio_project_id: int) -> bool:
    return Participant.objects.filter(
        annotator=user,
        studio_project_id=studio_project_id,
        round__project__archived_at=None,
        round__project__memberships__user=user,
        round__project__memberships__role=Role.ANNOTATOR,
    ).exists()


def _find_in_queue(
    user: User, ids: Mapping[Id, int], *, among: Collection[AssignmentStatus]
) -> tuple[Assignment, int]:
    """The one assignment of a person that every id belongs to, and the studio project that it is in."""
    statement = " AND ".join((OWN_QUEUE, *(NAMED[kind] for kind in ids)))
    for assignment in Assignment.objects.raw(
        statement, {"user": user.pk, "role": Role.ANNOTATOR.value, **ids}
    ):
        if assignment.status in among:
            return assignment, int(vars(assignment)["own_project"] or 0)
    raise NotYours
