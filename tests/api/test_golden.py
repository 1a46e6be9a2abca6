"""One answer of each resource as a file, so that a change of what clients see is seen in a diff.

`WRITE_GOLDEN=1 pytest tests/api/test_golden.py` writes them anew.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from annotations.models import Role
from tests.api.test_role_matrix import IDS
from tests.api.world import call_as, make_world

pytestmark = pytest.mark.django_db

GOLDEN = Path(__file__).parent / "golden"
IDENTIFIERS = {
    "id",
    "kept",
    "nearest",
    "project",
    "article",
    "task",
    "predictor",
    "round",
    "scheme",
    "subject_id",
    "supersedes",
    "by",
}
VARYING = (
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z"), "<time>"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "<sha256>"),
    (re.compile(r"\b[0-9a-f]{12}\b"), "<digest>"),
    (re.compile(r"project-\d+"), "project-<n>"),
    (re.compile(r"[Pp]erson([ .])\d+"), r"Person\1<n>"),
)


def settle(value: Any, key: str = "") -> Any:
    """What differs from run to run, by what it is."""
    if isinstance(value, dict):
        if key == "left_out":
            return {reason: len(left) if isinstance(left, list) else left for reason, left in value.items()}
        return {name: settle(part, name) for name, part in value.items()}
    if isinstance(value, list):
        return [settle(part, key) for part in value]
    if key in IDENTIFIERS and value is not None and str(value).isdecimal():
        return "<id>"
    if isinstance(value, str):
        for pattern, name in VARYING:
            value = pattern.sub(name, value)
    return value


def test_each_resource_looks_as_it_did() -> None:
    world = make_world()
    client = call_as(world, Role.MANAGER)
    differing = []
    for kind, find_id in IDS.items():
        if kind == "tokens":
            continue
        answer = client.get(reverse(f"api:{kind}-detail", args=[find_id(world)])).json()
        if "source" in answer and kind != "articles":
            answer["source"] = answer["source"][:60]
        written = json.dumps(settle(answer), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        path = GOLDEN / f"{kind}.json"
        if os.environ.get("WRITE_GOLDEN"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(written, encoding="utf-8")
        if path.read_text(encoding="utf-8") != written:
            differing.append(written)
    assert differing == []
