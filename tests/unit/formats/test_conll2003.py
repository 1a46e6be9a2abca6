"""Files of a token a line with one tag are read in every spelling of tags, and as they are written here."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.agreement import Corpus, InvalidCorpusError, read_file, read_files
from annotations.formats.documents import UNKNOWN, Document
from annotations.formats.errors import RefusedError
from annotations.formats.files.bundles import open_bundle
from annotations.formats.places.tokens import find_tokens
from annotations.formats.ports import Losses
from annotations.formats.registry import find_format, recognise_bundle
from annotations.formats.training.conll2003_reader import COPIES, read_conll2003
from tests.unit.formats.samples import plain_record, sample_records
from tests.unit.formats.test_bundles import fill, list_spans


def read(*lines: str) -> list[Document]:
    return list(read_conll2003(enumerate(lines, start=1)))


def mark(tags: str) -> list[tuple[str, str]]:
    """The words and labels of the spans that these tags make of a, b, c and so on; `/` is an empty line."""
    letters = iter("abcdefgh")
    [document] = read(*("" if tag == "/" else f"{next(letters)} {tag}" for tag in tags.split()))
    text = document.text or ""
    return [(text[span.start : span.end], span.label) for span in document.judgements[UNKNOWN].markup.spans]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("B-X I-X O B-Y", [("a b", "X"), ("d", "Y")]),
        ("I-X I-X B-X O I-Y", [("a b", "X"), ("c", "X"), ("e", "Y")]),
        ("B-X I-X L-X U-X U-X O", [("a b c", "X"), ("d", "X"), ("e", "X")]),
        ("B-X E-X S-Y S-Y", [("a b", "X"), ("c", "Y"), ("d", "Y")]),
        ("B-X M-X E-X I-X", [("a b c", "X"), ("d", "X")]),
        ("B-X I-Y I-X", [("a", "X"), ("b", "Y"), ("c", "X")]),
        ("B-X / I-X", [("a", "X"), ("b", "X")]),
        ("O O", []),
        ("B-a-b I-a-b", [("a b", "a-b")]),
    ],
)
def test_a_span_goes_on_as_far_as_its_tags_say_in_every_spelling(
    tags: str, expected: list[tuple[str, str]]
) -> None:
    assert mark(tags) == expected


def test_documents_begin_with_their_line_and_tokens_are_parted_by_blanks() -> None:
    documents = read(
        "-DOCSTART- -X- O O", "", "EU NNP B-NP I-ORG", "a\tO", "", "Yes O", "-DOCSTART- O", "No O"
    )
    assert [(document.id, document.text) for document in documents] == [("1", "EU a\nYes"), ("2", "No")]


@pytest.mark.parametrize("line", ["Kyiv", "Kyiv Place", "Kyiv B-", "\tO", "Kyiv X-Place"])
def test_a_line_without_a_tag_is_refused_with_its_place(line: str) -> None:
    with pytest.raises(RefusedError, match=r"^line 2: .* is no token with a tag in its last column"):
        read("a O", line)


def test_a_line_that_is_too_long_for_a_token_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="line 1: the line has more than 100,000 characters"):
        read("a " * 60_000 + "O")
    path = fill(tmp_path, {"a.conll": "a O\n" * 2_000 + "a" * 40_000_000}) / "a.conll"
    with pytest.raises(InvalidCorpusError, match="line 2001 has more than 33,554,432 bytes"):
        read_file(path)


@pytest.mark.parametrize("name", ["conll2003-bio", "conll2003-bilou"])
def test_what_is_written_is_read_but_for_the_text_between_tokens_and_what_was_counted(
    name: str, tmp_path: Path
) -> None:
    path = tmp_path / "gold.conll"
    records = sample_records()
    lines = (record.to_line() for record in records)
    path.write_bytes(b"".join(find_format(name).write_lines(lines, losses=Losses())))
    with open_bundle(path) as bundle:
        assert recognise_bundle(bundle) is find_format("conll2003-bio")
    corpus = read_file(path)
    assert isinstance(corpus, Corpus)
    assert corpus.texts is not None
    for text, record in zip(corpus.texts, records, strict=True):
        written = record.article.text
        assert text.split() == [written[start:end] for start, end in find_tokens(written)]
    plain = plain_record()
    found = [span for span in list_spans(corpus) if span[0] == "2"]
    assert [(corpus.texts[1][start:end], label) for _, _, start, end, label in found] == [
        (plain.article.text[span.start : span.end], span.label) for span in sorted(plain.markup.spans)
    ]


@given(
    lengths=st.lists(st.integers(1, 5), min_size=1, max_size=8),
    spelling=st.sampled_from(["BIILU", "BIIES", "BIIIB"]),
)
def test_spans_side_by_side_come_back_from_every_spelling(lengths: Sequence[int], spelling: str) -> None:
    begin, inside, last, single = spelling[0], spelling[1], spelling[3], spelling[4]
    tags = [
        tag
        for length in lengths
        for tag in ([single] if length == 1 else [begin, *[inside] * (length - 2), last])
    ]
    [document] = read(*(f"w {tag}-X" for tag in tags))
    found = [span.end - span.start for span in document.judgements[UNKNOWN].markup.spans]
    assert found == [2 * length - 1 for length in lengths]


def test_files_of_two_annotators_can_be_compared(tmp_path: Path) -> None:
    files = {
        "ann.conll": "Kyiv B-Place\nagreed O\n",
        "bob.conll": "\ufeffKyiv U-Place\r\nagreed U-Stance\r\n",
    }
    folder = fill(tmp_path, files)
    expected = [("1", "ann", 0, 4, "Place"), ("1", "bob", 0, 4, "Place"), ("1", "bob", 5, 11, "Stance")]
    assert list_spans(read_files([folder / name for name in files])) == expected
    assert list_spans(read_file(folder)) == expected


def test_copies_whose_annotators_have_no_names_are_counted_and_not_guessed(tmp_path: Path) -> None:
    copy = "-DOCSTART- -X- -X- O\n\nKyiv -X- -X- B-Place\n\n"
    corpus = read_file(fill(tmp_path, {"all.conll": copy * 3}) / "all.conll")
    assert isinstance(corpus, Corpus)
    assert (corpus.annotators, corpus.left_out) == ((UNKNOWN,), {COPIES: 2})


def test_a_file_of_words_is_none_of_tags(tmp_path: Path) -> None:
    for content in ("Kyiv agreed\n", "Kyiv O\nagreed indeed\n", "\n\n", "", "O\n"):
        with pytest.raises(InvalidCorpusError, match="is not JSON"):
            read_file(fill(tmp_path, {"a.txt": content}) / "a.txt")
