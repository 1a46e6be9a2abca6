"""What `evaluate` gives back."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import numpy as np

from annotations.agreement.data.phrases import list_some
from annotations.agreement.errors import InvalidOptionError, UnknownMetricError

PAIR_SEPARATOR = "|"
FIGURES_NAMED = 6
MODEL_SLICES = ("by_pair", "by_label", "ceiling_by_label", "by_document")
FRAME_COLUMNS = ("metric", "slice", "of", "value", "low", "high", "documents", "undefined")


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

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.describe()})"

    def describe(self) -> str:
        """The value with its interval, or why there is none.

        >>> Estimate(0.81234, (0.7, 0.9), 5, None).describe()
        '0.812 [0.700, 0.900]'
        """
        if self.value is None:
            return f"undefined: {self.undefined}"
        interval = "" if self.interval is None else f" [{self.interval[0]:.3f}, {self.interval[1]:.3f}]"
        return f"{self.value:.3f}{interval}"

    def to_json(self) -> dict[str, Any]:
        """The value, interval, number of documents and reason as plain data; an undefined value is null."""
        return {
            "value": self.value,
            "interval": None if self.interval is None else list(self.interval),
            "n_documents": self.n_documents,
            "undefined": self.undefined,
        }


@dataclass(frozen=True, slots=True)
class ModelReport(Estimate):
    """A metric of all pairs that a model forms with a human, apart from all other figures.

    Attributes
    ----------
    ceiling : the metric of all pairs of humans, on the documents that the model judged
    by_pair : the metric of the model and each human, by the name of the pair
    by_label, by_document : the metric of the model and the humans over each slice, when asked for
    ceiling_by_label : the metric of the humans of each label, when asked for
    """

    ceiling: Estimate = field(default=Estimate(None, None, 0, ""))
    by_pair: Mapping[str, Estimate] = field(default_factory=dict)
    by_label: Mapping[str, Estimate] = field(default_factory=dict)
    ceiling_by_label: Mapping[str, Estimate] = field(default_factory=dict)
    by_document: Mapping[str, Estimate] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"ModelReport({self.describe()}; humans {self.ceiling.describe()})"

    def to_json(self) -> dict[str, Any]:
        """The model's estimate as plain data, with that of the humans beside it and that of each human."""
        return {
            **Estimate.to_json(self),
            "ceiling": self.ceiling.to_json(),
            **{
                slices: {name: part.to_json() for name, part in getattr(self, slices).items()}
                for slices in MODEL_SLICES
            },
        }


@dataclass(frozen=True, slots=True)
class MetricReport(Estimate):
    """A metric over the whole corpus and over its slices.

    Attributes
    ----------
    parameters : what the value depends on besides the data
    by_label, by_pair, by_document : the same metric over each slice, when asked for; pairs are named by `name_pair`
    by_model : the metric of each model with the humans, when models are included
    details : the parts of the formula, for a reader who checks
    """

    name: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    by_label: Mapping[str, Estimate] = field(default_factory=dict)
    by_pair: Mapping[str, Estimate] = field(default_factory=dict)
    by_document: Mapping[str, Estimate] = field(default_factory=dict)
    by_model: Mapping[str, ModelReport] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"MetricReport({self.name} {self.describe()})"

    def to_json(self) -> dict[str, Any]:
        """The estimate of the whole corpus as plain data, with those of its slices, the parameters and the parts of the formula."""
        return {
            **Estimate.to_json(self),
            "parameters": dict(self.parameters),
            "by_label": {name: part.to_json() for name, part in self.by_label.items()},
            "by_pair": {name: part.to_json() for name, part in self.by_pair.items()},
            "by_document": {name: part.to_json() for name, part in self.by_document.items()},
            "details": to_plain(self.details),
            **(
                {"by_model": {name: part.to_json() for name, part in self.by_model.items()}}
                if self.by_model
                else {}
            ),
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
        if name not in self.metrics:
            raise UnknownMetricError(
                f"the report has no metric {name!r}; it has {', '.join(self.metrics) or 'none'}"
            )
        return self.metrics[name]

    def __repr__(self) -> str:
        found = [
            f"{name} {metric.describe()}" for name, metric in self.metrics.items() if metric.value is not None
        ]
        undefined = len(self.metrics) - len(found)
        parts = [list_some(found, FIGURES_NAMED)] if found else []
        return f"Report({'; '.join([*parts, *([f'{undefined} undefined'] if undefined else [])])})"

    def to_frame(self) -> Any:
        """The figures as a data frame of pandas, a row each: of all, and then of the slices that were asked for.

        Returns
        -------
        pandas.DataFrame
            Columns `metric`, `slice` ('all', 'label', 'pair', 'document' or 'model', and 'humans beside model' for the
            ceiling), `of` (which of these), `value`, `low` and
            `high` (the interval), `documents`, `undefined` (why there is no value).

        Raises
        ------
        InvalidOptionError
            pandas is not installed; the library does not need it otherwise.
        """
        try:
            pandas = import_module("pandas")
        except ImportError as error:
            raise InvalidOptionError(
                "to_frame needs pandas, which is not installed; install it, or use to_json"
            ) from error
        return pandas.DataFrame(list(self._list_rows()), columns=list(FRAME_COLUMNS))

    def _list_rows(self) -> Iterator[tuple[Any, ...]]:
        for name, metric in self.metrics.items():
            slices: tuple[tuple[str, Mapping[str, Estimate]], ...] = (
                ("all", {"": metric}),
                ("label", metric.by_label),
                ("pair", metric.by_pair),
                ("document", metric.by_document),
                ("model", metric.by_model),
                ("humans beside model", {name: part.ceiling for name, part in metric.by_model.items()}),
            )
            for kind, estimates in slices:
                for of, estimate in estimates.items():
                    low, high = estimate.interval or (None, None)
                    yield name, kind, of, estimate.value, low, high, estimate.n_documents, estimate.undefined

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
