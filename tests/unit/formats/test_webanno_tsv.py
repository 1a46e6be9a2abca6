"""What INCEpTION exports as WebAnno TSV 3 is read as it means it, and what a corpus cannot hold is counted."""

import zipfile
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.agreement import Corpus, InvalidCorpusError, read_file, read_files
from annotations.formats.documents import Document, Judgement
from annotations.formats.errors import RefusedError
from annotations.formats.files.bundles import Bundle, BundledFile, open_bundle
from annotations.formats.ports import Losses, ReadingOptions
from annotations.formats.registry import recognise_bundle
from annotations.formats.uima import webanno_tsv
from annotations.formats.uima.webanno_tsv import (
    BEGIN,
    CHAIN_LINKS,
    EMPTY,
    ON_RELATIONS,
    UNPLACED,
    WEBANNO_TSV,
    read_tsv,
)
from annotations.markup import Markup, Relation
from annotations.spans import Span
from tests.unit.formats.test_bundles import fill, list_spans, pack

HEAD = """#FORMAT=WebAnno TSV 3.3
#T_SP=x.Entity|identifier|value
#T_SP=x.Cue|kind
#T_RL=x.Holds|type|BT_x.Entity


"""
GLOBE = "\N{GLOBE WITH MERIDIANS}"
WHOLE = (
    HEAD
    + f"""#Text=Kyiv {GLOBE} agreed .
1-1\t0-4\tKyiv\tQ1899\tPlace\t_\t_\t_\t
1-2\t5-7\t{GLOBE}\t_\t_\t*\t_\t_\t
1-3\t8-14\tagreed\t_|*[3]\tActor[2]|Act[3]\t_\tof|to\t1-1[0_2]|1-1[0_3]\t
1-4\t15-16\t.\t_\tActor[2]\tstop\\_it\t_\t_\t

#Text=Yes .
2-1\t18-21\tYes\t_\tActor[2]\t_\t_\t_\t
2-2\t22-23\t.\t_\t_\t_\t_\t_\t
"""
)
TEXT = f"Kyiv {GLOBE} agreed .  Yes ."


def export(label: str) -> str:
    return f"#FORMAT=WebAnno TSV 3.3\n#T_SP=x.Entity|value\n\n\n#Text=Kyiv .\n1-1\t0-4\tKyiv\t{label}\t\n1-2\t5-6\t.\t_\t\n"


def read(content: str) -> Document:
    raw = content.encode()
    file = BundledFile("news/ann.tsv", "news/ann.tsv", len(raw), partial(BytesIO, raw))
    [document] = read_tsv(Bundle("news", "news", {file.name: file}, is_alone=True), ReadingOptions())
    return document


def test_spans_attributes_and_relations_are_read_at_their_code_points() -> None:
    document = read(WHOLE)
    markup = document.judgements["ann"].markup
    assert (document.id, document.text) == ("news", TEXT)
    assert [(TEXT[span.start : span.end], span.label, dict(span.attributes)) for span in markup.spans] == [
        ("Kyiv", "Place", {"identifier": "Q1899"}),
        (GLOBE, "Cue", {}),
        ("agreed .  Yes", "Actor", {}),
        ("agreed", "Act", {}),
        (".", "stop_it", {}),
    ]
    assert markup.relations == (Relation("0", "2", "of"), Relation("0", "3", "to"))
    assert not any(document.left_out.values())


def test_what_a_corpus_cannot_hold_is_counted() -> None:
    document = read(
        "#FORMAT=WebAnno TSV 3.2\n#T_SP=x.Host|ROLE_x.Host:links_x.Link|x.Any\n#T_CH=x.Coref|relation|type\n"
        "#T_RL=x.Dependency|kind|BT_x.Token\n\n#Text=Yes .\n"
        "1-1\t0-3\tYes\tp1;p2\t1-2;1-2\t*->1-1\t*[1]\t_\t_\t\n"
        "1-2\t4-5\t.\t_\t_\t_\t_\tpunct\t1-1\t\n1-2.1\t5-5\t\t*\t_\t_\t_\t_\t_\t\n"
    )
    assert document.left_out == {CHAIN_LINKS: 1, UNPLACED: 3, EMPTY: 1}
    [span] = document.judgements["ann"].markup.spans
    assert (span.start, span.end, span.label, span.attributes) == (0, 3, "Host", ())


