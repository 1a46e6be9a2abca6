"""Label Studio's editor as an annotator uses it: with the mouse and the keyboard, never behind the screen."""

import re

from playwright.sync_api import Locator, Page, expect

# The editor shows each line as an element and each CR and each LF as one <br>: the characters of the article, one to one.
PLACE_OF_WORDS = """
([quote, occurrence]) => {
  const root = document.querySelector(".lsf-htx-richtext");
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ALL);
  const places = [];
  let text = "";
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) {
      for (let index = 0; index < node.data.length; index += 1) places.push([node, index]);
      text += node.data;
    } else if (node.nodeName === "BR") {
      places.push([node, 0]);
      text += "\\n";
    }
  }
  let start = -1;
  for (let count = 0; count < occurrence; count += 1) {
    start = text.indexOf(quote, start + 1);
    if (start < 0) throw new Error(`the article has no occurrence ${occurrence} of ${quote}`);
  }
  const [first, last] = [places[start], places[start + quote.length - 1]];
  first[0].parentElement.scrollIntoView({ block: "center" });
  const range = document.createRange();
  range.setStart(...first);
  range.setEnd(last[0], last[1] + 1);
  const boxes = [...range.getClientRects()].filter((box) => box.width > 0);
  const [begin, end] = [boxes[0], boxes[boxes.length - 1]];
  return [begin.left + 0.5, begin.top + begin.height / 2, end.right - 0.5, end.top + end.height / 2];
}
"""
A_MOMENT = 200  # the editor acts on a selection a little after the mouse is released


class StudioEditor:
    """One article in the editor of a page that is already open on it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def wait(self) -> None:
        """Until an article is on the screen and the keys work."""
        expect(self.page.locator(".lsf-htx-richtext .lsf-richtext__line").first).to_be_visible(timeout=60_000)
        expect(self._button("submit").or_(self._button("update"))).to_be_visible()
        self.page.wait_for_timeout(A_MOMENT)

    def choose_label(self, label: str) -> None:
        self.page.locator(f'.lsf-labels .lsf-label:has(.lsf-label__text:text-is("{label}"))').click()

    def select(self, quote: str, occurrence: int = 1) -> None:
        """Draw the mouse over words of the article."""
        left, top, right, bottom = self._place(quote, occurrence)
        mouse = self.page.mouse
        mouse.move(left, top)
        mouse.down()
        mouse.move((left + right) / 2, (top + bottom) / 2, steps=3)
        mouse.move(right, bottom, steps=3)
        mouse.up()
        self.page.wait_for_timeout(A_MOMENT)

    def mark(self, key: str, quote: str, *attribute_keys: str, occurrence: int = 1) -> None:
        """Make a span with the key of its label, and answer its questions with their keys."""
        self.page.keyboard.press(key)
        expect(self.page.locator(".lsf-labels .lsf-label_selected")).to_have_count(1)
        drawn = self.page.locator(".lsf-htx-richtext .htx-highlight")
        before = drawn.count()
        self.select(quote, occurrence)
        expect(drawn).not_to_have_count(before)
        expect(self.page.locator(".workbench-question:visible").first).to_be_visible()
        for attribute_key in attribute_keys:
            self.page.keyboard.press(f"Shift+{attribute_key}" if attribute_key.isupper() else attribute_key)

    def span(self, words: str) -> Locator:
        """The drawn span of exactly these words (a span that runs over a line break is drawn in pieces)."""
        return self.page.locator(f'.lsf-htx-richtext .htx-highlight:text-is("{words}")')

    @property
    def drawn(self) -> Locator:
        """The pieces in which spans are drawn."""
        return self.page.locator(".lsf-htx-richtext .htx-highlight")

    def question(self, title: str) -> Locator:
        """The question in sight whose heading begins with these words."""
        return self.page.locator(f'.workbench-question:visible:has(h4:text-matches("^{title}"))')

    def choose(self, question: str, answer: str) -> None:
        """Click an answer; the question is what stands above it, or the beginning of that."""
        self.question(question).locator(f'.lsf-choice:has-text("{answer}") label').first.click()

    def say_in_own_words(self, control: str, words: str) -> None:
        line = self.page.locator(f'[name="{control}"]:visible')
        line.fill(words)
        line.press("Enter")

    def rate(self, stars: int) -> None:
        self.page.locator(".ant-rate li").nth(stars - 1).click()

    def write_note(self, words: str) -> None:
        self.page.locator('textarea[name="note"]').fill(words)

    def begin_link(self, source: str, target: str) -> None:
        """Draw a link between two spans; the page gives it the one type that fits, or asks."""
        self.release()
        self.span(source).first.click()
        self.page.keyboard.press("Alt+r")
        self.span(target).first.click()
        self.page.wait_for_timeout(A_MOMENT)

    def link(self, source: str, target: str, kind: str) -> None:
        """Draw a link between two spans and choose its type, if there is a choice."""
        self.begin_link(source, target)
        menu = self.page.locator(".workbench-menu")
        expect(menu.or_(self.page.locator("#workbench-status", has_text="Linked:")).first).to_be_visible()
        if menu.is_visible():
            menu.get_by_role("menuitem", name=kind).click()

    def resize(self, words: str, *, side: str, to: str) -> None:
        """Draw the `left` or `right` handle of a span to the beginning or the end of other words."""
        self.release()
        self.span(words).first.click()
        handle = self.page.locator(f".htx-highlight area.__resize_{side}").last.bounding_box()
        assert handle
        left, top, right, bottom = self._place(to, 1)
        x, y, approach = (left, top, 3) if side == "left" else (right, bottom, -3)
        mouse = self.page.mouse
        mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
        mouse.down()
        mouse.move(x + approach, y, steps=5)
        mouse.move(x, y, steps=3)
        mouse.up()
        self.page.wait_for_timeout(A_MOMENT)

    def delete(self, words: str) -> None:
        self.release()
        self.span(words).first.click()
        self.page.keyboard.press("Backspace")

    def delete_last(self) -> None:
        self.release()
        self.drawn.last.click()
        self.page.keyboard.press("Backspace")
        self.page.wait_for_timeout(A_MOMENT)

    def release(self) -> None:
        """Let go of the selected span; the questions about the document are asked again."""
        self.page.keyboard.press("Escape")

    def submit(self) -> None:
        self._button("submit").click()

    def update(self) -> None:
        self._button("update").click()

    @property
    def refusal(self) -> Locator:
        """What is still missing, as the page lists it before it submits: one item a problem."""
        return self.page.locator("#workbench-missing li")

    def close_refusal(self) -> None:
        self.page.locator("#workbench-missing-close").click()

    def _button(self, name: str) -> Locator:
        return self.page.get_by_test_id(f"bottombar-{name}-button")

    def _place(self, quote: str, occurrence: int) -> tuple[float, float, float, float]:
        """Where words begin and end on the screen, scrolled into view."""
        shown = [quote.replace("\r", "\n"), occurrence]
        self.page.evaluate(PLACE_OF_WORDS, shown)
        left, top, right, bottom = self.page.evaluate(PLACE_OF_WORDS, shown)
        return left, top, right, bottom


def open_queue(page: Page) -> StudioEditor:
    page.goto("/work/")
    page.get_by_role("link", name=re.compile("Annotate")).or_(
        page.get_by_role("button", name=re.compile("Annotate"))
    ).first.click()
    editor = StudioEditor(page)
    editor.wait()
    return editor
