"""Many pairs over HTTP: the whole matrix, an actor's pairs, and what changed."""

import base64
import csv
import io
import json
from itertools import combinations
from typing import Any

import httpx
import pytest

from api.schemas.answers import Shape
from api.schemas.matrix import ChangesAnswer, MatrixAnswer, SummaryAnswer
from infrastructure.exporting.pair_lines import COLUMNS, SHORT_COLUMNS
from infrastructure.questions import changes as changes_question
from infrastructure.questions import matrix
from tests.builders import worked_case
from tests.e2e.http import (
    Client,
    ask,
    attack,
    formation,
    pages,
    parameters,
    problem,
    recorded,
    registration,
)

EVENTS = worked_case()["events"]
ACTORS = sorted(e["data"]["actor"] for e in EVENTS if e["type"] == "ActorRegistered")
DAY = "2024-07-28"
NDJSON = {"accept": "application/x-ndjson"}
CSV = {"accept": "text/csv"}


async def by_pairs(client: Client, **asked: Any) -> list[Any]:
    """Every pair that is not unknown, from the question about some actors."""
    answer = await ask(client, "/v1/alignments", actors=",".join(ACTORS), **asked)
    return [pair for pair in answer["alignments"] if pair["alignment"] != "unknown"]


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("/v1/alignments", MatrixAnswer),
        ("/v1/alignments?detail=summary", SummaryAnswer),
        ("/v1/actors/mali/alignments", MatrixAnswer),
        ("/v1/changes?axis=valid&from=2010-01-01&to=2024-07-28", ChangesAnswer),
        ("/v1/changes?axis=known&from=3&to=40", ChangesAnswer),
    ],
)
async def test_answers_have_the_documented_shape(
    case: Client, path: str, shape: type[Shape]
) -> None:
    response = await case.get(path)
    answer = shape.model_validate_json(response.content)
    assert json.loads(answer.model_dump_json(by_alias=True, exclude={"viewpoint"})) == {
        name: value for name, value in response.json().items() if name != "viewpoint"
    }
    again = await case.get(path, headers={"if-none-match": response.headers["etag"]})
    assert again.status_code == httpx.codes.NOT_MODIFIED


@pytest.mark.parametrize("asked", [{}, {"according_to": "mali"}, {"known_at": 30}], ids=str)
@pytest.mark.parametrize("limit", [1, 3, 1000])
async def test_pages_joined_are_every_pair_that_is_not_unknown(
    case: Client, limit: int, asked: dict[str, Any]
) -> None:
    expected = await by_pairs(case, valid_at=DAY, **asked)
    assert len(expected) >= 3
    found = await pages(case, "/v1/alignments", "alignments", limit=limit, valid_at=DAY, **asked)
    assert found == expected
    mine = await pages(
        case, "/v1/actors/mali/alignments", "alignments", limit=limit, valid_at=DAY, **asked
    )
    assert mine == [pair for pair in expected if "mali" in pair["actors"]]


async def test_a_page_names_its_actors(case: Client) -> None:
    answer = await ask(case, "/v1/alignments", limit=2, valid_at=DAY)
    named = [actor["id"] for actor in answer["actors"]]
    assert named == sorted({actor for pair in answer["alignments"] for actor in pair["actors"]})
    hashed = await ask(case, "/v1/alignments", actors=",".join(named), valid_at=DAY)
    assert answer["answer_hash"] != hashed["answer_hash"]


async def test_a_cursor_keeps_its_position_and_day(client: Client) -> None:
    names = ["chad", "libya", "mali", "niger"]
    await recorded(client, [registration(name) for name in names])
    await recorded(client, [attack(a, b) for a, b in combinations(names, 2)])
    first = await ask(client, "/v1/alignments", limit=2)
    await recorded(
        client, [registration("benin"), attack("benin", "niger"), attack("niger", "chad")]
    )
    await recorded(client, {"type": "CeasefireAgreed", "occurred": "2024-02-01",
                            "data": {"parties": ["libya", "niger"]}})  # fmt: skip
    await ask(client, "/v1/actors")
    found = first["alignments"]
    while first["next"]:
        first = await ask(client, "/v1/alignments", limit=2, after=first["next"])
        assert first["viewpoint"]["position"] == 10
        found += first["alignments"]
    assert [tuple(pair["actors"]) for pair in found] == list(combinations(names, 2))
    assert {pair["alignment"] for pair in found} == {"hostile"}