def test_what_fills_a_slot_is_a_relation_of_its_role_and_other_features_of_relations_are_counted() -> None:
    document = read(
        "#FORMAT=WebAnno TSV 3.3\n#T_SP=x.Any|value\n#T_SP=x.Host|ROLE_x.Host:links_x.Link|x.Any\n"
        "#T_RL=x.Holds|value|sure|BT_x.Any\n\n#Text=Kyiv agreed .\n"
        "1-1\t0-4\tKyiv\tPlace\t_\t_\tof\tyes\t1-2\t\n1-2\t5-11\tagreed\tAct\tp\\;1;*\t1-1;1-2\t_\t_\t_\t\n"
        "1-3\t12-13\t.\t_\t_\t_\t_\t_\t_\t\n"
    )
    markup = document.judgements["ann"].markup
    assert [(span.label, span.key) for span in markup.spans] == [("Place", "0"), ("Act", "1"), ("Host", "2")]
    assert set(markup.relations) == {
        Relation("2", "0", "p;1"),
        Relation("2", "1", "links"),
        Relation("1", "0", "of"),
    }
    assert document.left_out == {ON_RELATIONS: 1}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("1-1\t0-4\tKyiv\t_\t_\t_\t_\t\n", "line 8: there are 4 cells behind the token, but 5 columns"),
        ("1-1\t1-5\tKyivs\t_\t_\t_\t_\t_\t\n", "line 8: the token 'Kyivs' does not stand at"),
        ("1-1\t0-4\tKyiv\ta|b\tc\t_\t_\t_\t\n", "line 8: the columns of Entity have different numbers"),
        ("1-1\t0-4\tKyiv\t_\t_\t_\tof\tthere\t\n", "line 8: the end of Holds is no reference"),
        ("Kyiv\tO\n", "line 8: .* is no line of WebAnno TSV 3"),
    ],
)
def test_a_line_that_cannot_be_is_refused_with_its_place(row: str, message: str) -> None:
    with pytest.raises(RefusedError, match=f"ann.tsv: {message}"):
        read(HEAD + "#Text=Kyiv .\n" + row)


def test_a_file_of_endless_lines_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for line in ("1-1\t0-4\tKyiv\t" + "_|" * 60_000, "#T_SP=x" + "|" * 100_000):
        with pytest.raises(RefusedError, match=r"line 7: .*each of 100,000 characters besides the text"):
            read(HEAD + line)
    monkeypatch.setattr(webanno_tsv, "MAX_ROWS", 7)
    with pytest.raises(RefusedError, match="line 8: a file has at most 7 lines"):
        read(WHOLE)


def test_a_sentence_that_lies_within_another_or_far_away_is_refused() -> None:
    for start in (2, 99_999_999):
        again = f"#Text=Kyiv\n2-1\t{start}-{start + 4}\tKyiv\t_\t\n"
        with pytest.raises(RefusedError, match=r"line 11: the sentence 'Kyiv' cannot begin at"):
            read(export("_") + "\n\n" + again)


def test_an_export_of_a_project_has_a_folder_a_document_and_a_file_an_annotator(tmp_path: Path) -> None:
    files = {
        "annotation/1.txt/ann.tsv": export("Place"),
        "annotation/1.txt/bob.tsv": export("_"),
        "annotation/2.txt/ann.tsv": export("Person"),
        "curation/1.txt/CURATION_USER.tsv": export("Place"),
        "source/1.txt": "Kyiv .",
        "exportedproject.json": "{}",
    }
    path = pack(tmp_path / "project.zip", files)
    with open_bundle(path) as bundle:
        assert recognise_bundle(bundle) is WEBANNO_TSV
    corpus = read_file(path)
    assert isinstance(corpus, Corpus)
    assert (corpus.documents, corpus.annotators) == (("1.txt", "2.txt"), ("ann", "bob"))
    assert corpus.completed.tolist() == [[True, True], [True, False]]
    assert [span[4] for span in list_spans(corpus)] == ["Place", "Person"]
    assert corpus.left_out == {"curated versions": 1}
    with open_bundle(path) as bundle:
        first, second = read_tsv(bundle, ReadingOptions())
    assert first.gold is not None
    assert [span.label for span in first.gold.spans] == ["Place"]
    assert second.gold is None


def test_files_of_one_text_are_by_annotators_and_folders_of_several_texts_are_too(tmp_path: Path) -> None:
    expected = {("ann", "Place"), ("bob", "Person")}
    other = export("_").replace("Kyiv", "Lviv")
    layouts = [
        {"ann.tsv": export("Place"), "bob.tsv": export("Person")},
        {"ann/1.tsv": export("Place"), "bob/1.tsv": export("Person"), "bob/2.tsv": other},
    ]
    for place, files in enumerate(layouts):
        folder = fill(tmp_path / str(place), files)
        assert {(span[1], span[4]) for span in list_spans(read_file(folder))} == expected
    named = read_files([tmp_path / "0" / "ann.tsv", tmp_path / "0" / "bob.tsv"])
    assert {(span[1], span[4]) for span in list_spans(named)} == expected


