"""The Tinzaouatene case over HTTP: every field that it gives, on both databases."""

from typing import Any

import pytest

from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.projecting import Projector
from tests.builders import worked_case
from tests.e2e.http import Client, ask, recorded

PACT = "/v1/alliances/mali-wagner-security-assistance"
QUESTIONS = 20
COMPARED = 129 * 13


@pytest.fixture
def events() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = worked_case()["events"]
    return found


def viewpoint(given: dict[str, Any]) -> dict[str, Any]:
    """The case's viewpoint as query parameters; its `known_at` is a position."""
    asked = {name: value for name, value in given.items() if value is not None}
    return asked | ({"include": ",".join(asked["include"])} if "include" in asked else {})


async def assert_every_field(client: Client) -> None:
    compared = 0
    questions = worked_case()["questions"]
    for question in questions:
        parameters = viewpoint(question["viewpoint"])
        answer = await ask(
            client, "/v1/alignments", actors=",".join(question["actors"]), **parameters
        )
        assert answer["viewpoint"] == answer["viewpoint"] | {
            name: value for name, value in question["viewpoint"].items() if name != "known_at"
        }
        assert [actor["id"] for actor in answer["actors"]] == question["actors"]
        for found, expected in zip(answer["alignments"], question["alignments"], strict=True):
            assert {name: found[name] for name in expected} == expected, parameters
            compared += len(expected)
    assert len(questions) == QUESTIONS
    assert compared == COMPARED


async def test_all_questions_after_posting_one_array(
    client: Client, events: list[dict[str, Any]]
) -> None:
    receipts = (await recorded(client, events))["items"]
    assert [receipt["position"] for receipt in receipts] == list(range(1, len(events) + 1))
    await assert_every_field(client)


async def test_all_questions_after_posting_one_by_one(
    client: Client, events: list[dict[str, Any]]
) -> None:
    for position, event in enumerate(events, start=1):
        assert (await recorded(client, event))["position"] == position
    await assert_every_field(client)


async def test_all_questions_after_a_rebuild(
    client: Client, events: list[dict[str, Any]], fresh_url: str
) -> None:
    await recorded(client, events)
    await ask(client, "/v1/actors")
    database = Database(fresh_url)
    assert Projector(database, SqlRecorder(database)).rebuild() == len(events)
    database.dispose()
    await assert_every_field(client)


@pytest.mark.parametrize(
    ("asked", "certain", "possible"),
    [
        ({"valid_at": "2021-12-15"}, [], ["mali", "wagner-group"]),
        ({"valid_at": "2022-01-01"}, ["mali", "wagner-group"], []),
        ({"valid_at": "2022-01-01", "according_to": "mali"}, [], []),
    ],
    ids=["in-the-month-it-began", "after-it", "according-to-mali"],
)
async def test_the_pact_of_mali_and_wagner(
    case: Client, asked: dict[str, str], certain: list[str], possible: list[str]
) -> None:
    pact = await ask(case, PACT, **asked)
    by_certainty = {
        name: [one["actor"] for one in pact["members"] if one["certainty"] == name]
        for name in ("certain", "possible")
    }
    assert by_certainty == {"certain": certain, "possible": possible}
    assert pact["in_force"] is (len(certain) == 2)
    listed = await ask(case, "/v1/alliances", **asked)
    assert listed["items"] == [{name: pact[name] for name in listed["items"][0]}]
