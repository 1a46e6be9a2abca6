"""Over which Label Studios the projects of an installation are spread."""

from django.conf import settings
from django.db.models import Count

from annotations.models import Project
from annotations.studio_numbers import FIRST_STUDIO


def list_studios() -> list[int]:
    """The numbers of the Studios that the settings name; there is always a first."""
    return [FIRST_STUDIO, *sorted(settings.MORE_STUDIOS)]


def choose_studio() -> int:
    """The Studio for a new project: that with the fewest running projects, and of several the first."""
    studios = list_studios()
    if len(studios) == 1:
        return FIRST_STUDIO
    rows = Project.objects.live().order_by().values_list("studio").annotate(Count("pk"))
    load: dict[int, int] = dict(rows)
    return min(studios, key=lambda studio: (load.get(studio, 0), studio))


def find_lost_projects() -> list[Project]:
    """Running projects whose Studio no setting names any more, so that nobody can annotate in them."""
    return list(Project.objects.live().exclude(studio__in=list_studios()).order_by("id"))
