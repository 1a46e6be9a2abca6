"""Datasets as files: streamed, named, and with the checksum that the whole will have."""

import base64
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from annotations.api.choices import NamedChoiceField
from annotations.formats.registry import WRITTEN
from annotations.gold.exports import Export, ExportPreview, LiveState

NAMES = [known.name for known in WRITTEN]


class PreconditionFailed(APIException):
    status_code = HTTPStatus.PRECONDITION_FAILED
    default_detail = (
        "The file is not the one that If-Match or If-Unmodified-Since names: ask for it without them."
    )


class ReleaseExportParameters(serializers.Serializer[Any]):
    format = NamedChoiceField(NAMES, default=WRITTEN[0].name)
    strict = serializers.BooleanField(
        default=False, help_text="Fail with 409 rather than leave out what the format cannot hold."
    )


def send_file(
    request: Request, export: Export, *, preview: ExportPreview | None = None, state: LiveState | None = None
) -> HttpResponseBase:
    """Stream an export; a caller that has it already, by its checksum or its state, is told so instead.

    What a live export loses is known only when it was read to its end, so a header says it from the second time on.
    """
    headers = {"Content-Disposition": f'attachment; filename="{export.filename}"'}
    if preview:
        digest = base64.b64encode(bytes.fromhex(preview.sha256)).decode()
        headers |= {
            "ETag": f'"{preview.sha256}"',
            "Repr-Digest": f"sha-256=:{digest}:",
            "X-Checksum-SHA256": preview.sha256,
            "Content-Length": str(preview.length),
        }
    if state:
        headers["ETag"] = f'W/"{state.key}"'
        export = state.remember_losses(export)
    if lost := preview.losses if preview else state.recall_losses() if state else ():
        headers["X-Losses"] = "; ".join(lost)
    if "ETag" in headers:
        http_request = request._request  # noqa: SLF001 - the REST framework has no other way to Django's own
        if unchanged := get_conditional_response(http_request, etag=headers["ETag"]):
            if unchanged.status_code == HTTPStatus.PRECONDITION_FAILED:
                raise PreconditionFailed
            unchanged["ETag"] = headers["ETag"]
            return unchanged
    if request.method == "HEAD":
        return HttpResponse(headers=headers, content_type=export.media_type)
    return StreamingHttpResponse(export.chunks, headers=headers, content_type=export.media_type)
