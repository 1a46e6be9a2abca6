"""Which spans and which borders are the same: span F1, Dice, intersection over union, boundary similarity."""

from functools import partial

from annotations.agreement.spans.boundaries import build_boundary_similarity, tabulate_boundaries
from annotations.agreement.spans.f1 import build_coverage, build_f1, tabulate_matches
from annotations.agreement.sums.metrics import UNCHECKED, Metric, TableRow, Words

TABLES: tuple[TableRow, ...] = (
    TableRow(names=("boundaries",), of_spans=tabulate_boundaries, is_of_pairs=True),
    TableRow(names=("matches",), of_spans=tabulate_matches, takes_overlaps=True, is_of_pairs=True),
)

METRICS: tuple[Metric, ...] = (
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
)
