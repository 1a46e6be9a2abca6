"""The schema, the page that shows it, and the answer at addresses that do not exist."""

from typing import Any, NoReturn

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django.utils.decorators import method_decorator
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.api.views import PrivateView


class SchemaView(PrivateView, SpectacularAPIView):
    """The OpenAPI description of the whole API."""

    renderer_classes = (OpenApiJsonRenderer,)


@method_decorator(csp_update({"style-src": [UNSAFE_INLINE]}), name="dispatch")
class DocsView(PrivateView, SpectacularSwaggerSplitView):
    """The description as a page to try things on. Its script writes styles into elements, and needs leave to."""

    url_name = "api:schema"

    def handle_exception(self, exc: Exception) -> Response:
        self.request.accepted_renderer = JSONRenderer()
        answer: Response = super().handle_exception(exc)
        return answer


class NowhereView(PrivateView, APIView):
    """An address that does not exist is a problem document like every other refusal."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Answer every method as a read is answered, with the problem document."""
        super().initial(request, *args, **kwargs)
        self.get(request)

    @extend_schema(exclude=True)
    def get(self, request: Request) -> NoReturn:  # noqa: ARG002 - theirs
        raise NotFound(
            "There is nothing at this address: they all end with a slash, and /api/v1/schema/ lists them."
        )
