"""Readers keep every byte and every character, and name the file and line of whatever they refuse."""

import codecs
import io
import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.formats.documents import Document
from annotations.formats.errors import Notice, Refusal, RefusedError, Remedy
from annotations.formats.native.jsonl import JSONL
from annotations.formats.office.docx import DOCX
from annotations.formats.pages.html import HTML
from annotations.formats.pages.warc import WARC
from annotations.formats.ports import Format, TextOptions
from annotations.formats.registry import OF_TEXTS, detect_source, find_source
from annotations.formats.tabular.csv import CSV
from annotations.formats.tabular.json_list import JSON_LIST
from annotations.formats.text_files import read_paths
from annotations.formats.texts.text import PLAIN_TEXT as TEXT
from annotations.limits import MAX_TEXT_LENGTH
from tests.unit.formats.readable import READABLE

SEEDS = Path(__file__).resolve().parents[3] / "seeds"
TORTURE = "Kyiv \U0001f468\u200d\U0001f469\u200d\U0001f467\r\nagreed\rto e\u0301 \u202eabc\u2028next\u00a0one\t\x0b.\r\n"


def read(source: Format, raw: bytes, encoding: str | None = None, **said: Any) -> list[Document | Refusal]:
    assert source.read_texts
    return list(source.read_texts(io.BytesIO(raw), "file", TextOptions(encoding=encoding, **said)))


def read_rows(source: Format, raw: bytes, encoding: str | None = None, **said: Any) -> list[Document]:
    rows = read(source, raw, encoding, **said)
    assert not [row for row in rows if isinstance(row, Refusal)]
    return [row for row in rows if isinstance(row, Document)]


def refusal(source: Format, raw: bytes, encoding: str | None = None, **said: Any) -> Refusal:
    (only,) = read(source, raw, encoding, **said)
    assert isinstance(only, Refusal)
    return only


def is_visible(letter: str) -> bool:
    invisible = unicodedata.category(letter) in {"Zs", "Zl", "Zp", "Cc", "Cf", "Co", "Cn", "Mn"}
    return not invisible and letter not in "\u115f\u1160\u2800\u3164\uffa0"


def jsonl(**values: object) -> bytes:
    return json.dumps(values).encode()


# --- plain text ------------------------------------------------------------------------------------------


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_a_text_file_gives_back_its_very_characters(text: str) -> None:
    if not any(map(is_visible, text)) or text.startswith("\ufeff"):
        return
    (row,) = read_rows(TEXT, text.encode())
    assert (row.text, row.original, row.encoding) == (text, text.encode(), "utf-8")


@pytest.mark.parametrize("seed", sorted(SEEDS.glob("*.txt")), ids=lambda path: path.name)
def test_a_seed_article_is_read_byte_for_byte(seed: Path) -> None:
    (row,) = [row for row in read_paths([seed]) if isinstance(row, Document)]
    assert str(row.text).encode() == row.original == seed.read_bytes()
    assert row.place == str(seed)


def test_carriage_returns_emoji_and_odd_line_ends_survive_in_text() -> None:
    assert read_rows(TEXT, TORTURE.encode())[0].text == TORTURE


