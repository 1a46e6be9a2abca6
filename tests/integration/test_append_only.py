"""The database itself refuses to rewrite what must never change."""

from importlib import import_module

import pytest
from django.db import Error, connection, migrations, models, transaction
from django.db.migrations.state import ProjectState

from annotations.models import Article, Event, Round, Scheme, User
from tests.factories import make_article, make_project, make_round, make_scheme

pytestmark = pytest.mark.django_db
GUARDED = {
    "annotations_annotation",
    "annotations_article",
    "annotations_articleimport",
    "annotations_articlesourcemap",
    "annotations_decision",
    "annotations_decisionreason",
    "annotations_event",
    "annotations_gold",
    "annotations_guidelinerevision",
    "annotations_invitation",
    "annotations_prediction",
    "annotations_quiz",
    "annotations_quizattempt",
    "annotations_relation",
    "annotations_release",
    "annotations_releaseitem",
    "annotations_releasenotice",
    "annotations_releasesignature",
    "annotations_round",
    "annotations_roundsuggestions",
    "annotations_scheme",
    "annotations_shownsuggestions",
    "annotations_span",
    "annotations_suggestionuse",
    "annotations_task",
}
TALLIED = {"annotations_assignment", "annotations_task"}
"""Their triggers refuse nothing; they keep the tallies."""
SEARCHED = {"annotations_articlesketch"} if connection.vendor == "sqlite" else set()
"""Its trigger takes the words of an article that is gone out of the index of words."""
TRIGGERS = {
    "sqlite": "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT DISTINCT event_object_table FROM information_schema.triggers",
}
guards = import_module("annotations.migrations._guards")


def list_guarded_tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS[connection.vendor])
        return {table for (table,) in cursor.fetchall()}


def test_every_table_that_must_not_be_rewritten_has_its_guard_after_all_migrations() -> None:
    """A migration that remakes a table on SQLite drops its triggers: write it with `unguarded` of `_guards.py`."""
    assert list_guarded_tables() == GUARDED | TALLIED | SEARCHED


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_remakes_a_guarded_table_keeps_its_guard() -> None:
    article = make_article(make_project())
    state = ProjectState.from_apps(import_module("django.apps").apps)
    column = models.CharField(max_length=10, default="new", db_default="new")
    operations = guards.unguarded(migrations.AddField("article", "toy", column))
    migration = type("Migration", (migrations.Migration,), {"operations": operations})("toy", "annotations")
    try:
        with connection.schema_editor() as editor:
            after = migration.apply(state.clone(), editor)
        assert list_guarded_tables() == GUARDED | TALLIED | SEARCHED
        with pytest.raises(Error, match="append-only"), transaction.atomic():
            Article.objects.filter(pk=article.pk).update(text="forged")
    finally:
        with connection.schema_editor() as editor:
            migration.unapply(state.clone(), editor)
    assert after.models["annotations", "article"].fields["toy"].default == "new"
    assert list_guarded_tables() == GUARDED | TALLIED | SEARCHED


def test_a_line_of_the_audit_trail_cannot_be_edited() -> None:
    user = User.objects.create_user("a@example.org", name="A")
    event = Event.objects.record("invited", user, actor=None)
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(verb="forged")
    event.refresh_from_db()
    assert event.verb == "invited"


@pytest.mark.parametrize("column", ["text", "canonical", "words_sha256"])
def test_what_an_export_says_of_an_article_cannot_be_edited(column: str) -> None:
    article = make_article(make_project())
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        Article.objects.filter(pk=article.pk).update(**{column: "forged"})


def test_a_round_keeps_its_scheme_and_a_scheme_that_only_a_round_has_is_in_use() -> None:
    project = make_project()
    round_ = make_round(project, overlap=1)
    later = make_scheme("argument-lite-v1")
    project.scheme = later
    project.save()
    with pytest.raises(Error, match="keeps the scheme"), transaction.atomic():
        Round.objects.filter(pk=round_.pk).update(scheme=later)
    with pytest.raises(Error, match="immutable"), transaction.atomic():
        Scheme.objects.filter(pk=round_.scheme_id).update(source="labels = []")
