"""What queries say that Django has no words for."""

from typing import Any

from django.db.models import IntegerField, JSONField, Subquery


class CountOf(Subquery):
    """How many related rows there are, counted for the rows that are shown only: a join would count them for every row."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


class ListOf(Subquery):
    """The column `value` of related rows as a list, so that some rows of each of many things come in one query.

    The list is empty, or None, where there is no row, and its order says nothing.
    """

    template = "(SELECT JSONB_AGG(listed.value) FROM (%(subquery)s) AS listed)"
    output_field = JSONField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Ask SQLite, which has another name for it."""
        template = "(SELECT JSON_GROUP_ARRAY(listed.value) FROM (%(subquery)s) AS listed)"
        return self.as_sql(compiler, connection, template=template, **context)


class SumOf(Subquery):
    """The sum of the one column of related rows, such as those of a tally; 0 where there are none."""

    template = "(SELECT COALESCE(SUM(number), 0) FROM (%(subquery)s) AS summed)"
    output_field = IntegerField()
