"""Datasets as files: streamed, named, and with the checksum that the whole will have."""

import base64
from collections.abc import Iterable, Sequence
from hashlib import sha256
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

from annotations import __version__
from annotations.api.choices import NamedChoiceField, QueryTruthField
from annotations.api.compression import choose_coding, compress
from annotations.api.filters import MAX_ID
from annotations.api.ranges import UnsatisfiableRangeError, read_range
from annotations.formats.axes import Axis
from annotations.formats.canonical import checksum
from annotations.formats.levels import ContentLevel
from annotations.formats.registry import WRITTEN
from annotations.gold.exports import Export, LiveState, find_file
from annotations.gold.files import StoredFile, ask_for_file, is_here, read_part
from annotations.gold.folders import ask_for_folder, export_folder, find_folder, tell_state
from annotations.gold.splitting import choose_splits
from annotations.limits import MAX_SPLIT_NAME_LENGTH, MAX_SPLIT_PARTS
from annotations.models import Release

NAMES = [known.name for known in WRITTEN]
LEFT_OUT = "; ".join(
    f"`{known.name}` {', '.join(axis.words for axis in lost)}"
    for known in WRITTEN
    if known.axes and (lost := [axis for axis in known.axes.list_lost() if axis is not Axis.DISCONTINUITY])
)
FORMAT = OpenApiParameter(
    "format",
    str,
    enum=NAMES,
    description=f"Stream a file in this format. What does not hold everything, and of what it leaves out some or all: {LEFT_OUT}.",
)
STRICT = OpenApiParameter(
    "strict", bool, description="Fail with 409 rather than leave out what the format cannot hold."
)
PREPARE = OpenApiParameter(
    "prepare",
    bool,
    description="With `format`: 202, and a worker writes the file, which is at `Location` when it is done and can be fetched by ranges.",
)
KEPT = OpenApiParameter(
    "file",
    int,
    description="With `format`: the file that a worker wrote for you, by the number in `Location`; 202 with how far it is while it is being written.",
)
LEVEL = OpenApiParameter(
    "level",
    str,
    enum=list(ContentLevel),
    description="`gold` by default; `votes` adds how the annotators voted, `annotations` has what each marked, and `ledger` the decisions.",
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
        self.length = length


class ReleaseExportParameters(serializers.Serializer[Any]):
    """What an export of a release may be asked for in a query."""

    format = NamedChoiceField(NAMES, default=WRITTEN[0].name)
    strict = QueryTruthField(
        default=False, help_text="Fail with 409 rather than leave out what the format cannot hold."
    )


class AnnotationsParameters(ReleaseExportParameters):
    """What an export of annotations may be asked for in a query."""

    prepare = QueryTruthField(
        default=False, help_text="Let a worker write the file, and answer with where it will be."
    )
    file = serializers.IntegerField(
        required=False, min_value=1, max_value=MAX_ID, help_text="A file that a worker wrote."
    )


class ReleasePartParameters(ReleaseExportParameters):
    """What an export of a release that may be divided may be asked for in a query."""

    level = NamedChoiceField(list(ContentLevel), default=ContentLevel.GOLD)
    split = serializers.CharField(default="", max_length=MAX_SPLIT_PARTS * (MAX_SPLIT_NAME_LENGTH + 1))


def send_live(request: Request, export: Export, *, state: LiveState) -> HttpResponseBase:
    """Stream an export as it is made; a caller that has one of the same state already is told so instead.

    What it loses is known only when it was read to its end, so a header says it from the second time on.
    """
    headers = {**_name_file(export.filename), "ETag": f'W/"{state.key}"'}
    if lost := state.recall_losses():
        headers["X-Losses"] = "; ".join(lost)
    return _stream(request, state.remember_losses(export).chunks, headers, export.media_type)


def send_release(
    request: Request,
    release: Release,
    export: Export,
    *,
    format_name: str,
    split: str = "",
    level: ContentLevel = ContentLevel.GOLD,
) -> HttpResponseBase:
    """Send the file of a release, or a part of it, or stream the release while there is no file and ask for one."""
    split = choose_splits(release, split)
    file = find_file(release, format_name, split=split, level=level)
    if file is None or not is_here(file):
        ask_for_file(release, format_name, split=split, level=level)
        headers = {**_name_file(export.filename), "Accept-Ranges": "none"}
        return _stream(request, export.chunks, headers, export.media_type)
    return send_file(request, file, filename=export.filename, media_type=export.media_type)


def send_folder(request: Request, release: Release) -> HttpResponseBase:
    """Send the packed folder of a release, or a part of it, or stream it while it is not packed and ask for it."""
    export, file = export_folder(release), find_folder(release)
    if file is not None:
        return send_file(request, file, filename=export.filename, media_type=export.media_type)
    ask_for_folder(release)
    headers = {
        **_name_file(export.filename),
        "Accept-Ranges": "none",
        "ETag": f'W/"{tell_state(release)}"',
    }
    return _stream(request, export.chunks, headers, export.media_type)


def send_file(request: Request, file: StoredFile, *, filename: str, media_type: str) -> HttpResponseBase:
    """Send a file that is kept, or a part of it, by its checksum."""
    digest = base64.b64encode(bytes.fromhex(file.sha256)).decode()
    headers = {**_name_file(filename), "X-Checksum-SHA256": file.sha256, "Vary": "Accept-Encoding"}
    is_handed_on = bool(settings.ACCEL_PREFIX)
    is_whole = not is_handed_on and "Range" not in request.headers
    coding = _choose_coding(request, media_type, headers) if is_whole else ""
    if coding:
        headers |= {"ETag": f'"{file.sha256}-{coding}"', "Accept-Ranges": "none"}
    else:
        headers |= {
            "ETag": f'"{file.sha256}"',
            "Repr-Digest": f"sha-256=:{digest}:",
            "Accept-Ranges": "bytes",
        }
    if file.lost:
        headers["X-Losses"] = "; ".join(
            lost.line for lost in file.lost
        )  # a header has no place for words of articles
    if unchanged := _answer_condition(request, headers["ETag"]):
        return unchanged
    if is_handed_on and request.method == "GET":
        headers["X-Accel-Redirect"] = f"{settings.ACCEL_PREFIX.rstrip('/')}/{quote(file.name)}"
        return HttpResponse(headers=headers, content_type=media_type)
    if coding and request.method != "HEAD":
        chunks = compress(read_part(file, 0, file.length), coding)
        return StreamingHttpResponse(chunks, headers=headers, content_type=media_type)
    if coding:
        return HttpResponse(headers=headers, content_type=media_type)
    return _send_part(request, file, headers, media_type)


def send_document(request: Request, content: bytes, *, media_type: str) -> HttpResponseBase:
    """Send a short document by its checksum; a caller that has it already is told so instead."""
    headers: dict[str, str] = {}
    digest = sha256(content)
    coding = _choose_coding(request, media_type, headers)
    headers["ETag"] = f'"{digest.hexdigest()}-{coding}"' if coding else f'"{digest.hexdigest()}"'
    if not coding:
        headers["Repr-Digest"] = f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
    if unchanged := _answer_condition(request, headers["ETag"]):
        return unchanged
    return HttpResponse(b"".join(compress([content], coding)), headers=headers, content_type=media_type)


def send_made(
    request: Request, chunks: Iterable[bytes], *, of: Sequence[str], filename: str, media_type: str
) -> HttpResponseBase:
    """Stream what is made of things that have these checksums; a caller that has it already is told so instead."""
    headers = {**_name_file(filename), "ETag": f'W/"{checksum([__version__, *of])[:32]}"'}
    return _stream(request, chunks, headers, media_type)


def _stream(
    request: Request, chunks: Iterable[bytes], headers: dict[str, str], media_type: str
) -> HttpResponseBase:
    """Stream what is made while it is sent, unless the caller has it already or asks for its headers alone."""
    coding = _choose_coding(request, media_type, headers)
    if "ETag" in headers and (unchanged := _answer_condition(request, headers["ETag"])):
        return unchanged
    if request.method == "HEAD":
        return HttpResponse(headers=headers, content_type=media_type)
    return StreamingHttpResponse(compress(chunks, coding), headers=headers, content_type=media_type)


def _send_part(
    request: Request, file: StoredFile, headers: dict[str, str], media_type: str
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


def _choose_coding(request: Request, media_type: str, headers: dict[str, str]) -> str:
    """In which coding the bytes of a file go to the caller, which is put into the headers."""
    headers["Vary"] = "Accept-Encoding"
    coding = choose_coding(request.headers.get("Accept-Encoding", ""), media_type)
    if coding:
        headers["Content-Encoding"] = coding
    return coding


def _name_file(filename: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{filename}"'}


def _answer_condition(request: Request, etag: str) -> HttpResponseBase | None:
    """What a request with If-None-Match or If-Match is told instead of the file."""
    http_request = request._request  # noqa: SLF001 - the REST framework has no other way to Django's own
    unchanged = get_conditional_response(http_request, etag=etag)
    if unchanged and unchanged.status_code == HTTPStatus.PRECONDITION_FAILED:
        raise PreconditionFailed
    if unchanged:
        unchanged["ETag"] = etag
    return unchanged
