"""Several people are invited at once, each by themselves: one wrong address keeps nobody else out."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotations.limits import MAX_INVITED_AT_ONCE
from annotations.models import Job, Membership, Project, Role, User
from annotations.projects.mail_addresses import Address, read_addresses
from tests.answers import read_words
from tests.factories import make_member, make_user

pytestmark = pytest.mark.django_db


def invite(browser: Client, project: Project, addresses: str, **more: Any) -> str:
    sent = {"addresses": addresses, "roles": [Role.ANNOTATOR], **more}
    return read_words(browser.post(reverse("web:invite-several", args=[project.slug]), sent))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ana@example.org\nben@example.org", [("ana@example.org", ""), ("ben@example.org", "")]),
        (
            "ana@example.org, ben@example.org;cy@example.org",
            [("ana@example.org", ""), ("ben@example.org", ""), ("cy@example.org", "")],
        ),
        (
            "Ana Ruiz <ana@example.org>, Ben <ben@example.org>",
            [("ana@example.org", "Ana Ruiz"), ("ben@example.org", "Ben")],
        ),
        ('"Ruiz, Ana" <ana@example.org>', [("ana@example.org", "Ruiz, Ana")]),
        (
            "ben@example.org Ana Ruiz <ana@example.org>",
            [("ben@example.org", ""), ("ana@example.org", "Ana Ruiz")],
        ),
        (
            "ana@example.org, Ana Ruiz\nLee;Ben;ben@example.org\ncy@example.org\tCy",
            [("ana@example.org", "Ana Ruiz"), ("ben@example.org", "Lee Ben"), ("cy@example.org", "Cy")],
        ),
        ("ana@example.org, ben", [("ana@example.org", ""), ("ben", "")]),
        ("ana@example.org\nANA@example.org", [("ana@example.org", "")]),
        ("ana at example", [("ana", ""), ("at", ""), ("example", "")]),
        ("<ana@example.org", [("<ana@example.org", "")]),
        (" \n ,;", []),
    ],
)
def test_addresses_are_read_as_people_copy_them(text: str, expected: list[tuple[str, str]]) -> None:
    assert read_addresses(text) == [Address(email, name) for email, name in expected]


def test_everybody_gets_a_link_and_a_wrong_address_is_named(browser: Client, project: Project) -> None:
    page = invite(browser, project, "Ana Ruiz <ana@example.org>\nnot an address\nben@example.org")
    assert page.count("signs in by this link") == 2
    assert "ana@example.org http" in page
    assert "<bdi>address</bdi>: " in page
    assert "> not an address</textarea>" in page
    assert User.objects.get(email="ana@example.org").name == "Ana Ruiz"
    assert set(project.memberships.filter(role=Role.ANNOTATOR).values_list("user__email", flat=True)) == {
        "ana@example.org",
        "ben@example.org",
    }


def test_who_has_an_account_is_offered_an_invitation_and_a_member_gets_the_roles(
    browser: Client, project: Project
) -> None:
    somebody = make_user("Eve", email="eve@example.org")
    somebody.set_password("a long enough pass phrase")
    somebody.save()
    member = make_member(project, Role.CONSUMER, name="Con")
    member.set_password("a long enough pass phrase")
    member.save()
    page = invite(browser, project, f"eve@example.org {member.email}")
    assert "has an account, and is in once they accept" in page
    assert f"<bdi>{member.email}</bdi>: has these roles now" in page
    assert not Membership.objects.filter(user=somebody).exists()
    assert project.roles_of(member) == {Role.CONSUMER, Role.ANNOTATOR}


def test_where_mail_is_sent_no_link_is_shown(browser: Client, project: Project, settings: Any) -> None:
    settings.EMAIL_HOST = "mail.example.org"
    page = invite(browser, project, "ana@example.org", send_mail="on")
    assert "an invitation is on its way" in page
    assert "/sign-in/" not in page
    assert Job.objects.filter(kind="send_invitation").count() == 1


def test_too_many_at_once_invite_nobody(browser: Client, project: Project) -> None:
    many = "\n".join(f"person{number}@example.org" for number in range(MAX_INVITED_AT_ONCE + 1))
    assert "These are 101 addresses, more than 100 at once" in invite(browser, project, many)
    assert not User.objects.filter(email__startswith="person").exists()


def test_a_name_that_is_too_long_is_refused_with_its_address(browser: Client, project: Project) -> None:
    page = invite(browser, project, f"{'x' * 151} <ana@example.org>\nben@example.org")
    assert "The name has 151 characters, more than 150: shorten it" in page
    assert not User.objects.filter(email="ana@example.org").exists()
    assert User.objects.filter(email="ben@example.org").exists()


def test_whatever_was_typed_is_shown_as_text(browser: Client, project: Project) -> None:
    page = invite(browser, project, "<script>alert(1)</script>")
    assert "<script>alert(1)" not in page
