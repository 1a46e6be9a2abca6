"""Every table that is counted and every metric that is made of the tables, each listed once."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from annotations.agreement.coding.counting import (
    tabulate_coincidences,
    tabulate_confusions,
    tabulate_item_coincidences,
    tabulate_item_confusions,
    tabulate_item_values,
    tabulate_values,
)
from annotations.agreement.coding.gwet import build_gwet
from annotations.agreement.coding.measures import (
    build_alpha,
    build_fleiss,
    build_pairwise,
    build_percent,
)
from annotations.agreement.data.distances import DISTANCES
from annotations.agreement.data.items import Items
from annotations.agreement.errors import UnknownMetricError
from annotations.agreement.gamma.counting import tabulate_disorders
from annotations.agreement.gamma.measures import build_gamma, build_gamma_cat, build_gamma_k
from annotations.agreement.links.counting import tabulate_attributes, tabulate_links
from annotations.agreement.links.measures import (
    build_attribute_alpha,
    build_relation_alpha,
    build_relation_f1,
)
from annotations.agreement.spans.boundaries import build_boundary_similarity, tabulate_boundaries
from annotations.agreement.spans.f1 import build_coverage, build_f1, tabulate_matches
from annotations.agreement.sums.batches import Batch, CountedTables
from annotations.agreement.sums.measures import Measure, Scope
from annotations.agreement.sums.statistics import Statistics
from annotations.agreement.unitizing.counting import tabulate_segments, tabulate_unitizing, tabulate_units
from annotations.agreement.unitizing.measures import build_alpha_u, build_family

Build = Callable[[Statistics, Scope], Measure]

SPANS = frozenset({"spans"})
BOTH = frozenset({"spans", "items"})
ITEMS = frozenset({"items"})
GAMMA = ("alpha", "beta", "sampler", "gamma_samples", "precision", "gamma_seed", "drawn_from", DISTANCES)
GAMMA_OF_LABELS = (*GAMMA, "chance")


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """How one table of the statistics is counted, or several that come of one count.

    Attributes
    ----------
    names : tuple of str
    of_spans : callable
        Counts a batch of documents; documents are independent of each other, so batches can be merged.
    of_items : callable, optional
        Counts items.
    takes_overlaps : bool
        Whether memory grows with the pairs of spans that overlap, so that batches must be smaller where there are many.
    takes_links : bool
        Whether it needs relations or attributes, without which a corpus may be built.
    takes_distances : bool
        Whether what is counted depends on the distances between labels.
    is_slow : bool
        Whether it is counted in one go, for all documents, and takes a hundred times as long as the others.
    """

    names: tuple[str, ...]
    of_spans: Callable[[Batch], CountedTables]
    of_items: Callable[[Items], CountedTables] | None = None
    takes_overlaps: bool = False
    takes_links: bool = False
    takes_distances: bool = False
    is_slow: bool = False


TABLES: tuple[TableRow, ...] = (
    TableRow(names=("confusion",), of_spans=tabulate_confusions, of_items=tabulate_item_confusions),
    TableRow(names=("coincidence",), of_spans=tabulate_coincidences, of_items=tabulate_item_coincidences),
    TableRow(names=("values",), of_spans=tabulate_values, of_items=tabulate_item_values),
    TableRow(names=("segments", "pairable"), of_spans=tabulate_segments),
    TableRow(names=("units",), of_spans=tabulate_units),
    TableRow(names=("alpha_u",), of_spans=tabulate_unitizing),
    TableRow(names=("boundaries",), of_spans=tabulate_boundaries),
    TableRow(names=("matches",), of_spans=tabulate_matches, takes_overlaps=True),
    TableRow(names=("links", "link_values"), of_spans=tabulate_links, takes_overlaps=True, takes_links=True),
    TableRow(names=("attributes",), of_spans=tabulate_attributes, takes_overlaps=True, takes_links=True),
    TableRow(names=("gamma", "gamma_label"), of_spans=tabulate_disorders, takes_distances=True, is_slow=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a metric means, in a reader's words.

    Attributes
    ----------
    question : what the figure answers
    reading : what its value says
    usual : what other projects reached, or that no published value is known to us
    next_step : what to look at next, in the section of the agreement page called `section`
    like : of a share of spans or relations, what 100 of them have
    coverage : what the figure rests on, with the percentage as {}
    """

    question: str
    reading: str
    usual: str = ""
    next_step: str = ""
    section: str = ""
    like: str = ""
    coverage: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """What the library knows about a metric.

    Attributes
    ----------
    name, title : str
    tables : the statistics it needs of all annotators together
    pair_tables : the statistics it needs for one pair of annotators; the same as `tables` if not given
    build : makes the measure of a slice
    words : what it means to a reader
    kinds : the data it applies to, of 'spans' and 'items'
    options : the names of the options that it depends on
    beyond_chance : whether it is 1 - observed / expected disagreement, so that 0 is what chance gives and 1 is the most
    always_by_label : whether its values are those of the labels, so that they are given unasked
    slices : the axis whose names `by_label` has: 'label', 'relation' or 'attribute'
    counted_by : the slices of 'label' and 'pair' that its tables have only where they were counted so
    needs_distances : whether it is undefined without a table of distances between labels
    """

    name: str
    title: str
    tables: tuple[str, ...]
    pair_tables: tuple[str, ...] = ()
    build: Build
    words: Words
    kinds: frozenset[str] = SPANS
    options: tuple[str, ...] = ()
    beyond_chance: bool = False
    always_by_label: bool = False
    slices: str = "label"
    counted_by: tuple[str, ...] = ()
    needs_distances: bool = False

    @property
    def tables_of_pairs(self) -> tuple[str, ...]:
        """The statistics it needs for one pair of annotators."""
        return self.pair_tables or self.tables

    @property
    def rows(self) -> list[TableRow]:
        """How its tables are counted."""
        return choose_tables({*self.tables, *self.tables_of_pairs})

    @property
    def is_slow(self) -> bool:
        """Whether counting its tables takes a hundred times as long as counting those of others."""
        return any(row.is_slow for row in self.rows)

    @property
    def takes_links(self) -> bool:
        """Whether it compares relations or attributes."""
        return any(row.takes_links for row in self.rows)

    @property
    def counts_distances(self) -> bool:
        """Whether what is counted for it depends on the table of distances between labels."""
        return any(row.takes_distances for row in self.rows)


