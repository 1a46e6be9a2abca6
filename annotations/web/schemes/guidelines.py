"""The texts of a scheme for our templates."""

from django.utils.safestring import SafeString, mark_safe

from annotations.schemes import guidelines


def render_markdown(text: str) -> SafeString:
    """HTML of a text in Markdown, safe to put into a page."""
    html: SafeString = mark_safe(guidelines.render_markdown(text))  # noqa: S308 - the renderer escapes HTML and checks links
    return html
