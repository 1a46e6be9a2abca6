"""Which programs hear of a project, and each message to them with what became of it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from annotations.limits import MAX_PAGED_ROWS
from annotations.models import DeliveryStatus, Role, WebhookDelivery
from annotations.web.access import MemberRequest, member_page
from annotations.web.paging import paginate
from annotations.webhooks.choosing import (
    WebhookRefusedError,
    add_webhook,
    list_endpoints,
    remove_webhook,
    send_again,
)


@member_page(Role.MANAGER)
@require_safe
def list_webhooks(request: MemberRequest) -> HttpResponse:
    """The programs that hear of a project, and the latest messages to them."""
    webhooks = list(request.project.webhooks.select_related("created_by"))
    taken = {webhook.endpoint for webhook in webhooks}
    deliveries = WebhookDelivery.objects.filter(webhook__in=webhooks).select_related("webhook")
    context = {
        "webhooks": webhooks,
        "endpoints": [name for name in list_endpoints() if name not in taken],
        "known": bool(list_endpoints()),
        "page": paginate(request, deliveries.order_by("-pk"), most=MAX_PAGED_ROWS),
        "waiting": DeliveryStatus.WAITING,
    }
    return render(request, "annotations/webhooks/webhooks.html", context)


@member_page(Role.MANAGER)
@require_POST
def add(request: MemberRequest) -> HttpResponse:
    """Let a program hear of the project from now on."""
    name = request.POST.get("endpoint", "")
    try:
        add_webhook(request.project, name, by=request.user)
    except WebhookRefusedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{name} hears of what happens here from now on.")
    return redirect("web:webhooks", request.project.slug)


@member_page(Role.MANAGER)
@require_POST
def remove(request: MemberRequest, webhook_id: int) -> HttpResponse:
    """Tell a program nothing more."""
    webhook = get_object_or_404(request.project.webhooks, pk=webhook_id)
    remove_webhook(webhook, by=request.user)
    messages.success(request, f"{webhook.endpoint} hears nothing more of this project.")
    return redirect("web:webhooks", request.project.slug)


@member_page(Role.MANAGER)
@require_POST
def redeliver(request: MemberRequest, delivery_id: int) -> HttpResponse:
    """Have a message sent once more."""
    delivery = get_object_or_404(WebhookDelivery, pk=delivery_id, webhook__project=request.project)
    try:
        send_again(delivery)
    except WebhookRefusedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The message is sent again within a minute.")
    return redirect("web:webhooks", request.project.slug)
