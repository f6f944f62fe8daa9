"""Rows as CSV (RFC 4180, UTF-8).

A spreadsheet takes a cell that begins with one of `= + - @`, a tab or a line's end for a formula.
What sources call things goes through `guarded`, which puts an apostrophe before it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")
BETWEEN = "; "
"""Stands between several entries of a cell."""


def lines(rows: Iterable[Iterable[Any]]) -> bytes:
    """The rows; None is an empty cell."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def guarded(text: str) -> str:
    """The text as a cell that no spreadsheet computes."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def truth(value: bool) -> str:  # noqa: FBT001 - it is a value, not a switch
    """True or false in small letters."""
    return "true" if value else "false"
