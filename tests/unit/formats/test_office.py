"""PDF, Word and Excel files and Parquet: what is read of them, and what is refused before anybody opens it."""

import io
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from annotations.formats.documents import Document
from annotations.formats.errors import Refusal, Remedy
from annotations.formats.office.docx import DOCX
from annotations.formats.office.office import OF_OLD_OFFICE, PROTECTED
from annotations.formats.office.pdf import PDF
from annotations.formats.office.spreadsheets import SPREADSHEET
from annotations.formats.ports import Format, TextOptions
from annotations.formats.tabular.parquet_rows import PARQUET_ROWS as PARQUET
from tests.unit.formats.foreign_files import (
    Printed,
    make_docx,
    make_parquet,
    make_pdf,
    make_xlsx,
    print_column,
)


def read(chosen: Format, raw: bytes, **said: Any) -> list[Document | Refusal]:
    return list(chosen.text_reader(io.BytesIO(raw), "file", TextOptions(**said)))


def read_one(chosen: Format, raw: bytes, **said: Any) -> Document:
    (only,) = read(chosen, raw, **said)
    assert isinstance(only, Document), only
    return only


def refuse(chosen: Format, raw: bytes, **said: Any) -> Refusal:
    (only,) = read(chosen, raw, **said)
    assert isinstance(only, Refusal)
    return only


def name_case(value: object) -> str:
    """The name of a case: bytes of an archive differ from second to second."""
    return value if isinstance(value, str) else value.name if isinstance(value, Format) else ""


def list_blocks(document: Document) -> list[tuple[str, str]]:
    text = document.text or ""
    return [(block.kind, text[block.start : block.end]) for block in document.blocks]


# Word


def test_styles_of_paragraphs_say_the_kinds_of_blocks() -> None:
    paragraphs = [
        ("title", "Talks in Berlin"),
        ("paragraph", "They began on Sunday."),
        ("heading", "What comes next"),
        ("list_item", "A ceasefire"),
        ("list_item", "Guarantees"),
        ("quote", "Nobody signs."),
        ("caption", "Delegates arrive."),
    ]
    document = read_one(DOCX, make_docx(paragraphs))
    assert list_blocks(document) == paragraphs
    assert document.text == (
        "Talks in Berlin\n\nThey began on Sunday.\n\nWhat comes next\n\nA ceasefire\nGuarantees\n\nNobody signs.\n\n"
        "Delegates arrive."
    )


def test_properties_of_a_word_file_are_metadata() -> None:
    made = make_docx(
        [("paragraph", "It rained.")],
        title="Rain",
        author="Ann",
        language="en",
        created=datetime(2026, 3, 4, 10, tzinfo=UTC),
    )
    document = read_one(DOCX, made)
    assert document.title == "Rain"
    assert document.metadata["author"] == "Ann"
    assert document.metadata["language"] == "en"
    assert document.metadata["date"].startswith("2026-03-04T10:00:00")
    assert document.original == made


def test_what_somebody_suggested_to_add_is_read_and_what_to_delete_is_not() -> None:
    raw = replace_part(
        make_docx([("paragraph", "Kyiv agreed.")]),
        "word/document.xml",
        b"Kyiv agreed.</w:t></w:r>",
        b"Kyiv </w:t></w:r><w:ins w:id='1' w:author='a'><w:r><w:t>finally </w:t></w:r></w:ins>"
        b"<w:del w:id='2' w:author='a'><w:r><w:delText>never </w:delText></w:r></w:del><w:r><w:t>agreed.</w:t></w:r>",
    )
    assert read_one(DOCX, raw).text == "Kyiv finally agreed."


def test_cells_of_tables_in_a_word_file_are_read_in_order() -> None:
    import docx

    made = docx.Document()
    made.add_paragraph("Before.")
    table = made.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "one", "two"
    made.add_paragraph("After.")
    file = io.BytesIO()
    made.save(file)
    assert [text for _, text in list_blocks(read_one(DOCX, file.getvalue()))] == [
        "Before.",
        "one",
        "two",
        "After.",
    ]


