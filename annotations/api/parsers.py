"""Request bodies: JSON that every database and reader carries unharmed, and no more than fits."""

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from annotations.strict_json import Fault, Rules, StrictJsonError, read_strict

MAX_DEPTH = 50
MAX_NUMBER = 2**63


class StrictJSONParser(BaseParser):
    """Refuses what JSON readers disagree about, and what one of the databases cannot store."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,  # noqa: ARG002 - theirs
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002 - theirs
    ) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        rules = Rules(longest=limit, deepest=MAX_DEPTH, largest_whole=MAX_NUMBER)
        try:
            return read_strict(stream.read(limit + 1), rules)
        except StrictJsonError as error:
            if error.fault is Fault.SIZE:
                raise RequestDataTooBig(
                    f"A body may have {limit:,} bytes: send it in several requests."
                ) from error
            raise ParseError(f"The body cannot be read: {error}.") from error
