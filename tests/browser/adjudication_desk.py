"""A crowded task to adjudicate, served by Django itself: these tests need a browser and no Label Studio."""

from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page

from annotations.markup import Markup, Relation
from annotations.models import Role, Task
from annotations.spans import Span
from tests.factories import make_member, make_project
from tests.factories.adjudication import make_annotated_task

SENTENCES = (
    "Kyiv must have binding guarantees, Mr Novak said on Monday. ",
    "Critics in the capital reject that, although they admit the risk is real. ",
    "The ministry’s plan would forgo membership for a decade.\n\n",
    "Officials called the draft “a first step” and nothing more. ",
)
FACT = (("holder", "author"), ("modality", "asserted"), ("type", "fact"))


def write_article(n_sentences: int) -> str:
    return "A plan for guarantees\n\n" + "".join(
        SENTENCES[number % len(SENTENCES)] for number in range(n_sentences)
    )


def find_words(text: str) -> list[tuple[int, int]]:
    """The words of a text by their places."""
    places, start = [], None
    for place, sign in enumerate(text + " "):
        if sign.isspace() and start is not None:
            places.append((start, place))
            start = None
        elif not sign.isspace() and start is None:
            start = place
    return places


def make_crowded_task(*, n_annotators: int, n_sentences: int, text: str = "") -> Task:
    """A task on which everybody marks the same claims with ends of their own, and every fifth one not at all."""
    text = text or write_article(n_sentences)
    words = find_words(text)
    markups = []
    for annotator in range(n_annotators):
        spans = [
            Span(words[first][0], words[first + 4 + (annotator % 3)][1], "Claim", FACT, f"c{first}")
            for number, first in enumerate(range(4, len(words) - 8, 8))
            if (number + annotator) % 5 or n_annotators == 1
        ]
        keys = [span.key for span in spans]
        links = tuple(
            Relation(later, earlier, "supports")
            for earlier, later in zip(keys[::6], keys[1::6], strict=False)
        )
        markups.append(Markup(tuple(spans), links[: annotator + 1], (("genre", "news"),)))
    return make_annotated_task(*markups, project=make_project(), text=text)


class Desk:
    """An adjudicator's browser."""

    def __init__(self, url: str, context: BrowserContext) -> None:
        self.url = url
        self.context = context

    def open(self, task: Task) -> Page:
        """The page of a task, as an adjudicator of its project sees it."""
        client = Client()
        client.force_login(make_member(task.round.project, Role.ADJUDICATOR))
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": self.url}])
        page = self.context.new_page()
        page.goto(self.url + reverse("web:adjudicate", args=[task.round.project.slug, task.pk]))
        page.locator("html.has-script").wait_for()
        return page
