"""What the database's own refusals mean: it has the last word where an end came between a check and the writing."""

from django.db import IntegrityError

from annotations.assignment.errors import ArticleExcludedError, AssignmentError, RoundClosedError
from annotations.projects.archived import ProjectArchivedError

MEANINGS: tuple[tuple[str, type[AssignmentError | ProjectArchivedError], str], ...] = (
    (
        "the project is archived",
        ProjectArchivedError,
        (
            "The project was archived at this moment, so nothing was changed: it can be read. "
            "A manager can bring it back on the page Settings of the project."
        ),
    ),
    (
        "the article is excluded",
        ArticleExcludedError,
        "The article was excluded at this moment, so nothing was changed: look at it again.",
    ),
    (
        "the round is closed",
        RoundClosedError,
        "The round was closed at this moment, so nothing was changed: look at it again.",
    ),
)
"""What a trigger says, the refusal that it stands for, and what to tell whoever was too late."""


def explain_refusal(error: BaseException) -> AssignmentError | ProjectArchivedError | None:
    """The refusal that an error of the database stands for, or None where it is another error."""
    if not isinstance(error, IntegrityError):
        return None
    for said, kind, message in MEANINGS:
        if said in str(error):
            return kind(message)
    return None
