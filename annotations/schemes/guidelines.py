"""The guidelines of a scheme as HTML: its texts are Markdown without HTML, so that they can carry no script."""

from markdown_it import MarkdownIt

from annotations.schemes.scheme import Scheme

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table").disable("image")


def render_markdown(text: str) -> str:
    r"""HTML of a text in Markdown; HTML within it comes out as text, and links with a script are refused.

    >>> render_markdown("*Never* <b>this</b>")
    '<p><em>Never</em> &lt;b&gt;this&lt;/b&gt;</p>\n'
    """
    html: str = _MARKDOWN.render(text)
    return html


def write_label_colors(scheme: Scheme) -> str:
    """The colour of each label as a class of a stylesheet: `.label-Claim` sets `--label`.

    The loader of schemes lets through only names and colours that are safe in a stylesheet.
    """
    return "".join(f".label-{label.name} {{ --label: {label.color}; }}\n" for label in scheme.labels)
