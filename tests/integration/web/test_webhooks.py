"""Messages to other programs: signed, sent until they are taken, and never into an inner network."""

import hashlib
import hmac
import json
import random
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotations.jobs.services import enqueue
from annotations.jobs.worker import Worker
from annotations.models import DeliveryStatus, Event, Project, Role, User, WebhookDelivery
from annotations.webhooks.choosing import WebhookRefusedError, add_webhook
from annotations.webhooks.delivering import PAUSES, make_key
from annotations.webhooks.guard import UnsafeAddressError, resolve
from tests.factories import make_member, make_project

pytestmark = pytest.mark.django_db


class Receiver(ThreadingHTTPServer):
    """A program that is told things: it takes note, or does not, and answers, or does not."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://localhost:{self.server_port}/hook"
        self.taken: list[int] = []
        self.signatures: list[tuple[str, bytes]] = []
        self.status = 204
        self.chance: random.Random | None = None
        self.losing = True

    def take(self, signature: str, body: bytes) -> int:
        """Of three, one is lost, or taken without an answer that says so."""
        if self.chance is not None and self.losing and self.chance.random() < 0.3:
            if self.chance.random() < 0.5:
                self.note(signature, body)
            return 503
        if self.status == 204:
            self.note(signature, body)
        return self.status

    def note(self, signature: str, body: bytes) -> None:
        self.signatures.append((signature, body))
        self.taken += [event["id"] for event in json.loads(body)["events"]]


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.server.take(self.headers["X-Workbench-Signature"], body))
        self.send_header("Location", "http://169.254.169.254/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Tests say nothing of what was asked."""


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.WEBHOOKS = {"archive": server.url}
    settings.WEBHOOK_PRIVATE_HOSTS = ["localhost"]
    settings.JOB_SCHEDULE = {}
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def project(receiver: Receiver) -> Project:
    made = make_project()
    add_webhook(made, "archive", by=None)
    return made


def happen(project: Project, times: int) -> list[int]:
    """Things happened in a project a while ago."""
    long_ago = timezone.now() - timedelta(minutes=5)
    events = [
        Event(verb="frozen", subject_type="release", subject_id=str(number), project=project, at=long_ago)
        for number in range(times)
    ]
    for event in events:
        event.save()
    return [event.pk for event in events]


def send_all() -> None:
    """A pass of the job, with every pause over."""
    WebhookDelivery.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    enqueue("send_webhooks")
    Worker(name="postman").run_until_idle()


def test_a_program_hears_of_each_event_once_and_the_signature_proves_who_sent_it(
    receiver: Receiver, project: Project
) -> None:
    Event.objects.record("frozen", project, actor=None, project=project)  # may still have others before it
    ids = happen(project, 250)
    happen(make_project(), 3)
    send_all()
    assert receiver.taken == ids
    assert len(receiver.signatures) == 3
    for signature, body in receiver.signatures:
        at, digest = (part.partition("=")[2] for part in signature.split(","))
        expected = hmac.new(make_key("archive").encode(), f"{at}.".encode() + body, hashlib.sha256)
        assert hmac.compare_digest(digest, expected.hexdigest())


def test_with_three_in_ten_lost_or_doubled_all_is_there_after_two_passes(
    receiver: Receiver, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annotations.webhooks.delivering.MAX_EVENTS", 5)
    receiver.chance = random.Random(7)  # noqa: S311 - it guards no secret
    ids = happen(project, 100)
    send_all()
    assert set(receiver.taken) < set(ids)
    receiver.losing = False
    send_all()
    assert set(receiver.taken) == set(ids)
    assert len(receiver.taken) > len(ids)
    assert not WebhookDelivery.objects.exclude(status=DeliveryStatus.DELIVERED).exists()


def test_a_redirect_is_not_followed_and_after_some_attempts_a_message_is_given_up(
    receiver: Receiver, project: Project
) -> None:
    happen(project, 1)
    receiver.status = 307
    for _ in range(len(PAUSES) + 1):
        send_all()
    delivery = WebhookDelivery.objects.get()
    assert (delivery.status, delivery.answer) == (DeliveryStatus.FAILED, "307")
    manager = make_member(project, Role.MANAGER)
    client = Client()
    client.force_login(manager)
    page = reverse("web:webhooks", args=[project.slug])
    assert "given up" in client.get(page).content.decode()
    receiver.status = 204
    client.post(reverse("web:redeliver", args=[project.slug, delivery.pk]))
    send_all()
    assert WebhookDelivery.objects.get().status == DeliveryStatus.DELIVERED
    again = client.post(reverse("web:redeliver", args=[project.slug, delivery.pk]), follow=True)
    assert "sent again" in again.content.decode()


def test_a_message_says_neither_who_did_it_nor_what_was_marked(receiver: Receiver, project: Project) -> None:
    person: User = make_member(project, name="Ana Secret")
    event = Event.objects.record("submitted", person, actor=person, project=project, text="what was marked")
    other = Event(verb="frozen", subject_type="release", subject_id="1", project=project, actor=person)
    other.at = event.at - timedelta(minutes=5)
    other.details = {"note": "what was marked"}
    other.save()
    send_all()
    told = b"".join(body for _, body in receiver.signatures)
    assert b"frozen" in told
    assert b"Secret" not in told
    assert b"what was marked" not in told


INNER = (
    "127.0.0.1 10.1.2.3 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 "
    "::1 ::ffff:10.0.0.1 fd00::1 fe80::1 64:ff9b::a00:1 2002:a00:1:: "
    "::7f00:1 ::ffff:0:a00:1 64:ff9b:1::a00:1 fec0::1 5f00::1"
)


@pytest.mark.parametrize("address", INNER.split())
def test_no_message_goes_into_an_inner_network(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """Also where a name has an open address beside it, and whatever it will mean the next time that it is asked."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    found = [(socket.AF_INET, 1, 6, "", ("93.184.215.14", 443)), (family, 1, 6, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(UnsafeAddressError, match="not on the open internet"):
        resolve("hooks.example.org", 443, may_be_private=False)


def test_only_a_program_that_the_settings_name_is_ever_told(project: Project) -> None:
    with pytest.raises(WebhookRefusedError, match="There are: archive"):
        add_webhook(project, "https://evil.example", by=None)
    with pytest.raises(WebhookRefusedError, match="already"):
        add_webhook(project, "archive", by=None)
    assert project.webhooks.count() == 1
