"""Places in a text: offsets of other programs, tokens, and where each letter came from."""
