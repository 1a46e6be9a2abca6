"""Readers of file formats: bytes in, rows out, and no row without its place."""
