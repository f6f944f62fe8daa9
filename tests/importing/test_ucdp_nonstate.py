"""The adapter of the Non-State Conflict Dataset, over rows made in its columns."""

import csv
from pathlib import Path

from domain.vocabulary import ActorRegistered, BattleReported, HostilitiesEnded
from infrastructure.importing.actors import Actors
from infrastructure.importing.records import Record
from infrastructure.importing.rows import CsvFile, Rejected
from infrastructure.importing.sources import SOURCES

NONSTATE = SOURCES["ucdp-nonstate"]
ROW = {
    "conflict_id": "5001",
    "year": "2010",
    "org": "3",
    "side_a_name": "Upper Valley",
    "side_a_id": "9001",
    "side_b_name": "Lower Valley, Riverside",
    "side_b_id": "9002",
    "start_date2": "2010-03-01",
    "start_prec2": "3",
    "ep_end": "0",
    "ep_end_date": "",
    "location": "Nowhere",
    "best_fatality_estimate": "40",
    "low_fatality_estimate": "30",
    "high_fatality_estimate": "55",
    "version": "1",
}
LATER = ROW | {"year": "2011", "ep_end": "1", "ep_end_date": "2011-09-30"}


def _read(folder: Path, *rows: dict[str, str]) -> list[Record | Rejected]:
    file = folder / "nonstate.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(ROW))
        writer.writeheader()
        writer.writerows(rows)
    actors = Actors("ucdp-nonstate", "UCDP Non-State Conflict Dataset")
    return list(NONSTATE.records(CsvFile(file, NONSTATE.columns), actors))


def test_a_conflict_is_a_battle_in_each_year_and_ends_the_day_after_its_episode(
    tmp_path: Path,
) -> None:
    first, second = _read(tmp_path, ROW, LATER)
    assert isinstance(first, Record)
    assert isinstance(second, Record)
    [begun] = first.assertions
    went_on, ended = second.assertions
    assert begun.occurred == "2010-03/2010-12-31"
    assert went_on.occurred == "2011-01-01/2011-09-30"
    assert isinstance(begun.data, BattleReported)
    assert [side.parties for side in begun.data.sides] == [
        ("upper-valley",),
        ("lower-valley-riverside",),
    ]
    assert begun.note == "deaths in the year: low 30, best 40, high 55. Nowhere"
    assert (ended.occurred, ended.data) == (
        "2011-10-01",
        HostilitiesEnded(parties=("upper-valley", "lower-valley-riverside")),
    )


def test_who_fights_is_of_the_kind_that_the_dataset_tells(tmp_path: Path) -> None:
    for org, kind in (("1", "rebel-group"), ("2", "political-militia"), ("3", "identity-militia")):
        [record] = _read(tmp_path, ROW | {"org": org})
        assert isinstance(record, Record)
        data = [event.data for event in record.registrations]
        assert [one.kind for one in data if isinstance(one, ActorRegistered)] == [kind, kind]


def test_an_end_waits_for_every_other_conflict_of_the_two(tmp_path: Path) -> None:
    other = ROW | {"conflict_id": "5002", "year": "2011", "start_date2": "2011-06-01"}
    _, second, _ = _read(tmp_path, ROW, LATER, other)
    assert isinstance(second, Record)
    assert [type(one.data) for one in second.assertions] == [BattleReported]


def test_a_wrong_cell_rejects_the_row(tmp_path: Path) -> None:
    for column, value in (("org", "4"), ("year", "10"), ("start_prec2", "0"), ("side_a_id", "")):
        [wrong] = _read(tmp_path, ROW | {column: value})
        assert isinstance(wrong, Rejected)
        assert column in wrong.reason
