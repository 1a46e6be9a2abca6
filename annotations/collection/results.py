"""What a studio's result must be like before anything is made of it: bounded, and storable in every database."""

import hashlib
import json
import re
from typing import Any

from annotations.collection.errors import UnstorableResultError
from annotations.limits import MAX_ENTRIES, MAX_RESULT_BYTES, MAX_RESULT_DEPTH

Result = list[dict[str, Any]]
NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
"""The character as JSON escapes it; a backslash before it would make it six plain characters."""


def digest_result(result: Result) -> str:
    """The checksum of a result, whatever the order of its keys; one that is too large or cannot be stored is refused."""
    check_size(result)
    try:
        canonical = json.dumps(
            result, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
        )
        raw = canonical.encode()
    except ValueError as error:
        raise UnstorableResultError(f"The annotation cannot be stored: {error}.") from error
    if len(raw) > MAX_RESULT_BYTES:
        raise UnstorableResultError(
            f"The annotation has {len(raw):,} bytes, more than the {MAX_RESULT_BYTES:,} that one may have: "
            "remove some spans or shorten your answers.",
        )
    if NUL.search(canonical):
        raise UnstorableResultError("The annotation cannot be stored: it contains the character NUL.")
    return hashlib.sha256(raw).hexdigest()


def check_size(result: Any) -> None:
    """Refuse a result of more parts, or nested deeper, than any editor's, before it is read."""
    if isinstance(result, list) and len(result) > MAX_ENTRIES:
        raise UnstorableResultError(
            f"The annotation has {len(result):,} parts, more than the {MAX_ENTRIES:,} that one may have: "
            "remove some spans, links or answers.",
        )
    level = [result]
    for _ in range(MAX_RESULT_DEPTH + 1):
        level = [
            inner
            for part in level
            if isinstance(part, dict | list)
            for inner in (part.values() if isinstance(part, dict) else part)
        ]
        if not level:
            return
    raise UnstorableResultError(
        f"The annotation is nested more than {MAX_RESULT_DEPTH} levels deep, which no editor writes.",
    )
