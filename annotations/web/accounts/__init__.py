"""Signing in and out, passwords and a person's own tokens."""
