"""Why a submission or a skip was not taken."""


class SubmissionRefusedError(Exception):
    """What was submitted cannot be stored; the message says why and what the annotator can do."""


class TaskFinishedError(SubmissionRefusedError):
    """The task is adjudicated, cancelled or excluded."""


class ShareClosedError(SubmissionRefusedError):
    """The annotator's part in the task is over for good."""


class ClaimLostError(SubmissionRefusedError):
    """The task is no longer the annotator's."""


class AnnotationElsewhereError(SubmissionRefusedError):
    """The studio annotation belongs to another assignment."""


class UnstorableResultError(SubmissionRefusedError):
    """The result holds characters that no database keeps."""


class SupersededError(SubmissionRefusedError):
    """Another revision was stored since the one that this was compared with."""


class SkipReasonMissingError(SubmissionRefusedError):
    """A skip came without a reason."""


class StudioProjectBusyError(Exception):
    """Somebody else is at work on the participant's studio project."""