def test_texts_that_differ_between_annotators_are_refused(tmp_path: Path) -> None:
    files = {
        "annotation/1.txt/ann.tsv": export("_"),
        "annotation/1.txt/bob.tsv": export("_").replace("Kyiv", "Lviv"),
    }
    with pytest.raises(
        InvalidCorpusError, match=r"bob\.tsv: document '1\.txt': the text is not that of .*ann"
    ):
        read_file(fill(tmp_path, files))


def write(*documents: Document) -> dict[str, str]:
    losses = Losses()
    assert WEBANNO_TSV.write
    written = b"".join(WEBANNO_TSV.write(documents, losses=losses))
    with zipfile.ZipFile(BytesIO(written)) as archive:
        return {
            "losses": "; ".join(losses.describe()),
            **{one: archive.read(one).decode() for one in archive.namelist()},
        }


def test_spans_within_tokens_stacked_and_linked_are_written_as_inception_has_them() -> None:
    text = f"Kyiv {GLOBE} agreed.\nYes\\no."
    markup = Markup(
        (
            Span(0, 4, "Place", (("who says", "a|b"),), "a"),
            Span(7, 10, "Act_1", (), "b"),
            Span(0, 13, "Claim", (), "c"),
        ),
        (Relation("b", "a", "of"),),
    )
    files = write(Document(id="7", text=text, judgements={"A": Judgement(markup)}))
    assert files["annotation/7/A.tsv"] == (
        "#FORMAT=WebAnno TSV 3.3\n#T_SP=webanno.custom.Span|value|who_says\n"
        "#T_RL=webanno.custom.Relation|value|BT_webanno.custom.Span\n\n\n"
        f"#Text=Kyiv {GLOBE} agreed.\n#Text=\n"
        "1-1\t0-4\tKyiv\tClaim[1]|Place[2]\t*[1]|a\\|b[2]\tof\t1-3.1[3_2]\t\n"
        f"1-2\t5-7\t{GLOBE}\tClaim[1]\t*[1]\t_\t_\t\n"
        "1-3\t8-14\tagreed\tClaim[1]\t*[1]\t_\t_\t\n"
        "1-3.1\t8-11\tagr\tAct\\_1[3]\t*[3]\t_\t_\t\n"
        "1-4\t14-15\t.\t_\t_\t_\t_\t\n"
        "\n#Text=Yes\\\\no.\n"
        "2-1\t16-19\tYes\t_\t_\t_\t_\t\n2-2\t19-20\t\\\\\t_\t_\t_\t_\t\n"
        "2-3\t20-22\tno\t_\t_\t_\t_\t\n2-4\t22-23\t.\t_\t_\t_\t_\t\n"
    )
    assert files["losses"] == "1 name with characters that it cannot have rewritten"


def test_a_line_break_before_the_first_word_is_a_blank_and_is_counted() -> None:
    files = write(Document(id="7", text="\n Kyiv", gold=Markup()))
    assert files["curation/7/CURATION_USER.tsv"].endswith("#Text=Kyiv\n1-1\t2-6\tKyiv\t\n")
    assert files["losses"] == "1 line break before the first word written as a blank"


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_whatever_happens_to_a_file_it_is_read_or_refused_with_its_place(data: st.DataObject) -> None:
    raw = bytearray(WHOLE.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(raw)))
        end = data.draw(st.integers(start, min(len(raw), start + 6)))
        raw[start:end] = data.draw(
            st.binary(max_size=4)
            | st.sampled_from([b"\t", b"\n", b"|", b"[1]", b"\\", b"_", b"*", b"1-1", b"9"])
        )
    raw[: len(BEGIN)] = BEGIN
    file = BundledFile("ann.tsv", "ann.tsv", len(raw), partial(BytesIO, bytes(raw)))
    try:
        [document] = read_tsv(Bundle("all", "all", {"ann.tsv": file}, is_alone=True), ReadingOptions())
    except RefusedError as error:
        assert "ann" in str(error)  # noqa: PT017
    else:
        for judgement in document.judgements.values():
            assert all(
                0 <= span.start < span.end <= len(document.text or "") for span in judgement.markup.spans
            )
