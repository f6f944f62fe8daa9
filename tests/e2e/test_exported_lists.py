"""Exports of the log and of incidents, and what cannot be exported."""

import csv
import io
import json
from datetime import datetime
from typing import Any

import pandas as pd
import pytest

from infrastructure.exporting import forms as exporting
from tests.e2e.cloudevents import faults
from tests.e2e.exports import (
    LAST,
    exported,
    parquet,
)
from tests.e2e.http import Client, ask, attack, parameters, problem, recorded, registration


@pytest.mark.parametrize("form", ["ndjson", "cloudevents", "parquet"])
@pytest.mark.parametrize("at_once", [1, 7, 1000])
async def test_the_whole_log_in_every_form(
    case: Client, monkeypatch: pytest.MonkeyPatch, form: str, at_once: int
) -> None:
    monkeypatch.setattr("infrastructure.exporting.log.AT_ONCE", at_once)
    listed = (await case.get("/v1/events", params={"limit": 1000})).json()["items"]
    content = await exported(case, "/v1/events", format=form)
    if form == "ndjson":
        assert [json.loads(line) for line in content.splitlines()] == listed
    elif form == "cloudevents":
        batch = json.loads(content)
        assert [faults(one) for one in batch] == [[]] * LAST
        assert [one["id"] for one in batch] == [one["id"] for one in listed]
    else:
        rows = parquet(content).to_pylist()
        assert [row["position"] for row in rows] == [one["position"] for one in listed]
        for row, event in zip(rows, listed, strict=True):
            assert json.loads(row["data"]) == event["data"]
            assert json.loads(row["claim"]) == event["claim"]
            assert row["recorded_at"] == datetime.fromisoformat(event["recorded_at"])
            for name in ("id", "type", "occurred", "hash", "incident", "schema_version", "note"):
                assert row[name] == event[name]
            assert row["claimant"] == event["claim"]["claimant"]
            assert (row["latitude"], row["place"]) == (
                event["place"] and event["place"]["latitude"],
                event["place"] and event["place"]["name"],
            )


@pytest.mark.parametrize("form", ["ndjson", "parquet", "cloudevents"])
async def test_a_part_of_the_log(case: Client, form: str) -> None:
    asked: dict[str, Any] = {"actor": "jnim", "after": 3, "limit": 2}
    listed = (await case.get("/v1/events", params=asked)).json()["items"]
    content = await exported(case, "/v1/events", format=form, **asked)
    if form == "parquet":
        found = parquet(content).to_pylist()
    elif form == "ndjson":
        found = [json.loads(line) for line in content.splitlines()]
    else:
        found = json.loads(content)
    assert [one["id"] for one in found] == [one["id"] for one in listed]
    assert len(listed) == 2


async def test_an_empty_log_is_a_file(client: Client) -> None:
    assert await exported(client, "/v1/events", format="ndjson") == b""
    assert json.loads(await exported(client, "/v1/events", format="cloudevents")) == []
    assert parquet(await exported(client, "/v1/events", format="parquet")).num_rows == 0


# Incidents


async def test_incidents_are_the_same_in_every_form(
    case: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infrastructure.exporting.incidents.AT_ONCE", 1)
    items = (await ask(case, "/v1/incidents"))["items"]
    lines = await exported(case, "/v1/incidents", format="ndjson")
    assert [json.loads(line) for line in lines.splitlines()] == items
    collection = json.loads(await exported(case, "/v1/incidents", format="geojson"))
    assert collection["type"] == "FeatureCollection"
    for feature, item in zip(collection["features"], items, strict=True):
        assert {"id": feature["id"]} | feature["properties"] == item
        points = [[one["longitude"], one["latitude"]] for one in item["places"]]
        assert feature["geometry"] == {"type": "MultiPoint", "coordinates": points}
    text = (await exported(case, "/v1/incidents", format="csv")).decode()
    [row] = csv.DictReader(io.StringIO(text, newline=""))
    assert row["id"] == items[0]["id"]
    assert row["actors"].split("; ") == items[0]["actors"]
    assert float(row["latitude"]) == items[0]["places"][0]["latitude"]


async def test_places_as_geometries(client: Client) -> None:
    here = {"name": "=Here", "latitude": 19.95, "longitude": -2.97, "precision": "settlement"}
    names = {"name": 'the "border"', "country": "ML"}
    await recorded(client, [registration("mali"), registration("niger")])
    attacks = [
        attack("mali", "niger", incident="a-point", place=here),
        attack("mali", "niger", incident="b-name", place=names),
        attack("mali", "niger", incident="c-nowhere"),
    ]
    await recorded(client, attacks)
    await ask(client, "/v1/actors", limit=1)
    collection = json.loads(await exported(client, "/v1/incidents", format="geojson"))
    geometries = {one["id"]: one["geometry"] for one in collection["features"]}
    assert geometries == {
        "a-point": {"type": "Point", "coordinates": [-2.97, 19.95]},
        "b-name": None,
        "c-nowhere": None,
    }
    [first, *_] = collection["features"]
    assert first["properties"]["places"][0]["precision"] == "settlement"
    content = await exported(client, "/v1/incidents", format="csv")
    frame = pd.read_csv(io.BytesIO(content))
    assert list(frame.places.fillna("")) == ["'=Here", 'the "border"', ""]
    assert list(frame.countries.fillna("")) == ["", "ML", ""]
    assert frame.longitude[0] == -2.97
    assert list(frame.account_count) == [1, 1, 1]


async def test_an_empty_list_of_incidents_is_a_file(client: Client) -> None:
    collection = json.loads(await exported(client, "/v1/incidents", format="geojson"))
    assert collection["features"] == []


# Refusals


@pytest.mark.parametrize(
    ("path", "given", "named"),
    [
        ("/v1/alignments", {"format": "stix", "detail": "summary"}, "detail"),
        ("/v1/alignments", {"format": "parquet", "limit": "5"}, "limit"),
        ("/v1/alignments", {"format": "geojson"}, "format"),
        ("/v1/incidents", {"format": "parquet"}, "format"),
        ("/v1/incidents", {"format": "csv", "after": "x"}, "after"),
        ("/v1/incidents", {"format": "csv", "actor": "nobody"}, "actor"),
        ("/v1/events", {"format": "csv"}, "format"),
        ("/v1/events", {"format": "parquet", "actor": "nobody"}, "actor"),
    ],
    ids=str,
)
async def test_what_cannot_be_exported(
    case: Client, path: str, given: dict[str, str], named: str
) -> None:
    response = await case.get(path, params=given)
    assert parameters(response, 422, "invalid-parameter") == [named]


@pytest.mark.parametrize("path", ["/v1/alignments", "/v1/events"])
async def test_an_absent_library_is_named(
    case: Client, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(exporting, "find_spec", lambda _name: None)
    response = await case.get(path, params={"format": "parquet"})
    assert problem(response, 501, "not-installed") == []
    assert "pip install 'foedus[parquet]'" in response.json()["detail"]
    assert (await case.get(path, params={"format": "ndjson"})).is_success
