"""The export of a project's annotations, measured as a file, gives the figures of the project."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from annotations.adjudication.settled import finish_by_rule
from annotations.agreement import Corpus, InvalidCorpusError, Report, evaluate, read_file
from annotations.agreement.registry import span_metrics
from annotations.agreement.report import name_pair, split_pair
from annotations.gold.exports import export_annotations, export_release
from annotations.gold.services import freeze_release
from annotations.models import AssignmentStatus, Project, Task
from annotations.reliability.reports import report
from tests.factories import make_assignment, make_round, make_task
from tests.factories.adjudication import claim, make_annotated_task, mark
from tests.factories.reliability import annotate, make_tasks, make_team

pytestmark = pytest.mark.django_db

SLICES = ("label", "pair", "document")
Figures = dict[tuple[str, ...], float | str | None]


def export_to(path: Path, project: Project) -> Path:
    path.write_bytes(b"".join(export_annotations(project, format_name="jsonl").chunks))
    return path


def make_judged_project() -> tuple[Project, list[Task]]:
    """Three people in two rounds, with spans that nest, attributes, links, empty judgements and unfinished tasks."""
    project, people, round_ = make_team("Ada", "Ben", "Cy")
    ada, ben, cy = people
    first, second, third = make_tasks(round_, 3)
    fact, opinion = {"kind": "fact"}, {"kind": "opinion"}
    drawn = ((0, 1, "supports"), (2, 0, "attacks"))
    annotate(first, ada, (0, 5, "Cue"))
    annotate(first, ada, (0, 10, "Claim", fact), (20, 30, "Stance", fact), (25, 29, "Cue"), links=drawn)
    annotate(
        first, ben, (0, 10, "Claim", fact), (21, 30, "Stance", opinion), (25, 29, "Cue"), links=drawn[:1]
    )
    annotate(first, cy, (5, 10, "Claim", opinion), (20, 30, "Claim", fact), links=drawn[:1])
    annotate(second, ada, (0, 50, "Claim"))
    annotate(second, ben)
    make_assignment(second, cy, status=AssignmentStatus.SKIPPED, skip_reason="not an editorial")
    annotate(third, ben, (10, 20, "Stance"))
    make_assignment(third, ada)
    again = make_task(make_round(project, overlap=2, annotators=(ada, ben)), first.article)
    annotate(again, ada, (0, 10, "Claim", opinion))
    annotate(again, ben, (0, 11, "Claim", opinion))
    return project, [first, second, third, again]


def list_figures(found: Report, *, people: dict[str, str], documents: dict[str, str]) -> Figures:
    figures: Figures = {}
    for name, metric in found.metrics.items():
        figures[name,] = metric.undefined or metric.value
        for label, part in metric.by_label.items():
            figures[name, "label", label] = part.undefined or part.value
        for pair, part in metric.by_pair.items():
            named = name_pair(sorted(people[one] for one in split_pair(pair)))
            figures[name, "pair", named] = part.undefined or part.value
        for document, part in metric.by_document.items():
            figures[name, "document", documents[document]] = part.undefined or part.value
    return figures


def themselves(names: Sequence[str]) -> dict[str, str]:
    return {name: name for name in names}


def test_the_export_of_a_project_has_the_figures_of_the_project(tmp_path: Path) -> None:
    project, tasks = make_judged_project()
    corpus = read_file(export_to(tmp_path / "annotations.jsonl", project))
    tasks_of = {f"article {task.article_id}, round {task.round.number}": str(task.pk) for task in tasks}
    ours = list_figures(
        report(project, by=SLICES),
        people=themselves(["Ada", "Ben", "Cy"]),
        documents=themselves([str(task.pk) for task in tasks]),
    )
    found = evaluate(corpus, metrics=span_metrics(), by=SLICES)
    theirs = list_figures(found, people={"A": "Ada", "B": "Ben", "C": "Cy"}, documents=tasks_of)
    assert theirs.keys() == ours.keys()
    assert theirs == pytest.approx(ours)
    for name in ("f1_strict", "alpha_nominal", "relation_f1", "attribute_alpha", "gamma"):
        assert isinstance(theirs[name,], float)
    assert found.data["n_judgements"] == 8


def test_an_export_of_one_annotation_is_one_judgement(tmp_path: Path) -> None:
    project, (ada,), round_ = make_team("Ada")
    annotate(make_tasks(round_, 1)[0], ada, (0, 10, "Claim"), (20, 30, "Cue"), links=((0, 1, "supports"),))
    path = export_to(tmp_path / "annotations.jsonl", project)
    assert path.read_text().count("\n") == 1
    corpus = read_file(path)
    assert isinstance(corpus, Corpus)
    assert (corpus.n_spans, len(corpus.links), corpus.annotators) == (2, 1, ("A",))


def test_a_release_is_refused_since_it_holds_only_gold(tmp_path: Path) -> None:
    project, people, _ = make_team("Ada", "Ben")
    task = make_annotated_task(mark(claim()), mark(claim()), project=project, annotators=people)
    assert finish_by_rule([task])
    release = freeze_release(project, title="First", by=None)
    path = tmp_path / "release.jsonl"
    path.write_bytes(b"".join(export_release(release, format_name="jsonl").chunks))
    with pytest.raises(InvalidCorpusError, match="line 1: the status is 'agreed', so this is gold"):
        read_file(path)
