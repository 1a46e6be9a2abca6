"""The most that one input may hold: nothing that grows with an input is begun before its limit is checked.

Every limit is checked where the input comes in, and a refusal says the limit. `docs/limits.md` lists them all.
"""

# One annotation, as an editor submits or drafts it, and as an adjudicator makes it.
MAX_RESULT_BYTES = 5 * 1024 * 1024
MAX_ENTRIES = 20_000
"""A span is one entry, and one more for each answer about it."""
MAX_RESULT_DEPTH = 20
MAX_SPANS = 2_000
MAX_RELATIONS = 2_000
MAX_PROBLEMS = 1_000
"""Parts of one annotation that cannot be read and go to quarantine."""
MAX_SPAN_KEY_LENGTH = 64
MAX_ANSWER_LENGTH = 5_000
MAX_WORD_LENGTH = 200
"""An end of a span within a longer run of letters is not moved out of it."""
MAX_SENTENCE_LENGTH = 1_000
MAX_BLANKS = 1_000
"""Characters of white space at an end of a span that are left out of it."""
MAX_LINKS_OF_A_PAIR = 100
MAX_DECISIONS = 20_000
"""Entries of the ledger of one task."""
MAX_NOTE_LENGTH = 2_000
MAX_PLACES_AROUND = 20_000
MAX_MESSAGES = 20
"""Reasons that an annotator is told at once."""

# A scheme's definition.
MAX_DEFINITION_LENGTH = 200_000
MAX_DEFINITION_DEPTH = 10
MAX_NUMBER = 10**9
MAX_VERSION = 1_000_000
MAX_NAME_LENGTH = 100
MAX_SCHEME_TITLE_LENGTH = 200
MAX_PARTS = 500
"""Entries of one list, such as the values of a choice."""
MAX_ATTRIBUTES = 50
MAX_FIELDS = 500
MAX_RELATION_TYPES = 100
MAX_CONDITIONS = 20
MAX_CHOICES = 5_000
"""Values that all questions of a scheme offer together."""
MAX_RATING = 100
MAX_DRAFT_STEPS = 50
"""Changes of a scheme at work that can be undone."""
MAX_PICKED_LENGTH = 2_000
"""Characters of an article that become an example of the guidelines."""
MAX_DIGITS = 15
"""Of an answer that is a number: as many as JSON keeps."""
MAX_DECIMALS = 12

# One article, and the file or request that it comes in.
MAX_TEXT_LENGTH = 5_000_000
MAX_UNASKED_TEXT_LENGTH = 200_000
"""Characters of a text that becomes an article without a word of confirmation."""
MAX_TEXT_LINES = 100_000
MAX_BLOCKS = 20_000
MAX_TITLE_LENGTH = 500
MAX_EXTERNAL_ID_LENGTH = 200
MAX_COLUMNS = 1_000
"""Columns of a table, and keys of one object of a row."""
MAX_METADATA_VALUES = 10_000
MAX_METADATA_LENGTH = 1_000_000
MAX_METADATA_DEPTH = 50
MAX_ROW_BYTES = 32 * 1024 * 1024
"""A line of JSON Lines, a row of a table, a file of plain text."""
MAX_WIDE_FILE_BYTES = 64 * 1024 * 1024
"""A file of rows in UTF-16 or UTF-32, which is read as a whole."""
MAX_LIST_BYTES = 64 * 1024 * 1024
"""A file that holds one JSON list, which is read as a whole."""
MAX_PAGE_BYTES = 16 * 1024 * 1024
"""A web page or an entry of a feed."""
MAX_FOREIGN_BYTES = 64 * 1024 * 1024
"""A file that a program for documents made, such as PDF or DOCX, which is read as a whole."""
MAX_STREAMED_BYTES = 1024**3
"""A file whose entries are read one by one in a process of its own, such as a spreadsheet or an archive of web pages."""
MAX_UNPACKED_BYTES = 1024**3
"""What a packed file, such as a .jsonl.gz, unpacks to."""
MAX_PDF_PAGES = 2_000
MAX_READER_MEMORY = 512 * 1024 * 1024
"""The memory of a process that reads a foreign format."""
MAX_READER_SECONDS = 55
"""Seconds that such a process may compute until it gives a text, or the next one."""
MAX_BACKUP_LIST_BYTES = 256 * 1024 * 1024
"""The list at the end of a backup, a few hundred bytes for each of its files."""
MAX_ROWS = 1_000_000
MAX_REFUSALS = 1_000
"""Refused rows that an import names; it counts the others."""
MAX_PREDICTED_TASKS_COMPARED = 1_000
"""Tasks on which a predictor is held against the people at once; the latest are taken."""
MAX_ARTICLES_COMPARED_UNSEEN = 5_000
"""Articles of an import whose copies are looked for before it is published; among more they are looked for afterwards."""
MAX_NAMED_COPIES = 100
"""Copies that an import names before it is published."""

# The files of one import.
MAX_IMPORT_FILES = 10_000
MAX_IMPORT_FILE_BYTES = 2 * 1024**3
MAX_IMPORT_BYTES = 8 * 1024**3
"""All files of an import together."""
MAX_IMPORT_PART_BYTES = 4 * 1024 * 1024
"""What comes of a file at once, and small files that come together."""
MAX_FILE_NAME_LENGTH = 400
"""The folders that a file lies in count."""
MAX_WAITING_IMPORTS = 50
"""Imports into a project that are not published."""
MAX_COLUMN_NAME_LENGTH = 200
MAX_NAMED_FILES = 1_000
"""Files of which an import says what each gave."""
MAX_SAID_OF_FILES = 1_000
"""Files of an import for each of which an encoding is said."""

