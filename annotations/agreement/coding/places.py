"""Where in the documents two annotators gave certain values: the stretches that the confusions count."""

from dataclasses import dataclass
from itertools import combinations, permutations

import numpy as np

from annotations.agreement.coding.sweeping import sweep_readings
from annotations.agreement.data.arrays import BoolArray, IntArray
from annotations.agreement.data.corpus import Corpus
from annotations.agreement.data.stretches import Stretches


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Stretches of documents for two annotators each, arrays of shape (place,), sorted by document, start and annotators."""

    document: IntArray
    annotator_1: IntArray
    annotator_2: IntArray
    start: IntArray
    end: IntArray


def find_places(corpus: Corpus, stretches: Stretches, *, first: BoolArray, second: BoolArray) -> Places:
    """The longest stretches in which one annotator has one of some values and another one of others.

    Their lengths add up to what `count_confusions` counts for these values. Each pair of annotators is read from either
    side; from one only where the values are the same for both.

    Parameters
    ----------
    corpus : Corpus
    stretches : Stretches
        Of the corpus.
    first, second : bool arrays, shape (value,)
        Which of the values `annotator_1` and `annotator_2` are to have.

    Returns
    -------
    Places

    Examples
    --------
    >>> from annotations.agreement import read_plain
    >>> from annotations.agreement.data.stretches import find_stretches
    >>> a, b = [{"start": 0, "end": 6, "label": "A"}], [{"start": 0, "end": 4, "label": "A"}]
    >>> corpus = read_plain({"documents": [{"id": "d", "length": 9, "annotators": {"a": a, "b": b}}]})
    >>> nothing, label = np.array([True, False]), np.array([False, True])
    >>> found = find_places(corpus, find_stretches(corpus), first=label, second=nothing)
    >>> found.start.tolist(), found.end.tolist()
    ([4], [6])
    """
    pairs = combinations if np.array_equal(first, second) else permutations
    parts = [np.zeros((5, 0), dtype=np.int64)]
    for begin, last, values, size, begins in sweep_readings(corpus, stretches):
        of_run = np.repeat(np.arange(last - begin), np.diff(np.append(begins, len(size))))
        ends = np.cumsum(size.astype(np.int64))
        starts = ends - size.astype(np.int64)
        text_starts = starts[begins][of_run]
        opens = np.zeros(len(size), dtype=bool)
        opens[begins] = True
        for one, other in pairs(range(len(corpus.annotators)), 2):
            both = corpus.completed[begin:last, one] & corpus.completed[begin:last, other]
            met = first[values[one]] & second[values[other]] & both[of_run] & (size > 0)
            runs = np.flatnonzero(met)
            heads = runs[~np.append(False, met[:-1])[runs] | opens[runs]]
            tails = runs[~np.append(met[1:], False)[runs] | np.append(opens[1:], True)[runs]]
            whose = np.full(len(heads), one), np.full(len(heads), other)
            place = starts[heads] - text_starts[heads], ends[tails] - text_starts[tails]
            parts.append(np.stack([of_run[heads] + begin, *whose, *place]))
    found = np.concatenate(parts, axis=1)
    document, annotator_1, annotator_2, start, end = found[
        :, np.lexsort((found[2], found[1], found[3], found[0]))
    ]
    return Places(document, annotator_1, annotator_2, start, end)
