"""Spans in the real editor: ends snap to words, labels change in place, and one list says all that is missing."""

import pytest
from playwright.sync_api import Locator, Page, expect

from annotations.schemes.definition import read_definition
from tests.browser.conftest import People
from tests.browser.studio_editor import StudioEditor, open_queue
from tests.installation import Installation

ENGLISH = (
    "By A Reporter\n\nFriedrich said Kyiv would forgo its long-running NATO bid. “Kyiv’s allies don’t agree,” he added.\n\n"
    "What comes next\n\nTalks go on 😀 in Zürich. Київ погодився on 3.5 points.\n\nPost a Comment\n"
)
HEBREW = "אוקראינה מוותרת על הצטרפות לנאט״ו\n\nנשיא אוקראינה הודיע כי קייב תוותר על הצטרפותה לנאט״ו (2025).\n\nNATO said no.\n"
CHINESE = "乌克兰放弃加入北约\n\n乌克兰总统泽连斯基表示，基辅愿意放弃加入NATO，以换取安全保障。\n"
ROWS = {
    "english": {"title": "Merz and the envoys", "text": ENGLISH, "url": "https://example.org/merz"},
    "list": {"title": "By A Reporter", "text": ENGLISH},
    "hebrew": {"title": "אוקראינה מוותרת על הצטרפות לנאט״ו", "text": HEBREW},
    "chinese": {"title": "乌克兰放弃加入北约", "text": CHINESE},
}
SET_UP = f"""
from annotations.assignment.services import plan_round
from annotations.corpus.services import import_articles
from annotations.models import Role
from annotations.projects.members import invite_member
from annotations.projects.signing_in import issue_sign_in_link
from annotations.projects.starting import create_project, store_scheme
import json, pathlib, tempfile
folder, links = pathlib.Path(tempfile.mkdtemp()), {{}}
scheme = store_scheme({read_definition("argument-v1")!r}, by=None)
for name, row in {ROWS!r}.items():
    project = create_project(name=f"Spans {{name}}", scheme=scheme, by=None)
    (folder / f"{{name}}.jsonl").write_text(json.dumps(row))
    import_articles(project, [folder / f"{{name}}.jsonl"], by=None)
    email = f"spans-{{name}}@example.org"
    person = invite_member(project, email=email, name=name, roles=[Role.ANNOTATOR], by=None).user
    plan_round(project, annotators=[person], overlap=1, by=None)
    links[email] = issue_sign_in_link(person, by=None)
print(json.dumps(links))
"""
LOOK = """
from annotations.models import Annotation
import json
found = Annotation.objects.filter(assignment__annotator__email="spans-list@example.org")
print(json.dumps([annotation.to_markup().to_json() for annotation in found]))
"""


@pytest.fixture(scope="module")
def projects(installation: Installation, people: People) -> None:
    for email, token in installation.ask(SET_UP).items():
        people.add_link(email, f"/sign-in/{token}/")


@pytest.fixture
def editor(people: People, projects: None) -> StudioEditor:
    """The English article, without any span."""
    editor = open_queue(people.page_of("spans-english@example.org"))
    for _ in range(editor.drawn.count()):
        editor.delete_last()
    return editor


def labels_of(page: Page) -> dict[str, str]:
    """The label of each span on the screen, by its words."""
    return {span["words"]: span["label"] for span in page.evaluate("WorkbenchEditor.spans()")}


def answers_of(page: Page, words: str) -> set[str]:
    result = page.evaluate("WorkbenchEditor.result()")
    return {
        answer
        for entry in result
        if entry["value"].get("text") == words
        for answer in entry["value"].get("choices", ())
    }


def test_the_adapter_knows_this_editor(editor: StudioEditor) -> None:
    """All that our scripts ask of Label Studio is there; on another editor the page does without them."""
    page = editor.page
    assert page.evaluate("WorkbenchEditor.isKnown()")
    editor.mark("1", "agree", "q")
    [span] = page.evaluate("WorkbenchEditor.spans()")
    assert (span["label"], span["words"]) == ("Claim", "agree")
    assert page.evaluate("WorkbenchEditor.selected().key") == span["key"]
    page.evaluate("WorkbenchEditor.release()")
    assert page.evaluate("WorkbenchEditor.selected()") is None
    assert page.evaluate("key => WorkbenchEditor.select(key)", span["key"])
    assert page.evaluate("key => WorkbenchEditor.drawnAs(key).textContent", span["key"]) == "agree"
    assert page.evaluate("WorkbenchEditor.linksPlace().height") > 160
    page.close()


