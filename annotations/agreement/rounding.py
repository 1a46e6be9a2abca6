"""From a fractional relaxation to disjoint sets, with the loss known exactly."""

from heapq import heappop, heappush

import numpy as np

from annotations.agreement.corpus import FloatArray, IntArray
from annotations.agreement.sets import Sets

WHOLE = 1e-6
STEPS_AT_MOST = 3000
REPAIRS_AT_MOST = 20_000


def round_relaxation(
    sets: Sets,
    share: FloatArray,
    excess: FloatArray,
    price: FloatArray,
) -> tuple[IntArray, float]:
    r"""Keep the sets of share 1 and search the places where shares are fractional.

    A packing loses against the relaxation exactly the excess :math:`\sum_{u \in S} p_u - g_S` of its sets and the prices
    of the rows that it leaves alone. Each connected group of fractional sets is searched, depth first, for the choice
    that loses least, among all sets inside its rows.

    Parameters
    ----------
    sets : Sets
    share, excess : arrays, shape (set,)
    price : array, shape (row,)

    Returns
    -------
    chosen : int array
    loss : float
    """
    whole = share > 1 - WHOLE
    chosen = np.flatnonzero(whole).tolist()
    fractional = np.flatnonzero((share > WHOLE) & ~whole)
    group = np.full(sets.n_rows, -1)
    for number, rows in enumerate(_group_rows(sets, fractional)):
        group[rows] = number
    owner = np.repeat(np.arange(len(sets)), sets.sizes)
    low = np.full(len(sets), np.iinfo(np.int64).max)
    high = np.full(len(sets), -1)
    np.minimum.at(low, owner, group[sets.members])
    np.maximum.at(high, owner, group[sets.members])
    within = np.flatnonzero((low == high) & (low >= 0))
    within = within[np.lexsort((excess[within], low[within]))]
    borders = np.searchsorted(low[within], np.arange(int(group.max(initial=-1)) + 2))
    loss = float(excess[chosen].sum())
    for number in range(len(borders) - 1):
        columns = within[borders[number] : borders[number + 1]].tolist()
        rows = np.flatnonzero(group == number).tolist()
        best, lost = _search(sets, columns, rows, excess, price)
        chosen.extend(best)
        loss += lost
    return np.array(sorted(chosen), dtype=np.int64), max(loss, 0.0)


def _group_rows(sets: Sets, columns: IntArray) -> list[list[int]]:
    """The rows of each connected group of sets."""
    root: dict[int, int] = {}

    def find(row: int) -> int:
        while root.setdefault(row, row) != row:
            root[row] = root[root[row]]
            row = root[row]
        return row

    for column in columns.tolist():
        first, *others = sets.members[sets.begins[column] : sets.begins[column + 1]].tolist()
        for other in others:
            one, two = sorted((find(first), find(other)))
            root[two] = one
    groups: dict[int, list[int]] = {}
    for row in sorted(root):
        groups.setdefault(find(row), []).append(row)
    return list(groups.values())


def _search(
    sets: Sets,
    columns: list[int],
    rows: list[int],
    excess: FloatArray,
    price: FloatArray,
) -> tuple[list[int], float]:
    """Choose disjoint columns that lose least: their excess, and the price of rows that stay alone."""
    member_of = {
        column: sets.members[sets.begins[column] : sets.begins[column + 1]].tolist() for column in columns
    }
    by_row: dict[int, list[tuple[float, int]]] = {row: [] for row in rows}
    for column in columns:
        for row in member_of[column]:
            by_row[row].append((max(float(excess[column]), 0.0), column))
    alone = {row: float(price[row]) for row in rows}
    best: list[int] = []
    best_loss = sum(alone.values()) + WHOLE
    steps = 0
    stack: list[tuple[float, int, frozenset[int], tuple[int, ...]]] = [(0.0, 0, frozenset(), ())]
    while stack and steps < STEPS_AT_MOST:
        lost, position, covered, picked = stack.pop()
        steps += 1
        while position < len(rows) and rows[position] in covered:
            position += 1
        if lost >= best_loss:
            continue
        if position == len(rows):
            best, best_loss = list(picked), lost
            continue
        row = rows[position]
        moves: list[tuple[float, tuple[int, ...], tuple[int, ...]]] = [(lost + alone[row], (), ())]
        moves += [
            (lost + more, (column,), tuple(member_of[column]))
            for more, column in by_row[row]
            if lost + more < best_loss and covered.isdisjoint(member_of[column])
        ]
        moves.sort(key=lambda move: -move[0])
        stack.extend(
            (total, position + 1, covered | set(taken), picked + extra) for total, extra, taken in moves
        )
    return best, best_loss


def search_repairs(
    sets: Sets,
    share: FloatArray,
    excess: FloatArray,
    price: FloatArray,
    known: tuple[IntArray, float],
) -> IntArray | None:
    """The packing that loses least of all.

    Each fractional row is covered by a set or left alone. A set may take rows from sets of share 1, whose other rows are
    then open in turn. What is decided so far bounds the loss from below; so the first choice without open rows, in the
    order of losses, is the best.

    Parameters
    ----------
    sets, share, excess, price
        As for `round_relaxation`.
    known : chosen, loss
        Its result.

    Returns
    -------
    chosen : int array or None
        None if there are too many choices to weigh.
    """
    whole = np.flatnonzero(share > 1 - WHOLE).tolist()
    members = {
        column: sets.members[sets.begins[column] : sets.begins[column + 1]].tolist() for column in whole
    }
    home = {row: column for column, rows in members.items() for row in rows}
    best, lost = known
    moves: dict[int, list[tuple[float, int, int]]] = {}
    for column in np.flatnonzero(excess < lost).tolist():
        rows = members[column] = sets.members[sets.begins[column] : sets.begins[column + 1]].tolist()
        move = (max(float(excess[column]), 0.0), column, _mask(rows))
        for row in rows:
            moves.setdefault(row, []).append(move)
    for own in moves.values():
        own.sort()
    broken = sets.take(np.flatnonzero((share > WHOLE) & (share <= 1 - WHOLE)))
    heap: list[tuple[float, int, int, int, tuple[int, ...]]] = [
        (0.0, 0, _mask(broken.members.tolist()), 0, ())
    ]
    pushed = 0
    while heap and pushed < REPAIRS_AT_MOST:
        so_far, _, pending, settled, picked = heappop(heap)
        if not pending:
            kept = [column for column in whole if not settled & _mask(members[column])]
            return np.array(sorted(kept + list(picked)), dtype=np.int64)
        row = (pending & -pending).bit_length() - 1
        alone = (float(price[row]), -1, 1 << row)
        for more, column, mask in (alone, *moves.get(row, ())):
            if settled & mask or so_far + more >= lost:
                continue
            reopened = pending
            for member in members[column] if column >= 0 else ():
                if member in home:
                    reopened |= _mask(members[home[member]])
            pushed += 1
            after = settled | mask
            heappush(
                heap,
                (
                    so_far + more,
                    pushed,
                    reopened & ~after,
                    after,
                    (*picked, column) if column >= 0 else picked,
                ),
            )
    return None if heap else best


def _mask(rows: list[int]) -> int:
    """A set of rows as the bits of a number."""
    mask = 0
    for row in rows:
        mask |= 1 << row
    return mask
