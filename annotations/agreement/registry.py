"""Every metric, listed once."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from annotations.agreement.coding.gwet import build_gwet
from annotations.agreement.coding.measures import (
    build_alpha,
    build_fleiss,
    build_pairwise,
    build_percent,
)
from annotations.agreement.data.distances import DISTANCES
from annotations.agreement.errors import UnknownMetricError
from annotations.agreement.gamma.measures import build_gamma, build_gamma_cat, build_gamma_k
from annotations.agreement.links.measures import (
    build_attribute_alpha,
    build_relation_alpha,
    build_relation_f1,
)
from annotations.agreement.spans.boundaries import build_boundary_similarity
from annotations.agreement.spans.f1 import build_coverage, build_f1
from annotations.agreement.sums.measures import Measure, Scope
from annotations.agreement.sums.statistics import Statistics
from annotations.agreement.unitizing.measures import build_alpha_u, build_family

Build = Callable[[Statistics, Scope], Measure]

SPANS = frozenset({"spans"})
BOTH = frozenset({"spans", "items"})
ITEMS = frozenset({"items"})
GAMMA = ("alpha", "beta", "sampler", "gamma_samples", "precision", "gamma_seed", DISTANCES)
GAMMA_OF_LABELS = (*GAMMA, "chance")


@dataclass(frozen=True, slots=True)
class Metric:
    """What the library knows about a metric.

    Attributes
    ----------
    name, title : str
    tables : the statistics it needs of all annotators together
    pair_tables : the statistics it needs for one pair of annotators
    build : makes the measure of a slice
    kinds : the data it applies to, of 'spans' and 'items'
    options : the names of the options that it depends on
    always_by_label : whether its values are those of the labels, so that they are given unasked
    slices : the axis whose names `by_label` has: 'label', 'relation' or 'attribute'
    counted_by : the slices of 'label' and 'pair' that its tables have only where they were counted so
    """

    name: str
    title: str
    tables: tuple[str, ...]
    pair_tables: tuple[str, ...]
    build: Build
    kinds: frozenset[str] = SPANS
    options: tuple[str, ...] = ()
    always_by_label: bool = False
    slices: str = "label"
    counted_by: tuple[str, ...] = ()

    @property
    def counts_distances(self) -> bool:
        """Whether what is counted for it depends on the table of distances between labels."""
        return "gamma" in self.tables

    @property
    def needs_distances(self) -> bool:
        """Whether it is undefined without a table of distances between labels."""
        return DISTANCES in self.options and not self.counts_distances


METRICS: tuple[Metric, ...] = (
    Metric(
        "percent_agreement",
        "Observed agreement",
        ("coincidence",),
        ("confusion",),
        build_percent,
        BOTH,
        ("unit",),
    ),
    Metric(
        "cohen_kappa",
        "Cohen's kappa",
        ("confusion",),
        ("confusion",),
        partial(build_pairwise, coefficient="cohen_kappa"),
        BOTH,
        ("unit",),
    ),
    Metric(
        "weighted_kappa_linear",
        "Weighted kappa, linear",
        ("confusion",),
        ("confusion",),
        partial(build_pairwise, coefficient="cohen_kappa", level="linear"),
        ITEMS,
    ),
    Metric(
        "weighted_kappa_quadratic",
        "Weighted kappa, quadratic",
        ("confusion",),
        ("confusion",),
        partial(build_pairwise, coefficient="cohen_kappa", level="quadratic"),
        ITEMS,
    ),
    Metric(
        "weighted_kappa_custom",
        "Weighted kappa, own distances",
        ("confusion",),
        ("confusion",),
        partial(build_pairwise, coefficient="cohen_kappa", level="custom"),
        BOTH,
        ("unit", DISTANCES),
    ),
    Metric(
        "scott_pi",
        "Scott's pi",
        ("confusion",),
        ("confusion",),
        partial(build_pairwise, coefficient="scott_pi"),
        BOTH,
        ("unit",),
    ),
    Metric("fleiss_kappa", "Fleiss' kappa", ("coincidence",), ("confusion",), build_fleiss, BOTH, ("unit",)),
    Metric(
        "alpha_nominal",
        "Krippendorff's alpha, nominal",
        ("coincidence",),
        ("confusion",),
        partial(build_alpha, level="nominal"),
        BOTH,
        ("unit",),
    ),
    Metric(
        "alpha_ordinal",
        "Krippendorff's alpha, ordinal",
        ("coincidence",),
        ("confusion",),
        partial(build_alpha, level="ordinal"),
        BOTH,
        ("unit",),
    ),
    Metric(
        "alpha_interval",
        "Krippendorff's alpha, interval",
        ("coincidence",),
        ("confusion",),
        partial(build_alpha, level="interval"),
        BOTH,
        ("unit",),
    ),
    Metric(
        "alpha_ratio",
        "Krippendorff's alpha, ratio",
        ("coincidence",),
        ("confusion",),
        partial(build_alpha, level="ratio"),
        ITEMS,
    ),
    Metric(
        "alpha_custom",
        "Krippendorff's alpha, own distances",
        ("coincidence",),
        ("confusion",),
        partial(build_alpha, level="custom"),
        BOTH,
        ("unit", DISTANCES),
    ),
    Metric(
        "gwet_ac1",
        "Gwet's AC1",
        ("coincidence", "values"),
        ("confusion", "values"),
        build_gwet,
        BOTH,
        ("unit",),
    ),
    Metric(
        "gwet_ac2_linear",
        "Gwet's AC2, linear",
        ("coincidence", "values"),
        ("confusion", "values"),
        partial(build_gwet, level="linear"),
        ITEMS,
    ),
    Metric(
        "gwet_ac2_quadratic",
        "Gwet's AC2, quadratic",
        ("coincidence", "values"),
        ("confusion", "values"),
        partial(build_gwet, level="quadratic"),
        ITEMS,
    ),
    Metric(
        "gwet_ac2_custom",
        "Gwet's AC2, own distances",
        ("coincidence", "values"),
        ("confusion", "values"),
        partial(build_gwet, level="custom"),
        BOTH,
        ("unit", DISTANCES),
    ),
    Metric(
        "f1_strict",
        "Span F1, borders and label",
        ("matches",),
        ("matches",),
        partial(build_f1, sense="strict"),
    ),
    Metric("f1_exact", "Span F1, borders", ("matches",), ("matches",), partial(build_f1, sense="exact")),
    Metric(
        "f1_partial",
        "Span F1, overlap for half",
        ("matches",),
        ("matches",),
        partial(build_f1, sense="partial"),
    ),
    Metric(
        "f1_type", "Span F1, overlap and label", ("matches",), ("matches",), partial(build_f1, sense="type")
    ),
    Metric(
        "dice",
        "Dice of labelled positions",
        ("confusion",),
        ("confusion",),
        partial(build_coverage, kind="dice"),
        SPANS,
        ("unit",),
    ),
    Metric(
        "iou",
        "Intersection over union of labelled positions",
        ("confusion",),
        ("confusion",),
        partial(build_coverage, kind="iou"),
        SPANS,
        ("unit",),
    ),
    Metric(
        "alpha_u",
        "Krippendorff's alpha_U",
        ("alpha_u",),
        ("alpha_u",),
        build_alpha_u,
        SPANS,
        ("unit",),
        counted_by=("pair",),
    ),
    Metric(
        "u_alpha",
        "u-alpha",
        ("coincidence", "segments", "units"),
        ("confusion", "segments", "units"),
        partial(build_family, member="u_alpha"),
        SPANS,
        ("unit",),
    ),
    Metric(
        "u_alpha_binary",
        "|u-alpha (where)",
        ("coincidence", "units"),
        ("confusion", "units"),
        partial(build_family, member="u_alpha_binary"),
        SPANS,
        ("unit",),
    ),
    Metric(
        "cu_alpha",
        "cu-alpha (which)",
        ("coincidence", "pairable"),
        ("confusion", "pairable"),
        partial(build_family, member="cu_alpha"),
        SPANS,
        ("unit",),
        counted_by=("pair",),
    ),
    Metric(
        "ku_alpha",
        "(k)u-alpha",
        ("coincidence", "pairable"),
        ("confusion", "pairable"),
        partial(build_family, member="ku_alpha"),
        SPANS,
        ("unit",),
        always_by_label=True,
        counted_by=("pair",),
    ),
    Metric(
        "boundary_similarity",
        "Boundary similarity",
        ("boundaries",),
        ("boundaries",),
        build_boundary_similarity,
        SPANS,
        ("unit",),
    ),
    Metric(
        "relation_f1",
        "Relation F1, tolerant ends",
        ("links",),
        ("links",),
        build_relation_f1,
        slices="relation",
    ),
    Metric(
        "relation_alpha",
        "Relation alpha, tolerant ends",
        ("links", "link_values"),
        ("links", "link_values"),
        build_relation_alpha,
        slices="relation",
    ),
    Metric(
        "attribute_alpha",
        "Attribute alpha on aligned spans",
        ("attributes",),
        ("attributes",),
        build_attribute_alpha,
        slices="attribute",
    ),
    Metric(
        "gamma",
        "Gamma",
        ("gamma",),
        ("gamma",),
        build_gamma,
        SPANS,
        GAMMA,
        counted_by=("label", "pair"),
    ),
    Metric(
        "gamma_cat",
        "Gamma-cat",
        ("gamma", "gamma_label"),
        ("gamma", "gamma_label"),
        build_gamma_cat,
        SPANS,
        GAMMA_OF_LABELS,
        counted_by=("pair",),
    ),
    Metric(
        "gamma_k",
        "Gamma-k",
        ("gamma", "gamma_label"),
        ("gamma", "gamma_label"),
        build_gamma_k,
        SPANS,
        GAMMA_OF_LABELS,
        always_by_label=True,
        counted_by=("pair",),
    ),
)

NAMES: tuple[str, ...] = tuple(metric.name for metric in METRICS)


def find_metric(name: str) -> Metric:
    """The metric of this name.

    Raises
    ------
    UnknownMetricError
        There is none; the message lists them.
    """
    for metric in METRICS:
        if metric.name == name:
            return metric
    raise UnknownMetricError(f"there is no metric {name!r}; there are {', '.join(NAMES)}")
