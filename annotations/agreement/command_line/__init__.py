"""`python -m annotations.agreement FILE`: arguments in, a table or one JSON document out."""
