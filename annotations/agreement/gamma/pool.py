"""The labels and lengths of a whole corpus, for random annotations that are drawn with them."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from annotations.agreement.data.arrays import IntArray
from annotations.agreement.data.corpus import Corpus
from annotations.agreement.gamma.sampling import UnitShape


@dataclass(frozen=True, slots=True)
class Pool:
    """How many units of a corpus have each label, and how long they are.

    Attributes
    ----------
    labels : tuple of str
        Those that occur, in order.
    units, lengths, squares : tuples of int, one a label
        The number of units, the sum of their lengths and that of the squares: whole numbers, so that nothing depends on the
        order of documents.
    """

    labels: tuple[str, ...]
    units: tuple[int, ...]
    lengths: tuple[int, ...]
    squares: tuple[int, ...]

    @classmethod
    def of(cls, corpus: Corpus) -> "Pool":
        """Count the spans of the documents that two annotators completed, since gamma is about these."""
        judged = corpus.completed.sum(axis=1) > 1
        kept = judged[corpus.document]
        label, length = corpus.label[kept], (corpus.end - corpus.start)[kept].astype(np.int64)
        rows = []
        for code in np.unique(label).tolist():
            own = length[label == code]
            rows.append((corpus.labels[code], len(own), int(own.sum()), int((own * own).sum())))
        rows.sort()
        return cls(
            tuple(row[0] for row in rows),
            tuple(row[1] for row in rows),
            tuple(row[2] for row in rows),
            tuple(row[3] for row in rows),
        )

    def narrow(self, labels: Collection[str]) -> "Pool":
        """The pool of some labels."""
        rows = [
            row
            for row in zip(self.labels, self.units, self.lengths, self.squares, strict=True)
            if row[0] in labels
        ]
        return Pool(
            tuple(row[0] for row in rows),
            tuple(row[1] for row in rows),
            tuple(row[2] for row in rows),
            tuple(row[3] for row in rows),
        )

    def checksum(self) -> str:
        """What differs wherever two pools do."""
        return hashlib.sha256(json.dumps(asdict(self)).encode()).hexdigest()

    def order_labels(self, used: IntArray, names: Sequence[str]) -> IntArray:
        """The codes of a document's own labels, and then those of the pool that it lacks, the commonest first.

        Parameters
        ----------
        used : int array, shape (label of the document,)
        names : sequence of str
            The labels that the codes number.
        """
        place = {name: code for code, name in enumerate(names)}
        own = set(used.tolist())
        others = sorted(
            (
                (-number, length, label)
                for label, number, length in zip(self.labels, self.units, self.lengths, strict=True)
            ),
        )
        rest = [place[label] for *_, label in others if label in place and place[label] not in own]
        return np.array([*used.tolist(), *rest], dtype=np.int64)

    def shape(self, labels: Sequence[str]) -> UnitShape:
        """The lengths of all units of the pool, and how often each of some labels occurs, in their order.

        Parameters
        ----------
        labels : sequence of str
            At least those of the pool.
        """
        number = dict(zip(self.labels, self.units, strict=True))
        total = sum(self.units)
        mean = sum(self.lengths) / total
        spread = max(0.0, sum(self.squares) / total - mean * mean) ** 0.5
        share = np.array([number.get(label, 0) for label in labels], dtype=np.float64) / total
        return UnitShape(mean, spread, share)
