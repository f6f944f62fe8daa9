"""A log that three releases have written to, one after another."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from infrastructure.database import Database
from tests.builders import uid
from tests.contract.backups import Rows, held
from tests.evolution.release import Release, released

Event = dict[str, Any]


def deployment(name: str, sender: str, host: str, day: str, **data: Any) -> Event:
    """Forces are deployed: in the fields of some version."""
    fields = {"sender": sender, "host": host} | data
    return {"id": uid(name), "type": "ForcesDeployed", "occurred": day, "data": fields}


def actor(name: str) -> Event:
    return {
        "id": uid(f"registration of {name}"),
        "type": "ActorRegistered",
        "occurred": "1960",
        "data": {"actor": name, "kind": "state", "name": name},
    }


ACTORS = ("mali", "chad", "niger", "france")
FIRST = [
    *map(actor, ACTORS),
    deployment("keepers", "chad", "mali", "2013-07-01", role="peacekeeping"),
    deployment("fighters", "france", "mali", "2014-08-01", role="combat", against=["niger"]),
    deployment("plain", "niger", "chad", "2015"),
]
"""Posted in the words of version 1."""

SECOND = [
    deployment("invited", "france", "chad", "2016", mission="training", basis="invitation"),
    deployment("corrected", "chad", "mali", "2013-07-01", mission="combat", basis="mandate")
    | {"supersedes": uid("keepers"), "reason": "the mandate allowed force"},
]
THIRD = [deployment("asked", "france", "niger", "2017", mission="support", consent="asked")]

KNOWN = {1: len(FIRST), 2: len(FIRST) + len(SECOND), 3: len(FIRST) + len(SECOND) + len(THIRD)}
"""The log's last position after each release."""


@dataclass(frozen=True)
class Story:
    """The log after each release had its turn, as a database of that moment holds it."""

    urls: dict[int, str]
    rows: dict[int, Rows]


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Release]:
    return {
        version: released(version, tmp_path_factory.mktemp(f"release-{version}"))
        for version in (1, 2, 3)
    }


@pytest.fixture(scope="module")
def story(
    shared_url: Callable[[], str],
    releases: dict[int, Release],
    tmp_path_factory: pytest.TempPathFactory,
) -> Story:
    """Each release goes on with a copy of what the one before left."""
    folder = tmp_path_factory.mktemp("story")
    urls: dict[int, str] = {}
    rows: dict[int, Rows] = {}
    for version, events in ((1, FIRST), (2, SECOND), (3, THIRD)):
        release, url = releases[version], shared_url()
        if version > 1:
            backup = str(folder / f"{version}.ndjson")
            releases[version - 1].run(urls[version - 1], "backup", backup)
            release.run(url, "restore", backup)
        file = folder / f"{version}.json"
        file.write_text(json.dumps(events))
        assert f"{len(events)} new" in release.run(url, "load", str(file))
        urls[version], rows[version] = url, rows_of(url)
    return Story(urls, rows)


def rows_of(url: str) -> Rows:
    database = Database(url)
    try:
        return held(database)
    finally:
        database.dispose()
