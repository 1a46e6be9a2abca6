"""Records with everything that a format may stumble over."""

import hashlib

from annotations.formats.documents import Block
from annotations.formats.record import (
    AnnotationReference,
    LedgerReference,
    Provenance,
    Record,
    SchemeReference,
    SourceArticle,
)
from annotations.markup import Markup, Origin, Relation
from annotations.spans import Span

SCHEME = SchemeReference("argument", "1", "5" * 64, ("Claim", "Stance", "Source"))

NEWS = (
    "Kyiv 🤝 talks\r\n"
    "\r\n"
    "“Kyiv\u2019s naïve allies must pay,” said the E.U. envoy.\r\n"
    "Moscow disagrees\u2028firmly.\r\n"
    "\r\n"
    "Post a Comment"
)


def place(text: str, quote: str) -> tuple[int, int]:
    start = text.index(quote)
    return start, start + len(quote)


def span(text: str, quote: str, label: str, key: str, **attributes: str) -> Span:
    return Span(*place(text, quote), label, tuple(sorted(attributes.items())), key)


def article(number: int, title: str, text: str, *blocks: tuple[str, str]) -> SourceArticle:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return SourceArticle(
        id=number,
        title=title,
        text=text,
        sha256=digest,
        text_sha256=digest,
        external_id=f"news-{number}",
        source=f"news.jsonl:{number}",
        source_format="jsonl",
        metadata={"published": "2025-12-15", "tags": ["peace", "NATO"], "score": 0.5},
        blocks=tuple(Block(*place(text, quote), kind) for kind, quote in blocks),
    )


def news_record() -> Record:
    """Nesting across labels and within one, a span across blocks, one inside a token and one without a token."""
    held_by = Relation("c1", "s1", "held_by")
    return Record(
        article=article(
            1,
            "Kyiv 🤝 talks",
            NEWS,
            ("title", "Kyiv 🤝 talks"),
            ("paragraph", NEWS[NEWS.index("“") : NEWS.index("Post") - 4]),
            ("boilerplate", "Post a Comment"),
        ),
        scheme=SCHEME,
        markup=Markup(
            spans=(
                span(NEWS, "Kyiv\u2019s naïve allies must pay", "Claim", "c1", type="policy", holder="named"),
                span(NEWS, "naïve allies", "Claim", "c2"),
                span(NEWS, "the E.U. envoy", "Source", "s1", kind="person"),
                span(NEWS, "aïve", "Stance", "t1"),
                span(NEWS, "firmly.\r\n\r\nPost", "Stance", "t2"),
                span(NEWS, "\u2028", "Source", "s2"),
            ),
            relations=(held_by,),
            fields=(("genre", "news"), ("note", "a\nline")),
        ),
        status="adjudicated",
        round=2,
        annotations=(
            AnnotationReference("B", 1, "b" * 64),
            AnnotationReference("A", 3, "a" * 64),
        ),
        ledger=LedgerReference(2, "c" * 64),
        span_provenance={
            "c1": Provenance(Origin.AGREED, votes=("A", "B")),
            "t1": Provenance(Origin.ADJUDICATED, decisions=(1, 2), votes=("A",)),
        },
        relation_provenance={held_by: Provenance(Origin.ADJUDICATED, decisions=(2,))},
    )


def plain_record() -> Record:
    """Nothing that any format could lose."""
    text = "Talks resume\n\nMoscow says yes."
    return Record(
        article=article(
            2, "Talks resume", text, ("title", "Talks resume"), ("paragraph", "Moscow says yes.")
        ),
        scheme=SCHEME,
        markup=Markup(spans=(span(text, "Moscow", "Source", "s1"), span(text, "says yes", "Claim", "c1"))),
        status="agreed",
        round=1,
        annotations=(AnnotationReference("A", 1, "a" * 64),),
        ledger=LedgerReference(0, "d" * 64),
    )


def empty_record() -> Record:
    """An article in which nobody found anything, and without blocks."""
    return Record(
        article=article(3, "Nothing\nhere", "नमस्ते\tworld"),
        scheme=SCHEME,
        markup=Markup(),
        status="single",
        round=1,
        annotations=(AnnotationReference("C", 1, "e" * 64),),
        ledger=LedgerReference(0, "d" * 64),
    )


def sample_records() -> list[Record]:
    return [news_record(), plain_record(), empty_record()]
