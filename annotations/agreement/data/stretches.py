"""Which value each annotator gave each position: labels, sets of labels, or nothing."""

from dataclasses import dataclass

import numpy as np

from annotations.agreement.data.arrays import IntArray
from annotations.agreement.data.corpus import Corpus
from annotations.agreement.data.ordering import MAX_KEY, number_codes, order_by

SEPARATOR = "\x1f"  # joins the labels of a position that carries several
NOTHING = ""


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """Disjoint stretches of each annotator's reading of each document, without the gaps.

    Attributes
    ----------
    document, annotator, start, end, value : int arrays, shape (stretch,)
        Sorted by document, annotator, start. `value` indexes `values`.
    values : tuple of str
        Sorted; `values[0]` is "nothing". A position with several labels has their sorted, joined names as its value.
    """

    document: IntArray
    annotator: IntArray
    start: IntArray
    end: IntArray
    value: IntArray
    values: tuple[str, ...]

    def take(self, rows: IntArray) -> "Stretches":
        """Stretches at some rows, with the same names of values."""
        columns = (self.document, self.annotator, self.start, self.end, self.value)
        document, annotator, start, end, value = (column[rows] for column in columns)
        return Stretches(document, annotator, start, end, value, self.values)


def find_stretches(corpus: Corpus) -> Stretches:
    r"""Give every position of every annotator one value, the set of labels that cover it.

    Spans of one label that overlap or repeat count once at each position. Adjacent stretches of one value are kept
    apart when they come from different spans and nothing overlaps; no metric over positions sees that border.

    Parameters
    ----------
    corpus : Corpus

    Returns
    -------
    Stretches

    Examples
    --------
    >>> from annotations.agreement import read_plain
    >>> spans = [{"start": 0, "end": 6, "label": "A"}, {"start": 4, "end": 8, "label": "B"}]
    >>> found = find_stretches(read_plain({"documents": [{"id": "d", "length": 9, "annotators": {"a": spans}}]}))
    >>> found.start.tolist(), found.end.tolist(), found.value.tolist(), found.values
    ([0, 4, 6], [4, 6, 8], [1, 2, 3], ('', 'A', 'A\x1fB', 'B'))
    """
    simple = (NOTHING, *corpus.labels)
    group = corpus.document * max(1, len(corpus.annotators)) + corpus.annotator
    clash = (group[1:] == group[:-1]) & (corpus.start[1:] < corpus.end[:-1])
    if not clash.any():
        return Stretches(
            corpus.document, corpus.annotator, corpus.start, corpus.end, corpus.label + 1, simple
        )
    crowded = np.unique(group[1:][clash])
    in_crowd = np.isin(group, crowded)
    crowd_group, start, end, value, values = _flatten(
        np.searchsorted(crowded, group[in_crowd]),
        corpus.start[in_crowd],
        corpus.end[in_crowd],
        corpus.label[in_crowd],
        corpus.labels,
    )
    alone = ~in_crowd
    group = np.concatenate([group[alone], crowded[crowd_group]])
    start = np.concatenate([corpus.start[alone], start])
    end = np.concatenate([corpus.end[alone], end])
    rank = {name: index for index, name in enumerate(values)}
    single = np.array([rank[name] for name in corpus.labels], dtype=np.int64)
    value = np.concatenate([single[corpus.label[alone]], value])
    order = order_by(group, start)
    group = group[order]
    document, annotator = np.divmod(group, len(corpus.annotators))
    return Stretches(document, annotator, start[order], end[order], value[order], values)


def _flatten(
    group: IntArray,
    start: IntArray,
    end: IntArray,
    label: IntArray,
    labels: tuple[str, ...],
) -> tuple[IntArray, IntArray, IntArray, IntArray, tuple[str, ...]]:
    """Cut overlapping spans at each other's borders and name the set of labels of each piece."""
    scale = None
    if (int(group.max()) + 1) * (
        int(end.max()) + 1
    ) > MAX_KEY:  # only the order of the offsets fits beside the group
        scale, rank = np.unique(np.concatenate([start, end]), return_inverse=True)
        start, end = np.split(rank, 2)
    width = int(end.max()) + 1
    places, position = number_codes(np.concatenate([group * width + start, group * width + end]))
    opens, closes = np.split(position, 2)
    codes: IntArray = np.zeros(len(places), dtype=np.int64)
    sets: list[tuple[int, ...]] = [()]
    for code in range(len(labels)):
        of_label = label == code
        if not of_label.any():
            continue
        change = np.bincount(opens[of_label], minlength=len(places)) - np.bincount(
            closes[of_label],
            minlength=len(places),
        )
        keys = codes * 2 + (np.cumsum(change) > 0)
        present = np.bincount(keys, minlength=2 * len(sets)) > 0
        sets = [sets[key // 2] + ((code,) if key % 2 else ()) for key in np.flatnonzero(present).tolist()]
        codes = (np.cumsum(present) - 1)[keys]
    combined = sorted({members for members in sets if len(members) > 1})
    simple: list[tuple[int, ...]] = [(code,) for code in range(len(labels))]
    names = {members: SEPARATOR.join(labels[code] for code in members) for members in [*simple, *combined]}
    values = (NOTHING, *sorted(names.values()))
    rank = {name: index for index, name in enumerate(values)}
    place: dict[tuple[int, ...], int] = {(): 0}
    place |= {members: rank[name] for members, name in names.items()}
    value = np.array([place[members] for members in sets], dtype=np.int64)[codes]
    # a border that some span runs across is no border between two pieces of one value
    begun, ended = np.bincount(opens, minlength=len(places)), np.bincount(closes, minlength=len(places))
    crossed = np.cumsum(begun - ended) - begun > 0
    fresh = np.ones(len(places), dtype=bool)
    fresh[1:] = (value[1:] != value[:-1]) | ~crossed[1:]
    heads = np.flatnonzero(fresh)
    piece_group, piece_start = np.divmod(places[heads], width)
    if scale is not None:
        piece_start = scale[piece_start]
    piece_end = np.append(piece_start[1:], 0)
    kept = value[heads] > 0
    return piece_group[kept], piece_start[kept], piece_end[kept], value[heads][kept], values


def members_of(value: str) -> tuple[str, ...]:
    r"""The labels in a value.

    >>> members_of("A\x1fB")
    ('A', 'B')
    """
    return tuple(value.split(SEPARATOR)) if value else ()
