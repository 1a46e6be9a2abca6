"""Files of texts one by one, archives opened, and columns by the names that somebody gives."""

import io
import zipfile
from collections.abc import Mapping

import pytest

from annotations.formats.documents import Document
from annotations.formats.errors import Notice, Refusal
from annotations.formats.files.bundles import BundledFile
from annotations.formats.ports import TextOptions
from annotations.formats.text_files import read_text_file

FRENCH = "Le projet était prêt."


def make_file(name: str, content: bytes) -> BundledFile:
    return BundledFile(name, name, len(content), lambda: io.BytesIO(content))


def pack(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def read(name: str, content: bytes, options: TextOptions = TextOptions()) -> list[object]:  # noqa: B008
    return list(read_text_file(make_file(name, content), options=options))


def test_an_archive_is_read_file_by_file_and_what_is_no_text_is_said() -> None:
    content = pack(
        {
            "news/1.txt": b"Kyiv agreed.",
            "news/2.jsonl": b'{"text": "Odesa agreed."}\n',
            "news/photo.jpg": b"\xff\xd8",
            "__MACOSX/._1.txt": b"\0\0",
            "news/.DS_Store": b"\0",
        }
    )
    first, second, photo = read("all.zip", content)
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    assert (first.place, first.text) == ("all.zip/news/1.txt", "Kyiv agreed.")
    assert (second.place, second.text) == ("all.zip/news/2.jsonl:1", "Odesa agreed.")
    assert photo == Notice("all.zip/news/photo.jpg", "left out, since no format has files with .jpg")


def test_one_file_of_no_format_is_refused_and_one_in_a_folder_is_left_out() -> None:
    [alone] = read("photo.jpg", b"\xff\xd8")
    [within] = read("news/photo.jpg", b"\xff\xd8")
    assert isinstance(alone, Refusal)
    assert isinstance(within, Notice)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (pack({"../1.txt": b"x"}), "leads out of the archive"),
        (pack({"inner.zip": pack({"1.txt": b"x"})}), "an archive within an archive"),
        (pack({"1.txt": b"x"})[:-9], "no whole archive"),
    ],
    ids=["traversal", "nested", "cut off"],
)
def test_an_archive_that_nobody_should_trust_is_refused(content: bytes, said: str) -> None:
    [refused] = read("all.zip", content)
    assert isinstance(refused, Refusal)
    assert said in refused.message


def test_an_encoding_is_said_of_one_file_alone() -> None:
    content = pack({"a.txt": FRENCH.encode("cp1252"), "b.txt": "Łódź zgodziła się.".encode("cp1250")})
    options = TextOptions(encodings={"all.zip/a.txt": "cp1252", "all.zip/b.txt": "cp1250"})
    texts = [row.text for row in read("all.zip", content, options) if isinstance(row, Document)]
    assert texts == [FRENCH, "Łódź zgodziła się."]


@pytest.mark.parametrize("name", ["table.csv", "rows.jsonl"])
def test_text_title_and_id_are_the_columns_that_are_named_and_others_are_left_out(name: str) -> None:
    content = {
        "table.csv": b"nr,head,body,text,secret\n7,Peace,Kyiv agreed.,a note,x\n",
        "rows.jsonl": b'{"nr": "7", "head": "Peace", "body": "Kyiv agreed.", "text": "a note", "secret": "x"}\n',
    }[name]
    options = TextOptions(
        text_column="body", title_column="head", id_column="nr", left_out=frozenset({"secret"})
    )
    [row] = read(name, content, options)
    assert isinstance(row, Document)
    assert (row.text, row.title, row.id) == ("Kyiv agreed.", "Peace", "7")
    assert row.metadata == {"text_column": "a note"}


def test_a_column_for_the_title_that_a_file_lacks_leaves_it_without_one() -> None:
    [row] = read("table.csv", b"text\nKyiv agreed.\n", TextOptions(title_column="head"))
    assert isinstance(row, Document)
    assert row.title == ""


@pytest.mark.parametrize(
    ("name", "content"),
    [("table.csv", b"nr;text\n7;Kyiv agreed.\n"), ("rows.jsonl", b'{"text": "Kyiv agreed."}\n')],
)
def test_a_file_that_lacks_the_column_of_another_is_read_by_its_own_text(name: str, content: bytes) -> None:
    [row] = read(name, content, TextOptions(text_column="body"))
    assert isinstance(row, Document)
    assert row.text == "Kyiv agreed."
