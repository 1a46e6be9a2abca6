"""Whatever a file holds, each of its texts is read whole or refused in a sentence with its place, in bounded time and memory.

`make soak` runs it with 10,000 files.
"""

import gzip
import io
import os
import re
import resource
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
import zstandard

from annotations.formats import isolation
from annotations.formats.documents import Document
from annotations.formats.errors import Notice, Refusal
from annotations.formats.files.bundles import BundledFile
from annotations.formats.text_files import read_text_file
from annotations.formats.texts.articles import check_article
from annotations.limits import MAX_READER_MEMORY
from tests.unit.formats.foreign_files import make_docx, make_page, make_xlsx
from tests.unit.formats.mutating import WHOLE, mutate, pack
from tests.unit.formats.test_office import replace_part

NUMBER = int(os.environ.get("MUTATED_FILES", "150"))
SEED = int(os.environ.get("MUTATED_FILES_SEED", "1"))
PEAK = re.compile(r"VmHWM:\s+(\d+) kB")
MAX_SECONDS = 60
"""Of computing; how long it takes on the clock depends on what else a machine does."""


def read(name: str, path: Path) -> list[Document | Refusal | Notice]:
    """What is read of a file under a name, each checked for what everybody relies on."""
    found = list(read_text_file(replace(BundledFile.of_path(path, name), where=name)))
    for one in found:
        assert one.place.startswith(name)
        if isinstance(one, Document):
            check_article(one)
            assert one.text
            if one.source_map:
                assert all(0 <= run.start < run.end <= len(one.text) for run in one.source_map.runs)
        else:
            assert one.message.strip()
            assert "Traceback" not in one.message
    return found


def read_in_bounds(name: str, path: Path) -> list[Document | Refusal | Notice]:
    before = os.times()
    found = read(name, path)
    after = os.times()
    assert after.user + after.system - before.user - before.system < MAX_SECONDS
    return found


