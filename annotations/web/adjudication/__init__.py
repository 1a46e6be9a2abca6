"""The adjudicators' queue and the page on which one task is decided."""
