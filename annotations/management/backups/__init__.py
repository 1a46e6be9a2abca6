"""Backups: a whole installation in one file with checksums, made while people work, and put back into an empty one."""
