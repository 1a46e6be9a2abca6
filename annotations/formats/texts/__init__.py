"""Texts as they are, and what every reader of texts needs."""
