"""Rows made in the columns of UCDP's georeferenced events, as many as a test wants."""

import csv
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

COLUMNS = (
    *("id", "type_of_violence", "conflict_name", "side_a", "side_a_new_id", "side_b"),
    *("side_b_new_id", "where_coordinates", "where_prec", "latitude", "longitude", "country"),
    *("date_prec", "date_start", "date_end", "deaths_a", "deaths_b", "deaths_civilians"),
    *("deaths_unknown", "best", "high", "low"),
)


def row(number: int) -> dict[str, str]:
    """One row of its own number; every fifth is one-sided, every seventh spans two lines."""
    day = (date(2010, 1, 1) + timedelta(days=number % 900)).isoformat()
    one_sided = number % 5 == 0
    rebels = number % 23
    place = "A town\nby the river" if number % 7 == 0 else f"Town {number % 31}"
    return dict(
        zip(
            COLUMNS,
            (
                *(str(1_000 + number), "3" if one_sided else "1", "Mali: Government"),
                *("Government of Mali", "72"),
                *(("Civilians", "9999") if one_sided else (f"Rebels {rebels}", str(rebels))),
                *(place, "1", "16.27", "-0.05", "Mali", "1", day, day),
                *(("0", "0", "3", "0") if one_sided else ("1", "2", "0", str(number % 2))),
                *(("3",) * 3 if one_sided else (str(3 + number % 2),) * 3),
            ),
            strict=True,
        )
    )


def write(file: Path, rows: Iterable[dict[str, str]]) -> Path:
    """Write the rows, with LF behind each."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return file
