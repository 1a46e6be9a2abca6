"""Agreement on the relations and attributes of the spans that two annotators have in common."""
