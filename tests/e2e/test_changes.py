"""What changed between two days, or two states of the log, over HTTP."""

from datetime import UTC, datetime
from typing import Any

import pytest

from api.app import create_app
from api.settings import Settings
from tests.builders import worked_case
from tests.e2e.http import Client, ask, attack, pages, recorded, registration, served

EVENTS = worked_case()["events"]
ACTORS = sorted(e["data"]["actor"] for e in EVENTS if e["type"] == "ActorRegistered")
DAY = "2024-07-28"


def short(pair: dict[str, Any]) -> dict[str, Any]:
    return {name: pair[name] for name in ("alignment", "cooperation", "conflict")}


async def differences(case: Client, one: dict[str, Any], other: dict[str, Any]) -> list[Any]:
    """What differs between two answers about every pair."""
    everybody = ",".join(ACTORS)
    stood = await ask(case, "/v1/alignments", actors=everybody, **one)
    stands = await ask(case, "/v1/alignments", actors=everybody, **other)
    return [
        {"actors": before["actors"], "before": short(before), "after": short(after)}
        for before, after in zip(stood["alignments"], stands["alignments"], strict=True)
        if short(before) != short(after)
    ]


@pytest.mark.parametrize("limit", [1, 2, 1000])
@pytest.mark.parametrize("more", [{}, {"according_to": "france", "include": "alleged"}], ids=str)
async def test_changes_between_two_days(case: Client, more: dict[str, Any], limit: int) -> None:
    low, high = "2021-06-01", DAY
    between = {"axis": "valid", "from": low, "to": high, "known_at": 45, **more}
    expected = await differences(
        case, {"valid_at": low, "known_at": 45, **more}, {"valid_at": high, "known_at": 45, **more}
    )
    assert len(expected) > 2
    assert await pages(case, "/v1/changes", "changes", limit=limit, **between) == expected
    echo = await ask(case, "/v1/changes", **between, valid_at="1999-01-01")
    assert (echo["viewpoint"]["valid_at"], echo["from"], echo["to"]) == (high, low, high)


@pytest.mark.parametrize("limit", [1, 2, 1000])
@pytest.mark.parametrize("more", [{}, {"according_to": "france", "include": "alleged"}], ids=str)
async def test_changes_between_two_positions(
    case: Client, more: dict[str, Any], limit: int
) -> None:
    more = {"valid_at": DAY, **more}
    between = {"axis": "known", "from": 20, "to": 44, **more}
    expected = await differences(case, {"known_at": 20, **more}, {"known_at": 44, **more})
    assert expected
    assert await pages(case, "/v1/changes", "changes", limit=limit, **between) == expected
    echo = await ask(case, "/v1/changes", **between, known_at=3)
    assert (echo["viewpoint"]["position"], echo["from"], echo["to"]) == (44, 20, 44)


async def test_changes_between_two_times(case: Client) -> None:
    items = (await case.get("/v1/events", params={"limit": 1000})).json()["items"]
    times = {"from": items[19]["recorded_at"], "to": items[43]["recorded_at"]}
    by_position = await ask(
        case, "/v1/changes", axis="known", valid_at=DAY, **{"from": 20, "to": 44}
    )
    by_time = await ask(case, "/v1/changes", axis="known", valid_at=DAY, **times)
    assert by_time == by_position
    found = await pages(
        case, "/v1/changes", "changes", axis="known", valid_at=DAY, limit=1, **times
    )
    assert found == by_position["changes"]


async def test_between_two_times_nothing_may_have_been_recorded(case: Client) -> None:
    times = {"from": "1999-01-01T00:00:00Z", "to": "1999-01-02T00:00:00Z"}
    answer = await ask(case, "/v1/changes", axis="known", **times)
    assert (answer["from"], answer["to"], answer["changes"]) == (0, 0, [])


async def test_a_cursor_keeps_the_position_that_a_time_meant(fresh_url: str) -> None:
    """Clocks may differ, or be set back: what is recorded next may bear an earlier time."""
    now = datetime(2030, 1, 1, tzinfo=UTC)
    app = create_app(Settings(database_url=fresh_url), clock=lambda: now)
    async with served(app) as client:
        await recorded(client, [registration(name) for name in ("chad", "libya", "mali", "niger")])
        now = datetime(2031, 1, 1, tzinfo=UTC)
        await recorded(client, [attack("chad", "libya"), attack("libya", "mali")])
        now = datetime(2035, 1, 1, tzinfo=UTC)
        between = {"axis": "known", "from": "2030-06-01T00:00:00Z", "to": "2034-01-01T00:00:00Z"}
        first = await ask(client, "/v1/changes", limit=1, **between)
        now = datetime(2033, 1, 1, tzinfo=UTC)
        await recorded(client, [attack("chad", "niger"), attack("mali", "niger")])
        now = datetime(2035, 1, 1, tzinfo=UTC)
        await ask(client, "/v1/actors")
        again = await ask(client, "/v1/changes", limit=1, **between, after=first["next"])
        assert (again["to"], again["next"]) == (6, None)
        assert [one["actors"] for one in again["changes"]] == [["libya", "mali"]]
