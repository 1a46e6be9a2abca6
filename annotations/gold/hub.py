"""What Hugging Face reads beside the Parquet of a folder: the card with its front matter, and Croissant."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from annotations.gold.card import CardFacts, write_card
from annotations.gold.croissant import FolderFile, describe_croissant

IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9.-]{1,40}")


def describe_folder(
    facts: CardFacts, files: Sequence[FolderFile], *, guidelines: Sequence[str] = ()
) -> Iterator[tuple[str, bytes]]:
    """What stands beside the Parquet: the description in Croissant, and the card with its front matter."""
    croissant = describe_croissant(facts, files, facts.frozen)
    yield "croissant.json", f"{json.dumps(croissant, ensure_ascii=False, indent=2)}\n".encode()
    lines = [*_write_front_matter(facts, files), "", *write_card(facts, guidelines=guidelines)]
    yield "README.md", "".join(f"{line}\n" for line in lines).encode()


def _write_front_matter(facts: CardFacts, files: Sequence[FolderFile]) -> Iterator[str]:
    """What Hugging Face reads before a card: JSON strings, which YAML reads as they are."""
    licence = facts.said.get("licence", "").strip()
    number = facts.manifest["counts"]["articles"]
    yield "---"
    yield f"pretty_name: {json.dumps(facts.manifest['title'])}"
    yield f"license: {licence if IDENTIFIER.fullmatch(licence) else 'other'}"
    yield "task_categories:"
    yield "- token-classification"
    yield "size_categories:"
    yield f"- {_name_size(number)}"
    yield "configs:"
    yield "- config_name: default"
    yield "  data_files:"
    for file in files:
        yield f"  - split: {file.name}"
        yield f"    path: {file.path}"
    yield "---"


def _name_size(number: int) -> str:
    """The size of a dataset as Hugging Face sorts them.

    >>> _name_size(5), _name_size(12_000)
    ('n<1K', '10K<n<100K')
    """
    steps: Mapping[int, str] = {
        1_000: "n<1K",
        10_000: "1K<n<10K",
        100_000: "10K<n<100K",
        1_000_000: "100K<n<1M",
    }
    return next((name for most, name in steps.items() if number < most), "1M<n<10M")
