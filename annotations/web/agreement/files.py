"""The report of a project's agreement as a file, written once for the same counts."""

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

from annotations.agreement.registry import find_metric
from annotations.reliability.full_report import WholeReport
from annotations.reliability.page_report import PageReport
from annotations.reliability.report_csv import write_csv


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file that reports of agreement are written as, and what writes it."""

    media_type: str
    write: Callable[[WholeReport], str]


def _write_json(report: WholeReport) -> str:
    return json.dumps(report.to_json(), ensure_ascii=False, indent=2)


FILES: Mapping[str, FileKind] = {
    "json": FileKind("application/json", _write_json),
    "csv": FileKind("text/csv; charset=utf-8", write_csv),
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
    content = FILES[suffix].write(page.report_whole(with_gamma=with_gamma)).encode()
    page.counted.keep_file(key, zlib.compress(content, level=1))
    return content