@pytest.fixture(autouse=True)
def _in_little_memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No reader's process takes more than its bound, whichever file it is: each is asked before it rests or is ended."""
    most: list[int] = []

    def ask(child: isolation._Child) -> None:
        status = Path(f"/proc/{child.process.pid}/status")
        with suppress(OSError):  # it has ended by itself, within the limits that it gave itself
            most.extend(int(number) * 1024 for number in PEAK.findall(status.read_text()))

    def rest(function: str, child: isolation._Child) -> None:
        ask(child)
        give_back(function, child)

    def end(child: isolation._Child) -> None:
        ask(child)
        kill(child)

    give_back, kill = isolation._give_back, isolation._Child.kill
    monkeypatch.setattr(isolation, "_give_back", rest)
    monkeypatch.setattr(isolation._Child, "kill", end)
    yield
    assert max(most, default=0) <= MAX_READER_MEMORY


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_file_is_read(name: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(WHOLE[name]())
    assert all(isinstance(one, Document) for one in read(name, path))


@pytest.mark.timeout(36_000)
@pytest.mark.parametrize("name", WHOLE)
def test_a_damaged_file_is_read_or_refused_in_a_sentence(name: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    for seed in range(SEED, SEED + max(NUMBER // len(WHOLE), 1)):
        path.write_bytes(mutate(name, seed))
        started = time.monotonic()
        try:
            read_in_bounds(name, path)
        except BaseException as error:
            error.add_note(f"mutate({name!r}, {seed}), after {time.monotonic() - started:.0f} s")
            raise


# files that were made to do harm

LONG = 300_000_000


def bomb_of_entities() -> bytes:
    levels = "".join(f"<!ENTITY e{level} '{f'&e{level - 1};' * 10}'>" for level in range(1, 12))
    return f"<!DOCTYPE x [<!ENTITY e0 'aaaaaaaaaa'>{levels}]><x>&e11;</x>".encode()


def in_word(part: bytes) -> bytes:
    raw = make_docx([("paragraph", "a")])
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return replace_part(raw, "word/document.xml", archive.read("word/document.xml"), part)


def in_sheet(part: bytes) -> bytes:
    raw = make_xlsx([("A", [["text"], ["a"]])])
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return replace_part(raw, "xl/worksheets/sheet1.xml", archive.read("xl/worksheets/sheet1.xml"), part)


HARMFUL: dict[str, tuple[str, Callable[[], bytes]]] = {
    "entities in a Word file": ("a.docx", lambda: in_word(bomb_of_entities())),
    "entities in a sheet": ("a.xlsx", lambda: in_sheet(bomb_of_entities())),
    "entities in a feed": ("a.rss", bomb_of_entities),
    "entities in a page": ("a.html", bomb_of_entities),
    "a deep page": ("a.html", lambda: b"<div>" * 500_000 + b"a"),
    "a deep Word file": ("a.docx", lambda: in_word(b"<a>" * 300_000)),
    "a deep feed": ("a.rss", lambda: b"<a>" * 300_000),
    "a page of quotes": ("a.html", lambda: b'<a "' * 2_000_000),
    "a page of one table": ("a.html", lambda: b"<table><tr><td>" * 200_000),
    "a page of many links": ("a.html", lambda: b'<a href="/x">word</a> ' * 100_000),
    "a page of many paragraphs": ("a.html", lambda: make_page("x").replace(b"<p>x</p>", b"<p>Words of it.</p>" * 15_000)),
    "deep JSON": ("a.jsonl", lambda: b'{"text": ' + b"[" * 1_000_000),
    "a deep list": ("a.json", lambda: b"[" * 1_000_000),
    "deep Markdown": ("a.md", lambda: b"> " * 100_000 + b"a"),
    "Markdown of brackets": ("a.md", lambda: b"[" * 200_000),
    "Markdown of stars": ("a.md", lambda: b"*a **b " * 50_000),
    "a packed nothing": ("a.jsonl.gz", lambda: gzip.compress(bytes(200_000_000), 9)),
    "a packed line": ("a.csv.zst", lambda: zstandard.compress(b"text\n" + bytes(200_000_000))),
    "an archive of nothing": ("a.zip", lambda: pack({f"{number}.txt": bytes(50_000_000) for number in range(3)})),
    "an archive that leads out": ("a.zip", lambda: pack({"../../etc/cron.txt": b"a"})),
    "an archive in an archive": ("a.zip", lambda: pack({"b.zip": pack({"c.zip": b"PK"})})),
    "an archive under another name": ("a.zip", lambda: pack({"b.txt": pack({"c.txt": b"a"})})),
    "a Word file of nothing": ("a.docx", lambda: pack({"[Content_Types].xml": b"", "word/document.xml": bytes(90_000_000)})),
    "a sheet with a far cell": ("a.xlsx", lambda: in_sheet(b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>')),
    "a PDF that leads to itself": ("a.pdf", lambda: b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]/Count 99999999>>endobj\ntrailer<</Root 1 0 R>>"),
}  # fmt: skip


@pytest.mark.parametrize("what", HARMFUL)
def test_a_file_that_was_made_to_do_harm_does_none(what: str, tmp_path: Path) -> None:
    name, make = HARMFUL[what]
    path = tmp_path / "file"
    path.write_bytes(make())
    assert read_in_bounds(name, path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    "name", ["a.txt", "a.csv", "a.jsonl", "a.json", "a.md", "a.html", "a.rss", "a.pdf", "a.xlsx", "a.warc"]
)
def test_a_line_of_300_megabytes_is_refused_without_being_held(name: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    with path.open("wb") as file:
        file.write({"a.csv": b"text\nx", "a.jsonl": b'{"text": "'}.get(name, b"x"))
        file.truncate(LONG)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert all(isinstance(one, Refusal) for one in read_in_bounds(name, path))
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < MAX_READER_MEMORY
