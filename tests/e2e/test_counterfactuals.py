"""What would be answered without an event, a claimant or a publisher."""

from typing import Any
from uuid import uuid4

import pytest

from tests.e2e.http import Client, ask, attack, parameters, recorded, registration

PAIR = "/v1/alignments/a/b"


@pytest.fixture
async def rivals(client: Client) -> list[str]:
    """b is attacked by a, as c says and a wire carries; c takes it back."""
    ids = [str(uuid4()) for _ in range(3)]
    told: dict[str, Any] = {"claim": {"claimant": "c", "publisher": "A wire: north, south"}}
    await recorded(client, [registration(actor) for actor in "abcd"])
    await recorded(client, attack("a", "b", id=ids[0], **told))
    await recorded(
        client,
        {
            "type": "StatementMade",
            "id": ids[1],
            "occurred": "2024-02-01",
            "data": {"speaker": "a", "about": ["b"], "tone": "criticism"},
        },
    )
    taken_back = {"event": ids[0], "reason": "it did not happen"}
    await recorded(
        client,
        {
            "type": "ReportRetracted",
            "id": ids[2],
            "occurred": "2024-03-01",
            "data": taken_back,
            "claim": {"claimant": "c"},
        },
    )
    return ids


@pytest.mark.parametrize(
    ("without", "alignment"),
    [
        (["event:{2}"], "hostile"),  # without the retraction the attack counts again
        (["event:{2}", "event:{0}"], "strained"),
        (["claimant:c"], "strained"),
        (["event:{1}"], "unknown"),
        (["event:{2}", "publisher:A wire: north, south"], "strained"),
        (["publisher:nobody ever heard of"], "strained"),
        (["claimant:d"], "strained"),
    ],
)
async def test_the_log_is_asked_as_if_it_had_never_been_recorded(
    client: Client, rivals: list[str], without: list[str], alignment: str
) -> None:
    asked = [each.format(*rivals) for each in without]
    for path in ("/v1/alignments?actors=a,b", PAIR):
        answer = await ask(client, path, without=asked, **_actors(path))
        assert answer["alignments"][0]["alignment"] == alignment
        assert answer["viewpoint"]["without"] == sorted(asked)
    timeline = await ask(client, f"{PAIR}/timeline", without=asked)
    assert timeline["segments"][-1]["alignment"] == alignment
    revisions = (await ask(client, f"{PAIR}/revisions", without=asked))["revisions"]
    assert (revisions[-1]["alignment"] if revisions else "unknown") == alignment
    matrix = (await ask(client, "/v1/alignments", without=asked))["alignments"]
    assert [pair["alignment"] for pair in matrix] == [alignment] * (alignment != "unknown")
    plain = (await ask(client, PAIR))["alignments"][0]
    assert plain["alignment"] == "strained"


async def test_the_evidence_says_what_the_question_leaves_out(
    client: Client, rivals: list[str]
) -> None:
    answer = await ask(client, PAIR, without=[f"event:{rivals[1]}"])
    reasons = {item["event"]: item["reason"] for item in answer["evidence_list"]}
    assert reasons == {rivals[0]: "retracted", rivals[1]: "without"}
    assert "without" not in (await ask(client, PAIR))["viewpoint"]


async def test_a_pair_says_on_how_few_origins_it_hangs(client: Client, rivals: list[str]) -> None:
    assert (await ask(client, PAIR))["fragility"] == {
        "origins": 2,
        "fewest": 1,
        "method": "exact",
        "removing": [""],
        "becomes": "unknown",
    }
    # Without the retraction the attack counts; c claims both.
    later = await ask(client, PAIR, without=[f"event:{rivals[2]}"])
    assert (later["fragility"]["removing"], later["fragility"]["becomes"]) == (["c"], "strained")
    # What c claims hangs on nothing but c and the recorder.
    account = await ask(client, PAIR, without=[f"event:{rivals[2]}"], according_to="c")
    assert account["fragility"] == later["fragility"]


async def test_where_nothing_is_claimed_an_answer_hangs_on_nothing(
    client: Client, rivals: list[str]
) -> None:
    assert rivals
    assert (await ask(client, "/v1/alignments/a/d"))["fragility"] is None


@pytest.mark.parametrize(
    "without",
    [
        "claimant:nobody",
        "event:00000000-0000-4000-8000-000000000000",
        "event:1",
        "claimant:",
        "publisher:",
        "c",
        "year:2024",
        [f"publisher:{n}" for n in range(21)],
    ],
)
async def test_what_cannot_be_left_out_is_named(
    client: Client, rivals: list[str], without: Any
) -> None:
    assert rivals
    response = await client.get(PAIR, params={"without": without})
    assert set(parameters(response, 422, "invalid-parameter")) == {"without"}


def _actors(path: str) -> dict[str, str]:
    return {"actors": "a,b"} if "?" in path else {}
