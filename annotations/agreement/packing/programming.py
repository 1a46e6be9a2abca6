"""Linear and integer programs over sets: the only module that talks to HiGHS.

Part of finding the best alignment: see "How gamma is exact" in docs/agreement.md.
"""

import highspy
import numpy as np

from annotations.agreement.data.arrays import BoolArray, FloatArray, IntArray
from annotations.agreement.packing.prices import find_least
from annotations.agreement.packing.sets import Sets

HALF = 0.5
TOLERANCE = 1e-9
FIRST_COLUMNS = 4  # a row
DEVEX = 1  # the pricing rule that is quickest here, by its number in HiGHS


def relax_packing(sets: Sets, guess: FloatArray) -> tuple[FloatArray, FloatArray]:
    r"""Solve the linear relaxation of the set packing problem.

    .. math:: \max \sum_S g_S x_S \quad \text{so that} \sum_{S \ni u} x_S \le 1, \; x \ge 0

    Only the sets that come nearest to guessed prices of their rows enter at first; those whose gain exceeds the prices
    of their rows are added until there is none, which proves the optimum over all sets.

    Parameters
    ----------
    sets : Sets
    guess : float array, shape (row,)
        How good it is only decides how long it takes.

    Returns
    -------
    share : float array, shape (set,)
    price : float array, shape (row,)
        At least 0, with :math:`g_S \le \sum_{u \in S} p_u`.
    """
    loss = sets.sum_rows(guess) - sets.gain
    columns = find_least(loss, FIRST_COLUMNS * sets.n_rows)
    inside = np.zeros(len(sets), dtype=bool)
    inside[columns] = True
    solver = _open_partition(sets.take(columns), loss[columns], guess)
    while True:
        solver.run()
        solution = solver.getSolution()
        price = np.clip(guess - np.asarray(solution.row_dual), 0.0, None)
        excess = sets.gain - sets.sum_rows(price)
        excess[inside] = 0.0
        fresh = np.flatnonzero(excess > TOLERANCE)
        if not len(fresh):
            break
        fresh = fresh[find_least(-excess[fresh], sets.n_rows)]
        added = sets.take(fresh)
        solver.addCols(
            len(fresh),
            loss[fresh],
            np.zeros(len(fresh)),
            np.full(len(fresh), highspy.kHighsInf),
            len(added.members),
            added.begins[:-1],
            added.members,
            np.ones(len(added.members)),
        )
        columns = np.concatenate([columns, fresh])
        inside[fresh] = True
    share = np.zeros(len(sets))
    share[columns] = np.asarray(solution.col_value)[sets.n_rows :]
    return share, price


def pack_exactly(sets: Sets) -> BoolArray:
    """Solve the set packing problem to proven optimality; shape (set,)."""
    solver = _open(-sets.gain, np.full(sets.n_rows, -highspy.kHighsInf), sets.begins, sets.members)
    solver.setOptionValue("presolve", "on")
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("mip_abs_gap", TOLERANCE)
    solver.changeColsIntegrality(
        len(sets),
        np.arange(len(sets), dtype=np.int32),
        np.full(len(sets), int(highspy.HighsVarType.kInteger), dtype=np.uint8),
    )
    solver.run()
    return np.asarray(solver.getSolution().col_value) > HALF


def _open_partition(sets: Sets, loss: FloatArray, price: FloatArray) -> highspy.Highs:
    """A solver that holds the equivalent partition: every row alone for its price, or in a set for what that loses.

    Where the prices bound the gains, no cost is negative, and the dual simplex starts feasible.
    """
    alone = np.arange(sets.n_rows)
    return _open(
        np.concatenate([price, loss]),
        np.ones(len(alone)),
        np.concatenate([alone, len(alone) + sets.begins]),
        np.concatenate([alone, sets.members]),
    )


def _open(cost: FloatArray, lower: FloatArray, begins: IntArray, members: IntArray) -> highspy.Highs:
    """A quiet solver on one thread that holds a program with unit coefficients; no row is above 1."""
    solver = highspy.Highs()
    solver.silent()
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("presolve", "off")
    solver.setOptionValue("simplex_dual_edge_weight_strategy", DEVEX)
    solver.setOptionValue("dual_feasibility_tolerance", TOLERANCE)
    n_columns, n_rows = len(cost), len(lower)
    solver.passModel(
        n_columns,
        n_rows,
        len(members),
        int(highspy.MatrixFormat.kColwise),
        int(highspy.ObjSense.kMinimize),
        0.0,
        cost,
        np.zeros(n_columns),
        np.full(n_columns, highspy.kHighsInf),
        lower,
        np.ones(n_rows),
        begins.astype(np.int32),
        members.astype(np.int32),
        np.ones(len(members)),
        np.zeros(n_columns, dtype=np.int32),
    )
    return solver