def test_an_article_is_annotated_without_the_mouse(editor: StudioEditor) -> None:
    """Words by arrows and by typing, the latest label again, all other occurrences, a label by its name, and a link from a list."""
    page, keys = editor.page, editor.page.keyboard
    page.evaluate("document.activeElement?.blur()")
    listed, status = page.locator(".workbench-words li"), page.locator("#workbench-status")
    keys.press("ArrowRight")
    keys.press("ArrowRight")
    keys.press("Shift+ArrowRight")
    assert page.evaluate("getSelection().toString()") == "A Reporter"
    select_by_typing(page, "kyi w", "Kyiv would")
    keys.press("Shift+ArrowLeft")
    keys.press("4")
    expect(editor.span("Kyiv")).to_be_visible()
    expect(
        page.get_by_text("organisation[7]")
    ).to_be_visible()  # the question is asked once the span is selected
    keys.press("7")
    keys.press("Alt+Shift+A")
    expect(status).to_contain_text("“Kyiv” stands nowhere else.")  # in the same letters
    keys.press("Alt+a")
    expect(status).to_contain_text("1 more of “Kyiv” marked as Source.")
    assert page.evaluate("WorkbenchEditor.spans().map(span => span.words)") == ["Kyiv", "Kyiv’s"]
    assert answers_of(page, "Kyiv’s") == answers_of(page, "Kyiv") == {"organisation"}
    select_by_typing(page, "merz", "")
    keys.press("Escape")
    select_by_typing(page, "frie", "Friedrich")
    keys.press("Enter")
    expect(editor.span("Friedrich")).to_be_visible()
    keys.press("Escape")
    keys.press("/")
    keys.type("zür")
    keys.press("Shift+Enter")
    expect(editor.span("Zürich")).to_be_visible()
    keys.press("Escape")
    select_by_typing(page, "forg", "forgo")
    keys.press("Alt+l")
    keys.type("cla")
    expect(listed).to_have_text(["Claim"])
    keys.press("Enter")
    expect(editor.span("forgo")).to_be_visible()
    keys.press("Alt+e")
    expect(listed.first).to_have_text("Source “Kyiv”")
    keys.press("Enter")
    expect(status).to_contain_text("Linked: held by.")
    assert labels_of(page)["forgo"] == "Claim"
    page.close()


def select_by_typing(page: Page, typed: str, words: str) -> None:
    """Type how words begin, and take the first place that is offered."""
    page.keyboard.press("/")
    page.keyboard.type(typed)
    if not words:
        expect(page.locator(".workbench-words li")).to_have_count(0)
        return
    page.keyboard.press("Enter")
    page.wait_for_function("words => getSelection().toString() === words", arg=words)


def test_on_an_editor_that_is_not_known_nothing_of_ours_gets_in_the_way(editor: StudioEditor) -> None:
    page = editor.page
    page.evaluate("WorkbenchEditor.isKnown = () => false")
    editor.choose_label("Claim")
    editor.select("gree")
    expect(editor.span("gree")).to_be_visible()
    page.close()


@pytest.mark.parametrize(
    ("drawn", "snapped"),
    [
        ("iedrich sa", "Friedrich said"),
        (" would forgo ", "would forgo"),
        ("ürich", "Zürich"),
        ("огодивс", "погодився"),
        ("long-runn", "long-running"),
        ("running NA", "running NATO"),
        ("Kyiv’", "Kyiv’s"),
        ("😀 in", "😀 in"),
    ],
)
def test_what_is_drawn_ends_where_words_end(editor: StudioEditor, drawn: str, snapped: str) -> None:
    editor.mark("1", drawn)
    expect(editor.span(snapped)).to_be_visible()
    editor.page.close()


def test_a_part_before_an_apostrophe_may_be_marked_alone_and_a_handle_stops_at_words(
    editor: StudioEditor,
) -> None:
    editor.mark("4", "Kyiv", occurrence=2)
    expect(editor.span("Kyiv")).to_be_visible()
    editor.mark("1", "погодився")
    editor.resize("погодився", side="right", to="погодився on 3")
    expect(editor.span("погодився on 3.5")).to_be_visible()
    editor.page.close()


def test_words_may_be_selected_first_and_labelled_then_by_key_or_by_mouse(editor: StudioEditor) -> None:
    editor.select("long-runn")
    editor.page.keyboard.press("4")
    expect(editor.span("long-running")).to_be_visible()
    editor.release()
    editor.select("Zür")
    editor.choose_label("Source")
    expect(editor.span("Zürich")).to_be_visible()
    assert labels_of(editor.page) == {"long-running": "Source", "Zürich": "Source"}
    editor.page.close()


