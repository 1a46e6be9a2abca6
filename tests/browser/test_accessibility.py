"""Every page of the URLconf, for everybody who gets in, wide and narrow, light, dark and in forced colours: axe finds nothing.

No page is wider than the narrowest window, and none loses a column on paper, which axe does not look at.
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
RUN = """
async () => {
  const found = await axe.run(document, {
    resultTypes: ["violations"],
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  });
  return found.violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 160)} (${node.failureSummary})`));
}
"""
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
NO_PAGES = {"home", "start", "metrics"}
"""Addresses that show no page of their own."""
EVERYBODY = (*VISITORS, STAFF)
WIDE, NARROW, NARROWEST = 1400, 400, 320
A4 = 680
"""What is between the margins of the page, in CSS pixels."""
MODES: tuple[tuple[int, dict[str, Any]], ...] = (
    (WIDE, {"color_scheme": "light", "forced_colors": "none"}),
    (NARROW, {"color_scheme": "light", "forced_colors": "none"}),
    (WIDE, {"color_scheme": "dark", "forced_colors": "none"}),
    (NARROW, {"color_scheme": "dark", "forced_colors": "none"}),
    (WIDE, {"color_scheme": "light", "forced_colors": "active"}),
    (NARROW, {"color_scheme": "light", "forced_colors": "active"}),
    (WIDE, {"color_scheme": "dark", "forced_colors": "active"}),
    (NARROW, {"color_scheme": "dark", "forced_colors": "active"}),
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
        if visitor == Role.ADJUDICATOR:
            tasks = Task.objects.filter(round__project=self.world.project, status=TaskStatus.ANNOTATED)
            for task in tasks[:1]:
                yield reverse("web:adjudicate", args=[slug, task.pk])
        yield from self.states.list_addresses(visitor)


def examine(page: Page) -> list[str]:
    """What axe finds in each width, theme and palette, each with where."""
    found = []
    page.evaluate(AXE)
    for width, media in MODES:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(**media)
        found += [f"{page.url} {width} {media}: {one}" for one in page.evaluate(RUN)]
    page.set_viewport_size({"width": A4, "height": 1000})
    page.emulate_media(media="print", color_scheme="light", forced_colors="none")
    found += [f"{page.url}: {cell!r} is cut off on paper" for cell in page.evaluate(CUT_OFF)]
    found += [f"{page.url}: {name!r} would have to be scrolled on paper" for name in page.evaluate(SCROLLED)]
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": NARROWEST, "height": 900})
    if (over := page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
        found.append(f"{page.url}: {over} px are cut off at {NARROWEST} px")
    return found


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
def test_axe_finds_nothing_on_any_page(visitor: str, browser: Browser, crowd: Crowd) -> None:
    found: list[str] = []
    client = crowd.world.visit_as(visitor)
    crowd.states.enter(visitor, client)
    with browse(browser, client, reduced_motion="reduce") as page:
        for address in crowd.list_addresses(visitor):
            answer = client.get(address)
            if answer.status_code == OK and b"<main" in answer.getvalue():
                page.goto(address)
                page.wait_for_load_state("networkidle")
                found += examine(page)
    assert not found, "\n".join(found)
