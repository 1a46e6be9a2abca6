"""The card and the description of a folder for Hugging Face's datasets, as files to be read and compared."""

from pathlib import Path

import pytest

from annotations.gold.croissant import FolderFile
from annotations.gold.hub import describe_folder
from annotations.gold.splits import SplitPlan, read_shares
from tests.unit.gold.test_card import make_facts

FOLDER = Path(__file__).parent / "golden"
FILES = (
    FolderFile("train", "data/train.parquet", "b" * 64, 30_000),
    FolderFile("held_out", "data/held_out.parquet", "c" * 64, 10_000),
)
GUIDELINES = "# Arguments\n\nMark what is claimed.\n\n## Label Claim\n\nSomething that can be denied."
HOW = """
{path} is not what is written now. Hugging Face and search engines read it, so: if the change is not meant, mend
annotations/gold/{module}.py; if it is meant, remake the files with
    .venv/bin/python -c "from tests.unit.gold.test_folder import write_golden; write_golden()"
read the difference, and say in CHANGELOG.md what became of the folder.
"""


def write_files() -> dict[str, bytes]:
    """The files beside the Parquet of a release that has everything which a card can tell; its day and its versions are fixed."""
    figure = {"value": 0.712, "low": 0.6, "high": 0.81, "documents": 4}
    facts = make_facts(
        {
            "licence": "cc-by-4.0",
            "summary": "Arguments in news.",
            "citation": "@misc{news,\n  year = 2026\n}",
        },
        agreement={"alpha_nominal": {**figure, "by_label": {"Claim": figure}}},
        notes="Two more articles.",
        splits={
            "plan": SplitPlan(parts=read_shares("train=3,held-out=1"), seed=7, group_by="author").to_json(),
            "sides": {
                "train": {"articles": 3, "spans_by_label": {"Claim": 5}},
                "held-out": {"articles": 1, "spans_by_label": {"Claim": 2, "Cue": 2}},
            },
            "leakage": {"nearest": [3, 0, 0, 0, 0, 1, 0, 0, 0, 0], "leaks": []},
        },
    )
    return dict(describe_folder(facts, FILES, guidelines=[GUIDELINES]))


def write_golden() -> None:
    """Write the golden files; what changed is to be read before it is committed."""
    for name, content in write_files().items():
        (FOLDER / f"folder.{name}").write_bytes(content)


@pytest.mark.parametrize(("name", "module"), [("README.md", "card"), ("croissant.json", "croissant")])
def test_a_file_beside_the_parquet_is_what_it_ever_was(name: str, module: str) -> None:
    path = FOLDER / f"folder.{name}"
    kept = path.read_bytes() if path.exists() else b""
    assert write_files()[name].decode() == kept.decode(), HOW.format(path=path, module=module)


def test_the_front_matter_of_the_card_is_yaml_that_names_the_files() -> None:
    import yaml

    _, front, card = write_files()["README.md"].decode().split("---\n", 2)
    read = yaml.safe_load(front)
    assert (read["license"], read["pretty_name"]) == ("cc-by-4.0", "News | first")
    assert read["configs"][0]["data_files"] == [{"split": one.name, "path": one.path} for one in FILES]
    assert card.startswith("\n# News \\| first\n")
