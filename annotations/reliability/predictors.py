"""What a predictor's predictions reach beside the people who annotated the same articles, as if the predictor were one of the annotators."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotations.agreement import AlternativeTest, Corpus, ModelReport, alternative_annotator_test, evaluate
from annotations.agreement.errors import AgreementError
from annotations.limits import MAX_PREDICTED_TASKS_COMPARED
from annotations.models import LIVE_STATUSES, Prediction, Predictor, Project, Task
from annotations.reliability.counting import Options
from annotations.reliability.excluded_text import squeeze
from annotations.reliability.matrices import build_corpus, find_uncounted
from annotations.reliability.models_apart import TestOptions
from annotations.reliability.selection import Selection

MODEL = "a predictor"
"""What the predictor is called among the annotators, whose names are numbers."""
MIN_PEOPLE = 2


@dataclass(frozen=True, slots=True)
class PredictorFigures:
    """A predictor beside the people: by metric its figure and the human ceiling, and whether it could stand in for one of them."""

    articles: int
    """How many tasks were compared, the latest of those whose article it marked."""
    are_all: bool
    by_metric: dict[str, ModelReport]
    test: AlternativeTest | None
    reason: str = ""
    """Why there are no figures, or no test."""


def measure_predictor(
    project: Project,
    predictor: Predictor,
    selection: Selection,
    *,
    metrics: Sequence[str],
    options: Options | None = None,
    test: TestOptions | None = None,
) -> PredictorFigures:
    """Hold what a predictor marked against everybody who annotated the same articles; its latest prediction of each article counts."""
    options, test = options or Options(), test or TestOptions()
    tasks = _list_tasks(project, predictor)
    are_all, tasks = len(tasks) <= MAX_PREDICTED_TASKS_COMPARED, tasks[:MAX_PREDICTED_TASKS_COMPARED]
    people = build_corpus(project, selection, tasks=tasks)
    if not people.documents:
        return PredictorFigures(0, True, {}, None, "nobody has annotated an article that it marked")
    corpus = add_predictor(people, predictor, selection)
    if len(corpus.annotators) <= MIN_PEOPLE:
        reason = "only one person has annotated the articles that it marked, so there is no human ceiling to hold it against"
        return PredictorFigures(len(corpus.documents), are_all, {}, None, reason)
    report = evaluate(
        corpus,
        metrics=list(metrics),
        by=("label", "document"),
        confidence=options.confidence,
        samples=options.samples,
        seed=options.seed,
        models=MODEL,
        include_models=True,
    )
    by_metric = {name: metric.by_model[MODEL] for name, metric in report.metrics.items()}
    try:
        tested = alternative_annotator_test(
            corpus,
            models=MODEL,
            score=test.score,
            epsilon=test.epsilon,
            false_discoveries=test.false_discoveries,
            least_documents=test.least_documents,
        )[MODEL]
    except AgreementError as error:
        return PredictorFigures(len(corpus.documents), are_all, by_metric, None, str(error))
    return PredictorFigures(len(corpus.documents), are_all, by_metric, tested)


def _list_tasks(project: Project, predictor: Predictor) -> list[int]:
    """The tasks with annotations whose article a predictor marked, the latest articles first, and one more than are compared."""
    said = Prediction.objects.published().filter(predictor=predictor)
    done = said.filter(article__tasks__round__project=project, article__tasks__status__in=LIVE_STATUSES)
    rows = done.order_by("-article").values_list("article__tasks", flat=True)
    return list(dict.fromkeys(rows[: MAX_PREDICTED_TASKS_COMPARED + 1]))


def add_predictor(corpus: Corpus, predictor: Predictor, selection: Selection) -> Corpus:
    """The corpus of people with the predictor as one more annotator, who completed the articles that it marked."""
    articles = dict(Task.objects.filter(pk__in=map(int, corpus.documents)).values_list("pk", "article"))
    latest: dict[int, Prediction] = {}
    said = Prediction.objects.published().filter(predictor=predictor, article__in=set(articles.values()))
    for prediction in said.order_by("pk"):
        latest[prediction.article_id] = prediction
    order = np.array(list(map(int, corpus.documents)), dtype=np.int64)
    uncounted = find_uncounted(np.array([articles[task] for task in order.tolist()]), selection, order)
    rows: list[tuple[int, int, int, str]] = []
    for place, task in enumerate(order.tolist()):
        markup = latest[articles[task]].to_markup()
        stretches: Any = uncounted.get(task, ())
        ends = np.array([(span.start, span.end) for span in markup.spans], dtype=np.int64).reshape(-1, 2)
        for span, (start, end) in zip(markup.spans, squeeze(ends, stretches).tolist(), strict=True):
            if start < end and (selection.labels is None or span.label in selection.labels):
                rows.append((place, start, end, span.label))
    labels = sorted({*corpus.labels, *(label for *_, label in rows)})
    renamed = np.array([labels.index(label) for label in corpus.labels], dtype=np.int64)
    own = np.array([row[:3] for row in rows], dtype=np.int64).reshape(-1, 3)
    number = len(corpus.annotators)
    return Corpus.from_arrays(
        documents=corpus.documents,
        lengths=corpus.lengths,
        annotators=(*corpus.annotators, MODEL),
        labels=labels,
        document=np.concatenate([corpus.document, own[:, 0]]),
        annotator=np.concatenate([corpus.annotator, np.full(len(own), number)]),
        start=np.concatenate([corpus.start, own[:, 1]]),
        end=np.concatenate([corpus.end, own[:, 2]]),
        label=np.concatenate(
            [renamed[corpus.label], np.array([labels.index(row[3]) for row in rows], dtype=np.int64)]
        ),
        completed=np.column_stack([corpus.completed, np.ones(len(corpus.documents), dtype=bool)]),
    )
