"""The numbers that spaCy has for texts: a hash each, but for those that it has always known under small numbers."""

from functools import cache

from annotations.formats.libraries import SPACY

SEED, MIX, SHIFT, WORD, MASK = 1, 0xC6A4A7935BD1E995, 47, 8, (1 << 64) - 1


@cache
def load_symbols() -> dict[str, int]:
    """The texts that are no hashes, with their numbers, as spaCy lists them."""
    found: dict[str, int] = SPACY.load("spacy.symbols").IDS
    return found


def number_text(text: str) -> int:
    """The number that stands for a text."""
    return 0 if not text else load_symbols().get(text) or hash_text(text)


def hash_text(text: str) -> int:
    """MurmurHash2 of a text's UTF-8, in 64 bits, as spaCy takes it.

    >>> hash_text("Kyiv")
    14593447867761991774

    References
    ----------
    Austin Appleby's MurmurHash64A, which is in the public domain.
    """
    raw = text.encode("utf-8", "surrogatepass")
    mixed = SEED ^ (len(raw) * MIX & MASK)
    whole = len(raw) - len(raw) % WORD
    for place in range(0, whole, WORD):
        part = int.from_bytes(raw[place : place + WORD], "little") * MIX & MASK
        part = (part ^ (part >> SHIFT)) * MIX & MASK
        mixed = (mixed ^ part) * MIX & MASK
    if rest := raw[whole:]:
        mixed = (mixed ^ int.from_bytes(rest, "little")) * MIX & MASK
    mixed = (mixed ^ (mixed >> SHIFT)) * MIX & MASK
    return mixed ^ (mixed >> SHIFT)
