"""What queries say that Django has no words for."""

from django.db.models import IntegerField, Subquery


class CountOf(Subquery):
    """How many related rows there are, counted for the rows that are shown only: a join would count them for every row."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()
