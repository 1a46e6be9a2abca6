"""Web pages: what is their article, how it is laid out, and where in the page each letter of it stands."""

import html
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.formats.documents import Document
from annotations.formats.errors import Refusal, RefusedError
from annotations.formats.pages.feeds import FEED
from annotations.formats.pages.html import HTML, decode_page, read_page
from annotations.formats.pages.html_blocks import read_blocks
from annotations.formats.pages.html_source import Tag, read_parts
from annotations.formats.pages.warc import WARC
from annotations.formats.places.source_maps import Run, SourceMap
from annotations.formats.ports import NOTHING_SAID, Format
from tests.unit.formats.foreign_files import make_answer, make_atom, make_page, make_warc

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Talks begin in Berlin | Daily</title>
<meta name="author" content="Ann Smith"><meta property="article:published_time" content="2026-03-04T10:00:00Z">
<link rel="canonical" href="https://example.org/talks"></head>
<body><header><nav><ul><li><a href="/">Home</a></li><li><a href="/world">World</a></li></ul></nav></header>
<article><h1>Talks begin in Berlin</h1><p class="byline">By Ann Smith</p>
<p>Kyiv &amp; its partners met in Berlin on Sunday, &ldquo;ready to talk&rdquo;, as one <b>official</b>
   put it to reporters who had waited for hours in the cold of the morning.</p>
