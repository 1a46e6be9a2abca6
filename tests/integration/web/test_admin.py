"""What staff see in the tables of the admin, and that they change nothing there."""

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from annotations.models import ApiToken, Event, Role, SignInLink, User
from tests.factories import make_user

OWN = [model for model in admin.site._registry if model._meta.app_label == "annotations"]


@pytest.fixture
def browser(client: Client, staff: User) -> Client:
    client.force_login(staff)
    return client


@pytest.mark.parametrize("model", OWN, ids=lambda model: model.__name__)
def test_staff_look_at_every_table_and_add_and_change_nothing(
    world: Any, browser: Client, model: Any
) -> None:
    name = f"admin:annotations_{model._meta.model_name}"
    assert browser.get(reverse(f"{name}_changelist")).status_code == 200
    assert browser.get(reverse(f"{name}_add")).status_code == 403
    row = model.objects.first()
    if row is not None:
        page = reverse(f"{name}_change", args=[row.pk])
        assert browser.get(page).status_code == 200
        if model is not User:
            assert browser.post(page, {}).status_code == 403
        if model is not ApiToken:
            assert browser.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


def test_nobody_else_gets_in(world: Any) -> None:
    for role in Role.values:
        answer = world.visit_as(role).get(reverse("admin:index"))
        assert answer.status_code == 302


def test_no_secret_is_shown(world: Any, browser: Client) -> None:
    ana = world.people[Role.ANNOTATOR]
    ana.set_password("a long enough one")
    ana.save()
    page = browser.get(reverse("admin:annotations_user_change", args=[ana.pk])).content.decode()
    assert ana.password not in page
    page = browser.get(reverse("admin:annotations_apitoken_change", args=[world.token.pk])).content.decode()
    assert f'<div class="readonly">{world.token.digest}' not in page


def test_an_account_is_closed_with_a_line_in_the_trail(world: Any, browser: Client, staff: User) -> None:
    ana = world.people[Role.ANNOTATOR]
    browser.post(reverse("admin:annotations_user_change", args=[ana.pk]), {"name": ana.name})
    ana.refresh_from_db()
    assert not ana.is_active
    assert Event.objects.get(verb="closed the account of").actor == staff


def test_staff_do_not_touch_the_accounts_of_staff(browser: Client) -> None:
    other = make_user("Other", is_staff=True)
    page = reverse("admin:annotations_user_change", args=[other.pk])
    assert browser.post(page, {"name": "X"}).status_code == 403
    content = {"action": "issue_links", "_selected_action": [other.pk]}
    answer = browser.post(reverse("admin:annotations_user_changelist"), content, follow=True)
    assert "only the administrator can issue a link" in answer.content.decode()
    assert not SignInLink.objects.exists()


def test_staff_issue_a_link_and_revoke_a_token(world: Any, browser: Client) -> None:
    content = {"action": "issue_links", "_selected_action": [world.people[Role.ANNOTATOR].pk]}
    answer = browser.post(reverse("admin:annotations_user_changelist"), content, follow=True)
    assert "/sign-in/" in answer.content.decode()
    browser.post(reverse("admin:annotations_apitoken_delete", args=[world.token.pk]), {"post": "yes"})
    assert not ApiToken.objects.exists()
    assert Event.objects.filter(verb="revoked a token of").exists()
