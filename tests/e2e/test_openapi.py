"""The documentation is true: every example can be posted, every answer has its schema."""

from typing import Any

import httpx
import pytest

from api.app import create_app
from api.documenting import refusals
from api.problems import KINDS
from api.schemas.events import examples
from api.settings import Settings
from domain.event import Event
from domain.tags import references
from domain.vocabulary import EVENT_TYPES, ActorRegistered, AllianceFormed
from infrastructure.codec import read_event
from tests.e2e.http import Client, ask, formation, recorded, registration

OPERATIONS = {
    ("post", "/v1/events"),
    ("get", "/v1/events"),
    ("get", "/v1/events/{id}"),
    ("get", "/v1/events/stream"),
    ("get", "/v1/actors"),
    ("get", "/v1/actors/{id}"),
    ("get", "/v1/judgements"),
    ("get", "/v1/alliances"),
    ("get", "/v1/alliances/{id}"),
    ("get", "/v1/alignments"),
    ("get", "/v1/alignments/{a}/{b}"),
    ("get", "/v1/actors/{id}/alignments"),
    ("get", "/v1/alignments/{a}/{b}/timeline"),
    ("get", "/v1/alignments/{a}/{b}/revisions"),
    ("get", "/v1/alignments/{a}/{b}/disagreement"),
    ("get", "/v1/changes"),
    ("get", "/v1/incidents"),
    ("get", "/v1/incidents/{id}"),
    ("get", "/v1/suggestions"),
    ("get", "/v1/policy"),
    ("get", "/v1/audit/verify"),
    ("get", "/v1/audit/replay"),
    ("get", "/v1/audit/checkpoint"),
    ("get", "/v1/audit/proof"),
    ("get", "/v1/audit/consistency"),
    ("get", "/healthz"),
    ("get", "/readyz"),
}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app(Settings(database_url="sqlite:///unused")).openapi()


def test_every_address_is_documented_with_every_refusal(document: dict[str, Any]) -> None:
    found = {(verb, path) for path, verbs in document["paths"].items() for verb in verbs}
    assert found == OPERATIONS
    for verb, path in found:
        operation = document["paths"][path][verb]
        assert operation["summary"], path
        assert {"421", "422", "500", "503"} <= operation["responses"].keys(), path
        for status, response in operation["responses"].items():
            assert response["description"], (path, status)
            if int(status) >= httpx.codes.BAD_REQUEST:
                assert list(response["content"]) == ["application/problem+json"], (path, status)
        for parameter in operation.get("parameters", ()):
            assert parameter["description"], (path, parameter["name"])


def test_every_kind_of_problem_is_documented_where_it_can_come(document: dict[str, Any]) -> None:
    text = str(document["paths"])
    everywhere = {"method-not-allowed"}
    assert {name for name in KINDS if f"`{name}`" not in text} == everywhere


def test_refusals_of_one_status_are_told_together() -> None:
    described = refusals("actor-exists", "event-ended")[409]["description"]
    assert "`actor-exists`" in described
    assert "`event-ended`" in described


def scenery(events: list[Event]) -> list[dict[str, Any]]:
    """What the examples take for granted: registrations and formations of what they name."""
    named = [reference for event in events for reference in references(event)]
    own = {e.data.actor for e in events if isinstance(e.data, ActorRegistered)}
    formed = {e.data.alliance for e in events if isinstance(e.data, AllianceFormed)}
    actors = {value for _, marker, value in named if marker.kind == "actor"}
    alliances = {value for _, marker, value in named if marker.kind == "alliance"}
    return [
        *(registration(actor) for actor in sorted(actors - own)),
        *(formation(one, "mali", "niger") for one in sorted(alliances - formed)),
    ]


async def test_every_example_can_be_posted(growing: Client) -> None:
    posted = list(examples().values())
    await recorded(growing, scenery([read_event(one, one["id"]) for one in posted]))
    for example in posted:
        await recorded(growing, example)
    counted = await growing.get("/v1/events", params={"type": "ReportDenied"})
    assert len(counted.json()["items"]) == 1
    answer = await ask(growing, "/v1/alignments/burkina-faso/niger", valid_at="2024-01-01")
    assert answer["alignments"][0]["alignment"] == "allied"
    assert len(posted) == len(EVENT_TYPES)
