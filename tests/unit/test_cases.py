"""PostgreSQL is asked a few cases of a test with many, and every case of one that is about databases."""

from types import ModuleType

import pytest

from tests import cases
from tests.integration import test_append_only
from tests.integration.assignment import test_concurrent_claims
from tests.integration.web import test_access


@pytest.mark.parametrize("most", [2, 3, 6])
@pytest.mark.parametrize("count", [1, 2, 6, 7, 204])
def test_what_is_asked_is_spread_over_all_cases(count: int, most: int) -> None:
    asked = cases.spread(count, most)
    assert len(asked) == min(count, most)
    assert {0, count - 1} <= asked <= set(range(count))


@pytest.mark.parametrize("module", [test_append_only, test_concurrent_claims])
def test_a_module_that_is_about_databases_is_known_by_its_imports(module: ModuleType) -> None:
    assert cases.names_a_database(module)


def test_a_module_of_who_may_see_what_is_not() -> None:
    assert not cases.names_a_database(test_access)
