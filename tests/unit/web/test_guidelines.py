"""Guidelines and examples as pages show them."""

from html import unescape

import pytest
from django.template.loader import render_to_string
from django.utils.html import strip_tags

from annotations.schemes.definition import SHIPPED, load_shipped
from annotations.schemes.scheme import Example
from annotations.web.schemes.examples import draw_example
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
def test_an_example_is_drawn_whole_with_each_of_its_marked_words(identifier: str) -> None:
    scheme = load_shipped(identifier)
    rules = [rule for label in scheme.labels for rule in label.rules]
    assert rules
    for rule in rules:
        for example in (*rule.fits, *rule.misfits):
            drawn = draw_example(example, "Claim").html
            assert unescape(strip_tags(drawn)) == example.quote
            assert drawn.count('data-tag="Claim"') == len(example.marked)


def test_a_label_at_a_glance_has_its_colour_its_words_and_an_example() -> None:
    for label in load_shipped("argument-v1").labels:
        shown = render_to_string("annotations/schemes/_label.html", {"label": label, "asks": True})
        assert f'fill="{label.color}"' in shown
        assert unescape(strip_tags(shown)).count(label.rules[0].fits[0].quote) == 1
        assert ("Asks for: " in shown) == bool(label.attributes)


def test_overlapping_words_of_an_example_are_all_marked_and_others_mark_nothing() -> None:
    html = draw_example(Example("one two three", ("two three", "one two", "four"), ""), "Claim").html
    assert unescape(strip_tags(html)) == "one two three"
    assert html.count('data-tag="Claim"') == 2
