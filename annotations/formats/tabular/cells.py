"""Cells of tables that no spreadsheet takes for formulas."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
GUARD = "'"
ESCAPED_STARTS = frozenset((*FORMULA_STARTS, GUARD))
"""With what a cell begins that may have to be escaped."""


def escape_cell(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula.

    >>> escape_cell("=1+1"), escape_cell("1+1"), escape_cell("'=1")
    ("'=1+1", '1+1', "''=1")
    """
    return f"{GUARD}{cell}" if cell.lstrip(GUARD).startswith(FORMULA_STARTS) else cell


def unescape_cell(cell: str) -> str:
    """A cell as it was before it was kept from being a formula.

    >>> unescape_cell("'=1+1"), unescape_cell("'tis")
    ('=1+1', "'tis")
    """
    return cell[1:] if cell.startswith(GUARD) and cell.lstrip(GUARD).startswith(FORMULA_STARTS) else cell
