"""Gamma, gamma-cat and gamma-k: the best alignment of all spans, against random annotations."""

from annotations.agreement.data.distances import DISTANCES
from annotations.agreement.gamma.counting import tabulate_disorders
from annotations.agreement.gamma.measures import build_gamma, build_gamma_cat, build_gamma_k
from annotations.agreement.sums.metrics import UNCHECKED, Metric, TableRow, Words

GAMMA = ("alpha", "beta", "sampler", "gamma_samples", "precision", "gamma_seed", "drawn_from", DISTANCES)
GAMMA_OF_LABELS = (*GAMMA, "chance")

TABLES: tuple[TableRow, ...] = (
    TableRow(names=("gamma", "gamma_label"), of_spans=tabulate_disorders, takes_distances=True, is_slow=True),
)

METRICS: tuple[Metric, ...] = (
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
        asks_which=True,
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
        asks_which=True,
        words=Words(
            question="In gamma's best pairing, is one label told from the others?",
            reading="As gamma-cat, of the pairs in which a span has the label.",
            usual=UNCHECKED,
            next_step="which labels are taken for each other",
            section="confusion",
        ),
    ),
)
