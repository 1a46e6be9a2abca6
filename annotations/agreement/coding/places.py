"""Where in the documents two annotators gave certain values: the stretches that the confusions count."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations, permutations

import numpy as np

from annotations.agreement.coding.sweeping import sweep_readings
from annotations.agreement.data.arrays import BoolArray, IntArray
from annotations.agreement.data.corpus import Corpus
from annotations.agreement.data.stretches import Stretches

Meets = Callable[[IntArray, IntArray], BoolArray]
"""The condition: of the values that two annotators gave some runs of positions, whether it holds in each run."""


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Stretches of documents for two annotators each, arrays of shape (place,), sorted by document, start and annotators."""

    document: IntArray
    annotator_1: IntArray
    annotator_2: IntArray
    start: IntArray
    end: IntArray


def find_places(corpus: Corpus, stretches: Stretches, *, meets: Meets, is_symmetric: bool = False) -> Places:
    """The longest stretches throughout which the values of two annotators fulfil a condition, such as “A here, nothing there”.

    Their lengths add up to what `count_confusions` counts for these pairs of values. Each pair of annotators is read from
    either side; from one only where that makes no difference.

    Parameters
    ----------
    corpus : Corpus
    stretches : Stretches
        Of the corpus.
    meets : callable
        Of two int arrays of shape (run,), the values of `annotator_1` and of `annotator_2`, a bool array of that shape.
    is_symmetric : bool
        Whether `meets` gives the same for either side.

    Returns
    -------
    Places

    Examples
    --------
    >>> from annotations.agreement import read_plain
    >>> from annotations.agreement.data.stretches import find_stretches
    >>> a, b = [{"start": 0, "end": 6, "label": "A"}], [{"start": 0, "end": 4, "label": "A"}]
    >>> corpus = read_plain({"documents": [{"id": "d", "length": 9, "annotators": {"a": a, "b": b}}]})
    >>> found = find_places(corpus, find_stretches(corpus), meets=lambda one, other: (one == 1) & (other == 0))
    >>> found.start.tolist(), found.end.tolist()
    ([4], [6])
    """
    pairs = combinations if is_symmetric else permutations
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
            met = meets(values[one], values[other]) & both[of_run] & (size > 0)
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
