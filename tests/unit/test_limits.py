"""The page of limits says what the code does."""

import re
from collections import Counter
from pathlib import Path

from annotations import limits

PAGE = Path(__file__).parents[2] / "docs" / "limits.md"
ROW = re.compile(r"^\| .+ \| ([\d,]+) \| `([A-Z_]+)` \|$", re.MULTILINE)
CONSTANT = re.compile(r"^([A-Z_]+) =", re.MULTILINE)


def test_the_page_names_every_limit_with_its_number() -> None:
    written = {name: int(number.replace(",", "")) for number, name in ROW.findall(PAGE.read_text())}
    assert written == {name: value for name, value in vars(limits).items() if name.isupper()}


def test_no_limit_stands_twice_of_which_the_later_one_would_hold() -> None:
    in_code = CONSTANT.findall(Path(limits.__file__).read_text())
    on_page = [name for _, name in ROW.findall(PAGE.read_text())]
    assert [name for names in (in_code, on_page) for name, n in Counter(names).items() if n > 1] == []
