"""`foedus explain`: everything that a verdict rests on, so that it can be redone by hand."""

import json
import re
from typing import Any, get_args

import pytest

from api.app import create_app
from api.cli import account, wording
from api.settings import Settings
from domain.answers import CloseState, Evidence, SetState
from domain.history import Ending
from domain.policy import Alignment
from domain.viewpoint import LeftOut
from tests.cli.conftest import Foedus
from tests.e2e.http import served

DAY = ("--valid-at", "2024-07-28")

FRANCE_AND_MALI = """\
STRAINED: conflict 2 is not exceeded by cooperation 0.
  france → mali: cooperation 0, conflict 0
  mali → france: cooperation 0, conflict 2
  evidence: a single source
  dates: certain
  last evidence: 2022-02-18, stale since 2024-02-18

What decides it (1)
  2022-02-18  ForcesExpelled  06634344-5242-5433-b743-ae2c443988d1  position 30
      asserted by the recorder, grade A1
      closes cooperation 1–3, mali ↔ france: in effect [ForcesExpelled/1]
      sets conflict 2, mali → france: open [ForcesExpelled/2]

What else counts (2)
  2013-01-11  ForcesDeployed  7ebe947e-7abc-5c9f-a2ee-4e59102559c3  position 23
      asserted by the recorder, grade A1
      sets cooperation 3, france ↔ mali: closed by 06634344-5242-5433-b743-ae2c443988d1 (ForcesExpelled, 2022-02-18) [ForcesDeployed/1]
  2022-08-15  ForcesWithdrawn  d9f2f12d-1d90-590f-ae6d-969652e5ce75  position 31
      acknowledged by france, grade A1
      closes cooperation 2–3, france ↔ mali: in effect [ForcesWithdrawn/1]

Including allegations would bring in nothing.
Hangs on 1 of 2 origins: without events that name none it would be unknown.
mali stands for mali-armed-forces, mali-junta too, where parts are included.
With parts included it would stay strained.
"""  # fmt: skip


@pytest.mark.usefixtures("loaded")
def test_the_account_can_be_followed(foedus: Foedus) -> None:
    ended = foedus("explain", "mali", "france", *DAY)
    assert (ended.code, ended.err) == (0, "")
    names, viewpoint, blank, *rest = ended.out.splitlines()
    assert names == "France (france) and Mali (mali)"
    assert viewpoint.startswith("on 2024-07-28, as known at position 46 (recorded ")
    assert (blank, rest) == ("", FRANCE_AND_MALI.splitlines())


@pytest.mark.usefixtures("loaded_file")
@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (
            ["mali", "wagner-group", *DAY],
            [
                "ALLIED: cooperation stands at 3 and exceeds conflict 0.",
                "  alliance, counted for the pair: mali-wagner-security-assistance, weak (security-assistance), since 2021-12",
                "  evidence: corroborated by two or more origins, disputed",
                "      denied by mali",
                "      opens membership mali in mali-wagner-security-assistance: open [AllianceFormed/1]",
                "What was left out (1)",
                "      left out: retracted by 8f48cd52-4733-594b-94b7-ccd60a5217d2",
                "Hangs on 3 of 4 origins: without events that name none, Al Jazeera, csp-psd it would be unknown.",
            ],
        ),
        (
            ["mali", "wagner-group", *DAY, "--according-to", "mali", "--reliability", "A"],
            [
                "UNKNOWN: no claim that counts is certainly open on that day; unknown is not neutral.",
                "      left out: denied by mali, whose account is asked for",
                "      left out: claimed by somebody else than mali",
                "      left out: graded below what is asked (B2)",
                "Hidden by this viewpoint: 3 not admitted, 1 below grade.",
            ],
        ),
        (
            ["mali", "wagner-group", "--valid-at", "2021-12-15"],
            [
                "  dates: uncertain, possibly allied",
                "      sets cooperation 3, wagner-group ↔ mali: possibly open, its date or that of its close is vague [ForcesDeployed/1]",
                "      sets cooperation 3, mali ↔ wagner-group: not begun on that day [BattleReported/3]",
            ],
        ),
        (
            ["csp-psd", "france", *DAY],
            [
                "      left out: its claim is speculated, not asserted or acknowledged",
                "      sets cooperation 2, france → csp-psd: left out [SupportAlleged/3]",
                "With allegations included it would stay unknown; they would bring in 72ceb033-c3b2-5177-a6eb-9dcf528d8932.",
            ],
        ),
    ],
)  # fmt: skip
def test_the_account_says(foedus: Foedus, arguments: list[str], lines: list[str]) -> None:
    ended = foedus("explain", *arguments)
    assert ended.code == 0, ended.err
    said = ended.out.splitlines()
    assert [line for line in lines if line not in said] == []


def test_every_word_of_the_answers_has_its_sentence() -> None:
    assert set(account._WHY) == set(wording.STYLES) == set(get_args(Alignment))
    assert set(account._EVIDENCE) == set(get_args(Evidence))
    assert set(account._REASONS) == {*get_args(LeftOut), *get_args(Ending)}
    # A closed set names the event that closed it.
    assert {*account._STATES, "closed"} == {*get_args(SetState), *get_args(CloseState)}


