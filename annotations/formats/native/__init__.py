"""Formats that the workbench defines itself, for whoever reads it back, here or in a program of their own."""
