"""Predictions come into a project all at once, each once, and nobody's annotations come of them."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import Error, transaction

from annotations.assignment.archiving import delete_project
from annotations.assignment.excluding import delete_article, exclude_article, list_imports, undo_import
from annotations.corpus.annotated.report import AnnotatedReport
from annotations.corpus.choices import ImportChoices
from annotations.corpus.imports import ask_to_read, drop, publish_import, start_import
from annotations.corpus.predicted.by_rules import NothingToPredictError, ask_for_rules
from annotations.corpus.predicted.counting import list_predictors
from annotations.corpus.uploads import keep_whole
from annotations.jobs.worker import Worker
from annotations.models import (
    Annotation,
    Article,
    ArticleImport,
    Event,
    ImportedAs,
    Prediction,
    Predictor,
    Project,
    Task,
    User,
)
from tests.factories import make_article, make_prediction, make_project, make_scheme
from tests.factories.adjudication import claim, mark
from tests.factories.annotated import KYIV, PARIS, TWO_ANNOTATORS, bring, region, write_export

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    """Only the jobs that a test asks for, and a storage of its own."""
    settings.JOB_SCHEDULE = {}
    location = {"location": tmp_path / "storage"}
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": location}
    settings.STORAGES = {**settings.STORAGES, "default": storage}


@pytest.fixture
def project() -> Project:
    return make_project(scheme=make_scheme("argument-lite-v1"))


def predict(project: Project, *files: Path, **options: Any) -> AnnotatedReport:
    return bring(project, *files, imported_as=ImportedAs.PREDICTIONS, **options)


def read(project: Project, file: Path) -> ArticleImport:
    """An import that waits to be published."""
    made = start_import(project, by=None)
    with file.open("rb") as content:
        keep_whole(made, [(file.name, content, file.stat().st_size)])
    ask_to_read(made, ImportChoices(read_as="predictions"), by=None)
    Worker().run_until_idle()
    made.refresh_from_db()
    return made


def write_predictions(path: Path, *, words: str = "Kyiv must have guarantees", **more: Any) -> Path:
    """A Label Studio export with a prediction of a model, and what a person marked beside it."""
    task = {
        "id": 1,
        "data": {"text": KYIV},
        "annotations": [{"id": 1, "completed_by": {"email": "ann"}, "result": []}],
        "predictions": [
            {"model_version": "gliner-small", "result": [region(KYIV, "Claim", words, 1)], **more}
        ],
    }
    file = path / "predictions.json"
    file.write_text(json.dumps([task]), encoding="utf-8")
    return file


def test_whoever_marked_something_in_a_file_becomes_a_predictor_and_no_annotator(
    project: Project, tmp_path: Path
) -> None:
    people = User.objects.count()
    report = predict(project, write_export(tmp_path, *TWO_ANNOTATORS))
    assert (report.new_articles, report.new_annotations, report.round_number) == (2, 4, None)
    assert list(Predictor.objects.values_list("name", flat=True)) == ["ann", "bob"]
    prediction = Prediction.objects.get(predictor__name="ann", article__text=KYIV)
    assert [(span.label, span.quote(KYIV)) for span in prediction.to_markup().spans] == [
        ("Claim", "Kyiv must have guarantees"),
        ("Stance", "disagrees"),
    ]
    assert (prediction.spans, prediction.scheme) == (2, project.scheme)
    assert not Annotation.objects.exists()
    assert not Task.objects.exists()
    assert not project.rounds.exists()
    assert User.objects.count() == people


def test_of_a_text_with_predictions_beside_annotations_only_these_are_read(
    project: Project, tmp_path: Path
) -> None:
    report = predict(project, write_predictions(tmp_path))
    assert report.by_annotator == {"gliner-small": 1}
    assert report.left_out == {"annotations beside predictions": 1}


def test_a_model_without_a_name_is_called_a_model(project: Project, tmp_path: Path) -> None:
    predict(project, write_predictions(tmp_path, model_version=None))
    assert Predictor.objects.get().name == "a model"


def test_the_same_predictions_again_change_nothing(project: Project, tmp_path: Path) -> None:
    file = write_predictions(tmp_path)
    predict(project, file)
    again = predict(project, file)
    assert (again.new_annotations, again.known_annotations, again.is_published) == (0, 1, False)
    assert Prediction.objects.count() == 1


def test_another_prediction_of_an_article_stands_beside_the_earlier_one(
    project: Project, tmp_path: Path
) -> None:
    predict(project, write_predictions(tmp_path))
    predict(project, write_predictions(tmp_path, words="guarantees"))
    assert Prediction.objects.count() == 2
    [found] = list_predictors(project)
    assert (found.articles, found.marked) == (1, 2)  # type: ignore[attr-defined]  # annotated


def test_two_predictions_of_one_name_and_text_in_one_import_are_named_and_nothing_comes_in(
    project: Project, tmp_path: Path
) -> None:
    file = write_predictions(tmp_path)
    [task] = json.loads(file.read_text())
    other = {**task["predictions"][0], "result": [region(KYIV, "Claim", "guarantees", 1)]}
    file.write_text(json.dumps([task, {**task, "id": 2, "predictions": [other]}]), encoding="utf-8")
    report = predict(project, file)
    assert [bad.message for bad in report.misfits] == [
        "'gliner-small' judged this text twice, and differently."
    ]
    assert not Prediction.objects.exists()


def test_an_import_that_is_not_published_shows_no_prediction_and_leaves_none(
    project: Project, tmp_path: Path
) -> None:
    made = read(project, write_predictions(tmp_path))
    assert made.report is not None
    assert made.report["counts"]["annotations"] == 1
    assert Prediction.objects.count() == 1
    assert not Prediction.objects.published().exists()
    assert not list_predictors(project)
    drop(made, by=None)
    assert not Prediction.objects.exists()


def test_an_import_of_predictions_is_published_and_undone_as_a_whole(
    project: Project, tmp_path: Path
) -> None:
    article = make_article(project, KYIV)
    made = read(project, write_predictions(tmp_path))
    publish_import(made, by=None)
    assert Prediction.objects.published().get().article == article
    assert Event.objects.get(verb="imported predictions").details == {"predictions": 1}
    [listed] = list_imports(project)
    assert undo_import(listed, by=None) == 0
    assert not Prediction.objects.exists()
    assert not ArticleImport.objects.exists()
    assert Article.objects.get() == article


def test_the_database_refuses_to_rewrite_a_prediction(project: Project) -> None:
    prediction = make_prediction(make_article(project), mark(claim(0, 4)))
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        Prediction.objects.filter(pk=prediction.pk).update(sha256="0" * 64)


def test_an_article_and_a_project_go_with_what_was_predicted_of_them(project: Project) -> None:
    first, second = make_article(project), make_article(project)
    for article in (first, second):
        make_prediction(article, mark(claim(0, 4)))
    delete_article(first, by=None)
    assert Prediction.objects.get().article == second
    delete_project(project, by=None)
    Worker(name="test").run_until_idle()
    assert not Prediction.objects.exists()
    assert not Predictor.objects.exists()


def test_the_command_brings_predictions(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_article(project, PARIS)
    call_command("import_annotations", project.slug, str(write_predictions(tmp_path)), "--as", "predictions")
    said = capsys.readouterr().out
    assert "Imported 1 prediction of 1 new article and 0 that were there, as predictions of" in said
    assert "  gliner-small: 1 document\n" in said
    assert "Agreement:" not in said


def test_the_rules_mark_every_article_once_and_say_nothing_again() -> None:
    project = make_project()
    article = make_article(project, "Headline\n\nDespite the rain, Kyiv said that it will go on.")
    left_out = make_article(project, "Headline\n\nDespite the snow, nobody came.")
    exclude_article(left_out, reason="An advertisement", by=None)
    for _ in range(2):
        ask_for_rules(project, by=None)
        Worker().run_until_idle()
    prediction = Prediction.objects.get()
    assert (prediction.article, prediction.predictor.name) == (article, "Rules of the workbench")
    words = [(span.label, span.quote(article.text)) for span in prediction.to_markup().spans]
    assert words == [
        ("Cue", "Despite"),
        ("Concession", "the rain"),
        ("Source", "Kyiv"),
        ("Claim", "it will go on"),
    ]


def test_the_rules_are_refused_where_they_have_nothing_to_say() -> None:
    with pytest.raises(NothingToPredictError, match="no articles yet"):
        ask_for_rules(make_project(), by=None)
