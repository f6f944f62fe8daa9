"""Imports into one database take turns: each goes by what the log says of records and actors."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

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
