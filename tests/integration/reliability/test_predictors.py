"""What a predictor marked is held against the people as if it were one of the annotators, and is in no other figure."""

import pytest
from django.test import Client
from django.urls import reverse

from annotations.corpus.predicted.writing import Proposal, write_proposals
from annotations.formats.canonical import checksum, write_members
from annotations.formats.record import describe_markup
from annotations.markup import Markup
from annotations.models import Annotation, Predictor, Project, Role, User
from annotations.reliability.models_apart import add_models, run_alternative_tests
from annotations.reliability.predictors import measure_predictor
from annotations.reliability.reports import report_selection
from annotations.reliability.selection import choose_selection
from tests.factories import make_member
from tests.factories.reliability import make_mixed_project

pytestmark = pytest.mark.django_db
METRICS = ("f1_strict", "alpha_nominal")


def predict_like(project: Project, person: User, name: str = "copycat") -> Predictor:
    """A predictor that says just what an annotator submitted."""
    predictor = Predictor.objects.create(project=project, name=name)
    rows = []
    for annotation in Annotation.objects.current().filter(assignment__annotator=person):
        article = annotation.assignment.task.article
        markup = Markup(spans=annotation.to_markup().spans)
        said = describe_markup(markup, article.text)
        rows.append(
            Proposal(predictor.pk, article.pk, len(markup.spans), write_members(said), checksum(said))
        )
    write_proposals(project.scheme_id, rows)
    return predictor


@pytest.fixture
def mixed() -> tuple[Project, list[User]]:
    return make_mixed_project(32)


def test_a_predictor_that_says_what_a_model_annotated_has_the_figures_and_the_test_of_that_model(
    mixed: tuple[Project, list[User]],
) -> None:
    project, (*_, gpt, _tiny) = mixed
    predictor = predict_like(project, gpt)
    selection = choose_selection(project)
    found = measure_predictor(project, predictor, selection, metrics=METRICS)
    report = add_models(
        report_selection(project, selection, metrics=METRICS), project, selection, by=("label",)
    )
    for name in METRICS:
        theirs = report[name].by_model[f"{gpt.pk:012d}"]
        own = found.by_metric[name]
        assert (own.value, own.ceiling.value) == pytest.approx((theirs.value, theirs.ceiling.value))
        assert own.by_label["Claim"].value == pytest.approx(theirs.by_label["Claim"].value)
    test = run_alternative_tests(project, selection)[gpt.pk]
    assert found.test is not None
    assert found.test.winning_rate == test.winning_rate
    assert found.test.advantage_probability == pytest.approx(test.advantage_probability)
    assert found.articles == 32


def test_blocks_that_do_not_count_are_left_out_of_what_a_predictor_marked_too(
    mixed: tuple[Project, list[User]],
) -> None:
    project, (*_, gpt, _tiny) = mixed
    for article in project.articles.all():
        article.blocks.all().delete()
        article.blocks.create(ordinal=1, kind="title", start=0, end=15)
    predictor = predict_like(project, gpt)
    selection = choose_selection(project, uncounted=["title"])
    found = measure_predictor(project, predictor, selection, metrics=METRICS)
    report = add_models(report_selection(project, selection, metrics=METRICS), project, selection)
    theirs = report["f1_strict"].by_model[f"{gpt.pk:012d}"]
    assert found.by_metric["f1_strict"].value == pytest.approx(theirs.value)


def test_a_predictor_is_shown_beside_the_people_on_a_page_of_its_own(
    client: Client, mixed: tuple[Project, list[User]]
) -> None:
    project, (*_, gpt, _tiny) = mixed
    predictor = predict_like(project, gpt)
    client.force_login(make_member(project, Role.MANAGER))
    shown = client.get(reverse("web:predictor", args=[project.slug, predictor.pk])).content.decode()
    assert "copycat and the people agree to" in shown
    assert "Could copycat stand in for an annotator?" in shown
    assert "so copycat could stand in for one of them" in shown
    assert shown.count("holds its own") >= 3
    silent = Predictor.objects.create(project=project, name="silent")
    shown = client.get(reverse("web:predictor", args=[project.slug, silent.pk])).content.decode()
    assert "Nobody has annotated an article that it marked." in shown
    client.force_login(make_member(project, Role.ANNOTATOR, name="Nosy"))
    assert client.get(reverse("web:predictor", args=[project.slug, predictor.pk])).status_code in {403, 404}
