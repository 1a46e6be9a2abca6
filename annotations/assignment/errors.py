"""Why a round could not be planned, or a claim not be made, moved or given back."""


class AssignmentError(Exception):
    """The assignment of tasks to annotators does not allow it; the message says what to do."""


class TooFewAnnotatorsError(AssignmentError):
    """A task is wanted from more annotators than there are."""


class NotAnAnnotatorError(AssignmentError):
    """Somebody is to annotate who does not have that role in the project."""


class NoArticlesLeftError(AssignmentError):
    """A round cannot be planned, since there is no article for it."""


class RoundUnderWayError(AssignmentError):
    """Another round of the project is being planned, so that nobody can tell yet which articles are left."""


class RoundNotPlannedError(AssignmentError):
    """The job that was to plan a round has ended without one."""


class ArticleOfAnotherProjectError(AssignmentError):
    """A round is planned of an article that its project does not have."""


class NotInRoundError(AssignmentError):
    """Somebody is to receive a task of a round in which they do not take part."""


class RoundClosedError(AssignmentError):
    """The round is closed, so nobody joins it and none of its tasks is given out."""


class ArticleExcludedError(AssignmentError):
    """A round is planned of an article that is excluded."""


class TaskClosedError(AssignmentError):
    """The task is adjudicated, cancelled or excluded, so nothing about its annotators changes any more."""


class NoClaimFreeError(AssignmentError):
    """All the annotators that the task wants have claimed it."""


class ClaimNotHeldError(AssignmentError):
    """The assignment holds no claim that could be taken back."""


class MayHaveSeenError(AssignmentError):
    """The annotator may have seen what others made of the article, so they cannot annotate it blindly any more."""


class AlreadyAssignedError(AssignmentError):
    """The annotator has this task, or has had it and may not have it again."""


class NotQualifiedError(AssignmentError):
    """The annotator has not passed the quiz that the round requires."""


class RoundKindError(AssignmentError):
    """A round of a kind was asked for that nobody plans."""


class ImportInUseError(AssignmentError):
    """Something of the import is part of somebody's work, so it cannot be undone as a whole."""
