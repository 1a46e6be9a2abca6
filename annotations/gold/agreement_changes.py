"""How far agreement is another in a later release, by the figures that both manifests keep."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from annotations.plurals import write_decimal

DIGITS = 4
METRICS_IN_WORDS = {
    "alpha_nominal": "Krippendorff's alpha, position by position",
    "f1_strict": "F1 of spans with equal ends and label",
    "f1_partial": "F1 of spans of one label that overlap",
}


@dataclass(frozen=True, slots=True)
class AgreementChange:
    """A figure of agreement in two releases, of one label or of all; None where a release has none."""

    metric: str
    label: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    @property
    def difference(self) -> float | None:
        """The later value less the earlier, where there are both."""
        if self.before is None or self.after is None:
            return None
        return round(float(self.after["value"]) - float(self.before["value"]), DIGITS)

    @property
    def is_within_chance(self) -> bool:
        """Whether the intervals of both meet, so that the difference may be one of the articles that were drawn."""
        known = [one for one in (self.before, self.after) if one and one["low"] is not None]
        return len(known) == 2 and known[0]["low"] <= known[1]["high"] and known[1]["low"] <= known[0]["high"]  # noqa: PLR2004 - both

    def to_json(self) -> dict[str, Any]:
        """The change as the JSON of a comparison says it."""
        return {
            "metric": self.metric,
            "label": self.label or None,
            "before": self.before,
            "after": self.after,
            "difference": self.difference,
        }


def compare_agreement(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[AgreementChange]:
    """Each figure of agreement that one of two manifests keeps, all labels first; figures that are the same are there, too.

    >>> figure = {"value": 0.5, "low": 0.4, "high": 0.6, "documents": 9}
    >>> [one.difference for one in compare_agreement({}, {"agreement": {"f1_strict": {**figure, "by_label": {}}}})]
    [None]
    """
    return list(_compare(before.get("agreement") or {}, after.get("agreement") or {}))


def _compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[AgreementChange]:
    for metric in sorted({*old, *new}):
        pair = old.get(metric), new.get(metric)
        yield AgreementChange(metric, "", *(_bare(one) for one in pair))
        by_label = [one["by_label"] if one else {} for one in pair]
        for label in sorted({*by_label[0], *by_label[1]}):
            yield AgreementChange(metric, label, by_label[0].get(label), by_label[1].get(label))


def _bare(figure: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if figure is None:
        return None
    return {name: value for name, value in figure.items() if name != "by_label"}


def say_figure(figure: Mapping[str, Any] | None) -> str:
    """A figure with its interval, in words.

    >>> say_figure({"value": 0.5, "low": 0.4, "high": 0.6, "documents": 9})
    '0.50 (0.40 to 0.60)'
    """
    if figure is None:
        return "none"
    interval = (
        ""
        if figure["low"] is None
        else f" ({write_decimal(figure['low'])} to {write_decimal(figure['high'])})"
    )
    return f"{write_decimal(figure['value'])}{interval}"
