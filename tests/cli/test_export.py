"""`foedus export`: the files of the API, whole under their name or not there."""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from infrastructure.exporting import forms, running
from tests.cli.conftest import Foedus
from tests.cli.test_many_pairs import over_http

AT = ("--valid-at", "2024-07-28")


@pytest.mark.parametrize(
    ("what", "name", "path", "asked"),
    [
        ("log", "x.ndjson", "/v1/events", {"format": "ndjson"}),
        ("log", "x.cloudevents.json", "/v1/events", {"format": "cloudevents"}),
        ("alignments", "x.csv", "/v1/alignments", {"format": "csv"}),
        ("alignments", "x.jsonl", "/v1/alignments", {"format": "ndjson"}),
        ("alignments", "x.graphml", "/v1/alignments", {"format": "graphml"}),
        ("alignments", "x.stix.json", "/v1/alignments", {"format": "stix"}),
        ("incidents", "x.geojson", "/v1/incidents", {"format": "geojson"}),
        ("incidents", "x.csv", "/v1/incidents", {"format": "csv"}),
    ],
)
async def test_files_are_those_of_the_api(  # noqa: PLR0917 - one table
    loaded: str, foedus: Foedus, home: Path, what: str, name: str, path: str, asked: dict[str, Any]
) -> None:
    at = () if what == "log" else AT
    ended = foedus("export", what, name, *at)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"{name} holds ")
    viewpoint = {} if what == "log" else {"valid_at": AT[1]}
    expected = await over_http(loaded, path, **asked, **viewpoint)
    assert (home / name).read_bytes().decode() == expected
    to_output = foedus("export", what, "-", "--format", asked["format"], *at)
    assert to_output.out == expected


@pytest.mark.usefixtures("loaded_file")
def test_parquet_with_the_viewpoint_in_it(foedus: Foedus, home: Path) -> None:
    said = foedus("export", "alignments", "x.parquet", *AT, "--credibility", "3").out
    table = pq.read_table(home / "x.parquet")
    assert said == (
        f"x.parquet holds {table.num_rows} pairs on 2024-07-28, as known at position 46\n"
    )
    told = json.loads(table.schema.metadata[b"viewpoint"])
    assert (told["valid_at"], told["position"], told["credibility"]) == (AT[1], 46, 3)
    assert foedus("export", "log", "log", "--format", "parquet").out == "log holds 46 events\n"
    assert pq.read_table(home / "log").num_rows == 46


@pytest.mark.usefixtures("loaded_file")
def test_a_summary(foedus: Foedus) -> None:
    told = foedus("export", "alignments", "-", "--format", "csv", "--detail", "summary", *AT).out
    assert told == foedus("matrix", *AT, "--lines", "csv", "--detail", "summary").out


@pytest.mark.usefixtures("loaded_file")
def test_a_file_is_replaced_only_when_told(foedus: Foedus, home: Path) -> None:
    file = home / "x.csv"
    file.write_text("precious")
    ended = foedus("export", "alignments", "x.csv")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "foedus: x.csv exists; --force replaces it\n"
    assert file.read_text() == "precious"
    assert foedus("export", "alignments", "x.csv", "--force").code == 0
    assert file.read_text().startswith("a,a_name,")
    ended = foedus("export", "alignments", "nowhere/x.csv")
    assert (ended.code, "nowhere" in ended.err) == (2, True)


@pytest.mark.usefixtures("loaded_file")
def test_what_fails_on_the_way_leaves_nothing(
    foedus: Foedus, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = running.pieces

    def failing(*given: Any) -> Any:
        yield next(real(*given))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("api.cli.exporting.pieces", failing)
    (home / "x.csv").write_text("precious")
    before = sorted(home.iterdir())
    ended = foedus("export", "alignments", "x.csv", "--force")
    assert (ended.code, ended.err) == (2, "foedus: x.csv: No space left on device\n")
    assert sorted(home.iterdir()) == before
    assert (home / "x.csv").read_text() == "precious"


@pytest.mark.usefixtures("loaded_file")
def test_an_absent_library_is_named(foedus: Foedus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "find_spec", lambda _name: None)
    ended = foedus("export", "log", "x.parquet")
    assert ended.code == 2
    assert "parquet needs pyarrow" in ended.err
    assert "pip install 'foedus[parquet]'" in ended.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["everything", "x.csv"], "WHAT"),
        (["log", "x.csv"], "of log the name must end in .ndjson"),
        (["alignments", "x"], ".graphml"),
        (["alignments", "x.csv", "--format", "xml"], "not xml"),
        (["incidents", "-"], "--format"),
        (["log", "x.ndjson", *AT], "no viewpoint"),
        (["incidents", "x.csv", "--detail", "summary"], "--detail"),
        (["alignments", "x.stix", "--detail", "summary"], "--detail"),
        (["alignments", "x.csv", "--known-at", "99"], "--known-at: position 99"),
        (["alignments", "x.csv", "--include", "parts"], "--include"),
    ],
    ids=" ".join,
)
@pytest.mark.usefixtures("loaded_file")
def test_what_cannot_be_exported(foedus: Foedus, arguments: list[str], told: str) -> None:
    ended = foedus("export", *arguments)
    assert ended.code == 2
    assert told in ended.err
