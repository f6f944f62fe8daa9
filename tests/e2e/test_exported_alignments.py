"""Exports of alignments are read back by what their readers use, and say what the API answers."""

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import networkx as nx
import pandas as pd
import pytest
import stix2

from tests.e2e.exports import (
    AT,
    DAY,
    LAST,
    NAMES,
    among_all,
    bundle_of,
    exported,
    parquet,
)
from tests.e2e.http import Client, ask


@pytest.mark.parametrize("form", ["ndjson", "csv", "parquet", "graphml", "stix"])
async def test_what_format_says_accept_can_say(case: Client, form: str) -> None:
    asked: dict[str, Any] = {**AT, "known_at": LAST}
    named = await case.get("/v1/alignments", params={**asked, "format": form})
    media_type = named.headers["content-type"].partition(";")[0]
    accepted = await case.get("/v1/alignments", params=asked, headers={"accept": media_type})
    assert accepted.content == named.content
    assert accepted.headers["content-type"] == named.headers["content-type"]
    viewpoint = json.loads(named.headers["foedus-viewpoint"])
    assert (viewpoint["valid_at"], viewpoint["position"]) == (DAY, LAST)
    assert f'filename="alignments-{DAY}-{LAST}.' in named.headers["content-disposition"]
    assert "memento-datetime" in named.headers
    again = {"accept": media_type, "if-none-match": accepted.headers["etag"]}
    assert (await case.get("/v1/alignments", params=asked, headers=again)).status_code == 304


