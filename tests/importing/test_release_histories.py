"""Releases after one another, with rows that change, go, return and cannot be read: the log says what they say."""

from collections.abc import Mapping
from pathlib import Path
from random import Random

import pytest

from domain.event import Event
from domain.vocabulary import ReportRetracted
from tests.cli.conftest import Foedus
from tests.importing.asking import told
from tests.importing.ged_rows import row, write

KEYS = [number for number in range(1, 40) if number % 7]  # rows of one line
RELEASES = 5
UNREADABLE = "many"

Rows = dict[int, dict[str, str]]


def _release(rng: Random, before: Rows) -> Rows:
    """Some rows of the release before, changed, broken, or new."""
    rows = {key: one for key, one in before.items() if rng.random() > 0.15}
    for key in rng.sample(KEYS, 6):
        rows[key] = row(key) | {"conflict_name": f"Conflict {rng.randrange(3)}"}
    for key in rng.sample(sorted(rows), 3):
        rows[key] = rows[key] | {"best": rng.choice((UNREADABLE, "3", "4"))}
    for key in rng.sample(sorted(rows), 2):  # a record may become one of another type
        rows[key] = rows[key] | {"type_of_violence": rng.choice("123")}
    return dict(rng.sample(sorted(rows.items()), len(rows)))


class Model:
    """Of each record the row that speaks for it, and what the records' claims must be then."""

    def __init__(self) -> None:
        self.rows: Rows = {}

    def take(self, release: Rows, *, whole: bool) -> None:
        """A release, of which every row has a key that can be read, or (not `whole`) one has none."""
        if whole:
            self.rows = {key: one for key, one in self.rows.items() if key in release}
        self.rows |= {key: one for key, one in release.items() if one["best"] != UNREADABLE}

    def claims(self) -> dict[str, tuple[str, str]]:
        return {
            f"ucdp-ged-{1_000 + key}": (
                "AttackReported" if one["type_of_violence"] == "3" else "BattleReported",
                one["conflict_name"],
            )
            for key, one in self.rows.items()
        }


def _live(events: list[Event]) -> Mapping[str, tuple[str, str]]:
    """The claims that nothing has ended: of each incident its one event of what happened."""
    ended = {one.supersedes for one in events}
    ended |= {one.data.event for one in events if isinstance(one.data, ReportRetracted)}
    found: dict[str, tuple[str, str]] = {}
    for one in events:
        if one.id not in ended and one.type in ("BattleReported", "AttackReported"):
            assert one.incident not in found, "two events speak for one record"
            found[str(one.incident)] = (one.type, str(one.note).partition(". ")[2])
    return found


@pytest.mark.parametrize("seed", range(3))
def test_the_log_says_what_the_releases_say_as_far_as_they_can_be_read(
    store: str, foedus: Foedus, tmp_path: Path, seed: int
) -> None:
    rng, model = Random(seed), Model()
    release: Rows = {key: row(key) for key in rng.sample(KEYS, 20)}
    files: dict[str, bytes] = {}
    for number in range(RELEASES):
        release = _release(rng, release)
        file = write(tmp_path / f"{number}.csv", release.values())
        if broken := rng.random() < 0.3:
            file.write_bytes(file.read_bytes() + b"no row,at all\n")
        name = str(rng.randrange(number + 1))  # now and then one that there was
        options = ("--as-of-release", name, "--rejects", tmp_path / "rejects.csv")
        ended = foedus("import", "ucdp-ged", file, *options)
        unread = any(one["best"] == UNREADABLE for one in release.values())
        assert ended.code == int(broken or unread), ended.err
        files[name] = file.read_bytes()

        model.take(release, whole=not broken)
        events = told(store)
        assert _live(events) == model.claims()
        assert foedus("import", "ucdp-ged", file, *options).code == ended.code
        assert told(store) == events, "the same again is something new"
    for name, content in files.items():
        again = tmp_path / "again.csv"
        assert foedus("release", "ucdp-ged", name, again, "--force").code == 0
        assert again.read_bytes() == content