@pytest.mark.parametrize(
    ("mark", "codec", "name"),
    [
        (codecs.BOM_UTF8, "utf-8", "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16"),
        (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32-be", "utf-32"),
    ],
)
def test_a_byte_order_mark_belongs_to_the_encoding_and_not_to_the_text(
    mark: bytes, codec: str, name: str
) -> None:
    raw = mark + TORTURE.encode(codec)
    (row,) = read_rows(TEXT, raw)
    assert (row.text, row.original, row.encoding) == (TORTURE, raw, name)
    assert row.original.decode(row.encoding) == row.text


def test_a_second_byte_order_mark_is_a_character_of_the_text() -> None:
    assert read_rows(TEXT, codecs.BOM_UTF8 * 2 + b"Kyiv")[0].text == "\ufeffKyiv"


@pytest.mark.parametrize("codec", ["cp1251", "shift_jis"])
def test_a_text_that_is_not_utf8_is_read_as_a_guess_that_says_so(codec: str) -> None:
    text = {
        "cp1251": "Украина готова отказаться от вступления в НАТО в обмен на гарантии безопасности. " * 5,
        "shift_jis": "ウクライナは安全の保証と引き換えに加盟の要求を取り下げる用意があると述べた。" * 5,
    }[codec]
    (row,) = read_rows(TEXT, text.encode(codec))
    assert row.text == text
    assert row.original.decode(row.encoding) == text
    assert "guess" in row.warning


def test_a_named_encoding_is_taken_and_no_guess_is_made() -> None:
    (row,) = read_rows(TEXT, "Café".encode("cp1252"), "cp1252")
    assert (row.text, row.encoding, row.warning) == ("Café", "cp1252", "")


def test_a_named_encoding_that_does_not_fit_is_refused() -> None:
    assert "byte 3 is not utf-8" in refusal(TEXT, "Café!".encode("cp1252"), "utf-8").message


@pytest.mark.parametrize("name", ["klingon", "base64", "undefined", "punycode", "utf-8\0"])
def test_an_encoding_that_does_not_exist_is_refused(name: str) -> None:
    for source in OF_TEXTS:
        if not source.is_extracted or source is HTML:
            assert "no text encoding" in refusal(source, b"Kyiv", name).message


@pytest.mark.parametrize("text", ["\u200b\u00ad", "\u2800 \u3164\n", "\ufeff\u2060\u202e", "\u0301"])
def test_a_text_that_nobody_can_see_is_refused(text: str) -> None:
    assert "no character that can be seen" in refusal(TEXT, b"\xef\xbb\xbf" + text.encode()).message


@pytest.mark.parametrize("raw", [b"", b" \r\n\t", "\u00a0\u2028".encode()])
def test_an_empty_text_is_refused(raw: bytes) -> None:
    assert "empty" in refusal(TEXT, raw).message


def test_a_nul_is_refused_with_its_place() -> None:
    assert "NUL at character 4" in refusal(TEXT, b"Kyiv\0").message


def test_a_text_that_is_too_long_is_refused() -> None:
    assert "split it" in refusal(TEXT, b"a" * (MAX_TEXT_LENGTH + 1)).message


# --- damaged UTF-8 --------------------------------------------------------------------------------------


UTF8 = "Žižkov, Łódź a Kraków: “dohoda” je daleko."


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (UTF8.encode()[:-10] + "é".encode()[:1], len(UTF8.encode()) - 10),
        (UTF8.encode() + b"\xff and more", len(UTF8.encode())),
        ("one\nŽ".encode() + "Ž".encode()[:1], 6),
    ],
)
@pytest.mark.parametrize(
    "source", [known for known in OF_TEXTS if not known.is_extracted], ids=lambda source: source.name
)
def test_utf8_that_is_cut_off_or_damaged_is_refused_with_the_place_of_the_byte(
    source: Format, raw: bytes, place: int
) -> None:
    write = READABLE[source.name].texts
    assert write
    before, first, _ = write(["First."]).partition(b"First.")
    assert first
    quoted = raw.replace(b"\n", b" ").replace("“".encode(), b"").replace("”".encode(), b"")
    bad = refusal(source, before + (quoted if before else raw))
    assert "byte" in bad.message
    assert "UTF-8" in bad.message or "utf-8" in bad.message
    if source is TEXT:
        assert f"byte {place} " in bad.message


def test_utf8_stays_utf8_where_another_encoding_is_named_for_the_files_beside_it() -> None:
    (row,) = read_rows(TEXT, "Préfet décidé".encode(), "cp1252")
    assert (row.text, row.encoding) == ("Préfet décidé", "utf-8")
    assert "not as cp1252" in row.warning


# --- JSON Lines ------------------------------------------------------------------------------------------


def test_a_line_of_json_gives_its_text_title_id_and_everything_else_as_metadata() -> None:
    line = jsonl(
        text=TORTURE,
        title=" A title ",
        id=7,
        author="Sara",
        metadata={"url": "https://example.org", "n": [1]},
    )
    (row,) = read_rows(JSONL, line + b"\r\n")
    assert (row.text, row.title, row.id, row.place) == (TORTURE, "A title", "7", "file:1")
    assert row.metadata == {"author": "Sara", "url": "https://example.org", "n": [1]}
    assert row.original == line + b"\r"


