"""The terms of the agreement pages, each explained in a popover beside it."""

from collections.abc import Iterable
from dataclasses import dataclass

from annotations.agreement.registry import find_metric

INTERVAL = "interval"


@dataclass(frozen=True, slots=True)
class Term:
    """A term by its id in the page, with what it means."""

    id: str
    title: str
    meaning: str


OWN_TERMS = (
    Term(
        INTERVAL,
        "95 % interval",
        "How far the figure would move with other articles like these, in 19 of 20 cases: the articles are drawn anew a thousand times. "
        "Where none stands, it would rest on too few articles.",
    ),
    Term(
        "same-answer",
        "Same answer",
        "How many of two people's answers are the same. Where nearly everybody always gives one answer this is high by itself.",
    ),
    Term(
        "both-ends",
        "Both ends found",
        "Of the links that one drew, those whose both spans the other had marked too. No other link could have been drawn alike.",
    ),
)


def list_terms(metrics: Iterable[str]) -> list[Term]:
    """The terms that the agreement page explains: those of its own, and each metric once."""
    return [*OWN_TERMS, *(explain_metric(name) for name in dict.fromkeys(metrics))]


def explain_metric(name: str) -> Term:
    """What a metric asks and how it is read, in the words of the registry."""
    metric = find_metric(name)
    return Term(name, metric.title, f"{metric.words.question} {metric.words.reading}")


def find_term(name: str) -> Term:
    """The term that the page has of its own under this id, or else the metric of this name as a term."""
    return next((term for term in OWN_TERMS if term.id == name), None) or explain_metric(name)
