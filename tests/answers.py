"""What an answer says, for a test that looks for words in it."""

from typing import Any


def read_words(answer: Any) -> str:
    """The text of an answer with single spaces, so that a line break of a template hides no sentence."""
    return " ".join(answer.content.decode().split())