def test_a_click_on_a_selected_span_leaves_it_selected_and_escape_lets_go_of_it(
    editor: StudioEditor,
) -> None:
    editor.mark("1", "погодився")
    editor.span("погодився").click()
    expect(editor.question("Type")).to_be_visible()
    editor.release()
    expect(editor.question("Type")).to_have_count(0)
    editor.span("погодився").click()
    expect(editor.question("Type")).to_be_visible()
    editor.page.close()


def test_a_label_for_words_that_were_selected_first_is_corrected_by_the_next_key(
    editor: StudioEditor,
) -> None:
    page = editor.page
    editor.select("long-runn")
    page.keyboard.press("1")
    expect(editor.span("long-running")).to_be_visible()
    page.wait_for_timeout(2000)  # as somebody who has a look at what was drawn
    page.keyboard.press("2")
    expect(page.locator("#workbench-status")).to_contain_text("Claim is a Stance now.")
    assert labels_of(page) == {"long-running": "Stance"}
    page.close()


def test_another_label_for_a_selected_span_keeps_the_answers_that_fit_and_is_undone_in_one_step(
    editor: StudioEditor,
) -> None:
    page = editor.page
    editor.mark("1", "agree", "q", "x")
    assert answers_of(page, "agree") == {"fact", "named"}
    editor.release()
    editor.span("agree").click()
    page.keyboard.press("2")
    expect(page.locator("#workbench-status")).to_contain_text("Claim is a Stance now.")
    assert labels_of(page) == {"agree": "Stance"}
    assert answers_of(page, "agree") == {"named"}
    page.keyboard.press("Control+z")
    expect(editor.span("agree")).to_be_visible()
    assert labels_of(page) == {"agree": "Claim"}
    assert answers_of(page, "agree") == {"fact", "named"}
    page.close()


def test_after_drawing_a_span_the_key_of_a_label_means_the_next_one(editor: StudioEditor) -> None:
    editor.mark("1", "agree", "q")
    editor.mark("2", "forgo", "Q")
    assert labels_of(editor.page) == {"agree": "Claim", "forgo": "Stance"}
    editor.page.close()


def test_one_letter_is_one_answer_for_every_label_that_has_it(editor: StudioEditor) -> None:
    page = editor.page
    for key, words in (("1", "agree"), ("2", "forgo"), ("3", "added")):
        editor.mark(key, words, "x")
        assert answers_of(page, words) == {"named"}
    expect(editor.question("Holder").locator('label[data-key="x"]')).to_be_visible()
    page.close()


def test_only_links_that_the_scheme_has_are_offered(editor: StudioEditor) -> None:
    page = editor.page
    status, menu = page.locator("#workbench-status"), page.locator(".workbench-menu")
    editor.mark("1", "agree", "q")
    editor.mark("1", "forgo", "q")
    editor.mark("4", "Friedrich", "6")
    editor.mark("4", "Zürich", "7")
    editor.begin_link("Friedrich", "Zürich")
    expect(status).to_contain_text("No link leads from a Source to a Source, so none was drawn.")
    expect(page.locator(".lsf-relations__item")).to_have_count(0)
    editor.begin_link("Friedrich", "agree")
    expect(status).to_contain_text("Linked: held by.")
    [link] = page.evaluate("WorkbenchEditor.links()")
    assert (link["source"]["words"], link["target"]["words"], link["types"]) == (
        "agree",
        "Friedrich",
        ["held by"],
    )
    editor.begin_link("agree", "forgo")
    assert menu.get_by_role("menuitem").all_inner_texts() == ["1 supports", "2 attacks"]
    page.keyboard.press("2")
    expect(menu).to_be_hidden()
    assert page.evaluate("WorkbenchEditor.links().map(link => link.types[0])") == ["held by", "attacks"]
    page.close()


