"""Corrections of how a scheme's guidelines are worded in a project: named, shown once to who annotates by them, and never a change of labels."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from annotations.limits import MAX_REVISION_NAME_LENGTH
from annotations.models import Event, GuidelineRevision, Participant, Project, Scheme, User
from annotations.projects.archived import lock_live
from annotations.schemes.definition import load_scheme
from annotations.schemes.scheme import Scheme as SchemeDefinition
from annotations.schemes.wording import WordingChange, find_wording_changes


class NothingCorrectedError(ValueError):
    """A correction changes no wording, has no name, or is of a scheme that the project does not use."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction with the passages that it changed."""

    revision: GuidelineRevision
    changes: tuple[WordingChange, ...]


def find_wording(project: Project, scheme: Scheme) -> SchemeDefinition:
    """A scheme as it is worded in a project now; its labels and rules are those of the scheme."""
    latest = GuidelineRevision.objects.latest_of(project, scheme)
    return latest.definition if latest else scheme.definition


def find_source(project: Project, scheme: Scheme) -> str:
    """The definition of a scheme as it is worded in a project now."""
    latest = GuidelineRevision.objects.latest_of(project, scheme)
    return latest.source if latest else scheme.source


@transaction.atomic
def correct_wording(
    project: Project, scheme: Scheme, *, source: str, name: str, by: User | None
) -> GuidelineRevision:
    """Word the guidelines of a scheme better, in rounds that are running too; annotations and figures stay as they are.

    Raises
    ------
    InvalidSchemeError
        The source is no definition of a scheme.
    NotOnlyWordingError
        Something else than wording would change.
    NothingCorrectedError
        No wording would change, or the correction has no name that fits.
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= MAX_REVISION_NAME_LENGTH:
        raise NothingCorrectedError(
            f"say in 1 to {MAX_REVISION_NAME_LENGTH} characters what was corrected: annotators read it"
        )
    corrected = load_scheme(source)
    locked = lock_live(project.pk)
    if scheme.pk != locked.scheme_id and not locked.rounds.filter(scheme=scheme).exists():
        raise NothingCorrectedError(f"{project} has no round with {scheme}")
    find_wording_changes(scheme.definition, corrected)
    changes = find_wording_changes(find_wording(locked, scheme), corrected)
    if not changes:
        raise NothingCorrectedError("no sentence of the guidelines is worded otherwise than now")
    latest = GuidelineRevision.objects.latest_of(locked, scheme)
    revision = GuidelineRevision.objects.create(
        project=locked,
        scheme=scheme,
        number=latest.number + 1 if latest else 1,
        name=name,
        source=source,
        created_by=by,
    )
    Event.objects.record(
        "corrected the wording of",
        scheme,
        actor=by,
        project=locked,
        name=name,
        number=revision.number,
        places=list(dict.fromkeys(change.place for change in changes)),
    )
    return revision


def list_corrections(project: Project, scheme: Scheme) -> list[Correction]:
    """The corrections of a scheme in a project, the latest first."""
    revisions = GuidelineRevision.objects.filter(project=project, scheme=scheme).order_by("number")
    return _describe(revisions.select_related("scheme", "created_by"))[::-1]


def _describe(revisions: Iterable[GuidelineRevision]) -> list[Correction]:
    """Each revision beside the one before it; they come in their order, of one scheme in one project."""
    described = []
    before: SchemeDefinition | None = None
    for revision in revisions:
        changes = find_wording_changes(before or revision.scheme.definition, revision.definition)
        described.append(Correction(revision, changes))
        before = revision.definition
    return described


def find_unread(participants: Iterable[Participant]) -> list[Correction]:
    """The corrections that somebody has yet to read for the rounds in which they take part, in one query.

    What was corrected before they joined a round was never news to them there.
    """
    active = [one for one in participants if one.is_active and one.round.closed_at is None]
    rounds = defaultdict(list)
    for participant in active:
        rounds[participant.round.project_id, participant.round.scheme_id].append(participant)
    revisions = GuidelineRevision.objects.filter(
        project__in={project for project, _ in rounds}, scheme__in={scheme for _, scheme in rounds}
    ).select_related("scheme", "project")
    of_scheme = defaultdict(list)
    for revision in revisions.order_by("number"):
        of_scheme[revision.project_id, revision.scheme_id].append(revision)
    return [
        correction
        for key in rounds
        for correction in _describe(of_scheme[key])
        if any(_is_news(correction.revision, participant) for participant in rounds[key])
    ]


def _is_news(revision: GuidelineRevision, participant: Participant) -> bool:
    is_unseen = participant.seen_guidelines_id is None or revision.pk > participant.seen_guidelines_id
    return is_unseen and revision.created_at > participant.joined_at


def mark_read(annotator: User, revision: GuidelineRevision) -> int:
    """Somebody has read a correction, and with it those before; returns in how many of their rounds it was news."""
    theirs = Participant.objects.filter(
        annotator=annotator, round__project=revision.project_id, round__scheme=revision.scheme_id
    )
    return theirs.exclude(seen_guidelines__gte=revision.pk).update(seen_guidelines=revision)
