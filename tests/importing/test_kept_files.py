"""No file of the user's is lost to an import, nor to a release that is written again."""

import csv
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from infrastructure.importing import releases
from tests.cli.conftest import Foedus
from tests.importing.asking import told
from tests.importing.ged_rows import row, write
from tests.importing.mappings import COUPS, ROWS

pytestmark = pytest.mark.usefixtures("file_store")

BROKEN = row(1) | {"best": ""}


def _sqlite(store: Path) -> str:
    return f"sqlite:///{store}"


def _itself(file: Path) -> Path:
    return file


def _in_other_words(file: Path) -> Path:
    return file.parent / "." / "folder" / ".." / file.name


def _linked(file: Path) -> Path:
    link = file.with_name("link.csv")
    link.symlink_to(file)
    return link


@pytest.mark.parametrize("named", [_itself, _in_other_words, _linked])
def test_the_file_is_no_place_for_its_rejects(
    foedus: Foedus, tmp_path: Path, named: Callable[[Path], Path]
) -> None:
    (tmp_path / "folder").mkdir()
    file = write(tmp_path / "ged.csv", [BROKEN])
    before = file.read_bytes()
    ended = foedus("import", "ucdp-ged", file, "--rejects", named(file))
    assert (ended.code, file.read_bytes()) == (2, before)
    assert "is read: name another file" in ended.err


@pytest.mark.parametrize("option", ["--mapping", "--review", "FILE"])
def test_what_is_read_is_no_place_for_rejects_even_if_it_is_a_list_of_them(
    foedus: Foedus, home: Path, option: str
) -> None:
    files = {"FILE": home / "coups.csv", "--mapping": home / "m.yaml", "--review": home / "r.csv"}
    files["FILE"].write_text(ROWS)
    files["--mapping"].write_text(COUPS)
    files["--review"].write_text("name,actor,judgement\n")
    files[option].write_text(f"line,reason,row\n{files[option].read_text()}")
    told_of = [argument for name in ("--mapping", "--review") for argument in (name, files[name])]
    if option == "FILE":
        files["--mapping"].write_text(COUPS.replace("ccode, year", "line, year"))
    before = {file: file.read_bytes() for file in files.values()}
    ended = foedus("import", "table", files["FILE"], *told_of, "--rejects", files[option])
    assert ended.code != 0
    assert {file: file.read_bytes() for file in files.values()} == before


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
@pytest.mark.parametrize("rows", [[BROKEN], [row(1)]])
def test_another_file_of_that_name_is_not_replaced(
    foedus: Foedus, tmp_path: Path, options: tuple[str, ...], rows: list[dict[str, str]]
) -> None:
    file = write(tmp_path / "ged.csv", rows)
    notes = tmp_path / "ged.csv.rejects.csv"
    notes.write_text("what I want to keep")
    ended = foedus("import", "ucdp-ged", file, *options)
    assert (ended.code, notes.read_text()) == (2, "what I want to keep")
    assert "name another with --rejects" in ended.err


@pytest.mark.parametrize("heading", ["line,reason,row,mended by me", "line,reason,rows"])
def test_a_list_to_which_somebody_added_is_not_replaced(
    foedus: Foedus, tmp_path: Path, heading: str
) -> None:
    notes = tmp_path / "ged.csv.rejects.csv"
    notes.write_text(f"{heading}\n2,x,y,z\n")
    ended = foedus("import", "ucdp-ged", write(tmp_path / "ged.csv", [row(1)]))
    assert (ended.code, notes.read_text()) == (2, f"{heading}\n2,x,y,z\n")


def test_a_dry_run_lists_its_rejects_and_leaves_a_list_that_it_has_none_for(
    foedus: Foedus, tmp_path: Path, file_store: Path
) -> None:
    file = write(tmp_path / "ged.csv", [BROKEN, row(2)])
    rejects = tmp_path / "rejects.csv"

    def tried(*options: str) -> list[str]:
        foedus("import", "ucdp-ged", file, "--rejects", rejects, *options)
        if not rejects.exists():
            return []
        with rejects.open(encoding="utf-8", newline="") as stream:
            return [one["line"] for one in csv.DictReader(stream)]

    assert tried("--dry-run") == ["2"]
    write(file, [row(2), BROKEN])
    assert tried("--dry-run") == ["3"]
    write(file, [row(2)])
    assert tried("--dry-run") == ["3"]
    assert told(_sqlite(file_store)) == []
    assert tried() == []


def test_a_place_where_no_list_can_stand_is_named_before_anything_is_imported(
    foedus: Foedus, tmp_path: Path, file_store: Path
) -> None:
    file = write(tmp_path / "ged.csv", [BROKEN, row(2)])
    for place in (tmp_path / "nowhere" / "rejects.csv", tmp_path):
        ended = foedus("import", "ucdp-ged", file, "--rejects", place)
        assert ended.code == 2
        assert str(place) in ended.err
    assert told(_sqlite(file_store)) == []


