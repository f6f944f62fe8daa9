"""Releases of a living dataset: only differences are appended, and every former one is there again."""

import csv
import io
from pathlib import Path
from typing import NamedTuple

import pytest

from domain.claims import Claim
from domain.event import Event
from domain.vocabulary import BattleReported, ReportRetracted
from infrastructure.log import EventLog
from tests.cli.conftest import Ended, Foedus
from tests.importing.asking import recorder, told

pytestmark = pytest.mark.shared_data

ROWS = 240
DAYS = ("1965-06-01", "1990-06-01", "2012-12-01")


class Files(NamedTuple):
    """A release, and one made of it with rows changed, added and removed."""

    first: Path
    second: Path
    changed: int
    added: int
    removed: int


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _written(file: Path, rows: list[dict[str, str]]) -> Path:
    """As the dataset writes it: all cells quoted, every row naming its release at its end."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    file.write_bytes(text.getvalue().encode())
    return file


@pytest.fixture
def files(shared_data: Path, tmp_path: Path) -> Files:
    given = _rows(shared_data / "ucdp-prio-acd-211.csv")
    added = [row for row in given if row["conflict_id"] == "333"][:5]
    alone = [row for row in given if row["conflict_id"] != "333"]
    rows = alone[:ROWS]
    first = _written(tmp_path / "first.csv", rows)
    changed = {40, 41, 120}
    removed = {77, 200}
    later = [
        row | {"version": "22.1"} | ({"territory_name": "Elsewhere"} if number in changed else {})
        for number, row in enumerate(rows)
        if number not in removed
    ]
    later[60:60] = [row | {"version": "22.1"} for row in added]
    second = _written(tmp_path / "second.csv", later)
    return Files(first, second, len(changed), len(added), len(removed))


def _import(foedus: Foedus, file: Path, release: str) -> Ended:
    return foedus("import", "ucdp-acd", file, "--as-of-release", release)


def _answers(foedus: Foedus, *known_at: str) -> list[bytes]:
    """Every pair of some days, with what decides how it stands, as known then."""
    asked = [foedus("matrix", "--lines", "csv", "--valid-at", day, *known_at) for day in DAYS]
    assert all(one.code == 0 and one.out for one in asked), asked[0].err
    return [one.out.encode() for one in asked]


def _position(foedus: Foedus, release: str) -> str:
    lines = foedus("releases").out.splitlines()
    return next(line.split()[2].replace(",", "") for line in lines if f" {release} " in line)


def test_a_later_release_appends_its_differences_and_the_former_stays(
    store: str, foedus: Foedus, files: Files, tmp_path: Path
) -> None:
    assert _import(foedus, files.first, "21.1").code == 0
    before = told(store)
    known_at = ("--known-at", _position(foedus, "21.1"))
    asked = _answers(foedus, *known_at)

    ended = _import(foedus, files.second, "22.1")
    assert ended.code == 0, ended.err
    later = told(store)[len(before) :]
    superseded = [one for one in later if one.supersedes is not None]
    withdrawn = [one for one in later if isinstance(one.data, ReportRetracted)]
    new = [one for one in later if one not in superseded and one not in withdrawn]
    # A changed row's quotation is its first claim's, so one claim of each is superseded.
    assert len(superseded) == files.changed
    assert all(one.reason and "22.1" in one.reason for one in superseded)
    gone = {
        one.id: one for one in before if one.id in {_of(retraction) for retraction in withdrawn}
    }
    assert len(gone) == len(withdrawn) >= files.removed
    assert len([one for one in new if isinstance(one.data, BattleReported)]) >= files.added

    assert _answers(foedus, *known_at) == asked
    for release, file in (("21.1", files.first), ("22.1", files.second)):
        again = tmp_path / f"{release}.csv"
        assert foedus("release", "ucdp-acd", release, again).code == 0
        assert again.read_bytes() == file.read_bytes()

    assert " 0 claims new, 0 corrected, 0 withdrawn" in _import(foedus, files.second, "22.1").out
    assert told(store) == [*before, *later]


def _of(retraction: Event) -> str:
    assert isinstance(retraction.data, ReportRetracted)
    return retraction.data.event


def test_what_a_release_brings_back_is_claimed_anew(
    store: str, foedus: Foedus, files: Files
) -> None:
    for file, release in ((files.first, "21.1"), (files.second, "22.1")):
        assert _import(foedus, file, release).code == 0
    asked = _answers(foedus)
    before = len(told(store))
    assert _import(foedus, files.first, "23.1").code == 0
    assert len(told(store)) > before
    known_at = _position(foedus, "21.1")
    assert [*map(_levels, _answers(foedus))] == [
        *map(_levels, _answers(foedus, "--known-at", known_at))
    ]
    assert _import(foedus, files.second, "24.1").code == 0
    assert [*map(_levels, _answers(foedus))] == [*map(_levels, asked)]


def _levels(table: bytes) -> list[tuple[str, ...]]:
    """Who stands how to whom, without the events that say so: those brought back are others."""
    rows = csv.DictReader(io.StringIO(table.decode()))
    return [(row["a"], row["b"], row["cooperation"], row["conflict"]) for row in rows]


def test_what_a_person_put_right_is_left_alone_and_reported(
    store: str, foedus: Foedus, files: Files, tmp_path: Path
) -> None:
    assert _import(foedus, files.first, "21.1").code == 0
    [changed, *_] = [
        row
        for row, later in zip(_rows(files.first), _rows(files.second), strict=False)
        if later["territory_name"] == "Elsewhere" and row["conflict_id"] == later["conflict_id"]
    ]
    key = f"{changed['conflict_id']}-{changed['year']}"
    retracted = next(
        one
        for one in told(store)
        if (one.claim.citations[0].title or "").endswith(f"record {key}")
        and one.claim.citations[0].quote
    )
    by_hand = Event(
        id="0198f2c0-0000-7000-8000-000000000001",
        occurred="2026-11-23",
        data=ReportRetracted(event=retracted.id, reason="an entry error, by our own reading"),
        claim=Claim(),
    )
    with recorder(store) as log:
        EventLog(log).append([by_hand])

    ended = _import(foedus, files.second, "22.1")
    assert ended.code == 0, ended.err
    assert f"no more: {by_hand.id}\n" in ended.out
    assert retracted.id not in {one.supersedes for one in told(store)}
    again = tmp_path / "again.csv"
    assert foedus("release", "ucdp-acd", "22.1", again).code == 0
    assert again.read_bytes() == files.second.read_bytes()
