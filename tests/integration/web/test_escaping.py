"""What people write is shown as text, on every page that shows it."""

import re

import pytest
from django.conf import settings
from django.urls import reverse

from annotations.models import Role
from tests.factories.everything import PAGES, World

PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "{{ 7|add:7 }}{% now 'Y' %}",
    "javascript:alert(1)",
    "</title></textarea></script><script>alert(1)</script>",
    "<!--<b onmouseover=alert(1)>",
)


@pytest.mark.parametrize("hostile", PAYLOADS, indirect=True)
def test_nothing_that_people_write_becomes_markup(hostile: World) -> None:
    seen = 0
    for role in PAGES:
        client = hostile.visit_as(role)
        for address in hostile.list_addresses(role):
            html = client.get(address).content.decode()
            assert "<script>alert" not in html, address
            assert "<img src=x" not in html, address
            assert "<svg onload" not in html, address
            assert "<b onmouseover" not in html, address
            assert not re.search(r'(href|src|action)="\s*javascript:', html), address
            assert "14" + "2026" not in html, address
            seen += "alert(1)" in html or "7|add:7" in html
    assert seen >= len(PAGES[Role.MANAGER]) - 2


def test_every_page_forbids_scripts_and_styles_of_its_own(world: World) -> None:
    client = world.visit_as(Role.MANAGER)
    for name in ("projects", "account", "sign-in"):
        policy = client.get(reverse(f"web:{name}"))["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


def test_no_template_of_ours_has_inline_script_or_style() -> None:
    folder = settings.BASE_DIR / "annotations" / "web" / "templates"
    templates = sorted(folder.rglob("*.html"))
    assert len(templates) > 30
    for template in templates:
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), template
        assert not re.search(r"\son[a-z]+=|\sstyle=|<style|javascript:", text), template
        assert "|safe" not in text, template
        assert "autoescape off" not in text, template
