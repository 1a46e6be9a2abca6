"""Controls of an annotation editor that several kinds of values ask with, and how what they hold is read."""

from collections.abc import Mapping
from typing import Any

from annotations.schemes.problems import Code
from annotations.schemes.values import MAIN, Control, Parts, UnreadableAnswerError

ONE_CHOICE = {"choice": "single", "layout": "inline"}
"""Label Studio's boxes that exclude each other; its radio buttons of one name are one group, whatever they ask."""


def lay_text_area(title: str, description: str, *, is_of_span: bool, suffix: str = MAIN) -> Control:
    """The control that asks for words: a line for a span, which the Enter key takes, since selecting the next span would lose it; a box for a document."""
    options = {"maxSubmissions": "1", "editable": "true"}
    if is_of_span:
        options |= {"placeholder": f"{title} in a few words, then Enter"}
    else:
        options |= {"rows": "2", "showSubmitButton": "false", "placeholder": description}
    return Control("TextArea", "textarea", "text", options, suffix=suffix, shown_for=suffix)


def read_only_choice(parts: Parts) -> str:
    """Read the one answer of a question that takes one; UnreadableAnswerError where there is none, or more than one."""
    choices = parts.get(MAIN, {}).get("choices")
    if isinstance(choices, list) and len(choices) == 1 and isinstance(choices[0], str):
        return choices[0]
    raise UnreadableAnswerError(Code.MALFORMED, "has no single answer")


def join_texts(value: Mapping[str, Any]) -> str:
    """Read the words that a text area holds, its lines joined."""
    texts = value.get("text")
    if isinstance(texts, list):
        return "\n".join(str(part) for part in texts).strip()
    return str(texts or "").strip()
