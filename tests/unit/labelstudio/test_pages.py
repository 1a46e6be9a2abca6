"""What the gateway changes in Label Studio's page, and in the task that the page shows."""

import re

import pytest
from django.template.loader import get_template

from annotations.labelstudio.gateway.answers import drop_outlived_drafts

BEFORE_THE_SUBMIT = {"id": 1, "annotation": None}
OF_A_CHANGE = {"id": 2, "annotation": 7}


def test_every_link_of_the_bar_leaves_the_editor_by_the_browser() -> None:
    """Label Studio fetches any other link in the page itself, and the page's policy lets it reach the gateway only."""
    source = get_template("labelstudio/bar.html").template.source  # type: ignore[attr-defined]
    links = re.findall(r"<a\b[^>]*>", source)
    assert len(links) == 6
    assert all("data-external" in link for link in links)


@pytest.mark.parametrize(
    ("is_submitted", "shown"),
    [(False, [BEFORE_THE_SUBMIT, OF_A_CHANGE]), (True, [OF_A_CHANGE])],
)
def test_a_draft_from_before_the_submit_does_not_hide_what_was_submitted(
    is_submitted: bool,  # noqa: FBT001
    shown: list[dict[str, object]],
) -> None:
    assert drop_outlived_drafts([BEFORE_THE_SUBMIT, OF_A_CHANGE], is_submitted=is_submitted) == shown
