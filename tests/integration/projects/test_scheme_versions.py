"""A project goes through versions of its scheme; each round keeps the one it was planned with."""

import pytest
from django.test import Client
from django.urls import reverse

from annotations.adjudication.ledger import read_case
from annotations.adjudication.settled import finish_by_rule
from annotations.agreement.errors import InvalidOptionError
from annotations.assignment.services import plan_round
from annotations.gold.releases import read_release, rebuild_release
from annotations.gold.services import freeze_release
from annotations.models import Event, Project, Role, Scheme, User
from annotations.projects.starting import SchemeNotLaterError, adopt_scheme
from annotations.reliability.full_report import report_whole
from annotations.reliability.reports import report_selection
from annotations.reliability.selection import choose_selection
from tests.factories import make_article, make_member, make_project
from tests.factories.adjudication import TEXT, claim, make_annotated_task, mark

pytestmark = pytest.mark.django_db


def raise_version(scheme: Scheme, version: int, *, label: str = "Cue") -> str:
    """The definition with another version, and one of its labels under another name."""
    source = scheme.source.replace("version = 1", f"version = {version}", 1)
    return source.replace('name = "Cue"', f'name = "{label}"').replace('"Cue"', f'"{label}"')


@pytest.fixture
def project() -> Project:
    return make_project()


@pytest.fixture
def manager(project: Project) -> User:
    return make_member(project, Role.MANAGER)


def annotate_alike(project: Project, text: str) -> None:
    assert finish_by_rule([make_annotated_task(mark(claim()), mark(claim()), project=project, text=text)])


@pytest.fixture
def two_versions(project: Project, manager: User) -> Project:
    """An article annotated and agreed on with each of two versions."""
    annotate_alike(project, TEXT)
    adopt_scheme(project, raise_version(project.scheme, 2, label="Ampersand"), by=manager)
    annotate_alike(project, TEXT + " More.")
    return project


def test_rounds_planned_after_it_have_the_later_version_and_those_before_keep_theirs(
    project: Project, manager: User
) -> None:
    annotators = [make_member(project, Role.ANNOTATOR)]
    make_article(project)
    first = project.scheme
    before = plan_round(project, annotators=annotators, overlap=1, by=manager)
    later = adopt_scheme(project, raise_version(first, 2), by=manager)
    after = plan_round(project, annotators=annotators, overlap=1, kind="retest", by=manager)
    before.refresh_from_db()
    assert (before.scheme, after.scheme, project.scheme) == (first, later, later)
    event = Event.objects.get(verb="adopted")
    assert (event.actor, event.details) == (manager, {"instead_of": str(first)})


def test_the_same_definition_again_changes_nothing(project: Project, manager: User) -> None:
    assert adopt_scheme(project, project.scheme.source, by=manager) == project.scheme
    assert not Event.objects.filter(verb="adopted").exists()


def test_an_earlier_version_or_another_scheme_is_refused(project: Project, manager: User) -> None:
    first = project.scheme
    adopt_scheme(project, raise_version(first, 3), by=manager)
    other = raise_version(first, 4).replace('name = "argument"', 'name = "other"', 1)
    for source in (first.source, raise_version(first, 2), other):
        with pytest.raises(SchemeNotLaterError, match="raise its version"):
            adopt_scheme(project, source, by=manager)
    project.refresh_from_db()
    assert project.scheme.version == "3"


def test_each_task_is_adjudicated_by_the_scheme_of_its_round(two_versions: Project) -> None:
    tasks = [round_.tasks.get() for round_ in two_versions.rounds.order_by("number")]
    assert [read_case(task).scheme.version for task in tasks] == [1, 2]


def test_agreement_is_told_apart_by_version(two_versions: Project) -> None:
    everything = choose_selection(two_versions)
    assert report_whole(two_versions, everything, metrics=["f1_strict"]).schemes == (
        "argument-v2",
        "argument-v1",
    )
    by_label = report_selection(two_versions, everything, metrics=["f1_strict"], by=["label"])[
        "f1_strict"
    ].by_label
    assert {"Cue", "Ampersand"} <= set(by_label)
    earlier = choose_selection(two_versions, schemes=["argument-v1"])
    assert earlier.rounds == (1,)
    assert report_whole(two_versions, earlier, metrics=["f1_strict"]).schemes == ("argument-v1",)
    assert choose_selection(two_versions, schemes=["argument-v1"], rounds=[2]).rounds == ()
    with pytest.raises(InvalidOptionError, match="there are: argument-v1, argument-v2"):
        choose_selection(two_versions, schemes=["argument-v7"])


def test_a_release_names_the_scheme_of_each_article_and_is_rebuilt(
    two_versions: Project, manager: User
) -> None:
    release = freeze_release(two_versions, title="Both", by=manager)
    assert [record.scheme.version for record in read_release(release)] == ["1", "2"]
    assert len(release.manifest["schemes"]) == 2
    rebuild_release(release)


class TestPages:
    def test_a_manager_adopts_a_later_version_by_editing_the_definition(
        self, client: Client, project: Project, manager: User
    ) -> None:
        client.force_login(manager)
        guidelines = client.get(reverse("web:guidelines", args=[project.slug])).content.decode()
        assert reverse("web:edit-scheme", args=[project.slug]) in guidelines
        address = reverse("web:edit-scheme-toml", args=[project.slug])
        assert "Holders." in client.get(address).content.decode()
        sent = raise_version(project.scheme, 1, label="Ampersand").replace("\n", "\r\n")
        client.post(address, {"revision": 0, "source": sent})
        client.post(reverse("web:adopt-draft", args=[project.slug]), {"revision": 1})
        project.refresh_from_db()
        assert str(project.scheme) == "argument-v2"
        assert "Ampersand" in {label.name for label in project.scheme.definition.labels}

    def test_the_guidelines_of_every_version_can_be_read(self, client: Client, two_versions: Project) -> None:
        client.force_login(make_member(two_versions, Role.ANNOTATOR))
        address = reverse("web:guidelines", args=[two_versions.slug])
        latest, first = client.get(address), client.get(address, {"version": "1"})
        assert "Ampersand" in latest.content.decode()
        assert "Ampersand" not in first.content.decode()
        assert "have version 2" in first.content.decode()
        assert client.get(address, {"version": "9"}).status_code == 404

    def test_the_agreement_page_is_narrowed_to_a_version(
        self, client: Client, two_versions: Project, manager: User
    ) -> None:
        client.force_login(manager)
        address = reverse("web:agreement", args=[two_versions.slug])
        everything = client.get(address).content.decode()
        assert "Versions of the scheme" in everything
        assert "<h3>Rounds</h3>" in everything
        page = client.get(address, {"scheme": "argument-v1"}).content.decode()
        assert "version 1</a>." in page
        assert "<h3>Rounds</h3>" not in page
        assert client.get(address, {"scheme": "argument-v7"}).status_code == 400

    def test_a_project_whose_schemes_ask_for_no_text_shows_its_notes(
        self, client: Client, project: Project, manager: User
    ) -> None:
        client.force_login(manager)
        for page in ("project", "notes"):
            assert client.get(reverse(f"web:{page}", args=[project.slug])).status_code == 200
