"""The five sample articles with their sample annotations as records, made without a database."""

import hashlib
import re
from functools import cache
from itertools import groupby
from pathlib import Path

from annotations.formats.canonical import checksum
from annotations.formats.documents import Block
from annotations.formats.record import (
    AnnotationReference,
    Record,
    SchemeReference,
    SourceArticle,
    name_annotator,
)
from annotations.management.samples import read_samples
from annotations.schemes.definition import load_shipped

SEEDS = Path(__file__).parents[3] / "seeds"
LINE = re.compile(r"[^\r\n]+")


@cache
def submitted_seeds() -> tuple[Record, ...]:
    """A record for each annotator of each article."""
    scheme = load_shipped("argument-v1")
    reference = SchemeReference(
        scheme.name, str(scheme.version), scheme.sha256, tuple(label.name for label in scheme.labels)
    )
    samples = sorted(
        read_samples(SEEDS / "annotations"), key=lambda sample: (sample.article, sample.annotator)
    )
    letters = {
        name: name_annotator(place)
        for place, name in enumerate(sorted({sample.annotator for sample in samples}))
    }
    records = []
    for number, (name, group) in enumerate(groupby(samples, key=lambda sample: sample.article), start=1):
        path = SEEDS / name
        raw = path.read_bytes()
        text, digest = raw.decode(), hashlib.sha256(raw).hexdigest()
        blocks = tuple(Block(*line.span(), "paragraph") for line in LINE.finditer(text))
        article = SourceArticle(
            number,
            (blocks and text[blocks[0].start : blocks[0].end]) or "",
            text,
            digest,
            digest,
            blocks=blocks,
        )
        for sample in group:
            markup = sample.to_markup(text)
            by = AnnotationReference(letters[sample.annotator], 1, checksum(markup.to_json()))
            records.append(
                Record(
                    article=article,
                    scheme=reference,
                    markup=markup,
                    status="submitted",
                    round=1,
                    annotations=(by,),
                )
            )
    return tuple(records)
