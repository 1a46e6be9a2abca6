"""What somebody asks of a release: its title, its version, how it is divided, and what may speak against it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from annotations.gold.obstacles import check_obstacles, find_obstacles
from annotations.gold.splits import SplitPlan
from annotations.gold.versions import check_version, read_version
from annotations.limits import MAX_REASON_LENGTH, MAX_RELEASE_NOTES_LENGTH
from annotations.models import Gold, Project, TaskStatus

MAX_TITLE = 200


class NothingToReleaseError(Exception):
    """A release was asked for before there was any gold."""

    def __init__(self, project: Project) -> None:
        super().__init__(
            f"{project} has no gold yet: a release needs at least one task that is adjudicated or unanimous"
        )


class InvalidReleaseTitleError(ValueError):
    """A release needs a title that fits."""


class ReleaseWordsTooLongError(ValueError):
    """The notes of a release, or why it is an exception, are longer than they may be."""


@dataclass(frozen=True, slots=True)
class WantedRelease:
    """What somebody asked of a release that is to be frozen."""

    title: str
    refuse_unmet: bool = False
    splits: SplitPlan | None = None
    version: str = ""
    exception: str = ""
    notes: str = ""

    def check(self, project: Project) -> None:
        """Refuse at once what can be told before the gold is read."""
        self.check_words()
        if self.version:
            last = project.releases.order_by("-number").values_list("manifest", flat=True).first()
            check_version(self.version, before=last)
        if not Gold.objects.filter(
            task__round__project=project, task__status=TaskStatus.ADJUDICATED
        ).exists():
            raise NothingToReleaseError(project)
        self.find_obstacles(project)

    def check_words(self) -> None:
        """Refuse what cannot be right whatever the project has."""
        if not 0 < len(self.title) <= MAX_TITLE:
            raise InvalidReleaseTitleError(f"give the release a title of 1 to {MAX_TITLE} characters")
        if len(self.notes) > MAX_RELEASE_NOTES_LENGTH:
            raise ReleaseWordsTooLongError(
                f"the notes have more than {MAX_RELEASE_NOTES_LENGTH:,} characters: shorten them"
            )
        if len(self.exception) > MAX_REASON_LENGTH:
            raise ReleaseWordsTooLongError(
                f"the exception has more than {MAX_REASON_LENGTH:,} characters: shorten it"
            )
        if self.version:
            read_version(self.version)

    def find_obstacles(self, project: Project) -> dict[str, Any]:
        """What the manifest will say of what speaks against the release, which is refused unless the exception is named."""
        obstacles = find_obstacles(project, refuse_unmet=self.refuse_unmet)
        return check_obstacles(obstacles, exception=self.exception)

    def to_json(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "refuse_unmet": self.refuse_unmet,
            "splits": self.splits and self.splits.to_json(),
            "version": self.version,
            "exception": self.exception,
            "notes": self.notes,
        }

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> "WantedRelease":
        splits = written["splits"] and SplitPlan.from_json(written["splits"])
        return cls(**{**written, "splits": splits})
