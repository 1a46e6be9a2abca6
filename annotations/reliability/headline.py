"""What a report on agreement comes to, in the few sentences that somebody reads who reads nothing else."""

from collections.abc import Mapping

from annotations.agreement import Estimate

CLEARLY_LOWER = 0.1
CLEARLY_LOWER_UNSURE = 0.2
"""A label without an interval stands out only by this much."""
MAX_EXCEPTIONS = 3
FEW_DOCUMENTS = 20
"""Fewer documents do not show all that documents differ in."""
TOO_FEW_DOCUMENTS = 3
"""So few documents show nothing of how they differ: drawn again and again, they give an interval that means nothing."""
NO_WIDTH = 0.005
"""Ends of an interval that are nearer to each other than this are written alike."""
WORDS = (
    (0.9, "They agree on nearly everything"),
    (0.65, "They mostly agree"),
    (0.5, "They agree more often than not"),
    (0.35, "They differ more often than not"),
    (0.0, "They mostly differ"),
)


def write_headline(overall: Estimate, labels: Mapping[str, Estimate]) -> list[str]:
    """Sentences on the strict F1 of spans, of all and of each label: how far they agree, what is the exception, how sure that is.

    They count in hundred spans, because a share is understood without knowing the metric.
    """
    if overall.value is None:
        return [f"How far they agree cannot be said: {overall.undefined}."]
    return [
        f"{_name_extent(overall.value)}: of 100 spans, {percent(overall.value)} have the same borders and label for both of two people.",
        *_describe_exceptions(overall.value, labels),
        describe_certainty(overall),
    ]


def find_exceptions(overall: float, labels: Mapping[str, Estimate]) -> list[str]:
    """The labels that reach clearly less than all of them together, the lowest first."""
    values = {name: one.value for name, one in labels.items() if one.value is not None}
    found = [name for name, value in values.items() if _is_lower(overall, value, labels[name].interval)]
    return sorted(found, key=lambda name: (values[name], name))


def describe_certainty(overall: Estimate) -> str:
    """How far the figure would move with other documents, in a sentence."""
    if overall.interval is None or is_unsure(overall):
        return "How sure that is cannot be said from so few articles."
    low, high = (percent(bound) for bound in overall.interval)
    if low == high:
        sentence = f"Other articles like these would give {low} of 100 too"
    else:
        sentence = f"With other articles like these it would be {low} to {high} of 100"
    if overall.n_documents < FEW_DOCUMENTS:
        return f"{sentence}; and {overall.n_documents} articles do not show all that articles differ in, so it may be less sure than that."
    return f"{sentence}."


def is_unsure(estimate: Estimate) -> bool:
    """Whether a figure rests on too few documents for its interval to mean anything, such as one from 0 to 0 of four."""
    if estimate.interval is None:
        return False
    low, high = estimate.interval
    return estimate.n_documents <= TOO_FEW_DOCUMENTS or (
        estimate.n_documents < FEW_DOCUMENTS and high - low < NO_WIDTH
    )


def percent(value: float) -> int:
    """A share as a whole number of hundredths."""
    return round(100 * value)


def _name_extent(value: float) -> str:
    return next(words for least, words in WORDS if value >= least)


def _is_lower(overall: float, value: float, interval: tuple[float, float] | None) -> bool:
    if interval is None:
        return overall - value >= CLEARLY_LOWER_UNSURE
    return overall - value >= CLEARLY_LOWER and interval[1] < overall


def _describe_exceptions(overall: float, labels: Mapping[str, Estimate]) -> list[str]:
    found = find_exceptions(overall, labels)[:MAX_EXCEPTIONS]
    if not found:
        return ["No label stands out as much harder."] if len(labels) > 1 else []
    named = [f"{name} ({percent(labels[name].value or 0)})" for name in found]
    if len(found) == 1:
        return [f"{found[0]} is the exception: {percent(labels[found[0]].value or 0)}."]
    listed = f"{', '.join(named[:-1])} and {named[-1]}"
    if 2 * len(found) > len(labels):
        return [f"It is lowest for {listed}."]
    return [f"{listed} are the exceptions."]
