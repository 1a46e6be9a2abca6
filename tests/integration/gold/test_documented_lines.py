"""The lines of Python that the page for data scientists gives to copy, run as they stand."""

import io
import re
import time
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections

from annotations.gold.exports import export_annotations
from annotations.gold.services import freeze_release
from annotations.jobs.worker import Worker
from annotations.models import Project, Role, TokenScope
from annotations.projects.tokens import create_api_token
from tests.factories import make_member, make_project
from tests.installation import ROOT
from tests.integration.gold.test_services import agree, make_team

pytestmark = pytest.mark.django_db
PAGE = ROOT / "docs" / "data-scientists.md"
FETCHING, LOADING, AGREEING = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture
def project() -> Project:
    project = make_project()
    agree(project, make_team(project))
    return project


def run(lines: str) -> dict[str, Any]:
    """What some lines leave behind."""
    made: dict[str, Any] = {}
    exec(compile(lines, PAGE.name, "exec"), made)  # noqa: S102 - it is what people paste
    return made


def test_annotations_that_a_worker_writes_are_fetched(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = make_member(project, Role.CONSUMER)
    _, secret = create_api_token(reader, name="a script", scope=TokenScope.READ, project=None, by=reader)
    lines = FETCHING.replace("Token …", f"Token {secret}").replace("/projects/1/", f"/projects/{project.pk}/")
    within = httpx.WSGITransport(app=get_wsgi_application())
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        Worker().run_until_idle()

    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)  # the database of the test stays open
    try:
        with monkeypatch.context() as patched:
            patched.setattr(httpx, "Client", partial(httpx.Client, transport=within))
            patched.setattr(time, "sleep", sleep)
            answer = run(lines)["answer"]
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)
    assert waited == [5]
    assert answer.content == b"".join(export_annotations(project, format_name="parquet").chunks)
    assert len(pd.read_parquet(io.BytesIO(answer.content))) == 2


def test_a_release_is_loaded_and_agreement_measured_from_the_files(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    freeze_release(project, title="First", by=None)
    monkeypatch.chdir(tmp_path)
    silent = {"stdout": io.StringIO(), "stderr": io.StringIO()}
    call_command(
        "export", f"{project.slug}/1", "--format", "jsonl", "--output", tmp_path / "gold.jsonl", **silent
    )
    written = export_annotations(project, format_name="jsonl").chunks
    (tmp_path / "annotations.jsonl").write_bytes(b"".join(written))
    assert [row["label"] for row in run(LOADING)["rows"]] == ["Claim"]
    table = run(AGREEING)["report"].to_frame()
    assert set(table["metric"]) == {"alpha_nominal", "f1_strict"}
