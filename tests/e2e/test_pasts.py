"""A pair's past over HTTP: its timeline, and the revisions of the answer for a day."""

import json
from typing import Any

import pytest

from api.schemas.answers import Shape
from api.schemas.past import RevisionsAnswer, TimelineAnswer
from tests.e2e.http import Client, ask, attack, pages, parameters, problem, recorded, registration

PAIR = "/v1/alignments/mali/france"
DEPLOYED, EXPELLED = "7ebe947e-7abc-5c9f-a2ee-4e59102559c3", "06634344-5242-5433-b743-ae2c443988d1"


@pytest.mark.parametrize(
    ("path", "shape"),
    [(f"{PAIR}/timeline", TimelineAnswer), (f"{PAIR}/revisions", RevisionsAnswer)],
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
    assert again.status_code == 304


async def test_a_timeline_tells_what_opened_and_closed_each_stretch(case: Client) -> None:
    answer = await ask(case, f"{PAIR}/timeline")
    assert [actor["id"] for actor in answer["actors"]] == ["france", "mali"]
    assert answer["segments"] == [
        segment(None, "2013-01-11", ("unknown", 0, 0), [], [DEPLOYED]),
        segment("2013-01-11", "2022-02-18", ("allied", 3, 0), [DEPLOYED], [EXPELLED]),
        segment("2022-02-18", None, ("strained", 0, 2), [EXPELLED], []),
    ]
    assert answer["next"] is None
    assert await ask(case, "/v1/alignments/france/mali/timeline") == answer


async def test_a_timeline_says_on_each_day_what_the_alignment_is(case: Client) -> None:
    for other in ("wagner-group", "csp-psd", "france", "jnim"):
        found = (await ask(case, f"/v1/alignments/mali/{other}/timeline"))["segments"]
        for each in found:
            day = each["from"] or "0001-01-01"
            [pair] = (await ask(case, "/v1/alignments", actors=f"mali,{other}", valid_at=day))[
                "alignments"
            ]
            assert [pair[name] for name in STANCE] == [each[name] for name in STANCE]


async def test_revisions_tell_which_event_made_the_answer_another(case: Client) -> None:
    answer = await ask(case, f"{PAIR}/revisions", valid_at="2023-01-01")
    told = [(one["position"], one["alignment"], one["changed_by"]) for one in answer["revisions"]]
    assert told == [(23, "allied", DEPLOYED), (30, "strained", EXPELLED)]
    for one in answer["revisions"]:
        event = (await case.get(f"/v1/events/{one['changed_by']}")).json()
        assert (event["position"], event["recorded_at"]) == (one["position"], one["recorded_at"])
    earlier = await ask(case, f"{PAIR}/revisions", valid_at="2023-01-01", known_at=29)
    assert earlier["revisions"] == answer["revisions"][:1]


async def test_pages_join_to_the_whole(client: Client) -> None:
    await recorded(client, [registration("a"), registration("b")])
    for year in range(2000, 2010):
        await recorded(client, attack("a", "b", f"{year}-01-01"))
        await recorded(client, ceasefire("a", "b", f"{year}-07-01"))
    whole = (await ask(client, "/v1/alignments/a/b/timeline"))["segments"]
    assert [one["alignment"] for one in whole] == ["unknown", *["hostile", "neutral"] * 10]
    assert await pages(client, "/v1/alignments/a/b/timeline", "segments", limit=4) == whole
    told = (await ask(client, "/v1/alignments/a/b/revisions", valid_at="2010-01-01"))["revisions"]
    assert [one["alignment"] for one in told] == ["hostile", "neutral"] * 10
    paged = await pages(
        client, "/v1/alignments/a/b/revisions", "revisions", limit=3, valid_at="2010-01-01"
    )
    assert paged == told


@pytest.mark.parametrize("past", ["timeline", "revisions"])
async def test_what_cannot_be_asked_is_named(case: Client, past: str) -> None:
    nobody = await case.get(f"/v1/alignments/mali/atlantis/{past}")
    problem(nobody, 404, "not-found")
    same = await case.get(f"/v1/alignments/mali/mali/{past}")
    assert parameters(same, 422, "invalid-parameter") == ["b"]
    by = await case.get(f"{PAIR}/{past}", params={"according_to": "atlantis"})
    assert parameters(by, 422, "invalid-parameter") == ["according_to"]
    parts = await case.get(f"{PAIR}/{past}", params={"include": "parts"})
    assert parameters(parts, 422, "invalid-parameter") == ["include"]


STANCE = ("alignment", "cooperation", "conflict")


def segment(
    begin: str | None,
    end: str | None,
    stance: tuple[str, int, int],
    opened_by: list[str],
    closed_by: list[str],
) -> dict[str, Any]:
    named = dict(zip(STANCE, stance, strict=True))
    return {"from": begin, "to": end, **named, "opened_by": opened_by, "closed_by": closed_by}


def ceasefire(one: str, other: str, occurred: str) -> dict[str, Any]:
    data = {"parties": [one, other]}
    return {"type": "CeasefireAgreed", "occurred": occurred, "data": data}