# Files of annotations whose agreement is measured.
MAX_ANNOTATION_FILE_BYTES = 4 * 1024**3
MAX_ANNOTATION_FILES = 1_000
MAX_BUNDLED_FILES = 100_000
"""Files and folders of one folder or archive."""
MAX_FOLDER_DEPTH = 20
MAX_PART_BYTES = 64 * 1024 * 1024
"""A file that is one of several of a document, such as its text, and is read as a whole."""
MAX_DOCBIN_BYTES = 256 * 1024 * 1024
"""What one DocBin of spaCy unpacks to."""
MAX_MESSAGE_VALUES = 2_000_000
"""Values of one message of MessagePack, in which spaCy keeps documents."""
MAX_XML_ELEMENTS = 2_000_000
"""Elements of one file of XML."""
MAX_TOKEN_LINE_LENGTH = 100_000
"""Characters of a line about a token or a span, in formats that have a line for each; words of the text do not count."""
MAX_ARCHIVE_BYTES = 1024**3
"""What the files of one archive unpack to."""
MAX_ARCHIVE_LIST_BYTES = 32 * 1024 * 1024
"""The list of files at the end of an archive."""

# Annotations made elsewhere that come into a project.
MAX_FOUND_NAMES = 1_000
"""Labels, types of relations, attributes of a label, fields or annotators of the files of one import."""
MAX_FOUND_VALUES = 1_000
"""Values of one attribute or field that an import tells apart."""
MAX_MAPPING_LENGTH = 1_000_000
"""Characters of a mapping."""
# What articles are found by.
MAX_SEARCHED_LENGTH = 200_000
"""Characters of a text, from the beginning, whose words are found."""
MAX_SEARCH_LENGTH = 200
"""Characters of what is looked for."""
MAX_FOUND_COLUMNS = 100
"""Values in the metadata of an article by which it is found."""
MAX_COLUMN_LENGTH = 100
MAX_VALUE_LENGTH = 200
"""Characters of a value by which an article is found; what is longer is kept and not looked for."""
MAX_CHOSEN_COLUMNS = 20
MAX_CHOSEN_ARTICLES = 500
"""Articles that are chosen one by one, for a set or to do something with them at once."""
MAX_SET_NAME_LENGTH = 100
MAX_SETS = 200
"""Named sets of articles in a project."""

# Two articles side by side.
MAX_COMPARED_WORDS = 4_000
"""Words of each that are looked at for what differs."""

# What is held against a reference at once.
MAX_REFERENCE_SPANS = 1_000_000
"""Spans of everybody in the selection."""

# An installation.
MAX_STUDIOS = 20
"""Label Studios over which projects are spread."""
MAX_KEPT_BACKUPS = 3
"""Backups that were made from the page of the installation; with another the oldest goes."""

# Words of managers about a project and what is in it.
MAX_PROJECT_NAME_LENGTH = 200
MAX_DESCRIPTION_LENGTH = 5_000
MAX_ROUND_NAME_LENGTH = 100
MAX_PERSON_NAME_LENGTH = 150
MAX_INVITED_AT_ONCE = 100
MAX_INVITATIONS_TEXT = 50_000
"""Characters of the addresses of people who are invited at once, with their names."""
MAX_PREDICTOR_NAME_LENGTH = 150
MAX_MODEL_ANSWER_BYTES = 32 * 1024 * 1024
"""Of a model server's answer about the articles of one request."""
MAX_REASON_LENGTH = 500
"""Why an article is excluded."""
MAX_REVISION_NAME_LENGTH = 100
MAX_QUEUE_DEPTH = 100
MAX_LEASE_HOURS = 8_760
"""A year."""

# Releases, and the parts that they are divided into.
MAX_SPLIT_PARTS = 20
MAX_SPLIT_NAME_LENGTH = 20
MAX_SPLIT_WEIGHT = 1_000_000
MAX_SPLIT_SEED = 2_147_483_647
MAX_RELEASE_NUMBER = 2_147_483_647
MAX_SECONDS_TO_WAIT = 60
"""For so long a request to the API waits for a release."""
MAX_CARD_ANSWER_LENGTH = 10_000
MAX_RELEASE_NOTES_LENGTH = 10_000
"""What is new in a release, as its manifest has it, in characters."""
MAX_SIGNER_LENGTH = 200
MAX_SIGNATURE_LENGTH = 20_000
"""Bytes; one of an RSA key of 16,384 bits has 7,000."""

# One request.
MAX_ANONYMOUS_BYTES = 64 * 1024
"""The body of a request of somebody who is not signed in: an address, a password."""
MAX_FORM_BYTES = 5 * 1024 * 1024
"""The body of a form, of a request to the API, and what a form may hold beside its files."""
MAX_UPLOAD_BYTES = 64 * 1024 * 1024
"""The files that are uploaded at once."""
MAX_PAGED_ROWS = 10_000
"""Lines of activity and jobs that a project's pages lead through, the latest; the API gives all of them."""
