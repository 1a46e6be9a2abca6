"""Agreement on the document as a whole."""

import pytest

from annotations.agreement import Items, evaluate
from annotations.models import Project, User
from annotations.reliability.fields import FieldReport, report_fields
from annotations.reliability.selection import choose_selection
from annotations.web.agreement.tables import make_field_rows
from tests.factories.reliability import annotate, make_tasks, make_team

pytestmark = pytest.mark.django_db
GENRES = {"Ada": ["news", "news", "editorial"], "Ben": ["news", "explainer", "editorial"]}
CERTAIN = {"Ada": ["5", "4", "1"], "Ben": ["4", "4", "2"]}


@pytest.fixture
def team() -> tuple[Project, list[User]]:
    project, people, round_ = make_team("Ada", "Ben")
    for number, task in enumerate(make_tasks(round_, 3)):
        for person in people:
            fields = {"genre": GENRES[person.name][number], "confidence": CERTAIN[person.name][number]}
            if person.name == "Ada" and number == 0:
                fields["nothing_to_mark"] = "yes"
            annotate(task, person, fields=fields)
    return project, people


def by_name(project: Project, *annotators: User) -> dict[str, FieldReport]:
    selection = choose_selection(project, annotators=annotators or None)
    return {one.field.name: one for one in report_fields(project, selection, by=["pair"])}


def test_each_field_is_compared_as_items_with_one_value_each(team: tuple[Project, list[User]]) -> None:
    found = by_name(team[0])
    rows = [{name: values[number] for name, values in GENRES.items()} for number in range(3)]
    plain = evaluate(Items.from_rows(rows), metrics=["alpha_nominal", "percent_agreement"])
    assert found["genre"].alpha.value == plain["alpha_nominal"].value
    assert found["genre"].percent.value == plain["percent_agreement"].value == pytest.approx(2 / 3)
    assert list(found["genre"].alpha.by_pair) == ["Ada|Ben"]


def test_a_rating_is_ordinal(team: tuple[Project, list[User]]) -> None:
    rows = [{name: int(values[number]) for name, values in CERTAIN.items()} for number in range(3)]
    plain = evaluate(Items.from_rows(rows), metrics=["alpha_ordinal"])
    assert by_name(team[0])["confidence"].alpha.value == plain["alpha_ordinal"].value


def test_beside_a_rating_stands_weighted_kappa_of_two_annotators(team: tuple[Project, list[User]]) -> None:
    rows = [{name: int(values[number]) for name, values in CERTAIN.items()} for number in range(3)]
    plain = evaluate(Items.from_rows(rows), metrics=["weighted_kappa_quadratic"])
    found = by_name(team[0])
    beside = found["confidence"].beside
    assert beside is not None
    assert (beside.name, beside.value) == (
        "weighted_kappa_quadratic",
        plain["weighted_kappa_quadratic"].value,
    )
    assert found["genre"].beside is None
    (rating,) = (row for row in make_field_rows(list(found.values())) if row.beside is not None)
    assert rating.beside is not None
    assert rating.beside.name == "Weighted kappa, quadratic"


def test_a_box_left_open_is_an_answer_and_a_default_is_what_was_meant(
    team: tuple[Project, list[User]],
) -> None:
    found = by_name(team[0])
    assert found["nothing_to_mark"].percent.value == pytest.approx(2 / 3)
    stances = [one for name, one in found.items() if name.startswith("author_stance")]
    assert stances
    assert {one.percent.value for one in stances} == {1.0}
    assert all(one.alpha.undefined for one in stances)


def test_free_text_is_not_compared(team: tuple[Project, list[User]]) -> None:
    assert "note" not in by_name(team[0])


def test_one_annotator_alone_agrees_with_nobody(team: tuple[Project, list[User]]) -> None:
    project, (ada, _) = team
    assert by_name(project, ada)["genre"].alpha.undefined


def test_a_project_without_annotations_has_nothing_to_compare() -> None:
    project, _, _ = make_team("Ada", "Ben")
    assert all(one.alpha.undefined for one in by_name(project).values())
