"""The words of a text as a search engine keeps them, and what somebody looks for as phrases of such words."""

import re
import unicodedata

from annotations.likeness.shingles import WITHOUT_SPACES
from annotations.limits import MAX_SEARCHED_LENGTH

_ALONE = "".join(f"{chr(first)}-{chr(last)}" for first, last in WITHOUT_SPACES)
WORD = re.compile(rf"[{_ALONE}]|[^\W_{_ALONE}]{{1,100}}")
PART = re.compile(r"\"([^\"]*)\"?|(\S+)")


def list_words(text: str) -> str:
    """The words of a text in order, without case, accents and signs; characters of a script without spaces are words.

    >>> list_words("The Préfet’s “offer”: 安全保障")
    'the prefet s offer 安 全 保 障'
    """
    folded = unicodedata.normalize("NFKD", text[:MAX_SEARCHED_LENGTH]).casefold()
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return " ".join(WORD.findall(unicodedata.normalize("NFC", plain)))


def read_phrases(wanted: str) -> list[str]:
    """What somebody looks for as phrases that all have to be in a text: each word, and what stands in quotes as a whole.

    >>> read_phrases('Kyiv "security guarantees" 保障')
    ['kyiv', 'security guarantees', '保 障']
    >>> read_phrases("— !")
    []
    """
    parts = (quoted or word for quoted, word in PART.findall(wanted))
    return [phrase for part in parts if (phrase := list_words(part))]
