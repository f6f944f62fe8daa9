"""`foedus matrix` and `foedus changes`: the answers of the API, without a server."""

import csv
import io
import json
import subprocess
import sys
from typing import Any

import pytest

from tests.cli.conftest import Foedus
from tests.e2e.http import served

AT = ("--valid-at", "2024-07-28")


async def over_http(url: str, path: str, **asked: Any) -> Any:
    from api.app import create_app  # noqa: PLC0415 - the settings are the test's
    from api.settings import Settings  # noqa: PLC0415

    async with served(create_app(Settings(database_url=url))) as client:
        response = await client.get(path, params=asked)
        assert response.is_success, response.text
        return response.text if "format" in asked else response.json()


async def test_the_matrix_is_the_body_of_the_api(loaded: str, foedus: Foedus) -> None:
    printed = json.loads(foedus("matrix", *AT, "--json").out)
    assert printed == await over_http(loaded, "/v1/alignments", valid_at=AT[1])
    assert len(printed["alignments"]) > 5
    printed = json.loads(foedus("matrix", "mali", *AT, "--json").out)
    assert printed == await over_http(loaded, "/v1/actors/mali/alignments", valid_at=AT[1])


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        (("valid", "2020-01-01", "2024-07-28"), {}),
        (("known", "20", "44"), {"valid_at": "2024-07-28"}),
    ],
    ids=str,
)
async def test_changes_are_the_body_of_the_api(
    loaded: str,
    foedus: Foedus,
    monkeypatch: pytest.MonkeyPatch,
    given: tuple[str, str, str],
    asked: dict[str, str],
) -> None:
    monkeypatch.setattr("api.cli.many_pairs._PAGE", 1)
    axis, low, high = given
    more = ("--valid-at", asked["valid_at"]) if asked else ()
    ended = foedus("changes", "--axis", axis, "--from", low, "--to", high, *more, "--json")
    printed = json.loads(ended.out)
    between = {"axis": axis, "from": low, "to": high}
    assert printed == await over_http(loaded, "/v1/changes", **between, **asked)
    assert len(printed["changes"]) > 1


@pytest.mark.parametrize("form", ["csv", "ndjson"])
async def test_lines_are_those_of_the_api(loaded: str, foedus: Foedus, form: str) -> None:
    ended = foedus("matrix", *AT, "--lines", form)
    asked = {"valid_at": AT[1], "format": form}
    assert ended.out == await over_http(loaded, "/v1/alignments", **asked)
    if form == "csv":
        rows = list(csv.DictReader(io.StringIO(ended.out, newline="")))
        assert {"mali", "wagner-group"} in [{row["a"], row["b"]} for row in rows]


@pytest.mark.parametrize("form", ["csv", "ndjson"])
async def test_lines_in_short_are_those_of_the_api(loaded: str, foedus: Foedus, form: str) -> None:
    ended = foedus("matrix", *AT, "--lines", form, "--detail", "summary")
    asked = {"valid_at": AT[1], "format": form, "detail": "summary"}
    assert ended.out == await over_http(loaded, "/v1/alignments", **asked)
    assert "wagner-group" in ended.out


@pytest.mark.usefixtures("loaded")
def test_tables_for_people(foedus: Foedus) -> None:
    told = foedus("matrix", *AT).out
    assert "on 2024-07-28, as known at position 46" in told
    assert "mali – wagner-group" in told
    assert told.endswith("pairs are not unknown.\n")
    told = foedus("matrix", "--valid-at", "1900-01-01").out
    assert "0 pairs are not unknown." in told
    told = foedus("matrix", "france", *AT).out
    assert "1 pair is not unknown." in told
    told = foedus("changes", "--axis", "valid", "--from", "2020-01-01", "--to", AT[1]).out
    assert "from day 2020-01-01 to day 2024-07-28" in told
    assert "allied (cooperation 3, conflict 0)" in told
    assert told.endswith("pairs stand otherwise.\n")
    told = foedus("changes", "--axis", "known", "--from", "0", "--to", "1").out
    assert "from position 0 to position 1" in told
    assert "0 pairs stand otherwise." in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["matrix", "nobody"], "no actor is registered as nobody"),
        (["matrix", "--known-at", "99"], "--known-at: position 99"),
        (["matrix", "--include", "parts"], "--include"),
        (["matrix", "--lines", "csv", "--json"], "--lines"),
        (["matrix", "mali", "--lines", "csv"], "--lines"),
        (["matrix", "--lines", "xml"], "--lines"),
        (["matrix", "--lines", "csv", "--known-at", "99"], "--known-at: position 99"),
        (["changes", "--from", "1", "--to", "2"], "--axis"),
        (["changes", "--axis", "known", "--from", "x", "--to", "2"], "--from"),
        (["changes", "--axis", "valid", "--from", "2020-01-01", "--to", "2"], "--to"),
        (["changes", "--axis", "known", "--from", "2", "--to", "2"], "--from: must be before --to"),
        (["changes", "--axis", "known", "--from", "2", "--to", "99"], "--to: position 99"),
        (["changes", "--axis", "known", "--from", "2", "--to", "2999-01-01T00:00:00Z"], "--to: "),
        (["changes", "--axis", "known", "--from", "1", "--to", "2", "--include", "parts"],
         "--include"),
    ],
    ids=" ".join,
)  # fmt: skip
@pytest.mark.usefixtures("loaded_file")
def test_what_cannot_be_asked(foedus: Foedus, arguments: list[str], told: str) -> None:
    ended = foedus(*arguments)
    assert ended.code == 2
    assert told in ended.err
    assert ended.out == ""


@pytest.mark.usefixtures("loaded_file")
def test_whoever_reads_the_lines_may_stop() -> None:
    command = [sys.executable, "-m", "api.cli", "matrix", "--lines", "ndjson"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
