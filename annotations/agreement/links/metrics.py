"""Relations and attributes on spans that two people share."""

from annotations.agreement.links.counting import tabulate_attributes, tabulate_links
from annotations.agreement.links.measures import (
    build_attribute_alpha,
    build_relation_alpha,
    build_relation_f1,
)
from annotations.agreement.sums.metrics import UNCHECKED, Metric, TableRow, Words

TABLES: tuple[TableRow, ...] = (
    TableRow(
        names=("links", "link_values"),
        of_spans=tabulate_links,
        takes_overlaps=True,
        takes_links=True,
        is_of_pairs=True,
    ),
    TableRow(
        names=("attributes",),
        of_spans=tabulate_attributes,
        takes_overlaps=True,
        takes_links=True,
        is_of_pairs=True,
    ),
)

METRICS: tuple[Metric, ...] = (
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
        asks_which=True,
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
        asks_which=True,
        words=Words(
            question="Of the same span, do they give the same attributes?",
            reading="Beyond chance, on paired spans of one label for which both answered; every attribute weighs by its answers.",
            usual=UNCHECKED,
            coverage="Of the questions that either answered of a span they share, both answered {} %: it rests on those.",
        ),
    ),
)
