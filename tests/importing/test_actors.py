"""Who is meant: outside ids first, then exact names that no id contradicts; never a guess."""

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from domain.claims import Claim
from domain.event import Event
from domain.vocabulary import ActorRegistered, ActorRenamed, ReportRetracted
from domain.vocabulary.actors import OtherName
from infrastructure.codec import event_of
from infrastructure.importing.actors import known_actors
from infrastructure.log import EventLog
from tests.builders import event
from tests.cli.conftest import Foedus
from tests.importing import acled_rows
from tests.importing.asking import asked, recorder, registrations, told
from tests.importing.ged_rows import row, write

BY_HAND = "0198f2c0-0000-7000-8000-000000000009"


def _known(url: str, *events: Event) -> None:
    with recorder(url) as log:
        EventLog(log).append(list(events))


def _registration(url: str, actor: str) -> Event:
    with recorder(url) as log:
        [found] = [
            one
            for one in map(event_of, log.stream())
            if isinstance(one.data, ActorRegistered) and one.data.actor == actor
        ]
    return found


def _actor(actor: str, name: str, **more: Any) -> Event:
    data = ActorRegistered(actor=actor, kind="rebel-group", name=name, **more)
    return event(data, "2000", called=actor)


def _rebels(name: str, number: str, id: str = "1") -> dict[str, str]:
    return row(1) | {"id": id, "side_b": name, "side_b_new_id": number}


def _opponents(url: str) -> list[str]:
    return [one.data.sides[1].parties[0] for one in told(url) if hasattr(one.data, "sides")]


@pytest.mark.parametrize(
    "known",
    [
        _actor("front", "Another name", identifiers={"ucdp": "510"}),
        _actor("front", "The Front"),
        _actor("front", "Le Front", names=(OtherName(name="The Front"),)),
    ],
    ids=["by outside id", "by name", "by alias"],
)
def test_an_actor_entered_by_hand_is_found(
    store: str, foedus: Foedus, tmp_path: Path, known: Event
) -> None:
    _known(store, known)
    file = write(tmp_path / "ged.csv", [_rebels("The Front", "510")])
    assert foedus("import", "ucdp-ged", file).code == 0
    assert _opponents(store) == ["front"]


def test_a_renamed_actor_is_found_under_its_new_name(
    store: str, foedus: Foedus, tmp_path: Path
) -> None:
    renamed = ActorRenamed(actor="front", name="The New Front")
    _known(store, _actor("front", "The Front"), event(renamed, "2005", called="renaming"))
    file = write(tmp_path / "ged.csv", [_rebels("The New Front", "510")])
    assert foedus("import", "ucdp-ged", file).code == 0
    assert _opponents(store) == ["front"]


def test_one_name_with_two_outside_ids_is_two_actors(
    store: str, foedus: Foedus, tmp_path: Path
) -> None:
    _known(store, _actor("eln", "ELN", identifiers={"ucdp": "744"}))
    rows = [_rebels("ELN", "721"), _rebels("ELN", "744", id="2"), _rebels("ELN", "748", id="3")]
    assert foedus("import", "ucdp-ged", write(tmp_path / "ged.csv", rows)).code == 0
    assert _opponents(store) == ["eln-ucdp-721", "eln", "eln-ucdp-748"]
    assert foedus("import", "ucdp-ged", write(tmp_path / "ged.csv", rows)).code == 0
    assert len(_opponents(store)) == 3


def test_a_name_that_is_only_alike_is_another_actor_unless_a_person_judges_so(
    store: str, foedus: Foedus, tmp_path: Path
) -> None:
    _known(store, _actor("front", "Liberation Front of Azawad"))
    file = write(tmp_path / "ged.csv", [_rebels("Liberation Front of the Azawad", "510")])
    review = tmp_path / "review.csv"
    before = len(registrations(store))

    reviewed = foedus("import", "ucdp-ged", file, "--review", review)
    assert reviewed.code == 0, reviewed.err
    assert "nothing was imported" in reviewed.out
    assert not _opponents(store)
    assert len(registrations(store)) == before
    with review.open(encoding="utf-8", newline="") as stream:
        [listed] = csv.DictReader(stream)
    assert (listed["name"], listed["actor"]) == ("Liberation Front of the Azawad", "front")

    text = review.read_text(encoding="utf-8")
    review.write_text(text.rstrip("\r\n") + "same\r\n", encoding="utf-8")
    assert foedus("import", "ucdp-ged", file, "--review", review).code == 0
    assert _opponents(store) == ["front"]


