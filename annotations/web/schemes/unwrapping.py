"""Markdown whose paragraphs are wrapped at the width of an editor, shown a paragraph a line."""

import re

OWN_LINE = re.compile(r"\s|[-*+>|#]\s?|\d+[.)]\s|```|\Z")
"""How a line begins that does not go on with the paragraph above it."""


def unwrap(markdown: str) -> str:
    r"""Join the lines of each paragraph; lists, headings, quotes, tables and breaks that are meant stay as they are.

    >>> unwrap("One goes\non here.\n\n- a\n- b\n\nTwo  \nlines.\n")
    'One goes on here.\n\n- a\n- b\n\nTwo  \nlines.\n'
    """
    if "```" in markdown:
        return markdown
    lines: list[str] = []
    for line in markdown.split("\n"):
        above = lines[-1] if lines else ""
        is_paragraph = above and (not OWN_LINE.match(above) or above.startswith("**"))
        goes_on = is_paragraph and (line.startswith("**") or not OWN_LINE.match(line))
        if goes_on and not above.endswith(("  ", "\\")):
            lines[-1] = f"{above} {line}"
        else:
            lines.append(line)
    return "\n".join(lines)
