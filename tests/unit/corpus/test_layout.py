"""The blocks of an article: right on real articles, and never in the way of the text."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.corpus.layout import BlockRole, lay_out
from annotations.models import BlockKind

SEEDS = Path(__file__).resolve().parents[3] / "seeds"


def kinds_of(text: str) -> list[str]:
    return [str(block.kind) for block in lay_out(text)]


def read_seed(number: int) -> str:
    (path,) = SEEDS.glob(f"{number:03d}_*.txt")
    return path.read_bytes().decode()


def quotes_of(text: str, kind: BlockRole) -> list[str]:
    return [text[block.start : block.end] for block in lay_out(text) if block.kind is kind]


def test_the_kinds_are_those_of_the_table() -> None:
    assert [kind.value for kind in BlockRole] == BlockKind.values


BIOGRAPHY = (
    "Sara pursued her passion for art at the prestigious School of Visual Arts. There, she honed her skills "
    "in various mediums, exploring the intersection of art and environmental consciousness."
)
EXPECTED = {
    0: {
        BlockRole.TITLE: [
            "Ukraine Signals NATO Exit in Peace Talks: Can Western Security Guarantees Replace Alliance Membership?"
        ],
        BlockRole.BYLINE: [],
        BlockRole.HEADING: [
            "Ukraine’s Strategic Shift on NATO",
            "Why Ukraine Is Rethinking NATO Membership",
            "What Zelenskyy Is Asking for Instead",
            "How Russia and the US Are Responding",
            "Limits of the Proposed Security Guarantees",
            "Major Obstacles Still Blocking a Peace Deal",
            "Europe’s Growing Role in Ukraine’s Future",
            "Conclusion",
        ],
        BlockRole.LIST_ITEM: 10,
        BlockRole.PARAGRAPH: 18,
        BlockRole.QUOTE: [],
        BlockRole.BIOGRAPHY: [],
        BlockRole.BOILERPLATE: ["Post a Comment", "Previous Post Next Post"],
    },
    1: {
        BlockRole.TITLE: ["Ukraine Ready to Drop NATO Membership Demand in Exchange for Security Guarantees"],
        BlockRole.PARAGRAPH: 10,
        BlockRole.BYLINE: [],
        BlockRole.HEADING: [],
        BlockRole.LIST_ITEM: 0,
        BlockRole.BOILERPLATE: [],
    },
    2: {
        BlockRole.TITLE: ["Zelenskyy’s Shift on NATO Membership: New Security Guarantees Explored"],
        BlockRole.BYLINE: [],
        BlockRole.HEADING: [
            "The New Proposal",
            "Zelenskyy’s Perspective",
            "Public Sentiment",
            "Potential Security Guarantees",
            "Challenges Ahead",
            "Conversations With Allies",
            "What’s at Stake?",
            "Conclusion",
            "Key Takeaways",
        ],
        BlockRole.LIST_ITEM: 4,
        BlockRole.PARAGRAPH: 9,
        BlockRole.BOILERPLATE: [],
    },
    3: {
        BlockRole.TITLE: ["Ukraine Drops NATO Bid For Security Guarantees"],
        BlockRole.BYLINE: ["Sara Wazowski"],
        BlockRole.HEADING: [
            "Why This Matters Now",
            "What Security Guarantees Could Mean",
            "Reactions From Allies and Opponents",
            "Background: A Long Road to a Hard Choice",
            "What Comes Next",
        ],
        BlockRole.LIST_ITEM: 4,
        BlockRole.QUOTE: 1,
        BlockRole.BIOGRAPHY: [
            BIOGRAPHY,
        ],
        BlockRole.BOILERPLATE: ["ukraine abandons nato membership pursuit"],
    },
    4: {
        BlockRole.TITLE: ["Ukraine Retreats from NATO Membership Goal as Berlin Peace Talks Kick Off"],
        BlockRole.BYLINE: [],
        BlockRole.HEADING: [
            "What Zelenskyy Said and Why It Matters",
            "Security Guarantees as a New Foundation",
            "Implications for NATO and European Security",
            "The Domestic Dimension in Ukraine",
            "The Road Ahead in Berlin",
            "Conclusion: A Turning Point or Tactical Pause?",
        ],
        BlockRole.PARAGRAPH: 7,
        BlockRole.BOILERPLATE: ["<p"],
    },
}


@pytest.mark.parametrize("number", EXPECTED)
def test_a_seed_article_is_laid_out_as_a_reader_sees_it(number: int) -> None:
    text = read_seed(number)
    for kind, expected in EXPECTED[number].items():
        found = quotes_of(text, kind)
        assert (len(found) if isinstance(expected, int) else found) == expected, kind


def test_the_words_after_a_broken_tag_are_a_paragraph_of_their_own() -> None:
    text = read_seed(4)
    tag = next(block for block in lay_out(text) if block.kind is BlockRole.BOILERPLATE)
    after = next(block for block in lay_out(text) if block.start == tag.end)
    assert after.kind is BlockRole.PARAGRAPH
    assert text[after.start :].startswith("Within Ukraine, reactions")


PARAGRAPH = "Kyiv has said again that it wants guarantees which bind, and Moscow has said that it does not."


@pytest.mark.parametrize(
    ("lines", "kinds"),
    [
        (["Kyiv agrees", PARAGRAPH], ["title", "paragraph"]),
        (
            ["Kyiv agrees", "By Sara Wazowski", "12 March 2025", PARAGRAPH],
            ["title", "byline", "byline", "paragraph"],
        ),
        (["Kyiv agrees", "Ludwig van Beethoven", PARAGRAPH], ["title", "byline", "paragraph"]),
        (["Kyiv agrees", "The New Proposal", PARAGRAPH], ["title", "heading", "paragraph"]),
        (["Kyiv agrees", "Moscow’s Answer", PARAGRAPH], ["title", "heading", "paragraph"]),
        ([PARAGRAPH], ["paragraph"]),
        ([PARAGRAPH, PARAGRAPH], ["paragraph", "paragraph"]),
        (["Kyiv agrees"], ["paragraph"]),
        (
            ["# Kyiv agrees", PARAGRAPH, "## What now", PARAGRAPH],
            ["title", "paragraph", "heading", "paragraph"],
        ),
        (
            ["Kyiv agrees", "It would:", "1. sign", "2) wait", "(c) pay"],
            ["title", "paragraph", *["list_item"] * 3],
        ),
        (["Kyiv agrees", PARAGRAPH, "A last word"], ["title", "paragraph", "paragraph"]),
        (["Kyiv agrees", PARAGRAPH, "But will it last?", PARAGRAPH], ["title", *["paragraph"] * 3]),
        (
            ["Kyiv agrees", PARAGRAPH, "Will It Last?", PARAGRAPH],
            ["title", "paragraph", "heading", "paragraph"],
        ),
        (["Kyiv agrees", "> They promised us.", PARAGRAPH], ["title", "quote", "paragraph"]),
        (["Kyiv agrees", "“We will sign when they sign.”", PARAGRAPH], ["title", "quote", "paragraph"]),
        (
            ["Kyiv agrees", "“Peace” is a word that " + PARAGRAPH, PARAGRAPH],
            ["title", "paragraph", "paragraph"],
        ),
        (
            ["Kyiv agrees", PARAGRAPH, "About the author", "He writes.", "All rights reserved."],
            ["title", "paragraph", "biography", "biography", "boilerplate"],
        ),
        (
            ["Kyiv agrees", PARAGRAPH, "Jane Q. Doe is a senior foreign correspondent in Kyiv."],
            ["title", "paragraph", "biography"],
        ),
        (
            ["Kyiv agrees", PARAGRAPH, "Terms of the deal", PARAGRAPH],
            ["title", "paragraph", "heading", "paragraph"],
        ),
        (["Kyiv agrees", f"<p>{PARAGRAPH}</p>"], ["title", "boilerplate", "paragraph", "boilerplate"]),
        (["Kyiv agrees", "<div class='x'>", PARAGRAPH], ["title", "boilerplate", "paragraph"]),
        (["Kyiv agrees", "If a<b and b>c, then so be it."], ["title", "paragraph"]),
        (["基辅同意", "基辅表示，它需要保证。"], ["title", "paragraph"]),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n\r\n", "\r", "\u2028"])
def test_blocks_are_recognised_whatever_ends_the_lines(lines: list[str], kinds: list[str], end: str) -> None:
    assert kinds_of(end.join(lines)) == kinds


@pytest.mark.parametrize(
    "line",
    [
        "Post a Comment", "Previous Post Next Post", "Leave a reply", "No comments yet", "Share", "Facebook | Twitter",
        "Read more: what Kyiv wants", "Related Articles", "Subscribe to our newsletter", "ADVERTISEMENT",
        "© 2025 The Gazette", "All rights reserved.", "Tags: Kyiv, Moscow", "Follow us on X", "Privacy Policy",
        "Keine Kommentare", "Kommentar schreiben", "Vorheriger Artikel | Nächster Artikel", "Teilen", "Weiterlesen",
        "Anzeige", "Alle Rechte vorbehalten.", "Schlagwörter: Kiew, Moskau", "Impressum",
        "Laisser un commentaire", "Lire aussi : ce que veut Kiev", "Publicité", "Tous droits réservés", "S’abonner",
        "Deja un comentario", "Lee también", "Publicidad", "Todos los derechos reservados.", "Compartir en X",
        "Lascia un commento", "Leggi anche", "Condividi su X", "Tutti i diritti riservati",
        "Deixe um comentário", "Leia também", "Conteúdo patrocinado", "Plaats een reactie", "Lees ook", "Advertentie",
        "Dodaj komentarz", "Czytaj także", "Wszelkie prawa zastrzeżone", "Залишити коментар", "Читайте також", "Реклама",
        "Усі права захищено", "Теги: Київ", "Оставить комментарий", "Читать далее", "Все права защищены",
    ],
)  # fmt: skip
def test_what_belongs_to_the_page_and_not_to_the_article_is_boilerplate(line: str) -> None:
    assert kinds_of(f"Kyiv agrees\n\n{PARAGRAPH}\n\n{line}")[-1] == "boilerplate"


@pytest.mark.parametrize(
    "line",
    [
        "Sharing power is what they refuse.", "Share prices fell again on Monday.", "Topics were many, answers few.",
        "Teilen wollen sie die Macht nicht.", "Anzeige erstattete niemand.", "Werbung machte er keine.",
        "Publicité mensongère, dit le juge.", "Partager le pouvoir ne leur plaît pas.", "Compartir el poder no quieren.",
        "Поділитися владою вони не готові.", "Войти в союз страна не может.", "Реклама двигун торгівлі, кажуть вони.",
    ],
)  # fmt: skip
def test_a_sentence_that_begins_as_boilerplate_does_is_none(line: str) -> None:
    assert "boilerplate" not in kinds_of(f"Kyiv agrees\n\n{PARAGRAPH}\n\n{line}\n\n{PARAGRAPH}")


@pytest.mark.parametrize(
    "line",
    [
        "Von Anna Meier", "Von Anna Meier und Jan Novak", "Par Anne Dupré", "Por Inés García, Madrid", "Автор: Олена Коваль",
        "Олена Коваль", "4. März 2026", "4 de marzo de 2026", "4 березня 2026", "04.03.2026, 12:10 Uhr", "Mis à jour le 4 mars",
        "Veröffentlicht am Mittwoch", "Опубліковано 4 березня",
    ],
)  # fmt: skip
def test_a_name_or_a_day_below_the_title_is_a_byline_in_many_languages(line: str) -> None:
    assert kinds_of(f"Kyiv agrees\n\n{line}\n\n{PARAGRAPH}")[:2] == ["title", "byline"]


def test_a_last_paragraph_that_begins_with_the_word_for_by_is_not_about_the_author() -> None:
    parts = ["Kyiv agrees", "Von Anna Meier", PARAGRAPH, "Von Anfang an hat das niemand geglaubt."]
    assert kinds_of("\n\n".join(parts)) == ["title", "byline", "paragraph", "paragraph"]
    assert kinds_of("\n\n".join([*parts[:3], "Anna schreibt aus Kiew."]))[-1] == "biography"


@pytest.mark.parametrize(
    "line", ["Von Berlin nach Warschau in sechs Stunden", "Por fin llega el acuerdo", "Par ici la sortie"]
)
def test_a_line_below_the_title_that_only_begins_like_a_byline_is_none(line: str) -> None:
    assert "byline" not in kinds_of(f"Kyiv agrees\n\n{line}\n\n{PARAGRAPH}")


def test_lines_that_break_in_mid_sentence_are_one_paragraph() -> None:
    text = (
        "Kyiv agrees\n\n"
        "The government in Kyiv has said once again that it wants guarantees that\n"
        "bind those who give them, and that a promise alone would be worth little\n"
        "to a country at war.\n\n"
        "Moscow on the other hand has said that it will not accept foreign troops\n"
        "in the country, whatever the name under which they come, and has told so\n"
        "- the West\n"
        "- the rest\n"
    )
    assert kinds_of(text) == ["title", "paragraph", "paragraph", "list_item", "list_item"]


@given(
    st.text(
        st.characters(exclude_categories=["Cs"]) | st.sampled_from('\n\r\t \u00a0<>/p“”"#-*1.:?aA’'),
        max_size=300,
    )
)
def test_blocks_lie_in_order_and_leave_out_nothing_but_white_space(text: str) -> None:
    blocks = lay_out(text)
    assert all(0 <= block.start < block.end <= len(text) for block in blocks)
    assert all(before.end <= after.start for before, after in pairwise(blocks))
    covered = {offset for block in blocks for offset in range(block.start, block.end)}
    left_out = {character for offset, character in enumerate(text) if offset not in covered}
    assert all(character.isspace() or character in "\ufeff\u200b" for character in left_out)
    for block in blocks:
        assert not text[block.start].isspace()
        assert not text[block.end - 1].isspace()


@pytest.mark.parametrize(
    "text", ["<a " * 50_000, " " * 200_000 + "<", "“" * 100_000, "A" * 200_000, "a\n" * 20_000]
)
@pytest.mark.timeout(20)
def test_hostile_texts_are_laid_out_in_linear_time(text: str) -> None:
    assert lay_out(f"Kyiv agrees\n{text}\nend")
