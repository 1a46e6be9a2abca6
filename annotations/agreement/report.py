"""What `evaluate` gives back."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

PAIR_SEPARATOR = "|"


def name_pair(pair: Iterable[str]) -> str:
    r"""The name of a pair of annotators: theirs with a bar between them; a backslash marks a bar that is part of a name.

    >>> print(name_pair(("ann", "bob")), name_pair(("a|b", "c")))
    ann|bob a\|b|c
    """
    return PAIR_SEPARATOR.join(re.sub(r"[\\|]", r"\\\g<0>", name) for name in pair)


def split_pair(name: str) -> list[str]:
    r"""The annotators of a pair, by its name.

    >>> split_pair(name_pair(("a|b", "c\\")))
    ['a|b', 'c\\']
    """
    parts = re.findall(r"((?:[^\\|]|\\.)*)(?:\||\Z)", name, flags=re.DOTALL)[:2]
    return [re.sub(r"\\(.)", r"\1", part, flags=re.DOTALL) for part in parts]


@dataclass(frozen=True, slots=True)
class Estimate:
    """One value with its interval; exactly one of `value` and `undefined` is None."""

    value: float | None
    interval: tuple[float, float] | None
    n_documents: int
    undefined: str | None

    def to_json(self) -> dict[str, Any]:
        return {
            "value": self.value,
            "interval": None if self.interval is None else list(self.interval),
            "n_documents": self.n_documents,
            "undefined": self.undefined,
        }


@dataclass(frozen=True, slots=True)
class MetricReport(Estimate):
    """A metric over the whole corpus and over its slices.

    Attributes
    ----------
    parameters : what the value depends on besides the data
    by_label, by_pair, by_document : the same metric over each slice, when asked for; pairs are named by `name_pair`
    details : the parts of the formula, for a reader who checks
    """

    name: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    by_label: Mapping[str, Estimate] = field(default_factory=dict)
    by_pair: Mapping[str, Estimate] = field(default_factory=dict)
    by_document: Mapping[str, Estimate] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            **Estimate.to_json(self),
            "parameters": dict(self.parameters),
            "by_label": {name: part.to_json() for name, part in self.by_label.items()},
            "by_pair": {name: part.to_json() for name, part in self.by_pair.items()},
            "by_document": {name: part.to_json() for name, part in self.by_document.items()},
            "details": to_plain(self.details),
        }


@dataclass(frozen=True, slots=True)
class Report:
    """All metrics that were asked for, and what they were computed from.

    Attributes
    ----------
    metrics : mapping of metric name to MetricReport
    data : counts of documents, annotators, spans or items
    left_out : counts of what the metrics could not use, by reason
    """

    metrics: Mapping[str, MetricReport]
    data: Mapping[str, int] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)

    def __getitem__(self, name: str) -> MetricReport:
        return self.metrics[name]

    def to_json(self) -> dict[str, Any]:
        """Plain dictionaries, lists, texts and numbers; undefined values are null, never NaN."""
        return {
            "metrics": {name: metric.to_json() for name, metric in self.metrics.items()},
            "data": dict(self.data),
            "left_out": dict(self.left_out),
        }


def to_plain(value: Any) -> Any:
    """Numpy numbers, tuples and mappings as JSON knows them; what is not finite becomes None."""
    if isinstance(value, Mapping):
        return {str(key): to_plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [to_plain(part) for part in value]
    if isinstance(value, np.generic):
        return to_plain(value.item())
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
