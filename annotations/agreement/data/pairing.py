"""Documents once for each two of their annotators, so that a metric of all of them is one of pairs."""

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from annotations.agreement.data.arrays import BoolArray, IntArray
from annotations.agreement.data.corpus import Coded, Corpus
from annotations.agreement.data.items import Items
from annotations.agreement.data.links import Links
from annotations.agreement.data.naming import ABSENT
from annotations.agreement.data.ordering import order_by


@dataclass(frozen=True, slots=True, eq=False)
class Pairing:
    """Two annotators of a document each, in the order of the documents.

    Attributes
    ----------
    source : Corpus or Items
    origin : int array, shape (pair,)
        The document.
    one, other : int arrays, shape (pair,)
        The annotators by their numbers, the lower one first.
    """

    source: Corpus | Items
    origin: IntArray
    one: IntArray
    other: IntArray

    def __len__(self) -> int:
        return len(self.origin)

    def build(self) -> Corpus | Items:
        """Data with a document for each pair, which exactly these two annotators judged, by their own names."""
        width = len(str(len(self)))
        names = tuple(f"{number:0{width}d}" for number in range(len(self)))
        if isinstance(self.source, Corpus):
            return _copy_spans(self.source, names, self.origin, np.stack([self.one, self.other]))
        codes = np.full((len(self), len(self.source.annotators)), ABSENT, dtype=np.int64)
        for column in (self.one, self.other):
            codes[np.arange(len(self)), column] = self.source.codes[self.origin, column]
        return replace(self.source, items=names, codes=codes)


def pair_up(data: Corpus | Items, documents: BoolArray, *, annotator: int, others: bool = False) -> Pairing:
    """List each two annotators of each document.

    Parameters
    ----------
    data : Corpus or Items
    documents : bool array, shape (document,)
        Which documents are wanted.
    annotator : int
        Number of an annotator who is in every pair.
    others : bool
        Whether the pairs without the annotator are wanted instead.

    Examples
    --------
    >>> items = Items.from_rows([{"ann": 1, "bob": 1, "gpt": 2}, {"ann": 1, "gpt": 1}])
    >>> pair_up(items, items.judged[:, 2], annotator=2).origin.tolist()
    [0, 0, 1]
    """
    document, judge = np.nonzero(data.judged & documents[:, None])
    ends = np.searchsorted(document, np.arange(len(documents)), side="right").tolist()
    rows = [
        (number, one, other)
        for number, (begin, end) in enumerate(zip([0, *ends], ends, strict=False))
        for one, other in combinations(judge[begin:end].tolist(), 2)
        if (annotator in {one, other}) != others
    ]
    origin, one, other = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return Pairing(data, origin, one, other)


def _copy_spans(corpus: Corpus, names: tuple[str, ...], origin: IntArray, members: IntArray) -> Corpus:
    """The corpus of all pairs: each judgement as often as it is in a pair; `members` has the shape (2, pair)."""
    n_annotators, n_pairs = max(1, len(corpus.annotators)), len(origin)
    code = corpus.document * n_annotators + corpus.annotator  # ascending, since spans are sorted so
    pair = np.concatenate([np.arange(n_pairs), np.arange(n_pairs)])
    judgement = (origin * n_annotators + members).ravel()
    begin, end = np.searchsorted(code, judgement), np.searchsorted(code, judgement, side="right")
    sizes = end - begin
    first = np.cumsum(sizes) - sizes
    row = np.arange(sizes.sum()) - np.repeat(first - begin, sizes)
    own = np.repeat(pair, sizes)
    order = order_by(own, row)
    row, own = row[order], own[order]
    completed = np.zeros((n_pairs, len(corpus.annotators)), dtype=bool)
    completed[np.arange(n_pairs), members[0]] = completed[np.arange(n_pairs), members[1]] = True
    return Corpus.from_arrays(
        documents=names,
        lengths=corpus.lengths[origin],
        annotators=corpus.annotators,
        labels=corpus.labels,
        document=own,
        annotator=corpus.annotator[row],
        start=corpus.start[row],
        end=corpus.end[row],
        label=corpus.label[row],
        completed=completed,
        attributes={name: Coded(codes[row], values) for name, (codes, values) in corpus.attributes.items()},
        links=_copy_links(corpus, row, own),
        texts=None if corpus.texts is None else [corpus.texts[place] for place in origin.tolist()],
    )


def _copy_links(corpus: Corpus, row: IntArray, own: IntArray) -> Links:
    """The relations between the copies of spans; `own` is the pair of each copy, and both are sorted by pair and row."""
    links, n_spans = corpus.links, max(1, corpus.n_spans)
    by_source = np.argsort(links.source, kind="stable")
    source = links.source[by_source]
    begin, end = np.searchsorted(source, row), np.searchsorted(source, row, side="right")
    sizes = end - begin
    copy = np.repeat(np.arange(len(row)), sizes)
    link = by_source[np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes - begin, sizes)]
    target = np.searchsorted(own * n_spans + row, own[copy] * n_spans + links.target[link])
    return Links(copy, target, links.kind[link], links.kinds)
