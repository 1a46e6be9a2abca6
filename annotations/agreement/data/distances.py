"""A table of how far apart labels are, where a mistake between two of them is not as bad as one between others."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from annotations.agreement.errors import InvalidOptionError, shorten
from annotations.strict_json import read_strict

DISTANCES = "distances"  # the option of statistics that holds a table
MAX_ENTRIES = 5_000


@dataclass(frozen=True, slots=True)
class LabelDistances:
    """Distances of pairs of labels, from 0 (as good as the same) to 1 (as any two labels that the table does not name).

    Attributes
    ----------
    entries : mapping of two names, in alphabetical order, to a distance
    """

    entries: Mapping[tuple[str, str], float] = field(default_factory=dict)

    @classmethod
    def read(cls, table: Any) -> "LabelDistances":
        """Read a mapping of label to a mapping of label to distance; each pair once, or twice alike.

        Raises
        ------
        InvalidOptionError
            It is no such mapping, a distance is no number from 0 to 1, a label is far from itself, or a pair has two distances.

        Examples
        --------
        >>> LabelDistances.read({"Stance": {"Claim": 0.5}}).to_json()
        {'Claim': {'Stance': 0.5}}
        """
        if not isinstance(table, Mapping) or not all(isinstance(row, Mapping) for row in table.values()):
            raise InvalidOptionError(
                "distances are a table of tables: for a label, other labels and their distances from it, 0 to 1"
            )
        if sum(len(row) for row in table.values()) > MAX_ENTRIES:
            raise InvalidOptionError(f"there are more than {MAX_ENTRIES:,} distances; leave out those of 1")
        entries: dict[tuple[str, str], float] = {}
        for one, row in table.items():
            for other, distance in row.items():
                where = f"the distance of {shorten(one)} and {shorten(other)}"
                if (
                    isinstance(distance, bool)
                    or not isinstance(distance, int | float | np.integer | np.floating)
                    or not 0 <= distance <= 1
                ):
                    raise InvalidOptionError(f"{where} is {shorten(distance)}; give a number from 0 to 1")
                if one == other:
                    if distance:
                        raise InvalidOptionError(f"{where} is {distance}, but a label is 0 from itself")
                    continue
                pair = (min(one, other), max(one, other))
                if entries.setdefault(pair, float(distance)) != distance:
                    raise InvalidOptionError(f"{where} is given twice, as {entries[pair]} and as {distance}")
        return cls(dict(sorted(entries.items())))

    @classmethod
    def of(cls, given: "LabelDistances | Mapping[str, Any]") -> "LabelDistances":
        """Take a table that is one already, or read it.

        Raises
        ------
        InvalidOptionError
            As from `read`.
        """
        return given if isinstance(given, LabelDistances) else cls.read(given)

    def to_json(self) -> dict[str, dict[str, float]]:
        """Write the distances as a table of tables, each pair of labels once; `read` reads it back."""
        table: dict[str, dict[str, float]] = {}
        for (one, other), distance in self.entries.items():
            table.setdefault(one, {})[other] = distance
        return table


def read_distances(path: Path | str) -> LabelDistances:
    """Read a file of distances, TOML (`[Claim]`, then `Stance = 0.5`) or JSON.

    Raises
    ------
    InvalidOptionError
        The file cannot be read, or what it holds is no table of distances.
    """
    try:
        content = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InvalidOptionError(f"cannot read {path}: {error.strerror}; check the path") from error
    except UnicodeDecodeError as error:
        raise InvalidOptionError(f"{path} is not UTF-8 (byte {error.start}); convert it first") from error
    try:
        table = read_strict(content) if content.lstrip().startswith("{") else tomllib.loads(content)
    except (ValueError, RecursionError) as error:  # TOML's nesting is bounded by the interpreter alone
        raise InvalidOptionError(f"{path} is neither TOML nor JSON: {error}") from error
    return LabelDistances.read(table)
