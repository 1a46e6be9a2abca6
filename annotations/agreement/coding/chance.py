"""Chance-corrected coefficients: Cohen's kappa, Scott's pi, Krippendorff's alpha."""

import numpy as np

from annotations.agreement.data.arrays import FloatArray
from annotations.agreement.sums.measures import safe_ratio

NO_NUMBERS = "not all values are numbers (up to 1e100), and an interval alpha needs numbers"
TINY = 1e-12


def nominal_disagreements(marginal: FloatArray, apart: FloatArray) -> tuple[FloatArray, FloatArray]:
    r"""Observed and expected disagreement of Krippendorff's alpha, where values are alike or not.

    .. math:: D_o = \frac{1}{n} \sum_c \sum_{k \neq c} o_{ck}, \quad D_e = \frac{1}{n (n - 1)} \sum_c \sum_{k \neq c} n_c n_k

    Parameters
    ----------
    marginal : shape (..., value)
        How often each value occurs.
    apart : shape (...)
        How much of the coincidences lies off the diagonal.

    Returns
    -------
    observed, expected : arrays of shape (...)
        The expected one is 0 without variation; both are 0 where there is nothing to compare.

    References
    ----------
    Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. University of Pennsylvania.

    Examples
    --------
    >>> observed, expected = nominal_disagreements(np.array([10.0, 10.0]), np.array(4.0))
    >>> float(np.round(1 - observed / expected, 3))
    0.62
    """
    total = marginal.sum(axis=-1)
    expected = total**2 - (marginal**2).sum(axis=-1)
    return average_disagreements(total, apart, np.where(expected > TINY * total**2, expected, 0.0))


def distant_disagreements(
    marginal: FloatArray, apart: FloatArray, places: FloatArray
) -> tuple[FloatArray, FloatArray]:
    r"""Observed and expected disagreement where values lie at places on a line and the squares of their distances count.

    .. math:: \sum_c \sum_k n_c n_k (x_c - x_k)^2 = 2 n \sum_c n_c (x_c - \bar x)^2

    so that no value is held against every other one.

    Parameters
    ----------
    marginal : shape (..., value)
    apart : shape (...)
        The sum of the coincidences, each times the square of its distance.
    places : shape (value,) or (..., value)
        The numbers for an interval scale, the middle ranks for an ordinal one.

    Returns
    -------
    observed, expected : arrays of shape (...)
        In squared units of the scale, at least 0; the expected one is 0 without variation.

    References
    ----------
    Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. University of Pennsylvania.

    Examples
    --------
    >>> observed, expected = distant_disagreements(np.array([10.0, 10.0]), np.array(4.0), np.array([0.0, 1.0]))
    >>> float(np.round(1 - observed / expected, 3))
    0.62
    """
    total = marginal.sum(axis=-1)
    places = np.broadcast_to(places, marginal.shape)
    # from a place that occurs, so that equal places leave exactly nothing, however small or large they are
    origin = np.take_along_axis(places, (marginal > 0).argmax(axis=-1)[..., None], axis=-1)
    shifted = places - origin
    mean = (marginal * shifted).sum(axis=-1) / np.where(total > 0, total, 1)
    spread = (marginal * (shifted - mean[..., None]) ** 2).sum(axis=-1)
    return average_disagreements(total, apart, 2 * total * spread)


def rank_values(marginal: FloatArray) -> FloatArray:
    """The middle rank of each value of an ordered scale among all judgements.

    Parameters
    ----------
    marginal : shape (..., value)
        How often each value occurs, from the lowest to the highest.

    Returns
    -------
    array, shape (..., value)
        The ranks of values that do not occur lie between those of their neighbours.

    Examples
    --------
    >>> rank_values(np.array([2.0, 0.0, 4.0])).tolist()
    [1.0, 2.0, 4.0]
    """
    ranks: FloatArray = np.cumsum(marginal, axis=-1) - marginal / 2
    return ranks


