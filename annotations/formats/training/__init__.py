"""What taggers and language models are trained on: tokens with tags, spaCy's files, conversations."""
