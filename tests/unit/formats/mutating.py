"""Files as they should not be: whole ones of every format, damaged by a seed in the ways in which files are damaged."""

import gzip
import io
import json
import random
import zipfile
import zlib
from collections.abc import Callable, Sequence

from tests.unit.formats.foreign_files import (
    Printed,
    make_atom,
    make_docx,
    make_page,
    make_parquet,
    make_pdf,
    make_warc,
    make_xlsx,
    print_column,
)

WORDS = "Kyiv agreed to talks, “at last” – said Žižkov 🤝 while others waited in the cold."
LINES = [f"{WORDS} {number}" for number in range(4)]
ASCII = [
    "Kyiv agreed to talks at last, said one of those who had",
    "waited in the cold; others left before the morn-",
    "ing came.",
]
ROWS: list[list[object]] = [
    ["id", "title", "text"],
    *([number, f"T{number}", line] for number, line in enumerate(LINES)),
]


def _write_objects() -> list[dict[str, object]]:
    return [
        {"id": number, "title": "T", "text": line, "more": {"a": [1, None, True]}}
        for number, line in enumerate(LINES)
    ]


WHOLE: dict[str, Callable[[], bytes]] = {
    "a.txt": lambda: "\r\n\r\n".join(LINES).encode(),
    "a.md": ("---\ntitle: T\n---\n# " + "\n\n- ".join(LINES) + "\n\n> quoted\n\n```\ncode\n```\n").encode,
    "a.html": lambda: make_page(" ".join(LINES)),
    "a.docx": lambda: make_docx([("title", "Talks"), *(("paragraph", line) for line in LINES)], author="Ann"),
    "a.pdf": lambda: make_pdf([print_column(40, 500, ASCII), [Printed(40, 500, "Second page.")]], info="/Title (T)"),
    "a.csv": lambda: "\n".join(f'{number},"T","{line}"' for number, line in enumerate(["text", *LINES])).replace('0,"T","text"', "id,title,text").encode(),
    "a.xlsx": lambda: make_xlsx([("News", ROWS), ("Notes", [["x"]])]),
    "a.parquet": lambda: make_parquet({"text": LINES, "id": list(range(len(LINES)))}),
    "a.jsonl": lambda: b"".join(json.dumps(value).encode() + b"\n" for value in _write_objects()),
    "a.json": lambda: json.dumps(_write_objects(), ensure_ascii=False).encode(),
    "a.rss": lambda: make_atom(f"<id>{number}</id><title>T</title><content type='html'>&lt;p&gt;{line}&lt;/p&gt;</content>" for number, line in enumerate(LINES)),
    "a.warc": lambda: make_warc([(f"https://example.org/{number}", make_page(line)) for number, line in enumerate(LINES)]),
    "a.jsonl.gz": lambda: gzip.compress(WHOLE["a.jsonl"]()),
    "a.zip": lambda: pack({name: WHOLE[name]() for name in ("a.txt", "a.html", "a.docx", "a.csv")}),
}  # fmt: skip
ODD = (
    b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"\\ud800", b"&#xD800;", b"&#0;", b"\xc3", b'"', b"'", b"<", b">", b"<!--", b"]]>", b"{", b"[", b"\n",
    b"\r", b"\t", b"\x1a", b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"%PDF", b"stream\n", b"endobj", b"PK\x03\x04", b"<script>", b"<table><td>",
    b"-1", b"999999999999999999999", b"1e999", b"NaN", b"\\u0000", b"<w:p>", b"&amp;amp;", b"<?xml ?>", b"[]", b"null", b"|", b"B-", b"[1]", b"_", b"*", b"''", b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
)  # fmt: skip
"""Bytes that mean something to some parser."""


def pack(files: dict[str, bytes]) -> bytes:
    """An archive of these files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def _cut_off(raw: bytearray, chance: random.Random) -> bytearray:
    return raw[: chance.randrange(len(raw) + 1)]


def _lose_a_part(raw: bytearray, chance: random.Random) -> bytearray:
    start = chance.randrange(len(raw) + 1)
    return raw[:start] + raw[start + chance.randrange(200) :]


def _flip(raw: bytearray, chance: random.Random) -> bytearray:
    for _ in range(chance.choice((1, 3, 30))):
        if raw:
            raw[chance.randrange(len(raw))] = chance.randrange(256)
    return raw


def _insert(raw: bytearray, chance: random.Random) -> bytearray:
    for _ in range(chance.choice((1, 2, 5))):
        place = chance.randrange(len(raw) + 1)
        raw[place:place] = chance.choice(ODD) * chance.choice((1, 1, 1, 50))
    return raw


def _repeat(raw: bytearray, chance: random.Random) -> bytearray:
    start = chance.randrange(len(raw) + 1)
    part = raw[start : start + chance.randrange(1, 60)]
    return raw[:start] + part * chance.choice((2, 100, 3_000)) + raw[start:]


def _swap(raw: bytearray, chance: random.Random) -> bytearray:
    one, two = sorted(chance.randrange(len(raw) + 1) for _ in range(2))
    return raw[two:] + raw[one:two] + raw[:one]


def _write_otherwise(raw: bytearray, chance: random.Random) -> bytearray:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return _flip(raw, chance)
    return bytearray(
        text.encode(chance.choice(("utf-16", "utf-16-le", "utf-32", "cp1252", "koi8-r", "cp037")), "replace")
    )


def _grow(raw: bytearray, chance: random.Random) -> bytearray:
    place = chance.randrange(len(raw) + 1)
    raw[place:place] = (
        chance.choice((b"x", b"\xc5\xbe", b"<b>", b"a ", b"a\t", b",", b"[", b"{", b"&lt;")) * 400_000
    )
    return raw


def _become_another(_raw: bytearray, chance: random.Random) -> bytearray:
    return bytearray(WHOLE[chance.choice(sorted(WHOLE))]())


PACKED: dict[str, tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]] = {
    ".gz": (gzip.decompress, gzip.compress),
    ".spacy": (zlib.decompress, zlib.compress),
}
DAMAGES: Sequence[Callable[[bytearray, random.Random], bytearray]] = (
    _cut_off, _lose_a_part, _flip, _insert, _insert, _repeat, _swap, _write_otherwise, _grow, _become_another,
)  # fmt: skip


def mutate(name: str, seed: int) -> bytes:
    """A file of texts of this name as a seed damages it."""
    return damage_file(name, WHOLE[name](), seed)


def damage_file(name: str, whole: bytes, seed: int) -> bytes:
    """A whole file as a seed damages it; of an archive or of what is packed mostly what is in it, so that its parser is reached."""
    chance = random.Random(f"{name} {seed}")  # noqa: S311  (nobody is to be kept from guessing it)
    if whole.startswith(b"PK") and chance.random() < 0.7:
        with zipfile.ZipFile(io.BytesIO(whole)) as archive:
            parts = {part: archive.read(part) for part in archive.namelist()}
        chosen = chance.choice(sorted(parts))
        return pack({**parts, chosen: _damage(parts[chosen], chance)})
    for suffix, (unpack, repack) in PACKED.items():
        if name.endswith(suffix) and chance.random() < 0.7:
            return repack(_damage(unpack(whole), chance))
    return _damage(whole, chance)


def _damage(raw: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(raw)
    for _ in range(chance.choice((1, 1, 2))):
        damaged = chance.choice(DAMAGES)(damaged, chance)
    return bytes(damaged)
