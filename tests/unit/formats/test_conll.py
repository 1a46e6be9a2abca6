"""CoNLL-U Plus is read as it was written, and refused with the line where it cannot be."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.agreement import InvalidCorpusError, read_file
from annotations.agreement.data.corpus import Corpus
from annotations.formats.documents import Document
from annotations.formats.errors import RefusedError
from annotations.formats.files.bundles import open_bundle
from annotations.formats.ports import Losses
from annotations.formats.record import AnnotationReference, Record
from annotations.formats.registry import find_format, recognise_bundle
from annotations.formats.training.conll import read_conll
from annotations.markup import Markup
from annotations.spans import Span
from tests.unit.formats.samples import news_record, plain_record, sample_records


def submitted(record: Record, annotator: str, *spans: Span) -> Record:
    return replace(
        record,
        status="submitted",
        markup=Markup(tuple(replace(span, key=str(place)) for place, span in enumerate(spans))),
        annotations=(AnnotationReference(annotator, 1, "a" * 64),),
    )


def write(*records: Record) -> str:
    lines = (record.to_line() for record in records)
    return b"".join(find_format("conll").write_lines(lines, losses=Losses())).decode()


def read(written: str) -> list[Document]:
    return list(read_conll(enumerate(written.split("\n"), start=1)))


def test_what_is_written_is_read_but_for_the_white_space_and_what_was_counted() -> None:
    documents = read(write(*sample_records()))
    for document, record in zip(documents, sample_records(), strict=True):
        assert document.id == f"article {record.article.id}, round {record.round}"
        assert document.text == re.sub(r"\s", " ", record.article.text).rstrip()
        assert document.labels == record.scheme.labels
        assert (document.status, document.annotators) == (record.status, record.annotators)
    assert documents[1].gold is not None
    assert sorted(documents[1].gold.spans) == sorted(plain_record().markup.spans)
    assert documents[0].blocks == news_record().article.blocks


def test_copies_of_several_annotators_are_one_document_and_can_be_compared(tmp_path: Path) -> None:
    claim, source = Span(21, 29, "Claim"), Span(14, 20, "Source")
    path = tmp_path / "annotations.conllup"
    path.write_text(
        write(submitted(plain_record(), "A", claim, source), submitted(plain_record(), "B", claim)),
        encoding="utf-8",
        newline="",
    )
    with open_bundle(path) as bundle:
        assert recognise_bundle(bundle) is find_format("conll")
    corpus = read_file(path)
    assert isinstance(corpus, Corpus)
    assert (len(corpus.documents), len(corpus.annotators), corpus.n_spans) == (1, 2, 3)
    assert list(corpus.labels) == ["Claim", "Source", "Stance"]


def test_a_label_with_a_blank_keeps_its_name() -> None:
    scheme = replace(plain_record().scheme, labels=("Big claim", "100%"))
    record = replace(
        submitted(plain_record(), "A", Span(0, 5, "Big claim"), Span(6, 12, "100%")), scheme=scheme
    )
    [document] = read(write(record))
    assert document.labels == scheme.labels
    assert [span.label for span in document.judgements["A"].markup.spans] == ["Big claim", "100%"]


def test_gold_is_refused_where_annotators_are_compared(tmp_path: Path) -> None:
    path = tmp_path / "gold"
    path.write_text(write(plain_record()), encoding="utf-8")
    with pytest.raises(InvalidCorpusError, match="so this is gold"):
        read_file(path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "# global.columns = ID FORM START END",
            "# global.columns = ID FORM",
            "first columns must be ID FORM START END",
        ),
        ("# newdoc id = 2", "# newdoc id = ", "line 2: a document has no id"),
        ("1\tTalks\t0\t5", "1\tTalks\t0", "line 10: there are 6 cells, but 7 columns"),
        ("1\tTalks\t0\t5", "1\tTalks\t0\t4", "line 10: the token 'Talks' does not stand at"),
        ("2\tresume\t6\t12", "2\tresume\t3\t9", "line 11: the token 'resume' does not stand at"),
        ("1\tTalks\t0\t5", "1\tTalks\tx\t5", "must be whole numbers"),
        ("B-Claim", "X-Claim", "line 16: the tag 'X-Claim' is neither O nor B- or I-"),
        ("B-Claim", "I-Claim", "line 16: the tag 'I-Claim' is neither"),
        ("# status = agreed", "# status = submitted", "names 0 annotators"),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(old: str, new: str, message: str) -> None:
    written = write(plain_record()).replace("# annotators = A\n", "# annotators = \n")
    assert old in written
    with pytest.raises(RefusedError, match=re.escape(message)):
        read(written.replace(old, new, 1))


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_whatever_happens_to_a_file_is_read_or_refused(data: st.DataObject) -> None:
    written = write(news_record(), submitted(plain_record(), "A", Span(0, 5, "Claim")))
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(written)))
        end = data.draw(st.integers(start, min(len(written), start + 30)))
        written = written[:start] + data.draw(st.text(max_size=5) | st.sampled_from("\n\t#")) + written[end:]
    assert _try(written)


def _try(written: str) -> str:
    try:
        return f"{len(read(written))} documents"
    except RefusedError as error:
        return str(error)


def test_a_document_is_given_while_later_ones_are_unread() -> None:
    taken = []
    records = [*sample_records(), *sample_records()]

    def lines() -> Iterator[tuple[int, str]]:
        for number, line in enumerate(write(*records).split("\n"), start=1):
            taken.append(line)
            yield number, line

    next(read_conll(lines()))
    assert sum(line.startswith("# newdoc") for line in taken) == 3
