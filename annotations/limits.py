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
LONGEST_DEFINITION = 200_000
DEEPEST_DEFINITION = 10
LARGEST_NUMBER = 10**9
HIGHEST_VERSION = 1_000_000
LONGEST_NAME = 100
LONGEST_SCHEME_TITLE = 200
MOST_PARTS = 500
"""Entries of one list, such as the values of a choice."""
MOST_ATTRIBUTES = 50
MOST_FIELDS = 500
MOST_RELATION_TYPES = 100
MOST_CONDITIONS = 20
MOST_CHOICES = 5_000
"""Values that all questions of a scheme offer together."""
HIGHEST_RATING = 100
MOST_DIGITS = 15
"""Of an answer that is a number: as many as JSON keeps."""
MOST_DECIMALS = 12

# One article, and the file or request that it comes in.
LONGEST_TEXT = 5_000_000
MOST_TEXT_LINES = 100_000
MOST_BLOCKS = 20_000
LONGEST_TITLE = 500
LONGEST_EXTERNAL_ID = 200
MOST_COLUMNS = 1_000
"""Columns of a table, and keys of one object of a row."""
MOST_METADATA_VALUES = 10_000
LONGEST_METADATA = 1_000_000
DEEPEST_METADATA = 50
MOST_ROW_BYTES = 32 * 1024 * 1024
"""A line of JSON Lines, a row of a table, a file of plain text."""
MOST_WIDE_FILE_BYTES = 64 * 1024 * 1024
"""A file of rows in UTF-16 or UTF-32, which is read as a whole."""
MOST_ROWS = 1_000_000
MOST_REFUSALS = 1_000
"""Refused rows that an import names; it counts the others."""

# Files of annotations whose agreement is measured.
LARGEST_ANNOTATION_FILE = 4 * 1024**3
MOST_ANNOTATION_FILES = 1_000

# One request.
MOST_ANONYMOUS_BYTES = 64 * 1024
"""The body of a request of somebody who is not signed in: an address, a password."""
MOST_FORM_BYTES = 5 * 1024 * 1024
"""The body of a form, of a request to the API, and what a form may hold beside its files."""
MOST_UPLOAD_BYTES = 64 * 1024 * 1024
"""The files that are uploaded at once."""
