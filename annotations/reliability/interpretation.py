"""What the values of a report say in this project, in words; never whether they are good or bad."""

from collections.abc import Callable, Mapping

from annotations.agreement import Estimate, Report
from annotations.agreement.registry import find_metric


def read_here(name: str, report: Report) -> list[str]:
    """What the value of a metric says, in sentences, beside the others of its report."""
    estimate = report[name]
    if estimate.value is None:
        return []
    sentences = [*_read_share(name, estimate), *_read_chance(name, estimate)]
    if name in COMPARISONS:
        sentences += COMPARISONS[name](report.metrics)
    return sentences


def _read_share(name: str, estimate: Estimate) -> list[str]:
    like = find_metric(name).words.like
    if not like or estimate.value is None:
        return []
    things = (
        "relations that two people drew" if find_metric(name).takes_links else "spans that two people marked"
    )
    return [f"Here: of 100 {things}, {round(100 * estimate.value)} have {like}."]


def _read_chance(name: str, estimate: Estimate) -> list[str]:
    """Say how the disagreement that was found compares with what chance would give."""
    if not find_metric(name).beyond_chance or estimate.value is None:
        return []
    sentences = []
    if estimate.value < 0:
        sentences.append("Here they differ more than chance would make them.")
    else:
        left = round(100 * (1 - estimate.value))
        sentences.append(f"Here they differ {left} % as much as chance would make them.")
    if estimate.interval is not None and estimate.interval[0] <= 0 <= estimate.interval[1]:
        sentences.append("The interval holds 0: these articles do not tell it from chance.")
    return sentences


def _compare_cuts(metrics: Mapping[str, Estimate]) -> list[str]:
    """What more there is of spans that overlap under one label, next to those that are the same."""
    strict, loose = (_value(metrics, name) for name in ("f1_strict", "f1_type"))
    if strict is None or loose is None or not (more := round(100 * loose) - round(100 * strict)):
        return []
    return [f"Another {more} have the label and only some of the text in common: there they cut differently."]


def _compare_where_with_which(metrics: Mapping[str, Estimate]) -> list[str]:
    where, which = (
        metrics[name].interval if name in metrics else None for name in ("u_alpha_binary", "cu_alpha")
    )
    if where is None or which is None:
        return []
    if where[1] < which[0]:
        return ["They differ more on where something is than on what it is."]
    if which[1] < where[0]:
        return ["They differ more on what something is than on where it is."]
    return ["These articles do not tell whether they differ more on where or on which."]


def _value(metrics: Mapping[str, Estimate], name: str) -> float | None:
    return metrics[name].value if name in metrics else None


COMPARISONS: Mapping[str, Callable[[Mapping[str, Estimate]], list[str]]] = {
    "f1_strict": _compare_cuts,
    "cu_alpha": _compare_where_with_which,
}
