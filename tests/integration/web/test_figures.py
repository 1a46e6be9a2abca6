"""Whoever runs an installation sees what it does: ids of requests, figures for Prometheus, questions of a supervisor."""

import json
import logging
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotations.jobs.services import enqueue
from annotations.jobs.worker import Worker
from annotations.models import Job
from annotations.telemetry.request_ids import current_job, current_request_id, working_for
from annotations.web.health import writes
from tests.databases import refusing_writes

pytestmark = pytest.mark.django_db
SEEN: list[tuple[str, str]] = []


def see(_job: Job, _checkpoint: Any) -> None:
    SEEN.append((current_request_id(), current_job()))


@pytest.fixture
def local(settings: Any) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:8000"


def read_figures(client: Client, **headers: str) -> str:
    answer = client.get(reverse("web:metrics"), headers=headers or None)
    assert answer.status_code == 200
    return answer.content.decode()


def test_requests_are_counted_by_their_route(local: None, client: Client) -> None:
    client.get("/healthz", headers={"Host": "127.0.0.1:8000"})
    assert 'workbench_requests_total{method="GET",route="web:liveness",status="200"}' in read_figures(client)


def test_jobs_are_counted_by_kind_and_status_and_the_first_that_waits_by_its_time(
    local: None, client: Client
) -> None:
    enqueue("reconcile")
    figures = read_figures(client)
    assert 'workbench_jobs{kind="reconcile",status="queued"} 1.0' in figures
    assert "workbench_jobs_due 1.0" in figures
    assert "workbench_jobs_oldest_due_seconds " in figures
    assert 'workbench_studio_up{studio="1"} 0.0' in figures


def test_figures_are_for_this_machine_only_while_it_serves_nobody_else(settings: Any, client: Client) -> None:
    settings.PUBLIC_URL = "https://annotate.example"
    assert client.get("/metrics").status_code == 403
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 403


def test_figures_are_for_whoever_shows_the_token(settings: Any, client: Client) -> None:
    settings.METRICS_TOKEN = "a-token-of-figures"
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer another"}).status_code == 403
    assert "workbench_jobs_due" in read_figures(client, Authorization="Bearer a-token-of-figures")


def test_an_answer_carries_the_id_of_its_request_and_keeps_that_of_a_trusted_proxy(
    settings: Any, client: Client
) -> None:
    given = {"X-Request-ID": "from-the-proxy-1"}
    assert len(client.get("/healthz", headers=given)["X-Request-ID"]) == 32
    settings.TRUSTED_PROXY = "127.0.0.1"
    assert client.get("/healthz", headers=given)["X-Request-ID"] == "from-the-proxy-1"
    assert client.get("/healthz", headers={"X-Request-ID": "a b\n"})["X-Request-ID"] != "a b\n"


def test_a_job_is_worked_off_under_the_id_of_the_request_that_asked_for_it(settings: Any) -> None:
    settings.JOB_HANDLERS = {"see": f"{__name__}.see"}
    settings.JOB_SCHEDULE = {}
    SEEN.clear()
    with working_for("the-request-of-somebody"):
        job = enqueue("see")
    Worker().run_until_idle()
    assert [("the-request-of-somebody", f"see:{job.pk}")] == SEEN
    assert (current_request_id(), current_job()) == ("", "")


def test_a_line_of_the_log_is_json_with_the_id_and_without_secrets(client: Client) -> None:
    from annotations.management.privacy import SecretFreeJsonFormatter
    from annotations.telemetry.log_lines import WorkFilter

    record = logging.LogRecord(
        "annotations.x", logging.INFO, "", 1, "GET %s", ("/sign-in/kX3-secret/",), None
    )
    with working_for("an-id-of-a-request", job="reconcile:7"):
        assert WorkFilter().filter(record)
    line = json.loads(SecretFreeJsonFormatter().format(record))
    assert line["message"] == "GET /sign-in/(secret)/"
    assert (line["level"], line["logger"]) == ("INFO", "annotations.x")
    assert (line["request_id"], line["job"]) == ("an-id-of-a-request", "reconcile:7")


def test_a_server_is_alive_while_it_answers_and_ready_while_it_can_save(client: Client) -> None:
    writes.forget()
    with refusing_writes():
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503
    writes.forget()
    assert client.get("/readyz").json() == {"status": "ok"}
    writes.forget()
