"""Events of several versions of one type in one log: read alike, and hashed as they were written."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.builders import uid
from tests.evolution.conftest import FIRST, KNOWN, SECOND, THIRD, Story, deployment, rows_of
from tests.evolution.release import Release

pytestmark = pytest.mark.long

DEPLOYMENTS = {
    2: {
        "keepers": {"mission": "peacekeeping", "basis": "mandate"},
        "fighters": {"mission": "combat", "basis": "unspecified"},
        "plain": {"mission": "unspecified", "basis": "unspecified"},
        "invited": {"mission": "training", "basis": "invitation"},
        "corrected": {"mission": "combat", "basis": "mandate"},
    },
    3: {
        "keepers": {"mission": "peacekeeping", "consent": "mandated"},
        "fighters": {"mission": "combat", "consent": "unspecified"},
        "plain": {"mission": "unspecified", "consent": "unspecified"},
        "invited": {"mission": "training", "consent": "asked"},
        "corrected": {"mission": "combat", "consent": "mandated"},
        "asked": {"mission": "support", "consent": "asked"},
    },
}
RECORDED_AS = {"keepers": 1, "fighters": 1, "plain": 1, "invited": 2, "corrected": 2, "asked": 3}

AT_FIRST = ("--valid-at", "2014-01-01", "--known-at", str(KNOWN[1]), "--json")


def listed(client: httpx.Client, **asked: Any) -> list[dict[str, Any]]:
    response = client.get("/v1/events", params={"type": "ForcesDeployed"} | asked)
    assert response.status_code == httpx.codes.OK, response.text
    items: list[dict[str, Any]] = response.json()["items"]
    return items


@pytest.mark.parametrize("version", [2, 3])
def test_every_event_is_read_in_the_words_of_the_release(
    story: Story, releases: dict[int, Release], version: int
) -> None:
    columns = {row[1]: row for row in story.rows[version]["events"]}
    with releases[version].serving(story.urls[version]) as client:
        found = {event["id"]: event for event in listed(client)}
        for name, said in DEPLOYMENTS[version].items():
            event = found.pop(uid(name))
            grounds = {"mission", "basis", "consent", "role"} & event["data"].keys()
            assert {key: event["data"][key] for key in grounds} == said
            # The version is that of the stored bytes, over which the hash was made.
            assert event["schema_version"] == RECORDED_AS[name]
            assert event["hash"] == columns[uid(name)][-1].hex()
            one = client.get(f"/v1/events/{uid(name)}").json()
            assert {key: one[key] for key in event} == event
        assert not found
        correction = client.get(f"/v1/events/{uid('keepers')}").json()["superseded_by"]
        assert correction == uid("corrected")
        lines = client.get("/v1/events", headers={"accept": "application/x-ndjson"}).text
        assert len(lines.splitlines()) == KNOWN[version]


def test_what_was_stored_stays_as_it_was(story: Story) -> None:
    for table in ("store", "events", "event_tags"):
        for earlier, later in ((1, 2), (2, 3)):
            before, after = story.rows[earlier][table], story.rows[later][table]
            assert [row for row in after if row in before] == before
    data = {row[1]: json.loads(row[7])["data"] for row in story.rows[3]["events"]}
    assert data[uid("keepers")].keys() == {"sender", "host", "role", "against"}
    assert data[uid("invited")].keys() == {"sender", "host", "mission", "basis", "against"}
    assert data[uid("asked")].keys() == {"sender", "host", "mission", "consent", "against"}
    versions = [row[3] for row in story.rows[3]["events"]]
    assert versions == [1] * len(FIRST) + [2] * len(SECOND) + [3] * len(THIRD)


@pytest.mark.parametrize("version", [2, 3])
def test_the_log_is_whole_and_the_read_models_agree(
    story: Story, releases: dict[int, Release], version: int
) -> None:
    release, url = releases[version], story.urls[version]
    whole = f"up to position {KNOWN[version]}"
    assert whole in release.run(url, "verify")
    assert whole in release.run(url, "replay")  # of what the projector made step by step
    assert whole in release.run(url, "rebuild")
    if version == 3:
        assert whole in release.run(url, "replay")


def test_an_old_question_has_the_old_answer(story: Story, releases: dict[int, Release]) -> None:
    question = ("ask", "mali", "chad", "france", "niger", *AT_FIRST)
    first, third = (
        json.loads(releases[version].run(story.urls[version], *question)) for version in (1, 3)
    )
    assert first == third
    assert any(pair["cooperation"] for pair in first["alignments"])


def test_a_correction_in_new_words_replaces_an_event_in_old_ones(
    story: Story, releases: dict[int, Release]
) -> None:
    question = ("ask", "mali", "chad", "--valid-at", "2014-01-01", "--json")
    [before] = json.loads(releases[1].run(story.urls[1], *question))["alignments"]
    [after] = json.loads(releases[3].run(story.urls[3], *question))["alignments"]
    assert (before["cooperation"], before["support"]) == (2, [uid("keepers")])
    assert (after["cooperation"], after["support"]) == (3, [uid("corrected")])


def test_the_log_moves_with_all_its_versions(
    story: Story, releases: dict[int, Release], new_url: Any, tmp_path: Path
) -> None:
    """Whichever release writes the backup: it does not read what the events say."""
    files = {}
    for version in (1, 3):
        files[version] = tmp_path / f"{version}.ndjson"
        releases[version].run(story.urls[3], "backup", str(files[version]))
    assert files[1].read_bytes() == files[3].read_bytes()
    for dialect in ("sqlite", "postgresql"):
        url = new_url(dialect)
        releases[3].run(url, "restore", str(files[1]))
        assert rows_of(url) == story.rows[3]
        assert f"up to position {KNOWN[3]}" in releases[3].run(url, "replay")


def test_posting_again_in_the_words_of_any_version_repeats_the_receipt(
    story: Story, releases: dict[int, Release]
) -> None:
    """A client that was cut off tries again, and meanwhile the server was upgraded."""
    keepers = FIRST[4]
    as_second = deployment(
        "keepers", "chad", "mali", "2013-07-01", mission="peacekeeping", basis="mandate"
    )
    as_third = deployment(
        "keepers", "chad", "mali", "2013-07-01", mission="peacekeeping", consent="mandated"
    )
    [row] = [row for row in story.rows[1]["events"] if row[1] == uid("keepers")]
    with releases[3].serving(story.urls[3]) as client:
        for event in (keepers, as_second, as_third, FIRST, SECOND, THIRD):
            response = client.post("/v1/events", json=event)
            assert response.status_code == httpx.codes.OK, response.text
        response = client.post("/v1/events", json=as_third)
        assert (response.json()["position"], response.json()["hash"]) == (row[0], row[-1].hex())
        for other in (
            deployment("keepers", "chad", "mali", "2013-07-01", role="combat"),
            deployment("keepers", "chad", "mali", "2013-07-01", mission="peacekeeping"),
        ):
            response = client.post("/v1/events", json=other)
            assert response.status_code == httpx.codes.CONFLICT, response.text
    assert rows_of(story.urls[3]) == story.rows[3]


def test_an_older_client_goes_on_posting(
    story: Story, releases: dict[int, Release], new_url: Any, tmp_path: Path
) -> None:
    releases[3].run(story.urls[3], "backup", str(tmp_path / "x.ndjson"))
    url = new_url("sqlite")
    releases[3].run(url, "restore", str(tmp_path / "x.ndjson"))
    with releases[3].serving(url) as client:
        first = deployment("another", "niger", "mali", "2018", role="peacekeeping")
        assert client.post("/v1/events", json=first).status_code == httpx.codes.CREATED
        stored = client.get(f"/v1/events/{uid('another')}").json()
        assert stored["schema_version"] == 3
        assert stored["data"]["consent"] == "mandated"

        mixed = deployment("mixed", "niger", "mali", "2018", role="combat", consent="asked")
        wrong = deployment("wrong", "niger", "mali", "2018", role="dancing")
        for event in (mixed, wrong):
            response = client.post("/v1/events", json=event)
            assert response.status_code == httpx.codes.UNPROCESSABLE_ENTITY
            # Named by what today's version lacks.
            assert [one["pointer"] for one in response.json()["errors"]] == ["/data/role"]


def test_an_older_release_refuses_what_it_does_not_know(
    story: Story, releases: dict[int, Release], new_url: Any, tmp_path: Path
) -> None:
    """It says where and what to do, and answers only up to the event before."""
    newer = KNOWN[1] + 1
    named = "ForcesDeployed version 2 is newer than this program's 1"
    releases[2].run(story.urls[2], "backup", str(tmp_path / "x.ndjson"))
    url = new_url("postgresql" if story.urls[1].startswith("postgresql") else "sqlite")
    old = releases[1]
    # What it would have to know of the event denied, it cannot read.
    denial = {"type": "ReportDenied", "occurred": "2020", "data": {"event": uid("invited")}}

    said = old.run(url, "restore", str(tmp_path / "x.ndjson"), code=1)
    assert rows_of(url) == story.rows[2], "the log is restored whole"
    assert f"position {newer}" in said
    assert named in said
    question = ("ask", "mali", "chad", "--valid-at", "2014-01-01", "--json")
    assert named in old.run(url, *question, code=1)
    assert named in old.run(url, "replay", code=1)
    (tmp_path / "more.json").write_text(json.dumps([denial]))
    assert named in old.run(url, "load", str(tmp_path / "more.json"), code=2)

    with old.serving(url) as client:
        assert len(listed(client, after=0, limit=newer - 5)) == 3  # the actors stand before
        for response in (
            client.get("/v1/events"),
            client.get(f"/v1/events/{uid('invited')}"),
            client.post("/v1/events", json=denial),
        ):
            assert response.status_code == httpx.codes.SERVICE_UNAVAILABLE, response.text
            assert named in response.json()["detail"]
            assert f"position {newer}" in response.json()["detail"]
        ready = client.get("/readyz")
        assert ready.status_code == httpx.codes.SERVICE_UNAVAILABLE
        assert named in ready.text
        answer = client.get("/v1/alignments/mali/chad", params={"valid_at": "2014-01-01"}).json()
        assert answer["viewpoint"]["position"] == KNOWN[1], "an answer without what came later"
        late: dict[str, str | int] = {"valid_at": "2014-01-01", "known_at": newer, "wait": 0}
        assert client.get("/v1/alignments/mali/chad", params=late).is_error
    assert rows_of(url) == story.rows[2]

    assert f"up to position {KNOWN[2]}" in releases[2].run(url, "replay"), "the right one goes on"
