"""The job that tells other programs: it cuts the audit trail into messages, and sends each until it is taken or given up.

A message is a row before it is sent, so that none is lost with a worker. A program may get one twice and in any order, and knows each event by its id.
"""

import hashlib
import hmac
import json
from datetime import timedelta

import httpx
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from annotations.jobs.worker import Checkpoint
from annotations.models import DeliveryStatus, Event, Job, Webhook, WebhookDelivery
from annotations.webhooks.guard import UnsafeAddressError, post

MAX_EVENTS = 100
"""In one message."""
MAX_MESSAGES_AT_ONCE = 50
"""To one program in one run of the job; the next run goes on."""
SETTLED = timedelta(seconds=60)
"""An event is told when every transaction that could have written one before it has ended."""
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480, 1440))
"""After each attempt that failed; after the last one a message is given up."""
KEPT = timedelta(days=30)
SUCCESS = range(200, 300)


def run_send_webhooks(_job: Job, checkpoint: Checkpoint) -> None:
    """Send what is due, to one program after the other; one that is away holds up no other for longer than an attempt."""
    WebhookDelivery.objects.filter(delivered_at__lt=timezone.now() - KEPT).delete()
    for webhook in Webhook.objects.filter(project__archived_at=None).select_related("project"):
        checkpoint()
        for _ in range(MAX_MESSAGES_AT_ONCE):
            if not cut_message(webhook):
                break
        due = webhook.deliveries.filter(status=DeliveryStatus.WAITING, due_at__lte=timezone.now())
        for delivery in due.order_by("pk")[:MAX_MESSAGES_AT_ONCE]:
            checkpoint()
            if not send(delivery) and not delivery.answer.isdecimal():
                break  # it is away, and so it is for the others


@transaction.atomic
def cut_message(webhook: Webhook) -> WebhookDelivery | None:
    """The next events of a project as a message; None where there are none yet."""
    held = Webhook.objects.select_for_update().get(pk=webhook.pk)
    settled = timezone.now() - SETTLED
    news = Event.objects.filter(project=held.project_id, pk__gt=held.last_event, at__lt=settled)
    ids = list(news.order_by("pk").values_list("pk", flat=True)[:MAX_EVENTS])
    if not ids:
        return None
    Webhook.objects.filter(pk=held.pk).update(last_event=ids[-1])
    return WebhookDelivery.objects.create(
        webhook=held, first_event=ids[0], last_event=ids[-1], events=len(ids)
    )


def send(delivery: WebhookDelivery) -> bool:
    """Try once to send a message; whether it was taken."""
    answer = _ask(delivery)
    is_taken = answer.isdecimal() and int(answer) in SUCCESS
    delivery.attempts += 1
    delivery.answer = answer[:300]
    now = timezone.now()
    if is_taken:
        delivery.status, delivery.delivered_at = DeliveryStatus.DELIVERED, now
    elif delivery.attempts > len(PAUSES):
        delivery.status = DeliveryStatus.FAILED
    else:
        delivery.due_at = now + PAUSES[delivery.attempts - 1]
    delivery.save(update_fields=["attempts", "answer", "status", "delivered_at", "due_at"])
    return is_taken


def _ask(delivery: WebhookDelivery) -> str:
    url = settings.WEBHOOKS.get(delivery.webhook.endpoint)
    if url is None:
        return "the settings name no such program any more"
    body = write_body(delivery)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "annotation-workbench",
        "X-Workbench-Delivery": str(delivery.pk),
        "X-Workbench-Signature": sign(delivery.webhook.endpoint, body, at=int(timezone.now().timestamp())),
    }
    try:
        status = post(
            url,
            body,
            headers,
            private_hosts=frozenset(settings.WEBHOOK_PRIVATE_HOSTS),
            timeout=settings.WEBHOOK_TIMEOUT,
        )
    except UnsafeAddressError as error:
        return str(error)
    except httpx.HTTPError as error:
        return f"no answer: {type(error).__name__}"
    return str(status)


def write_body(delivery: WebhookDelivery) -> bytes:
    """What a message says: that something happened to something, without who did it and what was marked, which the API tells to who may know."""
    webhook = delivery.webhook
    events = Event.objects.filter(
        project=webhook.project_id, pk__gte=delivery.first_event, pk__lte=delivery.last_event
    )
    told = [
        {
            "id": event.pk,
            "at": event.at.isoformat(),
            "verb": event.verb,
            "subject": event.subject_type,
            "subject_id": event.subject_id,
        }
        for event in events.order_by("pk")
    ]
    return json.dumps({"project": webhook.project.slug, "events": told}, ensure_ascii=False).encode()


def sign(endpoint: str, body: bytes, *, at: int) -> str:
    """The signature of a message: when it was sent, and the HMAC-SHA256 of that and the body."""
    digest = hmac.new(make_key(endpoint).encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def make_key(endpoint: str) -> str:
    """The key that this installation shares with a program; it follows from the installation's own and lies nowhere."""
    return hmac.new(settings.SECRET_KEY.encode(), f"webhook:{endpoint}".encode(), hashlib.sha256).hexdigest()
