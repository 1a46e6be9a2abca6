"""Krippendorff's alphas for unitizing: where the units are and which they are."""
