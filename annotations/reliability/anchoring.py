"""What suggestions do to agreement: rounds whose annotators saw some beside rounds whose annotators did not."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Sum

from annotations.agreement import Comparison, Estimate
from annotations.models import Prediction, Project, Round, RoundSuggestions, Span, SuggestionUse
from annotations.reliability.counting import Counted, Options, count_for_metric, count_selection
from annotations.reliability.matrices import find_annotations
from annotations.reliability.report_json import write_figures
from annotations.reliability.reports import report_selection
from annotations.reliability.rounds import compare_tasks, list_tasks_of_rounds
from annotations.reliability.selection import Selection
from annotations.suggested import SuggestedUse

MAX_HELD_AGAINST = 500
"""Annotations made without suggestions that are held against what the same model said; the latest are taken."""


@dataclass(frozen=True, slots=True)
class SideFigures:
    """The rounds with suggestions, or those without: what people reach, and how many of their spans are just as a model said."""

    rounds: tuple[int, ...]
    figures: dict[str, Estimate]
    like_model: int
    marked: int
    """Spans of people in articles that the model marked."""

    @property
    def share(self) -> float | None:
        """The share of people's spans that are just as the model said."""
        return self.like_model / self.marked if self.marked else None

    def to_json(self) -> dict[str, Any]:
        return {
            "rounds": list(self.rounds),
            "metrics": write_figures(self.figures),
            "like_model": self.like_model,
            "marked": self.marked,
        }


@dataclass(frozen=True, slots=True)
class Anchoring:
    """Rounds with suggestions beside those without; `without` is empty where every round of the selection had some."""

    seen: SideFigures
    without: SideFigures | None
    against: dict[str, Comparison]
    """By metric, how much more people agree who saw suggestions."""

    def to_json(self) -> dict[str, Any]:
        return {
            "with": self.seen.to_json(),
            "without": None if self.without is None else self.without.to_json(),
            "against_without": {name: asdict(comparison) for name, comparison in self.against.items()},
        }


def measure_anchoring(
    project: Project,
    selection: Selection,
    *,
    metrics: Sequence[str],
    options: Options | None = None,
    counted: Counted | None = None,
) -> Anchoring | None:
    """Measure people who saw suggestions beside people who did not; None where nobody of the selection saw any."""
    with_some = set(RoundSuggestions.objects.filter(round__project=project).values_list("round", flat=True))
    if not with_some:
        return None
    tasks = list_tasks_of_rounds(project, selection)
    seen = [round_ for round_ in tasks if round_.pk in with_some]
    if not seen:
        return None
    without = [round_ for round_ in tasks if round_.pk not in with_some]
    options = options or Options()
    counted = counted or count_selection(project, selection, options)

    def measure(rounds: Sequence[Round], like_model: int, marked: int) -> SideFigures:
        chosen = [task for round_ in rounds for task in tasks[round_]]
        report = report_selection(
            project, selection, metrics=metrics, options=options, tasks=chosen, counted=counted
        )
        numbers = tuple(round_.number for round_ in rounds)
        return SideFigures(numbers, dict(report.metrics), like_model, marked)

    use = _sum_up(project, selection, seen)
    if not without:
        return Anchoring(measure(seen, use.unchanged, use.marked), None, {})
    parts = [[task for round_ in side for task in tasks[round_]] for side in (without, seen)]
    against = {}
    for metric in metrics:
        known = count_for_metric(metric, project, selection, options=options, counted=counted)
        against[metric] = compare_tasks(known, selection, metric, *parts, seed=options.seed)
    return Anchoring(
        measure(seen, use.unchanged, use.marked),
        measure(without, *_hold_against(project, selection, seen, without)),
        against,
    )


def _of_rounds(project: Project, selection: Selection, rounds: Iterable[Round]) -> Any:
    annotations = find_annotations(project, selection)
    return annotations.filter(assignment__task__round__in=[round_.pk for round_ in rounds]).order_by()


def _sum_up(project: Project, selection: Selection, seen: Sequence[Round]) -> SuggestedUse:
    used = SuggestionUse.objects.filter(annotation__in=_of_rounds(project, selection, seen).values("pk"))
    counted = used.aggregate(**{name: Sum(name) for name in ("unchanged", "changed", "own", "left")})
    return SuggestedUse(**{name: number or 0 for name, number in counted.items()})


def _hold_against(
    project: Project, selection: Selection, seen: Sequence[Round], without: Sequence[Round]
) -> tuple[int, int]:
    """How many spans of people who saw nothing are just as the models said whose suggestions others saw, and of how many."""
    predictors = RoundSuggestions.objects.filter(round__in=[round_.pk for round_ in seen]).values("predictor")
    predictions = Prediction.objects.published().filter(predictor__in=predictors)
    found = _of_rounds(project, selection, without).filter(
        assignment__task__article__in=predictions.order_by().values("article")
    )
    rows = found.order_by("-pk").values_list("pk", "assignment__task__article")[:MAX_HELD_AGAINST]
    articles: dict[int, int] = dict(rows)
    said: dict[int, set[tuple[int, int, str]]] = {}
    for prediction in predictions.filter(article__in=set(articles.values())).order_by("pk"):
        said[prediction.article_id] = {
            (span.start, span.end, span.label) for span in prediction.to_markup().spans
        }
    like_model = marked = 0
    spans = Span.objects.filter(annotation__in=articles).order_by()
    for annotation, start, end, label in spans.values_list("annotation_id", "start", "end", "label"):
        marked += 1
        like_model += (start, end, label) in said[articles[annotation]]
    return like_model, marked


def describe_anchoring(found: Anchoring, metric: str) -> list[str]:
    """Say what suggestions do to the figures, for whoever reads nothing else."""
    rounds = f"round{'' if len(found.seen.rounds) == 1 else 's'} {', '.join(map(str, found.seen.rounds))}"
    warning = (
        f"Annotators of {rounds} saw suggestions of a model. People who see the same suggestions agree more than they would "
        "alone, so the figures of such a round are no measure of how clear the guidelines are."
    )
    lines = [warning]
    if found.without is None:
        return [*lines, "No round without suggestions is chosen, so how much they do cannot be told."]
    comparison = found.against.get(metric)
    if comparison is not None and comparison.p_value is not None and comparison.difference is not None:
        points = round(100 * abs(comparison.difference))
        more = "more" if comparison.difference > 0 else "less"
        chance = max(1, round(100 * comparison.p_value))
        lines.append(
            f"With suggestions they agree on {points} of 100 spans {more} than without; chance alone would do so in "
            f"at most {chance} of 100 cases."
        )
    shares = (found.seen.share, found.without.share)
    if shares[0] is not None and shares[1] is not None:
        lines.append(
            f"{round(100 * shares[0])} of 100 of their spans are just as the model said; of those who saw nothing, "
            f"{round(100 * shares[1])} of 100 are."
        )
    return lines
