"""Linear programs over sets: the only module that talks to HiGHS."""

import highspy
import numpy as np

from annotations.agreement.corpus import BoolArray, FloatArray, IntArray

HALF = 0.5


def maximize_packing(members: IntArray, weight: FloatArray) -> BoolArray:
    """Choose pairs that share no member, of largest total weight, where the pairs form a bipartite graph.

    Parameters
    ----------
    members : int array, shape (pair, 2)
    weight : float array, shape (pair,)

    Returns
    -------
    bool array, shape (pair,)

    Examples
    --------
    >>> maximize_packing(np.array([[0, 2], [0, 3], [1, 3]]), np.array([1.0, 1.5, 1.0])).tolist()
    [True, False, True]
    """
    solver = highspy.Highs()
    solver.silent()
    solver.setOptionValue("threads", 1)
    program = highspy.HighsLp()
    n_pairs, size = members.shape
    n_rows = int(members.max()) + 1
    program.num_col_, program.num_row_ = n_pairs, n_rows
    program.col_cost_ = -weight
    program.col_lower_ = np.zeros(n_pairs)
    program.col_upper_ = np.ones(n_pairs)
    program.row_lower_ = np.full(n_rows, -highspy.kHighsInf)
    program.row_upper_ = np.ones(n_rows)
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_ = np.arange(0, n_pairs * size + 1, size)
    program.a_matrix_.index_ = np.sort(members, axis=1).ravel()
    program.a_matrix_.value_ = np.ones(n_pairs * size)
    solver.passModel(program)
    solver.run()
    return np.asarray(solver.getSolution().col_value) > HALF
