"""What every format makes of the five sample articles with their sample annotations, by its checksum.

A format that is new is held to its golden file alone until the version that brings it is released; from then on its checksum is
here, too, and users may count on it.
"""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from annotations import __version__
from annotations.formats.ports import Format, Losses
from annotations.formats.registry import WRITTEN, find_format
from tests.unit.formats.seeds import submitted_seeds

GOLDEN = Path(__file__).parent / "golden" / "seeds.json"
KNOWN = json.loads(GOLDEN.read_text(encoding="utf-8"))


@cache
def write_seeds(chosen: Format) -> tuple[bytes, Losses]:
    losses = Losses()
    lines = (record.to_line() for record in submitted_seeds())
    return b"".join(chosen.write_lines(lines, losses=losses)), losses


def describe(chosen: Format) -> dict[str, Any]:
    written, losses = write_seeds(chosen)
    return {"bytes": len(written), "losses": losses.describe(), "sha256": hashlib.sha256(written).hexdigest()}


def write_golden(*names: str) -> None:
    """Note what formats make of the samples that have no checksum yet, or that are named; what they lose is to be read before."""
    found = {
        chosen.name: describe(chosen)
        for chosen in WRITTEN
        if chosen.name in names or chosen.name not in KNOWN["formats"]
    }
    content = {"version": __version__, "formats": KNOWN["formats"] | found}
    GOLDEN.write_text(json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


@pytest.mark.parametrize("name", KNOWN["formats"])
def test_the_samples_are_written_as_ever_and_lose_what_they_ever_lost(name: str) -> None:
    assert describe(find_format(name)) == KNOWN["formats"][name]


def test_no_version_is_released_with_a_format_whose_checksum_nobody_noted() -> None:
    """Where this fails, call `write_golden()` above, which adds what is missing and changes nothing else."""
    missing = {chosen.name for chosen in WRITTEN} - set(KNOWN["formats"])
    assert KNOWN["version"] == __version__ or not missing


@pytest.mark.parametrize("chosen", WRITTEN, ids=lambda chosen: chosen.name)
def test_the_samples_lose_only_what_a_format_says_that_it_cannot_hold(chosen: Format) -> None:
    written, losses = write_seeds(chosen)
    assert written
    assert losses.kinds <= set(chosen.cannot_hold)


def test_the_samples_are_five_articles_with_annotators_who_marked_much() -> None:
    assert len({record.article.id for record in submitted_seeds()}) == 5
    assert all(len(record.markup.spans) > 5 for record in submitted_seeds())
