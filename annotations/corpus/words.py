"""The words of a text as a search engine keeps them, and what somebody looks for as phrases of such words."""

import re
import unicodedata

from annotations.likeness.shingles import WITHOUT_SPACES
from annotations.limits import MAX_SEARCHED_LENGTH

_ALONE = "".join(f"{chr(first)}-{chr(last)}" for first, last in WITHOUT_SPACES)
WORD = re.compile(rf"[{_ALONE}]|[^\W_{_ALONE}]{{1,100}}")
PLAIN_WORD = re.compile(r"[a-z0-9]{1,100}")
"""The same in a text of ASCII without capitals."""
PART = re.compile(r"\"([^\"]*)\"?|(\S+)")


def list_words(text: str) -> str:
    """The words of a text in order, without case, accents and signs; characters of a script without spaces are words.

    >>> list_words("The Préfet’s “offer”: 安全保障")
    'the prefet s offer 安 全 保 障'
    """
    folded = unicodedata.normalize("NFKD", text[:MAX_SEARCHED_LENGTH]).casefold()
    return " ".join(PLAIN_WORD.findall(folded) if folded.isascii() else WORD.findall(_drop_marks(folded)))


def _drop_marks(folded: str) -> str:
    """A text that was taken apart without its accents and signs, put together again."""
    for letter in set(folded):
        if unicodedata.combining(letter):
            folded = folded.replace(letter, "")
    return unicodedata.normalize("NFC", folded)


def read_phrases(wanted: str) -> list[str]:
    """What somebody looks for as phrases that all have to be in a text: each word, and what stands in quotes as a whole.

    >>> read_phrases('Kyiv "security guarantees" 保障')
    ['kyiv', 'security guarantees', '保 障']
    >>> read_phrases("— !")
    []
    """
    parts = (quoted or word for quoted, word in PART.findall(wanted))
    return [phrase for part in parts if (phrase := list_words(part))]
