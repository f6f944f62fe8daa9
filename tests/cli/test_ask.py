"""`foedus ask`: the answers of the API as a table, or as the API's own body."""

import json
import re
from typing import Any

import pytest

from api.app import create_app
from api.settings import Settings
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.log import EventLog
from tests.builders import registered
from tests.cli.conftest import Foedus
from tests.e2e.http import served

FOUR = ("mali", "wagner-group", "france", "csp-psd")
DAY = ("--valid-at", "2024-07-28")
OPTIONS = {
    "valid_at": "--valid-at",
    "known_at": "--known-at",
    "according_to": "--according-to",
    "reliability": "--reliability",
    "credibility": "--credibility",
}


def as_options(viewpoint: dict[str, Any]) -> list[str]:
    """The viewpoint of a question of the case, as options."""
    named = [
        part
        for name, option in OPTIONS.items()
        if viewpoint.get(name) is not None
        for part in (option, str(viewpoint[name]))
    ]
    return named + [part for one in viewpoint.get("include", ()) for part in ("--include", one)]


@pytest.mark.usefixtures("loaded")
def test_every_question_of_the_case_gets_its_answer(foedus: Foedus, case: dict[str, Any]) -> None:
    assert len(case["questions"]) == 20
    for question in case["questions"]:
        options = as_options(question["viewpoint"])
        ended = foedus("ask", *question["actors"], *options, "--json")
        assert ended.code == 0, ended.err
        answered = json.loads(ended.out)["alignments"]
        for expected, pair in zip(question["alignments"], answered, strict=True):
            assert {name: pair[name] for name in expected} == expected


async def test_the_json_is_the_body_that_http_answers(loaded: str, foedus: Foedus) -> None:
    questions: list[tuple[dict[str, str], list[str]]] = [
        ({"valid_at": "2024-07-28"}, [*DAY]),
        ({"known_at": "31"}, ["--known-at", "31"]),
        ({"according_to": "mali", "reliability": "C"}, ["--according-to", "mali", "--reliability", "C"]),
        ({"include": "alleged", "credibility": "5"}, ["--include", "alleged", "--credibility", "5"]),
    ]  # fmt: skip
    async with served(create_app(Settings(database_url=loaded))) as client:
        for parameters, options in questions:
            answer = await client.get(
                "/v1/alignments", params={"actors": ",".join(FOUR)} | parameters
            )
            assert answer.status_code == 200, answer.text
            ended = foedus("ask", *FOUR, *options, "--json")
            assert ended.out == answer.text + "\n"


TABLE = """\
pair                     alignment   coop.   conflict   evidence                 certainty   last evidence
csp-psd – france         unknown         0          0   none                     certain     –
csp-psd – mali           hostile         0          3   acknowledged-by-both     certain     2024-07-27
csp-psd – wagner-group   hostile         0          3   single-source            certain     2024-07-27
france – mali            strained        0          2   single-source            certain     2022-02-18, stale since 2024-02-18
france – wagner-group    unknown         0          0   none                     certain     –
mali – wagner-group      allied          3          0   corroborated, disputed   certain     2024-07-27

alliance mali – wagner-group: mali-wagner-security-assistance, weak (security-assistance), since 2021-12
"""  # fmt: skip


@pytest.mark.usefixtures("loaded_file")
def test_the_table_has_a_line_a_pair(foedus: Foedus) -> None:
    lines = [line.rstrip() for line in foedus("ask", *FOUR, *DAY).out.splitlines()]
    assert lines[0] == (
        "Permanent Strategic Framework for Peace, Security and Development (csp-psd), "
        "France (france), Mali (mali), Wagner Group (wagner-group)"
    )
    assert lines[1].startswith("on 2024-07-28, as known at position 46 (recorded 20")
    table = [line for line in lines[3:] if not line.startswith("─")]
    assert table == TABLE.splitlines()


