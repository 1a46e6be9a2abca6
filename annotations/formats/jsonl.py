"""JSON Lines: one canonical record a line. It holds everything."""

from collections.abc import Iterable, Iterator

from annotations.formats.ports import Losses


class JsonLines:
    name = "jsonl"
    title = "JSON Lines, one article a line, with everything"
    media_type = "application/jsonl"
    extension = "jsonl"
    holds_everything = True

    def write(self, lines: Iterable[str], *, losses: Losses) -> Iterator[bytes]:  # noqa: ARG002 - none
        for line in lines:
            yield f"{line}\n".encode()