def average_disagreements(
    total: FloatArray, apart: FloatArray, expected: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Means of sums of distances: what was observed over the judgements, what is expected over the pairs of judgements.

    Parameters
    ----------
    total : shape (...)
        How many judgements there are.
    apart : shape (...)
        The sum of the coincidences, each times its distance.
    expected : shape (...)
        The sum of the distances of all judgements from each other.

    Returns
    -------
    observed, expected : arrays of shape (...)
        Both are 0 where there are no two judgements.
    """
    scale = np.maximum(total, 1)
    pairs = scale * np.maximum(total - 1, TINY)
    return np.where(total > 0, apart / scale, 0.0), np.where(total > 1, expected / pairs, 0.0)


def expect_of_each(among_all: FloatArray, within_each: FloatArray, of_annotators: FloatArray) -> FloatArray:
    r"""The disagreement that Cohen's kappa expects, of any number of annotators: everybody has habits of their own.

    .. math:: D_e = \frac{\sum_{c, k} d_{ck} (M_c M_k - \sum_a m_{ac} m_{ak})}{T^2 - \sum_a t_a^2}

    is the mean distance of two judgements drawn from different annotators: annotator :math:`a` gave value :math:`c`
    :math:`m_{ac}` times and made :math:`t_a` judgements, all together gave it :math:`M_c` times and made :math:`T`. Of two
    annotators it is Cohen's :math:`\sum_{c, k} d_{ck} p_{c \cdot} p_{\cdot k}`; where all judged everything it is the mean
    of that over all pairs (Davies and Fleiss 1982, equal to Conger 1980). With distances other than 0 and 1 it is that of
    weighted kappa (Cohen 1968).

    Parameters
    ----------
    among_all, within_each : shape (...)
        The sum of the distances of all judgements from each other, and that of each annotator's own, added up.
    of_annotators : shape (..., annotator)
        How many judgements each made.

    Returns
    -------
    array, shape (...)
        NaN where there is nothing.

    References
    ----------
    Cohen, J. (1960). A coefficient of agreement for nominal scales. Educational and Psychological Measurement 20.
    Cohen, J. (1968). Weighted kappa. Psychological Bulletin 70.
    Conger, A. J. (1980). Integration and generalization of kappas for multiple raters. Psychological Bulletin 88.
    Davies, M., Fleiss, J. L. (1982). Measuring agreement for multinomial data. Biometrics 38.

    Examples
    --------
    >>> among_all, within_each = np.array(2 * 55 * 45.0), np.array(2 * 25 * 25 + 2 * 30 * 20.0)
    >>> expected = expect_of_each(among_all, within_each, np.array([50.0, 50.0]))
    >>> float(np.round(correct_for_chance(np.array(0.3), expected), 3))
    0.4
    """
    drawn = of_annotators.sum(axis=-1) ** 2 - (of_annotators**2).sum(axis=-1)
    return safe_ratio(among_all - within_each, drawn)


def expect_of_both(among_all: FloatArray, total: FloatArray) -> FloatArray:
    r"""The disagreement that Scott's pi expects, of any number of annotators: :math:`\sum_{c, k} d_{ck} M_c M_k / T^2`, habits shared.

    Parameters
    ----------
    among_all : shape (...)
        The sum of the distances of all judgements from each other.
    total : shape (...)
        How many there are.

    Returns
    -------
    array, shape (...)
        NaN where there is nothing.

    References
    ----------
    Scott, W. A. (1955). Reliability of content analysis: the case of nominal scale coding. Public Opinion Quarterly 19.

    Examples
    --------
    >>> expected = expect_of_both(np.array(2 * 55 * 45.0), np.array(100.0))
    >>> float(np.round(correct_for_chance(np.array(0.3), expected), 3))
    0.394
    """
    return safe_ratio(among_all, total**2)


def correct_for_chance(observed: FloatArray, expected: FloatArray) -> FloatArray:
    """One less observed by expected disagreement, :math:`1 - D_o / D_e`.

    Parameters
    ----------
    observed, expected : arrays of shape (...), at least 0

    Returns
    -------
    array, shape (...)
        At most 1, and 0 where no more agree than by chance; NaN where chance cannot disagree.
    """
    return 1 - safe_ratio(observed, np.where(expected > TINY, expected, 0.0))


def number_or_none(value: FloatArray) -> float | None:
    """A scalar as reports have it: None in place of NaN, which JSON cannot hold."""
    return float(value) if np.isfinite(value) else None
