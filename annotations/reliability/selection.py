"""Which part of a project agreement is asked about: rounds, annotators, labels, blocks, and for whose eyes."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db.models import Q

from annotations.agreement.errors import InvalidOptionError
from annotations.blindness import count_hidden
from annotations.models import CarriedRound, Project, User


@dataclass(frozen=True, slots=True)
class Selection:
    """What of a project is compared; None stands for all. `uncounted` names the kinds of block left out.

    `reader` is the person, by id, from whom some articles are hidden while they annotate them; those are left out.
    `models` are the annotators who are models, by their ids: they are compared with nobody here. `beside` is a model that
    is compared all the same, and then only its tasks are.
    """

    rounds: tuple[int, ...] | None = None
    annotators: tuple[int, ...] | None = None
    labels: tuple[str, ...] | None = None
    uncounted: tuple[str, ...] = ()
    reader: int | None = None
    models: tuple[int, ...] = ()
    beside: int | None = None

    def list_models(self) -> list[int]:
        """The models whose figures are wanted: those among the annotators that were chosen, or all."""
        return [model for model in self.models if self.annotators is None or model in self.annotators]

    def set_beside(self, model: int) -> "Selection":
        """The selection with one of its models, on the tasks that this model completed."""
        return replace(self, models=tuple(one for one in self.models if one != model), beside=model)

    def checksum(self, **others: Any) -> str:
        chosen = json.dumps({**asdict(self), **others}, sort_keys=True)
        return hashlib.sha256(chosen.encode()).hexdigest()


def choose_selection(
    project: Project,
    *,
    rounds: Iterable[int] | None = None,
    annotators: Iterable[User | int] | None = None,
    labels: Iterable[str] | None = None,
    uncounted: Iterable[str] | None = None,
    schemes: Iterable[str] | None = None,
    reader: User | None = None,
    models_as_people: bool = False,
) -> Selection:
    """What of a project to compare; schemes go by their identifiers and stand for the rounds planned with them.

    Annotators who are models are set apart, unless they are to be taken as people.

    Articles that are hidden from the reader are left out. From whom nothing is hidden shares what was counted for
    everybody.

    Raises
    ------
    InvalidOptionError
        No round was planned with one of the schemes.
    """
    if schemes is not None:
        theirs = _find_rounds(project, schemes)
        rounds = theirs if rounds is None else theirs & set(rounds)
    if rounds is None and (carried := list(CarriedRound.objects.in_place_of(project))):
        # What was carried over is compared once, by the later version; the earlier one where somebody names its round.
        rounds = project.rounds.exclude(pk__in=carried).values_list("number", flat=True)
    return Selection(
        rounds=None if rounds is None else tuple(sorted(set(rounds))),
        annotators=None
        if annotators is None
        else tuple(sorted({one.pk if isinstance(one, User) else one for one in annotators})),
        labels=None if labels is None else tuple(sorted(set(labels))),
        uncounted=tuple(sorted(set(project.uncounted_blocks if uncounted is None else uncounted))),
        reader=reader.pk if reader is not None and count_hidden(project, reader) else None,
        models=() if models_as_people else tuple(project.list_models()),
    )


def find_annotators(project: Project, emails: Iterable[str]) -> list[User]:
    """Members and former annotators of a project by their addresses, whatever the case.

    Raises
    ------
    InvalidOptionError
        Nobody in the project has one of the addresses.
    """
    theirs = User.objects.filter(
        Q(memberships__project=project) | Q(assignments__task__round__project=project)
    )
    known = {user.email.lower(): user for user in theirs.distinct()}
    wanted = sorted({email.lower() for email in emails})
    if missing := [email for email in wanted if email not in known]:
        raise InvalidOptionError(f"Nobody has the e-mail address {missing[0]!r} in this project.")
    return [known[email] for email in wanted]


def _find_rounds(project: Project, schemes: Iterable[str]) -> set[int]:
    numbers: dict[str, set[int]] = {}
    for name, version, number in project.rounds.values_list("scheme__name", "scheme__version", "number"):
        numbers.setdefault(f"{name}-v{version}", set()).add(number)
    found = set()
    for scheme in schemes:
        if scheme not in numbers:
            known = ", ".join(sorted(numbers)) or "none yet"
            raise InvalidOptionError(
                f"no round of this project has the scheme {scheme!r}; there are: {known}"
            )
        found |= numbers[scheme]
    return found
