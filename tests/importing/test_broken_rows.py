"""A file with broken rows: the others are imported, and each broken one is listed with its reason."""

import csv
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.cli.conftest import Foedus
from tests.importing.asking import told
from tests.importing.ged_rows import row, write

ROWS = 400
BROKEN: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "cells are missing": (lambda line: b",".join(line.split(b",")[:9]) + b"\n", "has 9 cells"),
    "a quotation is opened at a cell": (lambda line: b'"' + line, ""),
    "a day is none": (lambda line: line.replace(b",201", b",211x", 1), "date_start"),
    "bytes are no UTF-8": (lambda line: line.replace(b"Mali:", b"Mal\xff:", 1), "is not UTF-8"),
    "a code is unknown": (lambda line: _cell(line, 1, b"8"), "type_of_violence: '8'"),
    "a number is none": (lambda line: _cell(line, 19, b"many"), "best: 'many'"),
    "U+0000": (lambda line: line.replace(b"Mali:", b"Ma\0li:", 1), "U+0000"),
    "the number came before": (lambda line: _cell(line, 0, b"1001"), "record 1001 came before"),
}


def _cell(line: bytes, number: int, value: bytes) -> bytes:
    cells = line.split(b",")
    cells[number] = value
    return b",".join(cells)


@pytest.mark.parametrize("seed", range(3))
def test_each_broken_row_is_listed_and_no_other(
    store: str, foedus: Foedus, tmp_path: Path, seed: int
) -> None:
    # Rows of one line, so that a line can be broken by itself.
    numbers = [number for number in range(1, ROWS * 2) if number % 7][:ROWS]
    file = write(tmp_path / "ged.csv", map(row, numbers))
    lines = file.read_bytes().splitlines(keepends=True)
    ways = list(BROKEN)
    picked = sorted(Random(seed).sample(range(2, len(lines)), len(lines) // 20))
    reasons = {}
    for place, index in enumerate(picked):
        way, reason = BROKEN[ways[place % len(ways)]]
        lines[index] = way(lines[index])
        reasons[index + 1] = reason
    file.write_bytes(b"".join(lines))

    ended = foedus("import", "ucdp-ged", file, "--rejects", tmp_path / "rejects.csv")

    assert ended.code == 1
    assert f"{len(picked)} rows rejected" in ended.err
    with (tmp_path / "rejects.csv").open(encoding="utf-8", newline="") as stream:
        listed = {int(one["line"]): one["reason"] for one in csv.DictReader(stream)}
    assert listed.keys() == reasons.keys()
    assert all(reason in listed[line] for line, reason in reasons.items())
    kept = {numbers[index - 1] for index in range(1, len(lines)) if index not in picked}
    assert {event.incident for event in told(store)} == {
        f"ucdp-ged-{1_000 + number}" for number in kept
    }


def test_a_quotation_that_is_never_closed_costs_its_row_alone(
    file_store: Path, foedus: Foedus, tmp_path: Path
) -> None:
    file = write(tmp_path / "ged.csv", map(row, range(1, 60)))
    lines = file.read_bytes().splitlines(keepends=True)
    broken = next(number for number, line in enumerate(lines, 1) if line.startswith(b"1020,"))
    lines[broken - 1] = b'"' + lines[broken - 1]
    file.write_bytes(b"".join(lines))
    ended = foedus("import", "ucdp-ged", file, "--rejects", tmp_path / "rejects.csv")
    assert ended.code == 1
    with (tmp_path / "rejects.csv").open(encoding="utf-8", newline="") as stream:
        assert [int(one["line"]) for one in csv.DictReader(stream)] == [broken]
    incidents = {event.incident for event in told(f"sqlite:///{file_store}")}
    assert incidents == {f"ucdp-ged-{1_000 + number}" for number in range(1, 60) if number != 20}


@pytest.mark.usefixtures("file_store")
def test_an_import_without_rejects_leaves_no_list_of_an_earlier_one(
    foedus: Foedus, tmp_path: Path
) -> None:
    file = write(tmp_path / "ged.csv", [row(1) | {"best": ""}])
    assert foedus("import", "ucdp-ged", file).code == 1
    rejects = tmp_path / "ged.csv.rejects.csv"
    assert rejects.exists()
    write(file, [row(1)])
    assert foedus("import", "ucdp-ged", file).code == 0
    assert not rejects.exists()
