"""Linear and integer programs over sets: the only module that talks to HiGHS."""

from dataclasses import dataclass

import highspy
import numpy as np

from annotations.agreement.corpus import BoolArray, FloatArray, IntArray
from annotations.agreement.sets import Sets

HALF = 0.5
TOLERANCE = 1e-9
PRIMAL_SIMPLEX = 4  # HiGHS' number for it: after new columns the old basis stays primal feasible
ROWS_A_PIECE = 400
PIECES_FROM = 1000
BASIC = 1  # and for a basic column


@dataclass(frozen=True, slots=True, eq=False)
class Relaxation:
    """An optimal solution of the linear relaxation and the prices that prove it."""

    share: FloatArray
    price: FloatArray
    columns: IntArray
    basic: BoolArray


def relax_packing(sets: Sets, promising: IntArray, *, with_basis: bool = False) -> Relaxation:
    r"""Solve the linear relaxation of the set packing problem.

    .. math:: \max \sum_S g_S x_S \quad \text{so that} \sum_{S \ni u} x_S \le 1, \; x \ge 0

    Only promising sets enter at first; those whose gain exceeds the prices of their rows are
    added until there is none, which proves the optimum over all sets.

    Parameters
    ----------
    sets : Sets
    promising : int array
        The sets to begin with; they only decide how long it takes.

    Returns
    -------
    Relaxation
        `share` of shape (set,), `price` of shape (row,), at least 0, with :math:`g_S \le \sum_{u \in S} p_u`.
    """
    if sets.n_rows > PIECES_FROM and len(sets):
        columns, statuses = _relax_pieces(sets, promising)
    else:
        columns, statuses = promising, None
    inside = np.zeros(len(sets), dtype=bool)
    inside[columns] = True
    solver = _open_partition(sets.take(columns))
    if statuses is not None:
        _start_from(solver, statuses)
    while True:
        solver.run()
        solution = solver.getSolution()
        price = np.clip(1 - np.asarray(solution.row_dual), 0.0, None)
        excess = sets.gain - sets.sum_rows(price)
        excess[inside] = 0.0
        fresh = np.flatnonzero(excess > TOLERANCE)
        if not len(fresh):
            break
        if len(fresh) > sets.n_rows:
            fresh = np.sort(fresh[np.argpartition(-excess[fresh], sets.n_rows)[: sets.n_rows]])
        added = sets.take(fresh)
        solver.setOptionValue("simplex_strategy", PRIMAL_SIMPLEX)
        solver.addCols(
            len(fresh),
            added.sizes - added.gain,
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
    basic = np.zeros(0, dtype=bool)
    if with_basis:
        basic = np.array([int(status) for status in solver.getBasis().col_status]) == BASIC
    return Relaxation(share, price, columns, basic)


def _relax_pieces(sets: Sets, promising: IntArray) -> tuple[IntArray, BoolArray]:
    """Relax stretches of rows by themselves; their bases, side by side, are a good first basis of the whole.

    Rows must be numbered so that sets join near ones.

    Returns
    -------
    columns : int array
        The sets that the stretches used.
    basic : bool array, shape (row + column,)
    """
    n_pieces = -(-sets.n_rows // ROWS_A_PIECE)
    piece_of_row = np.arange(sets.n_rows) * n_pieces // sets.n_rows
    piece = piece_of_row[sets.members]
    low = np.minimum.reduceat(piece, sets.begins[:-1])
    high = np.maximum.reduceat(piece, sets.begins[:-1])
    inner = np.flatnonzero(low == high)
    inner = inner[np.argsort(low[inner], kind="stable")]
    borders = np.searchsorted(low[inner], np.arange(n_pieces + 1))
    first_row = np.searchsorted(piece_of_row, np.arange(n_pieces + 1))
    hopeful = np.zeros(len(sets), dtype=bool)
    hopeful[promising] = True
    columns: list[IntArray] = []
    alone: list[BoolArray] = []
    together: list[BoolArray] = []
    for number in range(n_pieces):
        picked = inner[borders[number] : borders[number + 1]]
        part = sets.take(picked)
        n_rows = int(first_row[number + 1] - first_row[number])
        relaxed = relax_packing(
            Sets(part.begins, part.members - first_row[number], part.gain, n_rows),
            np.flatnonzero(hopeful[picked]),
            with_basis=True,
        )
        columns.append(picked[relaxed.columns])
        alone.append(relaxed.basic[:n_rows])
        together.append(relaxed.basic[n_rows:])
    return np.concatenate(columns), np.concatenate([*alone, *together])


def _start_from(solver: highspy.Highs, basic: BoolArray) -> None:
    basis = highspy.HighsBasis()
    states = (highspy.HighsBasisStatus.kLower, highspy.HighsBasisStatus.kBasic)
    basis.col_status = [states[int(flag)] for flag in basic]
    n_rows = solver.getNumRow()
    missing = n_rows - int(basic.sum())
    basis.row_status = (
        [states[0]] * n_rows if missing <= 0 else [states[1]] * missing + [states[0]] * (n_rows - missing)
    )
    basis.valid = True
    solver.setBasis(basis)
    solver.setOptionValue("simplex_strategy", PRIMAL_SIMPLEX)


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
    begins = np.arange(0, members.size + 1, 2)
    sets = Sets(begins, np.sort(members, axis=1).ravel(), weight, int(members.max()) + 1)
    return relax_packing(sets, np.arange(len(sets))).share > HALF


def _open_partition(sets: Sets) -> highspy.Highs:
    """A solver that holds the equivalent partition: every row alone for 1, or in a set for its size less its gain.

    All costs are positive, so the dual simplex starts feasible.
    """
    alone = np.arange(sets.n_rows)
    return _open(
        np.concatenate([np.ones(len(alone)), sets.sizes - sets.gain]),
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
