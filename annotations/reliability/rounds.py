"""Agreement round by round, and whether a round differs from the one before by more than chance would have it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from annotations.agreement import Comparison, Estimate
from annotations.agreement.questions.inference import compare
from annotations.models import Project, Round, Task
from annotations.reliability.counting import Counted, Options, count_for_metric, count_selection
from annotations.reliability.matrices import write_id
from annotations.reliability.report_json import write_figures
from annotations.reliability.reports import report_selection
from annotations.reliability.selection import Selection


@dataclass(frozen=True, slots=True)
class RoundFigures:
    """What a round reached, by metric; `against` compares it with `before`, and is empty for the first."""

    round: Round
    figures: Mapping[str, Estimate]
    before: Round | None
    against: Mapping[str, Comparison]

    def to_json(self) -> dict[str, Any]:
        return {
            "round": self.round.number,
            "kind": self.round.kind,
            "metrics": write_figures(self.figures),
            "before": None if self.before is None else self.before.number,
            "against_before": {name: asdict(comparison) for name, comparison in self.against.items()},
        }


def compare_rounds(
    project: Project,
    selection: Selection,
    *,
    metrics: Sequence[str],
    options: Options | None = None,
    counted: Counted | None = None,
) -> list[RoundFigures]:
    """Measure the metrics named in each round of the selection, in order; nothing where there is one round only."""
    options = options or Options()
    tasks = list_tasks_of_rounds(project, selection)
    if len(tasks) < 2:  # noqa: PLR2004 - one round is no history
        return []
    counted = counted or count_selection(project, selection, options)
    rows = []
    for before, round_ in zip([None, *tasks], tasks, strict=False):
        report = report_selection(
            project, selection, metrics=metrics, options=options, tasks=tasks[round_], counted=counted
        )
        against = {}
        if before is not None:
            for metric in metrics:
                known = count_for_metric(metric, project, selection, options=options, counted=counted)
                against[metric] = compare_tasks(
                    known, selection, metric, tasks[before], tasks[round_], seed=options.seed
                )
        rows.append(RoundFigures(round_, report.metrics, before, against))
    return rows


def list_tasks_of_rounds(project: Project, selection: Selection) -> dict[Round, list[int]]:
    """The tasks of each round of the selection."""
    rounds = project.rounds.order_by("number")
    chosen = rounds if selection.rounds is None else rounds.filter(number__in=selection.rounds)
    tasks: dict[int, list[int]] = {round_.pk: [] for round_ in chosen}
    for task, round_id in Task.objects.filter(round__in=chosen).order_by("pk").values_list("pk", "round_id"):
        tasks[round_id].append(task)
    return {round_: tasks[round_.pk] for round_ in chosen}


def compare_tasks(
    counted: Counted,
    selection: Selection,
    metric: str,
    before: Collection[int],
    after: Collection[int],
    *,
    seed: int,
) -> Comparison:
    """How much higher a metric is on the tasks in `after` than on those in `before`, from counts that are there."""
    parts = [sorted(tasks) for tasks in (before, after)]
    key = selection.checksum(
        compared=metric,
        parts=parts,
        seed=seed,
        distances=counted.distances,
        fingerprint=counted.row.fingerprint,
    )
    if (kept := counted.recall(key)) is not None:
        return Comparison(**kept)
    statistics = counted.load([metric])
    first, second = (statistics.select([write_id(task) for task in tasks]) for tasks in parts)
    comparison = compare(first, second, metric=metric, seed=seed)
    counted.keep(key, asdict(comparison))
    return comparison
