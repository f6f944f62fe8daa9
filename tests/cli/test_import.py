"""`foedus import`: datasets into the log, read again through the log."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from domain.event import Event
from domain.vocabulary import CoupOccurred
from infrastructure.codec import event_of
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from tests.cli.conftest import Foedus


def _events(url: str) -> list[Event]:
    database = Database(url)
    try:
        return [event_of(one) for one in SqlRecorder(database).stream()]
    finally:
        database.dispose()


@pytest.mark.shared_data
def test_every_coup_is_imported_once_and_its_totals_are_the_files(
    store: str, foedus: Foedus, shared_data: Path
) -> None:
    file = shared_data / "powell-thyne-coups.csv"
    rejects = Path.cwd() / "rejects.csv"
    first = foedus("import", "coups", file, "--rejects", rejects)
    again = foedus("import", "coups", file, "--rejects", rejects)

    assert (first.code, again.code) == (0, 0), first.err + again.err
    assert "488 claims new" in first.out
    assert " 0 claims new, 0 corrected, 0 withdrawn, 488 unchanged; 0 actors" in again.out
    assert not rejects.exists()
    told = Counter(
        (event.occurred[:4], event.data.state, event.data.outcome)
        for event in _events(store)
        if isinstance(event.data, CoupOccurred)
    )
    with file.open(encoding="utf-8", newline="") as stream:
        rows = Counter(
            (row["year"], row["ccode"], {"1": "failed", "2": "success"}[row["coup"]])
            for row in csv.DictReader(stream)
        )
    assert Counter((year, outcome) for year, _, outcome in told.elements()) == Counter(
        (year, outcome) for year, _, outcome in rows.elements()
    )
    assert sorted(told.values()) == sorted(rows.values())
