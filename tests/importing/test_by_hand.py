"""What people put right is left to them by every later import, told each time, and in nobody's way."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from domain.claims import Claim
from domain.event import Event
from domain.vocabulary import ReportRetracted
from infrastructure.importing.running import Import, Progress
from infrastructure.log import EventLog
from tests.cli.conftest import Ended, Foedus
from tests.importing import acled_rows
from tests.importing.asking import recorder, told
from tests.importing.ged_rows import row, write

ROWS = {number: row(number) for number in range(1, 9)}
CHANGED = ROWS | {6: ROWS[6] | {"best": "9", "high": "9"}}
GONE = {number: one for number, one in ROWS.items() if number != 6}
OTHER_TYPE = ROWS | {6: ROWS[6] | {"type_of_violence": "3"}}
LEFT = "1 claim left to the people who corrected or retracted what rows say otherwise now, or no more: "

ByHand = Callable[[Event, int], Event]


def _id(number: int) -> str:
    return f"0198f2c0-0000-7000-8000-00000000000{number}"


def _corrected(event: Event, number: int) -> Event:
    return replace(event, id=_id(number), supersedes=event.id, reason="a misprint")


def _corrected_elsewhere(event: Event, number: int) -> Event:
    claim = Claim(claimant=event.claim.claimant, publisher="A newspaper")
    return replace(_corrected(event, number), claim=claim)


def _retracted(event: Event, number: int) -> Event:
    data = ReportRetracted(event=event.id, reason="an entry error")
    return Event(id=_id(number), occurred="2026-11-23", data=data, claim=Claim())


def _append(store: str, *events: Event) -> None:
    with recorder(store) as log:
        for event in events:
            EventLog(log).append([event])


def _imported(store: str, number: int) -> Event:
    return next(one for one in told(store) if one.incident == f"ucdp-ged-{1_000 + number}")


def _import(foedus: Foedus, file: Path, release: str, *options: str) -> Ended:
    return foedus("import", "ucdp-ged", file, "--as-of-release", release, *options)


@pytest.mark.parametrize("rows", [CHANGED, OTHER_TYPE], ids=["changed", "another type"])
@pytest.mark.parametrize("by_hand", [_corrected, _corrected_elsewhere, _retracted])
def test_a_row_that_changed_is_left_to_who_put_its_claim_right(
    store: str, foedus: Foedus, tmp_path: Path, by_hand: ByHand, rows: dict[int, dict[str, str]]
) -> None:
    file = write(tmp_path / "ged.csv", ROWS.values())
    assert _import(foedus, file, "1").code == 0
    _append(store, by_hand(_imported(store, 6), 1))
    before = told(store)
    write(file, rows.values())
    for release, options in (("2", ["--dry-run"]), ("2", []), ("3", [])):
        ended = _import(foedus, file, release, *options)
        assert ended.code == 0, ended.err
        assert " 0 corrected, 0 withdrawn, 10 unchanged" in ended.out, ended.out
        assert f"{LEFT}{_id(1)}\n" in ended.out
        assert told(store) == before
    again = tmp_path / "again.csv"
    assert foedus("release", "ucdp-ged", "2", again).code == 0
    assert again.read_bytes() == file.read_bytes()


@pytest.mark.parametrize("by_hand", [_corrected, _corrected_elsewhere])
def test_a_correction_is_named_by_its_last_one_when_its_row_is_gone_and_only_then(
    store: str, foedus: Foedus, tmp_path: Path, by_hand: ByHand
) -> None:
    file = write(tmp_path / "ged.csv", ROWS.values())
    assert _import(foedus, file, "1").code == 0
    first = by_hand(_imported(store, 6), 1)
    _append(store, first, _corrected(first, 2))
    before = told(store)
    assert "left to" not in _import(foedus, file, "2").out
    write(file, GONE.values())
    ended = _import(foedus, file, "3")
    assert (ended.code, f"{LEFT}{_id(2)}\n" in ended.out) == (0, True)
    assert told(store) == before


def test_of_a_retracted_claim_whose_row_is_gone_nothing_is_left_to_tell(
    store: str, foedus: Foedus, tmp_path: Path
) -> None:
    file = write(tmp_path / "ged.csv", ROWS.values())
    assert _import(foedus, file, "1").code == 0
    _append(store, _retracted(_imported(store, 6), 1))
    before = told(store)
    ended = _import(foedus, write(file, GONE.values()), "2")
    assert (ended.code, "left to" in ended.out) == (0, False)
    assert told(store) == before


@pytest.mark.parametrize(
    ("by_hand", "named"), [(_corrected, 1), (_corrected_elsewhere, 1), (_retracted, 0)]
)
def test_a_deleted_record_is_left_to_who_put_it_right(
    store: str, foedus: Foedus, by_hand: ByHand, named: int
) -> None:
    battle = acled_rows.BATTLE
    acled_rows.imported(foedus, battle)
    _append(store, by_hand(told(store)[-1], 1))
    before = told(store)
    columns = ["event_id_cnty", "deleted_timestamp"]
    deleted = dict(zip(columns, (battle["event_id_cnty"], "1723000000"), strict=True))
    file = acled_rows.write(Path.cwd() / "deleted.csv", deleted, columns=columns)
    ended = foedus("import", "acled", file)
    assert (ended.code, ended.out.count(f"{LEFT}{_id(1)}\n")) == (0, named)
    assert told(store) == before


def test_what_a_person_claims_in_the_name_of_a_dataset_is_not_withdrawn(
    store: str, foedus: Foedus, tmp_path: Path
) -> None:
    file = write(tmp_path / "ged.csv", ROWS.values())
    assert _import(foedus, file, "1").code == 0
    imported = _imported(store, 6)
    reason = f"changed in {imported.claim.publisher} 24.1, by their letter"
    _append(store, replace(imported, id=_id(1)))
    _append(store, replace(imported, id=_id(2), supersedes=imported.id, reason=reason))
    before = told(store)
    ended = _import(foedus, write(file, GONE.values()), "2")
    assert (ended.code, f"{LEFT}{_id(2)}\n" in ended.out) == (0, True)
    assert told(store) == before


def test_a_persons_event_that_cites_a_row_and_has_no_id_of_its_own_is_not_withdrawn(
    store: str, foedus: Foedus, tmp_path: Path
) -> None:
    file = write(tmp_path / "ged.csv", ROWS.values())
    assert _import(foedus, file, "1").code == 0
    assert foedus("export", "log", tmp_path / "log.ndjson").code == 0
    exported = map(json.loads, (tmp_path / "log.ndjson").read_text().splitlines())
    copied = next(one for one in exported if one["id"] == _imported(store, 6).id)
    for recorded in ("id", "position", "recorded_at", "recorded_by", "hash", "schema_version"):
        del copied[recorded]
    loaded = json.dumps([copied | {"note": "as I read it"}])
    assert foedus("load", "-", stdin=loaded.encode()).code == 0
    before = told(store)
    assert _import(foedus, file, "2").code == 0
    assert told(store) == before


def test_a_claim_that_a_person_ends_while_its_row_is_withdrawn_is_left(
    store: str, foedus: Foedus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path / "ged.csv", ROWS.values())
    assert _import(foedus, file, "1").code == 0
    write(file, [one for number, one in GONE.items() if number != 5])
    withdraw = Import._withdraw_missing

    def meanwhile(self: Import, progress: Progress) -> None:
        monkeypatch.setattr("infrastructure.importing.running.claimed", lambda *_: [claims])
        withdraw(self, progress)

    claims = dict.fromkeys(one.id for one in told(store))
    monkeypatch.setattr(Import, "_withdraw_missing", meanwhile)
    _append(store, _corrected(_imported(store, 6), 1))
    before = told(store)
    ended = _import(foedus, file, "2")
    assert (ended.code, " 0 corrected" in ended.out) == (0, True), ended.err
    left = told(store)[len(before) :]
    by_id = {one.id: one for one in before}
    assert {by_id[one.data.event].incident for one in left if hasattr(one.data, "event")} == {
        "ucdp-ged-1005"
    }
