"""Tables as CSV, JSON Lines and Parquet: the same events, and what each kind of file cannot do."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from domain.event import Event
from infrastructure.importing import row_files
from infrastructure.importing.row_files import row_file
from infrastructure.importing.rows import Rejected, Row
from tests.cli.conftest import Foedus
from tests.importing.asking import told
from tests.importing.mappings import COUPS, ROWS, table

READ = [
    {
        column: int(value) if value.isdigit() else value or None
        for column, value in row.items()
        if column
    }
    for row in csv.DictReader(io.StringIO(ROWS))
]


def _json_lines(rows: list[dict[str, Any]]) -> Path:
    Path("coups.jsonl").write_text(
        "".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8"
    )
    return Path("coups.jsonl")


def _parquet(rows: list[dict[str, Any]]) -> Path:
    pq.write_table(pa.Table.from_pylist(rows), "coups.parquet")
    return Path("coups.parquet")


def _unquoted(event: Event) -> Event:
    [citation] = event.claim.citations
    return replace(event, claim=replace(event.claim, citations=(replace(citation, quote=None),)))


@pytest.mark.parametrize("written", [_json_lines, _parquet])
def test_the_same_rows_make_the_same_events(
    store: str, foedus: Foedus, written: Callable[[list[dict[str, Any]]], Path]
) -> None:
    done = table(foedus, written(READ), COUPS)
    assert (done.code, "3 claims new" in done.out) == (1, True), done.err
    events = told(store)
    assert json.loads(events[0].claim.citations[0].quote or "") == READ[0]
    # Only the quotation tells the files apart.
    assert "0 claims new, 3 corrected" in table(foedus, ROWS, COUPS).out
    again = [replace(one, supersedes=None, reason=None) for one in told(store)[3:]]
    assert [replace(_unquoted(one), id="") for one in again] == [
        replace(_unquoted(one), id="") for one in events
    ]


@pytest.mark.usefixtures("store")
def test_a_release_of_json_lines_is_written_again_byte_for_byte(foedus: Foedus) -> None:
    whole = _json_lines([*READ[:3], READ[4]])
    whole.write_bytes(b"\n" + whole.read_bytes().replace(b"{", b" {", 1).rstrip(b"\n"))
    bytes_before = whole.read_bytes()
    assert table(foedus, whole, COUPS, "--as-of-release", "1").code == 0
    assert table(foedus, _json_lines(READ[:2]), COUPS, "--as-of-release", "2").code == 0
    assert foedus("release", "coups-by-mapping", "1", "again.jsonl").code == 0
    assert Path("again.jsonl").read_bytes() == bytes_before


def test_a_release_of_parquet_is_refused(file_store: Path, foedus: Foedus) -> None:
    ended = table(foedus, _parquet(READ), COUPS, "--as-of-release", "1")
    assert ended.code == 2
    assert "coups.parquet: is no text, so no release of it can be written again" in ended.err
    assert told(f"sqlite:///{file_store}") == []


@pytest.mark.usefixtures("home")
def test_an_absent_library_is_named(foedus: Foedus, monkeypatch: pytest.MonkeyPatch) -> None:
    file = _parquet(READ)
    monkeypatch.setattr(row_files, "find_spec", lambda _name: None)
    ended = table(foedus, file, COUPS, "--check")
    assert ended.code == 2
    assert "Parquet needs pyarrow" in ended.err
    assert "pip install 'foedus[parquet]'" in ended.err


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("x.parquet", b"country\nMali\n", "is not Parquet"),
        ("x.jsonl", b"[1]\n", "has no line with a JSON object"),
        ("x.csv", b"", "names no columns: is the file empty?"),
    ],
)
def test_a_file_of_another_kind_is_refused(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Exception, match=reason):
        row_file(tmp_path / name, ["country"])


def test_a_wrong_line_of_json_is_rejected_with_its_number(tmp_path: Path) -> None:
    lines = [b'{"a": 1.5, "b": [1, "x"]}', b"", b"[2]", b'{"a": 1, "a": 2}', b'{"a":', b'{"a": "\xff"}', b'{"a": "\\ud800"}', b'{"c": true, "a": null}']  # fmt: skip
    (tmp_path / "x.ndjson").write_bytes(b"\n".join(lines))
    file = row_file(tmp_path / "x.ndjson")
    assert list(file.columns) == ["a", "b", "c"]
    rows = list(file.rows())
    assert [row.line for row in rows] == [1, 3, 4, 5, 6, 7, 8]
    assert [row.cells for row in rows if isinstance(row, Row)] == [
        {"a": "1.5", "b": '[1,"x"]'},
        {"c": "true", "a": ""},
    ]
    reasons = [row.reason for row in rows if isinstance(row, Rejected)]
    assert reasons[0] == "is no JSON object"
    assert reasons[1] == "is not JSON: a key stands twice in an object"
    assert reasons[3:] == ["is not UTF-8"] * 2
    assert (file.done, file.size) == (file.size, len(b"\n".join(lines)))


def test_values_of_parquet_are_the_texts_that_a_file_would_have(tmp_path: Path) -> None:
    columns = {
        "day": [date(2024, 7, 27)],
        "midnight": [datetime(2024, 7, 27)],  # noqa: DTZ001 - files have such
        "moment": [datetime(2024, 7, 27, 6, 30)],  # noqa: DTZ001
        "decimal": [Decimal("1.50")],
        "nan": [float("nan")],
        "none": [None],
        "number": [3],
    }
    pq.write_table(pa.table(columns), tmp_path / "x.parquet")
    [row] = row_file(tmp_path / "x.parquet").rows()
    assert isinstance(row, Row)
    assert row.cells == {
        "day": "2024-07-27",
        "midnight": "2024-07-27",
        "moment": "2024-07-27T06:30:00",
        "decimal": "1.50",
        "nan": "",
        "none": "",
        "number": "3",
    }
    assert json.loads(row.text)["none"] is None
