"""Names of labels, attributes, values, relations and fields, in the letters of any script and safe in every format.

A name is what Unicode calls an identifier, with hyphens: letters, their marks, digits and `_` hold nothing that XML,
CoNLL, CSV, JSON or a stylesheet has another use for.
"""

import unicodedata
from collections.abc import Callable, Iterable
from typing import Final

from annotations.limits import MAX_NAME_LENGTH

LABEL_NAME_IN_WORDS = "letters, digits, _ and -, with a letter first"
SMALL_NAME_IN_WORDS = "small letters, digits, _ and -, with a letter first"
NORMAL_FORM: Final = "NFC"
ROOM_FOR_A_NUMBER = 10


def is_label_name(name: str) -> bool:
    """Whether a label may have this name.

    >>> [is_label_name(name) for name in ("Claim", "主张", "दावा", "two words", "1st", "-x")]
    [True, True, True, False, False, False]
    """
    return (
        name[:1].isalpha()
        and name.replace("-", "_").isidentifier()
        and unicodedata.is_normalized(NORMAL_FORM, name)
    )


def is_small_name(name: str) -> bool:
    """Whether an attribute, a value, a relation or a field may have this name; scripts without small letters have no others."""
    return is_label_name(name) and name == name.lower()


def fold_name(name: str) -> str:
    r"""What two names share that a reader takes for one: neither case nor the way in which letters are encoded counts.

    >>> fold_name("Claim") == fold_name("\N{FULLWIDTH LATIN CAPITAL LETTER C}laim")
    True
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def find_lookalikes(names: Iterable[str]) -> tuple[str, str] | None:
    """The first two names that differ only in case or in how their letters are encoded."""
    seen: dict[str, str] = {}
    for name in names:
        if (other := seen.setdefault(fold_name(name), name)) != name:
            return other, name
    return None


def make_label_name(words: str) -> str:
    """The name that a label has by what a person calls it; empty where no letter is left.

    >>> make_label_name("  Named entity (person)"), make_label_name("主张?"), make_label_name("1st")
    ('Named_entity_person', '主张', '')
    """
    return _make(words, "_", is_label_name)


def make_small_name(words: str) -> str:
    """The name of an attribute, a value, a relation or a field by what a person calls it.

    >>> make_small_name("Held by"), make_small_name("Größe"), make_small_name("?")
    ('held-by', 'größe', '')
    """
    return _make(words.lower(), "-", is_small_name)


def _make(words: str, joint: str, is_name: Callable[[str], bool]) -> str:
    normal = unicodedata.normalize(NORMAL_FORM, words)
    letters = (letter if f"x{letter}".replace("-", "_").isidentifier() else " " for letter in normal)
    name = joint.join("".join(letters).split())[: MAX_NAME_LENGTH - ROOM_FOR_A_NUMBER].strip("_-")
    name = unicodedata.normalize(NORMAL_FORM, name)
    return name if is_name(name) else ""
