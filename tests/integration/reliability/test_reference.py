"""Everybody's spans against the gold or one annotator: counts by hand, places in the article, and what is refused."""

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from annotations.agreement.errors import InvalidOptionError
from annotations.assignment.standing import set_standing
from annotations.models import Block, BlockKind, Gold, GoldStatus, Project, Role, Standing, Task, User
from annotations.reliability import reference as module
from annotations.reliability.counting import Options
from annotations.reliability.reference import hold_against
from annotations.reliability.selection import choose_selection
from tests.factories import make_member
from tests.factories.reliability import annotate, make_tasks, make_team

pytestmark = pytest.mark.django_db
QUICK = Options(samples=20)


@pytest.fixture
def scene() -> tuple[Project, list[User], list[Task]]:
    """Two finished tasks and one without gold; the first twenty characters of each article are boilerplate."""
    project, team, round_ = make_team("Ada", "Ben", "gpt")
    project.uncounted_blocks = [BlockKind.BOILERPLATE]
    project.save()
    tasks = make_tasks(round_, 3)
    ada, ben, gpt = team
    for task in tasks:
        Block.objects.create(article=task.article, kind=BlockKind.BOILERPLATE, start=0, end=20, ordinal=0)
        annotate(task, ada, (5, 15, "Claim"), (30, 40, "Claim"), (52, 60, "Stance"), (70, 75, "Claim"))
        annotate(task, ben, (30, 40, "Claim"), (50, 60, "Stance"))
        annotate(task, gpt, (30, 40, "Stance"))
    for task in tasks[:2]:
        spans = [
            {"key": "a", "start": 30, "end": 40, "label": "Claim"},
            {"key": "b", "start": 50, "end": 60, "label": "Stance"},
            {"key": "c", "start": 0, "end": 20, "label": "Claim"},
        ]
        Gold.objects.create(
            task=task,
            status=GoldStatus.ADJUDICATED,
            markup={"spans": spans, "relations": [], "fields": {}},
            canonical="{}",
        )
    set_standing(project, gpt, standing=Standing.MODEL, by=None)
    return project, team, tasks


def test_spans_are_held_against_the_gold_of_finished_tasks(
    scene: tuple[Project, list[User], list[Task]],
) -> None:
    project, (ada, ben, gpt), _ = scene
    found = hold_against(project, choose_selection(project), reference=None, options=QUICK)
    assert list(found.scores) == [ada.pk, ben.pk, gpt.pk]
    strict = found.scores[ada.pk]["strict"]
    # a task: one right, one with another border, one that the gold lacks; what lies in boilerplate is not seen
    assert strict.counts == {"correct": 2, "incorrect": 2, "partial": 0, "missed": 0, "spurious": 2}
    assert strict.precision.value == pytest.approx(1 / 3)
    assert strict.recall.value == 0.5
    assert found.scores[ada.pk]["partial"].recall.value == 0.75
    assert found.scores[ben.pk]["strict"].f1.value == 1
    assert found.scores[gpt.pk]["exact"].recall.value == 0.5
    assert found.scores[gpt.pk]["strict"].counts["missed"] == 2


def test_listed_spans_stand_where_they_stand_in_the_article(
    scene: tuple[Project, list[User], list[Task]],
) -> None:
    project, (ada, *_), (first, second, _) = scene
    found = hold_against(project, choose_selection(project), reference=None, options=QUICK)
    spurious = list(found.list_held(ada.pk, "strict", "spurious"))
    assert [(one.task, one.candidate and (one.candidate.start, one.candidate.end)) for one in spurious] == [
        (first.pk, (70, 75)),
        (second.pk, (70, 75)),
    ]
    assert all(one.reference is None for one in spurious)


def test_an_annotator_may_be_the_reference(scene: tuple[Project, list[User], list[Task]]) -> None:
    project, (ada, ben, gpt), _ = scene
    found = hold_against(project, choose_selection(project), reference=ben, options=QUICK)
    assert (found.reference, list(found.scores)) == ("Ben", [ada.pk, gpt.pk])
    assert found.scores[ada.pk]["strict"].counts["correct"] == 3


