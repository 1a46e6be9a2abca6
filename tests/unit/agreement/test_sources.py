"""What was kept is read by the very code that computed it and by no other."""

import shutil
from collections.abc import Callable
from inspect import getfile
from pathlib import Path

import pytest

from annotations.agreement import InvalidOptionError, Statistics, read_plain, summarize
from annotations.agreement.data.sources import LIBRARY, NOT_COMPUTING, digest_sources, find_format
from annotations.agreement.registry import METRICS, TABLES
from annotations.agreement.sums import statistics
from tests.unit.agreement.corpora import random_plain


def copy_library(tmp_path: Path) -> Path:
    return Path(
        shutil.copytree(LIBRARY, tmp_path / "agreement", ignore=shutil.ignore_patterns("__pycache__"))
    )


def digest(folder: Path) -> str:
    return digest_sources(folder, leave_out=NOT_COMPUTING)


@pytest.mark.parametrize(
    "name", ["gamma/counting.py", "coding/measures.py", "data/stretches.py", "coding/metrics.py"]
)
def test_a_changed_line_of_what_counts_or_measures_is_another_version(tmp_path: Path, name: str) -> None:
    copy = copy_library(tmp_path)
    assert digest(copy) == find_format()
    (copy / name).write_text((copy / name).read_text(encoding="utf-8") + "CHANGED = 1\n", encoding="utf-8")
    assert digest(copy) != find_format()


def test_a_new_module_is_another_version_and_the_ends_of_lines_are_none(tmp_path: Path) -> None:
    copy = copy_library(tmp_path)
    for path in copy.rglob("*.py"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert digest(copy) == find_format()
    (copy / "spans" / "more.py").write_text("")
    assert digest(copy) != find_format()


def test_readers_and_the_command_line_change_no_figure(tmp_path: Path) -> None:
    copy = copy_library(tmp_path)
    for name in ("readers/plain.py", "command_line/printing.py"):
        (copy / name).write_text("")
    assert digest(copy) == find_format()


def test_all_that_the_registry_lists_is_in_the_digest() -> None:
    found: list[Callable[..., object]] = [row.of_spans for row in TABLES]
    found += [row.of_items for row in TABLES if row.of_items is not None]
    found += [getattr(metric.build, "func", metric.build) for metric in METRICS]
    for function in found:
        place = Path(getfile(function)).resolve().relative_to(LIBRARY)
        assert place.parts[0] not in NOT_COMPUTING


def test_statistics_of_another_version_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = summarize(read_plain(random_plain(1)), metrics=["f1_strict"])
    content = counted.to_bytes()
    assert Statistics.from_bytes(content).documents == counted.documents
    monkeypatch.setattr(statistics, "find_format", lambda: "another")
    with pytest.raises(InvalidOptionError, match="of another version; summarize again"):
        Statistics.from_bytes(content)
