"""Records of which each has one thing that some format cannot hold, and what each format says that it loses of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from annotations.formats.record import AnnotationReference, Record
from annotations.markup import Markup, Relation
from annotations.spans import Span
from tests.unit.formats.samples import SCHEME, article, plain_record

CONLL, CONLL2003 = ("conll",), ("conll2003-bio", "conll2003-bilou")
TOKENS = CONLL + CONLL2003
NO_ATTRIBUTES = (*TOKENS, "doccano", "prodigy")
NO_FIELDS = (*NO_ATTRIBUTES, "brat", "label_studio", "webanno-tsv")


@dataclass(frozen=True)
class Limit:
    """Records with one kind of thing, and by format what is lost of them; a format that is not named loses nothing."""

    title: str
    records: tuple[Record, ...]
    losses: Mapping[str, tuple[str, ...]]


def make(
    text: str,
    *spans: tuple[int, int, str] | Span,
    relations: tuple[Relation, ...] = (),
    fields: tuple[tuple[str, str], ...] = (),
    blocks: tuple[tuple[str, str], ...] = (),
    number: int = 1,
) -> Record:
    """A record of gold; the keys of spans that are given as places count from 1."""
    marked = tuple(
        one if isinstance(one, Span) else Span(*one, (), str(place))
        for place, one in enumerate(spans, start=1)
    )
    return replace(
        plain_record(),
        article=article(number, f"Article {number}", text, *blocks),
        markup=Markup(marked, relations, fields),
    )


def by(annotator: str, record: Record) -> Record:
    """What was gold as the annotation of somebody."""
    return replace(record, status="submitted", annotations=(AnnotationReference(annotator, 1, "a" * 64),))


def all_say(said: str, *names: str) -> dict[str, tuple[str, ...]]:
    return dict.fromkeys(names, (said,))


def add_up(*parts: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """What each format says, the commonest loss first."""
    found: dict[str, tuple[str, ...]] = {}
    for part in parts:
        for name, said in part.items():
            found[name] = found.get(name, ()) + said
    return found


TEXT = "Kyiv agreed. Moscow did not."
KYIV, AGREED, MOSCOW = (0, 4, "Source"), (5, 11, "Claim"), (13, 19, "Source")
AGAIN, ONCE_MORE = f"{TEXT} Again.", f"{TEXT} Once more."
"""Other texts, since some readers take what stands beside one text for one document."""
FROM_RIGHT = "\N{RIGHT-TO-LEFT OVERRIDE}שלום\N{POP DIRECTIONAL FORMATTING}"
NAMED = replace(SCHEME, labels=("Claim", "Stance", "Source", "Θέση"))
ANNOTATORS = (
    by("A", make(TEXT, KYIV)),
    by("B", make(TEXT, KYIV, AGREED)),
    by("C", make(TEXT)),
)

LIMITS = (
    Limit("nothing at all", (make(TEXT), make("", number=2)), {}),
    Limit("spans that touch in no token", (make(TEXT, KYIV, AGREED, MOSCOW),), {}),
    Limit(
        "relations, one of which leads back",
        (
            make(
                TEXT,
                KYIV,
                AGREED,
                relations=(Relation("1", "2", "says"), Relation("2", "1", "says")),
            ),
        ),
        all_say("2 relations dropped", *TOKENS),
    ),
    Limit(
        "attributes of spans",
        (
            make(
                TEXT,
                Span(*KYIV, (("kind", "named"), ("type", "state")), "1"),
                Span(*MOSCOW, (("kind", "named"),), "2"),
            ),
        ),
        all_say("3 attributes of spans dropped", *NO_ATTRIBUTES),
    ),
    Limit(
        "fields of the document",
        (make(TEXT, fields=(("genre", "news"), ("tone", "calm"))),),
        all_say(
            "2 document fields dropped",
            *NO_FIELDS,
        ),
    ),
    Limit(
        "a span within another of another label, and two that cross",
        (
            make(TEXT, (0, 11, "Claim"), KYIV),
            make(AGAIN, (0, 11, "Claim"), (5, 19, "Source"), number=2),
        ),
        all_say("2 spans that share a token with another dropped", *CONLL2003),
    ),
    Limit(
        "a span within another of its label, two that cross, and two at one place",
        (
            make(TEXT, (0, 11, "Claim"), AGREED),
            make(AGAIN, (0, 11, "Claim"), (5, 19, "Claim"), number=2),
            make(ONCE_MORE, AGREED, AGREED, number=3),
        ),
        add_up(
            all_say("3 spans that meet another of their label dropped", *CONLL),
            all_say("3 spans that share a token with another dropped", *CONLL2003),
        ),
    ),
    Limit(
        "a span across blocks",
        (make(f"Talks\n\n{TEXT}", (0, 11, "Claim"), blocks=(("title", "Talks"), ("paragraph", TEXT))),),
        all_say("1 span across blocks split at the blocks' borders", *TOKENS),
    ),
    Limit(
        "ends inside of tokens",
        (make(TEXT, (1, 4, "Source"), (5, 9, "Claim")),),
        all_say("2 spans with an end that is no border of a token fitted to whole tokens", *TOKENS, "docbin"),
    ),
    Limit(
        "an end in the white space beside a token",
        (make(TEXT, (4, 11, "Claim")),),
        all_say(
            "1 span with an end that is no border of a token fitted to whole tokens",
            *(*TOKENS, "docbin", "webanno-tsv"),
        ),
    ),
    Limit(
        "a span without a token, and another that is linked with it",
        (make(TEXT, KYIV, (4, 5, "Claim"), relations=(Relation("1", "2", "says"),)),),
        add_up(
            all_say("1 relation dropped", *TOKENS),
            all_say("1 relation of a span without a token dropped", "docbin", "webanno-tsv"),
            all_say("1 span without a token dropped", *TOKENS, "docbin", "webanno-tsv"),
        ),
    ),
    Limit(
        "a label that the scheme does not have",
        (make(TEXT, KYIV, (5, 11, "Rumour")),),
        all_say("1 span of a label that is not in the scheme dropped", *CONLL),
    ),
    Limit(
        "several annotators of one article, the last of whom found nothing",
        ANNOTATORS,
        add_up(
            all_say("3 names of annotators dropped", *CONLL2003),
            all_say("3 names of annotators put into the metadata of a copy of the text", "doccano"),
        ),
    ),
    Limit(
        "a label, a relation, an attribute and a field in another script",
        (
            replace(
                make(
                    TEXT,
                    Span(0, 4, "Θέση", (("вид", "state"),), "1"),
                    AGREED,
                    relations=(Relation("1", "2", "与"),),
                    fields=(("жанр", "news"),),
                ),
                scheme=NAMED,
            ),
        ),
        add_up(
            all_say("1 attribute of a span dropped", *NO_ATTRIBUTES),
            all_say(
                "1 document field dropped",
                *(name for name in NO_FIELDS if name != "brat"),
            ),
            all_say("1 relation dropped", *TOKENS),
            {
                "brat": (
                    "3 names with characters that they cannot have rewritten",
                    "1 document field dropped",
                ),
                "webanno-tsv": ("1 name with characters that it cannot have rewritten",),
            },
            all_say("2 names with characters that they cannot have rewritten", "uima-cas", "uima-cas-json"),
        ),
    ),
    Limit(
        "attributes and fields that a format has another use for, or would give one name",
        (
            make(
                TEXT,
                Span(*KYIV, (("label", "x"), ("value", "y"), ("ª", "1"), ("µ", "2")), "1"),
                fields=(("type", "a"), ("²", "1"), ("³", "2")),
            ),
        ),
        add_up(
            all_say("4 attributes of spans dropped", *NO_ATTRIBUTES),
            all_say(
                "3 document fields dropped",
                *NO_FIELDS,
            ),
            {
                "brat": ("2 names with characters that they cannot have rewritten",),
                "webanno-tsv": ("3 names with characters that they cannot have rewritten",),
            },
            all_say("5 names with characters that they cannot have rewritten", "uima-cas", "uima-cas-json"),
        ),
    ),
    Limit(
        "values that are no names",
        (make(TEXT, Span(*KYIV, (("note", "a b"), ("type", "anger,fear")), "1")),),
        add_up(
            all_say("2 attributes of spans dropped", *NO_ATTRIBUTES),
            all_say("2 values of attributes that are no names put into notes", "brat"),
        ),
    ),
    Limit(
        "characters that no XML has, in the text and in answers",
        (
            make(
                "Kyiv\x01 \x02agreed.",
                Span(0, 4, "Source", (("note", "a\x03"),), "1"),
                fields=(("note", "\x04\x05"),),
            ),
        ),
        add_up(
            all_say("1 attribute of a span dropped", *NO_ATTRIBUTES),
            all_say(
                "1 document field dropped",
                *NO_FIELDS,
            ),
            all_say("1 value of an attribute that is no name put into notes", "brat"),
            all_say(
                "5 characters that XML cannot hold replaced by \N{REPLACEMENT CHARACTER}", "tei", "uima-cas"
            ),
        ),
    ),
    Limit(
        "line breaks before the first word",
        (make(f"\n\n{TEXT}", (2, 6, "Source")),),
        all_say("2 line breaks before the first word written as a blank", "webanno-tsv"),
    ),
    Limit(
        "words that a spreadsheet would calculate",
        (
            make(
                "=SUM(A1) said Kyiv.",
                Span(0, 8, "Claim", (("note", "-1"),), "1"),
                fields=(("note", "@me"),),
            ),
        ),
        add_up(
            all_say("4 cells that a spreadsheet would calculate put behind an apostrophe", "tables"),
            all_say("1 attribute of a span dropped", *NO_ATTRIBUTES),
            all_say(
                "1 document field dropped",
                *NO_FIELDS,
            ),
        ),
    ),
    Limit(
        "one passage that stands twice, once within the other, and words of every direction",
        (make(f"aXaXa {FROM_RIGHT} 👩‍👩‍👧 a", (0, 5, "Claim"), (6, 6 + len(FROM_RIGHT), "Source")),),
        {},
    ),
)
