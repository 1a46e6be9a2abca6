"""What the list of projects says of each: what waits there for the reader, and then on whom it waits."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from annotations.models import Role, TaskStatus


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something of a project that waits: how much of it, in which words, on which page, and whether for the reader."""

    number: int
    words: str
    page: str
    is_mine: bool = True


def list_what_waits(roles: Collection[str], tasks: Mapping[str, int], *, queued: int) -> list[Waiting]:
    """What waits in a project, one's own work first; what others have to do is for its managers alone."""
    being_annotated, to_adjudicate = tasks[TaskStatus.OPEN], tasks[TaskStatus.ANNOTATED]
    mine = [Waiting(queued, "to annotate", "work")] if Role.ANNOTATOR in roles else []
    others = []
    if Role.ADJUDICATOR in roles:
        mine.insert(0, Waiting(to_adjudicate, "to adjudicate", "adjudication"))
    elif Role.MANAGER in roles:
        others.append(Waiting(to_adjudicate, "with the adjudicators", "adjudication", is_mine=False))
    if Role.MANAGER in roles:
        others.append(Waiting(being_annotated, "with the annotators", "rounds", is_mine=False))
    return [one for one in (*mine, *others) if one.number]