@pytest.mark.parametrize("at_once", [1, 500])
async def test_parquet_is_the_answer_typed(
    odd: Client, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr("infrastructure.exporting.pairs.AT_ONCE", at_once)
    monkeypatch.setattr("infrastructure.exporting.parquet.GROUP", 2)
    expected = await among_all(odd)
    table = parquet(await exported(odd, "/v1/alignments", format="parquet"))
    rows = table.to_pylist()
    assert len(rows) == len(expected) == 6
    for row, pair in zip(rows, expected, strict=True):
        a, b = pair["actors"]
        assert (row["a"], row["b"]) == (a, b)
        assert (row["a_name"], row["b_name"]) == (NAMES[a], NAMES[b])
        forth, back = pair["directed"][f"{a}>{b}"], pair["directed"][f"{b}>{a}"]
        assert (row["a_to_b_cooperation"], row["a_to_b_conflict"]) == tuple(forth.values())
        assert (row["b_to_a_cooperation"], row["b_to_a_conflict"]) == tuple(back.values())
        assert row["alliances"] == pair["commitments"]
        assert row["sanctions"] == pair["sanctions"]
        same = row.keys() & pair.keys() - {"last_evidence", "stale_since"}
        assert len(same) == 11
        assert {name: row[name] for name in same} == {name: pair[name] for name in same}
        for name in ("last_evidence", "stale_since"):
            assert row[name] == (pair[name] and date.fromisoformat(pair[name]))
    echo = (await ask(odd, "/v1/alignments", limit=1))["viewpoint"]
    assert json.loads(table.schema.metadata[b"viewpoint"]) == echo


async def test_pandas_and_duckdb_read_the_parquet(odd: Client, tmp_path: Path) -> None:
    file = tmp_path / "x.parquet"
    file.write_bytes(await exported(odd, "/v1/alignments", format="parquet"))
    expected = {tuple(pair["actors"]): pair["alignment"] for pair in await among_all(odd)}
    frame = pd.read_parquet(file)
    assert dict(zip(zip(frame.a, frame.b, strict=True), frame.alignment, strict=True)) == expected
    assert frame.a_name.notna().all(), "a name that reads nan is a name"
    with duckdb.connect() as db:
        found = db.execute("SELECT a, b, alignment FROM read_parquet(?)", [str(file)]).fetchall()
        hostile = db.execute(
            "SELECT count(*) FROM read_parquet(?) WHERE conflict = 3 AND last_evidence < '2024-01-01'",
            [str(file)],
        ).fetchone()
    assert {(a, b): alignment for a, b, alignment in found} == expected
    assert hostile == (2,)


async def test_pandas_and_duckdb_read_the_csv(odd: Client, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(await exported(odd, "/v1/alignments", format="csv"))
    expected = await among_all(odd)
    frame = pd.read_csv(file, keep_default_na=False, lineterminator=None)
    assert list(frame.alignment) == [pair["alignment"] for pair in expected]
    named = dict(zip(frame.a, frame.a_name, strict=True)) | dict(
        zip(frame.b, frame.b_name, strict=True)
    )
    assert named["chad"] == "'=1+1", "no spreadsheet computes it"
    for actor in ("benin", "gabon", "libya", "mali", "niger"):
        assert named[actor] == NAMES[actor]
    with duckdb.connect() as db:
        found = db.execute("SELECT a, b, conflict FROM read_csv(?)", [str(file)]).fetchall()
    assert found == [(*pair["actors"], pair["conflict"]) for pair in expected]


@pytest.mark.parametrize("form", ["csv", "ndjson", "parquet", "graphml"])
async def test_a_summary_is_the_same_in_every_form(case: Client, form: str) -> None:
    expected = [
        (*pair["actors"], pair["alignment"], pair["cooperation"], pair["conflict"])
        for pair in await among_all(case, **AT)
    ]
    content = await exported(case, "/v1/alignments", format=form, detail="summary", **AT)
    read: dict[str, Any] = {
        "csv": lambda: [
            (one["a"], one["b"], one["alignment"], int(one["cooperation"]), int(one["conflict"]))
            for one in csv.DictReader(io.StringIO(content.decode(), newline=""))
        ],
        "ndjson": lambda: [
            (*one["actors"], one["alignment"], one["cooperation"], one["conflict"])
            for one in map(json.loads, content.splitlines())
        ],
        "parquet": lambda: [tuple(row.values()) for row in parquet(content).to_pylist()],
        "graphml": lambda: sorted(
            (*sorted((a, b)), told["alignment"], told["cooperation"], told["conflict"])
            for a, b, told in nx.read_graphml(io.BytesIO(content)).edges(data=True)
        ),
    }
    assert read[form]() == expected


async def test_networkx_reads_the_graph(odd: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infrastructure.exporting.pairs.ACTORS_AT_ONCE", 2)
    graph = nx.read_graphml(io.BytesIO(await exported(odd, "/v1/alignments", format="graphml")))
    assert not graph.is_directed()
    assert {one: told["name"] for one, told in graph.nodes(data=True)} == NAMES | {
        "niger": "a\ufffdcontrol\x85",
    }
    mali = {"name": NAMES["mali"], "kind": "state", "country": "ML", "gw": "451"}
    assert graph.nodes["mali"] == mali | {"wikidata": "Q912"}
    expected = await among_all(odd)
    assert {tuple(sorted(edge)) for edge in graph.edges} == {tuple(p["actors"]) for p in expected}
    for pair in expected:
        a, b = pair["actors"]
        told = graph.edges[a, b]
        for name in ("alignment", "cooperation", "conflict", "neutral", "evidence", "disputed"):
            assert told[name] == pair[name]
        assert told["a_to_b_conflict"] == pair["directed"][f"{a}>{b}"]["conflict"]
        assert told.get("last_evidence") == pair["last_evidence"]
    assert graph.edges["chad", "libya"]["sanctions"] == 'chad>libya: @SUM("a";1)'
    assert graph.degree("france") == 0, "nothing is known of it"
    echo = (await ask(odd, "/v1/alignments", limit=1))["viewpoint"]
    assert json.loads(graph.graph["viewpoint"]) == echo


@pytest.mark.parametrize("form", ["parquet", "graphml", "stix"])
async def test_some_actors_as_a_file(case: Client, form: str) -> None:
    asked = {"actors": "mali,wagner-group,france", "format": form, **AT}
    content = await exported(case, "/v1/alignments", **asked)
    if form == "parquet":
        assert parquet(content).num_rows == 3
    elif form == "graphml":
        graph = nx.read_graphml(io.BytesIO(content))
        assert (len(graph), graph.size()) == (3, 3)
    else:
        bundle = stix2.parse(content.decode())
        types = [one.type for one in bundle.objects]
        unknown = 1  # nothing is known of France and Wagner
        assert types.count("relationship") == 2 * (3 - unknown)
        assert types.count("identity") == 1 + 3
    with_parts = await exported(case, "/v1/alignments", **asked, include="parts")
    assert with_parts


async def test_the_same_question_gives_the_same_bytes(case: Client) -> None:
    for form in ("parquet", "graphml", "stix"):
        asked = {"format": form, "known_at": 30, **AT}
        first = await exported(case, "/v1/alignments", **asked)
        assert await exported(case, "/v1/alignments", **asked) == first


async def test_an_empty_matrix_is_a_file(client: Client) -> None:
    assert parquet(await exported(client, "/v1/alignments", format="parquet")).num_rows == 0
    short = await exported(client, "/v1/alignments", format="parquet", detail="summary")
    assert parquet(short).num_rows == 0
    graph = nx.read_graphml(io.BytesIO(await exported(client, "/v1/alignments", format="graphml")))
    assert len(graph) == 0
    assert [one.type for one in (await bundle_of(client)).objects] == [
        *("identity", "extension-definition", "marking-definition")
    ]
