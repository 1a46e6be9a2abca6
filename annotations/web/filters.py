"""What templates need beyond Django's own filters; the settings make them known to every template."""

from django import template
from django.utils.safestring import SafeString

from annotations.web.guidelines import render_markdown

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    return render_markdown(text)


@register.filter
def mark(quote: str, words: tuple[str, ...]) -> list[tuple[str, bool]]:
    """A quote in pieces, each with whether it is marked; in the order of the text.

    >>> mark("Kyiv may agree, he said.", ("Kyiv may agree",))
    [('Kyiv may agree', True), (', he said.', False)]
    """
    spans = sorted((start, start + len(part)) for part in words if (start := quote.find(part)) >= 0)
    pieces, position = [], 0
    for start, end in spans:
        if start < position:
            continue
        if start > position:
            pieces.append((quote[position:start], False))
        pieces.append((quote[start:end], True))
        position = end
    if position < len(quote):
        pieces.append((quote[position:], False))
    return pieces
