"""An import asks the log batch by batch, never row by row."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from infrastructure.event_store import SqlRecorder
from infrastructure.event_store.envelope import StoredEvent
from tests.cli.conftest import Foedus
from tests.importing.ged_rows import row, write

MOST = 12
"""Questions of one batch: versions and withdrawals of its claims, and its registrations."""


@pytest.mark.usefixtures("file_store")
def test_a_batch_is_told_from_the_log_in_a_few_questions_however_many_rows_it_has(
    foedus: Foedus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0
    by_ids = SqlRecorder.by_ids

    def counting(recorder: SqlRecorder, ids: Iterable[str]) -> list[StoredEvent]:
        nonlocal asked
        asked += 1
        return by_ids(recorder, ids)

    monkeypatch.setattr(SqlRecorder, "by_ids", counting)
    file = write(tmp_path / "ged.csv", map(row, range(300)))
    for _ in range(2):
        asked = 0
        assert foedus("import", "ucdp-ged", file).code == 0
        assert asked < MOST
