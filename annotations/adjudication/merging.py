"""The merge rules: when is a unit settled by its votes alone, without an adjudicator?

A rule is a class with a name, a title and one method, and a line in `RULES`. Spans, relations, attributes and document fields
all ask it the same question. A project names the rule of its tasks; the gold of a task keeps the name of the rule that it was made
with, so that a release can be rebuilt after the project has chosen another.

Anchor: INCEpTION's `MergeStrategy`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, Protocol, TypeVar

from annotations.adjudication.units import State
from annotations.markup import DEFAULT_MERGE_RULE


class Candidate(Protocol):
    """One of the things that a unit can become, and the annotators who are for it."""

    @property
    def voters(self) -> tuple[str, ...]: ...


C = TypeVar("C", bound=Candidate)


@dataclass(frozen=True, slots=True)
class Settlement(Generic[C]):
    """What a merge rule makes of the votes for a unit.

    Attributes
    ----------
    state : State.OPEN where an adjudicator has to decide; else how the unit was settled
    candidate : what won; None in a settled unit means that nothing should be here
    """

    state: State
    candidate: C | None = None


class MergeRule(Protocol):
    """Settles a unit from its candidates and its voters."""

    name: ClassVar[str]
    title: ClassVar[str]

    def settle(self, candidates: Sequence[C], voters: Sequence[str]) -> Settlement[C]:
        """Settle one unit.

        Parameters
        ----------
        candidates
            At least one, those with most votes first; each voter is for one at most.
        voters
            Everybody who had a say. Who is for no candidate says that nothing should be here.
        """
        ...


def count_votes(candidates: Sequence[C], voters: Sequence[str]) -> list[tuple[C | None, int]]:
    """Each candidate with how many are for it, and None with how many say that nothing should be here."""
    for_one = [(candidate, len(candidate.voters)) for candidate in candidates]
    return [*for_one, (None, len(voters) - sum(number for _, number in for_one))]


def list_voters(candidates: Sequence[Candidate]) -> list[str]:
    """Everybody who is for one of the candidates: the voters where giving no answer is a candidate too."""
    return [voter for candidate in candidates for voter in candidate.voters]


class Unanimity:
    """What all say is settled; everything else is for an adjudicator."""

    name: ClassVar[str] = DEFAULT_MERGE_RULE
    title: ClassVar[str] = "what all annotators agree on"

    def settle(self, candidates: Sequence[C], voters: Sequence[str]) -> Settlement[C]:
        first = candidates[0]
        if len(first.voters) < len(voters):
            return Settlement(State.OPEN)
        return Settlement(State.SINGLE if len(voters) == 1 else State.AGREED, first)


class Majority:
    """What more than half say is settled, if at least two say it; so is that nothing should be here."""

    name: ClassVar[str] = "majority"
    title: ClassVar[str] = "what more than half of the annotators say, and at least two"
    minimum: ClassVar[int] = 2

    def settle(self, candidates: Sequence[C], voters: Sequence[str]) -> Settlement[C]:
        agreed = Unanimity().settle(candidates, voters)
        if agreed.state != State.OPEN:
            return agreed
        for candidate, number in count_votes(candidates, voters):
            if number >= self.minimum and 2 * number > len(voters):
                return Settlement(State.MERGED, candidate)
        return Settlement(State.OPEN)


RULES: tuple[type[MergeRule], ...] = (Unanimity, Majority)


class UnknownRuleError(ValueError):
    """There is no merge rule of a name; the message lists those that there are."""


def find_rule(name: str) -> MergeRule:
    """The merge rule of a name.

    >>> find_rule("majority").title
    'what more than half of the annotators say, and at least two'
    """
    for rule in RULES:
        if rule.name == name:
            return rule()
    raise UnknownRuleError(
        f"there is no merge rule {name!r}; there are {', '.join(rule.name for rule in RULES)}"
    )
