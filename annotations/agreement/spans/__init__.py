"""Which spans of two annotators are the same, and how alike their borders are."""
