"""Documents by how many annotators completed them, so that whoever counts pairs meets only those who share a document."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from annotations.agreement.data.arrays import IntArray
from annotations.agreement.data.corpus import Corpus


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Documents that equally many annotators completed, who are numbered anew from 0 within each document.

    Every two members of a panel have all its documents in common, so counting its pairs takes time with the pairs that
    share a document, however many annotators there are in all. Members keep their order, so sorted rows stay sorted.

    Attributes
    ----------
    corpus : Corpus
        The documents; its annotators are the members, who all completed all of them.
    documents : int array, shape (document,)
        What the documents are in the whole corpus.
    members : int array, shape (document, member)
        Who the members of each document are in the whole corpus.
    annotators : tuple of str
        Of the whole corpus.
    """

    corpus: Corpus
    documents: IntArray
    members: IntArray
    annotators: tuple[str, ...]

    def take(self, documents: slice) -> "Panel":
        """A panel of some of the documents, with the same members."""
        part = self.corpus.select(documents=self.corpus.documents[documents])
        return replace(
            self, corpus=part, documents=self.documents[documents], members=self.members[documents]
        )

    def name_annotators(self, keys: Mapping[str, IntArray]) -> dict[str, IntArray]:
        """Key columns with the annotators of the whole corpus; two equal ones stand for all annotators and become 0.

        >>> from annotations.agreement import read_plain
        >>> people = {"d1": {"a": [], "c": []}, "d2": {"b": [], "c": []}}
        >>> documents = [{"id": name, "length": 9, "annotators": own} for name, own in people.items()]
        >>> (panel,) = split_panels(read_plain({"documents": documents}))
        >>> keys = {"document": np.array([0, 1]), "annotator_1": np.array([0, 0]), "annotator_2": np.array([1, 1])}
        >>> {name: column.tolist() for name, column in panel.name_annotators(keys).items()}
        {'document': [0, 1], 'annotator_1': [0, 1], 'annotator_2': [2, 2]}
        """
        named = dict(keys)
        for name in ("annotator", "annotator_1", "annotator_2"):
            if name in keys:
                named[name] = self.members[keys["document"], keys[name]]
        if "annotator_1" in keys:
            everybody = keys["annotator_1"] == keys["annotator_2"]
            for name in ("annotator_1", "annotator_2"):
                named[name][everybody] = 0
        return named


def split_panels(corpus: Corpus) -> Iterator[Panel]:
    """The documents of a corpus, those of equally many annotators together.

    >>> from annotations.agreement import read_plain
    >>> people = {"d1": {"a": [], "c": []}, "d2": {"b": []}, "d3": {"b": [], "c": []}}
    >>> documents = [{"id": name, "length": 9, "annotators": own} for name, own in people.items()]
    >>> panels = list(split_panels(read_plain({"documents": documents})))
    >>> [(panel.corpus.documents, panel.members.tolist()) for panel in panels]
    [(('d2',), [[1]]), (('d1', 'd3'), [[0, 2], [1, 2]])]
    """
    n_documents, n_annotators = corpus.completed.shape
    if corpus.completed.all():
        members = np.broadcast_to(np.arange(n_annotators), (n_documents, n_annotators))
        yield Panel(corpus, np.arange(n_documents), members, corpus.annotators)
        return
    sizes = corpus.completed.sum(axis=1)
    present = np.flatnonzero(corpus.completed)
    begins = np.cumsum(sizes) - sizes
    number = number_annotators(corpus)
    for size in np.unique(sizes).tolist():
        documents = np.flatnonzero(sizes == size)
        part = corpus.select(documents=[corpus.documents[row] for row in documents.tolist()])
        seated = replace(
            part,
            annotators=tuple(f"{member:06d}" for member in range(size)),
            completed=np.ones((len(documents), size), dtype=bool),
            annotator=number[sizes[corpus.document] == size],
        )
        members = present[begins[documents][:, None] + np.arange(size)] % max(1, n_annotators)
        yield Panel(seated, documents, members, corpus.annotators)


def number_annotators(corpus: Corpus) -> IntArray:
    """The number of each span's annotator among those who completed its document, shape (span,).

    >>> from annotations.agreement import read_plain
    >>> people = {"a": [], "c": [{"start": 0, "end": 4, "label": "A"}]}
    >>> documents = [{"id": "d1", "length": 9, "annotators": people}, {"id": "d2", "length": 9, "annotators": {"b": []}}]
    >>> number_annotators(read_plain({"documents": documents})).tolist()
    [1]
    """
    sizes = corpus.completed.sum(axis=1)
    begins = np.cumsum(sizes) - sizes
    own = corpus.document * max(1, len(corpus.annotators)) + corpus.annotator
    number: IntArray = np.searchsorted(np.flatnonzero(corpus.completed), own) - begins[corpus.document]
    return number
