"""Every page of the URLconf, for everybody who gets in, wide and narrow, light, dark and in forced colours: axe finds nothing.

No page is wider than the narrowest window, and none loses a column on paper, which axe does not look at. All rules are
asked of every page in both widths, but those of colours, which are asked of each part once in each theme and palette.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import resolve, reverse
from playwright.sync_api import Browser, Page

from annotations.models import Role, Task, TaskStatus
from tests.browser.in_process import browse
from tests.browser.states import STAFF, States
from tests.factories import make_article, make_task
from tests.factories.everything import World, make_world
from tests.factories.reliability import annotate, make_team
from tests.integration.web.test_access import NOT_ALLOWED, OK, ROUTES, VISITORS

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES_OF_COLOR = ["color-contrast", "link-in-text-block", "target-size"]
"""What a theme or a palette can break: they change colours and borders only, to which `tests/unit/web/test_styles.py` holds them."""
RUN = """
async ([runOnly, without]) => {
  const exclude = without.length ? [] : knownParts.filter((part) => part.isConnected);
  const rules = Object.fromEntries(without.map((rule) => [rule, { enabled: false }]));
  const asked = { resultTypes: ["violations"], runOnly, rules };
  const found = await axe.run({ include: [document], exclude }, asked);
  return found.violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 160)} (${node.failureSummary})`));
}
"""
"""Rules of which some are left out are asked of the whole page, others of the parts that are new on it."""
IS_STILL = """
() => document.readyState === "complete"
  && !document.querySelector(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")
"""
FIND_NEW = """
(known) => {
  const seen = new Set(known.split(" ")), fresh = [];
  const simplify = (html) => html
    .replace(/ hx-headers="[^"]*"| name="csrfmiddlewaretoken" value="[^"]*"/g, "")
    .replace(/ (href|action|hx-get|hx-post)="[^"]*"/g, (address) => address.replace(/[0-9]+/g, ""));
  const digest = (text) => {
    let [high, low] = [0x9e3779b9, 0x85ebca6b];
    for (let place = 0; place < text.length; place++) {
      const unit = text.charCodeAt(place);
      high = Math.imul(high ^ unit, 0x9e3779b1);
      low = Math.imul(low ^ unit, 0x5f356495);
    }
    return [high ^ (low >>> 15), low ^ (high >>> 13)].map((half) => (half >>> 0).toString(36)).join(".");
  };
  const visit = (part, around) => {
    const name = digest(around + simplify(part.outerHTML));
    if (seen.has(name)) {
      knownParts.push(part);
      return;
    }
    seen.add(name);
    fresh.push(name);
    const within = digest(around + simplify(part.cloneNode(false).outerHTML));
    for (const child of part.children) visit(child, within);
  };
  window.knownParts = [];
  const styles = [...document.querySelectorAll("link[rel=stylesheet], style")].map((style) => style.outerHTML);
  visit(document.body, digest(document.documentElement.cloneNode(false).outerHTML + styles.join("")));
  return fresh.join(" ");
}
"""
"""A part is an element with all that is in it, the tags around it and the stylesheets: where none of them differs, no colour does."""
CUT_OFF = """
() => [...document.querySelectorAll("main th, main td")].filter((cell) => {
  const isHead = cell.closest("thead") && cell.closest("table").getClientRects().length;
  return (isHead && !cell.getClientRects().length) || cell.getBoundingClientRect().right > innerWidth + 1;
}).map((cell) => cell.textContent.trim().slice(0, 60));
"""
SCROLLED = """
() => [...document.querySelectorAll("main *")].filter((part) =>
  /auto|scroll|hidden/.test(getComputedStyle(part).overflowY) && part.scrollHeight > part.clientHeight + 1
  && !part.closest(".visually-hidden, textarea, select, svg, dialog") && part.clientHeight
).map((part) => part.className);
"""
FOUND = 302
"""Who is signed in is sent on from where one signs in."""
NO_PAGES = {"home", "start", "metrics", "download-backup"}
"""Addresses that show no page of their own."""
EVERYBODY = (*VISITORS, STAFF)
WIDE, NARROW, NARROWEST = 1400, 400, 320
A4 = 680
"""What is between the margins of the page, in CSS pixels."""
Palette = dict[str, Any]
LIGHT: Palette = {"color_scheme": "light", "forced_colors": "none"}
PALETTES: tuple[Palette, ...] = (
    LIGHT,
    {"color_scheme": "dark", "forced_colors": "none"},
    {"color_scheme": "light", "forced_colors": "active"},
    {"color_scheme": "dark", "forced_colors": "active"},
)
TEXT = (
    "Kyiv must have guarantees, Mr Novak said. Critics reject that, although they admit the risk is real. "
    * 4
)


@dataclass(frozen=True)
class Crowd:
    """The project of everything, and in it one more round whose articles three annotators read differently."""

    world: World
    states: States

    @classmethod
    def gather(cls, folder: Path) -> "Crowd":
        world = make_world()
        _, people, round_ = make_team("Ada", "Ben", "Cy", project=world.project)
        for number in range(3):
            task = make_task(
                round_, make_article(world.project, f"{number} {TEXT}", title=f"Article {number}")
            )
            for place, person in enumerate(people):
                annotate(
                    task,
                    person,
                    (0, 26 + place, "Claim"),
                    (42, 60, "Stance" if place else "Source"),
                    (70, 90, "Concession"),
                    fields={"genre": "news" if place else "editorial"},
                )
            task.status = TaskStatus.ANNOTATED
            task.save()
        return cls(world, States(world, folder))

    def list_addresses(self, visitor: str) -> Iterator[str]:
        """Every address that this visitor gets a page at, and those of pages in states of their own."""
        for name, route in ROUTES.items():
            if route.get == OK and visitor in route.visitors:
                yield reverse(f"web:{name}", args=route.arguments(self.world))
        slug = self.world.project.slug
        if visitor == Role.MANAGER:
            agreement = reverse("web:agreement", args=[slug])
            yield f"{agreement}?view=detailed"
            yield f"{reverse('web:agreement-examples', args=[slug])}?first=Stance&second="
            yield f"{reverse('web:take-example', args=[slug])}?article={self.world.article.pk}&place=0-5"
            yield f"{reverse('web:word-part', args=[slug])}?part=labels.0"
        if visitor == Role.ADJUDICATOR:
            tasks = Task.objects.filter(round__project=self.world.project, status=TaskStatus.ANNOTATED)
            for task in tasks[:1]:
                yield reverse("web:adjudicate", args=[slug, task.pk])
        yield from self.states.list_addresses(visitor)


def examine(page: Page, known: set[str]) -> list[str]:
    """What axe finds in each width, theme and palette, each with where; parts that were examined become known."""
    found = []
    page.set_viewport_size({"width": WIDE, "height": 900})
    new = page.evaluate(FIND_NEW, " ".join(known)).split()
    asked = [(width, LIGHT, RULES, RULES_OF_COLOR) for width in (WIDE, NARROW)]
    if new:
        asked += [(width, palette, RULES_OF_COLOR, []) for width in (WIDE, NARROW) for palette in PALETTES]
    for width, palette, rules, without in asked:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(**palette)
        found += [f"{page.url} {width} {palette}: {one}" for one in page.evaluate(RUN, [rules, without])]
    known.update(new)
    page.set_viewport_size({"width": A4, "height": 1000})
    page.emulate_media(media="print", color_scheme="light", forced_colors="none")
    found += [f"{page.url}: {cell!r} is cut off on paper" for cell in page.evaluate(CUT_OFF)]
    found += [f"{page.url}: {name!r} would have to be scrolled on paper" for name in page.evaluate(SCROLLED)]
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": NARROWEST, "height": 900})
    if (over := page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
        found.append(f"{page.url}: {over} px are cut off at {NARROWEST} px")
    return found


@pytest.fixture(scope="module")
def known() -> set[str]:
    """The parts of pages, of whomever, that were examined in each width, theme and palette."""
    return set()


@pytest.fixture
def crowd(settings: Any, tmp_path: Path) -> Crowd:
    """The pages with everything on them; files and the Studio are the test's own."""
    settings.STUDIO_BACKEND = "annotations.collection.in_memory.shared_studio"
    settings.JOB_SCHEDULE = {}
    location = {"location": tmp_path / "files"}
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": location}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    return Crowd.gather(tmp_path)


@pytest.mark.django_db(transaction=True)
def test_every_page_of_the_urlconf_is_examined_for_somebody(crowd: Crowd) -> None:
    addresses = {address for visitor in EVERYBODY for address in crowd.list_addresses(visitor)}
    examined = {resolve(urlsplit(address).path).url_name for address in addresses}
    answering = {name for name, route in ROUTES.items() if route.get != NOT_ALLOWED}
    assert answering - examined == NO_PAGES


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("visitor", EVERYBODY)
def test_axe_finds_nothing_on_any_page(visitor: str, browser: Browser, crowd: Crowd, known: set[str]) -> None:
    found: list[str] = []
    client = crowd.world.visit_as(visitor)
    crowd.states.enter(visitor, client)
    with browse(browser, client, reduced_motion="reduce") as page:
        page.add_init_script(AXE)
        for address in crowd.list_addresses(visitor):
            answer = client.get(address)
            assert answer.status_code in {OK, FOUND}, address
            if answer.status_code == OK and b"<main" in answer.getvalue():
                page.goto(address)
                page.wait_for_function(IS_STILL)
                found += examine(page, known)
    assert not found, "\n".join(found)
