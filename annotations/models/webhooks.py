"""Other programs that are told what happens in a project, and what became of each message to them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from annotations.limits import MAX_PREDICTOR_NAME_LENGTH
from annotations.models.accounts import User
from annotations.models.projects import Project


class Webhook(models.Model):
    """A program that hears of the events of a project; its address stands in the settings under its name."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="webhooks")
    endpoint = models.CharField(
        max_length=MAX_PREDICTOR_NAME_LENGTH, help_text="A key of the WEBHOOKS setting."
    )
    last_event = models.BigIntegerField(default=0, help_text="Events up to this one are in a message.")
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints = [
            models.UniqueConstraint(name="webhook_once_a_project", fields=["project", "endpoint"]),
        ]

    def __str__(self) -> str:
        return f"{self.endpoint} of {self.project}"


class DeliveryStatus(models.TextChoices):
    """What became of a message."""

    WAITING = "waiting", "waiting"
    DELIVERED = "delivered", "delivered"
    FAILED = "failed", "given up"


class WebhookDelivery(models.Model):
    """One message with the events of a stretch of the audit trail: made once, and sent until it is taken or given up."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    first_event = models.BigIntegerField()
    last_event = models.BigIntegerField()
    events = models.PositiveIntegerField(help_text="How many.")
    status = models.CharField(max_length=10, choices=DeliveryStatus.choices, default=DeliveryStatus.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    answer = models.CharField(max_length=300, blank=True, help_text="What the last attempt came to.")
    created_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        indexes = [models.Index(name="webhook_delivery_by_turn", fields=["status", "due_at"])]
        constraints = [
            models.UniqueConstraint(name="webhook_delivery_once", fields=["webhook", "first_event"]),
            models.CheckConstraint(
                name="webhook_delivery_status_is_known", condition=Q(status__in=DeliveryStatus.values)
            ),
        ]

    def __str__(self) -> str:
        return f"events {self.first_event} to {self.last_event} for {self.webhook}"