@pytest.mark.usefixtures("store")
def test_a_judgement_that_says_nothing_is_refused_with_its_line(
    foedus: Foedus, tmp_path: Path
) -> None:
    review = tmp_path / "review.csv"
    review.write_text("name,actor,judgement\nThe Front,front,perhaps\n", encoding="utf-8")
    file = write(tmp_path / "ged.csv", [row(1)])
    ended = foedus("import", "ucdp-ged", file, "--review", review)
    assert ended.code == 2
    assert "review.csv, line 2" in ended.err


def _again(foedus: Foedus, store: str, file: Path, source: str = "ucdp-ged") -> None:
    """Import the file, and once more, which adds nothing."""
    assert foedus("import", source, file).code == 0
    before = (len(registrations(store)), told(store))
    ended = foedus("import", source, file)
    assert (ended.code, " 0 corrected, 0 withdrawn" in ended.out) == (0, True), ended.out
    assert (len(registrations(store)), told(store)) == before


def test_a_name_that_several_bear_is_the_one_that_the_source_meant_before(
    store: str, foedus: Foedus, tmp_path: Path
) -> None:
    for number in ("501", "502"):
        _known(store, _actor(f"front-{number}", "River Front", identifiers={"ucdp": number}))
    file = acled_rows.write(tmp_path / "acled.csv", acled_rows.BATTLE)
    _again(foedus, store, file, "acled")
    _known(store, _actor("another", "River Front"))
    _again(foedus, store, file, "acled")


def test_a_name_that_is_too_long_is_one_actors_name_still(
    store: str, foedus: Foedus, tmp_path: Path
) -> None:
    names = [f"{'The Front of ' * 20}{end}" for end in ("North", "South")]
    battles = [
        acled_rows.BATTLE | {"event_id_cnty": f"MLI{number}", "actor2": name}
        for number, name in enumerate(names)
    ]
    _again(foedus, store, acled_rows.write(tmp_path / "acled.csv", *battles), "acled")
    assert len({one.name for one in registrations(store) if one.name.startswith("The F")}) == 2


def test_a_name_that_a_person_corrected_is_still_that_actors(
    store: str, foedus: Foedus, tmp_path: Path
) -> None:
    file = acled_rows.write(tmp_path / "acled.csv", acled_rows.BATTLE)
    assert foedus("import", "acled", file).code == 0
    first = _registration(store, acled_rows.REBELS_ID)
    assert isinstance(first.data, ActorRegistered)
    corrected = replace(
        first,
        id=BY_HAND,
        data=replace(first.data, name="Front of the River"),
        supersedes=first.id,
        reason="its own spelling",
    )
    _known(store, corrected)
    before = told(store)
    _again(foedus, store, file, "acled")
    assert told(store) == before


def test_an_actor_whose_registration_was_taken_back_is_registered_anew(
    store: str, foedus: Foedus, tmp_path: Path
) -> None:
    deleted = {"event_id_cnty": "MLI1", "deleted_timestamp": "1723000000"}
    file = acled_rows.write(tmp_path / "acled.csv", acled_rows.BATTLE)
    assert foedus("import", "acled", file).code == 0
    gone = acled_rows.write(tmp_path / "deleted.csv", deleted, columns=[*deleted])
    assert foedus("import", "acled", gone).code == 0
    first = _registration(store, acled_rows.REBELS_ID)
    data = ReportRetracted(event=first.id, reason="nobody")
    _known(store, Event(id=BY_HAND, occurred="2026", data=data, claim=Claim()))
    later = acled_rows.BATTLE | {"event_date": "2024-07-28"}
    _again(foedus, store, acled_rows.write(file, later), "acled")
    pair = (acled_rows.ARMY_ID, acled_rows.REBELS_ID)
    assert asked(foedus, pair, "2024-07-29")["alignment"] == "hostile"


def test_an_actor_that_cannot_be_registered_rejects_its_row(
    store: str, foedus: Foedus, tmp_path: Path
) -> None:
    file = write(tmp_path / "ged.csv", [_rebels("The Front", "5" * 300), row(2)])
    ended = foedus("import", "ucdp-ged", file)
    assert (ended.code, "1 row rejected" in ended.err) == (1, True)
    assert told(store)


def test_an_actor_that_somebody_registers_meanwhile_ends_no_import(
    store: str, foedus: Foedus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path / "ged.csv", [_rebels("The Front", "510"), row(2)])

    def meanwhile(conn: Connection) -> object:
        before = [*known_actors(conn)]
        if not any(one.id == "the-front" for one in before):
            _known(store, _actor("the-front", "Another Front"))
        return before

    with monkeypatch.context() as patched:
        patched.setattr("api.cli.importing.known_actors", meanwhile)
        ended = foedus("import", "ucdp-ged", file)
    assert (ended.code, "1 row rejected" in ended.err) == (1, True)
    _again(foedus, store, file)
