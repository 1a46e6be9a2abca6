"""Full text in either database: which articles have all of some phrases, by an index that is kept beside the samples of articles.

SQLite has a virtual table of its own for it, from which a trigger takes what is gone; PostgreSQL a column with an index.
"""

from collections.abc import Sequence

from django.db import connection
from django.db.models import BigIntegerField
from django.db.models.expressions import RawSQL


def index_words(rows: Sequence[tuple[str, int]]) -> None:
    """Keep the words of articles (as `list_words` tells them) by the articles' ids, in the caller's transaction; they are sampled already."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany("REPLACE INTO annotations_articlewords (words, rowid) VALUES (%s, %s)", rows)
        else:
            cursor.executemany(
                "UPDATE annotations_articlesketch SET words = to_tsvector('simple', %s) WHERE article_id = %s",
                rows,
            )


def find_with(phrases: Sequence[str], *, after: int = 0, until: int | None = None) -> RawSQL:
    """The ids of the articles whose text has every one of some phrases, as a subquery of the full-text index; phrases hold words and blanks only.

    Articles `after` an id, and `until` another one, where that is asked.
    """
    found, parameters = _write_search(phrases, after=after)
    if until is not None:
        found, parameters = f"{found} AND {_id_column()} <= %s", [*parameters, until]
    return RawSQL(found, parameters, output_field=BigIntegerField())  # noqa: S611 - the words are parameters


def find_end(phrases: Sequence[str], *, after: int, number: int) -> int | None:
    """The id of the article that is so many on, among those with every one of some phrases after an id; None where there are fewer."""
    found, parameters = _write_search(phrases, after=after)
    with connection.cursor() as cursor:
        cursor.execute(f"{found} ORDER BY {_id_column()} LIMIT 1 OFFSET %s", [*parameters, number - 1])
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def _id_column() -> str:
    return "rowid" if connection.vendor == "sqlite" else "article_id"


def _write_search(phrases: Sequence[str], *, after: int) -> tuple[str, list[str | int]]:
    if connection.vendor == "sqlite":
        query = " AND ".join(f'"{phrase}"' for phrase in phrases)
        found = "SELECT rowid FROM annotations_articlewords WHERE annotations_articlewords MATCH %s"
        return (f"{found} AND rowid > %s", [query, after]) if after else (found, [query])
    matches = " AND ".join(["words @@ phraseto_tsquery('simple', %s)"] * len(phrases))
    found = f"SELECT article_id FROM annotations_articlesketch WHERE {matches}"  # noqa: S608 - the words are parameters
    return (f"{found} AND article_id > %s", [*phrases, after]) if after else (found, list(phrases))