@pytest.mark.usefixtures("loaded_file")
def test_nothing_is_cut_on_a_narrow_terminal(
    foedus: Foedus, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = foedus("ask", *FOUR, *DAY).out
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = foedus("ask", *FOUR, *DAY).out
    assert coloured != plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


@pytest.mark.usefixtures("loaded_file")
def test_the_viewpoint_is_said_above_the_table(foedus: Foedus) -> None:
    ended = foedus(
        "ask", "mali", "france", *DAY, "--known-at", "31", "--according-to", "mali",
        "--reliability", "C", "--credibility", "3", "--include", "alleged",
    )  # fmt: skip
    said = ended.out.splitlines()[1]
    assert said.startswith("on 2024-07-28, as known at position 31 (recorded ")
    assert said.endswith(
        "according to mali, reliability C or better, credibility 3 or better, allegations included"
    )


@pytest.mark.usefixtures("loaded_file")
def test_that_nothing_was_recorded_yet_is_said(foedus: Foedus) -> None:
    said = foedus("ask", *FOUR, *DAY, "--known-at", "2024-07-30T00:00:00Z").out.splitlines()[1]
    assert said == "on 2024-07-28, as known at position 0, before anything was recorded"


@pytest.mark.usefixtures("loaded_file")
def test_what_vague_dates_leave_open_is_shown(foedus: Foedus) -> None:
    ended = foedus("ask", "mali", "wagner-group", "--valid-at", "2021-12-15")
    assert "unknown" in ended.out
    assert "uncertain, possibly allied" in ended.out


@pytest.mark.usefixtures("loaded_file")
def test_sanctions_stand_below_the_table(foedus: Foedus) -> None:
    imposed = {
        "type": "SanctionImposed",
        "occurred": "2023-01",
        "data": {"sender": "france", "target": "wagner-group", "programme": "eu-2023"},
    }
    assert foedus("load", "-", stdin=json.dumps([imposed]).encode()).code == 0
    ended = foedus("ask", "france", "wagner-group", *DAY)
    assert "strained" in ended.out
    last = ended.out.splitlines()[-1]
    assert last == "sanction: france sanctions wagner-group (eu-2023) since 2023-01"


def test_the_read_models_are_brought_to_the_head_first(loaded: str, foedus: Foedus) -> None:
    database = Database(loaded)
    EventLog(SqlRecorder(database)).append([registered("niger"), registered("chad")])
    database.dispose()
    ended = foedus("ask", "niger", "chad", "--json")
    assert json.loads(ended.out)["viewpoint"]["position"] == 48


@pytest.mark.usefixtures("loaded")
def test_unknown_actors_are_named_with_those_that_may_be_meant(foedus: Foedus) -> None:
    ended = foedus("ask", "mali", "wagner", "frnace", "Mali", "al qaeda", "xyzzy")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.removeprefix("foedus: ").splitlines() == [
        "no actor is registered as Mali; did you mean mali?",
        "no actor is registered as al qaeda; did you mean al-qaeda?",
        "no actor is registered as frnace; did you mean france?",
        "no actor is registered as wagner; did you mean wagner-group?",
        "no actor is registered as xyzzy",
    ]
    ended = foedus("ask", "mali", "france", "--according-to", "malli")
    assert ended.err == "foedus: no actor is registered as malli; did you mean mali?\n"
    ended = foedus("ask", "mali", "Northern Mali civilians")
    assert "did you mean northern-mali-civilians?" in ended.err


@pytest.mark.usefixtures("file_store")
def test_an_empty_log_says_so(foedus: Foedus) -> None:
    ended = foedus("ask", "mali", "france")
    assert ended.code == 2
    assert "no actor is registered as france: the log names no actor yet" in ended.err


@pytest.mark.usefixtures("loaded")
def test_a_position_that_is_not_there_is_refused(foedus: Foedus) -> None:
    ended = foedus("ask", "mali", "france", "--known-at", "47")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == ("foedus: --known-at: position 47 is ahead of the log, which ends at 46\n")
    ended = foedus("ask", "mali", "france", "--known-at", "2999-01-01T00:00:00Z")
    assert ended.code == 2
    assert ended.err.startswith("foedus: --known-at: 2999-01-01")


@pytest.mark.usefixtures("loaded_file")
def test_known_at_takes_a_time(foedus: Foedus) -> None:
    ended = foedus("ask", "mali", "france", "--known-at", "2020-01-01T00:00:00+01:00", "--json")
    assert json.loads(ended.out)["viewpoint"]["position"] == 0


@pytest.mark.usefixtures("home")
def test_the_example_is_asked_wherever_one_is(foedus: Foedus) -> None:
    for _ in range(2):
        ended = foedus("ask", "mali", "wagner-group", *DAY, "--example", "--json")
        assert json.loads(ended.out)["viewpoint"]["position"] == 46


@pytest.mark.usefixtures("file_store")
def test_the_example_does_not_enter_a_database_that_is_named(foedus: Foedus) -> None:
    ended = foedus("ask", "mali", "wagner-group", "--example")
    assert ended.code == 2
    assert "FOEDUS_DATABASE_URL names another" in ended.err
    assert "log names no actor yet" in foedus("ask", "mali", "wagner-group").err


STEERING = "Chad\x1b[2J\x9b0m\r\n\u202e\u2066x\u2028y"


@pytest.mark.usefixtures("file_store")
def test_what_a_source_says_cannot_steer_the_terminal(foedus: Foedus) -> None:
    events = [
        {
            "type": "ActorRegistered",
            "occurred": "1960",
            "data": {"actor": actor, "kind": "state", "name": name},
        }
        for actor, name in (("chad", STEERING), ("niger", "Niger"))
    ]
    assert foedus("load", "-", stdin=json.dumps(events).encode()).code == 0
    told = (foedus("ask", "chad", "niger").out, foedus("explain", "chad", "niger").out)
    for said in told:
        assert said.startswith("Chad\ufffd[2J\ufffd0m\ufffd\ufffd\ufffd\ufffdx\ufffdy (chad)")
    assert foedus("ask", "chad", "\x1b[2J").err.startswith(
        "foedus: no actor is registered as \ufffd[2J"
    )
