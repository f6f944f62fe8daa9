"""Actors with their parts, and predecessors beside a pair, over HTTP."""

from typing import Any

import pytest

from infrastructure.questions import parts
from tests.e2e.http import Client, ask, attack, parameters, recorded, registration

DAY = "2024-06-01"


def joins(umbrella: str, member: str, **data: Any) -> dict[str, Any]:
    fields = {"umbrella": umbrella, "member": member} | data
    return {"type": "MembershipStarted", "occurred": "2020", "data": fields}


def follows(predecessor: str, successor: str) -> dict[str, Any]:
    fields = {"predecessors": [predecessor], "successors": [successor], "continuity": "claimed"}
    return {"type": "ActorSucceeded", "occurred": "2024-05", "data": fields}


async def scene(client: Client, prefix: str, *more: dict[str, Any]) -> list[str]:
    """A state a with an army, which attacks b; c was before b. The ids, in that order."""
    a, b, c, army = ids = [f"{prefix}-{name}" for name in ("a", "b", "c", "army")]
    events = [*map(registration, ids), joins(a, army, **{"as": "organ"}), follows(c, b)]
    await recorded(client, [*events, attack(army, b), attack(a, c), *more])
    return ids


async def test_a_pair_with_its_parts(growing: Client) -> None:
    a, b, _, army = await scene(growing, "pair")
    path = f"/v1/alignments/{a}/{b}"
    plain = await ask(growing, path, valid_at=DAY)
    whole = await ask(growing, path, valid_at=DAY, include="parts")
    assert plain["alignments"][0]["alignment"] == "unknown"
    assert plain["parts"]["alignment"] == "hostile"
    assert plain["evidence_list"] == []
    assert whole["viewpoint"]["include"] == ["parts"]
    assert whole["alignments"][0]["actors"] == [a, b]
    assert whole["alignments"][0]["directed"][f"{a}>{b}"] == {"cooperation": 0, "conflict": 3}
    [item] = whole["evidence_list"]
    assert item["via"] == [army]
    assert (item["effects"][0]["source"], item["effects"][0]["target"]) == (army, b)
    assert plain["answer_hash"] != whole["answer_hash"]


async def test_several_actors_with_their_parts(growing: Client) -> None:
    a, b, c, army = await scene(growing, "several")
    asked = {"actors": f"{a},{b},{c}", "valid_at": DAY}
    plain = await ask(growing, "/v1/alignments", **asked)
    whole = await ask(growing, "/v1/alignments", **asked, include="alleged,parts")
    assert [one["alignment"] for one in plain["alignments"]] == ["unknown", "hostile", "unknown"]
    assert [one["alignment"] for one in whole["alignments"]] == ["hostile", "hostile", "unknown"]
    overlapping = await ask(
        growing, "/v1/alignments", actors=f"{a},{army}", valid_at=DAY, include="parts"
    )
    assert overlapping["alignments"][0]["alignment"] == "unknown"


async def test_the_answer_to_parts_is_fixed_by_etag_and_hash(growing: Client) -> None:
    a, b, *_ = await scene(growing, "fixed")
    path = f"/v1/alignments/{a}/{b}"
    known_at = (await ask(growing, path))["viewpoint"]["position"]
    asked = {"include": "parts", "valid_at": DAY, "known_at": known_at}
    first = await growing.get(path, params=asked)
    again = await growing.get(path, params=asked, headers={"if-none-match": first.headers["etag"]})
    assert (first.status_code, again.status_code) == (200, 304)


async def test_predecessors_stand_beside_a_pair(growing: Client) -> None:
    a, b, c, _ = await scene(growing, "lineage")
    answer = await ask(growing, f"/v1/alignments/{a}/{b}", valid_at=DAY)
    assert answer["alignments"][0]["conflict"] == 0
    assert answer["lineage"] == [
        {
            "actor": b,
            "steps": 1,
            "successor": b,
            "predecessor": c,
            "continuity": "claimed",
            "from": "2024-05",
            "alignment": "hostile",
            "cooperation": 0,
            "conflict": 3,
            "certainty": "certain",
            "last_evidence": "2024-01-01",
            "stale_since": None,
        }
    ]


async def test_too_many_parts_are_refused_and_the_plain_answer_says_so(
    growing: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b, *_ = await scene(growing, "many")
    path = f"/v1/alignments/{a}/{b}"
    await ask(growing, path)
    monkeypatch.setattr(parts, "MOST_PARTS", 4)
    assert (await growing.get(path)).json()["parts"] is None
    for address in (path, f"/v1/alignments?actors={a},{b}"):
        response = await growing.get(address, params={"include": "parts"})
        assert parameters(response, 422, "invalid-parameter") == ["include"]


@pytest.mark.parametrize(
    "path", ["/v1/actors", "/v1/actors/mali", "/v1/alliances", "/v1/judgements"]
)
async def test_where_no_actor_can_stand_for_its_parts_they_are_refused(
    case: Client, path: str
) -> None:
    response = await case.get(path, params={"include": "parts"})
    assert parameters(response, 422, "invalid-parameter") == ["include"]
