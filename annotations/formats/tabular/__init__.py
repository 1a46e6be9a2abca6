"""Rows of named values, an article each: CSV, lists of JSON, Parquet."""
