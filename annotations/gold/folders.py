"""A release as a folder that Hugging Face's `datasets` loads: Parquet by parts, a card with front matter, and Croissant."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from annotations.formats.files.archives import ArchiveWriter
from annotations.formats.native.parquet import PARQUET
from annotations.gold.card import CardFacts, write_card
from annotations.gold.cards import read_facts, read_guidelines
from annotations.gold.croissant import FolderFile, describe_croissant
from annotations.gold.exports import find_file
from annotations.gold.files import is_here, prepare_file, read_part
from annotations.gold.splitting import list_filled
from annotations.models import Release, ReleaseFile

WHOLE = "train"
"""What datasets calls data that are not divided."""
IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9.-]{1,40}")


def write_folder(release: Release) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The files of the folder, each by its name with its bytes; the Parquet is written once and kept."""
    files = []
    for split in list_filled(release) or [""]:
        file = _find_parquet(release, split)
        name = (split or WHOLE).replace("-", "_")
        files.append(FolderFile(name, f"data/{name}.parquet", file.sha256, file.length))
        yield files[-1].path, read_part(file, 0, file.length)
    facts = read_facts(release)
    croissant = describe_croissant(facts, files, release.created_at.date().isoformat())
    yield "croissant.json", iter([f"{json.dumps(croissant, ensure_ascii=False, indent=2)}\n".encode()])
    lines = [*_write_front_matter(facts, files), "", *write_card(facts, guidelines=read_guidelines(release))]
    yield "README.md", iter([f"{line}\n".encode() for line in lines])


def archive_folder(release: Release) -> Iterator[bytes]:
    """The folder as a ZIP, written as it is read."""
    archive = ArchiveWriter()
    for name, chunks in write_folder(release):
        yield from archive.add(name, chunks)
    yield from archive.finish()


def _find_parquet(release: Release, split: str) -> ReleaseFile:
    file = find_file(release, PARQUET.name, split=split)
    return file if file is not None and is_here(file) else prepare_file(release, PARQUET.name, split=split)


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
