"""Every row of DESIGN section 4's table, written by hand from it and held against `effects_of`.

An effect reads `a>b conflict 3`, a close `close a>b cooperation 1-3`; `first` and `last` are the
ranks, `*` is every other actor, `[…]` a sanction's programme, `[*]` every one.
"""

from typing import Any

import pytest

from domain.effects import Effect, effects_of
from domain.vocabulary import (
    EVENT_TYPES,
    AbuseAlleged,
    AccusationMade,
    ActorDissolved,
    ActorRegistered,
    ActorRenamed,
    ActorsJudged,
    ActorSucceeded,
    AgreementBroken,
    AgreementEnded,
    AgreementSigned,
    AircraftLost,
    AllianceEnded,
    AllianceFormed,
    AllianceJoined,
    AllianceLeft,
    AttackReported,
    BattleReported,
    CasualtiesReported,
    CeasefireAgreed,
    CoupOccurred,
    EquipmentSeized,
    EventData,
    ForcesDeployed,
    ForcesExpelled,
    ForcesWithdrawn,
    HostilitiesEnded,
    MembershipEnded,
    MembershipStarted,
    PrisonersReleased,
    PrisonersTaken,
    RegimeChanged,
    RelationsDowngraded,
    RelationsRestored,
    RelationsSevered,
    ReportCorroborated,
    ReportDenied,
    ReportRetracted,
    SanctionImposed,
    SanctionLifted,
    Side,
    StatementMade,
    SupportAlleged,
    SupportProvided,
    TerritoryChanged,
)
from tests.builders import uid

RANKS = {-1: "first ", 0: "", 1: "last "}


def told(effect: Effect) -> str:
    """An effect in the words of this module."""
    line = effect.line
    programme = f" [{'*' if line.programme is None else line.programme}]"
    programme = programme if line.kind == "sanction" else ""
    levels = str(effect.low) if effect.move == "set" else f"{effect.low}-{effect.high}"
    assert effect.move == "close" or effect.low == effect.high
    move = "close " if effect.move == "close" else ""
    alleged = " as alleged" if effect.alleged else ""
    ends = f"{line.source}>{line.target}"
    return f"{RANKS[effect.rank]}{move}{ends} {line.kind}{programme} {levels}{alleged}"


def both(a: str, b: str, what: str, move: str = "") -> list[str]:
    """The same both ways."""
    return [f"{move}{a}>{b} {what}", f"{move}{b}>{a} {what}"]


def closed(a: str, b: str, line: str, levels: str = "1-3", rank: str = "") -> list[str]:
    """Closed both ways."""
    return both(a, b, f"{line} {levels}", f"{rank}close ")


ABC = ("a", "b", "c")
EVERY_TWO = (("a", "b"), ("a", "c"), ("b", "c"))


def every_two(what: str, move: str = "") -> list[str]:
    return [one for a, b in EVERY_TWO for one in both(a, b, what, move)]


def coup(**fields: Any) -> CoupOccurred:
    return CoupOccurred(state="s", **{"outcome": "success", **fields})


BREAKDOWN = [
    "first close s>* cooperation 1-3",
    "first close *>s cooperation 1-3",
    "first close s>* conflict 1-3",
    "first close *>s conflict 1-3",
]
SIDES = (Side(parties=("a", "b"), supporters=("c", "d")), Side(parties=("x",), supporters=("y",)))
ACROSS = [(one, other) for one in "abcd" for other in "xy"]

