"""What a format must do, and how it says what it cannot hold."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, order=True)
class Loss:
    """One kind of thing that a format cannot hold, and what happens to it instead.

    >>> Loss("relation", "relations", "dropped").describe(1)
    '1 relation dropped'
    """

    one: str
    several: str
    outcome: str

    def describe(self, count: int) -> str:
        return f"{count} {self.one if count == 1 else self.several} {self.outcome}"


class Losses:
    """How many of each were lost while a dataset was written; complete once the writing is."""

    def __init__(self) -> None:
        self._counts: Counter[Loss] = Counter()

    def add(self, loss: Loss, count: int = 1) -> None:
        if count:
            self._counts[loss] += count

    def __bool__(self) -> bool:
        return bool(self._counts)

    def describe(self) -> list[str]:
        """One line a kind, the commonest first."""
        ordered = sorted(self._counts.items(), key=lambda entry: (-entry[1], entry[0]))
        return [loss.describe(count) for loss, count in ordered]


class Format(Protocol):
    """A way to write records. It writes as it reads, so that a dataset never has to fit into memory.

    Records come as the canonical lines in which they are kept; a format that needs what they say reads them with
    `Record.from_line`.
    """

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def media_type(self) -> str: ...

    @property
    def extension(self) -> str: ...

    @property
    def holds_everything(self) -> bool: ...

    def write(self, lines: Iterable[str], *, losses: Losses) -> Iterator[bytes]:
        """Yield the file piece by piece, adding to the losses what it could not hold."""
        ...
