"""Krippendorff's alphas for unitizing: alpha_U (1995, 2004), and what the 2016 family needs besides coincidences."""

from collections.abc import Collection
from dataclasses import replace
from itertools import combinations

import numpy as np

from annotations.agreement.coding.counting import lay_stretches
from annotations.agreement.coding.sweeping import lay_borders
from annotations.agreement.data.arrays import FloatArray, IntArray
from annotations.agreement.data.corpus import Corpus
from annotations.agreement.data.links import no_links
from annotations.agreement.data.ordering import order_by
from annotations.agreement.data.stretches import Stretches
from annotations.agreement.spans.matching import Overlaps, find_overlaps
from annotations.agreement.sums.batches import Batch, CountedTables
from annotations.agreement.sums.tables import Table

MAX_KEY = 2**62
EVERYBODY = (0, 0)
MERGED = "spans merged for alpha_u: they overlap under one label"


def merge_same_label(corpus: Corpus) -> tuple[Corpus, int]:
    """Merge the spans of one annotator that overlap under one label, as alpha_U demands, and count how many went.

    Spans that only touch stay apart.

    Examples
    --------
    >>> from annotations.agreement import read_plain
    >>> spans = [{"start": 0, "end": 4, "label": "A"}, {"start": 2, "end": 6, "label": "A"}]
    >>> merged, gone = merge_same_label(read_plain({"documents": [{"id": "d", "length": 9, "annotators": {"a": spans}}]}))
    >>> merged.end.tolist(), gone
    ([6], 1)
    """
    order = order_by(corpus.document, corpus.annotator, corpus.label, corpus.start, corpus.end)
    group = (corpus.document * max(1, len(corpus.annotators)) + corpus.annotator) * max(1, len(corpus.labels))
    group = (group + corpus.label)[order]
    if not len(order):
        return corpus, 0
    start, end = corpus.start[order], corpus.end[order]
    number = np.cumsum(np.concatenate([[0], group[1:] != group[:-1]]))
    if (int(end.max()) + 1) * (int(number[-1]) + 1) > MAX_KEY:  # only the order of the places matters
        start, end = np.split(np.unique(np.concatenate([start, end]), return_inverse=True)[1], 2)
    begins = number * (int(end.max()) + 1)
    reach = np.maximum.accumulate(end + begins) - begins
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (number[1:] != number[:-1]) | (start[1:] >= reach[:-1])
    if fresh.all():
        return corpus, 0
    heads = np.flatnonzero(fresh)
    end = np.maximum.reduceat(corpus.end[order], heads)
    rows = order[heads]
    sequence = order_by(
        corpus.document[rows], corpus.annotator[rows], corpus.start[rows], end, corpus.label[rows]
    )
    rows = rows[sequence]
    return replace(
        corpus,
        document=corpus.document[rows],
        annotator=corpus.annotator[rows],
        start=corpus.start[rows],
        end=end[sequence],
        label=corpus.label[rows],
        attributes={},
        links=no_links(),
    ), int(len(order) - len(heads))


def count_unitizing(corpus: Corpus, *, by: Collection[str] = ()) -> tuple[Table, IntArray]:
    r"""Observed and expected disagreement of alpha_U, of each document and label, weighed by the document's length.

    With :math:`m` annotators, a continuum of length :math:`L` and the units and gaps of one label:

    .. math::
        D_o &= \frac{1}{m (m - 1) L^2} \sum_i \sum_{j \neq i} \sum_{g, h} \delta^2_{igjh} \\
        D_e &= \frac{\frac{2}{L} \sum_{units} \left( \frac{N - 1}{3} (2 \ell^3 - 3 \ell^2 + \ell)
            + \ell^2 \sum_{gaps \ge \ell} (\ell_{gap} - \ell + 1) \right)}{m L (m L - 1) - \sum_{units} \ell (\ell - 1)}

    where :math:`\delta^2` is :math:`(b_g - b_h)^2 + (e_g - e_h)^2` for two units that intersect, :math:`\ell^2` for a unit
    inside a gap of the other, and 0 otherwise.

    Returns
    -------
    table : Table
        Keys `document`, `annotator_1`, `annotator_2` (both 0: all annotators), `label` (n + 1: label n);
        quantities `observed`, `expected`.
    merged : int array, shape (document,)
        Spans that went because they overlapped another one of their label.

    References
    ----------
    Krippendorff, K. (1995). On the reliability of unitizing continuous data. Sociological Methodology 25.
    Krippendorff, K. (2004). Content Analysis, 2nd edition, section 11.6.
    """
    unified, _ = merge_same_label(corpus)
    before, after = (
        np.bincount(each.document, minlength=len(corpus.documents)) for each in (corpus, unified)
    )
    rows: list[IntArray] = []
    numbers: list[FloatArray] = []
    alike = find_overlaps(unified, alike=True)
    n_labels = max(1, len(unified.labels))
    for pair in list_pairs(unified, by):
        observed, expected = _disagreements(*_narrow(unified, alike, pair))
        cell = np.flatnonzero((observed > 0) | (expected > 0))
        document, label = np.divmod(cell, n_labels)
        rows.append(np.stack([document, *(np.full(len(cell), code) for code in pair), label + 1], axis=1))
        numbers.append(np.stack([observed[cell], expected[cell]], axis=1))
    keys, values = np.concatenate(rows), np.concatenate(numbers)
    order = order_by(*keys.T)
    names = ("document", "annotator_1", "annotator_2", "label")
    return Table(
        {name: keys[order, column] for column, name in enumerate(names)},
        {"observed": values[order, 0], "expected": values[order, 1]},
    ), before - after


