"""The input of every metric: spans as arrays, document lengths, and who completed what."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from annotations.agreement.data.arrays import BoolArray, IntArray
from annotations.agreement.data.checking import MAX_JUDGEMENTS, check_size, check_spans, read_whole_numbers
from annotations.agreement.data.links import REPEATED_LINKS, Links, encode_links, no_links
from annotations.agreement.data.naming import ABSENT, invert, positions_of, renumber, sort_names
from annotations.agreement.data.ordering import order_by
from annotations.agreement.errors import InvalidCorpusError
from annotations.plurals import count_things

LOST_END = "relations with an end that is not compared"


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """A column of values by their numbers: `codes` index `values` and are -1 where there is none."""

    codes: IntArray
    values: tuple[str, ...]


class MarkedSpan(NamedTuple):
    """A span of a corpus with its names; `text` is what it covers, where the corpus has texts."""

    document: str
    annotator: str
    start: int
    end: int
    label: str
    text: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """Spans that several annotators marked in documents.

    An annotator who completed a document and marked nothing has judged it empty; an annotator who did not complete
    it says nothing. Both are told apart by `completed`.

    Attributes
    ----------
    documents, annotators, labels : tuple of str
        The names behind the indices, each sorted; so no result depends on the order of the input.
    lengths : array, shape (document,)
        Length of each document in characters (or in the positions of another unit).
    completed : bool array, shape (document, annotator)
    document, annotator, start, end, label : int arrays, shape (span,)
        Sorted by document, annotator, start, end, label. Intervals are half-open.
    attributes : mapping of str to (codes of shape (span,), values)
        Code -1 where the span has no such attribute.
    links : Links
    texts : tuple of str or None, shape (document,)
        Needed only for the units `token` and `word`.
    left_out_of : mapping of reason to (mapping of document to int)
        What the reader could not use.

    Examples
    --------
    >>> corpus = Corpus.from_arrays(
    ...     documents=["d1"], lengths=[10], annotators=["ann", "bob"], labels=["Claim"],
    ...     document=[0, 0], annotator=[0, 1], start=[0, 1], end=[4, 4], label=[0, 0],
    ... )
    >>> corpus.n_spans, corpus.completed.tolist()
    (2, [[True, True]])

    """

    documents: tuple[str, ...]
    annotators: tuple[str, ...]
    labels: tuple[str, ...]
    lengths: IntArray
    completed: BoolArray
    document: IntArray
    annotator: IntArray
    start: IntArray
    end: IntArray
    label: IntArray
    attributes: Mapping[str, tuple[IntArray, tuple[str, ...]]] = field(default_factory=dict)
    links: Links = field(default_factory=no_links)
    texts: tuple[str, ...] | None = None
    left_out_of: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def __repr__(self) -> str:
        parts = (
            (len(self.documents), "document"),
            (len(self.annotators), "annotator"),
            (len(self.labels), "label"),
            (self.n_spans, "span"),
        )
        return f"Corpus({', '.join(count_things(*part) for part in parts)})"

    @property
    def judged(self) -> BoolArray:
        """Who completed what: bool, shape (document, annotator); the same as `completed`, as items have it too."""
        return self.completed

    @property
    def n_spans(self) -> int:
        """How many spans all annotators marked in all documents together."""
        return len(self.start)

    @property
    def left_out(self) -> dict[str, int]:
        """What the reader could not use, counted by reason."""
        return {reason: sum(parts.values()) for reason, parts in sorted(self.left_out_of.items())}

    @classmethod
    def from_arrays(
        cls,
        *,
        documents: Sequence[str],
        lengths: Sequence[int] | IntArray,
        annotators: Sequence[str],
        labels: Sequence[str],
        document: Sequence[int] | IntArray,
        annotator: Sequence[int] | IntArray,
        start: Sequence[int] | IntArray,
        end: Sequence[int] | IntArray,
        label: Sequence[int] | IntArray,
        completed: Sequence[Sequence[bool]] | BoolArray | None = None,
        attributes: Mapping[str, Sequence[str | None] | Coded] | None = None,
        links: Sequence[tuple[int, int, str]] | Links = (),
        texts: Sequence[str] | None = None,
        left_out_of: Mapping[str, Mapping[str, int]] | None = None,
    ) -> "Corpus":
        """Check the arrays and bring them into canonical order.

        Parameters
        ----------
        documents, annotators, labels : sequence of str
            Names; `document`, `annotator` and `label` index them. Unused names are allowed.
        lengths : shape (document,)
        document, annotator, start, end, label : shape (span,)
        completed : bool, shape (document, annotator), optional
            Without it, everybody completed every document.
        attributes : mapping of attribute name to values of shape (span,), None where absent, optional
            A column may also be given `Coded`.
        links : sequence of (source span, target span, relation type), or Links
            Spans are numbered as in the arrays given. A relation that is there twice is one, and counted as left out.
        texts : shape (document,), optional
        left_out_of : mapping of reason to (mapping of document to int), optional

        Raises
        ------
        InvalidCorpusError
            A name is empty or occurs twice, an index or an offset is out of range or no whole number, a span lies outside its
            document, is empty, or belongs to an annotator who did not complete the document, or a link joins spans
            of two annotators. The message names the document and the span.

        """
        names = {"document": tuple(documents), "annotator": tuple(annotators), "label": tuple(labels)}
        for kind, given in names.items():
            if len(set(given)) != len(given):
                twice = next(name for name in given if given.count(name) > 1)
                raise InvalidCorpusError(f"{kind} {twice!r} is listed twice; give each {kind} one name")
            if "" in given:
                raise InvalidCorpusError(f"the empty text is no name; name each {kind}")
        columns = {
            name: read_whole_numbers(values, name)
            for name, values in {
                "document": document,
                "annotator": annotator,
                "start": start,
                "end": end,
                "label": label,
            }.items()
        }
        sizes = {len(column) for column in columns.values()}
        if len(sizes) > 1:
            raise InvalidCorpusError(
                "document, annotator, start, end and label must have one entry a span each"
            )
        length_column = read_whole_numbers(lengths, "lengths")
        if len(length_column) != len(names["document"]):
            raise InvalidCorpusError(f"{len(names['document'])} documents, but {len(length_column)} lengths")
        if texts is not None and len(texts) != len(names["document"]):
            raise InvalidCorpusError(f"{len(names['document'])} documents, but {len(texts)} texts")
        check_size(len(names["document"]), len(names["annotator"]), "documents", most=MAX_JUDGEMENTS)
        done = (
            np.ones((len(names["document"]), len(names["annotator"])), dtype=bool)
            if completed is None
            else np.asarray(completed, dtype=bool).reshape(len(names["document"]), len(names["annotator"]))
        )
        check_spans(names, length_column, done, columns)

        orders = {kind: sort_names(given) for kind, given in names.items()}
        ranks = {kind: invert(order) for kind, order in orders.items()}
        for kind, rank in ranks.items():
            columns[kind] = rank[columns[kind]]
        order = order_by(*(columns[name] for name in ("document", "annotator", "start", "end", "label")))
        rank = invert(order)
        drawn, repeated = encode_links(links, rank, columns, names["document"], orders["document"])
        left_out = {**(left_out_of or {})}
        left_out[REPEATED_LINKS] = Counter(left_out.get(REPEATED_LINKS, {})) + repeated
        return cls(
            documents=tuple(names["document"][index] for index in orders["document"]),
            annotators=tuple(names["annotator"][index] for index in orders["annotator"]),
            labels=tuple(names["label"][index] for index in orders["label"]),
            lengths=length_column[orders["document"]],
            completed=done[np.ix_(orders["document"], orders["annotator"])],
            attributes={
                name: _encode(values, order, name=name) for name, values in sorted((attributes or {}).items())
            },
            links=drawn,
            texts=None if texts is None else tuple(texts[index] for index in orders["document"]),
            left_out_of=_without_zeros(left_out, names["document"]),
            **{name: column[order] for name, column in columns.items()},
        )

    def select(
        self,
        *,
        documents: Sequence[str] | None = None,
        annotators: Sequence[str] | None = None,
        labels: Sequence[str] | None = None,
    ) -> "Corpus":
        """Keep only these documents, annotators and labels; relations that lose an end go, and are counted.

        >>> corpus = Corpus.from_arrays(
        ...     documents=["d1"], lengths=[10], annotators=["ann", "bob"], labels=["Claim"],
        ...     document=[0, 0], annotator=[0, 1], start=[0, 1], end=[4, 4], label=[0, 0],
        ... )
        >>> corpus.select(annotators=["bob"]).start.tolist()
        [1]
        """
        wanted = {
            "document": positions_of(self.documents, documents, "document"),
            "annotator": positions_of(self.annotators, annotators, "annotator"),
            "label": positions_of(self.labels, labels, "label"),
        }
        renumbered = {
            kind: renumber(keep, size)
            for (kind, keep), size in zip(
                wanted.items(),
                (len(self.documents), len(self.annotators), len(self.labels)),
                strict=True,
            )
        }
        kept = (
            (renumbered["document"][self.document] >= 0)
            & (renumbered["annotator"][self.annotator] >= 0)
            & (renumbered["label"][self.label] >= 0)
        )
        rows = np.flatnonzero(kept)
        new_row = renumber(rows, self.n_spans)
        source, target = new_row[self.links.source], new_row[self.links.target]
        linked = (source >= 0) & (target >= 0)
        owner = self.links.source[~linked]
        lost = owner[renumbered["annotator"][self.annotator[owner]] >= 0]
        lost_in = Counter(self.left_out_of.get(LOST_END, {}))
        lost_in.update(self.documents[index] for index in self.document[lost].tolist())
        return replace(
            self,
            documents=tuple(self.documents[index] for index in wanted["document"]),
            annotators=tuple(self.annotators[index] for index in wanted["annotator"]),
            labels=tuple(self.labels[index] for index in wanted["label"]),
            lengths=self.lengths[wanted["document"]],
            completed=self.completed[np.ix_(wanted["document"], wanted["annotator"])],
            document=renumbered["document"][self.document[rows]],
            annotator=renumbered["annotator"][self.annotator[rows]],
            start=self.start[rows],
            end=self.end[rows],
            label=renumbered["label"][self.label[rows]],
            attributes={name: (codes[rows], values) for name, (codes, values) in self.attributes.items()},
            links=Links(source[linked], target[linked], self.links.kind[linked], self.links.kinds),
            texts=None if self.texts is None else tuple(self.texts[index] for index in wanted["document"]),
            left_out_of=_without_zeros(
                {**self.left_out_of, LOST_END: lost_in},
                {self.documents[index] for index in wanted["document"].tolist()},
            ),
        )

    def without(self, annotators: Collection[str]) -> "Corpus":
        """Leave these annotators out, and the labels that only they used; declared labels that nobody used stay.

        >>> corpus = Corpus.from_arrays(
        ...     documents=["d1"], lengths=[10], annotators=["ann", "gpt"], labels=["Claim", "Doubt"],
        ...     document=[0, 0], annotator=[0, 1], start=[0, 1], end=[4, 4], label=[0, 1],
        ... )
        >>> corpus.without(["gpt"]).labels
        ('Claim',)
        """
        gone = positions_of(self.annotators, list(annotators), "annotator")
        theirs = np.isin(self.annotator, gone)
        only = set(np.setdiff1d(self.label[theirs], self.label[~theirs]).tolist())
        return self.select(
            annotators=[name for name in self.annotators if name not in set(annotators)],
            labels=[name for code, name in enumerate(self.labels) if code not in only],
        )

    def get_spans(self, rows: Iterable[int]) -> tuple[MarkedSpan, ...]:
        """The spans of some rows with the names of their documents, annotators and labels.

        >>> corpus = Corpus.from_arrays(
        ...     documents=["d1"], lengths=[10], annotators=["ann"], labels=["Claim"],
        ...     document=[0], annotator=[0], start=[0], end=[4], label=[0],
        ... )
        >>> corpus.get_spans([0])
        (MarkedSpan(document='d1', annotator='ann', start=0, end=4, label='Claim', text=None),)
        """
        found = []
        for row in rows:
            document, start, end = int(self.document[row]), int(self.start[row]), int(self.end[row])
            found.append(
                MarkedSpan(
                    self.documents[document],
                    self.annotators[self.annotator[row]],
                    start,
                    end,
                    self.labels[self.label[row]],
                    None if self.texts is None else self.texts[document][start:end],
                )
            )
        return tuple(found)


def _without_zeros(
    left_out_of: Mapping[str, Mapping[str, int]], documents: Collection[str]
) -> dict[str, dict[str, int]]:
    """The counts of these documents that are not zero."""
    known = frozenset(documents)
    kept = {
        reason: {document: number for document, number in parts.items() if number and document in known}
        for reason, parts in left_out_of.items()
    }
    return {reason: parts for reason, parts in kept.items() if parts}


def _encode(
    column: Sequence[str | None] | Coded, order: IntArray, *, name: str
) -> tuple[IntArray, tuple[str, ...]]:
    """Codes in canonical order, of the values that occur, sorted."""
    if not isinstance(column, Coded):
        place = {
            value: code for code, value in enumerate(sorted({value for value in column if value is not None}))
        }
        codes = [ABSENT if value is None else place[value] for value in column]
        column = Coded(np.array(codes, dtype=np.int64), tuple(place))
    if len(column.codes) != len(order):
        raise InvalidCorpusError(f"attribute {name!r} has {len(column.codes)} entries for {len(order)} spans")
    used = np.unique(column.codes[column.codes >= 0]).tolist()
    scale = sorted(column.values[code] for code in used)
    place = {value: code for code, value in enumerate(scale)}
    lookup = np.full(len(column.values) + 1, ABSENT, dtype=np.int64)
    lookup[used] = [place[column.values[code]] for code in used]
    return lookup[column.codes[order]], tuple(scale)