def test_labels_and_annotators_that_were_chosen_narrow_it(
    scene: tuple[Project, list[User], list[Task]],
) -> None:
    project, (ada, ben, _), _ = scene
    chosen = choose_selection(project, labels=["Claim"], annotators=[ada, ben])
    found = hold_against(project, chosen, reference=None, options=QUICK)
    assert list(found.scores) == [ada.pk, ben.pk]
    assert sum(found.scores[ben.pk]["strict"].counts.values()) == 2


def test_what_cannot_be_held_against_anything_is_refused_with_a_sentence(
    scene: tuple[Project, list[User], list[Task]], monkeypatch: pytest.MonkeyPatch
) -> None:
    project, (ada, ben, _), _ = scene
    with pytest.raises(InvalidOptionError, match="completed nothing of what is compared"):
        hold_against(project, choose_selection(project, annotators=[ada]), reference=ben, options=QUICK)
    monkeypatch.setattr(module, "MAX_REFERENCE_SPANS", 3)
    with pytest.raises(InvalidOptionError, match="more than 3 spans cannot be held"):
        hold_against(project, choose_selection(project), reference=None, options=QUICK)


def test_without_any_gold_the_figures_say_so(scene: tuple[Project, list[User], list[Task]]) -> None:
    project, (ada, *_), (*_, unfinished) = scene
    last = unfinished.round
    project, others, other_round = make_team("Cy", "Di", project=project)
    (task,) = make_tasks(other_round, 1)
    for person in others:
        annotate(task, person, (30, 40, "Claim"))
    found = hold_against(
        project, choose_selection(project, rounds=[other_round.number]), reference=None, options=QUICK
    )
    assert {one.value for senses in found.scores.values() for one in [senses["strict"].f1]} == {None}
    assert last != other_round
    assert ada.pk not in found.scores


def test_the_api_the_command_and_the_page_say_the_same(
    scene: tuple[Project, list[User], list[Task]],
    client: Client,
    django_assert_max_num_queries: Callable[[int], Any],
) -> None:
    project, (ada, ben, _), _ = scene
    client.force_login(make_member(project, Role.MANAGER))
    address = f"/api/v1/projects/{project.pk}/agreement/?metric=f1_strict&samples=0&reference="
    api = client.get(address + "gold").json()["against"]
    assert api["reference"] == "gold"
    assert set(api["candidates"]) == {"Ada", "Ben", "gpt"}
    ours = api["candidates"]["Ada"]["strict"]
    assert ours["counts"]["spurious"] == len(ours["spans"]["spurious"]) == 2
    assert ours["spans"]["spurious"][0]["candidate"] == {"start": 70, "end": 75, "label": "Claim"}
    assert client.get(address + "nobody@example.org").status_code == 400

    out = StringIO()
    options = {"metric": ["f1_strict"], "samples": 0, "json": True, "stdout": out}
    call_command("agreement", project.slug, reference="gold", **options)
    assert json.loads(out.getvalue())["against"] == api
    with pytest.raises(CommandError, match="Nobody has the e-mail address"):
        call_command("agreement", project.slug, reference="nobody@example.org", **options)
    lines = client.get(address + ben.email + "&format=csv").content.decode()
    assert "f1_strict,precision against reference,Ada|Ben" in lines

    page = reverse("web:agreement-reference", args=[project.slug])
    with django_assert_max_num_queries(40):
        shown = client.get(f"{page}?candidate={ada.pk}&outcome=spurious").content.decode()
    assert "Not in the reference: Ada" in shown
    assert shown.count("<blockquote") == 2
    assert client.get(f"{page}?reference={ben.pk}&sense=type").status_code == 200
    for wrong in ("reference=x", "sense=nice", "outcome=luck", "candidate=x"):
        assert client.get(f"{page}?{wrong}").status_code == 400
