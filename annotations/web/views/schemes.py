"""What a project's scheme asks of its annotators, and the colours of its labels as a stylesheet."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from annotations.models import Scheme
from annotations.web.access import MemberRequest, member_page


@member_page()
@require_safe
def show_guidelines(request: MemberRequest) -> HttpResponse:
    return render(request, "annotations/guidelines.html", {"scheme": request.project.scheme.definition})


@cache_control(private=True, max_age=31_536_000, immutable=True)
@require_safe
def serve_label_colors(_request: HttpRequest, sha256: str) -> HttpResponse:
    """Each label's colour as a class (`.label-Claim` sets `--label`), because our pages allow no inline style.

    The loader of schemes lets through only names and colours that are safe in a stylesheet. A scheme is found
    by the checksum of its content, so who asks knows it already.
    """
    scheme = get_object_or_404(Scheme, sha256=sha256).definition
    rules = (f".label-{label.name} {{ --label: {label.color}; }}\n" for label in scheme.labels)
    return HttpResponse("".join(rules), content_type="text/css; charset=utf-8")
