"""The schemes of the rounds that are compared; a project may have gone through several versions of its own."""

from collections.abc import Iterable

from annotations.models import Project
from annotations.models import Scheme as StoredScheme
from annotations.schemes.scheme import Scheme


def find_schemes(project: Project, rounds: Iterable[int] | None) -> list[Scheme]:
    """Those of some rounds, by number (None: of all), the latest first; the project's own where there is no round."""
    used = StoredScheme.objects.used_in(project, rounds=rounds)
    return [scheme.definition for scheme in used] or [project.scheme.definition]


def list_labels(schemes: Iterable[Scheme]) -> list[str]:
    """The names of all labels of some schemes, in their order."""
    return list(dict.fromkeys(label.name for scheme in schemes for label in scheme.labels))
