"""The report of a project's agreement as a file, written once for the same counts."""

import zlib
from dataclasses import asdict
from io import BytesIO

from annotations.agreement.registry import find_metric
from annotations.reliability.page_report import PageReport
from annotations.reliability.report_files import FILES


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
