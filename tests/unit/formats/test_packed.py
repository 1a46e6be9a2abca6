"""Markdown, packed files, and folders and archives of any files."""

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from annotations.formats.documents import Document
from annotations.formats.errors import Notice, Refusal
from annotations.formats.files import packed
from annotations.formats.files.bundles import BundledFile
from annotations.formats.ports import NOTHING_SAID
from annotations.formats.text_files import measure, read_paths, read_text_file
from annotations.formats.texts.markdown import MARKDOWN
from tests.unit.formats.foreign_files import Printed, make_docx, make_page, make_pdf, make_xlsx

LINES = b"".join(json.dumps({"text": f"Text {number}"}).encode() + b"\n" for number in range(3))
PACKERS: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.compress, ".zst": zstandard.compress}


def read_names(*paths: Path) -> list[tuple[str, str]]:
    """What each place gave: the text, or how it was left out."""
    return [
        (read.place, read.text or "" if isinstance(read, Document) else read.message)
        for read in read_paths(paths)
    ]


def test_markdown_stays_as_it_stands_and_its_signs_make_blocks() -> None:
    raw = (
        b'---\r\ntitle: Talks\r\nauthor: "Ann"\r\nlang: en\r\n---\r\n# Talks *begin*\r\n\r\nKyiv **agreed**\r\nto talks.\r\n\r\n'
        b"## Next\r\n\r\n- one\r\n- two\r\n\r\n> nobody\r\n> signs\r\n\r\n***\r\n\r\n| a | b |\r\n|---|---|\r\n| 1 | 2 |\r\n"
    )
    (document,) = MARKDOWN.text_reader(io.BytesIO(raw), "file", NOTHING_SAID)
    assert isinstance(document, Document)
    assert document.text == raw.decode()
    assert document.original == raw
    assert document.title == "Talks"
    assert document.metadata == {"author": "Ann", "language": "en"}
    assert [(block.kind, document.text[block.start : block.end]) for block in document.blocks] == [
        ("boilerplate", '---\r\ntitle: Talks\r\nauthor: "Ann"\r\nlang: en\r\n---'),
        ("title", "# Talks *begin*"),
        ("paragraph", "Kyiv **agreed**\r\nto talks."),
        ("heading", "## Next"),
        ("list_item", "- one"),
        ("list_item", "- two"),
        ("quote", "> nobody\r\n> signs"),
        ("boilerplate", "***"),
        ("paragraph", "| a | b |\r\n|---|---|\r\n| 1 | 2 |"),
    ]


@pytest.mark.parametrize("suffix", PACKERS)
@pytest.mark.parametrize(
    ("name", "raw", "texts"),
    [
        ("a.jsonl", LINES, ["Text 0", "Text 1", "Text 2"]),
        ("a.csv", b"text\nIt rained.\n", ["It rained."]),
        ("a.txt", b"It rained.", ["It rained."]),
        ("a.json", b'[{"text": "It rained."}]', ["It rained."]),
        ("a.docx", make_docx([("paragraph", "It rained.")]), ["It rained."]),
    ],
    ids=["jsonl", "csv", "txt", "json", "docx"],
)
def test_a_packed_file_is_read_as_if_it_were_not(
    suffix: str, name: str, raw: bytes, texts: list[str], tmp_path: Path
) -> None:
    path = tmp_path / f"{name}{suffix}"
    path.write_bytes(PACKERS[suffix](raw))
    assert [text for _, text in read_names(path)] == texts
    half = len(raw) // 2
    path.write_bytes(PACKERS[suffix](raw[:half]) + PACKERS[suffix](raw[half:]))
    assert [text for _, text in read_names(path)] == texts


