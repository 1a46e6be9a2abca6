"""Articles that are nearly others, and texts that look misread: told to who imports them, and never changed."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from annotations.formats.errors import Notice

MISREAD = re.compile(r"[\u00c2-\u00f4\u0152-\u0192][^\x00-\x7f]+")
MIN_MISREAD = 2
WHITE_SPACE = bytes(code for code in range(128) if chr(code).isspace())
"""That of ASCII, which most of it is in any text and which bytes are rid of at once."""
MAX_SHOWN = 3
MAX_SHOWN_LENGTH = 20


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two articles can have in common though their texts differ: an id, or all but the white space."""

    place: str
    external_id: str
    text_sha256: str
    words_sha256: str
    article: int | None = None
    """Of an article that the project has; None of one in the import at hand."""


def digest_words(text: str) -> str:
    r"""The SHA-256 of a text without its white space, which is the same for texts that are laid out differently.

    >>> digest_words("Kyiv  agreed.\n") == digest_words("Kyiv agreed.")
    True
    """
    words = text.encode().translate(None, WHITE_SPACE)
    if not text.isascii():
        words = "".join(words.decode().split()).encode()
    return hashlib.sha256(words).hexdigest()


def find_earlier_version(new: Likeness, others: Iterable[Likeness]) -> Likeness | None:
    """The latest article of the project that has the same id and another text."""
    return max(
        (
            one
            for one in others
            if one.article is not None
            and new.external_id
            and one.external_id == new.external_id
            and one.text_sha256 != new.text_sha256
        ),
        key=lambda one: one.article or 0,
        default=None,
    )


def compare(new: Likeness, others: Iterable[Likeness]) -> Iterator[Notice]:
    """Say once of which other article an article has the id, and once from which it differs in white space only."""
    others = [other for other in others if other.text_sha256 != new.text_sha256]
    if earlier := find_earlier_version(new, others):
        yield Notice(
            new.place,
            f"its id {new.external_id!r} is that of {earlier.place}, whose text is another: it becomes a version beside "
            "that, and annotations stay with the text that they were made of",
        )
    elif new.external_id and (
        other := next((one for one in others if one.external_id == new.external_id), None)
    ):
        yield Notice(
            new.place, f"its id {new.external_id!r} is also that of {other.place}, whose text is another"
        )
    if other := next((one for one in others if one.words_sha256 == new.words_sha256), None):
        yield Notice(new.place, f"it differs from {other.place} in white space only")


def find_misread(text: str) -> str:
    """What to say of a text that holds UTF-8 which was once read as Western European, "PrÃ©fet" for "Préfet".

    >>> find_misread("Le PrÃ©fet a dÃ©cidÃ©.")
    'it looks as if it had been read in a wrong encoding before it was saved (“Ã©”): nothing was changed'
    >>> find_misread("Le Préfet a décidé.")
    ''
    """
    if text.isascii():
        return ""
    found: dict[str, None] = {}
    count = 0
    for match in MISREAD.finditer(text):
        try:
            match[0].encode("cp1252").decode("utf-8")
        except UnicodeError:
            continue
        count += 1
        found[match[0]] = None
    if count < MIN_MISREAD:
        return ""
    shown = ", ".join(f"“{part[:MAX_SHOWN_LENGTH]}”" for part in list(found)[:MAX_SHOWN])
    return f"it looks as if it had been read in a wrong encoding before it was saved ({shown}): nothing was changed"
