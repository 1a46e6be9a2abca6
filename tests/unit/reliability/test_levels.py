"""The level of an attribute comes from the schemes that are compared."""

import pytest

from annotations.reliability.schemes import list_levels
from annotations.schemes.definition import load_scheme, load_shipped
from annotations.schemes.scheme import Scheme


def ask(kind: str, parameters: str = "") -> Scheme:
    return load_scheme(f"""
name = "sizes"
version = 1
title = "Sizes"
[[labels]]
name = "Thing"
key = "1"
color = "#0072B2"
[[labels.attributes]]
name = "size"
kind = "{kind}"
{parameters}
""")


RATING, NUMBER, TEXT = ask("rating", "maximum = 5"), ask("number"), ask("text")


@pytest.mark.parametrize(
    ("schemes", "levels"),
    [
        ([RATING], {"Thing.size": "ordinal"}),
        ([NUMBER], {"Thing.size": "interval"}),
        ([NUMBER, ask("number", "step = 5")], {"Thing.size": "interval"}),
        # Versions that differ leave only whether two values are equal.
        ([RATING, NUMBER], {"Thing.size": "nominal"}),
        # Words are compared by nobody, but what was a number before still is.
        ([TEXT], {}),
        ([TEXT, NUMBER], {"Thing.size": "nominal"}),
    ],
)
def test_an_attribute_has_the_level_of_its_kind_in_all_versions(
    schemes: list[Scheme], levels: dict[str, str]
) -> None:
    assert list_levels(schemes) == levels


def test_all_attributes_of_the_shipped_scheme_are_nominal() -> None:
    assert set(list_levels([load_shipped("argument-v1")]).values()) == {"nominal"}
