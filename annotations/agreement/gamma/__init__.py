"""Gamma: the best alignment of all annotators, against random annotations."""
