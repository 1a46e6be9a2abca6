"""Reports as JSON and back, and people's names in place of their numbers."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from annotations.agreement import Estimate, MetricReport, ModelReport, Report
from annotations.agreement.report import MODEL_SLICES, name_pair, split_pair


def read_report(value: Mapping[str, Any]) -> Report:
    """The report that `write_report` wrote."""
    return Report(
        metrics={name: _read_metric(name, metric) for name, metric in value["metrics"].items()},
        data=value["data"],
        left_out=value["left_out"],
    )


def write_report(report: Report) -> dict[str, Any]:
    """Write a report as JSON for `read_report`; of each document only its value or why it has none."""
    without = {name: replace(metric, by_document={}) for name, metric in report.metrics.items()}
    content = replace(report, metrics=without).to_json()
    for name, metric in report.metrics.items():
        content["metrics"][name]["by_document"] = {
            document: one.value if one.undefined is None else one.undefined
            for document, one in metric.by_document.items()
        }
    return content


def write_figures(figures: Mapping[str, Estimate]) -> dict[str, Any]:
    """Values with their intervals as JSON, without slices and the parts of the formulas."""
    return {name: Estimate.to_json(figure) for name, figure in figures.items()}


def _read_document(answer: float | str) -> Estimate:
    """The figure of one document, which has no interval."""
    if isinstance(answer, str):
        return Estimate(None, None, 1, answer)
    return Estimate(answer, None, 1, None)


def _read_metric(name: str, value: Mapping[str, Any]) -> MetricReport:
    return MetricReport(
        **_read_parts(value),
        name=name,
        parameters=value["parameters"],
        by_label=_read_slices(value["by_label"]),
        by_pair=_read_slices(value["by_pair"]),
        by_document={document: _read_document(answer) for document, answer in value["by_document"].items()},
        details=value["details"],
    )


def read_model_report(value: Mapping[str, Any]) -> ModelReport:
    """The figures of a model that `ModelReport.to_json` wrote."""
    return ModelReport(
        **_read_parts(value),
        ceiling=Estimate(**_read_parts(value["ceiling"])),
        **dict[str, Any]({slices: _read_slices(value[slices]) for slices in MODEL_SLICES}),
    )


def _read_slices(slices: Mapping[str, Any]) -> dict[str, Estimate]:
    return {name: Estimate(**_read_parts(part)) for name, part in slices.items()}


def _read_parts(value: Mapping[str, Any]) -> dict[str, Any]:
    interval = value["interval"]
    return {
        "value": value["value"],
        "interval": None if interval is None else (interval[0], interval[1]),
        "n_documents": value["n_documents"],
        "undefined": value["undefined"],
    }


def _name(number: str, people: Mapping[int, str]) -> str:
    return people.get(int(number), number) if number.isdecimal() else number


def present(report: Report, people: Mapping[int, str]) -> Report:
    """A report for people: pairs under their people's names and documents under the plain numbers of their tasks."""

    def rename(pair: str) -> str:
        return name_pair(sorted(_name(one, people) for one in split_pair(pair)))

    def present_model(part: ModelReport) -> ModelReport:
        return replace(
            part,
            by_pair={rename(pair): estimate for pair, estimate in part.by_pair.items()},
            by_document={str(int(task)): estimate for task, estimate in part.by_document.items()},
        )

    return replace(
        report,
        metrics={
            name: replace(
                metric,
                by_pair={rename(pair): estimate for pair, estimate in metric.by_pair.items()},
                by_document={str(int(task)): estimate for task, estimate in metric.by_document.items()},
                by_model={
                    _name(model, people): present_model(part) for model, part in metric.by_model.items()
                },
            )
            for name, metric in report.metrics.items()
        },
    )
