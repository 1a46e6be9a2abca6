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
    return _average(total, apart, np.where(expected > TINY * total**2, expected, 0.0))


def distant_disagreements(
    marginal: FloatArray, apart: FloatArray, places: FloatArray
) -> tuple[FloatArray, FloatArray]:
    r"""The same where values lie at places, and the squares of their distances count.

    .. math:: \sum_c \sum_k n_c n_k (x_c - x_k)^2 = 2 n \sum_c n_c (x_c - \bar x)^2

    so that no value is held against every other one.

    Parameters
    ----------
    marginal : shape (..., value)
    apart : shape (...)
        The sum of the coincidences, each times the square of its distance.
    places : shape (value,) or (..., value)
        The numbers for an interval scale, the middle ranks for an ordinal one.

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
    return _average(total, apart, 2 * total * spread)


def rank_values(marginal: FloatArray) -> FloatArray:
    """The middle rank of each value of an ordered scale among all that occur, shape (..., value).

    >>> rank_values(np.array([2.0, 0.0, 4.0])).tolist()
    [1.0, 2.0, 4.0]
    """
    ranks: FloatArray = np.cumsum(marginal, axis=-1) - marginal / 2
    return ranks


def _average(total: FloatArray, apart: FloatArray, expected: FloatArray) -> tuple[FloatArray, FloatArray]:
    """A mean over the judgements, and one over their pairs."""
    scale = np.maximum(total, 1)
    pairs = scale * np.maximum(total - 1, TINY)
    return np.where(total > 0, apart / scale, 0.0), np.where(total > 1, expected / pairs, 0.0)


def expect_of_each(own: FloatArray, of_annotators: FloatArray, of_values: FloatArray) -> FloatArray:
    r"""The agreement that Cohen's kappa expects, of any number of annotators: everybody has habits of their own.

    .. math:: p_e = \frac{\sum_c (M_c^2 - \sum_a m_{ac}^2)}{T^2 - \sum_a t_a^2}

    is the chance that two judgements drawn from different annotators are equal: annotator :math:`a` gave value :math:`c`
    :math:`m_{ac}` times and made :math:`t_a` judgements, all together gave it :math:`M_c` times and made :math:`T`. Of two
    annotators it is Cohen's :math:`\sum_c p_{c \cdot} p_{\cdot c}`; where all judged everything it is the mean of that
    over all pairs (Davies and Fleiss 1982, equal to Conger 1980).

    Parameters
    ----------
    own : shape (..., annotator and value)
        How often each annotator gave each value; in any order.
    of_annotators : shape (..., annotator)
    of_values : shape (..., value)
        The sums of `own` by annotator, and by value.

    Returns
    -------
    array, shape (...)
        NaN where there is nothing.

    References
    ----------
    Cohen, J. (1960). A coefficient of agreement for nominal scales. Educational and Psychological Measurement 20.
    Conger, A. J. (1980). Integration and generalization of kappas for multiple raters. Psychological Bulletin 88.
    Davies, M., Fleiss, J. L. (1982). Measuring agreement for multinomial data. Biometrics 38.

    Examples
    --------
    >>> own, made, given = np.array([25.0, 25.0, 30.0, 20.0]), np.array([50.0, 50.0]), np.array([55.0, 45.0])
    >>> float(np.round(correct_for_chance(np.array(0.7), expect_of_each(own, made, given)), 3))
    0.4
    """
    alike = (of_values**2).sum(axis=-1) - (own**2).sum(axis=-1)
    drawn = of_annotators.sum(axis=-1) ** 2 - (of_annotators**2).sum(axis=-1)
    return safe_ratio(alike, drawn)


def expect_of_both(of_values: FloatArray) -> FloatArray:
    r"""The agreement that Scott's pi expects, of any number of annotators: :math:`p_e = \sum_c (M_c / T)^2`, habits shared.

    Parameters
    ----------
    of_values : shape (..., value)
        How often each value was given.

    References
    ----------
    Scott, W. A. (1955). Reliability of content analysis: the case of nominal scale coding. Public Opinion Quarterly 19.

    Examples
    --------
    >>> float(np.round(correct_for_chance(np.array(0.7), expect_of_both(np.array([55.0, 45.0]))), 3))
    0.394
    """
    return safe_ratio((of_values**2).sum(axis=-1), of_values.sum(axis=-1) ** 2)


def correct_for_chance(observed: FloatArray, expected: FloatArray) -> FloatArray:
    room = 1 - expected
    return safe_ratio(observed - expected, np.where(room > TINY, room, 0.0))
