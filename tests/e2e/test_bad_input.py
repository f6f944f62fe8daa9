"""Bad input gets the same 4xx problem on both databases, names the field and changes nothing."""

import json
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.builders import worked_case
from tests.e2e.http import Client, attack, formation, pointers, post, registration

EVENTS = worked_case()["events"]
LAST = len(EVENTS)
BY_CSP = next(event for event in EVENTS if event["type"] == "PrisonersTaken")
NOBODY = "00000000-0000-4000-8000-000000000000"
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Bad:
    """A body, and the problem it gets. Text and bytes are sent as they are, all else as JSON."""

    called: str
    body: Any
    at: list[str]
    kind: str = "invalid-event"
    status: int = 422

    @property
    def raw(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


def battle(*sides: Any) -> Any:
    return {"type": "BattleReported", "occurred": "2024", "data": {"sides": list(sides)}}


def casualties(killed: Any) -> Any:
    data = {"suffered_by": "mali", "killed": killed}
    return {"type": "CasualtiesReported", "occurred": "2024", "data": data}


def curated(kind: str, event: str, claimant: str | None = None, **data: Any) -> Any:
    claim = {"claimant": claimant}
    return {"type": kind, "occurred": "2024", "data": {"event": event} | data, "claim": claim}


GOOD = attack("jnim", "mali")
SIDES = [{"parties": ["jnim"]}, {"parties": ["mali"]}]

TABLE = [
    # What the log does not know
    Bad("unknown-actor", attack("mali", "nobody"), ["/data/target"]),
    Bad("unknown-actors-in-lists", battle({"parties": ["mali", "x"]}, {"parties": ["y"]}),
        ["/data/sides/0/parties/1", "/data/sides/1/parties/0"]),
    Bad("unknown-claimant", attack("jnim", "mali", claim={"claimant": "x"}), ["/claim/claimant"]),
    Bad("unknown-alliance", {"type": "AllianceLeft", "occurred": "2024",
                             "data": {"alliance": "nowhere", "member": "mali"}}, ["/data/alliance"]),
    Bad("unknown-event", curated("ReportDenied", NOBODY, "mali"), ["/data/event"]),
    Bad("unknown-superseded", attack("jnim", "mali", supersedes=NOBODY, reason="typo"), ["/supersedes"]),
    # What the vocabulary does not know
    Bad("unknown-type", GOOD | {"type": "WarDeclared"}, ["/type"]),
    Bad("no-type", {"occurred": "2024", "data": {}}, ["/type"]),
    Bad("type-of-another-kind", GOOD | {"type": ["AttackReported"]}, ["/type"]),
    Bad("unknown-field", GOOD | {"certainty": 1}, ["/certainty"]),
    Bad("unknown-field-of-the-server", GOOD | {"position": 1}, ["/position"]),
    Bad("unknown-field-in-data", casualties({"best": 1, "most": 2}), ["/data/killed/most"]),
    Bad("missing-field", {"type": "AttackReported", "occurred": "2024", "data": {"attacker": "mali"}},
        ["/data/target"]),
    # The wrong JSON type
    Bad("text-for-number", casualties({"best": "9"}), ["/data/killed/best"]),
    Bad("fraction-for-number", casualties({"best": 9.5}), ["/data/killed/best"]),
    Bad("true-for-number", casualties({"best": True}), ["/data/killed/best"]),
    Bad("number-for-text", GOOD | {"note": 9}, ["/note"]),
    Bad("text-for-list", battle({"parties": "mali"}, {"parties": ["jnim"]}), ["/data/sides/0/parties"]),
    Bad("list-for-object", GOOD | {"data": []}, ["/data"]),
    Bad("text-for-truth", {"type": "TerritoryChanged", "occurred": "2024",
                           "data": {"gainer": "mali", "loser": "jnim", "by_force": "true"}},
        ["/data/by_force"]),
    Bad("credibility-as-text", attack("jnim", "mali", claim={"credibility": "2"}), ["/claim/credibility"]),
    Bad("id-that-is-none", GOOD | {"id": "coup"}, ["/id"]),
    Bad("number-for-id", GOOD | {"id": 7}, ["/id"]),
    Bad("number", "9", [""]),
    Bad("text", '"mali"', [""]),
    Bad("null", "null", [""]),
    Bad("list-of-lists", [[GOOD]], ["/0"]),
    # JSON that readers disagree about
    Bad("nan", '{"type": "AttackReported", "occurred": "2024", "data": {}, "note": NaN}', ["/note"]),
    Bad("infinity", '[{"note": [-Infinity]}]', ["/0/note/0"]),
    Bad("1e400", '{"place": {"latitude": 1e400}}', ["/place/latitude"]),
    Bad("lone-surrogate", r'{"note": "\ud800"}', ["/note"]),
    Bad("lone-surrogate-in-a-key", r'[{"a": {"\udfff": 1}}]', ["/0/a/�"]),
    Bad("nul", r'{"note": "a\u0000b"}', ["/note"]),
    Bad("ten-to-the-thirty", casualties({"best": 10**30}), ["/data/killed/best"]),
    Bad("beyond-two-to-the-53", casualties({"best": 2**53}), ["/data/killed/best"]),
    Bad("five-thousand-digits", '{"data": {"x": ' + "9" * 5_000 + "}}", ["/data/x"]),
    Bad("key-twice", '{"type": "AttackReported", "type": "CoupOccurred"}', ["/type"]),
    Bad("key-twice-deep-down", '[{"data": {"a/b": {"~": 1, "~": 1}}}]', ["/0/data/a~1b/~0"]),
    Bad("nested-65-deep", '{"a": ' + "[" * 64 + "]" * 64 + "}", ["/a" + "/0" * 63]),
    Bad("nested-100000-deep", "[" * 100_000 + "]" * 100_000, [""], "unreadable-body"),
    Bad("nested-100000-deep-objects", '{"a":' * 100_000, [""], "unreadable-body"),
    Bad("501-entries", battle(*SIDES) | {"data": {"sides": SIDES, "methods": ["x"] * 501}},
        ["/data/methods"]),
    Bad("501-entries", '{"data": {"a": [' + ",".join(["NaN"] * 501) + "]}}", ["/data/a"]),
    Bad("invalid-utf-8", b'{"note": "\xff"}', [""], "unreadable-body"),
    Bad("utf-16", '{"note": "a"}'.encode("utf-16"), [""], "unreadable-body"),
    Bad("byte-order-mark", b"\xef\xbb\xbf{}", [""], "unreadable-body"),
    Bad("empty-body", b"", [""], "unreadable-body"),
    Bad("half-a-document", '{"type": "Att', [""], "unreadable-body"),
    Bad("two-documents", "{} {}", [""], "unreadable-body"),
    # Dates
    Bad("year-0000", attack("jnim", "mali", "0000"), ["/occurred"]),
    Bad("30-february", attack("jnim", "mali", "2024-02-30"), ["/occurred"]),
    Bad("reversed-interval", attack("jnim", "mali", "2024-02/2024-01"), ["/occurred"]),
    Bad("season", attack("jnim", "mali", "2024-21"), ["/occurred"]),
    Bad("time", attack("jnim", "mali", "2024-01-01T12:00:00Z"), ["/occurred"]),
    Bad("vague-report-date", attack("jnim", "mali", claim={"reported_on": "2024"}), ["/claim/reported_on"]),
    # Values
    Bad("low-above-high", casualties({"low": 3, "high": 2}), ["/data/killed"]),
    Bad("empty-count", casualties({}), ["/data/killed"]),
    Bad("negative-count", casualties({"best": -1}), ["/data/killed/best"]),
    Bad("one-actor-twice-in-a-list", battle({"parties": ["mali", "mali"]}, {"parties": ["jnim"]}),
        ["/data/sides/0/parties"]),
    Bad("one-actor-on-two-sides", battle({"parties": ["mali"]}, {"parties": ["mali"]}),
        ["/data/sides/1/parties"]),
    Bad("one-actor-as-both", attack("mali", "mali"), ["/data/target"]),
    Bad("no-slug", attack("Mali", "jnim"), ["/data/attacker"]),
    Bad("empty-text", GOOD | {"note": ""}, ["/note"]),
    Bad("too-long", GOOD | {"note": "a" * 5_001}, ["/note"]),
    Bad("latitude-91", GOOD | {"place": {"latitude": 91}}, ["/place/latitude"]),
    Bad("country", GOOD | {"place": {"country": "mali"}}, ["/place/country"]),
    Bad("supersedes-without-reason", GOOD | {"supersedes": NOBODY}, ["/reason"]),
    Bad("several", attack("Mali", "", "x", note=""), ["/occurred", "/data/attacker", "/data/target", "/note"]),
    # Batches
    Bad("empty-list", [], [""]),
    Bad("1001-events", [GOOD] * 1_001, [""]),
    Bad("places-in-a-batch", [GOOD, attack("mali", "x"), GOOD, attack("y", "mali")],
        ["/1/data/target", "/3/data/attacker"]),
    Bad("flaws-and-rules-in-a-batch", '[{"note": NaN}, {"type": "x"}, ' + json.dumps(attack("mali", "mali")) + "]",
        ["/0/note", "/1/type", "/2/data/target"]),
    Bad("used-before-it-is-defined", [attack("mali", "togo"), registration("togo")], ["/0/data/target"]),
    Bad("one-id-twice", [GOOD | {"id": NOBODY}, attack("mali", "jnim", id=NOBODY)], ["/1/id"]),
    Bad("one-id-twice-in-another-case",
        [GOOD | {"id": "abcdef00-0000-4000-8000-000000000000"},
         GOOD | {"id": "ABCDEF00-0000-4000-8000-000000000000"}], ["/1/id"]),
    # Conflicts, and rivals
    Bad("actor-exists", registration("mali"), ["/data/actor"], "actor-exists", 409),
    Bad("other-content", BY_CSP | {"note": "other"}, ["/id"], "content-conflict", 409),
    Bad("other-content-in-a-batch", [GOOD, BY_CSP | {"note": "other"}], ["/1/id"], "content-conflict", 409),
    Bad("rivals-claim-retracted", curated("ReportRetracted", BY_CSP["id"], "mali", reason="no"),
        ["/claim/claimant"]),
    Bad("rivals-claim-superseded",
        BY_CSP | {"id": NOBODY, "claim": {"claimant": "mali"}, "supersedes": BY_CSP["id"], "reason": "no"},
        ["/claim/claimant"]),
    Bad("superseded-by-another-type",
        attack("csp-psd", "mali", claim={"claimant": "csp-psd"}, supersedes=BY_CSP["id"], reason="no"),
        ["/supersedes"]),
    Bad("retracted-already", curated("ReportRetracted", "6f795880-4335-52d8-ad0a-ec7f0b80a0a1", reason="again"),
        ["/data/event"], "event-ended", 409),
    Bad("retraction-retracted", curated("ReportRetracted", "8f48cd52-4733-594b-94b7-ccd60a5217d2", reason="no"),
        ["/data/event"]),
    Bad("registration-in-use", curated("ReportRetracted", EVENTS[0]["id"], reason="gone"),
        ["/data/event"], "actor-in-use", 409),
    Bad("alliance-of-strangers", formation("pact", "mali", "x"), ["/data/members/1"]),
]  # fmt: skip


async def send(client: Client, bad: Bad) -> httpx.Response:
    headers = {"content-type": "application/json"}
    return await client.post("/v1/events", content=bad.raw, headers=headers)


async def assert_unchanged(client: Client) -> None:
    assert (await client.get("/v1/events", params={"after": LAST})).json()["items"] == []


@pytest.mark.parametrize("bad", TABLE, ids=lambda bad: bad.called)
async def test_bad_bodies_are_refused_and_change_nothing(case: Client, bad: Bad) -> None:
    response = await send(case, bad)
    assert pointers(response, bad.status, bad.kind) == bad.at
    await assert_unchanged(case)


async def test_a_refusal_names_the_first_hundred_places_of_a_batch(case: Client) -> None:
    places = pointers(await post(case, [attack("mali", "x")] * 150), 422, "invalid-event")
    assert places == [f"/{index}/data/target" for index in range(100)]


async def test_a_batch_of_a_thousand_bad_events_is_refused_at_a_hundred(case: Client) -> None:
    places = pointers(await post(case, [attack("mali", "mali")] * 1_000), 422, "invalid-event")
    assert len(places) == 100


async def test_half_a_megabyte_of_flaws_names_one(case: Client) -> None:
    entries = ",".join(f'"{n}": NaN' for n in range(40_000))
    bad = Bad("", '{"data": {"identifiers": {' + entries + "}}}", ["/data/identifiers"])
    assert pointers(await send(case, bad), 422, "invalid-event") == bad.at


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "streamed"])
async def test_ten_megabytes_are_too_large(case: Client, announced: bool) -> None:  # noqa: FBT001
    async def stream() -> Any:
        for _ in range(10):
            yield b" " * MEGABYTE

    headers = {"content-type": "application/json"}
    if announced:
        headers["content-length"] = str(10 * MEGABYTE)
    response = await case.post("/v1/events", content=stream(), headers=headers)
    assert pointers(response, 413, "body-too-large") == [""]
    await assert_unchanged(case)
