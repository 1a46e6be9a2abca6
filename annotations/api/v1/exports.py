"""Datasets as files: streamed, named, and with the checksum that the whole will have."""

import base64
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from annotations.api.choices import NamedChoiceField, QueryTruthField
from annotations.api.ranges import UnsatisfiableRangeError, read_range
from annotations.formats.registry import WRITTEN
from annotations.gold.exports import Export, LiveState, find_file
from annotations.gold.files import ask_for_file, is_here, read_part
from annotations.gold.splitting import choose_splits
from annotations.limits import MAX_SPLIT_NAME_LENGTH, MAX_SPLIT_PARTS
from annotations.models import Release, ReleaseFile

NAMES = [known.name for known in WRITTEN]
FORMAT = OpenApiParameter("format", str, enum=NAMES, description="Stream a file in this format.")
STRICT = OpenApiParameter(
    "strict", bool, description="Fail with 409 rather than leave out what the format cannot hold."
)
SPLIT = OpenApiParameter(
    "split",
    str,
    description="Only a part of the release, such as `train`; several with commas. See `splits/` for what there is.",
)
FILE: dict[Any, Any] = {
    (200, media_type): OpenApiTypes.ANY if media_type.endswith("+json") else OpenApiTypes.BINARY
    for media_type in sorted({known.media_type.partition(";")[0] for known in WRITTEN})
}
"""No file is plain JSON, which is what pages of rows are."""


class PreconditionFailed(APIException):
    """The answer to a request for a part of a file that is not the file it names any more."""

    status_code = HTTPStatus.PRECONDITION_FAILED
    default_detail = (
        "The file is not the one that If-Match or If-Unmodified-Since names: ask for it without them."
    )


class RangeNotSatisfiable(APIException):
    """The answer to a request for a part of a file that begins behind its end."""

    status_code = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE

    def __init__(self, detail: str, length: int) -> None:
        super().__init__(f"{detail}: ask for one that begins before byte {length}.")


class ReleaseExportParameters(serializers.Serializer[Any]):
    """What an export of a release may be asked for in a query."""

    format = NamedChoiceField(NAMES, default=WRITTEN[0].name)
    strict = QueryTruthField(
        default=False, help_text="Fail with 409 rather than leave out what the format cannot hold."
    )


class ReleasePartParameters(ReleaseExportParameters):
    """What an export of a release that may be divided may be asked for in a query."""

    split = serializers.CharField(default="", max_length=MAX_SPLIT_PARTS * (MAX_SPLIT_NAME_LENGTH + 1))


def send_live(request: Request, export: Export, *, state: LiveState) -> HttpResponseBase:
    """Stream an export as it is made; a caller that has one of the same state already is told so instead.

    What it loses is known only when it was read to its end, so a header says it from the second time on.
    """
    headers = {**_name_file(export), "ETag": f'W/"{state.key}"'}
    if lost := state.recall_losses():
        headers["X-Losses"] = "; ".join(lost)
    if unchanged := _answer_condition(request, headers["ETag"]):
        return unchanged
    if request.method == "HEAD":
        return HttpResponse(headers=headers, content_type=export.media_type)
    chunks = state.remember_losses(export).chunks
    return StreamingHttpResponse(chunks, headers=headers, content_type=export.media_type)


def send_release(
    request: Request, release: Release, export: Export, *, format_name: str, split: str = ""
) -> HttpResponseBase:
    """Send the file of a release, or a part of it, or stream the release while there is no file and ask for one."""
    split = choose_splits(release, split)
    file = find_file(release, format_name, split=split)
    if file is None or not is_here(file):
        ask_for_file(release, format_name, split=split)
        headers = {**_name_file(export), "Accept-Ranges": "none"}
        if request.method == "HEAD":
            return HttpResponse(headers=headers, content_type=export.media_type)
        return StreamingHttpResponse(export.chunks, headers=headers, content_type=export.media_type)
    digest = base64.b64encode(bytes.fromhex(file.sha256)).decode()
    headers = {
        **_name_file(export),
        "ETag": f'"{file.sha256}"',
        "Repr-Digest": f"sha-256=:{digest}:",
        "X-Checksum-SHA256": file.sha256,
        "Accept-Ranges": "bytes",
    }
    if file.losses:
        headers["X-Losses"] = "; ".join(file.losses)
    if unchanged := _answer_condition(request, headers["ETag"]):
        return unchanged
    if settings.ACCEL_PREFIX and request.method == "GET":
        headers["X-Accel-Redirect"] = f"{settings.ACCEL_PREFIX.rstrip('/')}/{quote(file.name)}"
        return HttpResponse(headers=headers, content_type=export.media_type)
    return _send_part(request, file, headers, export.media_type)


def _send_part(
    request: Request, file: ReleaseFile, headers: dict[str, str], media_type: str
) -> HttpResponseBase:
    asked = request.headers.get("Range", "") if request.method == "GET" else ""
    if request.headers.get("If-Range", headers["ETag"]) != headers["ETag"]:
        asked = ""
    try:
        part = read_range(asked, file.length) if asked else None
    except UnsatisfiableRangeError as error:
        raise RangeNotSatisfiable(str(error), file.length) from error
    start, end = part or (0, file.length)
    headers["Content-Length"] = str(end - start)
    if part:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{file.length}"
    if request.method == "HEAD":
        return HttpResponse(headers=headers, content_type=media_type)
    return StreamingHttpResponse(
        read_part(file, start, end),
        status=HTTPStatus.PARTIAL_CONTENT if part else HTTPStatus.OK,
        headers=headers,
        content_type=media_type,
    )


def _name_file(export: Export) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{export.filename}"'}


def _answer_condition(request: Request, etag: str) -> HttpResponseBase | None:
    """What a request with If-None-Match or If-Match is told instead of the file."""
    http_request = request._request  # noqa: SLF001 - the REST framework has no other way to Django's own
    unchanged = get_conditional_response(http_request, etag=etag)
    if unchanged and unchanged.status_code == HTTPStatus.PRECONDITION_FAILED:
        raise PreconditionFailed
    if unchanged:
        unchanged["ETag"] = etag
    return unchanged
