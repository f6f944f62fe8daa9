"""The adapter of the Georeferenced Event Dataset, over the thousand rows of its sample."""

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from domain.vocabulary import AttackReported, BattleReported, CasualtiesReported
from infrastructure.importing.actors import Actors
from infrastructure.importing.countries import country_code
from infrastructure.importing.records import Assertion, Record
from infrastructure.importing.rows import CsvFile, Rejected
from infrastructure.importing.sources import SOURCES

pytestmark = pytest.mark.shared_data
GED = SOURCES["ucdp-ged"]
Read = Callable[[Path], list[Record | Rejected]]


def _read(file: Path) -> list[Record | Rejected]:
    return list(GED.records(CsvFile(file, GED.columns), Actors("ucdp-ged", "UCDP GED")))


@pytest.fixture(scope="module")
def rows(shared_data: Path) -> list[dict[str, str]]:
    file = shared_data / "ucdp-ged-231-sample.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def records(shared_data: Path) -> list[Record]:
    read = _read(shared_data / "ucdp-ged-231-sample.csv")
    assert not [one for one in read if isinstance(one, Rejected)]
    return [one for one in read if isinstance(one, Record)]


def test_every_row_is_a_record_of_its_own_number(
    rows: list[dict[str, str]], records: list[Record]
) -> None:
    assert [record.key for record in records] == [row["id"] for row in rows]
    assert all(record.assertions for record in records)


def test_deaths_by_country_and_year_are_the_files(
    rows: list[dict[str, str]], records: list[Record]
) -> None:
    told: Counter[tuple[str | None, str]] = Counter()
    for record in records:
        for claim in record.assertions:
            assert claim.place is not None
            told[claim.place.country, claim.occurred[:4]] += _deaths(claim)
    given: Counter[tuple[str | None, str]] = Counter()
    for row in rows:
        given[country_code(row["country"]), row["date_start"][:4]] += int(row["best"])
    assert told == given
    assert sum(given.values()) > 5_000


def _deaths(claim: Assertion) -> int:
    match claim.data:
        case BattleReported(sides=sides, civilians_killed=civilians):
            counts = [*(side.killed for side in sides), civilians]
        case AttackReported(killed=killed) | CasualtiesReported(killed=killed):
            counts = [killed]
        case other:
            raise AssertionError(other)
    return sum(count.best or 0 for count in counts if count is not None)


@pytest.mark.parametrize(
    ("given", "occurred"),
    [
        (("1", "2016-05-04", "2016-05-04"), "2016-05-04"),
        (("1", "2016-05-04", "2016-05-06"), "2016-05-04/2016-05-06"),
        (("2", "2016-05-04", "2016-05-06"), "2016-05-04~/2016-05-06"),
        (("3", "2016-05-04", "2016-05-10"), "2016-05-04~/2016-05-10"),
        (("4", "2016-05-01", "2016-05-31"), "2016-05"),
        (("4", "2016-05-15", "2016-06-14"), "2016-05-15~/2016-06-14"),
        (("5", "2016-01-01", "2016-12-31"), "2016"),
    ],
)
def test_a_date_is_as_vague_as_its_precision_says(
    tmp_path: Path,
    rows: list[dict[str, str]],
    given: tuple[str, str, str],
    occurred: str,
) -> None:
    changed = dict(zip(("date_prec", "date_start", "date_end"), given, strict=True))
    [record] = _read(_written(tmp_path, [rows[0] | changed]))
    assert isinstance(record, Record)
    assert record.assertions[0].occurred == occurred


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("type_of_violence", "4", "type_of_violence: '4' is none of 1, 2, 3"),
        ("date_start", "2016-02-30", "date_start: '2016-02-30'"),
        ("date_end", "1988-01-01", "is before date_start"),
        ("date_prec", "9", "date_prec: '9' is none of 1, 2, 3, 4, 5"),
        ("deaths_a", "many", "deaths_a: 'many' is not a whole number"),
        ("latitude", "95", "/place/latitude"),
        ("side_b", "", "side_b is empty"),
    ],
)
def test_a_wrong_cell_rejects_the_row_and_names_nobody(
    tmp_path: Path, rows: list[dict[str, str]], column: str, value: str, reason: str
) -> None:
    good = next(row for row in rows if row["type_of_violence"] == "1")
    file = _written(tmp_path, [good | {column: value}, good])
    wrong, right = _read(file)
    assert isinstance(wrong, Rejected)
    assert reason in wrong.reason
    assert wrong.line == 2
    assert isinstance(right, Record)
    assert len(right.registrations) == 2


def test_an_older_release_without_the_newer_columns_is_read(
    tmp_path: Path, rows: list[dict[str, str]]
) -> None:
    newer = {"relid", "code_status", "side_a_new_id", "side_b_new_id", "number_of_sources"}
    newer |= {"gwnoa", "gwnob", "where_description", "deaths_unknown"}
    older = [{name: cell for name, cell in row.items() if name not in newer} for row in rows[:50]]
    read = _read(_written(tmp_path, older))
    assert all(isinstance(record, Record) and record.assertions for record in read)


def test_one_sided_violence_is_against_the_civilians_of_the_country(
    rows: list[dict[str, str]], records: list[Record]
) -> None:
    for row, record in zip(rows, records, strict=True):
        if row["type_of_violence"] == "3":
            attack = record.assertions[0].data
            assert isinstance(attack, AttackReported)
            assert attack.target.startswith("civilians-")
            assert attack.killed is not None
            assert attack.killed.best == int(row["best"])


def _written(folder: Path, rows: list[dict[str, str]]) -> Path:
    file = folder / "ged.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return file