def test_one_list_says_all_that_is_missing_and_leads_there_until_nothing_is(
    people: People, installation: Installation, projects: None
) -> None:
    page = people.page_of("spans-list@example.org")
    editor = open_queue(page)
    editor.mark("2", "forgo", "x")
    editor.release()
    page.keyboard.press("Control+Enter")
    heading = page.locator("#workbench-missing-heading")
    expect(heading).to_have_text("5 to mend before you can submit")
    expect(editor.refusal).to_have_text(
        [
            "“Polarity” of Stance “forgo” is not answered yet.",
            "“Target” of Stance “forgo” is not answered yet.",
            "Stance “forgo” needs a link “held by” to a Source, because its “Holder” is “named”.",
            "“Genre” is not answered yet.",
            "“Confidence” is not answered yet.",
        ]
    )
    editor.refusal.filter(has_text="Polarity").get_by_role("button").click()
    assert page.evaluate("WorkbenchEditor.selected().words") == "forgo"
    for key in "QD":
        page.keyboard.press(f"Shift+{key}")
    page.keyboard.press("z")
    expect(heading).to_have_text("2 to mend before you can submit")
    editor.refusal.filter(has_text="Genre").get_by_role("button").click()
    expect(editor.question("Genre").locator("input").first).to_be_focused()
    editor.choose("Genre", "news")
    editor.rate(4)
    expect(heading).to_have_text("Nothing is missing any more: submit again")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Your queue is empty")).to_be_visible()
    page.close()
    [markup] = installation.ask(LOOK)
    [span] = markup["spans"]
    assert ENGLISH[span["start"] : span["end"]] == "forgo"


def test_title_source_and_structure_are_shown_and_the_text_is_as_it_was(editor: StudioEditor) -> None:
    page = editor.page
    expect(page.locator("#workbench-title strong")).to_have_text("Merz and the envoys")
    expect(page.locator("#workbench-title a")).to_have_attribute("href", "https://example.org/merz")
    blocks = page.locator(".lsf-richtext__line[data-block]:not([data-block=''])")
    expect(blocks.first).to_be_visible()
    assert block_of(page, "What comes next") == "heading"
    assert block_of(page, "Post a Comment") == "boilerplate"
    assert page.locator(".lsf-htx-richtext").inner_text().rstrip("\n") == ENGLISH.rstrip("\n")
    page.close()


def block_of(page: Page, words: str) -> str | None:
    line: Locator = page.locator(".lsf-richtext__line", has_text=words).first
    return line.get_attribute("data-block")


def test_whatever_the_store_lacks_is_nothing_and_no_error(editor: StudioEditor) -> None:
    page = editor.page
    page.evaluate("window.Htx = { annotationStore: { selected: {} } }")
    assert page.evaluate("WorkbenchEditor.isKnown()") is False
    assert page.evaluate(
        "Object.values(WorkbenchEditor).filter(each => typeof each === 'function').map(each => each('a', 'b') ?? null).length"
    )
    page.close()


def test_the_keys_are_listed_in_the_editor(people: People, projects: None) -> None:
    page = people.page_of("spans-hebrew@example.org")
    open_queue(page)
    page.keyboard.press("Shift+?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys.get_by_role("row", name="z Holder: author").first).to_be_visible()
    expect(keys.get_by_role("row", name="Alt + R")).to_be_visible()
    page.keyboard.press("1")
    expect(page.locator(".lsf-labels .lsf-label_selected")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.close()


def test_each_paragraph_runs_as_its_letters_do_and_words_from_right_to_left_snap(
    people: People, projects: None
) -> None:
    page = people.page_of("spans-hebrew@example.org")
    editor = open_queue(page)
    sides = page.evaluate(
        """() => WorkbenchEditor.lines().filter(line => line.textContent).map(line => {
          const range = document.createRange();
          range.selectNodeContents(line);
          const box = document.querySelector(".lsf-htx-richtext").getBoundingClientRect();
          const boxes = [...range.getClientRects()];
          return Math.max(...boxes.map(each => each.right)) > box.right - 30;
        })"""
    )
    assert sides == [True, True, False]
    editor.mark("1", "קראינה הודי")
    expect(editor.span("אוקראינה הודיע")).to_be_visible()
    page.close()


def test_in_chinese_every_character_may_be_an_end(people: People, projects: None) -> None:
    page = people.page_of("spans-chinese@example.org")
    editor = open_queue(page)
    editor.mark("4", "泽连斯基")
    expect(editor.span("泽连斯基")).to_be_visible()
    editor.mark("1", "加入NA")
    expect(editor.span("加入NATO")).to_be_visible()
    page.close()


def test_the_rules_of_the_label_in_hand_stand_beside_the_text(people: People, projects: None) -> None:
    page = people.page_of("spans-chinese@example.org")
    editor = open_queue(page)
    hand = page.locator("#workbench-hand")
    expect(hand).to_contain_text("Press the key of a label")
    editor.choose_label("Concession")
    expect(hand).to_contain_text("Argued: granted, and an opposing point is maintained")
    page.close()
