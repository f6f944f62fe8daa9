"""What adapters share: one record for each row, and cells read strictly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from domain.checks import problems
from domain.event import Event
from infrastructure.importing.actors import Actors
from infrastructure.importing.records import Assertion, Further, Record, Skipped, Unusable
from infrastructure.importing.rows import Rejected, Row, RowFile

ANY_ID = "00000000-0000-4000-8000-000000000000"
"""Of an event that is only looked at."""

MOST_OF_KEY = 180
"""No record's key is longer: each of its events cites it, behind the title of its source."""

NOT_THERE = frozenset({"", "NA", "NULL"})


def row_by_row(
    file: RowFile,
    actors: Actors,
    key: Callable[[Row], str],
    assertions: Callable[[Row], Sequence[Assertion]],
) -> Iterator[Record | Rejected]:
    """One record for each row. A row that `Unusable` is raised for names nobody."""
    for row in file.rows():
        if isinstance(row, Rejected):
            yield row
            continue
        try:
            told = _citable(key(row))
        except Unusable as error:
            yield Rejected(row.line, row.text, str(error))
            continue
        try:
            made = assertions(row)
            for assertion in made:
                _require_valid(assertion)
            for registration in actors.new:
                _require_registrable(registration)
        except Unusable as error:
            actors.forget_new()
            yield Rejected(row.line, row.text, str(error), told)
        except Skipped as why:
            actors.forget_new()
            yield Record(key=told, line=row.line, text=row.text, skipped=str(why))
        except Further:
            actors.forget_new()
            yield Record(key=told, line=row.line, text=row.text, further=True)
        else:
            yield Record(
                key=told,
                line=row.line,
                text=row.text,
                quotable=row.own,
                assertions=made,
                registrations=actors.take_new(),
            )


def _citable(key: str) -> str:
    """The key. Raises Unusable where no citation can hold it."""
    if len(key) > MOST_OF_KEY:
        raise Unusable(f"its key is longer than {MOST_OF_KEY} characters: {key[:40]}…")
    return key


def _require_valid(assertion: Assertion) -> None:
    """Raise Unusable, with the first place that is wrong, where a claim cannot be an event."""
    event = Event(
        id=ANY_ID,
        occurred=assertion.occurred,
        data=assertion.data,
        incident=assertion.incident,
        place=assertion.place,
        note=assertion.note,
    )
    if found := problems(event):
        raise Unusable(f"{assertion.data.TYPE} {found[0].pointer}: {found[0].message}")


def _require_registrable(registration: Event) -> None:
    """Raise Unusable, with the first place that is wrong, where an actor cannot be registered."""
    if found := problems(registration):
        raise Unusable(f"{registration.type} {found[0].pointer}: {found[0].message}")


def usable(file: RowFile) -> Iterator[Row]:
    """The rows that can be read, for a pass over the file before the one that imports it."""
    return (row for row in file.rows() if isinstance(row, Row))


def cell(row: Row, column: str) -> str:
    """A cell that must hold something. Raises Unusable."""
    value = optional(row, column)
    if value is None:
        raise Unusable(f"{column} is empty")
    return value


def optional(row: Row, column: str) -> str | None:
    """What a cell holds; None where it, or its column, is not there."""
    value = row.cells.get(column)
    if value is None or (value := value.strip()) in NOT_THERE:
        return None
    return value


def whole(row: Row, column: str) -> int | None:
    """A whole number, not negative; None where the cell is empty. Raises Unusable."""
    value = optional(row, column)
    if value is None:
        return None
    digits = value.removesuffix(".0")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 15):
        raise Unusable(f"{column}: {value!r} is not a whole number")
    return int(digits)


def number(row: Row, column: str) -> float | None:
    """A number; None where the cell is empty. Raises Unusable."""
    value = optional(row, column)
    if value is None:
        return None
    try:
        return float(value)
    except ValueError:
        raise Unusable(f"{column}: {value!r} is not a number") from None


def one_of(row: Row, column: str, meanings: dict[str, str]) -> str:
    """What one of a few codes means. Raises Unusable."""
    value = cell(row, column)
    if value not in meanings:
        raise Unusable(f"{column}: {value!r} is none of {', '.join(meanings)}")
    return meanings[value]
