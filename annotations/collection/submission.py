"""One submission as a value: made once where it enters, and handed down unchanged until it is stored."""

from dataclasses import dataclass, replace

from annotations.collection.ports import Studio, StudioAnnotation, StudioReading
from annotations.collection.results import Result, digest_result
from annotations.models import AnnotationOrigin, Assignment


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What an annotator submitted: the studio's form and its checksum, what it says in our words, and how it came here.

    `studio_annotation_id` is None while no studio holds it; `lead_time` is in seconds, where the editor measured it.
    """

    result: Result
    digest: str
    reading: StudioReading
    origin: AnnotationOrigin
    studio_annotation_id: int | None = None
    lead_time: float | None = None

    def held_as(self, studio_annotation_id: int) -> "Submission":
        """Name the annotation that holds it in the studio, which is known only after the studio took it."""
        return replace(self, studio_annotation_id=studio_annotation_id)


def make_submission(
    reading: StudioReading, result: Result, *, origin: AnnotationOrigin, lead_time: float | None = None
) -> Submission:
    """Make a submission of a result that is read already; a result that cannot be stored is refused here."""
    return Submission(
        result=result, digest=digest_result(result), reading=reading, origin=origin, lead_time=lead_time
    )


def read_submission(annotation: StudioAnnotation, assignment: Assignment, *, studio: Studio) -> Submission:
    """Make a submission of what the studio holds for an assignment; its size is checked before it is read."""
    task = assignment.task
    text, scheme = task.article.text, task.round.scheme.definition
    return Submission(
        digest=digest_result(annotation.result),
        reading=studio.read_result(annotation.result, text=text, scheme=scheme).snapped(
            text=text, scheme=scheme
        ),
        result=annotation.result,
        origin=AnnotationOrigin.RECONCILE,
        studio_annotation_id=annotation.annotation_id,
        lead_time=annotation.lead_time,
    )
