import pytest

from annotations.schemes.definition import SHIPPED, load_shipped
from annotations.web.filters import mark
from annotations.web.schemes.guidelines import render_markdown


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[here](javascript:alert(1))",
        "[here](data:text/html,<script>alert(1)</script>)",
        "![x](javascript:alert(1))",
        "`<b>`",
        "<a href='javascript:alert(1)'>x</a>",
        '[x](https://e.org "><script>alert(1)</script>")',
    ],
)
def test_a_text_in_markdown_carries_no_script(text: str) -> None:
    html = render_markdown(text)
    assert "<script" not in html
    assert "<img" not in html
    assert "<b>" not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html
    assert "<a href='" not in html


@pytest.mark.parametrize("identifier", SHIPPED)
def test_the_pieces_of_an_example_are_the_example(identifier: str) -> None:
    scheme = load_shipped(identifier)
    rules = [rule for label in scheme.labels for rule in label.rules]
    assert rules
    for rule in rules:
        for example in (rule.fits, rule.misfits):
            pieces = mark(example.quote, example.marked)
            assert "".join(piece for piece, _ in pieces) == example.quote
