"""The second shipped case, entered day by day as it was told: each answer as it was known then."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from typing import Any

import pytest

from api.app import create_app
from api.example import case_file
from api.settings import Settings
from tests.e2e.http import Client, ask, recorded, served

BATTLE = "/v1/incidents/tinzaouaten-2024-07"
ON_THE_DAY = {"valid_at": "2024-07-28"}
BEFORE_ALL = "2021-12-01"


class Calendar:
    """A clock that is put forward to the days on which things were said."""

    def __init__(self) -> None:
        self.now = datetime.fromisoformat(BEFORE_ALL).replace(tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def go_to(self, day: str) -> None:
        """Noon of a day, or a moment later where it is noon already."""
        noon = datetime.combine(datetime.fromisoformat(day), time(12), UTC)
        self.now = max(noon, self.now + timedelta(seconds=1))


def told() -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = json.loads(case_file("rival-accounts").read_bytes())["events"]
    return events


def days() -> list[tuple[str, list[dict[str, Any]]]]:
    """The events by the day on which they were said; a registration comes with what follows it."""
    day = BEFORE_ALL
    dated = []
    for event in reversed(told()):
        day = event.get("claim", {}).get("reported_on", day)
        dated.append((day, event))
    return [
        (day, [event for _, event in group])
        for day, group in groupby(reversed(dated), key=lambda one: one[0])
    ]


@pytest.fixture(scope="module")
async def case(shared_url: Callable[[], str]) -> AsyncIterator[Client]:
    calendar = Calendar()
    app = create_app(Settings(database_url=shared_url()), clock=calendar)
    async with served(app) as client:
        for day, events in days():
            calendar.go_to(day)
            await recorded(client, events)
        calendar.go_to("2026-01-01")
        await ask(client, "/v1/actors")
        yield client


def on(day: str) -> str:
    """What was known in the evening of a day."""
    return f"{day}T23:59:59Z"


async def alignment(client: Client, a: str, b: str, **asked: str) -> dict[str, Any]:
    answer = await ask(client, "/v1/alignments", actors=f"{a},{b}", **(ON_THE_DAY | asked))
    [pair] = answer["alignments"]
    found: dict[str, Any] = pair
    return found


async def figures(client: Client, sufferers: list[str], **asked: str) -> dict[str, Any]:
    """Each claimant's killed of one side: its last figure, and what it said before."""
    incident = await ask(client, BATTLE, **asked)
    [side] = [
        one
        for one in incident["ranges"]
        if (one["actors"], one["measure"], one["scope"]) == (sufferers, "killed", "incident")
    ]
    return {one["claimant"]: one for one in side["claimed_by"]}


def number(figure: dict[str, Any]) -> Any:
    return figure["best"] or figure["low"] or figure["text"]


def test_events_are_in_the_order_in_which_they_were_said() -> None:
    said = [day for day, _ in days()]
    assert said == sorted(said)
    assert len(said) == len(set(said)) == 20


def test_every_claim_names_its_sources() -> None:
    claims = [event["claim"] for event in told() if event["type"] != "ActorRegistered"]
    assert len(claims) == 58
    for claim in claims:
        assert claim["publisher"]
        assert claim["reported_on"]
        assert all(one["url"].startswith("https://") for one in claim["citations"])
        assert claim["citations"]
    quotes = {one["quote"] for claim in claims for one in claim["citations"] if "quote" in one}
    assert quotes == {"Russian trainers", "useful information, and not just that"}


async def test_mali_and_the_csp_acknowledge_that_they_fought(case: Client) -> None:
    pair = await alignment(case, "mali", "csp-psd")
    assert (pair["alignment"], pair["evidence"]) == ("hostile", "acknowledged-by-both")
    pair = await alignment(case, "wagner-group", "csp-psd")
    assert (pair["alignment"], pair["evidence"]) == ("hostile", "acknowledged-by-both")
    pair = await alignment(case, "wagner-group", "csp-psd", known_at=on("2024-07-28"))
    assert (pair["alignment"], pair["evidence"]) == ("hostile", "single-source")


async def test_mali_and_wagner_are_allied_but_not_in_malis_own_words(case: Client) -> None:
    pair = await alignment(case, "mali", "wagner-group")
    assert (pair["alignment"], pair["evidence"]) == ("allied", "corroborated")
    then = {"valid_at": "2021-12-31", "known_at": on("2021-12-31")}
    pair = await alignment(case, "mali", "wagner-group", **then)
    assert (pair["alignment"], pair["disputed"]) == ("cooperating", True)
    pair = await alignment(case, "mali", "wagner-group", **then, according_to="mali")
    assert pair["alignment"] == "unknown"


async def test_what_lies_long_back_is_stale(case: Client) -> None:
    pair = await alignment(case, "mali", "france")
    assert (pair["alignment"], pair["stale_since"]) == ("strained", "2024-05-30")
    assert pair["directed"]["mali>france"] == {"cooperation": 0, "conflict": 2}
    pair = await alignment(case, "france", "wagner-group")
    assert (pair["alignment"], pair["stale_since"]) == ("strained", "2022-12-23")
    assert pair["directed"]["france>wagner-group"] == {"cooperation": 0, "conflict": 1}