def list_pairs(corpus: Corpus, by: Collection[str]) -> list[tuple[int, int]]:
    """List the pairs of numbers of annotators that are counted: (0, 0), which stands for all, and, if `by` asks for pairs, those with a document in common."""
    pairs = combinations(range(len(corpus.annotators)), 2) if "pair" in by else ()
    done = corpus.completed
    return [EVERYBODY, *(pair for pair in pairs if np.any(done[:, pair[0]] & done[:, pair[1]]))]


def _narrow(corpus: Corpus, overlaps: Overlaps, pair: tuple[int, int]) -> tuple[Corpus, Overlaps]:
    """The spans of a pair of annotators, and those of their overlaps."""
    if pair == EVERYBODY:
        return corpus, overlaps
    kept = np.isin(corpus.annotator, pair)
    number = np.cumsum(kept) - 1
    theirs = overlaps.take(kept[overlaps.first] & kept[overlaps.second])
    part = corpus.select(annotators=[corpus.annotators[code] for code in pair])
    return part, Overlaps(number[theirs.first], number[theirs.second], theirs.shared)


def _disagreements(corpus: Corpus, alike: Overlaps) -> tuple[FloatArray, FloatArray]:
    """Weighed observed and expected disagreement, each of shape (document x label,); `alike` overlap under one label."""
    n_labels = max(1, len(corpus.labels))
    n_cells = len(corpus.documents) * n_labels
    judged = corpus.completed.sum(axis=1).astype(np.float64)
    cell = corpus.document * n_labels + corpus.label
    length = (corpus.end - corpus.start).astype(np.float64)

    one, other = alike.first, alike.second
    apart = (corpus.start[one] - corpus.start[other]).astype(np.float64) ** 2
    apart += (corpus.end[one] - corpus.end[other]).astype(np.float64) ** 2
    n_annotators = max(1, len(corpus.annotators))
    met = np.unique(
        np.concatenate(
            [one * n_annotators + corpus.annotator[other], other * n_annotators + corpus.annotator[one]]
        ),
    )
    partners = np.bincount(met // n_annotators, minlength=corpus.n_spans)
    missed = length**2 * (judged[corpus.document] - 1 - partners)
    total = _sum(cell[one], apart, n_cells) + _sum(cell, missed, n_cells)

    size = np.repeat(corpus.lengths.astype(np.float64), n_labels)
    m = np.repeat(judged, n_labels)
    usable = (m > 1) & (size > 0)
    scale = np.where(usable, m * (m - 1) * size**2, 1)
    observed = np.where(usable, size * 2 * total / scale, 0.0)

    n_units = _sum(cell, np.ones(len(cell)), n_cells)
    own = (n_units[cell] - 1) / 3 * (2 * length - 1) * (length - 1) * length
    count, reach = _count_longer_gaps(corpus, cell, length)
    around = length**2 * (reach - count * (length - 1))
    whole = m * size
    below = whole * (whole - 1) - _sum(cell, length * (length - 1), n_cells)
    expected = _sum(cell, own + around, n_cells) * 2
    expected = np.where(usable & (below > 0), expected / np.where(below > 0, below, 1), 0.0)
    return observed, expected


def _count_longer_gaps(corpus: Corpus, cell: IntArray, length: FloatArray) -> tuple[FloatArray, FloatArray]:
    """For each unit, how many gaps of its label in its document are as long, and their summed length."""
    n_labels, n_annotators = max(1, len(corpus.labels)), max(1, len(corpus.annotators))
    order = order_by(corpus.document, corpus.annotator, corpus.label, corpus.start)
    group = ((corpus.document * n_annotators + corpus.annotator) * n_labels + corpus.label)[order]
    start, end = corpus.start[order], corpus.end[order]
    opens = np.ones(len(order), dtype=bool)
    opens[1:] = group[1:] != group[:-1]
    closes = np.append(opens[1:], True) if len(order) else opens
    before = np.where(opens, start, start - np.concatenate([[0], end[:-1]])) if len(order) else start
    after = (corpus.lengths[corpus.document[order]] - end)[closes]
    gap_cell = [cell[order], cell[order][closes]]
    gap_length = [before.astype(np.float64), after.astype(np.float64)]
    # annotators who completed the document and have no unit of the label: one gap, the whole document
    with_units = group[opens]
    held = np.bincount(
        with_units // n_labels // n_annotators * n_labels + with_units % n_labels,
        minlength=len(corpus.documents) * n_labels,
    )
    empty = np.repeat(corpus.completed.sum(axis=1), n_labels) - held
    gap_cell.append(np.repeat(np.arange(len(empty)), empty))
    gap_length.append(np.repeat(np.repeat(corpus.lengths.astype(np.float64), n_labels), empty))
    cells, lengths = np.concatenate(gap_cell), np.concatenate(gap_length)
    cells, lengths = cells[lengths > 0], lengths[lengths > 0]
    width = int(max(lengths.max(initial=0), length.max(initial=0))) + 1
    n_cells = n_labels * len(corpus.documents)
    if width * (n_cells + 1) > MAX_KEY:
        return _count_among_ranks(cells, lengths, cell, length)
    # cell and length share one number, which sorts faster than two
    keys = np.sort(cells * width + lengths.astype(np.int64))
    place = np.searchsorted(keys, cell * width + length.astype(np.int64), side="left")
    stop = np.searchsorted(keys, np.arange(1, n_cells + 1) * width, side="left")[cell]
    running = np.concatenate([[0.0], np.cumsum((keys % width).astype(np.float64))])
    return (stop - place).astype(np.float64), running[stop] - running[place]


def _count_among_ranks(
    cells: IntArray, lengths: FloatArray, cell: IntArray, length: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Count where texts are so long that only the order of the lengths fits into a number beside the cell."""
    scale, rank = np.unique(np.concatenate([lengths, length]), return_inverse=True)
    keys = np.sort(cells * len(scale) + rank[: len(lengths)])
    place = np.searchsorted(keys, cell * len(scale) + rank[len(lengths) :], side="left")
    stop = np.searchsorted(keys, np.arange(1, int(cell.max(initial=-1)) + 2) * len(scale), side="left")[cell]
    running = np.concatenate([[0.0], np.cumsum(scale[keys % max(1, len(scale))])])
    return (stop - place).astype(np.float64), running[stop] - running[place]


def count_segments(corpus: Corpus, stretches: Stretches, *, by: Collection[str] = ()) -> dict[str, Table]:
    """Squared lengths of the units, by which the 2016 family corrects its expectations.

    Returns
    -------
    mapping of 'segments' and 'pairable' to Table
        `segments`: keys `document`, `annotator`, `value`, quantity `squared` (lengths of the units).
        `pairable`: keys `document`, `annotator_1`, `annotator_2` (both 0: all), `value`, quantity `squared` (pairable
        lengths of the units, see `_measure_pairable`).
    """
    length = (stretches.end - stretches.start).astype(np.float64)
    segments = _collect((stretches.document, stretches.annotator, stretches.value), length**2)
    names = ("document", "annotator", "value")
    tables = {"segments": Table(dict(zip(names, segments[0], strict=True)), {"squared": segments[1]})}
    rows: list[tuple[IntArray, ...]] = []
    values: list[FloatArray] = []
    for pair in list_pairs(corpus, by):
        own = stretches
        if pair != EVERYBODY:
            own = stretches.take(np.flatnonzero(np.isin(stretches.annotator, pair)))
        judged = corpus.completed.sum(axis=1) if pair == EVERYBODY else np.full(len(corpus.documents), 2)
        pairable = _measure_pairable(corpus, own, judged)
        keys, sums = _collect((own.document, own.value), pairable**2)
        rows.append((keys[0], *(np.full(len(sums), code) for code in pair), keys[1]))
        values.append(sums)
    columns = [np.concatenate(column) for column in zip(*rows, strict=True)]
    order = order_by(*columns)
    names_of_pairs = ("document", "annotator_1", "annotator_2", "value")
    tables["pairable"] = Table(
        {name: column[order] for name, column in zip(names_of_pairs, columns, strict=True)},
        {"squared": np.concatenate(values)[order]},
    )
    return tables


def count_units(corpus: Corpus) -> Table:
    """Squared lengths of the units of each label by itself, and of all labels as if they were one.

    Spans that overlap are one unit, those that only touch are two; spans of other labels cut nothing.

    Returns
    -------
    Table
        Keys `document`, `annotator`, `label` (0: all labels as one; n + 1: label n); quantity `squared`.
    """
    as_one, _ = merge_same_label(replace(corpus, label=np.zeros_like(corpus.label)))
    by_label, _ = merge_same_label(replace(corpus, label=corpus.label + 1, labels=("", *corpus.labels)))
    columns = [
        np.concatenate([getattr(as_one, name), getattr(by_label, name)])
        for name in ("document", "annotator", "label", "start", "end")
    ]
    document, annotator, label, start, end = columns
    keys, squared = _collect((document, annotator, label), (end - start).astype(np.float64) ** 2)
    return Table(dict(zip(("document", "annotator", "label"), keys, strict=True)), {"squared": squared})


def _measure_pairable(corpus: Corpus, stretches: Stretches, judged: IntArray) -> FloatArray:
    r"""The pairable length of each stretch: what another annotator covers of it, in the mean over the other annotators.

    .. math:: p_g = \frac{1}{m - 1} \sum_{j \neq i} |g \cap U_j|

    with the stretch :math:`g` of annotator :math:`i`, all that annotator :math:`j` marked :math:`U_j`, and the number
    of annotators who completed the document :math:`m` (`judged`, shape (document,)). Coincidences are divided by
    :math:`m - 1` as well, so an annotator who marked nothing changes no agreement on labels.
    """
    n_rows = len(stretches.document)
    if not n_rows:
        return np.zeros(0)
    position, size, _ = lay_borders(
        corpus, stretches, first=0, last=len(corpus.documents), rows=slice(0, n_rows)
    )
    opens, closes = position[:n_rows], position[n_rows:]
    cover = np.cumsum(np.bincount(opens, minlength=len(size)) - np.bincount(closes, minlength=len(size)))
    met = np.concatenate([[0.0], np.cumsum(size * np.maximum(cover - 1, 0))])
    return np.asarray((met[closes] - met[opens]) / np.maximum(judged[stretches.document] - 1, 1))


def _collect(keys: tuple[IntArray, ...], values: FloatArray) -> tuple[list[IntArray], FloatArray]:
    """Sum values under equal keys."""
    if not len(values):
        return [column[:0] for column in keys], values
    order = order_by(*keys)
    sorted_keys = [column[order] for column in keys]
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = np.any([column[1:] != column[:-1] for column in sorted_keys], axis=0)
    heads = np.flatnonzero(fresh)
    return [column[heads] for column in sorted_keys], np.add.reduceat(values[order], heads)


def _sum(keys: IntArray, weights: FloatArray, size: int) -> FloatArray:
    return np.bincount(keys, weights=weights, minlength=size).astype(np.float64, copy=False)


def tabulate_segments(batch: Batch) -> CountedTables:
    """Count into the tables `segments` and `pairable` the squared lengths of units, for the alphas of 2016."""
    stretches = batch.derive(lay_stretches)
    tables = count_segments(batch.counted, stretches, by=batch.by)
    return CountedTables(tables, {"value": stretches.values})


def tabulate_units(batch: Batch) -> CountedTables:
    """Count into the table `units` the squared lengths of the units of each label."""
    return CountedTables({"units": count_units(batch.counted)})


def tabulate_unitizing(batch: Batch) -> CountedTables:
    """Count into the table `alpha_u` the disagreements of alpha_U, and how many spans of each document were merged for it."""
    table, merged = count_unitizing(batch.counted, by=batch.by)
    names = batch.corpus.documents
    numbers = {names[index]: int(merged[index]) for index in np.flatnonzero(merged).tolist()}
    return CountedTables({"alpha_u": table}, left_out_of={MERGED: numbers})
