"""Telling other programs what happens in a project: signed messages, made from the audit trail, to addresses that the settings name."""
