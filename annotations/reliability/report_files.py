"""The kinds of files that a report of agreement is written as, for pages, REST and the command line."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from annotations.reliability.full_report import WholeReport
from annotations.reliability.report_csv import list_csv_rows


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file that reports of agreement are written as, and what writes it."""

    media_type: str
    write: Callable[[WholeReport], Iterable[str]]
    charset: str = ""
    """Said where a program that opens the file would otherwise guess it."""

    @property
    def content_type(self) -> str:
        """What an answer that holds such a file says of it."""
        return f"{self.media_type}; charset={self.charset}" if self.charset else self.media_type


def _write_json(report: WholeReport) -> Iterable[str]:
    def turn(metric: Any) -> dict[str, Any]:
        return dict(metric.to_json())

    return json.JSONEncoder(ensure_ascii=False, indent=2, default=turn).iterencode(report.describe())


FILES: Mapping[str, FileKind] = {
    "json": FileKind("application/json", _write_json),
    "csv": FileKind("text/csv", list_csv_rows, charset="utf-8"),
}
"""By the suffix of their names."""
