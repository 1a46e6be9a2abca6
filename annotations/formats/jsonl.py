"""JSON Lines: one canonical record a line. It holds everything."""

from collections.abc import Iterable, Iterator

from annotations.formats.ports import Losses
from annotations.formats.record import Record


class JsonLines:
    name = "jsonl"
    title = "JSON Lines, one article a line, with everything"
    media_type = "application/jsonl"
    extension = "jsonl"
    holds_everything = True

    def write(self, records: Iterable[Record], *, losses: Losses) -> Iterator[bytes]:  # noqa: ARG002 - none
        for record in records:
            yield record.to_line().encode() + b"\n"
