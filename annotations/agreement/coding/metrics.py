"""Values of positions and of items: percent agreement, kappas, pi, alphas, AC1 and AC2."""

from functools import partial

from annotations.agreement.coding.counting import tabulate_coincidences, tabulate_confusions, tabulate_values
from annotations.agreement.coding.gwet import build_gwet
from annotations.agreement.coding.item_counting import (
    tabulate_item_coincidences,
    tabulate_item_confusions,
    tabulate_item_values,
)
from annotations.agreement.coding.measures import build_alpha, build_fleiss, build_percent
from annotations.agreement.coding.pairwise import build_pairwise
from annotations.agreement.data.distances import DISTANCES
from annotations.agreement.sums.metrics import BOTH, ITEMS, UNCHECKED, Metric, TableRow, Words

EDITORIALS = (
    "Fleiss' kappa of the types of given argument units in editorials, by three annotators: 0.56 (Al-Khatib and others, "
    "2016). Here people also had to find the units."
)

TABLES: tuple[TableRow, ...] = (
    TableRow(
        names=("confusion",),
        of_spans=tabulate_confusions,
        of_items=tabulate_item_confusions,
        is_of_pairs=True,
    ),
    TableRow(names=("coincidence",), of_spans=tabulate_coincidences, of_items=tabulate_item_coincidences),
    TableRow(names=("values",), of_spans=tabulate_values, of_items=tabulate_item_values),
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
)