async def test_a_page_ends_where_too_much_would_be_looked_at(
    case: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matrix, "MOST_LOOKED_AT", 1)
    monkeypatch.setattr(matrix, "SHORTEST", 1)
    monkeypatch.setattr(matrix, "LONGEST", 1)
    monkeypatch.setattr(changes_question, "MOST_LOOKED_AT", 1)
    monkeypatch.setattr(changes_question, "AT_ONCE", 1)
    none = await ask(case, "/v1/alignments", valid_at="1900-01-01")
    assert none["alignments"] == none["actors"] == []
    assert none["next"] is not None
    expected = await by_pairs(case, valid_at=DAY)
    assert await pages(case, "/v1/alignments", "alignments", valid_at=DAY, limit=5) == expected
    between = {"axis": "known", "from": 0, "to": len(EVENTS), "valid_at": DAY}
    changed = await pages(case, "/v1/changes", "changes", limit=5, **between)
    assert [one["actors"] for one in changed] == [one["actors"] for one in expected]


# As lines


@pytest.mark.parametrize("asked", [{"headers": NDJSON}, {"params": {"format": "ndjson"}}], ids=str)
async def test_the_whole_matrix_as_ndjson(case: Client, asked: dict[str, Any]) -> None:
    asked = {**asked, "params": {"valid_at": DAY, **asked.get("params", {})}}
    response = await case.get("/v1/alignments", **asked)
    assert response.headers["content-type"] == "application/x-ndjson"
    found = [json.loads(line) for line in response.text.splitlines()]
    assert found == await by_pairs(case, valid_at=DAY)
    echo = (await ask(case, "/v1/alignments", valid_at=DAY))["viewpoint"]
    assert json.loads(response.headers["foedus-viewpoint"]) == echo


@pytest.mark.parametrize("at_once", [1, 500])
async def test_lines_do_not_depend_on_how_many_are_made_at_once(
    case: Client, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr("infrastructure.exporting.pairs.AT_ONCE", at_once)
    lines = (await case.get("/v1/alignments", headers=NDJSON)).text.splitlines()
    assert len(lines) == len(set(lines)) == len(await by_pairs(case))
    rows = (await case.get("/v1/alignments", headers=CSV)).text.split("\r\n")
    assert len(rows) == 1 + len(lines) + 1


async def test_the_whole_matrix_as_csv(case: Client) -> None:
    response = await case.get("/v1/alignments", headers=CSV, params={"valid_at": DAY})
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert f"alignments-{DAY}-{len(EVENTS)}.csv" in response.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(response.text, newline="")))
    expected = await by_pairs(case, valid_at=DAY)
    assert list(rows[0]) == list(COLUMNS)
    assert [[row["a"], row["b"], row["alignment"]] for row in rows] == [
        [*pair["actors"], pair["alignment"]] for pair in expected
    ]
    [pair] = [one for one in expected if one["actors"] == ["mali", "wagner-group"]]
    [row] = [one for one in rows if (one["a"], one["b"]) == ("mali", "wagner-group")]
    assert row["a_name"] == "Mali"
    assert row["alliances"] == pair["commitments"][0]["alliance"]
    assert row["support"].split("; ") == pair["support"]
    assert row["neutral"] == "false"
    assert row["a_to_b_cooperation"] == str(pair["directed"]["mali>wagner-group"]["cooperation"])


async def test_some_actors_as_lines(case: Client) -> None:
    asked = {"actors": "mali,wagner-group,france", "valid_at": DAY}
    expected = (await ask(case, "/v1/alignments", **asked))["alignments"]
    lines = await case.get("/v1/alignments", params={**asked, "format": "ndjson"})
    assert [json.loads(line) for line in lines.text.splitlines()] == expected
    rows = (await case.get("/v1/alignments", params={**asked, "format": "csv"})).text.splitlines()
    assert len(rows) == 1 + 3


