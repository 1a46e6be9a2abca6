"""Which distance the values of some statistics have on a scale, or what stands in the way of one."""

from collections.abc import Callable

import numpy as np

from annotations.agreement.coding.chance import NO_NUMBERS
from annotations.agreement.coding.distances import Custom, Distance, Linear, Nominal, Quadratic, Ratio
from annotations.agreement.data.arrays import FloatArray
from annotations.agreement.data.distances import DISTANCES, LabelDistances
from annotations.agreement.data.items import read_numbers
from annotations.agreement.sums.measures import NO_VARIATION, NOTHING_TO_COMPARE, Slice
from annotations.agreement.sums.statistics import Statistics

NO_ORDER = "labels of spans have no order; give items with ordered values"
ORDER_WANTED = "texts have no order of their own; give an order: the list of all values from low to high"
NO_AMOUNTS = "not all values are amounts from 0 upwards, and a ratio alpha needs amounts"
DISTANCES_WANTED = "no distances between labels are given; give a table of them"


def find_problem(statistics: Statistics, level: str) -> str:
    """Say in a sentence what stands in the way of a scale of this level, such as values that are no numbers; empty where nothing does."""
    if level == "nominal":
        return ""
    if level == "custom":
        return "" if DISTANCES in statistics.options else DISTANCES_WANTED
    if statistics.kind != "items":
        return NO_ORDER
    numbers = read_numbers(statistics.axes["value"])
    if level in {"ordinal", "linear", "quadratic"}:
        return "" if numbers is not None or "order" in statistics.options else ORDER_WANTED
    if numbers is None:
        return NO_NUMBERS
    return NO_AMOUNTS if level == "ratio" and min(numbers, default=0.0) < 0 else ""


def say_why_undefined(problem: str = "") -> Callable[[FloatArray], str]:
    """Make what explains a figure without a value: the problem with the scale, or that sums have nothing to compare or no variation."""
    return lambda sums: problem or (NOTHING_TO_COMPARE if sums.sum() == 0 else NO_VARIATION)


def choose_distance(statistics: Statistics, slice_: Slice, level: str) -> Distance:
    """The distance that a scale gives two values; nominal for one label against the rest, and where the values do not fit the scale."""
    if slice_.label is not None or find_problem(statistics, level):
        return Nominal()
    if level == "custom":
        table = LabelDistances.read(statistics.options[DISTANCES])
        return Custom.from_table(table, statistics.axes["value"])
    if level == "ratio":
        return Ratio(np.array(read_numbers(statistics.axes["value"]) or [], dtype=np.float64))
    if level == "linear":
        return Linear(_place_values(statistics))
    return Quadratic(_place_values(statistics)) if level == "quadratic" else Nominal()


def _place_values(statistics: Statistics) -> FloatArray:
    """The values on a line from 0 to 1: numbers by their size, or by their ranks if the order given is another one."""
    values = statistics.axes["value"]
    numbers = read_numbers(values)
    places: FloatArray = np.arange(len(values), dtype=np.float64)
    if numbers is not None and all(np.diff(numbers) > 0):
        places = np.array(numbers, dtype=np.float64)
    if not len(places):
        return places
    return np.asarray((places - places[0]) / (places[-1] - places[0] or 1.0))
