"""The most that one input may hold: nothing that grows with an input is begun before its limit is checked.

Every limit is checked where the input comes in, and a refusal says the limit. `docs/limits.md` lists them all.
"""

# One annotation, as an editor submits or drafts it, and as an adjudicator makes it.
MOST_RESULT_BYTES = 5 * 1024 * 1024
MOST_ENTRIES = 20_000
"""A span is one entry, and one more for each answer about it."""
DEEPEST_RESULT = 20
MOST_SPANS = 2_000
MOST_RELATIONS = 2_000
MOST_PROBLEMS = 1_000
"""Parts of one annotation that cannot be read and go to quarantine."""
LONGEST_SPAN_KEY = 64
LONGEST_ANSWER = 5_000
MOST_LINKS_OF_A_PAIR = 100
MOST_DECISIONS = 20_000
"""Entries of the ledger of one task."""
LONGEST_NOTE = 2_000
MOST_MESSAGES = 20
"""Reasons that an annotator is told at once."""

# A scheme's definition.
HIGHEST_RATING = 100
