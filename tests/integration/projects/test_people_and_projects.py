"""Schemes, people and their roles as the database keeps them."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from annotations.models import (
    ApiToken,
    Event,
    Membership,
    Project,
    Role,
    Scheme,
    SignInLink,
    TokenScope,
    User,
)
from annotations.projects import members, signing_in, starting, tokens
from annotations.schemes.definition import read_definition
from tests.factories import make_member, make_project, make_scheme, make_user

pytestmark = pytest.mark.django_db


class TestStoreScheme:
    def test_storing_the_same_definition_twice_gives_the_same_scheme(self) -> None:
        source = read_definition("argument-v1")
        first = starting.store_scheme(source, by=None)
        assert starting.store_scheme(source, by=None) == first
        assert Scheme.objects.count() == 1
        assert Event.objects.filter(verb="stored").count() == 1

    def test_the_sha256_is_that_of_the_text_as_it_was_given(self) -> None:
        source = read_definition("argument-lite-v1")
        stored = starting.store_scheme(source, by=None)
        assert stored.sha256 == hashlib.sha256(source.encode()).hexdigest()
        assert stored.source == source

    def test_projects_may_call_different_schemes_the_same(self) -> None:
        """A refusal would tell that another project has a scheme of that name."""
        source = read_definition("argument-v1")
        first = starting.store_scheme(source, by=None)
        second = starting.store_scheme(source + "\n# another\n", by=None)
        assert first != second
        assert str(first) == str(second)

    def test_within_a_project_a_version_is_one_text(self) -> None:
        source = read_definition("argument-v1")
        project = make_project(scheme=starting.store_scheme(source, by=None))
        with pytest.raises(starting.SchemeNotLaterError, match="raise its version"):
            starting.adopt_scheme(project, source + "\n# another\n", by=None)
        assert Scheme.objects.count() == 1


class TestCreateProject:
    def test_whoever_creates_a_project_manages_it(self) -> None:
        mira = make_user("Mira")
        project = starting.create_project(name="News", scheme=make_scheme(), by=mira)
        assert project.roles_of(mira) == {Role.MANAGER}
        assert Event.objects.get(verb="created", project=project).actor == mira

    def test_two_projects_of_one_name_get_slugs_of_their_own(self) -> None:
        names = ["News!", "News", "news", "Новости", "Новости"]
        slugs = [starting.create_project(name=name, scheme=make_scheme(), by=None).slug for name in names]
        assert slugs == ["news", "news-2", "news-3", "project", "project-2"]

    def test_a_long_name_gets_a_slug_that_fits(self) -> None:
        slugs = {
            starting.create_project(name="long " * 40, scheme=make_scheme(), by=None).slug for _ in range(12)
        }
        assert len(slugs) == 12
        assert max(map(len, slugs)) <= 50


class TestInviteMember:
    def test_a_new_person_gets_an_account_without_a_password_and_a_link(self) -> None:
        project = make_project()
        mira = make_member(project, Role.MANAGER)
        invited = members.invite_member(
            project, email=" Ana@Example.org ", name="Ana", roles=[Role.ANNOTATOR], by=mira
        )
        user = invited.user
        assert (user.email, user.name) == ("ana@example.org", "Ana")
        assert not user.has_usable_password()
        assert project.roles_of(user) == {Role.ANNOTATOR}
        assert signing_in.redeem_sign_in_link(invited.sign_in) == user

    def test_inviting_again_adds_roles_and_no_second_account(self) -> None:
        project = make_project()
        first = members.invite_member(
            project, email="a@example.org", name="A", roles=["annotator"], by=None
        ).user
        second = members.invite_member(
            project, email="A@EXAMPLE.ORG", name="B", roles=["adjudicator"], by=None
        ).user
        assert first == second
        assert project.roles_of(first) == {"annotator", "adjudicator"}

    def test_somebody_who_has_a_password_keeps_it_and_gets_no_link(self) -> None:
        known = make_user("Known", password="a long enough one")
        invited = members.invite_member(
            make_project(), email=known.email, name="X", roles=["annotator"], by=None
        )
        assert invited == members.Invited(known)
        assert not SignInLink.objects.exists()

    def test_nonsense_is_refused_before_anything_is_written(self) -> None:
        project = make_project()
        for email, roles, error in [
            ("nobody", ["annotator"], members.InvalidEmailError),
            ("a@example.org", ["emperor"], members.UnknownRoleError),
            ("a@example.org", [], members.UnknownRoleError),
        ]:
            with pytest.raises(error):
                members.invite_member(project, email=email, name="", roles=roles, by=None)
        assert not User.objects.exists()


class TestSignInLinks:
    def test_a_link_works_once(self) -> None:
        user = make_user()
        token = signing_in.issue_sign_in_link(user, by=None)
        assert signing_in.redeem_sign_in_link(token) == user
        with pytest.raises(signing_in.SignInLinkUsedError):
            signing_in.redeem_sign_in_link(token)

    def test_only_the_hash_of_a_link_is_kept(self) -> None:
        token = signing_in.issue_sign_in_link(make_user(), by=None)
        link = SignInLink.objects.get()
        assert link.token_hash == hashlib.sha256(token.encode()).hexdigest()
        assert token not in str(SignInLink.objects.values()) + str(Event.objects.values())

    def test_a_new_link_ends_the_older_ones(self) -> None:
        user = make_user()
        older = signing_in.issue_sign_in_link(user, by=None)
        newer = signing_in.issue_sign_in_link(user, by=None)
        with pytest.raises(signing_in.SignInLinkExpiredError):
            signing_in.redeem_sign_in_link(older)
        assert signing_in.redeem_sign_in_link(newer) == user
        with pytest.raises(signing_in.SignInLinkExpiredError, match="newer"):
            signing_in.redeem_sign_in_link(older)

    def test_an_expired_link_opens_nothing(self) -> None:
        token = signing_in.issue_sign_in_link(make_user(), by=None)
        SignInLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        with pytest.raises(signing_in.SignInLinkExpiredError):
            signing_in.redeem_sign_in_link(token)

    def test_an_unknown_link_opens_nothing(self) -> None:
        with pytest.raises(signing_in.SignInLinkUnknownError):
            signing_in.redeem_sign_in_link("guess")

    def test_the_link_of_a_deactivated_account_is_not_used_up(self) -> None:
        user = make_user()
        token = signing_in.issue_sign_in_link(user, by=None)
        User.objects.update(is_active=False)
        with pytest.raises(signing_in.AccountDeactivatedError):
            signing_in.redeem_sign_in_link(token)
        User.objects.update(is_active=True)
        assert signing_in.redeem_sign_in_link(token) == user


class TestWhoMayIssueALink:
    def test_a_manager_may_for_people_who_work_only_in_projects_they_manage(self) -> None:
        project = make_project()
        manager, annotator = make_member(project, Role.MANAGER), make_member(project)
        assert signing_in.issue_sign_in_link(annotator, by=manager)

    def test_a_manager_may_not_for_somebody_who_also_works_elsewhere(self) -> None:
        project, other = make_project(), make_project()
        manager, annotator = make_member(project, Role.MANAGER), make_member(project)
        Membership.objects.create(project=other, user=annotator, role=Role.ANNOTATOR)
        with pytest.raises(signing_in.NotYoursToSignInError):
            signing_in.issue_sign_in_link(annotator, by=manager)
        assert not SignInLink.objects.exists()

    def test_an_invitation_of_somebody_from_elsewhere_gives_no_way_into_their_account(self) -> None:
        elsewhere = make_member(make_project())
        project = make_project()
        manager = make_member(project, Role.MANAGER)
        invited = members.invite_member(
            project, email=elsewhere.email, name="", roles=["annotator"], by=manager
        )
        assert not invited.sign_in
        assert not SignInLink.objects.exists()

    def test_nobody_but_an_administrator_may_for_staff(self) -> None:
        project = make_project()
        manager, staff = make_member(project, Role.MANAGER), make_member(project, is_staff=True)
        assert not signing_in.may_issue_sign_in_link(staff, by=manager)
        assert signing_in.may_issue_sign_in_link(staff, by=make_user(is_staff=True, is_superuser=True))

    def test_an_annotator_may_for_nobody(self) -> None:
        project = make_project()
        one, two = make_member(project), make_member(project)
        assert not signing_in.may_issue_sign_in_link(two, by=one)


class TestChangeRoles:
    def test_the_roles_are_exactly_those_given(self) -> None:
        project = make_project()
        make_member(project, Role.MANAGER)
        user = make_member(project, Role.ANNOTATOR, Role.CONSUMER)
        members.change_roles(project, user, roles=[Role.ADJUDICATOR, Role.CONSUMER], by=None)
        assert project.roles_of(user) == {Role.ADJUDICATOR, Role.CONSUMER}

    def test_the_last_manager_stays(self) -> None:
        project = make_project()
        manager = make_member(project, Role.MANAGER)
        with pytest.raises(members.LastManagerError):
            members.change_roles(project, manager, roles=[], by=manager)
        assert project.roles_of(manager) == {Role.MANAGER}

    def test_with_no_roles_a_person_leaves(self) -> None:
        project = make_project()
        user = make_member(project)
        members.change_roles(project, user, roles=[], by=None)
        assert not Project.objects.visible_to(user).exists()
        assert Event.objects.get(verb="changed roles of").details == {"before": ["annotator"], "after": []}


class TestApiTokens:
    def test_the_secret_is_returned_once_and_kept_as_a_hash(self) -> None:
        project = make_project()
        user = make_member(project, Role.CONSUMER)
        token, secret = tokens.create_api_token(
            user, name="training", scope=TokenScope.READ, project=project, by=user
        )
        assert len(secret) == 64
        assert secret not in str(ApiToken.objects.values()) + str(Event.objects.values())
        assert (token.scope, token.project, token.name) == ("read", project, "training")

    def test_a_token_does_not_reach_a_project_of_others(self) -> None:
        with pytest.raises(tokens.TokenNotAllowedError):
            tokens.create_api_token(make_user(), name="x", scope="read", project=make_project(), by=None)

    def test_an_unknown_scope_is_refused(self) -> None:
        with pytest.raises(tokens.TokenNotAllowedError):
            tokens.create_api_token(make_user(), name="x", scope="root", project=None, by=None)

    def test_a_revoked_token_is_gone_and_the_trail_says_so(self) -> None:
        user = make_user()
        token, _ = tokens.create_api_token(user, name="x", scope="read", project=None, by=user)
        tokens.revoke_api_token(token, by=user)
        assert not ApiToken.objects.exists()
        assert Event.objects.filter(verb="revoked a token of", subject_id=str(user.pk)).exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_who_redeem_a_link_at_once_one_succeeds() -> None:
    token = signing_in.issue_sign_in_link(make_user(), by=None)
    start = Barrier(4)

    def redeem(_: int) -> bool:
        start.wait()
        try:
            signing_in.redeem_sign_in_link(token)
        except signing_in.SignInLinkUsedError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(redeem, range(4)))
    assert sorted(outcomes) == [False, False, False, True]
