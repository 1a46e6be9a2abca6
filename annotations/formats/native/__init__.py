"""Formats that the workbench defines itself; what it writes in them it reads again."""
