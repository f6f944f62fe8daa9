"""What a release withdraws when some of its rows cannot be read, or a person knew better."""

from dataclasses import replace
from pathlib import Path

import pytest

from domain.vocabulary import ReportRetracted
from infrastructure.importing import releases
from infrastructure.importing.spool import Spool
from infrastructure.log import EventLog
from tests.cli.conftest import Ended, Foedus
from tests.importing.asking import recorder, told
from tests.importing.ged_rows import row, write

ROWS = {number: row(number) for number in range(1, 21) if number % 7}


def _import(foedus: Foedus, file: Path, release: str, *options: str) -> Ended:
    return foedus(
        *("import", "ucdp-ged", file, "--as-of-release", release),
        *("--rejects", file.with_name("rejects.csv"), *options),
    )


def _withdrawn(store: str) -> set[str]:
    """The incidents whose reports were retracted."""
    events = told(store)
    by_id = {one.id: one for one in events}
    return {
        str(by_id[one.data.event].incident)
        for one in events
        if isinstance(one.data, ReportRetracted)
    }


def test_a_rejected_row_withdraws_nothing_of_its_record(
    store: str, foedus: Foedus, tmp_path: Path
) -> None:
    file = write(tmp_path / "ged.csv", ROWS.values())
    assert _import(foedus, file, "1").code == 0
    later = ROWS | {6: ROWS[6] | {"best": "many"}}
    del later[4]
    write(file, later.values())

    ended = _import(foedus, file, "2")

    assert ended.code == 1
    assert "1 withdrawn" in ended.out
    assert "1 claim left as before: rows were rejected that may still say the same" in ended.out
    assert _withdrawn(store) == {"ucdp-ged-1004"}
    write(file, [one for number, one in later.items() if number != 6])
    assert _import(foedus, file, "3").code == 0
    assert _withdrawn(store) == {"ucdp-ged-1004", "ucdp-ged-1006"}


def test_a_row_that_the_log_refuses_withdraws_nothing_of_its_record(
    store: str, foedus: Foedus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path / "ged.csv", ROWS.values())
    assert _import(foedus, file, "1").code == 0
    first = next(one for one in told(store) if one.incident == "ucdp-ged-1006")
    by_hand = replace(
        first, id="0198f2c0-0000-7000-8000-000000000001", supersedes=first.id, reason="a misprint"
    )
    with recorder(store) as log:
        EventLog(log).append([by_hand])
    write(file, (ROWS | {6: ROWS[6] | {"best": "9"}}).values())
    with monkeypatch.context() as patched:  # as if it came while the import went on
        patched.setattr("infrastructure.importing.running.ends", lambda *_: {})
        ended = _import(foedus, file, "2")
    assert (ended.code, _withdrawn(store)) == (1, set())
    assert "1 claim left as before: rows were rejected" in ended.out


@pytest.mark.parametrize("options", [("--dry-run",), ()])
def test_a_row_without_a_key_may_be_any_records_so_nothing_is_withdrawn(
    store: str, foedus: Foedus, tmp_path: Path, options: tuple[str, ...]
) -> None:
    file = write(tmp_path / "ged.csv", ROWS.values())
    assert _import(foedus, file, "1").code == 0
    write(file, [one for number, one in ROWS.items() if number not in (4, 5)])
    with file.open("a", encoding="utf-8") as stream:
        stream.write("a row of,its own\n")
    ended = _import(foedus, file, "2", *options)
    assert ended.code == 1
    assert " 0 withdrawn" in ended.out
    assert "2 claims left as before: rows were rejected" in ended.out
    assert _withdrawn(store) == set()


def test_a_file_without_rows_is_no_release(store: str, foedus: Foedus, tmp_path: Path) -> None:
    file = write(tmp_path / "ged.csv", ROWS.values())
    assert _import(foedus, file, "1").code == 0
    before = told(store)
    write(file, [])
    ended = _import(foedus, file, "2")
    assert (ended.code, told(store)) == (2, before)
    assert "has no rows, and as a release it would withdraw all of them" in ended.err


@pytest.mark.usefixtures("file_store")
@pytest.mark.parametrize("name", ["", " ", "two\nlines", " 23.1", "x" * 101])
def test_a_release_has_a_name(foedus: Foedus, tmp_path: Path, name: str) -> None:
    ended = _import(foedus, write(tmp_path / "ged.csv", ROWS.values()), name)
    assert ended.code == 2
    assert "1 to 100 characters" in " ".join(ended.err.split())


@pytest.mark.usefixtures("file_store")
def test_a_file_that_changes_meanwhile_is_no_release(
    foedus: Foedus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path / "ged.csv", ROWS.values())
    places = Spool.places

    def meanwhile(spool: Spool) -> object:
        write(file, list(ROWS.values())[:5])
        return places(spool)

    with monkeypatch.context() as patched:
        patched.setattr(Spool, "places", meanwhile)
        ended = _import(foedus, file, "1")
    assert ended.code == 2
    assert "was changed while it was imported" in ended.err
    assert "ucdp-ged" not in foedus("releases").out
    write(file, ROWS.values())
    assert _import(foedus, file, "1").code == 0
    assert " 1 " in foedus("releases").out


@pytest.mark.usefixtures("store")
def test_a_release_that_is_not_kept_to_its_end_leaves_the_one_before_it(
    foedus: Foedus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path / "ged.csv", ROWS.values())
    assert _import(foedus, file, "1").code == 0
    again = tmp_path / "again.csv"

    def failing(*_: object) -> object:
        raise KeyboardInterrupt

    write(file, list(ROWS.values())[:9])
    with monkeypatch.context() as patched:
        patched.setattr(releases.ImportedFile, "require_unchanged", failing)
        assert _import(foedus, file, "1").code == 130
    assert foedus("release", "ucdp-ged", "1", again).code == 0
    assert again.read_text(encoding="utf-8").count("\n1") > 9
    assert _import(foedus, file, "1").code == 0
    assert foedus("release", "ucdp-ged", "1", again, "--force").code == 0
    assert again.read_bytes() == file.read_bytes()
