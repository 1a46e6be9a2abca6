"""What the README tells people to type exists."""

import re
import shlex
from urllib.parse import urlsplit

import pytest
from django.core.management import get_commands, load_command_class
from django.urls import resolve

from tests.factories import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
TYPED = [line.removeprefix("$ ") for line in README.splitlines() if line.startswith("$ ")]


@pytest.mark.parametrize("line", [line for line in TYPED if line.startswith("make ")])
def test_each_make_target_is_in_the_makefile(line: str) -> None:
    target = shlex.split(line)[1]
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)


@pytest.mark.parametrize("line", [line for line in TYPED if "manage.py" in line])
def test_each_management_command_takes_these_arguments(line: str) -> None:
    _, _, name, *arguments = shlex.split(line)
    arguments = [
        "1" if argument in {"RELEASE", "PROJECT"} else argument.removesuffix("...") for argument in arguments
    ]
    parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
    assert parser.parse_args(arguments)


@pytest.mark.parametrize("url", re.findall(r"https?://127\.0\.0\.1:8000(/[^\s\"]+)", README))
def test_each_address_of_the_rest_interface_leads_somewhere(url: str) -> None:
    assert resolve(urlsplit(url).path)


@pytest.mark.parametrize("path", re.findall(r"\]\((?!http)([^)#]+)\)", README))
def test_each_link_leads_to_a_file(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("path", re.findall(r"`((?:annotations|seeds|requirements|docs)/[^`…]*)`", README))
def test_each_path_that_is_named_exists(path: str) -> None:
    assert (ROOT / path).exists()
