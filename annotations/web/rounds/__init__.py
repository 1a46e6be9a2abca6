"""Rounds: planning them, who takes part, and what a manager does to a task."""
