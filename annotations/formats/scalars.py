"""Single values as files and programs hand them over: numpy's numbers are numbers, and NaN is a missing value."""

from numbers import Integral, Real
from typing import Any

MISSING_TYPES = frozenset({"NAType", "NaTType"})  # of pandas, which need not be installed


def is_missing(value: Any) -> bool:
    """Whether there is no value: None, NaN, and what data frames write for it.

    >>> is_missing(None), is_missing(float("nan")), is_missing(0)
    (True, True, False)
    """
    if value is None or type(value).__name__ in MISSING_TYPES:
        return True
    return isinstance(value, Real) and bool(value != value)  # noqa: PLR0124  (only NaN differs from itself)


def simplify(value: Any) -> Any:
    """A numpy scalar as the number, text or truth value that it is, a missing value as None, all else as it is.

    numpy is not imported: its scalars are known by the name of their module.

    >>> import numpy as np
    >>> simplify(np.int64(3)), simplify(np.bool_(True)), simplify(float("nan"))
    (3, True, None)
    """
    if is_missing(value):
        return None
    kind = type(value)
    is_of_numpy = kind.__module__ == "numpy" and kind.__name__ != "ndarray" and hasattr(value, "item")
    return value.item() if is_of_numpy else value


def is_whole(value: Any) -> bool:
    """Whether a value is a whole number by its type: 3 is, in Python and in numpy, but not 3.0, true or "3".

    >>> import numpy as np
    >>> is_whole(3), is_whole(np.int32(3)), is_whole(3.0), is_whole(True)
    (True, True, False, False)
    """
    return type(value) is int or (isinstance(value, Integral) and not isinstance(value, bool))


def make_whole(value: Any) -> Any:
    """A float without a fraction as a whole number: a column of a data frame with a missing value holds only floats.

    >>> make_whole(3.0), make_whole(3.5), make_whole("3")
    (3, 3.5, '3')
    """
    plain = simplify(value)
    return int(plain) if isinstance(plain, float) and plain.is_integer() else plain