@pytest.mark.parametrize("suffix", PACKERS)
@pytest.mark.parametrize(
    "damage", [lambda raw: raw[:-6], lambda _: b"Kyiv", lambda raw: raw[:20] + b"\0\0\0\0" + raw[24:]]
)
def test_a_packed_file_that_is_damaged_is_refused(
    suffix: str, damage: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    path = tmp_path / f"a.jsonl{suffix}"
    whole = PACKERS[suffix](b"".join(LINES for _ in range(50)))
    path.write_bytes(damage(whole))
    read = list(read_paths([path]))
    assert isinstance(read[-1], Refusal)
    assert "damaged or cut off" in read[-1].message


@pytest.mark.parametrize("suffix", PACKERS)
def test_a_packed_file_that_unpacks_to_too_much_is_refused(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "MAX_UNPACKED_BYTES", 1_000_000)
    path = tmp_path / f"a.jsonl{suffix}"
    path.write_bytes(PACKERS[suffix](b" " * 2_000_000))
    [refused] = read_paths([path])
    assert isinstance(refused, Refusal)
    assert "unpacks to more than 1,000,000 bytes" in refused.message


def test_folders_in_folders_and_archives_are_read_with_their_places(tmp_path: Path) -> None:
    (tmp_path / "below" / "deeper").mkdir(parents=True)
    (tmp_path / "a.html").write_bytes(make_page("It rained in Kyiv."))
    (tmp_path / "below" / "deeper" / "b.pdf").write_bytes(make_pdf([[Printed(40, 500, "It stopped.")]]))
    (tmp_path / "c.odt").write_bytes(b"x")
    (tmp_path / "README.md").write_text("# What lies here")
    (tmp_path / "marks.json").write_text('{"spans": []}')
    (tmp_path / ".hidden.txt").write_text("no")
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
        archive.writestr("x/e.docx", make_docx([("paragraph", "It snowed.")]))
        archive.writestr("x/f.xlsx", make_xlsx([("A", [["text"], ["It thawed."]])]))
        archive.writestr("x/g.jsonl.gz", gzip.compress(LINES))
        archive.writestr("x/h.zip", b"PK\x03\x04")
        archive.writestr("i.png", b"\x89PNG")
    read = {place.removeprefix(f"{tmp_path}/"): text for place, text in read_names(tmp_path)}
    assert read == {
        "a.html": "It rained in Kyiv.",
        "below/deeper/b.pdf": "It stopped.",
        "c.odt": "left out, since files with .odt are not read: save it as .docx with the program that made it",
        "d.zip/x/e.docx": "It snowed.",
        "d.zip/x/f.xlsx:A:2": "It thawed.",
        "d.zip/x/g.jsonl.gz:1": "Text 0",
        "d.zip/x/g.jsonl.gz:2": "Text 1",
        "d.zip/x/g.jsonl.gz:3": "Text 2",
        "d.zip/x/h.zip": "this is an archive within an archive: unpack it, and give it by itself",
        "d.zip/i.png": "left out, since no format has files with .png",
        "README.md": "left out, since it is about the other files by its name",
        "marks.json": "left out, since it is no JSON, a list with an object an article",
    }
    read_sizes = [
        path.stat().st_size
        for path in (tmp_path / name for name in ("a.html", "below/deeper/b.pdf", "d.zip", "marks.json"))
    ]
    assert measure(tmp_path) == sum(read_sizes)


def test_a_file_that_was_dropped_with_its_folder_is_read_as_one_of_a_folder(tmp_path: Path) -> None:
    contents = {"a.json": '[{"text": "It rained."}]', "b.json": "{}", "README.md": "# What lies here"}
    for name, content in contents.items():
        (tmp_path / name).write_text(content, encoding="utf-16" if name == "a.json" else "utf-8")
    read = [
        one
        for name in contents
        for one in read_text_file(BundledFile.of_path(tmp_path / name, f"news/{name}"))
    ]
    assert [one.text for one in read if isinstance(one, Document)] == ["It rained."]
    assert len([one for one in read if isinstance(one, Notice)]) == 2


def test_only_files_of_the_format_that_is_named_are_read_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("It rained.")
    (tmp_path / "b.md").write_text("# Rain")
    read = list(read_paths([tmp_path], source="markdown"))
    assert [row.text for row in read if isinstance(row, Document)] == ["# Rain"]
    assert [row.place for row in read if isinstance(row, Notice)] == [str(tmp_path / "a.txt")]


def test_files_of_formats_that_are_not_read_say_what_to_do(tmp_path: Path) -> None:
    for name, words in {"a.doc": "save it as .docx", "b.tar.gz": "unpack it", "c.xlsm": "macros"}.items():
        (tmp_path / name).write_bytes(b"x")
        [refused] = read_paths([tmp_path / name])
        assert isinstance(refused, Refusal)
        assert words in refused.message
