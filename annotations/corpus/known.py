"""The columns of metadata that a project has, and the values in one of them, as far as a page offers them to choose from.

Only the first of many alike is read: each next one is found by an index from the one before, so that this costs as much as what
is offered and not as much as the project holds.
"""

from django.db import connection

from annotations.models import Project

MOST_OFFERED = 50
"""Columns, or values of one, that a page offers."""
NEXT = """
WITH RECURSIVE known(word) AS (
    SELECT MIN({word}) FROM annotations_articlevalue WHERE {where}
    UNION ALL
    SELECT (SELECT MIN({word}) FROM annotations_articlevalue WHERE {where} AND {word} > known.word)
    FROM known WHERE known.word IS NOT NULL
)
SELECT word FROM known WHERE word IS NOT NULL LIMIT %s
"""
COLUMNS = NEXT.format(word='"column"', where="project_id = %s")
VALUES = NEXT.format(word="value", where='project_id = %s AND "column" = %s')


def list_known_columns(project: Project) -> list[str]:
    """The names of the columns that articles of a project have, in the order of their letters; at most so many."""
    return _read(COLUMNS, project.pk, project.pk, MOST_OFFERED)


def list_known_values(project: Project, column: str) -> list[str]:
    """The values of a column, in the order of their letters; at most one more than are offered, which tells that there are more."""
    return _read(VALUES, project.pk, column, project.pk, column, MOST_OFFERED + 1)


def _read(statement: str, *arguments: int | str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return [word for (word,) in cursor.fetchall()]
