"""How a command line names a release."""

from django.core.management.base import CommandError

from annotations.gold.finding import name_releases
from annotations.models import Release
from annotations.models.projects import is_id

RELEASE_HELP = "its id, or the project's slug, a slash and its number there"


def find_release(name: str) -> Release:
    """The release of this name; a CommandError lists those that there are."""
    releases = Release.objects.select_related("project")
    slug, slash, number = name.rpartition("/")
    digits = number if slash else name
    found = None
    if is_id(digits):
        found = releases.filter(
            **({"project__slug": slug, "number": digits} if slash else {"pk": digits})
        ).first()
    if found is None:
        raise CommandError(f"There is no release {name!r}. Releases: {name_releases(releases)}.")
    return found
