"""How much of the database a query reads, as the database itself tells."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

STEPS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Query:
    """A statement that was run, with its parameters."""

    sql: str
    parameters: Any


@dataclass(frozen=True, slots=True)
class Plan:
    """What a query costs: instructions of SQLite's machine, or rows that PostgreSQL's scans read and its sorts take.

    `sorts` is how much of it goes into sorting: rows on PostgreSQL; on SQLite, which does not tell, all that a query with
    a sort costs. `lines` are the plan to read.
    """

    cost: int
    sorts: int
    lines: list[str] = field(default_factory=list)


@contextmanager
def record_queries() -> Iterator[list[Query]]:
    """Every SELECT that runs meanwhile."""
    queries: list[Query] = []

    def note(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's
        if sql.lstrip("( ").upper().startswith("SELECT") and not many:
            queries.append(Query(sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(note):
        yield queries


@dataclass(slots=True)
class Steps:
    """How much a database did, the same on every computer: instructions of SQLite's machine, to the nearest hundred, or rows that PostgreSQL read."""

    taken: int = 0


@contextmanager
def count_steps() -> Iterator[Steps]:
    """Count what SQLite does meanwhile."""
    steps = Steps()

    def count() -> int:
        steps.taken += STEPS_AT_ONCE
        return 0

    connection.connection.set_progress_handler(count, STEPS_AT_ONCE)
    try:
        yield steps
    finally:
        connection.connection.set_progress_handler(None, 0)


@contextmanager
def count_rows() -> Iterator[Steps]:
    """Count the rows that PostgreSQL reads meanwhile, in triggers as well, within the transaction around this."""
    steps = Steps()
    before = _count_rows_read()
    yield steps
    steps.taken = _count_rows_read() - before


def _count_rows_read() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_all_tables")
        return int(cursor.fetchone()[0])


def explain(query: Query) -> Plan:
    """Run it again, and tell what it took."""
    return _explain_on_sqlite(query) if connection.vendor == "sqlite" else _explain_on_postgresql(query)


def _explain_on_sqlite(query: Query) -> Plan:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {query.sql}", query.parameters)
        lines = [row[3] for row in cursor.fetchall()]
        with count_steps() as steps:
            cursor.execute(query.sql, query.parameters)
            cursor.fetchall()
    is_sorted = any("TEMP B-TREE FOR ORDER BY" in line for line in lines)
    return Plan(steps.taken, steps.taken if is_sorted else 0, lines)


def _explain_on_postgresql(query: Query) -> Plan:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF) {query.sql}", query.parameters)
        (found,) = cursor.fetchone()
    root = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    nodes = list(_list_nodes(root))
    read = sorts = 0
    lines = []
    for depth, node in nodes:
        rows = node["Actual Rows"] * node["Actual Loops"]
        filtered = node.get("Rows Removed by Filter", 0) * node["Actual Loops"]
        kind = node["Node Type"]
        if "Scan" in kind and "Bitmap Index" not in kind:
            read += int(rows + filtered)
        if "Sort" in kind:
            sorts += int(sum(part["Actual Rows"] * part["Actual Loops"] for part in node["Plans"]))
        lines.append(
            f"{'  ' * depth}{kind} {node.get('Relation Name', '')} {node.get('Index Name', '')} "
            f"rows={rows} filtered={filtered}"
        )
    return Plan(read + sorts, sorts, lines)


def _list_nodes(node: dict[str, Any], depth: int = 0) -> Iterator[tuple[int, dict[str, Any]]]:
    yield depth, node
    for part in node.get("Plans", ()):
        yield from _list_nodes(part, depth + 1)
