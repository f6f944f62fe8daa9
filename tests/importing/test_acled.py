"""ACLED's export into the log: what each kind of row becomes."""

from pathlib import Path

import pytest

from domain.vocabulary import AgreementSigned, AttackReported, BattleReported
from tests.cli.conftest import Foedus
from tests.importing.acled_rows import (
    AGREEMENT,
    ARMY,
    ARMY_ID,
    BATTLE,
    CIVILIANS,
    CIVILIANS_ID,
    ON_CIVILIANS,
    REBELS_ID,
    imported,
    only,
)
from tests.importing.asking import asked, registered, told


def test_a_battle_makes_both_sides_hostile_and_nobody_an_ally(store: str, foedus: Foedus) -> None:
    done = imported(foedus, BATTLE)
    assert (done.code, "1 row: 1 claim new" in done.out) == (0, True), done.err

    event = only(store)
    assert isinstance(event.data, BattleReported)
    assert [side.parties for side in event.data.sides] == [(ARMY_ID,), (REBELS_ID,)]
    assert [side.supporters for side in event.data.sides] == [(), ()]
    assert event.note == "Killed: 7; ACLED does not tell on which side."
    assert event.place is not None
    assert (event.place.name, event.place.country, event.place.precision) == (
        "Tinzaouaten",
        "ML",
        "near the place",
    )
    quote = event.claim.citations[0].quote or ""
    assert quote.startswith("MLI1,2024-07-27")
    assert "Wagner Group" in quote
    assert asked(foedus, (ARMY_ID, REBELS_ID), "2024-07-26")["alignment"] == "unknown"
    answer = asked(foedus, (ARMY_ID, REBELS_ID), "2024-07-28")
    assert (answer["alignment"], answer["conflict"]) == ("hostile", 3)
    assert "Wagner Group" not in registered(store)


def test_who_attacked_civilians_is_the_other_side_wherever_it_is_named(
    store: str, foedus: Foedus
) -> None:
    turned = ON_CIVILIANS | {
        "event_id_cnty": "MLI4",
        "event_type": "Explosions/Remote violence",
        "actor1": ARMY,
        "inter1": "1",
        "actor2": CIVILIANS,
        "inter2": "7",
        "fatalities": "0",
    }
    assert imported(foedus, ON_CIVILIANS, turned).code == 0
    first, second = (event.data for event in told(store))
    assert isinstance(first, AttackReported)
    assert isinstance(second, AttackReported)
    assert (first.attacker, first.target) == (REBELS_ID, CIVILIANS_ID)
    assert (second.attacker, second.target) == (ARMY_ID, CIVILIANS_ID)
    assert first.killed is not None
    assert (first.killed.low, first.killed.best, first.killed.high) == (None, 3, None)
    assert second.killed is None
    directed = asked(foedus, (REBELS_ID, CIVILIANS_ID), "2024-08-01")["directed"]
    assert directed[f"{REBELS_ID}>{CIVILIANS_ID}"]["conflict"] == 3
    assert directed[f"{CIVILIANS_ID}>{REBELS_ID}"]["conflict"] == 0
    people = registered(store)[CIVILIANS]
    assert (people.kind, people.country) == ("population", "ML")


def test_remote_violence_between_armed_actors_is_a_battle(store: str, foedus: Foedus) -> None:
    shelling = BATTLE | {
        "event_type": "Explosions/Remote violence",
        "sub_event_type": "Shelling/artillery/missile attack",
    }
    imported(foedus, shelling)
    data = only(store).data
    assert isinstance(data, BattleReported)
    assert data.methods == ("Shelling/artillery/missile attack",)