@pytest.mark.parametrize("include", [None, "alleged", "parts", "alleged,parts"])
@pytest.mark.parametrize("other", ["france", "jnim"])
async def test_an_enemys_enemy_is_unknown(case: Client, other: str, include: str | None) -> None:
    asked = {"include": include} if include else {}
    pair = await alignment(case, "csp-psd", other, **asked)
    assert (pair["alignment"], pair["cooperation"], pair["conflict"]) == ("unknown", 0, 0)


@pytest.mark.parametrize(
    ("evening", "expected"),
    [
        ("2024-07-28", ("unknown", "none", False)),
        ("2024-07-29", ("cooperating", "single-source", False)),
        # Mali's accusation goes back to the same remark: one origin.
        ("2024-08-04", ("cooperating", "single-source", False)),
        ("2024-08-15", ("cooperating", "single-source", True)),
        ("2024-08-21", ("cooperating", "single-source", True)),
        ("2024-10-14", ("cooperating", "single-source", True)),
    ],
)
async def test_ukraines_help_is_alleged_then_disputed(
    case: Client, evening: str, expected: tuple[str, str, bool]
) -> None:
    known = {"known_at": on(evening)}
    pair = await alignment(case, "ukraine", "csp-psd", **known)
    assert pair["alignment"] == "unknown"
    pair = await alignment(case, "ukraine", "csp-psd", **known, include="alleged")
    assert (pair["alignment"], pair["evidence"], pair["disputed"]) == expected


async def test_malis_toll_is_two_and_then_high(case: Client) -> None:
    first = (await figures(case, ["mali"], known_at=on("2024-07-28")))["mali"]
    assert (number(first), first["acknowledged"], first["revisions"]) == (2, True, [])
    later = (await figures(case, ["mali"], known_at=on("2024-07-30")))["mali"]
    assert (number(later), later["acknowledged"]) == ("a high toll", True)
    assert [(number(one), one["became"]) for one in later["revisions"]] == [(2, "restated")]


async def test_each_counts_for_itself(case: Client) -> None:
    wagners = await figures(case, ["wagner-group"])
    assert {one: number(figure) for one, figure in wagners.items()} == {
        "csp-psd": 84,
        "jnim": 50,
        "russian-telegram-channels": 20,
        "wagner-group": 1,
    }
    assert [one for one, figure in wagners.items() if figure["acknowledged"]] == ["wagner-group"]
    early = await figures(case, ["wagner-group"], known_at=on("2024-07-28"))
    assert list(early) == ["russian-telegram-channels"]
    assert "totals" not in await ask(case, BATTLE)


async def test_exactly_three_stories_change(case: Client) -> None:
    incident = await ask(case, BATTLE, include="alleged")
    changes = [
        (
            one["claimant"],
            one["how"],
            [(number(t["before"]), number(t["after"])) for t in one["told"]],
        )
        for one in incident["changes"]
    ]
    assert changes == [
        ("mali", "restated", [(2, "a high toll")]),
        ("csp-psd", "restated", [(7, 9)]),
        ("andriy-yusov", "retracted", []),
    ]
    assert incident["change_count"] == len(changes)


async def test_the_csps_old_name_and_the_dispute_about_it(case: Client) -> None:
    async def name(evening: str) -> str:
        actor = await ask(case, "/v1/actors/csp-psd", **ON_THE_DAY, known_at=on(evening))
        return str(actor["name"])

    assert (await name("2024-08-04")).endswith("for Peace, Security and Development")
    assert (await name("2024-08-05")).endswith("(CSP-DPA)")
    actor = await ask(case, "/v1/actors/csp-psd", **ON_THE_DAY)
    assert actor["dissolved"] == "2024-05-02"
    assert [(one["actor"], one["continuity"]) for one in actor["successors"]] == [
        ("csp-dpa", "disputed")
    ]
    judged = await ask(case, "/v1/judgements", actor="csp-psd")
    assert [(one["actors"], one["judgement"]) for one in judged["items"]] == [
        (["csp-dpa", "csp-psd"], "unsure")
    ]


async def test_members_come_and_go(case: Client) -> None:
    async def umbrellas(actor: str) -> list[tuple[str, str, str | None]]:
        found = await ask(case, f"/v1/actors/{actor}")
        return [(one["umbrella"], one["from"], one["to"]) for one in found["memberships"]]

    assert await umbrellas("msa") == [("csp-psd", "2021-05-06", "2023-09-24")]
    assert await umbrellas("gatia") == [("csp-psd", "2021-05~", "2023-07")]
    fla = await ask(case, "/v1/actors/fla")
    assert {one["actor"]: one["continuity"] for one in fla["predecessors"]} == {
        "csp-dpa": "full", "hcua": "full", "mnla": "full", "gatia": "partial", "maa": "partial",
    }  # fmt: skip


async def test_alliances_and_breaks_around_the_battle(case: Client) -> None:
    pact = await ask(case, "/v1/alliances/alliance-of-sahel-states", **ON_THE_DAY)
    assert (pact["in_force"], pact["strength"]) == (True, "strong")
    severed = await alignment(case, "mali", "ukraine", valid_at="2024-08-04")
    assert severed["alignment"] == "strained"
    assert severed["directed"]["mali>ukraine"] == {"cooperation": 0, "conflict": 2}
    assert (await alignment(case, "mali", "ukraine"))["alignment"] == "unknown"
    gone = await alignment(case, "mali", "wagner-group", valid_at="2025-06-06")
    assert gone["alignment"] == "unknown"
    stays = await alignment(case, "mali", "africa-corps", valid_at="2025-06-06")
    assert stays["alignment"] == "cooperating"