TABLE: list[tuple[EventData, list[str]]] = [
    # CoupOccurred
    (coup(perpetrators=("p", "q"), ousted=("o", "u")), [
        "p>o conflict 3", "p>u conflict 3", "q>o conflict 3", "q>u conflict 3",
        "o>p conflict 2", "o>q conflict 2", "u>p conflict 2", "u>q conflict 2",
        *both("p", "q", "cooperation 3"),
    ]),
    (coup(perpetrators=("p",), outcome="failed"), []),
    (coup(perpetrators=("p",), ousted=("o",), outcome="ongoing"),
     ["p>o conflict 3", "o>p conflict 2"]),
    # RegimeChanged
    (RegimeChanged(state="s", how="overthrow"), BREAKDOWN),
    (RegimeChanged(state="s", how="collapse", incoming="n", outgoing="o"), BREAKDOWN),
    *((RegimeChanged(state="s", how=how, incoming="n", outgoing="o"), [])
      for how in ("election", "succession", "handover", "coup")),
    # ForcesDeployed
    (ForcesDeployed(sender="a", host="b", role="combat"), both("a", "b", "cooperation 3")),
    *((ForcesDeployed(sender="a", host="b", role=role), both("a", "b", "cooperation 2"))
      for role in ("training", "peacekeeping", "support", "unspecified")),
    (ForcesDeployed(sender="a", host="b"), both("a", "b", "cooperation 2")),
    (ForcesDeployed(sender="a", host="b", role="combat", against=("x", "y")),
     [*both("a", "b", "cooperation 3"), "a>x conflict 2", "a>y conflict 2"]),
    # ForcesExpelled, ForcesWithdrawn
    (ForcesExpelled(host="a", expelled="b"),
     [*closed("a", "b", "cooperation"), "a>b conflict 2"]),
    (ForcesWithdrawn(sender="a", host="b"), closed("a", "b", "cooperation", "2-3")),
    # BattleReported
    (BattleReported(sides=SIDES), [
        *(line for a, x in ACROSS for line in closed(a, x, "cooperation", rank="first ")),
        *(line for a, x in ACROSS for line in both(a, x, "conflict 3")),
        *both("a", "b", "cooperation 3"),
        *both("a", "c", "cooperation 3"), *both("a", "d", "cooperation 3"),
        *both("b", "c", "cooperation 3"), *both("b", "d", "cooperation 3"),
        *both("x", "y", "cooperation 3"),
    ]),
    (BattleReported(sides=tuple(Side(parties=(one,)) for one in ABC)), [
        *every_two("cooperation 1-3", "first close "), *every_two("conflict 3"),
    ]),
    # AttackReported, PrisonersTaken, EquipmentSeized
    (AttackReported(attacker="a", target="b"), ["a>b conflict 3"]),
    (PrisonersTaken(captor="a", captives_of="b"), ["a>b conflict 3"]),
    (EquipmentSeized(seizer="a", owner="b"), ["a>b conflict 2"]),
    # AircraftLost
    (AircraftLost(operator="a", cause="shot-down", shooter="b"), ["b>a conflict 3"]),
    (AircraftLost(operator="a", cause="shot-down"), []),
    (AircraftLost(operator="a", cause="accident", shooter="b"), []),
    (AircraftLost(operator="a", cause="unknown", shooter="b"), []),
    # TerritoryChanged
    (TerritoryChanged(gainer="a", loser="b", by_force=True), ["a>b conflict 3"]),
    (TerritoryChanged(gainer="a", loser="b", by_force=False), []),
    # SupportProvided, SupportAlleged, AbuseAlleged
    (SupportProvided(supporter="a", recipient="b", kinds=("troops", "arms"), against=("x", "y")),
     ["a>b cooperation 3", "a>x conflict 2", "a>y conflict 2"]),
    (SupportProvided(supporter="a", recipient="b", kinds=("money", "troops")),
     ["a>b cooperation 3"]),
    *((SupportProvided(supporter="a", recipient="b", kinds=(kind,)), ["a>b cooperation 2"])
      for kind in ("arms", "money", "training", "intelligence", "sanctuary", "other")),
    (SupportAlleged(accuser="m", supporter="a", recipient="b", kinds=("troops",)),
     ["m>a conflict 1", "a>b cooperation 3 as alleged"]),
    (SupportAlleged(accuser="m", supporter="a", recipient="b", kinds=("arms", "other")),
     ["m>a conflict 1", "a>b cooperation 2 as alleged"]),
    (SupportAlleged(accuser="m", supporter="a", recipient="b"),
     ["m>a conflict 1", "a>b cooperation 2 as alleged"]),
    (AbuseAlleged(accuser="m", perpetrator="a", victims="v"),
     ["m>a conflict 1", "a>v conflict 3 as alleged"]),
    # AccusationMade, StatementMade
    (AccusationMade(accuser="a", accused="b"), ["a>b conflict 1"]),
    (StatementMade(speaker="a", about=("b", "c"), tone="support"),
     ["a>b cooperation 1", "a>c cooperation 1"]),
    (StatementMade(speaker="a", about=("b", "c"), tone="criticism"),
     ["a>b conflict 1", "a>c conflict 1"]),
    (StatementMade(speaker="a", about=("b",), tone="threat"), ["a>b conflict 1"]),
    (StatementMade(speaker="a", about=("b", "c"), tone="neutrality"),
     ["a>b neutral 1", "a>c neutral 1"]),
    # RelationsSevered, RelationsDowngraded, RelationsRestored
    (RelationsSevered(initiator="a", target="b"),
     [*closed("a", "b", "cooperation"), "a>b conflict 2"]),
    *((RelationsDowngraded(initiator="a", target="b", measure=measure), ["a>b conflict 1"])
      for measure in ("ambassador-recalled", "downgraded")),
    *((RelationsDowngraded(initiator="a", target="b", measure=measure), ["a>b conflict 2"])
      for measure in ("ambassador-expelled", "embassy-closed", "border-closed", "airspace-closed")),
    (RelationsRestored(parties=("a", "b")),
     [*closed("a", "b", "conflict"), *both("a", "b", "neutral 1")]),
    # CeasefireAgreed
    (CeasefireAgreed(parties=ABC, mediators=("m",), guarantors=("g",)),
     [*every_two("conflict 1-3", "close "), *every_two("neutral 1")]),
    (CeasefireAgreed(parties=ABC, scope="partial"), []),
    # AgreementSigned, AgreementEnded, AgreementBroken, HostilitiesEnded
    (AgreementSigned(parties=ABC, mediators=("m",), guarantors=("g",)),
     every_two("cooperation 1")),
    (AgreementSigned(parties=ABC, kind="cooperation"), every_two("cooperation 1")),
    (AgreementSigned(parties=ABC, kind="peace"),
     [*every_two("cooperation 1"), *every_two("conflict 1-3", "close "), *every_two("neutral 1")]),
    (AgreementSigned(parties=ABC, kind="limited"), []),
    (AgreementEnded(parties=ABC),
     [*every_two("cooperation 1-1", "close "), *every_two("neutral 1-3", "close ")]),
    (AgreementBroken(accuser="a", accused="b"), ["a>b conflict 1"]),
    (HostilitiesEnded(parties=ABC), every_two("conflict 1-3", "close ")),
    # SanctionImposed, SanctionLifted
    (SanctionImposed(sender="a", target="b", programme="arms"), ["a>b sanction [arms] 1"]),
    (SanctionImposed(sender="a", target="b"), ["a>b sanction [] 1"]),
    (SanctionLifted(sender="a", target="b", programme="arms"), ["close a>b sanction [arms] 1-3"]),
    (SanctionLifted(sender="a", target="b"), ["close a>b sanction [*] 1-3"]),
    # AllianceFormed, AllianceJoined, AllianceLeft, AllianceEnded
    (AllianceFormed(alliance="x", members=("a", "x"), obligations=("defence", "consultation")),
     ["x>a membership 1", "x>x membership 1", "x>defence obligation 1",
      "x>consultation obligation 1"]),
    (AllianceJoined(alliance="x", member="a"), ["x>a membership 1"]),
    (AllianceLeft(alliance="x", member="a"), ["close x>a membership 1-3"]),
    (AllianceEnded(alliance="x"), ["close x>* membership 1-3"]),
    # ActorDissolved
    (ActorDissolved(actor="a"), [
        *(line for kind in ("cooperation 1-3", "conflict 1-3", "neutral 1-3", "sanction [*] 1-3",
                            "umbrella 1-3", "claimed-umbrella 1-3")
          for line in (f"last close a>* {kind}", f"last close *>a {kind}")),
        "last close *>a membership 1-3",
    ]),
    # Umbrella memberships (section 5) move no stance; `claimed` is a line of its own.
    *((MembershipStarted(umbrella="u", member="a", as_=status), ["u>a umbrella 1"])
      for status in ("member", "organ", "branch")),
    (MembershipStarted(umbrella="u", member="a", as_="claimed"), ["u>a claimed-umbrella 1"]),
    (MembershipEnded(umbrella="u", member="a"),
     ["close u>a umbrella 1-3", "close u>a claimed-umbrella 1-3"]),
    # All others: nothing
    (ActorRegistered(actor="a", kind="state", name="A"), []),
    (ActorRenamed(actor="a", name="B"), []),
    (ActorSucceeded(predecessors=("a",), successors=("b",), continuity="full"), []),
    (ActorsJudged(actors=("a", "b"), judgement="same"), []),
    (PrisonersReleased(captor="a", captives_of="b", exchange=True), []),
    (CasualtiesReported(suffered_by="a", inflicted_by="b"), []),
    (ReportRetracted(event=uid("x"), reason="why"), []),
    (ReportDenied(event=uid("x")), []),
    (ReportCorroborated(event=uid("x")), []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "expected"), TABLE, ids=[f"{n}-{data.TYPE}" for n, (data, _) in enumerate(TABLE)]
)
def test_an_event_has_the_effects_of_its_row(data: EventData, expected: list[str]) -> None:
    assert sorted(map(told, effects_of(data))) == sorted(expected)


def test_every_type_has_its_row_here() -> None:
    assert {data.TYPE for data, _ in TABLE} == set(EVENT_TYPES)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (StatementMade(speaker="a", about=("a", "b"), tone="support"), ["a>b cooperation 1"]),
        (SupportAlleged(accuser="b", supporter="a", recipient="b"),
         ["b>a conflict 1", "a>b cooperation 2 as alleged"]),
        (coup(perpetrators=("s", "p"), ousted=("o",)),
         ["s>o conflict 3", "p>o conflict 3", "o>s conflict 2", "o>p conflict 2",
          *both("s", "p", "cooperation 3")]),
        # Refused by the checks, but even so nobody stands in a line with itself.
        (AttackReported(attacker="a", target="a"), []),
        (CeasefireAgreed(parties=("a", "a")), []),
        (BattleReported(sides=(Side(parties=("a",)), Side(parties=("a",)))), []),
    ],
)  # fmt: skip
def test_nobody_has_a_line_with_itself(data: EventData, expected: list[str]) -> None:
    assert sorted(map(told, effects_of(data))) == sorted(expected)
