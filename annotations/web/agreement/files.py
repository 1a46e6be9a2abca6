"""The report of a project's agreement as a file, written once for the same counts."""

import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Any

from annotations.agreement.registry import find_metric
from annotations.reliability.full_report import WholeReport
from annotations.reliability.page_report import PageReport
from annotations.reliability.report_csv import list_csv_rows


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file that reports of agreement are written as, and what writes it."""

    media_type: str
    write: Callable[[WholeReport], Iterable[str]]


def _write_json(report: WholeReport) -> Iterable[str]:
    def turn(metric: Any) -> dict[str, Any]:
        return dict(metric.to_json())

    return json.JSONEncoder(ensure_ascii=False, indent=2, default=turn).iterencode(report.describe())


FILES: Mapping[str, FileKind] = {
    "json": FileKind("application/json", _write_json),
    "csv": FileKind("text/csv; charset=utf-8", list_csv_rows),
}
"""By the suffix of their names."""


def find_file(page: PageReport, suffix: str, *, with_gamma: bool = False) -> bytes:
    """The file as it was written for these counts, or else written now; people's names belong to it, since they may change."""
    key = page.selection.checksum(
        file=suffix,
        metric=page.metric,
        gamma=with_gamma,
        people=sorted(page.people.items()),
        words=[asdict(find_metric(name).words) for name in page.metrics],
        fingerprint=page.counted.row.fingerprint,
        models=page.fingerprint_of_models,
    )
    if (kept := page.counted.recall_file(key)) is not None:
        return zlib.decompress(kept)
    content = BytesIO()
    for piece in FILES[suffix].write(page.report_whole(with_gamma=with_gamma)):
        content.write(piece.encode())
    page.counted.keep_file(key, zlib.compress(content.getbuffer(), level=1))
    return content.getvalue()
