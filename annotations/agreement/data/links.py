"""Relations between spans as arrays, and how they are brought into canonical order."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from annotations.agreement.data.arrays import IntArray
from annotations.agreement.data.naming import ABSENT
from annotations.agreement.data.ordering import find_heads, order_by
from annotations.agreement.errors import InvalidCorpusError

REPEATED_LINKS = "repeated relations"


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """Relations as arrays of shape (relation,); `source` and `target` index the spans of the corpus."""

    source: IntArray
    target: IntArray
    kind: IntArray
    kinds: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.source)


def no_links() -> Links:
    """The links of a corpus without relations."""
    nothing = np.zeros(0, dtype=np.int64)
    return Links(nothing, nothing, nothing, ())


def encode_links(
    links: Sequence[tuple[int, int, str]] | Links,
    rank: IntArray,
    columns: Mapping[str, IntArray],
    documents: tuple[str, ...],
    document_order: IntArray,
) -> tuple[Links, Counter[str]]:
    """Check relations and bring them into canonical order, each once; and count how many repeats went from each document.

    Parameters
    ----------
    links : sequence of (source span, target span, relation type), or Links
        Spans are numbered as they were given.
    rank : int array, shape (span,)
        Where each span comes to stand.
    columns : mapping of 'document' and 'annotator' to int array, shape (span,)
    documents : tuple of str
        As they were given.
    document_order : int array, shape (document,)

    Raises
    ------
    InvalidCorpusError
        A relation names a span that is not there, or joins spans of different annotators or documents.
    """
    if not len(links):
        return no_links(), Counter()
    given = links if isinstance(links, Links) else _read_links(links)
    source, target = given.source, given.target
    unknown = (np.minimum(source, target) < 0) | (np.maximum(source, target) >= len(rank))
    if unknown.any():
        row = int(np.argmax(unknown))
        raise InvalidCorpusError(
            f"relation {given.kinds[given.kind[row]]!r} from span {source[row]} to span {target[row]}: "
            "there is no such span"
        )
    apart = np.zeros(len(given), dtype=bool)
    for name in ("document", "annotator"):
        apart |= columns[name][source] != columns[name][target]
    if apart.any():
        row = int(np.argmax(apart))
        where = documents[document_order[columns["document"][source[row]]]]
        raise InvalidCorpusError(
            f"document {where!r}: relation {given.kinds[given.kind[row]]!r} joins span {source[row]} and span "
            f"{target[row]} of different annotators or documents",
        )
    kinds = tuple(sorted({given.kinds[code] for code in np.unique(given.kind).tolist()}))
    place = {kind: index for index, kind in enumerate(kinds)}
    kind = np.array([place.get(name, ABSENT) for name in given.kinds], dtype=np.int64)[given.kind]
    homes = document_order[columns["document"][source]]
    source, target = rank[source], rank[target]
    order = order_by(source, target, kind)
    fresh = find_heads(source[order], target[order], kind[order])
    once, again = order[fresh], order[~fresh]
    repeated = Counter(documents[home] for home in homes[again].tolist())
    return Links(source[once], target[once], kind[once], kinds), repeated


def _read_links(links: Sequence[tuple[int, int, str]]) -> Links:
    source, target, names = zip(*links, strict=True)
    kinds = tuple(dict.fromkeys(names))
    place = {kind: index for index, kind in enumerate(kinds)}
    codes = [place[name] for name in names]
    return Links(np.array(source, dtype=np.int64), np.array(target, dtype=np.int64), np.array(codes), kinds)
