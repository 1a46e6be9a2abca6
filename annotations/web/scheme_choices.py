"""The schemes that a new project can take, each with what it marks and asks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.forms.boundfield import BoundField, BoundWidget
from django.template.defaultfilters import pluralize

from annotations.models import Project, Scheme, User
from annotations.schemes.definition import SHIPPED, load_shipped
from annotations.schemes.scheme import Scheme as Definition

OWN = "own"
MAX_OPENED = 30
"""So many of somebody's own schemes are opened to say what they mark; others go by their titles."""


@dataclass(frozen=True, slots=True)
class SchemeChoice:
    """A scheme to choose: `definition` is what it marks and asks, None where that is not told."""

    value: str
    title: str
    identifier: str
    definition: Definition | None = None

    @property
    def asks(self) -> str:
        """How much it asks, in a few words.

        >>> SchemeChoice("a", "A", "argument-lite-v1", load_shipped("argument-lite-v1")).asks
        '3 labels, 3 questions about the article'
        """
        if self.definition is None:
            return ""
        counts = (
            (len(self.definition.labels), "label"),
            (sum(len(label.attributes) for label in self.definition.labels), "question about spans"),
            (len(self.definition.relations), "kind of link"),
            (len(self.definition.fields), "question about the article"),
        )
        return ", ".join(f"{number} {_say(number, name)}" for number, name in counts if number)


def _say(number: int, name: str) -> str:
    first, _, rest = name.partition(" ")
    return f"{first}{pluralize(number)} {rest}".strip()


def list_schemes(user: User) -> Mapping[str, SchemeChoice]:
    """The schemes that come with the workbench, and those of the projects that somebody is in, by what the form sends."""
    shipped = {identifier: load_shipped(identifier) for identifier in SHIPPED}
    found = {name: SchemeChoice(name, scheme.title, name, scheme) for name, scheme in shipped.items()}
    known = {scheme.sha256 for scheme in shipped.values()}
    own = Scheme.objects.of_projects(Project.objects.visible_to(user)).exclude(sha256__in=known)
    for number, scheme in enumerate(own.order_by("name", "version")):
        opened = scheme.definition if number < MAX_OPENED else None
        found[scheme.sha256] = SchemeChoice(scheme.sha256, scheme.title, str(scheme), opened)
    return found


def pair_choices(
    field: BoundField, schemes: Mapping[str, SchemeChoice]
) -> Iterator[tuple[BoundWidget, SchemeChoice | None]]:
    """The buttons of the field, each beside the scheme that it chooses; None beside the one for a definition of one's own."""
    for button in field:
        yield button, schemes.get(str(button.data["value"]))