def test_an_interrupted_import_leaves_the_list_of_the_one_before(
    foedus: Foedus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path / "ged.csv", [BROKEN, row(2)])
    assert foedus("import", "ucdp-ged", file).code == 1
    rejects = tmp_path / "ged.csv.rejects.csv"
    before = rejects.read_bytes()

    def failing(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("infrastructure.importing.running.Import._withdraw_missing", failing)
    write(file, [BROKEN, BROKEN, row(2)])
    assert foedus("import", "ucdp-ged", file, "--as-of-release", "1").code == 130
    assert rejects.read_bytes() == before
    assert [one.name for one in tmp_path.glob(".*.part")] == []


def test_a_list_behind_a_link_stays_behind_it(foedus: Foedus, tmp_path: Path) -> None:
    rejects = tmp_path / "elsewhere.csv"
    rejects.write_text("line,reason,row\n")
    link = tmp_path / "link.csv"
    link.symlink_to(rejects)
    file = write(tmp_path / "ged.csv", [BROKEN, row(2)])
    foedus("import", "ucdp-ged", file, "--rejects", link)
    assert link.is_symlink()
    assert rejects.read_text().count("best is empty") == 1


def test_a_list_that_fits_on_no_disk_is_told_in_a_sentence(
    tmp_path: Path, file_store: Path
) -> None:
    long = row(1) | {"best": "", "conflict_name": "x" * 5_000}
    file = write(tmp_path / "ged.csv", [long] * 1_000)

    def with_little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))

    ended = subprocess.run(
        [sys.executable, "-m", "api.cli", "import", "ucdp-ged", file],
        preexec_fn=with_little_room,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (ended.returncode, ended.stderr) == (
        2,
        f"foedus: {file}.rejects.csv: File too large\n",
    )
    assert sorted(one.name for one in tmp_path.glob("*ged.csv*")) == ["ged.csv"]
    assert told(_sqlite(file_store)) == []


def test_a_release_replaces_a_file_only_when_told_to_and_only_when_it_is_whole(
    foedus: Foedus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path / "ged.csv", map(row, range(1, 30)))
    assert foedus("import", "ucdp-ged", file, "--as-of-release", "23.1").code == 0
    other = tmp_path / "other.csv"
    other.write_text("mine")

    refused = foedus("release", "ucdp-ged", "23.1", other)
    assert (refused.code, other.read_text()) == (2, "mine")
    assert "--force replaces it" in refused.err
    for wrong in (("ucdp-ged", "24.1"), ("ucdp-acd", "23.1")):
        ended = foedus("release", *wrong, other, "--force")
        assert (ended.code, other.read_text()) == (2, "mine")
        assert f"no release {wrong[1]} of {wrong[0]}" in ended.err
    with monkeypatch.context() as patched:
        patched.setattr(releases, "_quotes", lambda *_: {str(1_000 + n): "" for n in range(1, 30)})
        ended = foedus("release", "ucdp-ged", "23.1", other, "--force")
    assert (ended.code, other.read_text()) == (1, "mine")
    assert "unlike the file imported" in ended.err
    assert foedus("release", "ucdp-ged", "23.1", other, "--force").code == 0
    assert other.read_bytes() == file.read_bytes()


def test_a_release_goes_to_standard_output(foedus: Foedus, tmp_path: Path, process: Foedus) -> None:
    file = write(tmp_path / "ged.csv", [row(1), row(2)])
    assert foedus("import", "ucdp-ged", file, "--as-of-release", "23.1").code == 0
    ended = process("release", "ucdp-ged", "23.1", "-")
    assert (ended.code, ended.out) == (0, file.read_text(encoding="utf-8"))


def test_a_release_that_was_another_file_before_is_told_of(foedus: Foedus, tmp_path: Path) -> None:
    file = write(tmp_path / "ged.csv", [row(1), row(2)])
    said = "another file was imported as this release before: it cannot be written again"
    for rows, told_so in (([1, 2], 0), ([1, 2], 0), ([1], 1), ([1], 0)):
        write(file, map(row, rows))
        ended = foedus("import", "ucdp-ged", file, "--as-of-release", "23.1")
        assert (ended.code, ended.out.count(said)) == (0, told_so)


def test_a_release_of_which_what_is_kept_is_damaged_is_told_in_a_sentence(
    foedus: Foedus, tmp_path: Path, file_store: Path
) -> None:
    file = write(tmp_path / "ged.csv", [row(1), row(2)])
    assert foedus("import", "ucdp-ged", file, "--as-of-release", "23.1").code == 0
    with sqlite3.connect(file_store) as conn:
        conn.execute("UPDATE release_lines SET body = x'0102'")
    conn.close()
    ended = foedus("release", "ucdp-ged", "23.1", tmp_path / "again.csv")
    assert (ended.code, "release 23.1 of ucdp-ged is damaged" in ended.err) == (1, True)
    assert not (tmp_path / "again.csv").exists()
