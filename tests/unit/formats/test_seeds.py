"""What every format makes of the five sample articles with their sample annotations, by its checksum."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from annotations.formats.ports import Format, Losses
from annotations.formats.registry import WRITTEN
from tests.unit.formats.seeds import submitted_seeds

GOLDEN = Path(__file__).parent / "golden" / "seeds.json"


@cache
def write_seeds(chosen: Format) -> tuple[bytes, Losses]:
    losses = Losses()
    lines = (record.to_line() for record in submitted_seeds())
    return b"".join(chosen.write_lines(lines, losses=losses)), losses


def describe(chosen: Format) -> dict[str, Any]:
    written, losses = write_seeds(chosen)
    return {"bytes": len(written), "losses": losses.describe(), "sha256": hashlib.sha256(written).hexdigest()}


def write_golden() -> None:
    """Write what the formats make of the samples now; what they lose is to be read before it is committed."""
    found = {chosen.name: describe(chosen) for chosen in WRITTEN}
    GOLDEN.write_text(json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


@pytest.mark.parametrize("chosen", WRITTEN, ids=lambda chosen: chosen.name)
def test_the_samples_are_written_as_ever_and_lose_what_they_ever_lost(chosen: Format) -> None:
    assert describe(chosen) == json.loads(GOLDEN.read_text())[chosen.name]


@pytest.mark.parametrize("chosen", WRITTEN, ids=lambda chosen: chosen.name)
def test_the_samples_lose_only_what_a_format_says_that_it_cannot_hold(chosen: Format) -> None:
    written, losses = write_seeds(chosen)
    assert written
    assert losses.kinds <= set(chosen.cannot_hold)


def test_the_samples_are_five_articles_with_annotators_who_marked_much() -> None:
    assert len({record.article.id for record in submitted_seeds()}) == 5
    assert all(len(record.markup.spans) > 5 for record in submitted_seeds())
