"""Words as a place in a text, where they stand in it but once."""


def find_once(text: str, words: str) -> int | None:
    """Find where words begin that stand in a text once, in code points; None where they stand nowhere or more than once.

    >>> find_once("Kyiv agreed, and Kyiv waited.", "agreed"), find_once("Kyiv agreed, and Kyiv waited.", "Kyiv")
    (5, None)
    """
    start = text.find(words) if words else -1
    return None if start < 0 or text.find(words, start + 1) >= 0 else start
