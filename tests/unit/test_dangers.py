"""What no line of the code does, because it went wrong elsewhere."""

import ast
from pathlib import Path

import pytest
from django.db.models import PROTECT, SET_NULL, ForeignKey

from annotations import models

ROOT = Path(__file__).parents[2]
UNSAFE = {"pickle", "marshal", "shelve", "dill", "joblib", "cloudpickle"}
"""Reading with these runs what the bytes say."""
MADE_BY_PEOPLE = (
    models.Annotation,
    models.Article,
    models.Assignment,
    models.Decision,
    models.DecisionReason,
    models.Event,
    models.Gold,
    models.Relation,
    models.Release,
    models.ReleaseNotice,
    models.Round,
    models.Span,
    models.Task,
)


def list_modules() -> list[Path]:
    return [path for package in ("annotations", "workbench") for path in (ROOT / package).rglob("*.py")]


def test_nothing_is_unpickled() -> None:
    for path in list_modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert not UNSAFE & {name.name.split(".")[0] for name in node.names}, path
            elif isinstance(node, ast.ImportFrom):
                assert (node.module or "").split(".")[0] not in UNSAFE, path


def test_nobody_can_type_an_address_that_the_server_would_then_ask() -> None:
    """Servers that are asked are named in settings; a form or a serializer with a field for an address would end that."""
    for path in list_modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = node.func if isinstance(node, ast.Call) else None
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            assert name != "URLField", path


@pytest.mark.parametrize("model", MADE_BY_PEOPLE, ids=lambda model: model.__name__)
def test_what_people_made_is_never_deleted_along_with_something_else(model: type) -> None:
    links = [field for field in model._meta.get_fields() if isinstance(field, ForeignKey)]  # type: ignore[attr-defined]
    assert links
    for link in links:
        assert link.remote_field.on_delete in {PROTECT, SET_NULL}, link
