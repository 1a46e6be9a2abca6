"""Which tab of a project each of its pages shows as."""

import pytest
from django.urls import reverse

from annotations.web.navigation import TABS, Tab, find_tab

ADDRESSES: dict[Tab, str] = {tab: reverse(f"web:{tab.page}", args=["news"]) for tab in TABS}


@pytest.mark.parametrize(
    ("page", "arguments", "title"),
    [
        ("project", [], "Overview"),
        ("quarantine", [], "Overview"),
        ("notes", [], "Overview"),
        ("article", [1], "Articles"),
        ("add-articles", [], "Articles"),
        ("plan-round", [], "Rounds"),
        ("task", [1], "Rounds"),
        ("adjudicate", [1], "Adjudication"),
        ("agreement-examples", [], "Agreement"),
        ("release", [1], "Releases"),
        ("edit-scheme", [], "Guidelines"),
        ("issue-link", [1], "People"),
        ("jobs", [], "Activity"),
    ],
)
def test_a_page_shows_as_the_tab_above_it(page: str, arguments: list[int], title: str) -> None:
    tab = find_tab(page, reverse(f"web:{page}", args=["news", *arguments]), ADDRESSES)
    assert tab is not None
    assert tab.title == title


def test_each_tab_has_a_key_of_its_own_that_leads_nowhere_else() -> None:
    keys = [tab.key for tab in TABS]
    assert len(set(keys)) == len(keys)
    assert not {"w", "p", "?"}.intersection(keys)


def test_a_page_outside_a_project_shows_as_no_tab() -> None:
    assert find_tab("account", reverse("web:account"), ADDRESSES) is None