def test_lines_are_counted_as_an_editor_counts_them_and_blank_ones_skipped() -> None:
    raw = (
        jsonl(text="one")
        + b"\n\n"
        + b'{"text": "two\\u2028", "x": "'
        + "\u2028".encode()
        + b'"}\n'
        + jsonl(text="three")
    )
    assert [(row.place, row.text) for row in read_rows(JSONL, raw)] == [
        ("file:1", "one"),
        ("file:3", "two\u2028"),
        ("file:4", "three"),
    ]


def test_a_byte_order_mark_does_not_disturb_the_first_line() -> None:
    rows = read_rows(JSONL, codecs.BOM_UTF8 + jsonl(text="one") + b"\n" + jsonl(text="two"))
    assert [row.text for row in rows] == ["one", "two"]
    assert rows[0].original == jsonl(text="one")


@pytest.mark.parametrize("codec", ["utf-16", "utf-32"])
def test_wide_encodings_are_read_line_by_line_too(codec: str) -> None:
    raw = ('{"text": "one 😀"}\n{"text": "two"}\n').encode(codec)
    rows = read_rows(JSONL, raw)
    assert [(row.place, row.text) for row in rows] == [("file:1", "one 😀"), ("file:2", "two")]
    assert raw.endswith(rows[0].original + rows[1].original)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b'{"text": "a"', "no JSON"),
        (b'{"text": "a"} {"text": "b"}', "no JSON"),
        (b'["a"]', "must hold an object"),
        (b'"a"', "must hold an object"),
        (b"{}", "no 'text'"),
        (b'{"Body": "a"}', "no 'text'"),
        (b'{"text": null}', "it must be a string"),
        (b'{"text": 5}', "it must be a string"),
        (b'{"text": ["a"]}', "it must be a string"),
        (b'{"text": ""}', "empty"),
        (b'{"text": "a", "text": "b"}', "'text' occurs twice"),
        (b'{"text": "a", "Text": "b"}', "two columns 'Text'"),
        (b'{"text": "a", "id": "1", "external_id": "2"}', "two columns"),
        (b'{"text": "a", "x": {"y": 1, "y": 2}}', "'y' occurs twice"),
        (b'{"text": "a", "url": 1, "metadata": {"url": 2}}', "remove one of them"),
        (b'{"text": "a\\u0000b"}', "NUL at character 1"),
        (b'{"text": "a\\ud800b"}', "surrogate pair at character 1"),
        (b'{"text": "a", "title": "\\udc00"}', "surrogate"),
        (b'{"text": "a", "x": {"\\ud800": 1}}', "surrogate"),
        (b'{"text": "a", "x": ["\\u0000"]}', "NUL"),
        (b'{"text": "a", "x": NaN}', "NaN is no JSON"),
        (b'{"text": "a", "x": -Infinity}', "-Infinity is no JSON"),
        (b'{"text": "a", "x": 1e999}', "too large"),
        (b'{"text": "a", "x": ' + b"1" * 5000 + b"}", "too long"),
        (b'{"text": "a", "x": ' + b"[" * 60 + b"]" * 60 + b"}", "nested"),
        (b'{"text": "a", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested"),
        (b'{"text": "a", "title": ["b"]}', "'title' is a list"),
        (b'{"text": "a", "id": true}', "'id' is true or false"),
        (b'{"text": "\xff"}', "not utf-8"),
        (b'{"text": "' + b"a" * 10 + b'", "title": "' + b"t" * 501 + b'"}', "title has 501 characters"),
        (b'{"text": "a", "id": "' + b"i" * 201 + b'"}', "id has 201 characters"),
    ],
)
def test_a_bad_line_is_refused_and_the_others_are_read(line: bytes, why: str) -> None:
    good = jsonl(text="good")
    before, bad, after = read(JSONL, good + b"\n" + line + b"\n" + good)
    assert isinstance(bad, Refusal)
    assert bad.place == "file:2"
    assert why in bad.message
    assert isinstance(before, Document)
    assert isinstance(after, Document)


def test_a_surrogate_pair_written_as_two_escapes_is_one_character() -> None:
    assert read_rows(JSONL, b'{"text": "\\ud83d\\ude00"}')[0].text == "😀"