def replace_part(raw: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """An archive in which a part holds something else."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as source,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.infolist():
            content = source.read(part)
            if part.filename == name:
                assert old in content
                content = content.replace(old, new)
            target.writestr(part.filename, content)
    return file.getvalue()


def add_part(raw: bytes, name: str, content: bytes) -> bytes:
    file = io.BytesIO(raw)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


TYPES = "[Content_Types].xml"
BILLION = (
    b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'>"
    + b"".join(b"<!ENTITY %c '%s'>" % (98 + level, b"&%c;" % (97 + level) * 10) for level in range(12))
    + b"]><w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'><w:body><w:p><w:r><w:t>&m;</w:t></w:r></w:p></w:body></w:document>"
)


@pytest.mark.parametrize(
    ("chosen", "raw", "words"),
    [
        (DOCX, b"", "no .docx file"),
        (DOCX, b"Kyiv agreed.", "no .docx file"),
        (DOCX, OF_OLD_OFFICE + b"\0" * 600, "old version of Word"),
        (DOCX, OF_OLD_OFFICE + b"\0" * 600 + PROTECTED, "password"),
        (SPREADSHEET, OF_OLD_OFFICE + b"\0" * 600, "old version of Excel"),
        (SPREADSHEET, OF_OLD_OFFICE + PROTECTED, "password"),
        (DOCX, make_docx([("paragraph", "a")])[:3_000], "damaged or cut off"),
        (DOCX, make_xlsx([("A", [["text"]])]), "no .docx file"),
        (SPREADSHEET, make_docx([("paragraph", "a")]), "no .xlsx file"),
        (DOCX, add_part(make_docx([("paragraph", "a")]), "word/vbaProject.bin", b"x"), "macros"),
        (SPREADSHEET, add_part(make_xlsx([("A", [["text"]])]), "xl/vbaProject.bin", b"x"), "macros"),
        (
            DOCX,
            replace_part(make_docx([("paragraph", "a")]), TYPES, b"document.main", b"document.macroEnabled.main"),
            "macros",
        ),
        (DOCX, add_part(make_docx([("paragraph", "a")]), "word/media/a.bin", bytes(50_000_000)), "unpacks to far more"),
        (DOCX, make_docx([]), "holds no text"),
    ],
    ids=name_case,
)  # fmt: skip
def test_what_is_no_such_file_or_should_not_be_opened_is_refused_in_a_sentence(
    chosen: Format, raw: bytes, words: str
) -> None:
    assert words in refuse(chosen, raw).message


def test_entities_that_multiply_themselves_in_a_word_file_come_to_nothing() -> None:
    raw = make_docx([("paragraph", "a")])
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        whole = archive.read("word/document.xml")
    [read_] = read(DOCX, replace_part(raw, "word/document.xml", whole, BILLION))
    assert isinstance(read_, Refusal) or len(read_.text or "") < 1_000


# Excel and Parquet


def test_rows_of_a_sheet_are_articles_by_the_names_of_its_columns() -> None:
    rows: list[list[Any]] = [
        ["ID", "Title", "text", "date", "words", None],
        [1, "One", "It rained.\nAgain.", date(2026, 3, 4), 2.0, None],
        [None, None, None, None, None, None],
        ["b", None, "It\tstopped.", None, 2.5, None],
    ]
    first, second = read(SPREADSHEET, make_xlsx([("News", rows)]))
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    assert (first.place, first.id, first.title, first.text) == (
        "file:News:2",
        "1",
        "One",
        "It rained.\nAgain.",
    )
    assert first.metadata == {"date": "2026-03-04", "words": 2}
    assert (second.place, second.id, second.text, second.metadata["words"]) == (
        "file:News:4",
        "b",
        "It\tstopped.",
        2.5,
    )


def test_a_column_of_another_name_holds_the_texts_where_that_is_said() -> None:
    raw = make_xlsx([("A", [["body", "headline"], ["It rained.", "Rain"]])])
    refused = refuse(SPREADSHEET, raw)
    assert (refused.remedy, refused.choices) == (Remedy.TEXT_COLUMN, ("body", "headline"))
    assert refused.samples == ("It rained.", "Rain")
    document = read_one(SPREADSHEET, raw, text_column="body", title_column="headline")
    assert (document.text, document.title) == ("It rained.", "Rain")


def test_sheets_without_texts_are_passed_over_and_named() -> None:
    raw = make_xlsx(
        [
            ("Notes", [["remark"], ["x"]]),
            ("A", [["text"], ["It rained."]]),
            ("B", [["text"], ["It stopped."]]),
        ]
    )
    first, second = read(SPREADSHEET, raw)
    assert isinstance(first, Document)
    assert "Notes" in first.warning
    assert [first.text, second.text if isinstance(second, Document) else ""] == ["It rained.", "It stopped."]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["text"], [""], [7]], ""),
        ([["text", "a"], ["", "x"]], "text is empty"),
        ([["text", "text"], ["a", "b"]], "two columns"),
        ([["text", None], ["a", "stray"]], "without a name"),
        ([], "holds nothing"),
        ([["text"], ["a" * 32_767]], ""),
    ],
)
def test_a_bad_row_of_a_sheet_is_refused_with_its_place(rows: list[list[Any]], words: str) -> None:
    [only] = read(SPREADSHEET, make_xlsx([("A", rows)]))
    if words:
        assert isinstance(only, Refusal)
        assert only.place.startswith("file")
        assert words in only.message
    else:
        assert isinstance(only, Document)


def test_rows_of_a_parquet_file_are_articles() -> None:
    raw = make_parquet(
        {
            "text": ["It rained.", ""],
            "id": [1, 2],
            "made": [datetime(2026, 3, 4, tzinfo=UTC), None],
            "tags": [["a"], None],
        }
    )
    first, second = read(PARQUET, raw)
    assert isinstance(first, Document)
    assert (first.id, first.text) == ("1", "It rained.")
    assert first.metadata == {"made": "2026-03-04T00:00:00+00:00", "tags": ["a"]}
    assert isinstance(second, Refusal)
    assert second.place == "file:2"


@pytest.mark.parametrize(
    "raw", [b"", b"PAR1", make_parquet({"text": ["a"]})[:-9]], ids=["empty", "begun", "cut off"]
)
def test_what_is_no_whole_parquet_file_is_refused(raw: bytes) -> None:
    assert "no whole Parquet file" in refuse(PARQUET, raw).message


# PDF

LEFT = [
    "Representatives met in Ber-",
    "lin on Sunday. A well-known",
    "official said that the talks",
    "would go on for several days",
    "and that no result was near.",
]
RIGHT = [
    "Others were less hopeful and",
    "warned of a well-",
    "known danger: that nobody",
    "would sign what could not be",
    "explained to voters at home.",
]


def test_a_page_in_two_columns_is_read_column_by_column_below_its_title() -> None:
    page = [
        Printed(40, 540, "Talks begin in Berlin", 20),
        *(
            words
            for pair in zip(print_column(40, 500, LEFT), print_column(220, 500, RIGHT), strict=True)
            for words in pair
        ),
    ]
    document = read_one(PDF, make_pdf([page]))
    assert document.text == (
        "Talks begin in Berlin\n\n"
        "Representatives met in Berlin on Sunday. A well-known official said that the talks would go on for several days and "
        "that no result was near.\n\n"
        "Others were less hopeful and warned of a well-known danger: that nobody would sign what could not be explained to "
        "voters at home."
    )
    assert [block.kind for block in document.blocks] == ["title", "paragraph", "paragraph"]


def test_a_divided_word_is_whole_and_its_map_leaves_the_hyphen_out() -> None:
    document = read_one(PDF, make_pdf([print_column(40, 500, LEFT)]))
    place = (document.text or "").index("Berlin")
    assert document.source_map
    (one, two) = document.source_map.find(place, place + len("Berlin"))
    assert one[1] - one[0] == len("Ber")
    assert two[1] - two[0] == len("lin")
    assert two[0] > one[1]


def test_paragraphs_go_on_over_columns_and_pages_and_running_titles_are_left_out() -> None:
    pages = [
        [
            Printed(40, 570, "The Daily, 4 March 2026", 8),
            *print_column(
                40,
                500,
                [
                    f"Page {number} begins with words that fill the line and",
                    "goes on with others until its very end, where the",
                ],
            ),
            Printed(200, 20, str(number), 8),
        ]
        for number in range(1, 5)
    ]
    pages[-1].append(Printed(40, 452, "text stops.", 10))
    text = read_one(PDF, make_pdf(pages)).text or ""
    assert "Daily" not in text
    assert not any(line.strip().isdecimal() for line in text.splitlines())
    assert text.count("Page") == 4


def test_lists_and_headings_of_a_pdf_are_blocks() -> None:
    page = [
        Printed(40, 540, "What comes next", 10, is_bold=True),
        *print_column(
            40, 520, ["The talks go on for several days, the officials say,", "and end before the week does."]
        ),
        *print_column(40, 480, ["• A ceasefire", "• Guarantees"]),
    ]
    assert list_blocks(read_one(PDF, make_pdf([page]))) == [
        ("title", "What comes next"),
        ("paragraph", "The talks go on for several days, the officials say, and end before the week does."),
        ("list_item", "• A ceasefire"),
        ("list_item", "• Guarantees"),
    ]


def test_properties_of_a_pdf_are_metadata() -> None:
    document = read_one(
        PDF,
        make_pdf(
            [[Printed(40, 500, "It rained.")]],
            info="/Title (Rain) /Author (Ann) /CreationDate (D:20260304100000Z)",
        ),
    )
    assert document.title == "Rain"
    assert document.metadata == {"author": "Ann", "date": "2026-03-04"}


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "no PDF"),
        (b"Kyiv agreed.", "no PDF"),
        (make_pdf([[Printed(40, 500, "a")]])[:200], "damaged or cut off"),
        (make_pdf([[]]), "no layer of text"),
        (make_pdf([[Printed(40, 500, "a")]], more=b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O (%s) /U (%s) >> /ID [(aa) (aa)]" % (b"x" * 32, b"y" * 32)), "password"),
    ],
    ids=name_case,
)  # fmt: skip
def test_a_pdf_without_a_text_that_can_be_read_is_refused_in_a_sentence(raw: bytes, words: str) -> None:
    assert words in refuse(PDF, raw).message


def test_pages_without_text_beside_others_are_named() -> None:
    document = read_one(PDF, make_pdf([[Printed(40, 500, "It rained.")], []]))
    assert "not read: 2" in document.warning


def test_a_large_file_is_read_from_a_disk(tmp_path: Path) -> None:
    raw = make_pdf([[Printed(40, 500, "It rained.")]]).replace(
        b"%PDF-1.4\n", b"%PDF-1.4\n%" + b"x" * 17_000_000 + b"\n"
    )
    document = read_one(PDF, raw)
    assert document.original == raw
    assert document.text == "It rained."
