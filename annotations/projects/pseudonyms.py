"""The letters under which the annotators of a project appear in datasets."""

from collections.abc import Mapping

from django.db.models import Min

from annotations.formats.record import name_annotator
from annotations.models import Participant, Project

Pseudonyms = Mapping[int, str]
"""The pseudonym of each annotator of a project, by the person's id."""


def name_annotators(project: Project) -> dict[int, str]:
    """A pseudonym for everyone who ever took part in a round of the project.

    It stays the same for good: whoever joins later gets a later letter.
    """
    firsts = (
        Participant.objects.filter(round__project=project)
        .values("annotator")
        .annotate(first=Min("id"))
        .order_by("first")
    )
    return {row["annotator"]: name_annotator(place) for place, row in enumerate(firsts)}
