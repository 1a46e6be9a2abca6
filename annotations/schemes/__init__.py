"""Versioned label sets: what may be marked, how, and the guidelines that say when."""
