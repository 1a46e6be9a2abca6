"""Whatever a file of annotations holds, it is read or refused in a sentence, in bounded time and memory, whichever format it is.

`MUTATED_FILES` in the environment is how many files are tried, `MUTATED_FILES_SEED` the first seed.
"""

import io
import json
import os
import random
import resource
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from annotations.agreement import InvalidCorpusError, read_file
from annotations.formats.errors import RefusedError
from annotations.formats.ports import Losses
from annotations.formats.registry import WRITTEN
from annotations.formats.sources import read_annotated
from tests.unit.formats.readable import READABLE, make_sheets
from tests.unit.formats.test_potato import make_project, make_span, make_state
from tests.unit.formats.test_round_trips import BOTH, submitted
from tests.unit.formats.test_webanno_tsv import WHOLE as WEBANNO_TSV

NUMBER = int(os.environ.get("MUTATED_FILES", "400"))
SEED = int(os.environ.get("MUTATED_FILES_SEED", "1"))
MAX_SECONDS, MAX_MEGABYTES = 60, 512
ODD = (
    b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"\\ud800", b"&#0;", b'"', b"<", b">", b"]", b"{", b"[]", b"null", b"NaN", b"\n", b"\r", b"\t", b"|",
    b"\xef\xbb\xbf", b"-1", b"99999999999999999999", b"1e999", b"PK\x03\x04", b"B-", b"[1]", b"_", b"*", b"''", b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
)  # fmt: skip
"""Bytes that mean something to some reader."""


def pack(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def list_whole() -> dict[str, bytes]:
    """A file of each format: what we write, and what the readers of others' formats are tested with."""
    lines = [record.to_line() for record in submitted()]
    whole = {
        f"x.{known.extension}": b"".join(known.write_lines(lines, losses=Losses()))
        for known in WRITTEN
        if known in BOTH
    }
    for name in ("plain", "rows", "argilla", "web-annotation", "label_studio", "prodigy", "doccano"):
        write = READABLE[name].values
        assert write
        whole[f"{name}.json"] = json.dumps(write(make_sheets(3))).encode()
    state = make_state("ann", make_span("a", 0, 4, "City"))
    whole["potato.zip"] = pack({name: text.encode() for name, text in make_project(ann=state).items()})
    whole["webanno.tsv"] = WEBANNO_TSV.encode()
    return whole


WHOLE = list_whole()


def cut_off(raw: bytearray, chance: random.Random) -> bytearray:
    return raw[: chance.randrange(len(raw) + 1)]


def lose_a_part(raw: bytearray, chance: random.Random) -> bytearray:
    start = chance.randrange(len(raw) + 1)
    return raw[:start] + raw[start + chance.randrange(200) :]


def flip(raw: bytearray, chance: random.Random) -> bytearray:
    for _ in range(chance.choice((1, 3, 30))):
        if raw:
            raw[chance.randrange(len(raw))] = chance.randrange(256)
    return raw


def insert(raw: bytearray, chance: random.Random) -> bytearray:
    for _ in range(chance.choice((1, 2, 5))):
        place = chance.randrange(len(raw) + 1)
        raw[place:place] = chance.choice(ODD) * chance.choice((1, 1, 1, 50))
    return raw


def repeat(raw: bytearray, chance: random.Random) -> bytearray:
    start = chance.randrange(len(raw) + 1)
    part = raw[start : start + chance.randrange(1, 60)]
    return raw[:start] + part * chance.choice((2, 100, 3_000)) + raw[start:]


def grow(raw: bytearray, chance: random.Random) -> bytearray:
    place = chance.randrange(len(raw) + 1)
    raw[place:place] = chance.choice((b"x", b"\xc5\xbe", b"[", b"{", b"<b>", b"a\t")) * 300_000
    return raw


DAMAGES: Sequence[Callable[[bytearray, random.Random], bytearray]] = (
    cut_off, lose_a_part, flip, insert, insert, repeat, grow,
)  # fmt: skip


def mutate(name: str, seed: int) -> bytes:
    """A file of this name as a seed damages it; of an archive, and of what is packed, mostly what is in it."""
    chance = random.Random(f"{name} {seed}")  # noqa: S311 - nobody is to be kept from guessing it
    whole = WHOLE[name]
    if whole.startswith(b"PK") and chance.random() < 0.8:
        with zipfile.ZipFile(io.BytesIO(whole)) as archive:
            parts = {part: archive.read(part) for part in archive.namelist()}
        chosen = chance.choice(sorted(parts))
        return pack({**parts, chosen: damage(parts[chosen], chance)})
    if name.endswith(".spacy") and chance.random() < 0.8:
        return zlib.compress(damage(zlib.decompress(whole), chance))
    return damage(whole, chance)


def damage(raw: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(raw)
    for _ in range(chance.choice((1, 1, 2))):
        damaged = chance.choice(DAMAGES)(damaged, chance)
    return bytes(damaged)


def read(path: Path) -> int:
    """How many documents are read, each of whose spans is one of its text or refused where agreement is measured."""
    number = 0
    try:
        for part in read_annotated(path):
            number += sum(1 for _ in part.documents)
        read_file(path)
    except (RefusedError, InvalidCorpusError) as error:
        refusal = str(error)
    else:
        refusal = "none"
    assert refusal.strip()
    assert "Traceback" not in refusal
    return number


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_file_is_read(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(WHOLE[name])
    assert read(path) > 0


@pytest.mark.timeout(36_000)
@pytest.mark.parametrize("name", WHOLE)
def test_a_damaged_file_is_read_or_refused_in_a_sentence(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for seed in range(SEED, SEED + max(NUMBER // len(WHOLE), 1)):
        path.write_bytes(mutate(name, seed))
        before = os.times()
        try:
            read(path)
        except BaseException as error:
            error.add_note(f"mutate({name!r}, {seed})")
            raise
        assert os.times().user - before.user < MAX_SECONDS
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - highest) / 1024 < MAX_MEGABYTES
