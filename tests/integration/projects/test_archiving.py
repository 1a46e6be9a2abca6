"""The end of a project: archived, when nothing in it changes, and back; or deleted, while nobody has annotated in it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import Error, transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from annotations.assignment.archiving import (
    NotArchivedError,
    ProjectInUseError,
    archive_project,
    delete_project,
    restore_project,
)
from annotations.assignment.services import expire_leases, plan_round
from annotations.assignment.standing import set_standing
from annotations.collection.in_memory import InMemoryStudio, shared_studio
from annotations.corpus.services import import_articles
from annotations.gold.services import freeze_release
from annotations.jobs.worker import Worker
from annotations.models import (
    Annotation,
    Article,
    ArticleImport,
    Assignment,
    Decision,
    Event,
    Gold,
    GuidelineRevision,
    Job,
    Participant,
    Project,
    Release,
    Role,
    Round,
    Task,
    User,
)
from annotations.projects.archived import ProjectArchivedError
from annotations.projects.starting import create_project
from annotations.projects.tokens import create_api_token
from tests.answers import read_words
from tests.factories import make_article, make_member, make_project
from tests.factories.adjudication import claim, make_annotated_task, mark
from tests.factories.collection import plan_small_round

pytestmark = pytest.mark.django_db


class TestArchiving:
    def test_the_database_refuses_every_row_that_would_be_added(self, project: Project) -> None:
        task = make_annotated_task(mark(claim()), mark(claim()), project=project)
        archive_project(project, by=None)
        assignment = task.assignments.all()[0]
        additions: list[Callable[[], object]] = [
            lambda: make_article(project, "More"),
            lambda: ArticleImport.objects.create(project=project, busy_until=timezone.now()),
            lambda: Round.objects.create(project=project, scheme=project.scheme, number=9, overlap=1, seed=1),
            lambda: Annotation.objects.create(
                assignment=assignment, revision=9, origin="import", digest="x", canonical="x", sha256="x"
            ),
            lambda: Decision.objects.create(task=task, number=1, unit="x", action="x"),
            lambda: Gold.objects.create(task=task, status="agreed", markup={}),
            lambda: Release.objects.create(project=project, number=1, title="x", manifest={}, sha256="x"),
            lambda: GuidelineRevision.objects.create(
                project=project, scheme=project.scheme, number=1, name="x", source="x"
            ),
        ]
        for add in additions:
            with pytest.raises(Error, match="the project is archived"), transaction.atomic():
                add()

    def test_what_people_and_commands_ask_for_is_refused_with_the_way_back(
        self, project: Project, tmp_path: Any
    ) -> None:
        make_article(project)
        annotator = make_member(project, Role.ANNOTATOR)
        archive_project(project, by=None)
        with pytest.raises(ProjectArchivedError, match="A manager can bring it back"):
            plan_round(project, annotators=[annotator], overlap=1, by=None)
        with pytest.raises(ProjectArchivedError):
            freeze_release(project, title="First", by=None)
        with pytest.raises(ProjectArchivedError):
            import_articles(project, [], by=None)
        file = tmp_path / "a.txt"
        file.write_text("Text")
        for command in (
            ("import_articles", project.slug, str(file)),
            ("plan_round", project.slug, "--annotators", annotator.email, "--overlap", "1"),
            ("release", project.slug, "--title", "First"),
        ):
            with pytest.raises(CommandError, match="is archived"):
                call_command(*command)

    def test_pages_can_be_read_and_change_nothing(self, browser: Client, project: Project) -> None:
        archive_project(project, by=None)
        page = read_words(browser.get(reverse("web:articles", args=[project.slug])))
        assert "This project has been archived since" in page
        answer = browser.post(reverse("web:add-articles", args=[project.slug]), {"text": "New"})
        assert answer.status_code == 409
        assert "News is archived: it can be read, and nothing in it changes." in read_words(answer)
        assert not project.articles.exists()

    def test_it_leaves_the_lists_and_is_found_among_the_archived(
        self, browser: Client, project: Project
    ) -> None:
        archive_project(project, by=None)
        listed = read_words(browser.get(reverse("web:projects")))
        address = reverse("web:project", args=[project.slug])
        assert address not in listed
        assert "1 archived project" in listed
        assert address in read_words(browser.get(reverse("web:projects") + "?archived=yes"))

    def test_leases_stand_still_and_annotators_go_on_where_they_were(self) -> None:
        round_ = plan_small_round(annotators=2, articles=2, overlap=1)
        annotator = round_.participants.all()[0].annotator
        Assignment.objects.create(
            task=round_.tasks.all()[0], annotator=annotator, leased_until=timezone.now() - timedelta(hours=1)
        )
        archive_project(round_.project, by=None)
        assert expire_leases() == []
        restore_project(round_.project, by=None)
        assert expire_leases() == []
        assert Assignment.objects.get().leased_until > timezone.now() + timedelta(hours=71)

    def test_jobs_leave_it_alone_and_take_up_its_work_once_it_is_back(self) -> None:
        task = make_annotated_task(mark(claim()), mark(claim()))
        project = task.round.project
        archive_project(project, by=None)
        with override_settings(JOB_SCHEDULE={}):
            Worker(name="test").run_until_idle()
            assert not Gold.objects.exists()
            job = Job.objects.get(kind="finish_by_rule", project=project)
            assert job.message == "not run: the project is archived"
            restore_project(project, by=None)
            Worker(name="test").run_until_idle()
        assert Gold.objects.filter(task=task).exists()

    def test_both_ways_are_in_the_audit_trail(self, browser: Client, project: Project, manager: User) -> None:
        browser.post(reverse("web:archive-project", args=[project.slug]))
        browser.post(reverse("web:archive-project", args=[project.slug]))
        browser.post(reverse("web:restore-project", args=[project.slug]))
        project.refresh_from_db()
        assert project.archived_at is None
        trail = Event.objects.filter(project=project).order_by("id").values_list("verb", "actor")
        assert list(trail) == [("archived", manager.pk), ("restored", manager.pk)]


class TestDeleting:
    def test_a_project_in_which_somebody_annotated_stays(self) -> None:
        task = make_annotated_task(mark(claim()))
        with pytest.raises(ProjectInUseError, match="archive it instead"):
            delete_project(task.round.project, by=None)
        assert Article.objects.filter(pk=task.article_id).exists()

    @override_settings(STUDIO_BACKEND="annotations.collection.in_memory.shared_studio", JOB_SCHEDULE={})
    def test_nothing_is_left_of_it_but_the_audit_trail(self) -> None:
        round_ = plan_small_round(annotators=2, articles=3, overlap=2)
        project = round_.project
        manager = make_member(project, Role.MANAGER)
        set_standing(project, round_.participants.all()[0].annotator, standing="model", by=manager)
        token, _ = create_api_token(manager, name="x", scope="read", project=project, by=manager)
        Worker(name="test").run_until_idle()
        studio: InMemoryStudio = shared_studio()
        in_studio = [share.studio_task_id or 0 for share in Assignment.objects.all()]
        assert len(in_studio) == 6
        delete_project(project, by=manager)
        Worker(name="test").run_until_idle()
        assert [studio.fetch_task(number) for number in in_studio] == [None] * 6
        for model in (Task, Assignment, Participant):
            assert not model._default_manager.exists()
        pointing = [field for field in Project._meta.related_objects if field.one_to_many]
        left = {
            str(field.get_accessor_name())
            for field in pointing
            if getattr(project, str(field.get_accessor_name())).exists()
        }
        assert left == {"events"}
        assert not type(token).objects.exists()
        assert not Project.objects.visible_to(manager).exists()
        assert Project.objects.find("news") is None
        event = Event.objects.get(verb="deleted")
        assert (event.actor, event.details["articles"], event.details["name"]) == (manager, 3, project.name)
        with pytest.raises(NotArchivedError):
            restore_project(project, by=None)

    def test_its_address_is_free_again(self) -> None:
        project = make_project("Pilot")
        slug = project.slug
        delete_project(project, by=None)
        assert Project.objects.create(name="Pilot", slug=slug, scheme=project.scheme).pk != project.pk

    def test_no_project_is_called_as_a_deleted_one_is(self) -> None:
        project = make_project("Pilot")
        other = create_project(name=f"Deleted {project.pk}", scheme=project.scheme, by=None)
        delete_project(project, by=None)
        project.refresh_from_db()
        assert other.slug == f"deleted-{project.pk}" != project.slug

    def test_the_name_has_to_be_typed(self, browser: Client, project: Project) -> None:
        make_article(project)
        address = reverse("web:delete-project", args=[project.slug])
        page = read_words(browser.get(address))
        assert "This cannot be undone. 1 article with the file it came from" in page
        refused = read_words(browser.post(address, {"typed": "news"}))
        assert "That is not “News”. Nothing was deleted." in refused
        assert Article.objects.exists()
        assert browser.post(address, {"typed": " News "})["Location"] == reverse("web:projects")
        Worker(name="test").run_until_idle()
        assert not Article.objects.exists()

    def test_the_database_keeps_a_deleted_project_closed(self, project: Project) -> None:
        delete_project(project, by=None)
        with pytest.raises(Error, match="project_deleted_is_archived"), transaction.atomic():
            Project.objects.filter(pk=project.pk).update(archived_at=None)

    def test_an_archived_project_can_be_deleted_too(self, browser: Client, project: Project) -> None:
        archive_project(project, by=None)
        browser.post(reverse("web:delete-project", args=[project.slug]), {"typed": "News"})
        assert not project.memberships.exists()
