"""Files that are none of a source's, as a whole: refused with a reason, and nothing is imported."""

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.cli.conftest import Foedus
from tests.importing.asking import told
from tests.importing.ged_rows import row, write
from tests.importing.mappings import COUPS, table

pytestmark = pytest.mark.usefixtures("file_store")


def _with_column_twice(file: Path) -> None:
    file.write_text(file.read_text().replace("conflict_name", "best", 1))


def _in_utf_16(file: Path) -> None:
    file.write_bytes(file.read_text().encode("utf-16"))


def _in_utf_16_without_a_mark(file: Path) -> None:
    file.write_bytes(file.read_text().encode("utf-16-le"))


def _in_latin_1(file: Path) -> None:
    file.write_bytes(file.read_text().replace("conflict_name", "côte", 1).encode("latin-1"))


def _lines_end_in_cr(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r"))


def _empty(file: Path) -> None:
    file.write_bytes(b"")


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (_with_column_twice, "names a column twice: best"),
        (_in_utf_16, "its first line is not UTF-8: save the file as CSV UTF-8"),
        (_in_utf_16_without_a_mark, "its first line is not UTF-8: save the file as CSV UTF-8"),
        (_in_latin_1, "its first line is not UTF-8: save the file as CSV UTF-8"),
        (_empty, "its first line names no columns: is the file empty?"),
        (_lines_end_in_cr, "a line ends with a carriage return alone"),
    ],
)
def test_a_file_is_refused_in_a_line_that_steers_no_terminal(
    foedus: Foedus, tmp_path: Path, file_store: Path, broken: object, reason: str
) -> None:
    file = write(tmp_path / "ged.csv", map(row, range(1, 9)))
    assert callable(broken)
    broken(file)
    ended = foedus("import", "ucdp-ged", file)
    assert ended.code == 2
    assert reason in ended.err
    assert ended.err.rstrip("\n").isprintable()
    assert told(f"sqlite:///{file_store}") == []


def test_trailing_columns_without_a_name_are_left_alone(foedus: Foedus, tmp_path: Path) -> None:
    file = write(tmp_path / "ged.csv", [row(1)])
    lines = file.read_text().splitlines()
    file.write_text("".join(f"{line},,\n" for line in lines))
    assert foedus("import", "ucdp-ged", file).code == 0


def test_a_column_stands_twice_in_no_parquet_file(foedus: Foedus) -> None:
    columns = ["country", "ccode", "ccode_gw", "year", "month", "day", "coup"]
    both = pa.table([pa.array([1])] * 8, names=[*columns, "year"])
    pq.write_table(both, "coups.parquet")
    ended = table(foedus, Path("coups.parquet"), COUPS)
    assert ended.code == 2
    assert "names a column twice: year" in ended.err


def test_what_cannot_be_read_again_is_refused_and_not_waited_for(
    foedus: Foedus, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "ged.csv")
    ended = foedus("import", "ucdp-ged", tmp_path / "ged.csv")
    assert ended.code == 2
    assert "is no file on a disk" in ended.err


@pytest.mark.parametrize(
    ("judgements", "reason"),
    [
        ("name,actor,judgement\nA,b,same\n", "line 2: there is no actor b"),
        ("name,actor,judgement\nA,b,different\nA,b,maybe\n", "line 3: judgement must be"),
        ('name,actor,judgement\nA,b,"same\nB,c,different\n', "line 2: judgement must be"),
    ],
)
def test_judgements_that_mean_nobody_are_refused_with_their_line(
    foedus: Foedus, tmp_path: Path, file_store: Path, judgements: str, reason: str
) -> None:
    review = tmp_path / "review.csv"
    review.write_bytes(judgements.encode())
    file = write(tmp_path / "ged.csv", [row(1)])
    ended = foedus("import", "ucdp-ged", file, "--review", review)
    assert ended.code == 2
    assert str(review) in ended.err
    assert reason in ended.err
    assert told(f"sqlite:///{file_store}") == []
