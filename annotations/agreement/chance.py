"""Chance-corrected coefficients: Cohen's kappa, Scott's pi, Krippendorff's alpha."""

import numpy as np

from annotations.agreement.arrays import FloatArray
from annotations.agreement.measures import safe_ratio

NO_NUMBERS = "not all values are numbers (up to 1e100), and an interval alpha needs numbers"
TINY = 1e-12


def alpha(
    coincidences: FloatArray, *, level: str = "nominal", numbers: FloatArray | None = None
) -> FloatArray:
    r"""Krippendorff's alpha of coincidence matrices.

    .. math::
        \alpha = 1 - (n - 1) \frac{\sum_{c < k} o_{ck} \delta_{ck}}{\sum_{c < k} n_c n_k \delta_{ck}}

    with :math:`\delta_{ck} = 1` (nominal), :math:`(v_c - v_k)^2` (interval) or
    :math:`(\sum_{g=c}^{k} n_g - (n_c + n_k) / 2)^2` (ordinal) for :math:`c < k`.

    Parameters
    ----------
    coincidences : shape (..., value, value), symmetric
    level : 'nominal', 'ordinal' or 'interval'
    numbers : shape (value,)
        The values, for the level 'interval'.

    Returns
    -------
    array, shape (...)
        At most 1; 0 is chance. NaN where there is nothing to compare or no variation.

    References
    ----------
    Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. University of Pennsylvania.

    Examples
    --------
    >>> float(np.round(alpha(np.array([[8.0, 2.0], [2.0, 8.0]])), 3))
    0.62
    """
    observed, expected = disagreements(coincidences, level=level, numbers=numbers)
    return 1 - safe_ratio(observed, expected)


def disagreements(
    coincidences: FloatArray,
    *,
    level: str = "nominal",
    numbers: FloatArray | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Observed and expected disagreement of coincidence matrices, each of shape (...).

    See `alpha`. The expected one is 0 without variation; both are 0 where there is nothing to compare.
    """
    marginal = coincidences.sum(axis=-1)
    if level == "nominal":
        apart = marginal.sum(axis=-1) - np.trace(coincidences, axis1=-2, axis2=-1)
        return nominal_disagreements(marginal, apart)
    if level == "interval":
        if numbers is None:
            raise ValueError(NO_NUMBERS)
        delta = (numbers[:, None] - numbers[None, :]) ** 2
    else:
        below = np.cumsum(marginal, axis=-1) - marginal / 2
        delta = (below[..., :, None] - below[..., None, :]) ** 2
    apart = (coincidences * delta).sum(axis=(-2, -1))
    expected = (marginal[..., :, None] * marginal[..., None, :] * delta).sum(axis=(-2, -1))
    return _scale_disagreements(marginal.sum(axis=-1), apart, expected)


def nominal_disagreements(marginal: FloatArray, apart: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The same from how often each value occurs, shape (..., value), and how much lies off the diagonal, shape (...).

    Nominal coefficients need no more of a coincidence matrix, which has many more cells.
    """
    total = marginal.sum(axis=-1)
    return _scale_disagreements(total, apart, total**2 - (marginal**2).sum(axis=-1))


def _scale_disagreements(
    total: FloatArray, apart: FloatArray, expected: FloatArray
) -> tuple[FloatArray, FloatArray]:
    scale = np.maximum(total, 1)
    pairs = scale * np.maximum(total - 1, TINY)
    expected = np.where(expected > TINY * pairs, expected / pairs, 0.0)
    return np.where(total > 0, apart / scale, 0.0), np.where(total > 1, expected, 0.0)


def expect_of_each(first: FloatArray, second: FloatArray) -> FloatArray:
    r"""The agreement that Cohen's kappa expects: everybody has habits of their own.

    .. math:: p_e = \sum_c p_{c \cdot} p_{\cdot c}

    Parameters
    ----------
    first, second : shape (..., value)
        How often each of the two gave each value; the sums are the same.

    Returns
    -------
    array, shape (...)
        NaN where there is nothing.

    References
    ----------
    Cohen, J. (1960). A coefficient of agreement for nominal scales. Educational and Psychological Measurement 20.

    Examples
    --------
    >>> expected = expect_of_each(np.array([25.0, 25.0]), np.array([30.0, 20.0]))
    >>> float(np.round(correct_for_chance(np.array(0.7), expected), 3))
    0.4
    """
    return safe_ratio((first * second).sum(axis=-1), first.sum(axis=-1) ** 2)


def expect_of_both(first: FloatArray, second: FloatArray) -> FloatArray:
    r"""The agreement that Scott's pi expects: :math:`p_e = \sum_c ((p_{c \cdot} + p_{\cdot c}) / 2)^2`, habits shared.

    References
    ----------
    Scott, W. A. (1955). Reliability of content analysis: the case of nominal scale coding. Public Opinion Quarterly 19.

    Examples
    --------
    >>> expected = expect_of_both(np.array([25.0, 25.0]), np.array([30.0, 20.0]))
    >>> float(np.round(correct_for_chance(np.array(0.7), expected), 3))
    0.394
    """
    return safe_ratio((((first + second) / 2) ** 2).sum(axis=-1), first.sum(axis=-1) ** 2)


def correct_for_chance(observed: FloatArray, expected: FloatArray) -> FloatArray:
    room = 1 - expected
    return safe_ratio(observed - expected, np.where(room > TINY, room, 0.0))
