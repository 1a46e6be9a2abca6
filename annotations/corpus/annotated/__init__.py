"""Annotations made elsewhere on their way into a project: written where nobody sees them, and published at once."""
