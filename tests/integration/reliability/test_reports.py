"""Agreement of a project equals that of the same annotations in a file, and costs only what changed."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotations.agreement import evaluate, evaluation, read_plain
from annotations.agreement.data.corpus import LOST_END
from annotations.agreement.registry import span_metrics
from annotations.models import (
    AgreementBlock,
    AgreementReport,
    AgreementStatistics,
    Annotation,
    Assignment,
    AssignmentStatus,
    Block,
    BlockKind,
    Project,
    Relation,
    Round,
    Task,
    TaskStatus,
    User,
)
from annotations.reliability import counting, matrices
from annotations.reliability.counting import Options, needs_gamma
from annotations.reliability.matrices import build_corpus, write_id
from annotations.reliability.people import name_people
from annotations.reliability.report_json import present
from annotations.reliability.reports import report
from annotations.reliability.selection import Selection, choose_selection
from annotations.web.agreement.notes import describe_left_out
from tests.factories import make_article, make_round, make_task
from tests.factories.reliability import annotate, make_tasks, make_team

pytestmark = pytest.mark.django_db
PLAIN = [name for name in span_metrics() if not needs_gamma(name)]


class Team:
    """Three people on three articles: ada and ben alike in the first, cy beside them, ben alone in the third."""

    project: Project
    ada: User
    ben: User
    cy: User
    round: Round
    tasks: list[Task]

    def __init__(self) -> None:
        self.project, (self.ada, self.ben, self.cy), self.round = make_team("Ada", "Ben", "Cy")
        self.tasks = make_tasks(self.round, 3)
        first, second, third = self.tasks
        annotate(first, self.ada, (0, 10, "Claim"), (20, 30, "Stance"))
        annotate(first, self.ben, (0, 10, "Claim"), (20, 30, "Stance"))
        annotate(first, self.cy, (5, 10, "Claim"), (20, 30, "Claim"))
        annotate(second, self.ada, (0, 50, "Claim"))
        annotate(second, self.ben)
        annotate(third, self.ben, (10, 20, "Stance"))

    def as_file(self) -> dict[str, Any]:
        claim, stance = {"start": 0, "end": 10, "label": "Claim"}, {"start": 20, "end": 30, "label": "Stance"}
        first, second, third = (write_id(task.pk) for task in self.tasks)
        return {
            "labels": ["Claim", "Concession", "Cue", "Source", "Stance"],
            "documents": [
                {
                    "id": first,
                    "length": 100,
                    "annotators": {
                        "Ada": [claim, stance],
                        "Ben": [claim, stance],
                        "Cy": [{**claim, "start": 5}, {**stance, "label": "Claim"}],
                    },
                },
                {"id": second, "length": 100, "annotators": {"Ada": [{**claim, "end": 50}], "Ben": []}},
                {
                    "id": third,
                    "length": 100,
                    "annotators": {"Ben": [{"start": 10, "end": 20, "label": "Stance"}]},
                },
            ],
        }


@pytest.fixture
def team() -> Team:
    return Team()


def values_of(found: Any) -> dict[tuple[str, ...], float | None]:
    values: dict[tuple[str, ...], float | None] = {}
    for name, metric in found.metrics.items():
        values[name,] = metric.value
        for slices in (metric.by_label, metric.by_pair, metric.by_document):
            values |= {(name, part): estimate.value for part, estimate in slices.items()}
    return values


def test_the_database_gives_what_a_file_of_the_same_annotations_gives(team: Team) -> None:
    slices = ["label", "pair", "document"]
    found = report(team.project, by=slices, options=Options(seed=3))
    expected = evaluate(read_plain(team.as_file()), metrics=span_metrics(), by=slices, seed=3)
    assert found.to_json() == present(expected, {}).to_json()


def test_strict_f1_of_the_first_article_is_what_one_counts_by_hand(team: Team) -> None:
    found = report(team.project, metrics=["f1_strict"], by=["pair", "document"])
    first, second, third = (str(task.pk) for task in team.tasks)
    # Ada and Ben share two of two in the first and none of one in the second: 2 * 2 / (4 + 1).
    assert found["f1_strict"].by_pair["Ada|Ben"].value == pytest.approx(0.8)
    assert found["f1_strict"].by_pair["Ada|Cy"].value == 0
    assert found["f1_strict"].by_document[first].value == pytest.approx(2 * 2 / 12)
    assert found["f1_strict"].by_document[second].value == 0
    assert third not in found["f1_strict"].by_document


def test_rounds_annotators_and_labels_can_be_chosen(team: Team) -> None:
    later = make_round(team.project, overlap=2)
    task = make_tasks(later, 1)[0]
    annotate(task, team.ada, (0, 10, "Claim"))
    annotate(task, team.ben, (0, 10, "Claim"), (10, 20, "Stance"))

    def strict(**chosen: Any) -> float | None:
        return report(team.project, metrics=["f1_strict"], **chosen)["f1_strict"].value

    assert strict(rounds=[2]) == pytest.approx(2 / 3)
    assert strict(rounds=[1], annotators=[team.ada, team.ben]) == pytest.approx(0.8)
    assert strict(rounds=[2], labels=["Claim"]) == 1
    assert strict(rounds=[2], labels=["Stance"]) == 0
    assert report(team.project, rounds=[9])["f1_strict"].undefined


def test_the_chance_of_labels_follows_the_articles_that_come_in(team: Team) -> None:
    options = Options(samples=0)

    def look() -> float | None:
        return report(team.project, metrics=["gamma_cat"], options=options)["gamma_cat"].value

    before = look()
    fourth = make_tasks(team.round, 1)[0]
    for person in (team.ada, team.ben):
        annotate(fourth, person, (0, 10, "Stance"), (20, 30, "Stance"), (40, 50, "Claim"))
    after = look()
    AgreementStatistics.objects.all().delete()
    assert before != after == pytest.approx(look())


def test_only_what_is_submitted_and_not_cancelled_counts(team: Team) -> None:
    Assignment.objects.filter(annotator=team.cy).update(status=AssignmentStatus.WITHDRAWN)
    assert "Ada|Cy" not in report(team.project, by=["pair"], metrics=["f1_strict"])["f1_strict"].by_pair
    Task.objects.filter(pk=team.tasks[1].pk).update(status=TaskStatus.CANCELLED)
    assert report(team.project, metrics=["f1_strict"])["f1_strict"].value == 1


def test_a_new_revision_replaces_the_one_before(team: Team) -> None:
    annotate(team.tasks[1], team.ben, (0, 50, "Claim"))
    found = report(team.project, annotators=[team.ada, team.ben], metrics=["f1_strict"])
    assert found["f1_strict"].value == 1


# --- blocks that do not count --------------------------------------------------------------------------------


def make_boilerplate(team: Team, *places: tuple[int, int]) -> None:
    team.project.uncounted_blocks = [BlockKind.BOILERPLATE]
    team.project.save()
    Block.objects.bulk_create(
        Block(article=team.tasks[0].article, ordinal=number, kind=BlockKind.BOILERPLATE, start=start, end=end)
        for number, (start, end) in enumerate(places, start=1)
    )


def test_spans_in_blocks_that_do_not_count_are_left_out_and_counted(team: Team) -> None:
    make_boilerplate(team, (20, 30), (90, 100))
    corpus = build_corpus(team.project, choose_selection(team.project))
    assert corpus.lengths[corpus.documents.index(write_id(team.tasks[0].pk))] == 80
    found = report(team.project, annotators=[team.ada, team.cy], metrics=["f1_strict", "alpha_nominal"])
    assert found.left_out == {matrices.DROPPED: 2}


def test_a_span_that_reaches_into_such_a_block_is_cut_and_counted(team: Team) -> None:
    make_boilerplate(team, (0, 5))
    found = report(team.project, rounds=[1], annotators=[team.ada, team.cy], metrics=["f1_strict"])
    # Without the first five characters Ada's Claim is Cy's; her Stance is still his Claim: 2 * 1 / 4.
    assert found.left_out == {matrices.CUT: 1}
    assert found["f1_strict"].value == pytest.approx(0.5)


def link_what_ada_marked(team: Team) -> None:
    annotation = team.tasks[0].assignments.get(annotator=team.ada).current
    assert annotation
    first, second = annotation.spans.order_by("start")
    Relation.objects.create(annotation=annotation, source=second, target=first, kind="grants")


def test_relations_that_lose_an_end_to_a_filter_are_counted(team: Team) -> None:
    def links_left_out(**chosen: Any) -> int:
        return report(team.project, metrics=["relation_f1"], **chosen).left_out.get(LOST_END, 0)

    link_what_ada_marked(team)
    assert links_left_out() == 0
    assert links_left_out(labels=["Stance"]) == 1
    assert links_left_out(labels=["Cue"]) == 1
    assert links_left_out(annotators=[team.ben, team.cy]) == 0


def test_relations_that_lose_an_end_in_a_block_that_does_not_count_are_counted(team: Team) -> None:
    link_what_ada_marked(team)
    make_boilerplate(team, (0, 15))
    assert report(team.project, metrics=["relation_f1"]).left_out[LOST_END] == 1


def test_all_blocks_count_where_one_says_so(team: Team) -> None:
    make_boilerplate(team, (0, 5))
    everything = report(team.project, uncounted=[], metrics=["f1_strict"])
    assert everything.left_out == {}
    assert (
        everything["f1_strict"].value
        == report(team.project, metrics=["f1_strict"], uncounted=())["f1_strict"].value
    )


# --- the cache -----------------------------------------------------------------------------------------------


def count_span_rows(queries: CaptureQueriesContext) -> int:
    return sum('FROM "annotations_span"' in query["sql"] for query in queries)


def test_a_second_look_reads_no_annotations(team: Team) -> None:
    first = report(team.project, by=["pair"])
    with CaptureQueriesContext(connection) as queries:
        assert report(team.project, by=["pair"]) == first
    asked = [str(re.search(r'FROM "annotations_(\w+)"', query["sql"])[1]) for query in queries]  # type: ignore[index]
    of_a_family = ["assignment", "agreementstatistics", "agreementreport"]
    """What the blocks are now, what was counted of them, and what was made of that: of gamma, and of all else."""
    assert asked == ["carriedround", "modelannotator", "scheme", *of_a_family, *of_a_family, "user"]


def test_a_report_that_leaves_its_pairs_out_says_how_many(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluation, "MAX_PAIRS", 2)
    found = report(team.project, metrics=["f1_strict"], by=["pair"])
    assert found["f1_strict"].by_pair == {}
    assert found.left_out[counting.MANY_PAIRS] == 3
    assert report(team.project, metrics=["f1_strict"]).left_out.get(counting.MANY_PAIRS) is None
    (sentence,) = (text for text in describe_left_out(found) if "pairs" in text)
    assert sentence.startswith("3 pairs of annotators share articles, too many to show one by one")


def test_another_report_on_the_same_annotations_counts_nothing_again(team: Team) -> None:
    report(team.project, metrics=PLAIN)
    with CaptureQueriesContext(connection) as queries:
        report(team.project, by=["label"], metrics=PLAIN, options=Options(samples=10))
    assert count_span_rows(queries) == 0


@pytest.mark.parametrize("change", ["revise", "add", "withdraw", "add a round", "add a person"])
def test_a_change_costs_its_own_block_of_tasks_and_gives_what_counting_anew_gives(
    team: Team, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for task in make_tasks(team.round, 4):
        annotate(task, team.ada, (0, 10, "Claim"))
        annotate(task, team.ben, (0, 12, "Claim"))
    monkeypatch.setattr(counting, "TASKS_A_BLOCK", 1)
    monkeypatch.setattr(counting, "TASKS_A_GAMMA_BLOCK", 1)
    slices = ["label", "pair", "document"]
    report(team.project, by=slices)
    expected_tasks: list[list[int]] = []
    match change:
        case "revise":
            annotate(team.tasks[0], team.cy, (0, 10, "Claim"), (20, 30, "Stance"))
            expected_tasks = [[team.tasks[0].pk]]
        case "add":
            annotate(team.tasks[2], team.ada)
            expected_tasks = [[team.tasks[2].pk]]
        case "withdraw":
            Assignment.objects.filter(task=team.tasks[0]).update(status=AssignmentStatus.WITHDRAWN)
        case "add a round":
            task = make_task(make_round(team.project, overlap=2), team.tasks[0].article)
            annotate(task, team.ben, (0, 3, "Cue"))
            expected_tasks = [[task.pk]]
        case "add a person":
            _, (dee,), _ = make_team("Dee", project=team.project)
            annotate(team.tasks[1], dee, (0, 50, "Claim"))
            expected_tasks = [[team.tasks[1].pk]]
    counted: list[list[int] | None] = []

    def watch(*args: Any, **kwargs: Any) -> Any:
        counted.append(kwargs.get("tasks"))
        return build_corpus(*args, **kwargs)

    monkeypatch.setattr(counting, "build_corpus", watch)
    updated = report(team.project, by=slices)
    assert counted == 2 * expected_tasks  # gamma is counted apart
    AgreementStatistics.objects.all().delete()
    anew = report(team.project, by=slices)
    assert values_of(updated) == pytest.approx(values_of(anew))
    assert updated.left_out == anew.left_out


def test_what_was_left_out_is_right_after_a_change(team: Team) -> None:
    make_boilerplate(team, (0, 5))
    for task in make_tasks(team.round, 4):
        annotate(task, team.ada, (0, 10, "Claim"))
    assert report(team.project).left_out == {matrices.CUT: 2}
    annotate(team.tasks[0], team.ada, (20, 30, "Stance"))
    assert report(team.project).left_out == {matrices.CUT: 1}


@pytest.mark.parametrize("version", ["find_format", "find_own_format"])
def test_counts_and_reports_of_another_version_of_the_code_are_made_anew(
    team: Team, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    expected = report(team.project)
    AgreementBlock.objects.update(content=b"of another version")
    AgreementReport.objects.update(content={})
    monkeypatch.setattr(counting, version, lambda: "another")
    assert report(team.project) == expected


def test_the_cache_does_not_grow_without_end(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MAX_SELECTIONS", 2)
    monkeypatch.setattr(counting, "MAX_REPORTS", 2)
    for labels in (["Claim"], ["Stance"], ["Cue"]):
        for seed in range(3):
            report(team.project, labels=labels, metrics=["f1_strict"], options=Options(seed=seed, samples=5))
    assert AgreementStatistics.objects.count() == 2
    assert all(row.reports.count() == 2 for row in AgreementStatistics.objects.all())


def test_the_queries_do_not_grow_with_the_documents_of_a_block(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "TASKS_A_BLOCK", 10**9)
    monkeypatch.setattr(counting, "TASKS_A_GAMMA_BLOCK", 10**9)

    def queries_of() -> int:
        AgreementStatistics.objects.all().delete()
        with CaptureQueriesContext(connection) as queries:
            report(team.project)
        return len(queries)

    before = queries_of()
    for task in make_tasks(team.round, 30):
        annotate(task, team.ada, (0, 10, "Claim"))
        annotate(task, team.ben, (0, 10, "Claim"))
    assert queries_of() == before


def test_people_of_one_name_are_told_apart_by_their_address(team: Team) -> None:
    User.objects.filter(pk=team.cy.pk).update(name="Ada")
    names = name_people(team.project)
    assert sorted(names.values()) == ["Ada (ada@example.org)", "Ada (cy@example.org)", "Ben"]


def test_a_project_without_annotations_has_figures_that_say_why_there_are_none() -> None:
    project, _, round_ = make_team("Ada", "Ben")
    make_task(round_, make_article(project))
    found = report(project, by=["label", "pair", "document"])
    assert {metric.undefined for metric in found.metrics.values()} == {
        "nothing to compare: no document was completed by two annotators"
    }


def test_sets_of_annotations_with_one_number_sum_and_maximum_are_told_apart() -> None:
    """Counts are kept for as long as the fingerprint of the annotations that were counted stays the same."""
    project, (ada, ben, cy), first = make_team("Ada", "Ben", "Cy")
    (task,) = make_tasks(first, 1)
    old_of_ada, new_of_ada = (annotate(task, ada, (0, end, "Claim")) for end in (10, 12))
    old_of_ben, new_of_ben = (annotate(task, ben, (0, end, "Claim")) for end in (10, 12))
    annotate(task, cy, (0, 10, "Claim"))
    assert old_of_ada.pk + new_of_ben.pk == new_of_ada.pk + old_of_ben.pk

    def take(*current: Annotation) -> dict[int, str]:
        for annotation in current:
            Assignment.objects.filter(pk=annotation.assignment_id).update(current=annotation)
        return matrices.take_fingerprints(project, Selection(), tasks_a_block=1_000_000)

    assert take(old_of_ada, new_of_ben) != take(new_of_ada, old_of_ben)