def test_a_number_that_a_data_frame_made_a_fraction_is_the_whole_number_that_it_was() -> None:
    assert [row.id for row in read_rows(JSONL, b'{"text": "a", "id": 1.0}\n{"text": "b", "id": 2}')] == [
        "1",
        "2",
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("spans", [{"start": 0, "end": 1, "label": "X"}]),
        ("entities", [[0, 1, "X"]]),
        ("label", [[0, 1, "X"]]),
        ("annotations", [{"result": []}]),
    ],
)
def test_annotations_beside_a_text_are_kept_as_metadata_and_it_is_said_that_they_were_not_read(
    name: str, value: object
) -> None:
    (row,) = read_rows(JSONL, jsonl(text="Kyiv agreed.", **{name: value}))
    assert row.metadata == {name: value}
    assert f"{name!r}" in row.warning
    assert "no annotation was made of it" in row.warning


def test_a_task_of_label_studio_gives_what_its_data_hold() -> None:
    (row,) = read_rows(JSONL, jsonl(id=7, data={"text": "Kyiv agreed.", "title": "T", "url": "u"}))
    assert (row.text, row.title, row.id, row.metadata) == ("Kyiv agreed.", "T", "7", {"url": "u"})


# --- a JSON list ------------------------------------------------------------------------------------------


def test_a_list_gives_an_article_an_object_each_with_its_own_bytes() -> None:
    first = '{"text": "Žižkov", "id": 1}'
    rows = read_rows(JSON_LIST, f'\n [{first},\n  {{"body": 1, "text": "b"}} ]\n'.encode())
    assert [(row.text, row.id, row.place) for row in rows] == [("Žižkov", "1", "file:1"), ("b", "", "file:2")]
    assert rows[0].original == first.encode()


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
def test_a_list_with_a_byte_order_mark_is_read_in_its_encoding(codec: str) -> None:
    (row,) = read_rows(JSON_LIST, '[{"text": "Žižkov"}]'.encode(codec))
    assert (row.text, row.original.decode(row.encoding)) == ("Žižkov", '{"text": "Žižkov"}')


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "neither a list"),
        (b'{"text": "a"}', "neither a list"),
        (b'[{"text": "a"}', "does not go on or end"),
        (b'[{"text": "a"} {"text": "b"}]', "does not go on or end"),
        (b'[{"text": "a",}]', "cannot be read on from line 1"),
        (b'[\n{"text": "a"},\n{"text": }]', "cannot be read on from line 3"),
        (b'[{"text": "a"}] x', "after the list"),
        (b"[" + b"[" * 100_000, "nested too deeply"),
        ('[{"text": "caf\u00e9"}]'.encode("cp1252"), "is not utf-8"),
    ],
)
def test_what_is_no_list_is_refused_with_its_line(raw: bytes, why: str) -> None:
    *_, bad = read(JSON_LIST, raw)
    assert isinstance(bad, Refusal)
    assert why in bad.message


def test_an_entry_that_is_no_article_is_refused_by_its_number_and_the_others_are_read() -> None:
    good, bad, empty, last = read(JSON_LIST, b'[{"text": "a"}, "b", {"text": ""}, {"text": "c"}]')
    assert isinstance(good, Document)
    assert isinstance(last, Document)
    assert isinstance(bad, Refusal)
    assert (bad.place, "an entry must hold an object" in bad.message) == ("file:2", True)
    assert isinstance(empty, Refusal)


# --- CSV -------------------------------------------------------------------------------------------------


def test_a_quoted_cell_keeps_its_line_ends_and_a_row_its_bytes_and_first_line() -> None:
    first = b'1,"A ""title""","one\r\ntwo\rthree\nfour, \xf0\x9f\x98\x80"\r\n'
    second = b"2,,five\r\n"
    rows = read_rows(CSV, b"id,title,text\r\n" + first + b"\r\n" + second)
    assert [(row.text, row.title, row.id) for row in rows] == [
        ("one\r\ntwo\rthree\nfour, 😀", 'A "title"', "1"),
        ("five", "", "2"),
    ]
    assert [row.original for row in rows] == [first, second]
    assert [row.place for row in rows] == ["file:2", "file:7"]