async def test_spreadsheets_compute_no_names(client: Client) -> None:
    names = {"chad": '=HYPERLINK("http://x")', "libya": "+1,2", "mali": "a\r\nb", "niger": "-"}
    events = [registration(actor, name=name) for actor, name in names.items()]
    sanction = {"sender": "chad", "target": "libya", "programme": "@SUM(A1)"}
    imposed = {"type": "SanctionImposed", "occurred": "2020", "data": sanction}
    await recorded(client, [*events, imposed, formation("pact", *names)])
    await ask(client, "/v1/actors")
    text = (await client.get("/v1/alignments", headers=CSV)).text
    assert text.count("\r\n") == 1 + 6 + 3, "a name may hold a line's end, within quotes"
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert rows[0]["a_name"] == '\'=HYPERLINK("http://x")'
    assert rows[0]["b_name"] == "'+1,2"
    assert rows[0]["sanctions"] == "chad>libya: @SUM(A1)"
    assert {row["b_name"] for row in rows} == {"'+1,2", "a\r\nb", "'-"}


# Refusals


@pytest.mark.parametrize(
    ("path", "given", "named"),
    [
        ("/v1/alignments", {"include": "parts"}, "include"),
        ("/v1/actors/mali/alignments", {"include": "parts"}, "include"),
        ("/v1/alignments", {"limit": "0"}, "limit"),
        ("/v1/alignments", {"limit": "1001"}, "limit"),
        ("/v1/alignments", {"after": "x"}, "after"),
        ("/v1/alignments", {"format": "xml"}, "format"),
        ("/v1/alignments", {"format": "csv", "limit": "5"}, "limit"),
        ("/v1/alignments", {"actors": "mali,france", "limit": "5"}, "limit"),
        ("/v1/alignments", {"actors": "mali,nobody", "format": "csv"}, "actors"),
        ("/v1/alignments", {"according_to": "nobody"}, "according_to"),
        ("/v1/alignments", {"according_to": "nobody", "format": "csv"}, "according_to"),
        ("/v1/actors/mali/alignments", {"according_to": "nobody"}, "according_to"),
        ("/v1/changes", {"axis": "both", "from": "1", "to": "2"}, "axis"),
        ("/v1/changes", {"axis": "known", "to": "2"}, "from"),
        ("/v1/changes", {"axis": "known", "from": "2", "to": "2"}, "from"),
        ("/v1/changes", {"axis": "known", "from": "3", "to": "2"}, "from"),
        ("/v1/changes", {"axis": "known", "from": "900", "to": "2020-01-01T00:00:00Z"}, "from"),
        ("/v1/changes", {"axis": "known", "from": "0", "to": "2020-01-01T00:00:00Z"}, "from"),
        ("/v1/changes", {"axis": "known", "from": "1", "to": "2999-01-01T00:00:00Z"}, "to"),
        ("/v1/changes", {"axis": "known", "from": "2020-01-01", "to": "7"}, "from"),
        ("/v1/changes", {"axis": "valid", "from": "2020-01-01", "to": "2020-01-01"}, "from"),
        ("/v1/changes", {"axis": "valid", "from": "2020", "to": "2021-01-01"}, "from"),
        ("/v1/changes", {"axis": "valid", "from": "2020-01-01", "to": "7"}, "to"),
        ("/v1/changes", {"axis": "known", "from": "1", "to": "2", "include": "parts"}, "include"),
        ("/v1/changes", {"axis": "known", "from": "1", "to": "2", "according_to": "nobody"},
         "according_to"),
    ],
    ids=str,
)  # fmt: skip
async def test_what_cannot_be_asked(
    case: Client, path: str, given: dict[str, str], named: str
) -> None:
    response = await case.get(path, params=given)
    assert parameters(response, 422, "invalid-parameter") == [named]


