"""The guidelines of a scheme as HTML: its texts are Markdown without HTML, so that they can carry no script."""

from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table").disable("image")


def render_markdown(text: str) -> str:
    r"""HTML of a text in Markdown; HTML within it comes out as text, and links with a script are refused.

    >>> render_markdown("*Never* <b>this</b>")
    '<p><em>Never</em> &lt;b&gt;this&lt;/b&gt;</p>\n'
    """
    html: str = _MARKDOWN.render(text)
    return html
