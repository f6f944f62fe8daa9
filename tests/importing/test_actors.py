"""Who is meant: outside ids first, then exact names that no id contradicts; never a guess."""

import csv
from pathlib import Path
from typing import Any

import pytest

from domain.event import Event
from domain.vocabulary import ActorRegistered, ActorRenamed
from domain.vocabulary.actors import OtherName
from infrastructure.log import EventLog
from tests.builders import event
from tests.cli.conftest import Foedus
from tests.importing.asking import recorder, registrations, told
from tests.importing.ged_rows import row, write


def _known(url: str, *events: Event) -> None:
    with recorder(url) as log:
        EventLog(log).append(list(events))


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
