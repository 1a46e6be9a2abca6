"""The details of a line of the audit trail as people read them: names in place of numbers, and nothing that says nobody anything."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

NAMES_PEOPLE = ("annotators", "instead_of", "annotator")
"""Details that are the id of a person, or several."""
CALLED = {
    "count": "how many",
    "instead_of": "instead of",
    "was": "before",
    "origin": "source",
    "overlap": "annotators an article",
}
"""Details that have a better word."""
SAID: Mapping[tuple[str, str], str] = {
    ("origin", "import"): "an imported file",
    ("origin", "gold"): "imported gold",
    ("origin", "reconcile"): "Label Studio, where it was found later",
}
"""Values that have better words."""
SAYS_NOTHING = frozenset(
    {"first", "last", "task", "unit", "key", "ledger", "moved", "seed", "sha256", "title"}
)
"""Details that are for programs, such as ids of rows and checksums, or that stand elsewhere: the title in the line, the seed on its round."""
USUAL: Mapping[str, Any] = {"revision": 1, "origin": "gateway"}
"""Details that are told only where they are something else."""


def find_people(every: Iterable[Mapping[str, Any]]) -> set[int]:
    """Find the ids of all the people that some details name."""
    return {person for details in every for name in NAMES_PEOPLE for person in _read_ids(details.get(name))}


def describe_details(details: Mapping[str, Any], names: Mapping[int, str]) -> dict[str, Any]:
    """Tell details by the names of people; who is not known any more goes by a number.

    >>> describe_details({"annotators": [3, 4], "tasks": 7, "unit": "s:0"}, {3: "Ada"})
    {'annotators': ['Ada', 'no. 4'], 'tasks': 7}
    >>> describe_details({"origin": "import"}, {})
    {'source': 'an imported file'}
    """
    told: dict[str, Any] = {}
    for name, kept in details.items():
        value = SAID.get((name, kept), kept) if isinstance(kept, str) else kept
        if name in SAYS_NOTHING or (name in USUAL and value == USUAL[name]):
            continue
        people = [names.get(person, f"no. {person}") for person in _read_ids(value)]
        told[CALLED.get(name, name)] = people if name in NAMES_PEOPLE and people else value
    return told


def _read_ids(value: Any) -> Iterator[int]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, int) and not isinstance(one, bool):
            yield one
