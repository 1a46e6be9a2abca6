"""Whatever a file holds in place of what it should: figures in strict JSON, or an error in a sentence."""

import copy
import io
import json
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.agreement.command_line.command import run
from tests.unit.agreement.corpora import TEXT, exported, label_studio_task, span

QUICK = ("--by", "label,pair,document", "--samples", "3", "--gamma-samples", "2")

SPANS = [span(0, 4, "Claim", type="fact"), span(17, 31, "Stance"), span(2, 9, "Claim", type="fact")]
LINKS = [{"from": 0, "to": 1, "type": "grants"}]
PLAIN = {
    "labels": ["Claim", "Stance"],
    "documents": [
        {"id": "d1", "text": TEXT, "annotators": {"a": SPANS, "b": SPANS[:2]}, "relations": {"a": LINKS}},
        {"id": "d2", "length": 40, "annotators": {"a": SPANS[1:], "b": []}},
    ],
}
ITEMS = {"items": [{"a": "x", "b": "y"}, {"a": "y", "b": "y"}, {"b": "x"}], "order": ["x", "y"]}
NUMBERS = {"items": [{"a": 1, "b": 2.5}, {"a": 3, "b": 3}, {"a": True}]}
LABEL_STUDIO = [label_studio_task()]
JSON_LINES = [
    exported("A", SPANS, relations=[("s0", "s1", "grants")]),
    exported("B", SPANS[:2]),
    exported("A", [], article=8),
    exported("B", SPANS[1:], article=8),
]
PRODIGY = [
    {
        "text": TEXT,
        "_annotator_id": name,
        "answer": "accept",
        "spans": [
            {"start": 0, "end": 4, "label": "A", "text": "Kyiv"},
            {"start": 5, "end": 11, "label": "B"},
        ],
        "relations": [
            {
                "head_span": {"start": 0, "end": 4, "label": "A"},
                "child_span": {"start": 5, "end": 11, "label": "B"},
                "label": "acts",
            }
        ],
    }
    for name in ("ann", "bob")
]
DOCCANO = [
    {
        "id": number,
        "text": TEXT,
        "entities": [
            {"id": 1, "start_offset": 0, "end_offset": 4, "label": "A"},
            {"id": 2, "start_offset": 5, "end_offset": 11, "label": "B"},
        ],
        "relations": [{"from_id": 1, "to_id": 2, "type": "acts"}],
        "label": [[0, 4, "A"]],
    }
    for number in (1, 2)
]
ROWS = [
    {"document": "d", "annotator": name, "start": 0, "end": end, "label": "A", "text": TEXT}
    for name, end in (("ann", 4), ("bob", 11))
]
FORMS: dict[str, Any] = {
    "plain": PLAIN,
    "items": ITEMS,
    "numbers": NUMBERS,
    "label studio": LABEL_STUDIO,
    "json lines": JSON_LINES,
    "prodigy": PRODIGY,
    "doccano": DOCCANO,
    "rows": ROWS,
}
LINES = frozenset({"json lines", "prodigy"})

Path_ = tuple[str | int, ...]


def list_places(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from list_places(part, (*path, key))


def replace_part(document: Any, path: Path_, value: Any) -> Any:
    if not path:
        return value
    changed = copy.deepcopy(document)
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return changed


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([0, 1, 2, 5, 2**52, 2**63, 10**400, -(10**400), 1e308, -1e308, 5e-324])
    | st.floats()
    | st.text(st.characters(), max_size=3)  # halves of surrogate pairs among them
    | st.sampled_from(["", "a", "A", "3", "nan", "inf", "Claim", "s0", "r1", "gold", "left", "a|b", "\x1f"])
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)


def execute(path: Path, *arguments: str) -> tuple[int, str, str]:
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    err.reconfigure(errors="backslashreplace")  # as the interpreter sets it up
    with redirect_stdout(out), redirect_stderr(err):
        status = run([str(path), *QUICK, *arguments])
    for stream in (out, err):
        stream.seek(0)
    return status, out.read(), err.read()


def refuse(constant: str) -> float:
    raise AssertionError(f"{constant} is no JSON")


def write(form: str, document: Any, path: Path) -> Path:
    lines = document if form in LINES and isinstance(document, list) else [document]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return path


@pytest.mark.parametrize("form", sorted(set(FORMS) - {"doccano"}))  # which has one annotator
def test_what_is_as_it_should_be_has_figures(form: str, tmp_path: Path) -> None:
    status, out, err = execute(write(form, FORMS[form], tmp_path / "file"), "--json")
    assert (status, err) == (0, "")
    assert any(metric["value"] is not None for metric in json.loads(out)["metrics"].values())


@pytest.mark.parametrize("form", FORMS)
@given(data=st.data(), arguments=st.sampled_from([["--json"], []]))
@settings(max_examples=25, deadline=None)
def test_any_part_may_be_anything(
    form: str, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, arguments: list[str]
) -> None:
    document = FORMS[form]
    for _ in range(data.draw(st.integers(1, 2))):
        place = data.draw(st.sampled_from(list(list_places(document))))
        document = replace_part(document, place, data.draw(values))
    path = tmp_path_factory.getbasetemp() / "damaged"
    status, out, err = execute(write(form, document, path), *arguments)
    if status == 0:
        assert err == ""
        assert not arguments or json.loads(out, parse_constant=refuse)["metrics"]
    else:
        assert (status, out) == (1, "")
        assert err.startswith("error: ")
        assert len(err) > len("error: \n")
