"""What keys and letters are made of, and which decisions of a ledger count."""

import hashlib
import json
from collections.abc import Iterable, Sequence

from annotations.adjudication.units import Action, Entry

ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))
DIGEST_LENGTH = 12
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def digest(*parts: object) -> str:
    """A short name for evidence; equal evidence has equal names."""
    written = ENCODER.encode(parts)
    return hashlib.sha256(written.encode()).hexdigest()[:DIGEST_LENGTH]


def name_annotators(voters: Iterable[str], *, seed: str) -> dict[str, str]:
    """Letters for the annotators of a task, shuffled by the seed so that nobody is always A.

    >>> sorted(name_annotators(["7", "8", "9"], seed="1").values())
    ['A', 'B', 'C']
    """
    shuffled = sorted(voters, key=lambda voter: hashlib.sha256(f"{seed}:{voter}".encode()).digest())
    return {voter: _letter(place) for place, voter in enumerate(shuffled)}


def _letter(place: int) -> str:
    turns, place = divmod(place, len(LETTERS))
    return LETTERS[place] + (str(turns + 1) if turns else "")


def is_sampled(*, seed: str, share: float) -> bool:
    """Whether something belongs to the given share of all that is drawn with seeds like this one."""
    drawn = int.from_bytes(hashlib.sha256(f"review:{seed}".encode()).digest()[:8], "big")
    return drawn < share * 2**64


def replay(entries: Iterable[Entry]) -> dict[str, Entry]:
    """The decision that counts for each unit: the last one that was not undone."""
    return {unit: made[-1] for unit, made in _stack(entries).items() if made}


def find_last(entries: Iterable[Entry], *, by: str) -> Entry | None:
    """What this person would undo: of the decisions that count, the last one of their own."""
    own = (entry for entry in replay(entries).values() if entry.by == by)
    return max(own, key=lambda entry: entry.number, default=None)


def _stack(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    made: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.number):
        decisions = made.setdefault(entry.unit, [])
        if entry.action != Action.UNDO:
            decisions.append(entry)
        elif decisions:
            decisions.pop()
    return made


def checksum_entries(entries: Sequence[Entry]) -> str:
    """The SHA-256 of a ledger, so that a gold can be told to come from exactly these entries."""
    written = ENCODER.encode(
        [[entry.number, entry.unit, entry.action, dict(entry.payload), entry.by] for entry in entries]
    )
    return hashlib.sha256(written.encode()).hexdigest()