ONE_MORE = "0b52e0e4-6f5f-4f5a-8d8b-0d5b5f1f2c3d"
MORE = [
    {
        "id": ONE_MORE,
        "type": "SanctionImposed",
        "occurred": "2023-01",
        "data": {"sender": "france", "target": "wagner-group", "programme": "eu-2023"},
        "claim": {"credibility": 2, "origin": "a wire", "publisher": "a paper"},
    },
    {
        "type": "ReportCorroborated",
        "occurred": "2023-02",
        "data": {"event": ONE_MORE},
        "claim": {"claimant": "mali"},
    },
    {
        "type": "SanctionLifted",
        "occurred": "2024-01-05",
        "data": {"sender": "france", "target": "wagner-group"},
    },
    {
        "type": "RelationsRestored",
        "occurred": "2024-02-01",
        "data": {"parties": ["france", "wagner-group"]},
    },
    {"type": "ActorDissolved", "occurred": "2024-03-01", "data": {"actor": "wagner-group"}},
]
LIFTED = """\
UNKNOWN: no claim that counts is certainly open on that day; unknown is not neutral.
What else counts (4)
      asserted by the recorder, published by a paper, grade -2, origin a wire
      opens sanction eu-2023, france → wagner-group: closed by * (SanctionLifted, 2024-01-05) [SanctionImposed/1]
      corroborated by mali
      closes every sanction, france → wagner-group: in effect [SanctionLifted/1]
      sets neutral, france ↔ wagner-group: closed by * (ActorDissolved, 2024-03-01) [RelationsRestored/2]
      closes conflict 1–3, france ↔ wagner-group: in effect [RelationsRestored/1]
      closes neutral, wagner-group → everybody: in effect [ActorDissolved/5]
      closes neutral, everybody → wagner-group: in effect [ActorDissolved/6]
"""  # fmt: skip


@pytest.mark.usefixtures("loaded_file")
def test_sanctions_and_closes_on_everybody_are_told(foedus: Foedus) -> None:
    assert foedus("load", "-", stdin=json.dumps(MORE).encode()).code == 0
    ended = foedus("explain", "france", "wagner-group", *DAY)
    said = re.sub(r"closed by [0-9a-f-]{36}", "closed by *", ended.out).splitlines()
    assert [line for line in LIFTED.splitlines() if line not in said] == [], ended.out


@pytest.mark.usefixtures("loaded_file")
def test_the_end_of_every_membership_is_told(foedus: Foedus) -> None:
    assert foedus("load", "-", stdin=json.dumps(MORE[-1:]).encode()).code == 0
    said = foedus("explain", "mali", "wagner-group", *DAY).out
    assert "closes membership wagner-group in every alliance: in effect [ActorDissolved/13]" in said


@pytest.mark.usefixtures("loaded_file")
def test_more_deciding_events_than_are_named_are_counted(foedus: Foedus) -> None:
    attacks = [
        {
            "type": "AttackReported",
            "occurred": f"2023-01-{day:02}",
            "data": {"attacker": "jnim", "target": "france"},
        }
        for day in range(1, 24)
    ]
    assert foedus("load", "-", stdin=json.dumps(attacks).encode()).code == 0
    said = foedus("explain", "france", "jnim", *DAY).out
    assert "What decides it (the newest 20 of 23)" in said
    assert "What else counts (3)" in said


async def test_the_json_is_the_body_that_http_answers(loaded: str, foedus: Foedus) -> None:
    async with served(create_app(Settings(database_url=loaded))) as client:
        for pair in (("mali", "wagner-group"), ("mali", "france")):
            path = "/v1/alignments/{}/{}".format(*pair)
            answer = await client.get(path, params={"valid_at": "2024-07-28", "known_at": 40})
            assert answer.status_code == 200, answer.text
            ended = foedus("explain", *pair, *DAY, "--known-at", "40", "--json")
            assert ended.out == answer.text + "\n"


@pytest.mark.usefixtures("loaded_file")
def test_all_pages_of_the_evidence_are_shown(
    foedus: Foedus, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole: dict[str, Any] = json.loads(foedus("explain", "mali", "wagner-group", "--json").out)
    assert len(whole["evidence_list"]) == 5
    monkeypatch.setattr("api.cli.asking._PAGE", 2)
    paged = json.loads(foedus("explain", "mali", "wagner-group", "--json").out)
    assert paged == whole


@pytest.mark.usefixtures("loaded_file")
def test_an_unknown_actor_is_refused(foedus: Foedus) -> None:
    ended = foedus("explain", "mali", "wagner")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "foedus: no actor is registered as wagner; did you mean wagner-group?\n"


@pytest.mark.usefixtures("home")
def test_the_example_is_explained(foedus: Foedus) -> None:
    assert "ALLIED" in foedus("explain", "mali", "wagner-group", *DAY, "--example").out
