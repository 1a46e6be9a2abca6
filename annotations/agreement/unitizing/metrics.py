"""Krippendorff's alphas of units that people cut out themselves."""

from functools import partial

from annotations.agreement.sums.metrics import UNCHECKED, Metric, TableRow, Words
from annotations.agreement.unitizing.counting import tabulate_segments, tabulate_unitizing, tabulate_units
from annotations.agreement.unitizing.measures import build_alpha_u, build_family

TABLES: tuple[TableRow, ...] = (
    TableRow(names=("segments", "pairable"), of_spans=tabulate_segments),
    TableRow(names=("units",), of_spans=tabulate_units),
    TableRow(names=("alpha_u",), of_spans=tabulate_unitizing),
)

METRICS: tuple[Metric, ...] = (
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
        asks_which=True,
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
        asks_which=True,
        words=Words(
            question="Where both marked something, is one label told from the others?",
            reading="Label by label, beyond chance, of the stretches that both marked; over all labels it is the figure for which label.",
            usual=UNCHECKED,
            next_step="which labels are taken for each other",
            section="confusion",
            coverage="Of the text that one of two marked, the other marked {} % too: it rests on that.",
        ),
    ),
)
