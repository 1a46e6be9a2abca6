"""Full text in either database: which articles have all of some phrases, by an index that is kept beside the samples of articles.

SQLite has a virtual table of its own for it, from which a trigger takes what is gone; PostgreSQL a column with an index.
"""

from collections.abc import Sequence

from django.db import connection
from django.db.models import BigIntegerField
from django.db.models.expressions import RawSQL

from annotations.corpus.words import list_words


def index_texts(texts: Sequence[tuple[int, str]]) -> None:
    """Keep the words of articles, which are sampled already, in the caller's transaction."""
    rows = [(list_words(text), number) for number, text in texts]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany("REPLACE INTO annotations_articlewords (words, rowid) VALUES (%s, %s)", rows)
        else:
            cursor.executemany(
                "UPDATE annotations_articlesketch SET words = to_tsvector('simple', %s) WHERE article_id = %s",
                rows,
            )


def find_with(phrases: Sequence[str]) -> RawSQL:
    """The ids of the articles whose text has every one of some phrases, as a subquery of the full-text index; phrases hold words and blanks only."""
    if connection.vendor == "sqlite":
        query = " AND ".join(f'"{phrase}"' for phrase in phrases)
        found = "SELECT rowid FROM annotations_articlewords WHERE annotations_articlewords MATCH %s"
        return RawSQL(found, [query], output_field=BigIntegerField())  # noqa: S611 - the words are a parameter
    matches = " AND ".join(["words @@ phraseto_tsquery('simple', %s)"] * len(phrases))
    found = f"SELECT article_id FROM annotations_articlesketch WHERE {matches}"  # noqa: S608 - the words are parameters
    return RawSQL(found, list(phrases), output_field=BigIntegerField())  # noqa: S611
