"""What is left of statistics without one of the annotators, without counting anything again."""

from dataclasses import replace

import numpy as np

from annotations.agreement.coding.counting import add_up_confusions
from annotations.agreement.registry import TABLES, find_metric
from annotations.agreement.sums.statistics import Statistics

OF_PAIRS = frozenset(name for row in TABLES if row.is_of_pairs for name in row.names)
OF_DOCUMENTS = frozenset({"lengths", "left_out"})
OF_ANNOTATORS = frozenset({"judgements", "values"})
KEPT = OF_PAIRS | OF_DOCUMENTS | OF_ANNOTATORS | {"coincidence"}


def can_leave_out(metric: str) -> bool:
    """Whether `leave_out` keeps all that the metric needs."""
    return KEPT.issuperset(find_metric(metric).tables)


def leave_out(statistics: Statistics, annotator: str) -> Statistics:
    """The statistics of the other annotators, for the metrics that rest on pairs: kappas, alpha, F1, Dice, relations, attributes.

    What was counted of all annotators together cannot be taken apart and is gone, but for the coincidences, which are the
    sum of the confusions of all pairs; a metric that needs the rest is refused.

    Parameters
    ----------
    statistics : Statistics
        With the confusions of the pairs where the coincidences are wanted.
    annotator : str

    Returns
    -------
    Statistics

    Examples
    --------
    >>> from annotations.agreement import evaluate, read_plain, summarize
    >>> one, other = [{"start": 0, "end": 4, "label": "A"}], [{"start": 0, "end": 4, "label": "B"}]
    >>> people = {"a": one, "b": one, "c": other}
    >>> corpus = read_plain({"documents": [{"id": "d", "length": 9, "annotators": people}]})
    >>> without = leave_out(summarize(corpus, metrics=["f1_strict"]), "c")
    >>> evaluate(without, metrics=["f1_strict"], samples=0)["f1_strict"].value
    1.0
    """
    gone = statistics.axes["annotator"].index(annotator)
    kept = {}
    for name, table in statistics.tables.items():
        if name in OF_DOCUMENTS:
            kept[name] = table
        elif name in OF_ANNOTATORS:
            kept[name] = table.take(np.flatnonzero(table.keys["annotator"] != gone))
        elif name in OF_PAIRS:
            others = (table.keys["annotator_1"] != gone) & (table.keys["annotator_2"] != gone)
            kept[name] = table.take(np.flatnonzero(others))
    if "confusion" in kept:
        judged = np.bincount(kept["judgements"].keys["document"], minlength=statistics.n_documents)
        kept["coincidence"] = add_up_confusions(judged, kept["confusion"], len(statistics.axes["value"]))
    return replace(statistics, tables=kept)