async def test_a_cursor_is_of_one_question_and_of_pairs(case: Client) -> None:
    cursor = (await ask(case, "/v1/alignments", limit=1))["next"]
    for path, more in {
        "/v1/alignments": {"valid_at": DAY},
        "/v1/actors/mali/alignments": {},
        "/v1/actors": {},
    }.items():
        response = await case.get(path, params={"after": cursor, **more})
        assert parameters(response, 422, "invalid-parameter") == ["after"]


async def test_nobody_knows_the_actor_of_a_path(case: Client) -> None:
    response = await case.get("/v1/actors/nobody/alignments")
    assert problem(response, 404, "not-found") == []


async def test_there_are_three_forms(case: Client) -> None:
    response = await case.get("/v1/alignments", headers={"accept": "application/xml"})
    assert problem(response, 406, "not-acceptable") == []


@pytest.mark.parametrize(
    ("path", "given", "named"),
    [
        ("/v1/alignments", {"known_at": "999"}, "known_at"),
        ("/v1/alignments", {"known_at": "999", "format": "csv"}, "known_at"),
        ("/v1/changes", {"axis": "known", "from": "1", "to": "999"}, "to"),
        ("/v1/changes", {"axis": "valid", "from": "2020-01-01", "to": DAY, "known_at": "999"},
         "known_at"),
    ],
    ids=str,
)  # fmt: skip
async def test_nothing_is_asked_ahead_of_the_read_model(
    case: Client, path: str, given: dict[str, str], named: str
) -> None:
    response = await case.get(path, params=given)
    assert parameters(response, 409, "ahead-of-read-model") == [named]


async def test_a_cursor_of_pairs_is_none_of_ids(case: Client) -> None:
    """Anybody can make one up."""
    cursor = (await ask(case, "/v1/actors", limit=1))["next"]
    held = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    keys: list[Any] = [["mali", "niger"], ["mali"], ["mali", 3], ["mali", "Niger"], [], {}]
    for key in keys:
        made_up = base64.urlsafe_b64encode(json.dumps([*held[:3], key]).encode()).decode()
        response = await case.get("/v1/actors", params={"limit": 1, "after": made_up.rstrip("=")})
        assert parameters(response, 422, "invalid-parameter") == ["after"], key


SUMMARY = ("actors", "alignment", "cooperation", "conflict")


@pytest.mark.parametrize("asked", [{}, {"include": "alleged"}, {"known_at": 20}])
async def test_a_summary_tells_of_the_same_pairs_in_short(
    case: Client, asked: dict[str, Any]
) -> None:
    whole = await by_pairs(case, **asked)
    expected = [{name: pair[name] for name in SUMMARY} for pair in whole]
    summary = {"detail": "summary", **asked}
    body = await ask(case, "/v1/alignments", limit=1_000, **summary)
    assert body["alignments"] == expected
    lines = await case.get("/v1/alignments", params=summary, headers=NDJSON)
    assert [json.loads(line) for line in lines.text.splitlines()] == expected
    table = await case.get("/v1/alignments", params=summary, headers=CSV)
    head, *rows = csv.reader(io.StringIO(table.text))
    assert tuple(head) == SHORT_COLUMNS
    assert rows == [
        [*pair["actors"], *(str(pair[name]) for name in SUMMARY[1:])] for pair in expected
    ]


async def test_pages_of_a_summary_join_to_the_whole(case: Client) -> None:
    body = await ask(case, "/v1/alignments", detail="summary")
    page = await ask(case, "/v1/alignments", detail="summary", limit=2)
    found = page["alignments"]
    while page["next"]:
        page = await ask(case, "/v1/alignments", detail="summary", limit=2, after=page["next"])
        assert len(page["alignments"]) <= 2
        found += page["alignments"]
    assert found == body["alignments"]


async def test_a_summary_is_for_everybody(case: Client) -> None:
    response = await case.get("/v1/alignments?actors=mali,france&detail=summary")
    [error] = problem(response, 422, "invalid-parameter")
    assert error["parameter"] == "detail"
