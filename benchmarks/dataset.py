"""A file of UCDP's georeferenced events of any length, made of the thousand rows of the sample."""

import csv
import os
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from benchmarks.isolation import Unavailable

SAMPLE = "ucdp-ged-231-sample.csv"
ACTORS = 40
"""The sample's actors come so many times, each time under names and numbers of their own."""

_DATES = ("date_start", "date_end")
_DAYS = 7_000
_FIRST_ID = 10_000_000
_APART = 1_000_000
"""Between the numbers of an actor's copies."""


def write(file: Path, rows: int) -> None:
    """Write so many rows, with other ids, dates and actors in each thousand. Raises Unavailable."""
    sample = _sample()
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(sample[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(_shifted(sample, rows))


def _sample() -> list[dict[str, str]]:
    root = Path(__file__).parents[1]
    file = Path(os.environ.get("FOEDUS_SHARED", root.parent / "shared")) / "data" / SAMPLE
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))
    except OSError as error:
        raise Unavailable(f"the sample to make rows of is not there: {error}") from None


def _shifted(sample: list[dict[str, str]], rows: int) -> Iterator[dict[str, str]]:
    for number in range(rows):
        time, index = divmod(number, len(sample))
        yield _copy(sample[index], time, number) if time else sample[index]


def _copy(row: dict[str, str], time: int, number: int) -> dict[str, str]:
    shifted = row | {"id": str(_FIRST_ID + number)}
    for column in _DATES:
        day = date.fromisoformat(row[column][:10]) - timedelta(days=time % _DAYS)
        shifted[column] = day.isoformat()
    if whose := time % ACTORS:
        for side in "ab":
            shifted[f"side_{side}"] = f"{row[f'side_{side}']} {whose}"
            actor = int(row[f"side_{side}_new_id"])
            shifted[f"side_{side}_new_id"] = str(actor + _APART * whose)
    return shifted
