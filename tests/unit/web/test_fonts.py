"""The two families of type come with the product, and nothing that a page looks like is fetched from elsewhere."""

import re
import struct
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage

ROOT = Path(__file__).resolve().parents[3]
TOKENS = ROOT / "annotations/web/static/annotations/tokens.css"
SHEETS = sorted((ROOT / "annotations").rglob("static/**/*.css"))
FACES = re.findall(r'url\("\.\./(fonts/[^"]+)"\)', TOKENS.read_text(encoding="utf-8"))


def read_tables(path: Path) -> dict[str, bytes]:
    """The tables of a TrueType file by their tags."""
    data = path.read_bytes()
    kind, count = struct.unpack(">4sH", data[:6])
    assert kind == b"\x00\x01\x00\x00"
    rows = (struct.unpack(">4s4xII", data[12 + 16 * row : 28 + 16 * row]) for row in range(count))
    return {tag.decode("ascii"): data[start : start + length] for tag, start, length in rows}


def test_there_is_an_upright_and_an_italic_of_each_family() -> None:
    assert [("Italic" in face, face.split("/")[1]) for face in FACES] == [
        (False, "sans"),
        (True, "sans"),
        (False, "serif"),
        (True, "serif"),
    ]


@pytest.mark.parametrize("face", FACES)
def test_a_face_is_found_among_the_static_files_and_has_every_weight_that_pages_ask_for(face: str) -> None:
    found = finders.find(face)
    assert found is not None
    axes = read_tables(Path(found))["fvar"]
    offset, _, count, size = struct.unpack(">HHHH", axes[4:12])
    ranges = {
        tag.decode("ascii"): (least / 65536, most / 65536)
        for tag, least, most in (
            struct.unpack(">4si4xi", axes[offset + size * axis : offset + size * axis + 16])
            for axis in range(count)
        )
    }
    least, most = ranges["wght"]
    assert (least, most) == (200, 900)


def test_no_font_file_lies_in_the_repository() -> None:
    suffixes = {".ttf", ".otf", ".woff", ".woff2"}
    assert [path for path in (ROOT / "annotations").rglob("*") if path.suffix in suffixes] == []


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_a_stylesheet_asks_no_other_server_for_anything(path: Path) -> None:
    assert re.findall(r"@import|url\(\s*[\"']?(?:https?:)?//", path.read_text(encoding="utf-8")) == []


def test_the_names_of_faces_survive_the_fingerprints_that_a_server_adds(tmp_path: Path) -> None:
    storage = ManifestStaticFilesStorage(location=tmp_path, base_url=settings.STATIC_URL)
    names = ["annotations/tokens.css", *FACES]
    for name in names:
        found = finders.find(name)
        assert found is not None
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(Path(found).read_bytes())
    made = {
        name: str(new) for name, new, _ in storage.post_process({name: (storage, name) for name in names})
    }
    written = (tmp_path / made["annotations/tokens.css"]).read_text(encoding="utf-8")
    for face in FACES:
        assert made[face].rpartition("/")[2] in written
        assert (tmp_path / made[face]).is_file()
