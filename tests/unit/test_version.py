"""One version, told by the code itself."""

from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_nothing_asks_for_package_metadata_that_a_plain_checkout_does_not_have() -> None:
    asking = [
        path.relative_to(ROOT)
        for folder in ("annotations", "workbench")
        for path in (ROOT / folder).rglob("*.py")
        if "importlib.metadata" in path.read_text(encoding="utf-8")
    ]
    assert asking == []