def test_columns_without_a_name_and_without_content_are_what_a_spreadsheet_leaves_behind() -> None:
    (row,) = read_rows(CSV, b"id,text,,\n1,Kyiv agreed.,,\n")
    assert (row.id, row.text, row.metadata) == ("1", "Kyiv agreed.", {})
    assert "a column without a name holds 'x'" in refusal(CSV, b"id,text,,\n1,a,,x\n").message


def test_the_column_with_the_text_can_be_named() -> None:
    raw = b"id;Text;Volltext\n1;Teaser;Kyiv agreed.\n"
    (row,) = read_rows(CSV, raw, text_column="Volltext")
    assert (row.text, row.metadata) == ("Kyiv agreed.", {"Text_column": "Teaser"})
    assert read_rows(JSONL, b'{"body": "a"}', text_column="body")[0].text == "a"
    assert read_rows(JSON_LIST, b'[{"body": "a"}]', text_column="body")[0].text == "a"


def test_where_no_column_is_called_text_those_that_there_are_can_be_chosen() -> None:
    bad = refusal(CSV, b"id;body\n1;a\n")
    assert (bad.remedy, bad.choices, bad.samples) == (Remedy.TEXT_COLUMN, ("id", "body"), ("1", "a"))
    assert refusal(CSV, b"id;body\n").samples == ("", "")
    assert refusal(CSV, b'id;body\n"' + b"x" * 200 + b";\n").samples == ("x" * 80 + "…", "")
    bad = refusal(CSV, b"id;body\n1;a\n", text_column="Body")
    assert "no column 'Body'" in bad.message
    assert bad.choices == ("id", "body")
    bad = refusal(JSONL, b'{"id": 1, "body": "a"}')
    assert (bad.choices, bad.samples) == (("id", "body"), ("1", "a"))


def test_a_cell_in_quotes_that_swallows_rows_is_refused_where_tabs_show_it() -> None:
    raw = b'id\ttext\n1\t"He said\n2\tKyiv agreed."\n3\tlast\n'
    bad, last = read(CSV, raw)
    assert isinstance(bad, Refusal)
    assert (bad.place, "runs on to line 3 and holds tabs" in bad.message) == ("file:2", True)
    assert isinstance(last, Document)


def test_a_cell_that_looks_as_if_it_had_swallowed_a_row_is_pointed_out_where_it_may_be_prose() -> None:
    swallowed, prose = read_rows(
        CSV, b'id,text\n1,"He said\n2,Kyiv agreed."\n3,"However,\nhe, and 4, went."\n'
    )
    assert "looks like a row of its own ('2,Kyiv agreed.')" in swallowed.warning
    assert not prose.warning


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiters_line_ends_and_encodings_are_found(delimiter: str, end: str, codec: str) -> None:
    lines = (delimiter.join(cells) for cells in (("Text", "year"), ("Žižkov", "2024"), ("Łódź", "2025")))
    rows = read_rows(CSV, end.join(lines).encode(codec))
    assert [(row.text, dict(row.metadata)) for row in rows] == [
        ("Žižkov", {"year": "2024"}),
        ("Łódź", {"year": "2025"}),
    ]


def test_one_broken_row_does_not_make_a_utf8_file_something_else() -> None:
    rows = read(CSV, "text\nŽižkov\n".encode() + b"Caf\xe9\nlast\n")
    assert [row.place for row in rows] == ["file:2", "file:3", "file:4"]
    assert isinstance(rows[1], Refusal)
    assert "not utf-8" in rows[1].message
    assert isinstance(rows[0], Document)
    assert rows[0].text == "Žižkov"


def test_a_file_without_any_utf8_is_read_as_a_guess() -> None:
    text = "Украина готова отказаться от вступления в НАТО в обмен на гарантии безопасности."
    (row,) = read_rows(CSV, f"text\n{text}\n".encode("cp1251"))
    assert row.text == text
    assert "guess" in row.warning


def test_a_file_goes_beyond_ascii_however_late_and_its_encoding_is_found_from_there() -> None:
    text = "Украина готова отказаться от вступления в НАТО в обмен на гарантии безопасности."
    plain = b"a plain line\n" * 30_000
    assert read_rows(CSV, b"text\n" + plain + f"{text}\n".encode("cp1251"))[-1].text == text
    asked = refusal(CSV, b"text\n" + plain + "il est prêt\n".encode("cp1252"))
    assert "“prêt” in cp1252, “pręt” in cp1250" in asked.message


