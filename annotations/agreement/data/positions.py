"""Other units of text than the character: spans counted in tokens or in words."""

import re
from dataclasses import replace

import numpy as np

from annotations.agreement.data.corpus import Corpus
from annotations.agreement.errors import InvalidOptionError

UNITS = ("character", "token", "word")
PATTERNS = {
    "token": re.compile(r"\w+|[^\w\s]"),
    "word": re.compile(r"\S+"),
}


def count_in(corpus: Corpus, unit: str) -> Corpus:
    r"""The corpus with positions of another unit.

    A token is a run of letters, digits and underscores, or one other character that is no space; a word is a run of
    anything but spaces. A span covers each position of which it covers a character; a span of spaces alone covers none
    and is left out, and counted.

    Parameters
    ----------
    corpus : Corpus
        With texts, unless the unit is the character.
    unit : 'character', 'token' or 'word'

    Raises
    ------
    InvalidOptionError
        The unit is unknown or the corpus has no texts.

    Examples
    --------
    >>> from annotations.agreement import read_plain
    >>> span = {"start": 4, "end": 9, "label": "A"}
    >>> corpus = read_plain({"documents": [{"id": "d", "text": "Not so fast.", "annotators": {"a": [span]}}]})
    >>> counted = count_in(corpus, "token")
    >>> counted.lengths.tolist(), counted.start.tolist(), counted.end.tolist()
    ([4], [1], [3])
    """
    if unit == "character":
        return corpus
    if unit not in UNITS:
        raise InvalidOptionError(f"there is no unit {unit!r}; choose from {', '.join(UNITS)}")
    if corpus.texts is None:
        raise InvalidOptionError(
            f"the unit {unit!r} needs the text of every document; give texts or count characters"
        )
    start, end, lengths = corpus.start.copy(), corpus.end.copy(), corpus.lengths.copy()
    borders = np.searchsorted(corpus.document, np.arange(len(corpus.documents) + 1))
    for document, text in enumerate(corpus.texts):
        found = [match.span() for match in PATTERNS[unit].finditer(text)]
        begins = np.array([place[0] for place in found], dtype=np.int64)
        ends = np.array([place[1] for place in found], dtype=np.int64)
        rows = slice(int(borders[document]), int(borders[document + 1]))
        start[rows] = np.searchsorted(ends, corpus.start[rows], side="right")
        end[rows] = np.searchsorted(begins, corpus.end[rows], side="left")
        lengths[document] = len(found)
    kept = np.flatnonzero(start < end)
    if len(kept) < corpus.n_spans:
        gone = np.bincount(corpus.document[start >= end], minlength=len(corpus.documents)).tolist()
        of_reason = {name: number for name, number in zip(corpus.documents, gone, strict=True) if number}
        corpus = replace(corpus, left_out_of={**corpus.left_out_of, f"spans without any {unit}": of_reason})
    order = kept[
        np.lexsort(
            tuple(column[kept] for column in (corpus.label, end, start, corpus.annotator, corpus.document))
        )
    ]
    number = np.full(corpus.n_spans, -1)
    number[order] = np.arange(len(order))
    source, target = number[corpus.links.source], number[corpus.links.target]
    linked = (source >= 0) & (target >= 0)
    return replace(
        corpus,
        lengths=lengths,
        document=corpus.document[order],
        annotator=corpus.annotator[order],
        start=start[order],
        end=end[order],
        label=corpus.label[order],
        attributes={name: (codes[order], values) for name, (codes, values) in corpus.attributes.items()},
        links=replace(
            corpus.links, source=source[linked], target=target[linked], kind=corpus.links.kind[linked]
        ),
    )
