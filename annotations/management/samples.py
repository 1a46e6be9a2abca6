"""Annotations written by hand as quotes: `{"quote": "...", "occurrence": 2}` in place of offsets."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotations.markup import Markup, Relation, sort_pairs
from annotations.spans import InvalidSpanError, Span, find_occurrence


class InvalidSampleError(ValueError):
    """A sample annotation does not fit its article; the message names the file and the quote."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One reader's annotation of one article, named by its file."""

    article: str
    annotator: str
    content: Mapping[str, Any]
    path: Path

    def to_markup(self, text: str) -> Markup:
        """Find each quote in the article and compute its offsets."""
        return Markup(
            spans=tuple(self._find(span, text) for span in self.content["spans"]),
            relations=tuple(
                Relation(source=relation["source"], target=relation["target"], kind=relation["kind"])
                for relation in self.content["relations"]
            ),
            fields=sort_pairs(self.content["fields"]),
        )

    def _find(self, span: Mapping[str, Any], text: str) -> Span:
        try:
            start, end = find_occurrence(text, span["quote"], span.get("occurrence", 1))
        except InvalidSpanError as error:
            raise InvalidSampleError(f"{self.path}, span {span['key']}: {error}") from error
        return Span(start, end, span["label"], sort_pairs(span.get("attributes", {})), span["key"])


def read_samples(folder: Path) -> list[Sample]:
    """Every sample below a folder, by article and annotator."""
    samples = []
    for path in sorted(folder.glob("*/*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        samples.append(Sample(content["article"], content["annotator"], content, path))
    return samples
