"""What it costs to read articles from files of each foreign format, in processor seconds of both processes: `python -m benchmarks.readers`."""

import io
import os
import resource
from pathlib import PurePath

from annotations.formats.documents import Document
from annotations.formats.isolation import close_readers
from annotations.formats.ports import NOTHING_SAID
from annotations.formats.registry import find_text_reader
from tests.unit.corpus.layouts import LAYOUTS
from tests.unit.formats.foreign_files import make_parquet, make_xlsx

FILES = 100
ROWS = 10_000
TEXT = "Five towns on the northern coast agreed on Tuesday to run the winter ferries together. " * 46
"""As long as a newspaper article: 4 kB."""


def main() -> None:
    texts = [f"{number} {TEXT}" for number in range(ROWS)]
    one_each = {
        "web page": LAYOUTS["semantic"](),
        "PDF, two columns": LAYOUTS["pdf_in_two_columns"](),
        "Word": LAYOUTS["word_with_styles"](),
        "Markdown": LAYOUTS["markdown"](),
    }
    for name, layout in one_each.items():
        measure(name, layout.suffix, layout.content, FILES)
    measure("Excel, rows of 4 kB", ".xlsx", make_xlsx([("A", [["text"], *([text] for text in texts)])]), 1)
    measure("Parquet, rows of 4 kB", ".parquet", make_parquet({"text": texts}), 1)


def measure(name: str, suffix: str, content: bytes, times: int) -> None:
    """Read a file so many times, and print what an article took, the start of the process included."""
    read = find_text_reader(PurePath(f"file{suffix}"))
    before = os.times()
    articles = sum(
        isinstance(one, Document)
        for _ in range(times)
        for one in read(io.BytesIO(content), "file", NOTHING_SAID)
    )
    close_readers()
    after = os.times()
    spent = sum(after[:4]) - sum(before[:4])
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(
        f"{name:24}{articles:7} articles {1000 * spent / articles:8.2f} ms each; largest reader so far {most} MB"
    )


if __name__ == "__main__":
    main()
