"""What a manager changes of a running project."""

from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from annotations.adjudication.ledger import read_case
from annotations.adjudication.rule_change import RuleInUseError, change_merge_rule
from annotations.adjudication.services import decide_unit, finish_task, rebuild_gold
from annotations.adjudication.settled import finish_by_rule
from annotations.adjudication.units import Action
from annotations.jobs.worker import Worker
from annotations.models import Event, Gold, Project, Role, TaskStatus, User
from annotations.projects.settings import InvalidSettingError, change_settings
from tests.factories import make_member
from tests.factories.adjudication import claim, make_annotated_task, mark

pytestmark = pytest.mark.django_db
TWO_OF_THREE = (mark(claim()), mark(claim()), mark(claim(0, 24)))


FILLED = {
    "name": "Editorials",
    "description": "What newspapers want.",
    "queue_depth": "7",
    "lease_hours": "48",
    "review_percent": "25",
    "merge_rule": "majority",
    "uncounted_blocks": ["boilerplate"],
}


def test_one_form_changes_all_settings_and_the_trail_says_what_was_before(
    browser: Client, project: Project, manager: User
) -> None:
    address = reverse("web:settings", args=[project.slug])
    assert browser.post(address, FILLED)["Location"] == address
    project.refresh_from_db()
    assert (project.name, project.queue_depth, project.lease_hours) == ("Editorials", 7, 48)
    assert (project.review_share, project.merge_rule) == (0.25, "majority")
    assert project.uncounted_blocks == ["boilerplate"]
    events = Event.objects.filter(verb="changed settings of", actor=manager).order_by("id")
    assert events[0].details["name"] == ["News", "Editorials"]
    assert events[1].details == {"merge_rule": ["unanimity", "majority"]}


def test_what_stays_as_it_is_is_no_change(project: Project) -> None:
    assert change_settings(project, name="News", lease_hours=72, by=None) == {}
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("name", "  ", "blank"),
        ("name", "x" * 201, "200"),
        ("description", "x" * 5001, "5,000"),
        ("queue_depth", 0, "1"),
        ("queue_depth", 101, "100"),
        ("lease_hours", 8761, "8760"),
        ("review_share", 1.5, "1"),
        ("uncounted_blocks", ["footnote"], "there is no kind of block 'footnote'"),
        ("slug", "x", "no setting 'slug'"),
    ],
)
def test_a_setting_out_of_its_bounds_is_refused_with_them(
    project: Project, name: str, value: Any, said: str
) -> None:
    with pytest.raises(InvalidSettingError, match=said):
        change_settings(project, by=None, **{name: value})
    project.refresh_from_db()
    assert project.name == "News"


@override_settings(JOB_SCHEDULE={})
def test_another_merge_rule_settles_what_waits_and_leaves_gold_as_it_is() -> None:
    task = make_annotated_task(*TWO_OF_THREE)
    project = task.round.project
    agreed = make_annotated_task(mark(claim()), mark(claim()), project=project, text="Agreed. " * 9)
    assert finish_by_rule([agreed])
    before = agreed.gold.markup
    assert finish_by_rule([task]) == []
    assert change_merge_rule(project, "majority", by=None)
    Worker(name="test").run_until_idle()
    task.refresh_from_db()
    assert task.status == TaskStatus.ADJUDICATED
    assert Gold.objects.get(task=task).markup["ledger"]["rule"] == "majority"
    agreed.gold.refresh_from_db()
    assert agreed.gold.markup == before == rebuild_gold(agreed)
    assert before["ledger"]["rule"] == "unanimity"


def test_the_rule_stays_while_a_task_is_half_decided(browser: Client, project: Project) -> None:
    differing = (mark(claim(), claim(40, 52)), mark(claim(0, 24), claim(40, 50)))
    task = make_annotated_task(*differing, project=project)
    judge = make_member(project, Role.ADJUDICATOR)
    first, second = read_case(task).outcome.open[:2]
    decide_unit(task, unit=first.key, action=Action.REJECT, by=judge)
    with pytest.raises(RuleInUseError, match="One task is half decided under the present rule"):
        change_merge_rule(project, "majority", by=None)
    answer = browser.post(reverse("web:settings", args=[project.slug]), FILLED)
    assert "finish it in adjudication first" in answer.content.decode()
    project.refresh_from_db()
    assert (project.name, project.merge_rule) == ("News", "unanimity")
    decide_unit(task, unit=second.key, action=Action.REJECT, by=judge)
    finish_task(task, by=judge, reason="There is nothing to mark")
    assert change_merge_rule(project, "majority", by=None)