def test_an_agreement_is_cooperation_between_the_two(store: str, foedus: Foedus) -> None:
    imported(foedus, AGREEMENT)
    assert isinstance(only(store).data, AgreementSigned)
    answer = asked(foedus, ("hill-militia", "plain-militia"), "2024-09-02")
    assert (answer["alignment"], answer["cooperation"]) == ("cooperating", 1)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"event_type": "Protests"}, "a protest: says nothing about how two actors stand"),
        ({"event_type": "Riots"}, "a riot: says nothing about how two actors stand"),
        (
            {"event_type": "Strategic developments", "sub_event_type": "Looting"},
            "a strategic development that says nothing about how two actors stand",
        ),
        (
            {
                "event_type": "Strategic developments",
                "sub_event_type": "Change to group/activity",
            },
            "a change to a group: for review of the actor's lineage by a person",
        ),
        (
            {"event_type": "Strategic developments", "sub_event_type": "Arrests"},
            "arrests: coercion without combat, for which there is no type of event",
        ),
        ({"actor2": "", "inter2": ""}, "names one side only"),
        ({"actor2": ARMY}, "has the same actor on both sides"),
        (
            {"event_type": "Violence against civilians"},
            "has neither of its sides unarmed, so it does not tell who attacked whom",
        ),
    ],
)
def test_a_row_that_tells_no_stance_is_skipped_and_says_why(
    file_store: Path, foedus: Foedus, changes: dict[str, str], reason: str
) -> None:
    done = imported(foedus, BATTLE | changes)
    assert done.code == 0, done.err
    assert f"1 row skipped: {reason}" in done.out
    assert not told(f"sqlite:///{file_store}")
    assert set(registered(f"sqlite:///{file_store}")) == {
        "Armed Conflict Location & Event Data (ACLED)"
    }


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"event_type": "Feast"}, "event_type: 'Feast' is no event type of ACLED's"),
        ({"inter2": "9"}, "inter2: '9' is no kind of actor of ACLED's"),
        ({"event_date": "31 June 2024"}, "event_date: '31 June 2024' is not a day"),
        ({"event_date": "27 Ju 2024"}, "event_date: '27 Ju 2024'"),
        ({"time_precision": "4"}, "time_precision: '4' is none of 1, 2, 3"),
        ({"fatalities": "some"}, "fatalities: 'some' is not a whole number"),
        ({"latitude": "190"}, "latitude"),
        ({"event_id_cnty": ""}, "event_id_cnty is empty"),
    ],
)
def test_a_row_that_is_no_row_of_acled_is_rejected_and_the_others_are_imported(
    file_store: Path, foedus: Foedus, changes: dict[str, str], reason: str
) -> None:
    done = imported(foedus, BATTLE | changes, ON_CIVILIANS)
    assert done.code == 1
    assert reason in Path("acled.csv.rejects.csv").read_text(encoding="utf-8")
    assert isinstance(only(f"sqlite:///{file_store}").data, AttackReported)


@pytest.mark.parametrize(
    ("date", "precision", "occurred"),
    [
        ("2024-07-27", "1", "2024-07-27"),
        ("27 July 2024", "1", "2024-07-27"),
        ("27-Jul-2024", "1", "2024-07-27"),
        ("2024-07-17", "2", "2024-07"),
        ("2024-07-30", "2", "2024-07/2024-08-02"),
        ("2024-01-02", "2", "2023-12/2024-01-05"),
        ("2024-07-27", "3", "2024-07"),
    ],
)
def test_a_date_is_taken_as_far_as_it_is_known(
    file_store: Path, foedus: Foedus, date: str, precision: str, occurred: str
) -> None:
    imported(foedus, BATTLE | {"event_date": date, "time_precision": precision})
    event = only(f"sqlite:///{file_store}")
    assert event.occurred == occurred
    assert ("In the week around" in (event.note or "")) == (precision == "2")


@pytest.mark.usefixtures("store")
def test_a_battle_of_a_week_is_possible_before_it_is_certain(foedus: Foedus) -> None:
    imported(foedus, BATTLE | {"event_date": "2024-07-17", "time_precision": "2"})
    within = asked(foedus, (ARMY_ID, REBELS_ID), "2024-07-20")
    assert (within["alignment"], within["possible_alignment"]) == ("unknown", "hostile")
    assert asked(foedus, (ARMY_ID, REBELS_ID), "2024-08-01")["alignment"] == "hostile"


@pytest.mark.parametrize("inter", ["label", "number"])
def test_kinds_come_from_inter_as_label_or_number(
    file_store: Path, foedus: Foedus, inter: str
) -> None:
    kinds = {
        "State forces": ("1", "state-forces"),
        "Rebel group": ("2", "rebel-group"),
        "Political militia": ("3", "political-militia"),
        "Identity militia": ("4", "identity-militia"),
        "Rioters": ("5", "population"),
        "Protesters": ("6", "population"),
        "Civilians": ("7", "population"),
        "External/Other forces": ("8", "unidentified"),
    }
    rows = [
        BATTLE
        | {
            "event_id_cnty": f"MLI{number}",
            "actor1": f"Some {label}",
            "inter1": label if inter == "label" else number,
        }
        for label, (number, _) in kinds.items()
    ]
    abroad = BATTLE | {"actor1": "Military Forces of France (2017-)", "inter1": "8"}
    assert imported(foedus, *rows, abroad | {"event_id_cnty": "MLI99"}).code == 0
    known = registered(f"sqlite:///{file_store}")
    assert {label: known[f"Some {label}"].kind for label in kinds} == {
        label: kind for label, (_, kind) in kinds.items()
    }
    france = known["Military Forces of France (2017-)"]
    assert (france.kind, france.country) == ("state-forces", "FR")


def test_unidentified_groups_are_never_one_for_being_called_alike(
    file_store: Path, foedus: Foedus
) -> None:
    unknown = {"actor1": "Unidentified Armed Group (Mali)", "inter1": "Political militia"}
    rows = BATTLE | unknown, ON_CIVILIANS | unknown | {"actor2": CIVILIANS, "inter2": "Civilians"}
    imported(foedus, *rows)
    assert "0 actors" in imported(foedus, *rows).out
    alike = [one for name, one in registered(f"sqlite:///{file_store}").items() if "Unid" in name]
    assert len({one.actor for one in alike}) == 2
    assert {(one.kind, one.country) for one in alike} == {("unidentified", "ML")}
