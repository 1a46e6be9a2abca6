"""Which programs hear of a project: the installation names them, and a manager chooses among them."""

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from annotations.models import DeliveryStatus, Event, Project, User, Webhook, WebhookDelivery
from annotations.projects.archived import check_live


class WebhookRefusedError(Exception):
    """A webhook cannot be added or a message not sent again; the message says why and what to do."""


def list_endpoints() -> list[str]:
    """The names of the programs that may be told; their addresses are nobody's business."""
    return sorted(settings.WEBHOOKS)


@transaction.atomic
def add_webhook(project: Project, endpoint: str, *, by: User | None) -> Webhook:
    """Let a program hear of a project from now on."""
    check_live(project)
    if endpoint not in settings.WEBHOOKS:
        known = ", ".join(list_endpoints()) or "none yet"
        raise WebhookRefusedError(
            f"There is no program {endpoint!r} to tell. There are: {known}. Whoever runs the workbench names them in WEBHOOKS."
        )
    latest = Event.objects.filter(project=project).aggregate(last=Max("pk"))["last"] or 0
    made, is_new = Webhook.objects.get_or_create(
        project=project, endpoint=endpoint, defaults={"created_by": by, "last_event": latest}
    )
    if not is_new:
        raise WebhookRefusedError(f"{endpoint} hears of this project already.")
    Event.objects.record("added a webhook", made, actor=by, project=project, endpoint=endpoint)
    return made


@transaction.atomic
def remove_webhook(webhook: Webhook, *, by: User | None) -> None:
    """Tell a program nothing more of a project; what was sent is forgotten with it."""
    Event.objects.record(
        "removed a webhook", webhook, actor=by, project=webhook.project, endpoint=webhook.endpoint
    )
    webhook.delete()


def send_again(delivery: WebhookDelivery) -> None:
    """Let a message that was taken or given up be sent once more, with the next round of messages."""
    changed = WebhookDelivery.objects.filter(pk=delivery.pk).exclude(status=DeliveryStatus.WAITING)
    if not changed.update(status=DeliveryStatus.WAITING, attempts=0, due_at=timezone.now()):
        raise WebhookRefusedError("This message waits to be sent already.")