@pytest.mark.parametrize(
    ("raw", "place", "why"),
    [
        (b"", "file:1", "empty"),
        (b"id,title\n1,a\n", "file:1", "no column 'text'"),
        (b"text,a,a\nx,1,2\n", "file:1", "two columns 'a'"),
        (b"text,Text\nx,y\n", "file:1", "two columns 'Text'"),
        (b"text,a\nx\n", "file:2", "1 cells"),
        (b"text,a\nx,1,2\n", "file:2", "3 cells"),
        (b'text\n"x\ny\n', "file:2", "no CSV"),
        (b'text\n"x"y\n', "file:2", "no CSV"),
        (b"text,id\n,1\n", "file:2", "empty"),
        (b"text\na\0b\n", "file:2", "NUL"),
        (b"\xff\xfet\0e\0", "file:1", "no column 'text'"),
    ],
)
def test_a_bad_table_or_row_is_refused_with_its_place(raw: bytes, place: str, why: str) -> None:
    bad = refusal(CSV, raw)
    assert bad.place == place
    assert why in bad.message


def test_a_very_long_cell_is_read() -> None:
    assert read_rows(CSV, b"text\n" + b"a" * 1_000_000)[0].text == "a" * 1_000_000


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1).filter(
            lambda text: any(map(is_visible, text))
        ),
        min_size=1,
        max_size=5,
    )
)
def test_what_a_csv_writer_writes_is_read_as_it_was(texts: list[str]) -> None:
    quoted = "".join('"' + text.replace('"', '""') + '"\r\n' for text in texts)
    assert [row.text for row in read_rows(CSV, ("text\r\n" + quoted).encode())] == texts


# --- the registry ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.txt", TEXT),
        ("a.JSONL", JSONL),
        ("a.json", JSON_LIST),
        ("a.ndjson", JSONL),
        ("a.csv", CSV),
        ("a.b.TSV", CSV),
        ("a.jsonl.GZ", JSONL),
        ("a.csv.zst", CSV),
        ("a.htm", HTML),
        ("crawl.warc.gz", WARC),
        ("a.docx", DOCX),
    ],
)
def test_a_format_is_known_by_its_suffix(name: str, source: Format) -> None:
    assert detect_source(Path(name)) is source


@pytest.mark.parametrize("name", ["a.unknown", "a", "txt"])
def test_an_unknown_suffix_is_refused_with_the_way_out(name: str) -> None:
    with pytest.raises(RefusedError, match="known by its suffix"):
        detect_source(Path(name))


def test_names_and_suffixes_belong_to_one_format_each() -> None:
    suffixes = [suffix for source in OF_TEXTS for suffix in source.suffixes]
    assert len(set(suffixes)) == len(suffixes)
    assert [find_source(source.name) for source in OF_TEXTS] == list(OF_TEXTS)
    with pytest.raises(RefusedError, match="choose one of"):
        find_source("unknown")


def test_a_folder_gives_the_files_of_known_formats_in_order(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("b")
    (tmp_path / "a.jsonl").write_bytes(jsonl(text="a"))
    (tmp_path / "a.unknown").write_text("no article")
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "c.txt").write_text("c")
    read = list(read_paths([tmp_path]))
    assert [row.text for row in read if isinstance(row, Document)] == ["a", "b", "c"]
    [left_out] = [row for row in read if isinstance(row, Notice)]
    assert left_out.place == str(tmp_path / "a.unknown")
    assert read[-1].place == str(tmp_path / "below" / "c.txt")


def test_what_cannot_be_opened_is_refused_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "empty").mkdir()
    missing, empty, unknown, good = read_paths(
        [tmp_path / "missing.txt", tmp_path / "empty", tmp_path / "a.unknown", tmp_path / "a.txt"]
    )
    assert isinstance(missing, Refusal)
    assert "No such file" in missing.message
    assert isinstance(empty, Refusal)
    assert "no file with" in empty.message
    assert isinstance(unknown, Refusal)
    assert isinstance(good, Document)
