"""The published JSON Schema fits every record that is written, and nothing that a record cannot be."""

import copy
import json
from typing import Any

import jsonschema
import pytest

from annotations.adjudication.units import Action
from annotations.formats.record import Record
from annotations.markup import Origin
from annotations.models import ReasonKind
from tests.factories import ROOT
from tests.unit.formats.samples import news_record, sample_records
from tests.unit.formats.test_round_trips import odd_record, submitted

SCHEMA = json.loads((ROOT / "docs" / "schemas" / "record-1.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "record", [*sample_records(), odd_record(), *submitted()], ids=lambda one: one.article.id
)
def test_records_fit_the_schema(record: Record) -> None:
    VALIDATOR.validate(json.loads(record.to_line()))


def test_the_schema_knows_every_way_in_which_gold_comes_about() -> None:
    assert set(SCHEMA["$defs"]["record"]["properties"]["status"]["enum"]) == set(Origin)


def test_the_schema_knows_every_action_and_every_reason_of_a_decision() -> None:
    decision = SCHEMA["$defs"]["decision"]["properties"]
    assert decision["action"]["enum"] == list(Action)
    _, reason = decision["reason"]["oneOf"]
    assert reason["properties"]["kind"]["enum"] == ["", *ReasonKind.values]


@pytest.mark.parametrize("key", sorted(json.loads(news_record().to_line())))
def test_each_part_of_a_record_is_required_and_no_other_is_known(key: str) -> None:
    value = json.loads(news_record().to_line())
    assert not VALIDATOR.is_valid({name: part for name, part in value.items() if name != key})
    assert not VALIDATOR.is_valid({**value, f"{key}_": value[key]})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("spans", 0, "start"), -1),
        (("spans", 0, "start"), "0"),
        (("spans", 0, "attributes", "type"), 7),
        (("spans", 0, "provenance", "origin"), "guessed"),
        (("text",), ""),
        (("text_sha256",), "abc"),
        (("annotations", 0, "annotator"), "ann@example.org"),
        (("record_version",), 2),
    ],
)
def test_what_no_record_can_be_does_not_fit(path: tuple[Any, ...], value: Any) -> None:
    record = json.loads(news_record().to_line())
    holder = copy.deepcopy(record)
    part = holder
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    assert VALIDATOR.is_valid(record)
    assert not VALIDATOR.is_valid(holder)
