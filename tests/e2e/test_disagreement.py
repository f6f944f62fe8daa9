"""How the accounts of a pair differ over HTTP, and that they agree without the claims it names."""

import json
from typing import Any

from api.schemas.disagreement import DISAGREEMENT_EXAMPLE, DisagreementAnswer
from tests.e2e.http import Client, ask, attack, parameters, problem, recorded, registration

PAIR = "/v1/alignments/mali/csp-psd"


async def test_the_answer_has_the_documented_shape(case: Client) -> None:
    response = await case.get(f"{PAIR}/disagreement")
    answer = DisagreementAnswer.model_validate_json(response.content)
    assert json.loads(answer.model_dump_json(by_alias=True, exclude={"viewpoint"})) == {
        name: value for name, value in response.json().items() if name != "viewpoint"
    }
    again = await case.get(
        f"{PAIR}/disagreement", headers={"if-none-match": response.headers["etag"]}
    )
    assert again.status_code == 304
    [content] = DISAGREEMENT_EXAMPLE["content"].values()
    DisagreementAnswer.model_validate_json(json.dumps(content["example"]))


async def test_each_account_is_that_according_to_its_claimant(case: Client) -> None:
    answer = await ask(case, f"{PAIR}/disagreement", valid_at="2024-08-10")
    assert [actor["id"] for actor in answer["actors"]] == ["csp-psd", "mali"]
    told = {one["claimant"]: (one["alignment"], one["claims"]) for one in answer["accounts"]}
    assert told == {None: ("unknown", 0), "csp-psd": ("hostile", 3), "mali": ("hostile", 1)}
    assert (
        await ask(case, "/v1/alignments/csp-psd/mali/disagreement", valid_at="2024-08-10") == answer
    )
    for claimant, (alignment, _) in told.items():
        by = claimant or "france"  # who says nothing of these two
        assert await alignment_of(case, by, []) == alignment


async def test_without_the_claims_named_both_accounts_agree(case: Client) -> None:
    answer = await ask(case, f"{PAIR}/disagreement", valid_at="2024-08-10")
    assert [one["between"] for one in answer["differences"]] == [[None, "csp-psd"], [None, "mali"]]
    for one in answer["differences"]:
        assert (one["method"], one["count"]) == ("smallest", len(one["removing"]))
        removed = [f"event:{claim['event']}" for claim in one["removing"]]
        nobody, claimant = "france", one["between"][1]
        assert await alignment_of(case, nobody, removed) == one["both"]
        assert await alignment_of(case, claimant, removed) == one["both"]
        for back in removed:
            rest = [other for other in removed if other != back]
            assert await alignment_of(case, claimant, rest) != await alignment_of(
                case, nobody, rest
            )
        for claim in one["removing"]:
            event = (await case.get(f"/v1/events/{claim['event']}")).json()
            told = {name: event[name] for name in ("type", "position")}
            assert told == {name: claim[name] for name in told}
            assert event["claim"]["claimant"] == claim["claimant"] == claimant


async def test_two_that_agree_differ_by_no_claim(case: Client) -> None:
    answer = await ask(case, f"{PAIR}/disagreement", valid_at="2024-08-10", between="mali,csp-psd")
    [one] = answer["differences"]
    assert (one["between"], one["count"], one["removing"]) == (["mali", "csp-psd"], 0, [])
    assert one["alignments"] == ["hostile", "hostile"]
    assert (one["both"], answer["more_differences"]) == ("hostile", 0)


async def test_a_denial_is_what_two_differ_by(client: Client) -> None:
    """It counts as a claim of who denies, and is named where it takes fewer than what it denies."""
    await recorded(client, [registration(one) for one in "abc"])
    attacks = [await recorded(client, attack("a", "b")) for _ in range(2)]
    denials = [
        {
            "type": "ReportDenied",
            "occurred": "2024-01-02",
            "data": {"event": one["id"]},
            "claim": {"claimant": "b"},
        }
        for one in attacks
    ]
    denied = [await recorded(client, one) for one in denials]
    whole = await ask(client, "/v1/alignments/a/b/disagreement")
    told = [(one["claimant"], one["alignment"], one["claims"]) for one in whole["accounts"]]
    assert told == [(None, "hostile", 2), ("b", "unknown", 2)]
    [one] = whole["differences"]
    assert (one["both"], [claim["event"] for claim in one["removing"]]) == (
        "hostile",
        [denied[0]["id"]],
    )
    alone = await ask(client, "/v1/alignments/a/b/disagreement", between="b")
    assert alone["differences"] == whole["differences"]
    asked = await ask(client, "/v1/alignments/a/b/disagreement", between="c,a")
    assert [(one["both"], one["count"]) for one in asked["differences"]] == [("hostile", 0)]


async def test_those_who_speak_are_told_before_those_who_say_nothing(client: Client) -> None:
    await recorded(client, [registration(one) for one in "abc"])
    for claimant in "ac":
        told = await recorded(client, attack("a", "b", claim={"claimant": claimant}))
        denial = {"type": "ReportDenied", "occurred": "2024-01-02", "data": {"event": told["id"]}}
        await recorded(client, {**denial, "claim": {"claimant": "c"}})
    answer = await ask(client, "/v1/alignments/a/b/disagreement")
    assert [one["between"] for one in answer["differences"]] == [["c", "a"], [None, "a"]]


async def test_what_cannot_be_asked_is_named(case: Client) -> None:
    nobody = await case.get("/v1/alignments/mali/atlantis/disagreement")
    problem(nobody, 404, "not-found")
    for name, value, path in (
        ("b", None, "/v1/alignments/mali/mali/disagreement"),
        ("according_to", "mali", f"{PAIR}/disagreement"),
        ("include", "parts", f"{PAIR}/disagreement"),
        ("between", "atlantis", f"{PAIR}/disagreement"),
        ("between", "mali,mali", f"{PAIR}/disagreement"),
        ("between", "mali,france,csp-psd", f"{PAIR}/disagreement"),
        ("between", "No Slug", f"{PAIR}/disagreement"),
    ):
        refused = await case.get(path, params={name: value} if value else {})
        assert parameters(refused, 422, "invalid-parameter") == [name], (name, value)


async def alignment_of(case: Client, by: str, without: list[str]) -> Any:
    """How the pair stands by an account, as if some events had never been recorded."""
    asked: dict[str, Any] = {"valid_at": "2024-08-10", "according_to": by, "without": without}
    answer = await ask(case, PAIR, **asked)
    return answer["alignments"][0]["alignment"]
