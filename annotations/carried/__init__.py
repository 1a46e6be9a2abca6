"""Rounds said again by a later version of the scheme: annotations, ledger and gold, beside the round as it was."""
