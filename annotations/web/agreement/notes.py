"""What figures of a project rest on: how much was compared, how gamma was drawn, and what was left out."""

from annotations.agreement import MetricReport, Report
from annotations.agreement.registry import find_metric
from annotations.agreement.unitizing.counting import MERGED
from annotations.plurals import write_decimal
from annotations.reliability.counting import MANY_PAIRS
from annotations.reliability.matrices import CUT, DROPPED

UNPROVEN = (
    "Not every pairing of the spans is proven to be the best: where eight or more annotators completed an article, or "
    "marked very much, they are paired up again and again instead. A better pairing would raise the figure a little."
)
LEFT_OUT = {
    DROPPED: ("1 span lies", "{} spans lie", "in blocks that do not count, which no figure sees"),
    CUT: ("1 span reaches", "{} spans reach", "into blocks that do not count, whose part no figure sees"),
    MANY_PAIRS: (
        "1 pair of annotators shares",
        "{:,} pairs of annotators share",
        "articles, too many to show one by one: the figures of all count them. Choose some annotators to see their pairs",
    ),
    MERGED: (
        "1 span overlaps",
        "{} spans overlap",
        "another one of the same label and annotator: figures over characters count that text once",
    ),
}


def describe_left_out(report: Report) -> list[str]:
    """What the figures do not see of the spans, a sentence a reason."""
    sentences = []
    for reason, number in report.left_out.items():
        one, several, what = LEFT_OUT.get(reason, ("Left out: 1", "Left out: {}", reason))
        sentences.append(f"{one if number == 1 else several.format(number)} {what}.")
    return sentences


def describe_basis(name: str, report: Report) -> list[str]:
    """What a figure of a report rests on, in sentences."""
    metric = report[name]
    if metric.value is None:
        return []
    return [
        *_describe_coverage(metric),
        *_describe_articles(metric, report.data["n_documents_compared"]),
        *(_describe_gamma(metric) if "certified" in metric.details else ()),
    ]


def _describe_coverage(metric: MetricReport) -> list[str]:
    coverage = metric.details.get("coverage")
    return [] if coverage is None else [find_metric(metric.name).words.coverage.format(round(100 * coverage))]


def _describe_articles(metric: MetricReport, compared: int) -> list[str]:
    without = compared - metric.n_documents
    if without <= 0:
        return []
    articles = "1 of the articles holds" if without == 1 else f"{without} of the articles hold"
    return [f"{articles} nothing that it could compare."]


def _describe_gamma(metric: MetricReport) -> list[str]:
    """How it was drawn and what that leaves open."""
    drawn, found = metric.parameters, metric.details
    least = "" if drawn["precision"] is None else "at least "
    low, high = found.get("monte_carlo_interval", (None, None))
    leaves = (
        ""
        if low is None
        else f", which leaves it between {write_decimal(low, 3)} and {write_decimal(high, 3)}"
    )
    of_all = ", with the labels and lengths of all articles" if drawn["drawn_from"] == "corpus" else ""
    made = (
        f"Chance is the mean of {found['n_samples']} random annotations, {least}{drawn['gamma_samples']} an article "
        f"({drawn['sampler']} sampler, seed {drawn['gamma_seed']}{of_all}){leaves}."
    )
    if found["certified"]:
        return [made, "Every pairing of the spans is proven to be the best."]
    return [made, UNPROVEN]
