"""The measures of the gamma family, from the table of disorders."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotations.agreement.coding.distances import Custom
from annotations.agreement.data.arrays import BoolArray, FloatArray, IntArray
from annotations.agreement.data.distances import DISTANCES, LabelDistances
from annotations.agreement.gamma.counting import EVERY_LABEL, NORMAL_95, QUANTITIES
from annotations.agreement.sums.cells import Cells, Part, pivot
from annotations.agreement.sums.measures import (
    NO_UNITS,
    Measure,
    Slice,
    find_compared,
    keys_of_pair_or_all,
    safe_ratio,
)
from annotations.agreement.sums.statistics import Statistics

Parts = Callable[[FloatArray], tuple[FloatArray, FloatArray, FloatArray]]

NO_CHANCE = "no variation: random annotations of this shape agree as well"
ONE_LABEL = "no variation: the aligned spans have one label, or random ones would"
NOT_ALIGNED = "nothing aligned: no two annotators marked spans near each other"
NO_SAMPLES = NOT_ALIGNED + ", or no random annotations did"


def build_gamma(statistics: Statistics, slice_: Slice) -> Measure:
    r"""Gamma, of documents pooled by their numbers of units.

    .. math:: \gamma = 1 - \frac{\sum_d \bar x_d \delta_d}{\sum_d \bar x_d \delta^e_d}

    At most 1; 0 where the best alignments are no better than those of random annotations.

    References
    ----------
    Mathet, Y., Widlöcher, A., Métivier, J.-P. (2015). Computational Linguistics 41(3).
    """
    table = pivot(statistics, "gamma")
    label = EVERY_LABEL if slice_.label is None else statistics.axes["label"].index(slice_.label)
    found = table.find(label=label, **keys_of_pair_or_all(statistics, slice_.pair))
    cells = Cells(table.stack(QUANTITIES, found), statistics.n_documents, len(QUANTITIES))
    index = {name: column for column, name in enumerate(QUANTITIES)}
    options = statistics.options

    def score(sums: FloatArray) -> FloatArray:
        return 1 - safe_ratio(sums[..., index["observed"]], sums[..., index["expected"]])

    def explain(sums: FloatArray) -> Mapping[str, Any]:
        units, observed, expected = (float(sums[index[name]]) for name in ("units", "observed", "expected"))
        if not units:
            return {}
        error = NORMAL_95 * float(np.sqrt(sums[index["variance"]]))
        details: dict[str, Any] = {
            "observed_disorder": observed / units,
            "expected_disorder": expected / units,
            "n_clusters": int(sums[index["clusters"]]),
            "certified": bool(sums[index["uncertified"]] == 0),
            "n_samples": int(sums[index["samples"]]),
        }
        if options["precision"] is not None:
            details["precise"] = bool(sums[index["imprecise"]] == 0)
        if options["gamma_samples"] > 1 and expected > error:
            details["monte_carlo_interval"] = [
                1 - observed / (expected - error),
                1 - observed / (expected + error),
            ]
        return details

    def reason(sums: FloatArray) -> str:
        return NO_CHANCE if sums[index["units"]] else NO_UNITS

    return Measure(cells, _find_used(statistics, slice_, cells), score, reason, explain)


def build_gamma_cat(statistics: Statistics, slice_: Slice) -> Measure:
    r"""Gamma-cat: do aligned units have the same label, beyond chance?

    .. math::
        \gamma_{cat} = 1 - \frac{D_o}{D_e}, \quad
        D_o = \frac{\sum_p w_p d(l_p, l'_p)}{\sum_p w_p}, \quad
        D_e = \frac{\sum_{c \neq k} n_c n_k d(c, k)}{n (n - 1)}

    with :math:`d` 1 for any two different labels, or what a table of distances says, over the aligned pairs :math:`p`, each weighed by its nearness and by one less than the size of its cluster, with
    :math:`n_c` the number of their units that have the label :math:`c`. :math:`D_e` is the mean of :math:`D_o` over all
    ways to deal the labels of these units anew, so gamma-cat of units with equal borders is alpha of their labels.

    Where `chance` is 'document', :math:`D_e` is the mean of :math:`D_o` over each document's own random samples instead. At most 1.

    References
    ----------
    Mathet, Y. (2017). The agreement measure gamma-cat: a complement to gamma focused on categorization of a
    continuum. Computational Linguistics 43(3).
    """
    if slice_.label is not None:
        return build_gamma_k(statistics, slice_)
    if statistics.options["chance"] == "document":
        return _against_samples(statistics, slice_, EVERY_LABEL)
    pairs = _count_pairs(statistics, slice_)

    def parts(sums: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        apart, weight, total = pairs.read_all(sums)
        _, _, n_units, others = pairs.read_labels(sums)
        return apart, weight, safe_ratio((n_units * others).sum(axis=-1), total * (total - 1))

    return _categorial(statistics, slice_, pairs.cells, parts)


def build_gamma_k(statistics: Statistics, slice_: Slice) -> Measure:
    r"""Gamma-k: gamma-cat over the aligned pairs in which one unit has the label; without a label, all labels pooled.

    .. math::
        \gamma_k = 1 - \frac{D_o}{D_e}, \quad
        D_o = \frac{\sum_{p \ni k} w_p d(l_p, l'_p)}{\sum_{p \ni k} w_p}, \quad
        D_e = \frac{2 \sum_c n_c d(c, k)}{n_k - 1 + 2 (n - n_k)}

    :math:`D_e` is the ratio of what the two sums of :math:`D_o` are on average when the labels are dealt anew. Labels are
    pooled by the weights of their pairs. At most 1.

    References
    ----------
    Mathet, Y. (2017). The agreement measure gamma-cat: a complement to gamma focused on categorization of a
    continuum. Computational Linguistics 43(3).
    """
    if statistics.options["chance"] == "document":
        label = None if slice_.label is None else statistics.axes["label"].index(slice_.label)
        return _against_samples(statistics, slice_, label)
    pairs = _count_pairs(statistics, slice_)

    def parts(sums: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        _, _, total = pairs.read_all(sums)
        apart, weight, n_units, others = pairs.read_labels(sums)
        dealt = np.maximum(n_units - 1, 0) + 2 * (total[..., None] - n_units)
        expected = np.where(weight > 0, weight * safe_ratio(2 * others, dealt), 0.0).sum(axis=-1)
        return apart.sum(axis=-1), weight.sum(axis=-1), safe_ratio(expected, weight.sum(axis=-1))

    return _categorial(statistics, slice_, pairs.cells, parts)


@dataclass(frozen=True, slots=True, eq=False)
class _AlignedPairs:
    """Sums over the aligned pairs: of all together, and of those with each label.

    Attributes
    ----------
    cells : Cells
        Three of all pairs, then four stretches of a cell a label.
    labels : int array, shape (label,)
        The labels of the stretches, by their places on the axis.
    distance : Custom or None
        How far apart labels are, where the last stretch has not been filled with it.
    """

    cells: Cells
    labels: IntArray
    distance: Custom | None

    def read_all(self, sums: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Weight times distance, weight, and the number of units, of all aligned pairs, shape (...)."""
        return sums[..., 0], sums[..., 1], sums[..., 2]

    def read_labels(self, sums: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """What each label has: weight times distance, weight, its units, and how far all others are from it, shape (..., label)."""
        width = len(self.labels)
        apart, weight, n_units, others = (
            sums[..., 3 + index * width : 3 + (index + 1) * width] for index in range(4)
        )
        return (
            apart,
            weight,
            n_units,
            others if self.distance is None else self.distance.sum_apart(n_units, self.labels),
        )


def _count_pairs(statistics: Statistics, slice_: Slice) -> _AlignedPairs:
    """What is known of the aligned pairs, and of those with the label of the slice, or with each label."""
    table = pivot(statistics, "gamma_label")
    found = table.find(**keys_of_pair_or_all(statistics, slice_.pair))
    codes = table.keys["label"][found]
    is_all = codes == EVERY_LABEL
    every, found, codes = found[is_all], found[~is_all], codes[~is_all]
    distance = _read_distance(statistics)
    if slice_.label is None:
        labels, place = np.unique(codes, return_inverse=True)
        wanted: BoolArray = np.ones(len(codes), dtype=bool)
    else:
        labels = np.array([statistics.axes["label"].index(slice_.label)])
        wanted = codes == labels[0]
        place = np.zeros(len(codes), dtype=np.int64)
    width = len(labels)
    parts = [
        Part(table.quantities[name], every, np.full(len(every), index), np.ones(len(every)))
        for index, name in enumerate(("observed", "weight", "units"))
    ]
    parts += [
        Part(table.quantities[name], found[wanted], 3 + index * width + place[wanted], np.ones(wanted.sum()))
        for index, name in enumerate(("observed", "weight", "units"))
    ]
    if slice_.label is not None:
        # of one label the others' units have no cells of their own, so what they are apart is added up here
        apart = distance.between(codes, np.full(len(codes), labels[0]))
        parts.append(Part(table.quantities["units"], found, np.full(len(found), 3 + 3 * width), apart))
    return _AlignedPairs(
        Cells(parts, statistics.n_documents, 3 + 4 * width),
        labels,
        distance if slice_.label is None else None,
    )


def _read_distance(statistics: Statistics) -> Custom:
    """How far apart labels are, by their places on the axis."""
    table = LabelDistances.read(statistics.options.get(DISTANCES, {}))
    return Custom.from_table(table, statistics.axes["label"])


def _against_samples(statistics: Statistics, slice_: Slice, label: int | None) -> Measure:
    """Where each document has the chance of its own samples; of all labels, one after the other, if None is given."""
    table = pivot(statistics, "gamma_label")
    found = table.find(**keys_of_pair_or_all(statistics, slice_.pair))
    codes = table.keys["label"][found]
    found = found[codes != EVERY_LABEL if label is None else codes == label]
    names = ("observed", "weight", "expected")
    cells = Cells(table.stack(names, found), statistics.n_documents, len(names))

    def parts(sums: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        return sums[..., 0], sums[..., 1], safe_ratio(sums[..., 2], sums[..., 1])

    return _categorial(statistics, slice_, cells, parts, unaligned=NO_SAMPLES)


def _categorial(
    statistics: Statistics, slice_: Slice, cells: Cells, parts: Parts, *, unaligned: str = NOT_ALIGNED
) -> Measure:
    """One less observed by expected disagreement, of sums that `parts` splits into the weight apart, all weight, and the latter."""

    def score(sums: FloatArray) -> FloatArray:
        apart, weight, expected = parts(sums)
        return 1 - safe_ratio(safe_ratio(apart, weight), expected)

    def explain(sums: FloatArray) -> Mapping[str, Any]:
        apart, weight, expected = map(float, parts(sums))
        if not weight:
            return {}
        return {
            "observed_disagreement": apart / weight,
            "expected_disagreement": expected,
            "weight": weight,
        }

    def reason(sums: FloatArray) -> str:
        return ONE_LABEL if parts(sums)[1] else unaligned

    return Measure(cells, _find_used(statistics, slice_, cells), score, reason, explain)


def _find_used(statistics: Statistics, slice_: Slice, cells: Cells) -> BoolArray:
    """Documents without units, or of the labels without aligned ones, say nothing and are not drawn in resamples."""
    document, _, weight = cells.entries()
    spoken = np.zeros(statistics.n_documents, dtype=bool)
    spoken[document[weight != 0]] = True
    compared = find_compared(statistics, slice_)
    return compared & spoken if spoken.any() else compared
