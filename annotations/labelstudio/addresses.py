"""Where the Studio's pages are, as browsers reach them."""

from annotations.models import Assignment, Participant


def stream_address(participant: Participant) -> str:
    """The labelling stream of a participant's queue."""
    return f"/studio/projects/{participant.studio_project_id}/data?labeling=1"


def reopen_address(assignment: Assignment, participant: Participant) -> str:
    """A submitted task, to be looked at and changed."""
    return f"/studio/projects/{participant.studio_project_id}/data?task={assignment.studio_task_id}"
