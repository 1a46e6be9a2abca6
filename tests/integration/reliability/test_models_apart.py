"""Models beside the people of a project: in no figure of theirs, apart in every table, and tested against them."""

import json
from typing import Any

import pytest

from annotations.agreement import alternative_annotator_test, evaluate
from annotations.agreement.gamma.options import GammaOptions
from annotations.agreement.registry import span_metrics
from annotations.reliability import counting
from annotations.reliability.counting import Options
from annotations.reliability.full_report import report_whole
from annotations.reliability.matrices import build_corpus, write_id
from annotations.reliability.models_apart import TestOptions, add_models, run_alternative_tests
from annotations.reliability.report_csv import list_lines
from annotations.reliability.reports import report_selection
from annotations.reliability.selection import Selection, choose_selection
from tests.factories.reliability import MODELS, PEOPLE, annotate, make_mixed_project, make_tasks, make_team

pytestmark = pytest.mark.django_db
FEW = Options(samples=40, gamma=GammaOptions(samples=5))


def test_models_are_in_no_figure_of_the_people() -> None:
    project, team = make_mixed_project()
    people = tuple(person.pk for person in team[:3])
    without = choose_selection(project)
    found = report_selection(project, without, by=["label", "pair", "document"], options=FEW)
    alone = report_selection(
        project, Selection(annotators=people), by=["label", "pair", "document"], options=FEW
    )
    assert found.to_json() == alone.to_json()
    assert found.data["n_annotators"] == 3


def test_who_asks_for_it_takes_models_as_people() -> None:
    project, _ = make_mixed_project()
    everybody = choose_selection(project, models_as_people=True)
    assert report_selection(project, everybody, metrics=["f1_strict"], options=FEW).data["n_annotators"] == 5
    assert everybody.list_models() == []


