"""What the registry lists is all that there is, and nothing else repeats it."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import annotations
from annotations.agreement import evaluate, read_plain
from annotations.agreement.registry import METRICS, NAMES, TABLES
from annotations.agreement.sums.metrics import Metric
from tests.unit.agreement.corpora import random_plain

ROOT = Path(annotations.__file__).parent
every_metric = pytest.mark.parametrize("metric", METRICS, ids=NAMES)


def test_every_table_is_counted_by_one_row_and_needed_by_a_metric() -> None:
    counted = Counter(name for row in TABLES for name in row.names)
    needed = {name for metric in METRICS for name in (*metric.tables, *metric.tables_of_pairs)}
    assert set(counted) == needed
    assert set(counted.values()) == {1}
    assert len(set(NAMES)) == len(NAMES)


@every_metric
def test_a_metric_of_items_rests_on_tables_that_items_have(metric: Metric) -> None:
    assert metric.kinds <= {"spans", "items"}
    assert "items" not in metric.kinds or all(row.of_items is not None for row in metric.rows)


@every_metric
def test_every_metric_has_words(metric: Metric) -> None:
    words = metric.words
    assert words.question
    assert words.reading.endswith(".")
    assert words.usual.endswith(".")
    assert bool(words.next_step) == bool(words.section)
    assert not words.coverage or "{}" in words.coverage


@every_metric
def test_the_documentation_says_what_a_metric_sees(metric: Metric) -> None:
    text = (ROOT.parent / "docs" / "agreement.md").read_text(encoding="utf-8")
    assert f"`{metric.name}`" in text


@every_metric
def test_what_is_beyond_chance_is_0_where_observed_is_expected(metric: Metric) -> None:
    corpus = read_plain(random_plain(3, documents=6))
    found = evaluate(corpus, metrics=[metric.name], samples=0, distances={})[metric.name]
    observed, expected = (
        next(
            (
                found.details[name]
                for name in (f"{kind}_disagreement", f"{kind}_disorder")
                if name in found.details
            ),
            None,
        )
        for kind in ("observed", "expected")
    )
    if metric.beyond_chance and observed is not None and expected is not None:
        assert found.value == pytest.approx(1 - observed / expected)
    if not metric.beyond_chance:
        assert expected is None


def list_collections(tree: ast.Module) -> Iterator[list[str]]:
    """The texts of each tuple, list or set of texts, and the keys of each dictionary."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            parts: list[ast.expr | None] = list(node.elts)
        elif isinstance(node, ast.Dict):
            parts = list(node.keys)
        else:
            continue
        texts = [
            part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)
        ]
        if texts and len(texts) == len(parts):
            yield texts


@pytest.mark.parametrize("folder", ["agreement", "reliability", "web", "api", "management"])
def test_a_list_of_metrics_elsewhere_names_only_metrics_that_there_are(folder: str) -> None:
    tables = {name for row in TABLES for name in row.names}
    for path in sorted((ROOT / folder).rglob("*.py")):
        for texts in list_collections(ast.parse(path.read_text(encoding="utf-8"))):
            if path.name != "metrics.py" and any("_" in text and text in NAMES for text in texts):
                unknown = set(texts) - set(NAMES)
                assert not unknown or set(texts) <= tables, f"{path.relative_to(ROOT)}: {sorted(unknown)}"


def list_undocumented(node: ast.Module | ast.ClassDef) -> Iterator[str]:
    """The public classes and functions that say nothing of themselves."""
    for part in node.body:
        if isinstance(part, ast.ClassDef | ast.FunctionDef) and not part.name.startswith("_"):
            if ast.get_docstring(part) is None:
                yield part.name
            if isinstance(part, ast.ClassDef):
                yield from (f"{part.name}.{name}" for name in list_undocumented(part))


def test_every_public_class_and_function_of_the_library_says_what_it_is_for() -> None:
    silent = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in sorted((ROOT / "agreement").rglob("*.py"))
        for name in list_undocumented(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert silent == set()
