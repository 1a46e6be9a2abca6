"""The modules of the adjudication page by themselves, in a real browser and without a server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from annotations.snapping import Snap, list_places, snap

MODULES = Path(__file__).resolve().parents[2] / "annotations/web/static/annotations/adjudication"
ORIGIN = "http://modules.test"
TEXT = "Kyiv’s allies would  not forgo “binding” guarantees; 乌克兰放弃 👨‍👩‍👧 it.\n\nOthers might."


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    def serve(route: Route) -> None:
        name = route.request.url.removeprefix(f"{ORIGIN}/")
        if name:
            body, kind = (MODULES / name).read_text(encoding="utf-8"), "text/javascript"
        else:
            body, kind = "<!DOCTYPE html><title>Modules</title><body></body>", "text/html"
        route.fulfill(body=body, content_type=f"{kind}; charset=utf-8")

    context = browser.new_context()
    context.route(f"{ORIGIN}/**", serve)
    opened = context.new_page()
    opened.goto(f"{ORIGIN}/")
    yield opened
    context.close()


def call(page: Page, module: str, name: str, *arguments: Any) -> Any:
    """What an exported function of a module makes of some arguments."""
    script = "async ([module, name, given]) => (await import(module))[name](...given)"
    return page.evaluate(script, [f"{ORIGIN}/{module}", name, list(arguments)])


@pytest.mark.parametrize("to", Snap)
def test_what_is_selected_is_moved_as_the_server_moves_it(page: Page, to: Snap) -> None:
    starts, ends = list_places(TEXT, to)
    places = [
        (start, end)
        for start in range(len(TEXT))
        for end in range(start + 1, len(TEXT) + 1)
        if TEXT[start:end].strip()
    ]
    script = """async ([module, borders, places, text]) => {
        const { snap } = await import(module);
        return places.map((place) => snap(borders, place, Array.from(text)));
    }"""
    moved = page.evaluate(script, [f"{ORIGIN}/borders.js", {"starts": starts, "ends": ends}, places, TEXT])
    differing = {
        place: (found, list(snap(TEXT, *place, to)))
        for place, found in zip(places, moved, strict=True)
        if found != list(snap(TEXT, *place, to))
    }
    assert differing == {}


def test_an_end_moves_from_border_to_border_and_never_past_the_other(page: Page) -> None:
    starts, ends = list_places("one two three\n\nfour")
    borders = {"starts": starts, "ends": ends}

    def step(places: list[int], **how: Any) -> Any:
        return call(page, "borders.js", "step", borders, places, how)

    assert step([4, 7], direction=1, moves="end") == [4, 13]
    assert step([4, 13], direction=1, moves="end") == [4, 19]
    assert step([4, 13], direction=-1, moves="end") == [4, 7]
    assert step([4, 7], direction=-1, moves="end") == [4, 7]
    assert step([4, 13], direction=1, moves="start") == [8, 13]
    assert step([8, 13], direction=1, moves="start") == [8, 13]
    assert step([8, 13], direction=1, moves="start", isByLetter=True) == [9, 13]
    assert step([15, 19], direction=-1, moves="start") == [8, 19]
    assert step([15, 19], direction=1, moves="end") == [15, 19]


def test_a_span_is_added_from_the_next_whole_word(page: Page) -> None:
    starts, ends = list_places("one two three")
    assert call(page, "borders.js", "takeFirst", {"starts": starts, "ends": ends}, 3) == [4, 7]


def test_only_links_that_some_end_takes_are_listed_the_nearest_ends_first(page: Page) -> None:
    ends = [
        {"unit": "a", "leavesBy": ["supports", "held_by"], "arrivesBy": ["supports"]},
        {"unit": "b", "leavesBy": [], "arrivesBy": ["held_by"]},
        {"unit": "c", "leavesBy": ["supports"], "arrivesBy": ["supports"]},
        {"unit": "d", "leavesBy": ["supports"], "arrivesBy": ["supports"]},
    ]
    listed = call(page, "links.js", "listTypes", ends[2], ends)
    assert [(each["type"], [end["unit"] for end in each["targets"]]) for each in listed] == [
        ("supports", ["d", "a"])
    ]
    assert call(page, "links.js", "listTypes", ends[0], ends[:1]) == []


@pytest.mark.parametrize(
    ("event", "state", "command"),
    [
        ({"key": "1"}, {}, {"name": "choose", "digit": "1"}),
        ({"key": "0"}, {}, None),
        ({"key": "l"}, {}, {"name": "add-link"}),
        ({"key": "l", "ctrlKey": True}, {}, None),
        ({"key": "x"}, {"isTyping": True}, None),
        ({"key": "Escape"}, {"isTyping": True}, {"name": "leave-field"}),
        ({"key": "Enter", "isComposing": True}, {"isTyping": True}, None),
        ({"key": "1"}, {"isEditing": True}, {"name": "label", "key": "1"}),
        ({"key": "ArrowLeft", "shiftKey": True}, {"isEditing": True}, {"name": "move-end"}),
    ],
)
def test_a_key_means_one_thing_where_it_is_pressed(
    page: Page, event: dict[str, Any], state: dict[str, bool], command: dict[str, str] | None
) -> None:
    assert call(page, "keys.js", "readKey", event, state) == command


QUEUE = """async ([module, decisions, answers, keys]) => {
    const { DecisionQueue } = await import(module);
    const log = [];
    const queue = new DecisionQueue({
        send: async ({ name }) => {
            log.push(`send ${name}`);
            await new Promise((resolve) => setTimeout(resolve));
            if (answers[name] === "silent") throw new Error("silent");
            return { isAccepted: answers[name] !== "refused" };
        },
        apply: (_answer, made) => log.push(`apply ${made.map(({ name }) => name)}`),
        refuse: (_answer, lost) => log.push(`refuse ${lost.map(({ name }) => name)}`),
        fail: (_error, lost) => log.push(`fail ${lost.map(({ name }) => name)}`),
        press: (key) => log.push(`press ${key}`),
    });
    const added = decisions.map((decision) => queue.add(decision));
    for (const key of keys) queue.hold(key);
    await Promise.all(added);
    return log;
}"""


@pytest.mark.parametrize(
    ("decisions", "answers", "keys", "log"),
    [
        ("ab", {}, "", ["send a", "send b", "apply a,b"]),
        ("aB", {}, "12", ["send a", "send B", "apply a,B", "press 1", "press 2"]),
        ("abc", {"b": "refused"}, "1", ["send a", "send b", "refuse b,c"]),
        ("abc", {"a": "silent"}, "", ["send a", "fail a,b,c"]),
    ],
)
def test_decisions_are_sent_one_after_another_and_those_after_a_refused_one_are_lost(
    page: Page, decisions: str, answers: dict[str, str], keys: str, log: list[str]
) -> None:
    """A capital letter stands for a decision that is not sure: keys are held until its answer is in sight."""
    made = [{"name": name, "isSure": name.islower()} for name in decisions]
    assert page.evaluate(QUEUE, [f"{ORIGIN}/queue.js", made, answers, list(keys)]) == log
