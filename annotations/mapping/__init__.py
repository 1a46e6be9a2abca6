"""Annotations made elsewhere, in the words of a scheme here: what was found, what each of it becomes, and what does not fit."""
