"""White space at the edges of spans: most programs select it with a word, and exact borders then differ."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from annotations.agreement.data.arrays import BoolArray
from annotations.agreement.data.corpus import Coded, Corpus
from annotations.agreement.errors import InvalidOptionError

BLANK_EDGES = "spans with white space at an edge, which trim=True (--trim) takes off"
TRIMMED = "spans whose edges were trimmed of white space"
ALL_BLANK = "spans of white space alone, which are not trimmed"


def note_blank_edges(corpus: Corpus) -> Corpus:
    """Count, in `Corpus.left_out`, the spans that begin or end with white space."""
    if corpus.texts is None:
        return corpus
    found: Counter[str] = Counter()
    for document, start, end in _list_places(corpus):
        text = corpus.texts[document]
        if text[start].isspace() or text[end - 1].isspace():
            found[corpus.documents[document]] += 1
    return _note(corpus, {BLANK_EDGES: found}) if found else corpus


def trim_spans(corpus: Corpus) -> Corpus:
    """Take white space off the edges of all spans, and count the spans that change.

    A span of nothing but white space stays as it is.

    Parameters
    ----------
    corpus : Corpus
        With texts.

    Returns
    -------
    Corpus

    Raises
    ------
    InvalidOptionError
        The corpus has no texts, or this is no corpus.

    Examples
    --------
    >>> from annotations.agreement import read_plain
    >>> spans = [{"start": 0, "end": 5, "label": "Claim"}]
    >>> document = {"id": "d", "text": "Kyiv agreed.", "annotators": {"ann": spans}}
    >>> trimmed = trim_spans(read_plain({"documents": [document]}))
    >>> trimmed.end.tolist(), trimmed.left_out
    ([4], {'spans whose edges were trimmed of white space': 1})
    """
    if not isinstance(corpus, Corpus):
        raise InvalidOptionError(
            "spans of a Corpus are trimmed: make one by read_data, or read files with trim=True"
        )
    if corpus.texts is None:
        raise InvalidOptionError("spans can only be trimmed of white space where every document has its text")
    starts, ends = corpus.start.copy(), corpus.end.copy()
    blank: BoolArray = np.zeros(corpus.n_spans, dtype=bool)
    for row, (document, start, end) in enumerate(_list_places(corpus)):
        covered = corpus.texts[document][start:end]
        if not covered.strip():
            blank[row] = True
        else:
            starts[row] += len(covered) - len(covered.lstrip())
            ends[row] -= len(covered) - len(covered.rstrip())
    changed = (starts != corpus.start) | (ends != corpus.end)
    names = np.array(corpus.documents, dtype=object)[corpus.document]
    noted = {TRIMMED: Counter(names[changed].tolist()), ALL_BLANK: Counter(names[blank].tolist())}
    kept = {reason: parts for reason, parts in corpus.left_out_of.items() if reason != BLANK_EDGES}
    return Corpus.from_arrays(
        documents=corpus.documents,
        lengths=corpus.lengths,
        annotators=corpus.annotators,
        labels=corpus.labels,
        document=corpus.document,
        annotator=corpus.annotator,
        start=starts,
        end=ends,
        label=corpus.label,
        completed=corpus.completed,
        attributes={name: Coded(*column) for name, column in corpus.attributes.items()},
        links=corpus.links,
        texts=corpus.texts,
        left_out_of={**kept, **noted},
    )


def _list_places(corpus: Corpus) -> list[tuple[int, int, int]]:
    return list(zip(corpus.document.tolist(), corpus.start.tolist(), corpus.end.tolist(), strict=True))


def _note(corpus: Corpus, noted: Mapping[str, Mapping[str, int]]) -> Corpus:
    return replace(corpus, left_out_of={**corpus.left_out_of, **noted})
