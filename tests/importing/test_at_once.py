"""Imports into one database take turns: each goes by what the log says of records and actors."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from eventsourcing.persistence import OperationalError

from api.cli import importing
from infrastructure.database import Database
from infrastructure.process_locks import process_lock
from tests.cli.conftest import Foedus
from tests.importing.asking import told
from tests.importing.ged_rows import row, write

ROWS = 1_500


def test_while_another_import_goes_on_none_begins(
    store: str, foedus: Foedus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "PATIENCE", 0.2)
    file = write(tmp_path / "ged.csv", map(row, range(1, 4)))
    database = Database(store)
    lock = process_lock(database, "import")
    assert lock.take()
    try:
        ended = foedus("import", "ucdp-ged", file)
        assert (ended.code, told(store)) == (2, [])
        assert "another import into this database is under way" in ended.err
        assert foedus("import", "ucdp-ged", file, "--dry-run").code == 0
    finally:
        lock.release()
        database.dispose()
    assert foedus("import", "ucdp-ged", file).code == 0
    assert told(store)


@pytest.mark.usefixtures("store")
def test_releases_imported_at_once_are_each_written_again(foedus: Foedus, tmp_path: Path) -> None:
    files = {
        name: write(
            tmp_path / f"{name}.csv",
            (row(number) | {"conflict_name": name} for number in range(ROWS)),
        )
        for name in ("first", "second")
    }
    command = (sys.executable, "-m", "api.cli", "import", "ucdp-ged")
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    running = {
        name: subprocess.Popen(
            [*command, file, "--as-of-release", name],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for name, file in files.items()
    }
    ended = {name: one.wait(120) for name, one in running.items()}
    assert 0 in ended.values()
    again = tmp_path / "again.csv"
    for name in (name for name, code in ended.items() if code == 0):
        assert foedus("release", "ucdp-ged", name, again, "--force").code == 0
        assert again.read_bytes() == files[name].read_bytes()
    # The other waited in vain, if the first took longer than anybody waits.
    assert set(ended.values()) <= {0, 2}


def test_a_database_named_through_a_link_has_one_lock(file_store: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.sqlite3"
    link.symlink_to(file_store)
    one, other = (Database(f"sqlite:///{path}") for path in (file_store, link))
    lock = process_lock(one, "import")
    assert lock.take()
    try:
        assert not process_lock(other, "import").take()
    finally:
        lock.release()
        one.dispose()
        other.dispose()


@pytest.mark.parametrize("content", [None, "no database at all"])
def test_a_lock_that_cannot_be_taken_is_told_in_a_sentence(
    foedus: Foedus, tmp_path: Path, file_store: Path, content: str | None
) -> None:
    lock = Path(f"{os.path.realpath(file_store)}-import")
    if content is None:
        lock.mkdir()
    else:
        lock.write_text(content * 100)
    ended = foedus("import", "ucdp-ged", write(tmp_path / "ged.csv", [row(1)]))
    assert (ended.code, told(f"sqlite:///{file_store}")) == (2, [])
    assert ended.err.startswith("foedus: the database cannot be used:"), ended.err
    assert str(lock) in ended.err


def test_a_file_that_may_not_be_written_locks_nobody_out(
    file_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(f"sqlite:///{file_store}")
    Path(f"{os.path.realpath(file_store)}-import").touch()
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(OperationalError, match="may not be written"):
        process_lock(database, "import").take()
    database.dispose()


def test_an_import_whose_lock_is_lost_stops_before_it_withdraws_anything(
    foedus: Foedus, tmp_path: Path, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path / "ged.csv", map(row, range(1, 9)))
    assert foedus("import", "ucdp-ged", file, "--as-of-release", "1").code == 0
    before = told(store)

    class Lost:
        def take(self) -> bool:
            return True

        def held(self) -> bool:
            return False

        def release(self) -> None:
            pass

    monkeypatch.setattr(importing, "process_lock", lambda *_: Lost())
    write(file, map(row, range(1, 4)))
    ended = foedus("import", "ucdp-ged", file, "--as-of-release", "2")
    assert (ended.code, told(store)) == (2, before)
    assert "import it again" in ended.err
