"""The schemes of the rounds that are compared; a project may have gone through several versions of its own."""

from collections.abc import Iterable, Sequence

from annotations.models import Project
from annotations.models import Scheme as StoredScheme
from annotations.schemes.scheme import Scheme
from annotations.schemes.values import Level


def find_schemes(project: Project, rounds: Iterable[int] | None) -> list[Scheme]:
    """The schemes of some rounds, by number (None: of all), the latest first; the project's own where there is no round."""
    used = StoredScheme.objects.used_in(project, rounds=rounds)
    return [scheme.definition for scheme in used] or [project.scheme.definition]


def list_labels(schemes: Iterable[Scheme]) -> list[str]:
    """The names of all labels of some schemes, in their order."""
    return list(dict.fromkeys(label.name for scheme in schemes for label in scheme.labels))


def list_levels(schemes: Iterable[Scheme]) -> dict[str, str]:
    """The level on which agreement compares each attribute, by the name that it has there; free text has none.

    Where two schemes say different things of one attribute, only whether values are equal can be compared.
    """
    levels: dict[str, set[Level | None]] = {}
    for scheme in schemes:
        for label in scheme.labels:
            for attribute in label.attributes:
                levels.setdefault(name_attribute(label.name, attribute.name), set()).add(attribute.kind.level)
    return {
        name: str(next(iter(found)) if len(found) == 1 else Level.NOMINAL)
        for name, found in levels.items()
        if found != {None}
    }


def list_distances(schemes: Sequence[Scheme]) -> dict[str, dict[str, float]] | None:
    """How far apart labels are by the latest of some schemes, which is the first, as agreement takes it; None where it does not say."""
    latest, *_ = schemes
    table: dict[str, dict[str, float]] = {}
    for one, other, distance in latest.distances:
        table.setdefault(one, {})[other] = distance
    return table or None


def name_attribute(label: str, attribute: str) -> str:
    """Name an attribute after its label too, because one name under two labels is two questions."""
    return f"{label}.{attribute}"
