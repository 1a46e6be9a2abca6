"""What every format makes of the beginning of a sample article, file by file, to be read and compared.

Archives, Parquet and DocBin stand here unpacked, as text: their bytes are held by checksums in `test_seeds.py`.
"""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from annotations.formats.canonical import checksum
from annotations.formats.ports import Format, Losses
from annotations.formats.record import RECORD_VERSION, Record
from annotations.formats.registry import WRITTEN
from annotations.markup import Markup
from tests.unit.formats.seeds import submitted_seeds

FOLDER = Path(__file__).parent / "golden" / "seed"
BEGINNING = 900
"""Characters of the shortest sample article, cut after a block, so that each file can be read."""
ANNOTATORS = 2
HOW = """
{path} is not what the format {name} makes of it now. Whoever has files of this format will see the same change, so:
if it is not meant, mend the writer; if it is meant, remake the file with
    .venv/bin/python -c "from tests.unit.formats.test_golden_seeds import write_golden; write_golden('{name}')"
read the difference, note the new checksums with
    .venv/bin/python -c "from tests.unit.formats.test_seeds import write_golden; write_golden('{name}')"
and say in CHANGELOG.md what became of the format. Records have a version: what programs that read version {version} would not
understand makes it {next} (RECORD_VERSION in annotations/formats/record.py).
"""


@cache
def begin_seed() -> tuple[Record, ...]:
    """What two annotators marked in the beginning of the shortest sample article."""
    shortest = min(submitted_seeds(), key=lambda record: len(record.article.text)).article.id
    return tuple(cut(record) for record in submitted_seeds() if record.article.id == shortest)[:ANNOTATORS]


def cut(record: Record) -> Record:
    """A record of the blocks at the beginning of its article, with what was marked in these."""
    blocks = tuple(block for block in record.article.blocks if block.end <= BEGINNING)
    text = record.article.text[: blocks[-1].end]
    digest = sha256(text.encode()).hexdigest()
    spans = tuple(span for span in record.markup.spans if span.end <= len(text))
    keys = {span.key for span in spans}
    links = tuple(link for link in record.markup.relations if {link.source, link.target} <= keys)
    markup = Markup(spans, links, record.markup.fields)
    [by] = record.annotations
    return replace(
        record,
        article=replace(record.article, text=text, sha256=digest, text_sha256=digest, blocks=blocks),
        markup=markup,
        annotations=(replace(by, sha256=checksum(markup.to_json())),),
    )


def show_archive(written: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        return "".join(
            f"===== {name} =====\n{archive.read(name).decode('utf-8')}\n" for name in archive.namelist()
        )


def show_json(value: Any) -> str:
    return f"{json.dumps(value, ensure_ascii=False, indent=1)}\n"


def show_parquet(written: bytes) -> str:
    from pyarrow import parquet

    file = parquet.ParquetFile(io.BytesIO(written))
    schema = file.schema_arrow
    features = json.loads((schema.metadata or {})[b"huggingface"])
    columns = {field.name: str(field.type) for field in schema}
    return show_json({"columns": columns, "huggingface": features, "rows": file.read().to_pylist()})


def show_docbin(written: bytes) -> str:
    """The documents as spaCy reads them: their words, and each group of spans with what is said of it."""
    import spacy
    from spacy.tokens import DocBin

    return show_json(
        [
            {
                "words": [f"{token.text}{token.whitespace_}" for token in doc],
                "groups": {
                    name: {
                        "attributes": group.attrs,
                        "spans": [[span.start, span.end, span.label_, span.id_] for span in group],
                    }
                    for name, group in doc.spans.items()
                },
            }
            for doc in DocBin().from_bytes(written).get_docs(spacy.blank("xx").vocab)
        ]
    )


SHOWN: Mapping[str, Callable[[bytes], str]] = {"parquet": show_parquet, "spacy": show_docbin}
"""How what is no text and no archive is shown, by the extension of its format."""


def show(chosen: Format) -> tuple[str, bytes]:
    """The golden file of a format: its name, and what has to be in it."""
    lines = (record.to_line() for record in begin_seed())
    written = b"".join(chosen.write_lines(lines, losses=Losses()))
    if zipfile.is_zipfile(io.BytesIO(written)):
        return f"seed.{chosen.extension}.txt", show_archive(written).encode()
    if chosen.extension in SHOWN:
        return f"seed.{chosen.extension}.txt", SHOWN[chosen.extension](written).encode()
    return f"seed.{chosen.extension}", written


def write_golden(*names: str) -> None:
    """Write the golden files of these formats, or of all; what changed is to be read before it is committed."""
    for chosen in WRITTEN:
        if not names or chosen.name in names:
            name, content = show(chosen)
            (FOLDER / name).write_bytes(content)


@pytest.mark.parametrize("chosen", WRITTEN, ids=lambda chosen: chosen.name)
def test_a_format_makes_of_a_sample_article_what_it_ever_made(chosen: Format) -> None:
    name, content = show(chosen)
    path = FOLDER / name
    kept = path.read_bytes() if path.exists() else b""
    how = HOW.format(path=path, name=chosen.name, version=RECORD_VERSION, next=RECORD_VERSION + 1)
    assert content.decode() == kept.decode(), how


def test_there_is_a_file_for_each_format_and_no_other() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {show(chosen)[0] for chosen in WRITTEN}


def test_the_beginning_of_the_sample_needs_what_formats_hold() -> None:
    for record in begin_seed():
        assert record.article.text
        assert record.markup.spans
        assert any(span.attributes for span in record.markup.spans)
    assert any(record.markup.relations for record in begin_seed())
    assert any(record.markup.fields for record in begin_seed())