UNCHECKED = "We have checked no published value of it for a task like this."
EDITORIALS = (
    "Fleiss' kappa of the types of given argument units in editorials, by three annotators: 0.56 (Al-Khatib and others, "
    "2016). Here people also had to find the units."
)

METRICS: tuple[Metric, ...] = (
    Metric(
        name="percent_agreement",
        title="Observed agreement",
        tables=("coincidence",),
        pair_tables=("confusion",),
        build=build_percent,
        kinds=BOTH,
        options=("unit",),
        words=Words(
            question="How often do they say the same of a character?",
            reading="The plain share, which is high wherever most of a text is unmarked. Never quote it alone.",
            usual="It depends on how much of a text is marked, so values of other projects say nothing.",
        ),
    ),
    Metric(
        name="cohen_kappa",
        title="Cohen's kappa",
        tables=("confusion",),
        build=partial(build_pairwise, coefficient="cohen_kappa"),
        kinds=BOTH,
        options=("unit",),
        beyond_chance=True,
        words=Words(
            question="Beyond chance, do two people label the same text alike?",
            reading="Over characters, all pairs pooled: each counts by the text that the two share, and chance is that two different people "
            "say the same by the habits of each. It does not see where one span ends and the next of the same label begins.",
            usual=EDITORIALS,
            next_step="is it one person?",
            section="pairs",
        ),
    ),
    Metric(
        name="weighted_kappa_linear",
        title="Weighted kappa, linear",
        tables=("confusion",),
        build=partial(build_pairwise, coefficient="cohen_kappa", level="linear"),
        kinds=ITEMS,
        beyond_chance=True,
        words=Words(
            question="Beyond chance, do two people give answers near each other?",
            reading="As Cohen's kappa, but answers that differ count by how far apart they are. For answers with an order, such as ratings.",
            usual=UNCHECKED,
            next_step="is it one person?",
            section="pairs",
        ),
    ),
    Metric(
        name="weighted_kappa_quadratic",
        title="Weighted kappa, quadratic",
        tables=("confusion",),
        build=partial(build_pairwise, coefficient="cohen_kappa", level="quadratic"),
        kinds=ITEMS,
        beyond_chance=True,
        words=Words(
            question="Beyond chance, do two people give answers near each other?",
            reading="As Cohen's kappa, but answers that differ count by the square of how far apart they are, so that near ones hardly "
            "count. For answers with an order, such as ratings.",
            usual=UNCHECKED,
            next_step="is it one person?",
            section="pairs",
        ),
    ),
    Metric(
        name="weighted_kappa_custom",
        title="Weighted kappa, own distances",
        tables=("confusion",),
        build=partial(build_pairwise, coefficient="cohen_kappa", level="custom"),
        kinds=BOTH,
        options=("unit", DISTANCES),
        needs_distances=True,
        beyond_chance=True,
        words=Words(
            question="Beyond chance, do two people label the same text alike, where some labels are nearly the same?",
            reading="As Cohen's kappa, but labels that differ count by how far apart the table that was given says they are.",
            usual=UNCHECKED,
            next_step="is it one person?",
            section="pairs",
        ),
    ),
    Metric(
        name="scott_pi",
        title="Scott's pi",
        tables=("confusion",),
        build=partial(build_pairwise, coefficient="scott_pi"),
        kinds=BOTH,
        options=("unit",),
        beyond_chance=True,
        words=Words(
            question="Beyond chance, do two people label the same text alike?",
            reading="As Cohen's kappa, but chance is taken from what all of them use together.",
            usual=EDITORIALS,
            next_step="is it one person?",
            section="pairs",
        ),
    ),
    Metric(
        name="fleiss_kappa",
        title="Fleiss' kappa",
        tables=("coincidence",),
        pair_tables=("confusion",),
        build=build_fleiss,
        kinds=BOTH,
        options=("unit",),
        beyond_chance=True,
        words=Words(
            question="Beyond chance, do all of them label the same text alike?",
            reading="Over characters of articles that two or more completed. Where their number varies, characters weigh alike in what "
            "is observed and judgements in what chance gives.",
            usual=EDITORIALS,
            next_step="is it one person?",
            section="pairs",
        ),
    ),
    Metric(
        name="alpha_nominal",
        title="Krippendorff's alpha, nominal",
        tables=("coincidence",),
        pair_tables=("confusion",),
        build=partial(build_alpha, level="nominal"),
        kinds=BOTH,
        options=("unit",),
        beyond_chance=True,
        words=Words(
            question="Beyond chance, do they label the same text alike?",
            reading="Krippendorff's alpha over characters: 1 is perfect, 0 is what chance gives. It takes any number of people and copes "
            "with missing ones. It does not see where one span ends and the next of the same label begins.",
            usual=EDITORIALS + " Krippendorff asks 0.8 of alpha, and 0.667 for tentative conclusions.",
            next_step="is it one person?",
            section="pairs",
        ),
    ),
    Metric(
        name="alpha_ordinal",
        title="Krippendorff's alpha, ordinal",
        tables=("coincidence",),
        pair_tables=("confusion",),
        build=partial(build_alpha, level="ordinal"),
        kinds=BOTH,
        options=("unit",),
        beyond_chance=True,
        words=Words(
            question="Beyond chance, do they give answers near each other?",
            reading="For answers with an order, such as ratings; labels of spans have none, so it is undefined for them.",
            usual=UNCHECKED,
        ),
    ),
    Metric(
        name="alpha_interval",
        title="Krippendorff's alpha, interval",
        tables=("coincidence",),
        pair_tables=("confusion",),
        build=partial(build_alpha, level="interval"),
        kinds=BOTH,
        options=("unit",),
        beyond_chance=True,
        words=Words(
            question="Beyond chance, do they give numbers near each other?",
            reading="For answers that are numbers; labels of spans are none, so it is undefined for them.",
            usual=UNCHECKED,
        ),
    ),
    Metric(
        name="alpha_ratio",
        title="Krippendorff's alpha, ratio",
        tables=("coincidence",),
        pair_tables=("confusion",),
        build=partial(build_alpha, level="ratio"),
        kinds=ITEMS,
        beyond_chance=True,
        words=Words(
            question="Beyond chance, do they give amounts near each other?",
            reading="For answers that are amounts from 0 upwards: a difference counts by the share that it is of the two.",
            usual=UNCHECKED,
        ),
    ),
    Metric(
        name="alpha_custom",
        title="Krippendorff's alpha, own distances",
        tables=("coincidence",),
        pair_tables=("confusion",),
        build=partial(build_alpha, level="custom"),
        kinds=BOTH,
        options=("unit", DISTANCES),
        needs_distances=True,
        beyond_chance=True,
        words=Words(
            question="Beyond chance, do they label the same text alike, where some labels are nearly the same?",
            reading="As nominal alpha, but labels that differ count by how far apart the table that was given says they are.",
            usual=UNCHECKED,
            next_step="is it one person?",
            section="pairs",
        ),
    ),
    Metric(
        name="gwet_ac1",
        title="Gwet's AC1",
        tables=("coincidence", "values"),
        pair_tables=("confusion", "values"),
        build=build_gwet,
        kinds=BOTH,
        options=("unit",),
        beyond_chance=True,
        words=Words(
            question="Beyond chance, do they label the same text alike, however much of it is unmarked?",
            reading="As alpha, but chance grows where all labels are used alike, and shrinks where nearly everything has one value or is "
            "unmarked; so it is high where kappa and alpha are low on rare labels. Read it beside them.",
            usual=UNCHECKED,
            next_step="is it one person?",
            section="pairs",
        ),
    ),
    Metric(
        name="gwet_ac2_linear",
        title="Gwet's AC2, linear",
        tables=("coincidence", "values"),
        pair_tables=("confusion", "values"),
        build=partial(build_gwet, level="linear"),
        kinds=ITEMS,
        beyond_chance=True,
        words=Words(
            question="Beyond chance, do they give answers near each other, however rare some are?",
            reading="As Gwet's AC1, but answers that differ count by how far apart they are. For answers with an order, such as ratings.",
            usual=UNCHECKED,
        ),
    ),
    Metric(
        name="gwet_ac2_quadratic",
        title="Gwet's AC2, quadratic",
        tables=("coincidence", "values"),
        pair_tables=("confusion", "values"),
        build=partial(build_gwet, level="quadratic"),
        kinds=ITEMS,
        beyond_chance=True,
        words=Words(
            question="Beyond chance, do they give answers near each other, however rare some are?",
            reading="As Gwet's AC1, but answers that differ count by the square of how far apart they are. For answers with an order.",
            usual=UNCHECKED,
        ),
    ),
    Metric(
        name="gwet_ac2_custom",
        title="Gwet's AC2, own distances",
        tables=("coincidence", "values"),
        pair_tables=("confusion", "values"),
        build=partial(build_gwet, level="custom"),
        kinds=BOTH,
        options=("unit", DISTANCES),
        needs_distances=True,
        beyond_chance=True,
        words=Words(
            question="Beyond chance, do they label the same text alike, where some labels are nearly the same?",
            reading="As Gwet's AC1, but labels that differ count by how far apart the table that was given says they are.",
            usual=UNCHECKED,
            next_step="is it one person?",
            section="pairs",
        ),
    ),
    Metric(
        name="f1_strict",
        title="Span F1, borders and label",
        tables=("matches",),
        build=partial(build_f1, sense="strict"),
        words=Words(
            question="Do they mark the same spans?",
            reading="Of the spans that two people marked, the share with the very same borders and label in both. "
            "A model cannot be expected to score higher against one person than another person does.",
            usual="Two experts marked 93 % of the chemicals in case reports alike (PharmaCoNER), which are short names.",
            next_step="is it one label that pulls it down?",
            section="labels",
            like="the same borders and label as one of the other's",
        ),
    ),
    Metric(
        name="f1_exact",
        title="Span F1, borders",
        tables=("matches",),
        build=partial(build_f1, sense="exact"),
        words=Words(
            question="Do they mark the same borders, whatever the label?",
            reading="As the strict figure, but a span counts whatever label it got. The difference between the two is "
            "disagreement on labels alone.",
            usual="Participants of biological events: 0.75 to 0.77 (Thompson and others, 2009).",
            like="the same borders as one of the other's",
        ),
    ),
    Metric(
        name="f1_partial",
        title="Span F1, overlap for half",
        tables=("matches",),
        build=partial(build_f1, sense="partial"),
        words=Words(
            question="Do they mark the same places, more or less?",
            reading="A span counts in full where the other marked the same borders and for half where the two only overlap, whatever "
            "the labels. Far above the strict figure, it says that people find the same places and cut or name them differently.",
            usual="Counted in full for any overlap, participants of biological events reach 0.90 (Thompson and others, 2009).",
            next_step="where one marked more than the other",
            section="confusion",
        ),
    ),
    Metric(
        name="f1_type",
        title="Span F1, overlap and label",
        tables=("matches",),
        build=partial(build_f1, sense="type"),
        words=Words(
            question="Do they see the same things?",
            reading="A span counts where it overlaps one with the same label. What is missing here was overlooked or "
            "understood differently, not just cut differently.",
            usual=UNCHECKED,
            next_step="the articles with the lowest figure",
            section="documents",
            like="some text and the label in common with one of the other's",
        ),
    ),
    Metric(
        name="dice",
        title="Dice of labelled positions",
        tables=("confusion",),
        build=partial(build_coverage, kind="dice"),
        options=("unit",),
        words=Words(
            question="How much of the labelled text do two people share?",
            reading="Of the characters that the two labelled, the share that both gave the same label; chance is not taken out.",
            usual=UNCHECKED,
        ),
    ),
    Metric(
        name="iou",
        title="Intersection over union of labelled positions",
        tables=("confusion",),
        build=partial(build_coverage, kind="iou"),
        options=("unit",),
        words=Words(
            question="How much of the text that either labelled did both label?",
            reading="Characters with the same label in both, of those with a label in either; never higher than Dice, and it orders "
            "projects the same way.",
            usual=UNCHECKED,
        ),
    ),
    Metric(
        name="alpha_u",
        title="Krippendorff's alpha_U",
        tables=("alpha_u",),
        build=build_alpha_u,
        options=("unit",),
        counted_by=("pair",),
        beyond_chance=True,
        words=Words(
            question="Beyond chance, do they cut out the same units, label by label?",
            reading="Krippendorff's alpha for units of 1995: borders that differ count by their squared distance, and what "
            "only one marked by its squared length, so that large differences weigh most.",
            usual=UNCHECKED,
        ),
    ),
    Metric(
        name="u_alpha",
        title="u-alpha",
        tables=("coincidence", "segments", "units"),
        pair_tables=("confusion", "segments", "units"),
        build=partial(build_family, member="u_alpha"),
        options=("unit",),
        beyond_chance=True,
        words=Words(
            question="Beyond chance, do they cut the text alike and label it alike?",
            reading="Krippendorff's alpha of 2016 for units whose borders people choose themselves, as amounts of text: a unit is "
            "never compared with itself.",
            usual=UNCHECKED,
        ),
    ),
    Metric(
        name="u_alpha_binary",
        title="|u-alpha (where)",
        tables=("coincidence", "units"),
        pair_tables=("confusion", "units"),
        build=partial(build_family, member="u_alpha_binary"),
        options=("unit",),
        beyond_chance=True,
        words=Words(
            question="Beyond chance, do they find the same stretches?",
            reading="Where only: all labels count as one. Read it beside the figure for which label.",
            usual=UNCHECKED,
            next_step="what one marked and another left out",
            section="confusion",
        ),
    ),
    Metric(
        name="cu_alpha",
        title="cu-alpha (which)",
        tables=("coincidence", "pairable"),
        pair_tables=("confusion", "pairable"),
        build=partial(build_family, member="cu_alpha"),
        options=("unit",),
        counted_by=("pair",),
        beyond_chance=True,
        words=Words(
            question="Where both marked something, do they choose the same label?",
            reading="Which only, beyond chance: it looks at nothing but the stretches that both marked.",
            usual=UNCHECKED,
            next_step="which labels are taken for each other",
            section="confusion",
            coverage="Of the text that one of two marked, the other marked {} % too: it rests on that.",
        ),
    ),
    Metric(
        name="ku_alpha",
        title="(k)u-alpha",
        tables=("coincidence", "pairable"),
        pair_tables=("confusion", "pairable"),
        build=partial(build_family, member="ku_alpha"),
        options=("unit",),
        always_by_label=True,
        counted_by=("pair",),
        beyond_chance=True,
        words=Words(
            question="Where both marked something, is one label told from the others?",
            reading="Label by label, beyond chance, of the stretches that both marked; over all labels it is the figure for which label.",
            usual=UNCHECKED,
            next_step="which labels are taken for each other",
            section="confusion",
            coverage="Of the text that one of two marked, the other marked {} % too: it rests on that.",
        ),
    ),
    Metric(
        name="boundary_similarity",
        title="Boundary similarity",
        tables=("boundaries",),
        build=build_boundary_similarity,
        options=("unit",),
        words=Words(
            question="Are the borders of the spans the same, or nearly?",
            reading="Starts and ends of spans, whatever the labels; a border that is one position off counts for half. Chance is not "
            "taken out.",
            usual=UNCHECKED,
        ),
    ),
    Metric(
        name="relation_f1",
        title="Relation F1, tolerant ends",
        tables=("links",),
        build=build_relation_f1,
        slices="relation",
        words=Words(
            question="Do they draw the same relations?",
            reading="A relation is the same where it has the same type and direction between spans that were paired up. One whose "
            "ends the other did not find counts as missed. Chance is not taken out.",
            usual=UNCHECKED,
            like="their like among the other's",
            coverage="Of {} % of the relations, both ends were found by the other too.",
        ),
    ),
    Metric(
        name="relation_alpha",
        title="Relation alpha, tolerant ends",
        tables=("links", "link_values"),
        build=build_relation_alpha,
        slices="relation",
        beyond_chance=True,
        words=Words(
            question="Beyond chance, do they relate the same spans in the same way?",
            reading="Over all ordered pairs of spans that were paired up: which type of relation joins them, or none.",
            usual=UNCHECKED,
            coverage="It rests on {} % of the relations: those of which both ends were found by the other too.",
        ),
    ),
    Metric(
        name="attribute_alpha",
        title="Attribute alpha on aligned spans",
        tables=("attributes",),
        build=build_attribute_alpha,
        slices="attribute",
        beyond_chance=True,
        words=Words(
            question="Of the same span, do they give the same attributes?",
            reading="Beyond chance, on paired spans of one label for which both answered; every attribute weighs by its answers.",
            usual=UNCHECKED,
            coverage="Of the questions that either answered of a span they share, both answered {} %: it rests on those.",
        ),
    ),
    Metric(
        name="gamma",
        title="Gamma",
        tables=("gamma",),
        build=build_gamma,
        options=GAMMA,
        counted_by=("label", "pair"),
        beyond_chance=True,
        words=Words(
            question="Where and which together, with nested and overlapping spans",
            reading="Finds the best way to pair up all spans and compares its disorder with that of random annotations (Mathet and "
            "others, 2015). 1 is perfect, 0 is chance, below 0 is worse.",
            usual=UNCHECKED,
            next_step="the articles with the lowest figure",
            section="documents",
        ),
    ),
    Metric(
        name="gamma_cat",
        title="Gamma-cat",
        tables=("gamma", "gamma_label"),
        build=build_gamma_cat,
        options=GAMMA_OF_LABELS,
        counted_by=("pair",),
        beyond_chance=True,
        words=Words(
            question="In gamma's best pairing, do the labels agree?",
            reading="Labels only, on the spans that were paired up, the nearer the more: spans that nobody else marked do not count. "
            "Chance deals the labels of these spans anew, over all articles.",
            usual=UNCHECKED,
            next_step="which labels are taken for each other",
            section="confusion",
        ),
    ),
    Metric(
        name="gamma_k",
        title="Gamma-k",
        tables=("gamma", "gamma_label"),
        build=build_gamma_k,
        options=GAMMA_OF_LABELS,
        always_by_label=True,
        counted_by=("pair",),
        beyond_chance=True,
        words=Words(
            question="In gamma's best pairing, is one label told from the others?",
            reading="As gamma-cat, of the pairs in which a span has the label.",
            usual=UNCHECKED,
            next_step="which labels are taken for each other",
            section="confusion",
        ),
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


def choose_tables(names: set[str]) -> list[TableRow]:
    """The rows that count at least one of these tables, in the order in which they are counted."""
    return [row for row in TABLES if names.intersection(row.names)]


def span_metrics(*, has_distances: bool = False) -> tuple[str, ...]:
    """The names of all metrics of spans; those by distances between labels only where there are some."""
    return tuple(
        metric.name
        for metric in METRICS
        if "spans" in metric.kinds and (has_distances or not metric.needs_distances)
    )