def test_figures_of_models_counted_block_by_block_are_those_of_the_library(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    project, team = make_mixed_project()
    monkeypatch.setattr(counting, "TASKS_A_BLOCK", 3)
    monkeypatch.setattr(counting, "TASKS_A_GAMMA_BLOCK", 3)
    selection = choose_selection(project)
    slices = ["label", "document"]
    metrics = [name for name in span_metrics() if not name.endswith(("relation_f1", "relation_alpha"))]
    found = add_models(
        report_selection(project, selection, metrics=metrics, options=FEW),
        project,
        selection,
        by=slices,
        options=FEW,
    )
    corpus = build_corpus(project, Selection(), with_links=True)
    names = [write_id(model.pk) for model in team[3:]]
    library = evaluate(
        corpus,
        metrics=metrics,
        by=slices,
        samples=FEW.samples,
        gamma=FEW.gamma,
        models=names,
        include_models=True,
    )
    for name in metrics:
        for model in names:
            ours, theirs = (one[name].by_model[model].to_json() for one in (found, library))
            assert flatten(ours) == pytest.approx(flatten(theirs), abs=1e-9), (name, model)


def flatten(value: Any, path: str = "") -> dict[str, Any]:
    """Plain data as one level, to be compared with a tolerance."""
    if isinstance(value, dict):
        return {
            key: one for name, part in value.items() for key, one in flatten(part, f"{path}/{name}").items()
        }
    if isinstance(value, list):
        return {
            key: one
            for name, part in enumerate(value)
            for key, one in flatten(part, f"{path}/{name}").items()
        }
    return {path: value}


@pytest.mark.parametrize("score", ["f1_strict", "f1_partial", "gamma"])
def test_the_alternative_test_of_a_project_is_that_of_the_library(score: str) -> None:
    project, team = make_mixed_project()
    test = TestOptions(score=score, least_documents=4, epsilon=0.1)
    tests = run_alternative_tests(project, choose_selection(project), test=test, options=FEW)
    corpus = build_corpus(project, Selection())
    for model in team[3:]:
        expected = alternative_annotator_test(
            corpus.without([write_id(one.pk) for one in team[3:] if one != model]),
            models=write_id(model.pk),
            score=score,
            epsilon=0.1,
            least_documents=4,
            gamma=FEW.gamma,
        )[write_id(model.pk)]
        assert flatten(tests[model.pk].to_json()) == pytest.approx(flatten(expected.to_json()), abs=1e-9)
    assert (tests[team[3].pk].advantage_probability or 0) > (tests[team[4].pk].advantage_probability or 0)


def test_distances_between_labels_change_a_test_that_is_scored_by_gamma() -> None:
    project, team = make_mixed_project()
    test = TestOptions(score="gamma", least_documents=4)
    near = Options(samples=0, gamma=FEW.gamma, distances={"Claim": {"Stance": 0.0}})
    plain, close = (
        run_alternative_tests(project, choose_selection(project), test=test, options=options)[team[3].pk]
        for options in (FEW, near)
    )
    assert plain.model_score is not None
    assert close.model_score is not None
    assert close.model_score > plain.model_score


def test_a_new_annotation_of_a_model_changes_its_row_and_no_other() -> None:
    project, team = make_mixed_project()

    def look() -> tuple[dict[str, Any], Any]:
        found = report_whole(
            project, choose_selection(project), metrics=["f1_strict"], options=FEW, with_fields=False
        ).to_json()
        models = found["metrics"]["f1_strict"].pop("by_model")
        return models, found

    before, people = look()
    task = project.rounds.get().tasks.order_by("pk")[7]
    annotate(task, team[3], (0, 5, "Stance"))
    after, people_after = look()
    assert people_after == people
    assert after["tiny"] == before["tiny"]
    assert after["gpt"]["value"] != before["gpt"]["value"]


def test_a_report_shows_models_by_label_and_article_in_json_and_in_csv() -> None:
    project, _ = make_mixed_project()
    found = report_whole(
        project,
        choose_selection(project),
        metrics=["f1_strict"],
        by=["label", "document"],
        options=FEW,
        parts=["alternative_test"],
        test=TestOptions(least_documents=4),
    )
    written = json.loads(json.dumps(found.to_json(), allow_nan=False))
    gpt = written["metrics"]["f1_strict"]["by_model"]["gpt"]
    assert set(gpt["by_pair"]) == {"Ada|gpt", "Ben|gpt", "Cy|gpt"}
    assert set(gpt["by_label"]) == set(gpt["ceiling_by_label"]) >= {"Claim", "Stance"}
    assert len(gpt["by_document"]) == 8
    assert len(written["metrics"]["f1_strict"]["by_model"]["tiny"]["by_document"]) == 6
    test = written["alternative_test"]["gpt"]
    assert set(test["by_human"]) == set(PEOPLE)
    assert "winning rate" in " ".join(test["words"])
    lines = {(line.slice, line.of): line.value for line in list_lines(found)}
    assert lines["model", "gpt"] == gpt["value"]
    assert lines["people beside model", "gpt"] == gpt["ceiling"]["value"]
    assert lines["model, by label", "gpt|Claim"] == gpt["by_label"]["Claim"]["value"]
    assert lines["winning_rate", "gpt"] == test["winning_rate"]


def test_a_model_that_was_not_chosen_has_no_row() -> None:
    project, team = make_mixed_project()
    chosen = choose_selection(project, annotators=[*team[:3], team[4]])
    found = report_whole(project, chosen, metrics=["f1_strict"], options=FEW)
    assert set(found.spans["f1_strict"].by_model) == {"tiny"}


def test_answers_of_models_about_the_article_stand_apart_too() -> None:
    project, team = make_mixed_project()
    fields = {
        one.field.name: one for one in report_whole(project, choose_selection(project), options=FEW).fields
    }
    alone = Selection(annotators=tuple(person.pk for person in team[:3]))
    people = {one.field.name: one for one in report_whole(project, alone, options=FEW).fields}
    genre = fields["genre"].alpha
    assert genre.value == people["genre"].alpha.value
    assert set(genre.by_model) == set(MODELS)


def test_a_project_without_models_looks_as_before() -> None:
    project, (ada, ben), round_ = make_team("Ada", "Ben")
    for task in make_tasks(round_, 2):
        for person in (ada, ben):
            annotate(task, person, (0, 9, "Claim"))
    found = report_whole(
        project, choose_selection(project), parts=["alternative_test"], options=FEW
    ).to_json()
    assert "by_model" not in found["metrics"]["f1_strict"]
    assert found["alternative_test"] == {}
