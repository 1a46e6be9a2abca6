"""How far annotators agree on the document as a whole: each field of the scheme is a question with one value each."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from annotations.agreement import Items, MetricReport, Report, evaluate
from annotations.models import Project
from annotations.reliability.counting import Options
from annotations.reliability.matrices import find_annotations, write_id
from annotations.reliability.people import name_people
from annotations.reliability.report_json import present
from annotations.reliability.schemes import find_schemes
from annotations.reliability.selection import Selection
from annotations.schemes.scheme import DocumentField, Scheme
from annotations.schemes.values import Level

OTHERS = ("percent_agreement", "cohen_kappa", "fleiss_kappa")
BY_ORDER = ("alpha_ordinal", "weighted_kappa_linear", "weighted_kappa_quadratic")
"""What is reported too of answers that have an order."""


@dataclass(frozen=True, slots=True)
class FieldReport:
    """Agreement on one field; documents without a value from two annotators are not compared."""

    field: DocumentField
    report: Report

    @property
    def alpha(self) -> MetricReport:
        """Krippendorff's alpha on the level of the field's kind."""
        return self.report[_name_alpha(self.field)]

    @property
    def percent(self) -> MetricReport:
        return self.report["percent_agreement"]

    @property
    def beside(self) -> MetricReport | None:
        """A second figure where answers have an order: quadratic weighted kappa of two annotators, ordinal alpha of more, unless that is `alpha`."""
        if self.field.kind.level == Level.NOMINAL:
            return None
        if self.report.data["n_annotators"] == 2:  # noqa: PLR2004 - weighted kappa is known as a figure of two
            return self.report["weighted_kappa_quadratic"]
        return None if self.field.kind.level == Level.ORDINAL else self.report["alpha_ordinal"]

    def to_json(self) -> dict[str, Any]:
        return {"title": self.field.title, "kind": self.field.kind.name, **self.report.to_json()}


def report_fields(
    project: Project, selection: Selection, *, by: Collection[str] = (), options: Options | None = None
) -> list[FieldReport]:
    """Agreement on the fields as `measure_fields` has it; pairs go by the people's names."""
    schemes = find_schemes(project, selection.rounds)
    measured = measure_fields(project, selection, schemes, by=by, options=options or Options())
    if not measured:
        return []
    people = name_people(project)
    return [replace(one, report=present(one.report, people)) for one in measured]


def measure_fields(
    project: Project,
    selection: Selection,
    schemes: Iterable[Scheme],
    *,
    tasks: Collection[int] | None = None,
    by: Collection[str] = (),
    options: Options,
) -> list[FieldReport]:
    """Agreement on every field of the schemes in the selection whose values can be compared: all but free text.

    Documents and annotators go by the numbers of their tasks and users. `tasks` narrows it to some documents. The
    selection's labels and blocks do not matter here, because a field is about the whole document.
    """
    fields = list_fields(schemes)
    if not fields:
        return []
    models = selection.list_models()
    others = tuple(model for model in selection.models if model not in models)
    answers = _read_answers(project, replace(selection, models=others))
    if tasks is not None:
        kept = set(tasks)
        answers = {task: judged for task, judged in answers.items() if task in kept}
    return [FieldReport(field, _report(field, answers, models, by, options)) for field in fields]


def list_fields(schemes: Iterable[Scheme]) -> list[DocumentField]:
    """The fields of some schemes that can be compared; where two have one of the same name, the former's."""
    fields: dict[str, DocumentField] = {}
    for scheme in schemes:
        for field in scheme.fields:
            if field.kind.level is not None:
                fields.setdefault(field.name, field)
    return list(fields.values())


Answers = Mapping[int, Mapping[int, Mapping[str, str]]]


def _read_answers(project: Project, selection: Selection) -> Answers:
    """For each task, each annotator's fields."""
    answers: dict[int, dict[int, Mapping[str, str]]] = defaultdict(dict)
    rows = find_annotations(project, replace(selection, labels=None)).order_by("id")
    for task, annotator, fields in rows.values_list(
        "assignment__task_id", "assignment__annotator_id", "fields"
    ):
        answers[task][annotator] = fields
    return answers


def _report(
    field: DocumentField, answers: Answers, models: Collection[int], by: Collection[str], options: Options
) -> Report:
    """The field's figures of the people, and those of each model apart."""
    items = Items.from_rows(
        [
            {write_id(annotator): _read_value(field, fields) for annotator, fields in judged.items()}
            for judged in answers.values()
        ],
        names=[write_id(task) for task in answers],
    )
    return evaluate(
        items,
        metrics=(_name_alpha(field), *OTHERS, *(() if field.kind.level == Level.NOMINAL else BY_ORDER)),
        by=by,
        confidence=options.confidence,
        samples=options.samples,
        seed=options.seed,
        models=[write_id(model) for model in models if write_id(model) in items.annotators],
        include_models=True,
    )


def _name_alpha(field: DocumentField) -> str:
    return f"alpha_{field.kind.level}"


def _read_value(field: DocumentField, fields: Mapping[str, str]) -> str | float | None:
    """What an annotator said; a box that was not ticked is an answer, a question left open is none."""
    value = fields.get(field.name) or field.default or field.kind.unset
    return field.kind.measure(value) if value else None
