"""Documents read into a corpus, with every part checked on the way."""
