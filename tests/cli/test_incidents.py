"""`foedus incidents` and `foedus incident`, and the session of docs/incidents.md."""

import json
import shlex
from typing import Any

import pytest

from api.app import create_app
from api.settings import Settings
from tests.architecture.project import ROOT
from tests.cli.conftest import Foedus
from tests.e2e.http import served
from tests.test_readme import masked, steps

ID = "tinzaouatene-2024-07"
PAGE = ROOT / "docs" / "incidents.md"


@pytest.mark.usefixtures("loaded_file")
def test_the_session_says_what_the_page_shows(foedus: Foedus) -> None:
    [step] = steps(PAGE.read_text(encoding="utf-8"))
    program, *arguments = shlex.split(step.command)
    ended = foedus(*arguments)
    assert (program, ended.code, ended.err) == ("foedus", 0, "")
    assert masked(ended.out) == masked(step.shown)


async def test_the_json_is_the_body_that_http_answers(loaded: str, foedus: Foedus) -> None:
    questions: list[tuple[str, list[str], dict[str, str]]] = [
        (f"/v1/incidents/{ID}", ["incident", ID], {}),
        (f"/v1/incidents/{ID}", ["incident", ID, "--total", "median"], {"total": "median"}),
        (
            f"/v1/incidents/{ID}",
            ["incident", ID, "--known-at", "45", "--according-to", "mali", "--reliability", "C"],
            {"known_at": "45", "according_to": "mali", "reliability": "C"},
        ),
        (
            f"/v1/incidents/{ID}",
            ["incident", ID, "--without", "claimant:csp-psd"],
            {"without": "claimant:csp-psd"},
        ),
        ("/v1/incidents", ["incidents"], {}),
        (
            "/v1/incidents",
            ["incidents", "--actor", "mali", "--claimant", "csp-psd", "--from", "2024-07-26"],
            {"actor": "mali", "claimant": "csp-psd", "occurred_from": "2024-07-26"},
        ),
        (
            "/v1/incidents",
            ["incidents", "--to", "2024-07-24", "--valid-at", "2024-08-01"],
            {"occurred_to": "2024-07-24", "valid_at": "2024-08-01"},
        ),
    ]
    async with served(create_app(Settings(database_url=loaded))) as client:
        for path, arguments, parameters in questions:
            answer = await client.get(path, params=parameters)
            assert answer.status_code == 200, answer.text
            assert foedus(*arguments, "--json").out == answer.text + "\n"


@pytest.mark.usefixtures("file_store")
def test_all_pages_are_joined(foedus: Foedus) -> None:
    registered = [registration("chad"), registration("libya")]
    assert load(foedus, registered + [raid(f"raid-{n:04}") for n in range(1_001)]) == 0
    assert load(foedus, [raid("raid-0007") for _ in range(1_001)]) == 0
    listed = json.loads(foedus("incidents", "--json").out)
    assert (len(listed["items"]), listed["next"]) == (1_001, None)
    told = json.loads(foedus("incident", "raid-0007", "--json").out)
    assert len(told["accounts"]) == told["account_count"] == 1_002
    assert (told["report_count"], told["reports_read"]) == (1_002, 1_000)
    said = foedus("incident", "raid-0007").out
    assert "compared: the newest 1000 of 1002 reports" in said


def load(foedus: Foedus, events: list[Any]) -> int:
    return foedus("load", "-", stdin=json.dumps(events).encode()).code


def registration(actor: str) -> Any:
    data = {"actor": actor, "kind": "state", "name": actor}
    return {"type": "ActorRegistered", "occurred": "1960", "data": data}


def raid(incident: str, **fields: Any) -> Any:
    data = {"attacker": "libya", "target": "chad", "killed": {"best": 1}}
    event = {"type": "AttackReported", "occurred": "1987-01-02", "data": data}
    return event | {"incident": incident} | fields


@pytest.mark.usefixtures("file_store")
def test_rivals_are_shown_as_they_differ(foedus: Foedus) -> None:
    battle = {
        "sides": [
            {"parties": ["chad"], "outcome": "victory"},
            {"parties": ["libya"], "supporters": ["togo"], "killed": {"low": 5, "best": 7, "high": 9}},
        ],
        "civilians_killed": {"high": 3},
    }  # fmt: skip
    rival = {
        "sides": [
            {"parties": ["chad"]},
            {"parties": ["libya"], "supporters": ["togo"], "killed": {"best": 1},
             "outcome": "victory"},
        ]
    }  # fmt: skip
    first = "00000000-0000-4000-8000-000000000001"
    events = [
        *(registration(one) for one in ("chad", "libya", "togo")),
        told("BattleReported", battle, claim={"claimant": "chad"}, id=first),
        told("BattleReported", rival, claim={"claimant": "libya"}),
        told("BattleReported", rival, claim={"publisher": "wire", "modality": "alleged"}),
        told("AircraftLost", {"operator": "libya", "cause": "accident"}, claim={"claimant": "libya"}),
        told("AircraftLost", {"operator": "libya", "cause": "shot-down"}, claim={"claimant": "chad"}),
        told("ReportDenied", {"event": first}, claim={"claimant": "togo"}, incident=None),
        told("ReportCorroborated", {"event": first}, incident=None),
    ]  # fmt: skip
    assert load(foedus, events) == 0
    said = foedus("incident", "fada", "--include", "alleged").out
    for line in (
        "libya + togo, killed: libya says 1, wire says 1",
        "libya + togo, killed: chad says 7 (5 to 9), libya says 1",
        'outcome: chad says chad: "victory", libya says libya + togo: "victory"',
        'cause: chad says libya: "shot-down", libya says libya: "accident"',
        "chad puts togo on the side of libya + togo; togo denies that report",
        "civilians: killed at most 3",
        "denied by togo",
        "corroborated by the recorder",
    ):
        assert line in said
    assert "left out: 1 not admitted" in foedus("incident", "fada").out


def told(type: str, data: Any, **fields: Any) -> Any:
    event = {"type": type, "occurred": "1987-03-19", "data": data, "incident": "fada"} | fields
    return {name: value for name, value in event.items() if value is not None}


@pytest.mark.usefixtures("loaded_file")
def test_what_cannot_be_answered_is_refused(foedus: Foedus) -> None:
    for arguments, said in (
        (["incident", "nowhere"], "foedus: no event reports an incident nowhere\n"),
        (
            ["incidents", "--actor", "malli"],
            "foedus: no actor is registered as malli; did you mean mali?\n",
        ),
    ):
        ended = foedus(*arguments)
        assert (ended.code, ended.out, ended.err) == (2, "", said)
    for arguments in (
        ["incident", ID, "--include", "parts"],
        ["incidents", "--include", "parts"],
        ["incident", ID, "--total", "mean"],
        ["incidents", "--from", "2024"],
    ):
        ended = foedus(*arguments)
        assert (ended.code, ended.out) == (2, ""), arguments
    assert "no incident" in foedus("incidents", "--known-at", "3").out