<figure><img src="x.jpg"><figcaption>Delegates arrive. Photo: Agency</figcaption></figure>
<h2>What comes next</h2><p>The talks will go on for several days, officials said, and no result is expected before the
end of the week at the earliest.</p>
<blockquote><p>We will not sign anything that we cannot explain at home, the minister said on the steps.</p></blockquote>
<ul><li>First, a ceasefire that is watched by others.</li><li>Second, guarantees that are written down.</li></ul>
<div class="share"><a href="#">Share</a> <a href="#">Tweet</a></div><script>if (a < b) { alert("Kyiv") }</script>
</article><footer><p>Copyright 2026 Daily. All rights reserved.</p></footer></body></html>
"""


def read_one(chosen: Format, raw: bytes) -> Document | Refusal:
    (only,) = chosen.text_reader(io.BytesIO(raw), "file", NOTHING_SAID)
    return only


def read_document(chosen: Format, raw: bytes) -> Document:
    read = read_one(chosen, raw)
    assert isinstance(read, Document), read
    return read


def list_blocks(document: Document) -> list[tuple[str, str]]:
    text = document.text or ""
    return [(block.kind, text[block.start : block.end]) for block in document.blocks]


def check_map(document: Document) -> None:
    """Every letter that has a place in the source is spelled there, and only what joins blocks has none."""
    source = document.original.decode(document.encoding)
    text = document.text or ""
    assert document.source_map
    covered = 0
    for run in document.source_map.runs:
        said, there = text[run.start : run.end], source[run.source_start : run.source_end]
        if run.is_letter_by_letter:
            assert [one if not one.isspace() else " " for one in there] == list(said.replace("\n", " "))
        else:
            assert html.unescape(there) == said
        assert not text[covered : run.start].strip()
        covered = run.end
    assert not text[covered:].strip()


# the page


def test_a_page_gives_its_article_in_blocks_and_nothing_around_it() -> None:
    document = read_document(HTML, PAGE.encode())
    assert list_blocks(document) == [
        ("title", "Talks begin in Berlin"),
        ("byline", "By Ann Smith"),
        (
            "paragraph",
            (
                "Kyiv & its partners met in Berlin on Sunday, “ready to talk”, as one official put it to reporters who had waited "
                "for hours in the cold of the morning."
            ),
        ),
        ("caption", "Delegates arrive. Photo: Agency"),
        ("heading", "What comes next"),
        (
            "paragraph",
            (
                "The talks will go on for several days, officials said, and no result is expected before the end of the week at "
                "the earliest."
            ),
        ),
        (
            "quote",
            "We will not sign anything that we cannot explain at home, the minister said on the steps.",
        ),
        ("list_item", "First, a ceasefire that is watched by others."),
        ("list_item", "Second, guarantees that are written down."),
    ]
    assert document.title == "Talks begin in Berlin"


def test_a_page_gives_what_it_says_about_itself() -> None:
    about = read_document(HTML, PAGE.encode()).metadata
    assert about["author"] == "Ann Smith"
    assert about["date"] == "2026-03-04"
    assert about["url"] == "https://example.org/talks"
    assert about["language"] == "en"


def test_the_original_of_a_page_is_the_page_and_the_map_leads_to_each_letter_in_it() -> None:
    document = read_document(HTML, PAGE.encode())
    assert document.original == PAGE.encode()
    check_map(document)
    place = (document.text or "").index("“ready")
    assert document.source_map
    [(start, end)] = document.source_map.find(place, place + len("“ready to talk”"))
    assert PAGE[start:end] == "&ldquo;ready to talk&rdquo;"


def test_words_in_marked_up_letters_lead_to_stretches_without_the_tags() -> None:
    document = read_document(HTML, PAGE.encode())
    place = (document.text or "").index("one official")
    assert document.source_map
    stretches = document.source_map.find(place, place + len("one official"))
    assert [PAGE[start:end] for start, end in stretches] == ["one ", "official"]


@pytest.mark.parametrize(
    ("declared", "codec"),
    [("windows-1251", "cp1251"), ("iso-8859-1", "cp1252"), ("utf-8", "utf-8"), ("shift_jis", "shift_jis")],
)
def test_a_page_is_read_in_the_encoding_that_it_declares_as_browsers_read_it(
    declared: str, codec: str
) -> None:
    words = {"cp1251": "Украина готова", "cp1252": "“Préfet” décidé", "shift_jis": "加盟の要求"}.get(
        codec, "Łódź"
    )
    raw = f'<meta charset="{declared}"><article><p>{words}</p></article>'.encode(codec)
    document = read_document(HTML, raw)
    assert (document.text, document.encoding) == (words, codec)
    check_map(document)


def test_a_page_that_declares_a_wrong_encoding_is_read_as_what_it_is() -> None:
    for declared in ("ascii", "windows-1252"):
        source, found = decode_page(f'<meta charset="{declared}"><p>Łódź, „tak”</p>'.encode())
        assert (source[-15:], found.name) == ("Łódź, „tak”</p>", "utf-8")
    assert decode_page('<meta charset="klingon"><p>Łódź'.encode())[1].name == "utf-8"


@pytest.mark.parametrize(
    "raw", [b"", b"   ", b"<html></html>", b"<nav>Home</nav>", b"<script>var text = 1</script>"]
)
def test_a_page_without_an_article_is_refused(raw: bytes) -> None:
    read = read_one(HTML, raw)
    assert isinstance(read, Refusal)
    assert "empty" in read.message or "no article was found" in read.message


def test_a_page_that_is_too_large_is_refused() -> None:
    with pytest.raises(RefusedError, match="more than 16,777,216 bytes"):
        read_page(b" " * (16 * 1024 * 1024 + 1), "file")


# the source


def test_scripts_comments_and_hidden_parts_are_no_text() -> None:
    source = (
        "<p>One<!-- <p>no --> two<script>'<p>no'</script><style>p{}</style><span hidden>no</span> three</p>"
    )
    blocks = list(read_blocks(source))
    assert [block.text for block in blocks if not block.is_hidden] == ["One two three"]


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ("1 < 2 & 3 > 2", ["1 < 2 & 3 > 2"]),
        ("a&nbsp;b &notit; &#x41;&#66 &bogus;", ["a\u00a0b ¬it; AB &bogus;"]),
        ("<p>one<p>two<br>three", ["one", "two", "three"]),
        ("<table><tr><td>a<td>b<tr><td>c</table>", ["a", "b", "c"]),
        ('<a title="a > b">link</a> and <b', ["link and"]),
        ("<![CDATA[x]]>one<?php 1?> two</ p> three", ["one two three"]),
        ("<title>T &amp; <b></title>x", ["T & <b>", "x"]),
    ],
)
def test_sloppy_sources_are_read_as_browsers_read_them(source: str, texts: list[str]) -> None:
    assert [block.text for block in read_blocks(source)] == texts


@given(st.text(st.sampled_from("<>/!-&;#x\"'= \nab\u00e9pdivhscriptletb0"), max_size=200))
@settings(max_examples=300)
def test_every_part_of_a_source_has_its_place_whatever_the_source_is(source: str) -> None:
    place = 0
    for part in read_parts(source):
        assert place <= part.start < part.end <= len(source)
        place = part.end
        if not isinstance(part, Tag):
            spelled = source[part.start : part.end]
            assert part.text in {spelled, html.unescape(spelled)}
    for block in read_blocks(source):
        assert block.text.strip()


@pytest.mark.parametrize(
    "part", ['<a "', "<a '\">", "<!--", "<div>", "</p><p>", "&amp", "<script>", "<a b=c ", "<table><td>", "<"]
)
def test_a_source_that_was_made_to_do_harm_takes_no_longer_than_others(part: str) -> None:
    sum(1 for _ in read_blocks(part * 50_000))


def test_a_map_gives_the_places_of_a_stretch_and_joins_those_that_touch() -> None:
    source_map = SourceMap((Run(0, 4, 10, 14), Run(4, 5, 14, 19), Run(7, 9, 30, 32)))
    assert source_map.find(2, 5) == [(12, 19)]
    assert source_map.find(4, 8) == [(14, 19), (30, 31)]
    assert source_map.find(5, 7) == []
    assert SourceMap.from_json(source_map.to_json()) == source_map
    with pytest.raises(RefusedError, match="four whole numbers"):
        SourceMap.from_json([[1, 2, 3]])


# feeds and archives of pages


def test_entries_of_a_feed_have_blocks_metadata_and_a_map_to_their_html() -> None:
    entry = (
        "<id>urn:1</id><title>Talks &amp; more</title><link href='https://example.org/1'/>"
        "<published>2026-03-04T10:00:00Z</published><author><name>Ann</name></author><category term='peace'/>"
        "<summary>short</summary>"
        "<content type='html'>&lt;h2&gt;Next&lt;/h2&gt;&lt;p&gt;Kyiv &amp;amp; others agreed.&lt;/p&gt;</content>"
    )
    document = read_document(FEED, make_atom([entry]))
    assert list_blocks(document) == [("heading", "Next"), ("paragraph", "Kyiv & others agreed.")]
    assert (document.id, document.title) == ("urn:1", "Talks & more")
    assert document.metadata == {
        "source": "Daily",
        "licence": "CC BY",
        "language": "en",
        "author": "Ann",
        "date": "2026-03-04T10:00:00Z",
        "url": "https://example.org/1",
        "tags": ["peace"],
    }
    check_map(document)


def test_rss_is_read_too() -> None:
    raw = (
        b'<?xml version="1.0"?><rss version="2.0"><channel><title>Daily</title><item><title>One</title>'
        b"<description>&lt;p&gt;It rained.&lt;/p&gt;</description><guid>7</guid></item></channel></rss>"
    )
    document = read_document(FEED, raw)
    assert (document.text, document.title, document.id) == ("It rained.", "One", "7")


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "no feed"),
        (b"<html><p>a</p></html>", "no feed"),
        (make_atom([]), "no feed with entries"),
        (make_atom(["<title>only</title>"]), "holds no text"),
        (b'<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss>&b;</rss>', "entities of its own"),
    ],
)
def test_what_is_no_feed_or_a_bomb_is_refused(raw: bytes, words: str) -> None:
    read = read_one(FEED, raw)
    assert isinstance(read, Refusal)
    assert words in read.message


@pytest.mark.parametrize("packed", [False, True])
def test_pages_of_a_crawl_are_articles_with_their_address(*, packed: bool) -> None:
    raw = make_warc(
        [("https://example.org/1", PAGE.encode()), ("https://example.org/2", b"<p>")], packed=packed
    )
    document, refused = WARC.text_reader(io.BytesIO(raw), "file", NOTHING_SAID)
    assert isinstance(document, Document)
    assert document.place == "file:1"
    assert document.metadata["url"] == "https://example.org/1"
    assert document.metadata["retrieved"] == "2026-03-04T10:00:00Z"
    assert document.original == PAGE.encode()
    check_map(document)
    assert isinstance(refused, Refusal)
    assert refused.place == "file:2"


def test_answers_of_a_crawl_that_are_no_pages_are_passed_over() -> None:
    raw = (
        make_answer("https://example.org/gone", make_page("Gone."), status="404 Not Found")
        + make_answer("https://example.org/x.png", b"\x89PNG", kind="image/png")
        + make_answer("https://example.org/3", make_page("It rained."))
    )
    assert read_document(WARC, raw).place == "file:3"
    none = read_one(WARC, make_answer("https://example.org/x.png", b"\x89PNG", kind="image/png"))
    assert isinstance(none, Refusal)
    assert "no web page" in none.message
