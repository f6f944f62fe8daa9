"""ACLED's export imported again: rows changed, deleted and returned, and each download written again."""

import hashlib
from pathlib import Path

import pytest

from domain.vocabulary import AgreementSigned, BattleReported, ReportRetracted
from tests.cli.conftest import Foedus
from tests.importing.acled_rows import (
    AGREEMENT,
    ARMY_ID,
    BATTLE,
    CIVILIANS_ID,
    COLUMNS,
    ON_CIVILIANS,
    REBELS_ID,
    imported,
    only,
    write,
)
from tests.importing.asking import asked, registered, told


def test_the_same_rows_again_and_rows_only_stamped_anew_add_nothing(
    store: str, foedus: Foedus
) -> None:
    imported(foedus, BATTLE, ON_CIVILIANS, AGREEMENT)
    before = told(store)
    again = imported(foedus, BATTLE, ON_CIVILIANS, AGREEMENT)
    stamped = imported(foedus, BATTLE | {"timestamp": "1799999999"}, ON_CIVILIANS, AGREEMENT)
    for done in (again, stamped):
        assert "0 claims new, 0 corrected, 0 withdrawn, 3 unchanged; 0 actors" in done.out
    assert told(store) == before


def test_a_changed_row_supersedes_its_event_and_a_changed_type_retracts_it(
    store: str, foedus: Foedus
) -> None:
    imported(foedus, BATTLE)
    first = only(store)
    changed = BATTLE | {"event_date": "2024-07-26", "timestamp": "1799999999"}
    assert "1 corrected" in imported(foedus, changed).out
    second = told(store)[-1]
    assert (second.supersedes, second.occurred) == (first.id, "2024-07-26")
    assert asked(foedus, (ARMY_ID, REBELS_ID), "2024-07-26")["alignment"] == "hostile"

    peaceful = changed | {"event_type": "Strategic developments", "sub_event_type": "Agreement"}
    assert "1 corrected" in imported(foedus, peaceful).out
    retraction, signed = told(store)[-2:]
    assert isinstance(retraction.data, ReportRetracted)
    assert retraction.data.event == second.id
    assert isinstance(signed.data, AgreementSigned)
    assert asked(foedus, (ARMY_ID, REBELS_ID), "2024-07-28")["alignment"] == "cooperating"

    assert "1 withdrawn" in imported(foedus, peaceful | {"event_type": "Protests"}).out
    assert asked(foedus, (ARMY_ID, REBELS_ID), "2024-07-28")["alignment"] == "unknown"


def test_deleted_ids_retract_their_events_once_and_a_row_may_return(
    store: str, foedus: Foedus
) -> None:
    imported(foedus, BATTLE, ON_CIVILIANS)
    deleted = write(
        Path.cwd() / "deleted.csv",
        {"event_id_cnty": "MLI1", "deleted_timestamp": "1723000000"},
        {"event_id_cnty": "MLI77", "deleted_timestamp": "1723000000"},
        columns=["event_id_cnty", "deleted_timestamp"],
    )
    done = foedus("import", "acled", deleted)
    assert (done.code, "1 withdrawn" in done.out) == (0, True), done.err
    retraction = told(store)[-1].data
    assert isinstance(retraction, ReportRetracted)
    assert retraction.reason == "deleted by ACLED on 2024-08-07"
    assert asked(foedus, (ARMY_ID, REBELS_ID), "2024-07-28")["alignment"] == "unknown"
    assert asked(foedus, (CIVILIANS_ID, REBELS_ID), "2024-07-28")["alignment"] == "hostile"
    assert "0 withdrawn" in foedus("import", "acled", deleted).out

    assert "1 claim new, 0 corrected, 0 withdrawn, 1 unchanged" in (
        imported(foedus, BATTLE, ON_CIVILIANS).out
    )
    assert asked(foedus, (ARMY_ID, REBELS_ID), "2024-07-28")["alignment"] == "hostile"


def test_a_list_of_deleted_ids_is_refused_as_a_release(file_store: Path, foedus: Foedus) -> None:
    imported(foedus, BATTLE)
    deleted = {"event_id_cnty": "MLI77", "deleted_timestamp": "1723000000"}
    file = write(Path.cwd() / "deleted.csv", deleted, columns=list(deleted))
    done = foedus("import", "acled", file, "--as-of-release", "may")
    assert (done.code, "lists deleted records, and is no release" in done.err) == (2, True)
    assert isinstance(only(f"sqlite:///{file_store}").data, BattleReported)


def test_a_file_that_is_neither_export_nor_deletions_is_refused(
    file_store: Path, foedus: Foedus
) -> None:
    file = write(Path.cwd() / "other.csv", {"event_id_cnty": "MLI1"}, columns=["event_id_cnty"])
    done = foedus("import", "acled", file)
    assert (done.code, "has no column event_date" in done.err) == (2, True)
    assert not registered(f"sqlite:///{file_store}")


@pytest.mark.usefixtures("store")
def test_each_download_is_written_again_byte_for_byte(foedus: Foedus) -> None:
    files = {
        "may": (BATTLE, ON_CIVILIANS, AGREEMENT | {"event_type": "Riots"}),
        "june": (BATTLE | {"timestamp": "1799999999", "notes": "One day."}, AGREEMENT),
    }
    written = {}
    for release, rows in files.items():
        assert imported(foedus, *rows, options=("--as-of-release", release)).code == 0
        written[release] = hashlib.sha256(Path("acled.csv").read_bytes()).hexdigest()
    for release, digest in written.items():
        assert foedus("release", "acled", release, Path("again.csv"), "--force").code == 0
        assert hashlib.sha256(Path("again.csv").read_bytes()).hexdigest() == digest
    assert asked(foedus, (CIVILIANS_ID, REBELS_ID), "2024-07-28")["alignment"] == "unknown"


def test_an_older_export_with_a_code_behind_the_stamp_is_told_apart_the_same_way(
    file_store: Path, foedus: Foedus
) -> None:
    columns = ["data_id", *COLUMNS, "iso3"]
    older = BATTLE | {"data_id": "9", "inter1": "1", "inter2": "2", "iso3": "MLI"}
    file = Path.cwd() / "older.csv"
    foedus("import", "acled", write(file, older, columns=columns))
    stamped = write(file, older | {"timestamp": "1799999999"}, columns=columns)
    assert "0 corrected, 0 withdrawn, 1 unchanged" in foedus("import", "acled", stamped).out
    assert isinstance(only(f"sqlite:///{file_store}").data, BattleReported)
