"""The audit trail as a manager reads it."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from annotations.adjudication.settled import finish_by_rule
from annotations.assignment.archiving import archive_project
from annotations.assignment.excluding import delete_article, exclude_article, list_imports, undo_import
from annotations.assignment.services import plan_round
from annotations.corpus.services import import_articles
from annotations.formats.documents import Document
from annotations.jobs.services import enqueue
from annotations.models import Annotation, Event, Gold, QuarantinedItem, Role
from annotations.web.activity.jobs import TITLES
from tests.factories import make_article, make_assignment, make_member, make_project
from tests.factories.adjudication import claim, make_annotated_task, mark

pytestmark = pytest.mark.django_db


def test_each_line_names_and_links_what_it_is_about(
    client: Client, django_assert_max_num_queries: object
) -> None:
    project = make_project()
    manager, annotator = (
        make_member(project, Role.MANAGER, name="Mara"),
        make_member(project, Role.ANNOTATOR, name="Ada"),
    )
    make_article(project, title="Talks <stall>")
    round_ = plan_round(project, annotators=[annotator], overlap=1, by=manager)
    task = round_.tasks.get()
    assignment = make_assignment(task, annotator)
    for verb, subject in (("submitted", assignment), ("closed", task), ("joined", round_.participants.get())):
        Event.objects.record(verb, subject, actor=annotator, project=project, needs_review=False)
    Event.objects.create(verb="lost", subject_type="moon", subject_id="7", project=project)
    client.force_login(manager)
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        page = client.get(reverse("web:activity", args=[project.slug])).content.decode()
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert words.count("Talks &lt;stall&gt;") == 2
    assert page.count(f'href="{reverse("web:task", args=[project.slug, task.pk])}"') == 2
    assert re.search(r"Mara planned round 1 ", words)
    assert "joined Ada in round 1" in words
    assert "needs review: no" in words
    assert "lost moon 7" in words


def test_jobs_gold_and_what_is_in_quarantine_are_named_by_what_they_are_about(client: Client) -> None:
    project = make_project()
    manager = make_member(project, Role.MANAGER, name="Mara")
    task = make_annotated_task(mark(claim()), mark(claim()), project=project)
    assert finish_by_rule([task])
    annotation = Annotation.objects.filter(assignment__task=task)[0]
    item = QuarantinedItem.objects.create(annotation=annotation, code="x", message="m")
    job = enqueue("read_import", project=project, by=manager)
    forgotten = enqueue("find_duplicates", project=project, by=manager)
    forgotten.delete()
    for verb, subject in (("saw to", item), ("began", job), ("reviewed", Gold.objects.get(task=task))):
        Event.objects.record(verb, subject, actor=manager, project=project)
    client.force_login(manager)
    page = client.get(reverse("web:activity", args=[project.slug])).content.decode()
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    title = task.article.title
    assert f"saw to {title}" in words
    assert f"reviewed {title}" in words
    assert "began reading the files of an import" in words
    assert "Mara asked for reading the files of an import" in words
    assert "Mara asked for searching for copies" in words
    assert "read import" not in words
    assert "find_duplicates" not in words


def test_every_job_of_ours_has_a_name_in_words() -> None:
    assert set(settings.JOB_HANDLERS) == set(TITLES)


def test_articles_and_imports_are_named_also_when_they_are_gone(client: Client) -> None:
    project = make_project()
    manager = make_member(project, Role.MANAGER, name="Mara")
    kept, gone = make_article(project, title="The harbour"), make_article(project, title="The ferry")
    exclude_article(kept, reason="A duplicate", by=manager)
    delete_article(gone, by=manager)
    import_articles(
        project,
        [Document(place="pasted", text="A bridge.", original=b"A bridge.", source_format="text")],
        by=manager,
    )
    undo_import(list_imports(project).get(), by=manager)
    client.force_login(manager)
    page = client.get(reverse("web:activity", args=[project.slug])).content.decode()
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "Mara excluded The harbour" in words
    assert reverse("web:article", args=[project.slug, kept.pk]) in page
    assert "Mara deleted article The ferry" in words
    assert "Mara undid an import" in words


def test_a_title_stands_once_in_a_line(client: Client) -> None:
    project = make_project()
    manager = make_member(project, Role.MANAGER, name="Mara")
    exclude_article(make_article(project, title="The harbour"), reason="A duplicate", by=manager)
    client.force_login(manager)
    page = client.get(reverse("web:activity", args=[project.slug])).content.decode()
    assert page.count("The harbour") == 1
    assert "reason: A duplicate" in page


def test_the_overview_tells_what_one_person_did_several_times_in_one_line(client: Client) -> None:
    project = make_project()
    manager = make_member(project, Role.MANAGER, name="Mara")
    for number in range(4):
        exclude_article(make_article(project, title=f"Article {number}"), reason="Old", by=manager)
    Event.objects.record("asked about", make_article(project, title="Article 4"), actor=None, project=project)
    client.force_login(manager)
    page = client.get(reverse("web:project", args=[project.slug])).content.decode()
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "The workbench asked about Article 4" in words
    assert re.search(r"Mara excluded Article 3 +and 3 more", words)
    assert "Article 2" not in words


def test_in_an_archived_project_nobody_is_invited(client: Client) -> None:
    project = make_project()
    manager = make_member(project, Role.MANAGER)
    client.force_login(manager)
    people = reverse("web:people", args=[project.slug])
    assert "Invite somebody" in client.get(people).content.decode()
    archive_project(project, by=manager)
    assert "Invite somebody" not in client.get(people).content.decode()
