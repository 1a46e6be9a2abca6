"""The page of limits says what the code does."""

import re
from pathlib import Path

from annotations import limits

PAGE = Path(__file__).parents[2] / "docs" / "limits.md"
ROW = re.compile(r"^\| .+ \| ([\d,]+) \| `([A-Z_]+)` \|$", re.MULTILINE)


def test_the_page_names_every_limit_with_its_number() -> None:
    written = {name: int(number.replace(",", "")) for number, name in ROW.findall(PAGE.read_text())}
    assert written == {name: value for name, value in vars(limits).items() if name.isupper()}
