"""ATOP's directed dyad-years into the log: alliances of two, year by year."""

import csv
import hashlib
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

import pytest

from domain.vocabulary import AllianceEnded, AllianceFormed, ReportRetracted
from infrastructure.importing.countries import country_code
from infrastructure.importing.cow_states import COW_STATES
from infrastructure.importing.dyad_years import Alliance, DyadYear, DyadYears
from tests.cli.conftest import Ended, Foedus
from tests.importing.asking import asked, registered, told

COLUMNS = [
    "ccode1",
    "ccode2",
    "year",
    "atop_defense",
    "atop_offense",
    "atop_neutral",
    "atop_nonagg",
    "atop_consul",
]
DEFENCE, CONSULTATION = (1, 0, 0, 0, 0), (0, 0, 0, 0, 1)
BOTH = (1, 0, 0, 0, 1)
FRANCE, MALI = 220, 432
PAIR = "france", "mali"

Line = tuple[int, ...]


def _both_ways(one: int, other: int, years: range, owed: Line) -> list[Line]:
    return [
        (first, second, year, *owed)
        for year in years
        for first, second in permutations((one, other))
    ]


def _import(foedus: Foedus, lines: Sequence[Line], *options: str) -> Ended:
    file = Path.cwd() / "atop.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        writer.writerows(lines)
    return foedus("import", "atop", file, *options)


ELSEWHERE = _both_ways(2, 20, range(1960, 1991), DEFENCE)
"""So that the file goes on to 1990."""


def test_years_of_the_same_obligations_are_one_alliance_of_the_two(
    store: str, foedus: Foedus
) -> None:
    lines = _both_ways(MALI, FRANCE, range(1961, 1965), BOTH) + ELSEWHERE
    done = _import(foedus, lines)
    assert done.code == 0, done.err
    assert f"{len(lines)} rows: 3 claims new" in done.out

    formed, ended, lasting = (event.data for event in told(store))
    assert formed == AllianceFormed(
        alliance="atop-220-432-1961", members=PAIR, obligations=("defence", "consultation")
    )
    assert ended == AllianceEnded(alliance="atop-220-432-1961")
    assert isinstance(lasting, AllianceFormed)
    assert [event.occurred for event in told(store)] == ["1961", "1965-01-01", "1960"]
    france = registered(store)["France"]
    assert (france.kind, france.country) == ("state", "FR")
    assert france.identifiers == {"cow": "220", "iso3166": "FR"}


def test_a_commitment_holds_through_its_years_and_moves_no_behaviour(
    store: str, foedus: Foedus
) -> None:
    _import(foedus, _both_ways(FRANCE, MALI, range(1961, 1965), DEFENCE) + ELSEWHERE)
    expected = {
        "1960-12-31": ("unknown", None, 0),
        "1961-06-30": ("unknown", "allied", 0),
        "1961-12-31": ("allied", None, 3),
        "1964-12-31": ("allied", None, 3),
        "1965-01-01": ("unknown", None, 0),
        "1990-06-30": ("unknown", None, 0),
    }
    for day, (alignment, possible, cooperation) in expected.items():
        answer = asked(foedus, PAIR, day)
        assert (answer["alignment"], answer["possible_alignment"], answer["cooperation"]) == (
            alignment,
            possible,
            cooperation,
        ), day
        assert all(one["cooperation"] == 0 for one in answer["directed"].values())
        assert answer["conflict"] == 0
    assert {type(event.data) for event in told(store)} == {AllianceFormed, AllianceEnded}


@pytest.mark.usefixtures("store")
def test_a_weak_obligation_commits_to_no_more_than_cooperation(foedus: Foedus) -> None:
    _import(foedus, _both_ways(FRANCE, MALI, range(1961, 1965), CONSULTATION))
    answer = asked(foedus, PAIR, "1963-01-01")
    assert (answer["alignment"], answer["cooperation"]) == ("cooperating", 1)
    assert answer["commitments"][0]["obligations"] == ["consultation"]
    assert asked(foedus, PAIR, "1999-01-01")["alignment"] == "cooperating"


def test_other_obligations_or_a_year_without_any_begin_another_alliance(
    file_store: Path, foedus: Foedus
) -> None:
    lines = (
        _both_ways(FRANCE, MALI, range(1961, 1963), DEFENCE)
        + _both_ways(FRANCE, MALI, range(1963, 1964), BOTH)
        + _both_ways(FRANCE, MALI, range(1965, 1966), BOTH)
    )
    _import(foedus, lines + ELSEWHERE)
    formed = [
        one for one in told(f"sqlite:///{file_store}") if isinstance(one.data, AllianceFormed)
    ]
    assert [event.occurred for event in formed] == ["1961", "1963", "1965", "1960"]


def test_what_only_one_of_the_two_owes_is_their_alliance_too(
    file_store: Path, foedus: Foedus
) -> None:
    one_way = [(MALI, FRANCE, 1961, *DEFENCE), (FRANCE, MALI, 1961, *CONSULTATION)]
    _import(foedus, one_way)
    [formed] = [event.data for event in told(f"sqlite:///{file_store}")]
    assert isinstance(formed, AllianceFormed)
    assert formed.obligations == ("defence", "consultation")


@pytest.mark.parametrize("order", ["as it is", "turned round"])
def test_the_order_of_rows_says_nothing(file_store: Path, foedus: Foedus, order: str) -> None:
    lines = _both_ways(FRANCE, MALI, range(1961, 1965), DEFENCE) + ELSEWHERE
    _import(foedus, lines)
    done = _import(foedus, lines if order == "as it is" else lines[::-1])
    assert "0 claims new, 0 corrected, 0 withdrawn, 3 unchanged; 0 actors" in done.out
    assert len(told(f"sqlite:///{file_store}")) == 3


def test_a_release_that_goes_on_for_a_year_moves_the_end_alone(store: str, foedus: Foedus) -> None:
    _import(foedus, _both_ways(FRANCE, MALI, range(1961, 1965), DEFENCE) + ELSEWHERE)
    longer = _both_ways(FRANCE, MALI, range(1961, 1966), DEFENCE)
    assert "0 claims new, 1 corrected" in _import(foedus, longer + ELSEWHERE).out
    moved = told(store)[-1]
    assert (moved.type, moved.occurred) == ("AllianceEnded", "1966-01-01")
    assert asked(foedus, PAIR, "1965-06-30")["alignment"] == "allied"

    lasting = _both_ways(FRANCE, MALI, range(1961, 1991), DEFENCE)
    assert "0 claims new, 0 corrected, 1 withdrawn" in _import(foedus, lasting + ELSEWHERE).out
    retraction = told(store)[-1].data
    assert isinstance(retraction, ReportRetracted)
    assert retraction.event == moved.id
    assert asked(foedus, PAIR, "1999-01-01")["alignment"] == "allied"


def test_an_alliance_that_a_release_has_no_more_is_withdrawn_and_may_return(
    store: str, foedus: Foedus
) -> None:
    lines = _both_ways(FRANCE, MALI, range(1961, 1965), DEFENCE)
    written = {}
    for release, content in (("1", lines + ELSEWHERE), ("2", ELSEWHERE), ("3", lines + ELSEWHERE)):
        assert _import(foedus, content, "--as-of-release", release).code == 0
        written[release] = hashlib.sha256(Path("atop.csv").read_bytes()).hexdigest()
        known = asked(foedus, PAIR, "1963-06-30")["alignment"]
        assert known == ("unknown" if release == "2" else "allied")
    assert [type(one.data) for one in told(store)].count(ReportRetracted) == 2
    for release, digest in written.items():
        assert foedus("release", "atop", release, Path("again.csv"), "--force").code == 0
        assert hashlib.sha256(Path("again.csv").read_bytes()).hexdigest() == digest


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ((FRANCE, FRANCE, 1961, *DEFENCE), "220 owes itself nothing"),
        ((FRANCE, MALI, 1961, 2, 0, 0, 0, 0), "atop_defense: 2 is neither 0 nor 1"),
        ((FRANCE, MALI, 61, *DEFENCE), "year: '61' is not a year"),
        ((2, 20, 1960, *CONSULTATION), "2 to 20 in 1960 came before, on line 2"),
    ],
)
def test_a_row_that_is_no_dyad_year_is_rejected(
    file_store: Path, foedus: Foedus, line: Line, reason: str
) -> None:
    done = _import(foedus, [*ELSEWHERE, line])
    assert done.code == 1
    assert reason in Path("atop.csv.rejects.csv").read_text(encoding="utf-8")
    [formed] = [event.data for event in told(f"sqlite:///{file_store}")]
    assert isinstance(formed, AllianceFormed)
    assert formed.obligations == ("defence",)


def test_a_year_without_an_obligation_is_skipped_once(file_store: Path, foedus: Foedus) -> None:
    done = _import(foedus, _both_ways(FRANCE, MALI, range(1961, 1963), (0, 0, 0, 0, 0)))
    assert (done.code, "2 rows skipped: a year without an obligation" in done.out) == (0, True)
    assert not told(f"sqlite:///{file_store}")


def test_a_state_that_the_list_does_not_have_goes_by_its_number(
    file_store: Path, foedus: Foedus
) -> None:
    _import(foedus, _both_ways(2, 999, range(1961, 1963), DEFENCE))
    assert registered(f"sqlite:///{file_store}")["COW 999"].identifiers == {"cow": "999"}


def test_alliances_are_the_longest_runs_of_years_alike() -> None:
    """Against a walk over the years of every history of five years with three states of owing."""
    for history in range(3**5):
        owed = [history // 3**place % 3 for place in range(5)]
        years = DyadYears()
        for place, bits in enumerate(owed):
            years.add(DyadYear(7, 3, 1900 + place, bits, place + 1))
        years.complete()
        expected = [
            Alliance(3, 7, bits, 1900 + place, 1900 + _last_alike(owed, place))
            for place, bits in enumerate(owed)
            if bits and (place == 0 or owed[place - 1] != bits)
        ]
        assert [one for line in range(1, 6) if (one := years.told_by(line))] == expected
        years.close()


def _last_alike(owed: list[int], place: int) -> int:
    while place + 1 < len(owed) and owed[place + 1] == owed[place]:
        place += 1
    return place


@pytest.mark.shared_data
def test_the_list_of_states_numbers_them_as_the_list_of_coups_does(shared_data: Path) -> None:
    with (shared_data / "powell-thyne-coups.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    named = {row["ccode"]: row["country"] for row in rows if row["ccode"].isdigit()}
    assert len(named) > 80
    for number, name in named.items():
        code = country_code(name)
        assert code in {COW_STATES[number].iso, None}, (number, name)


def test_no_two_states_of_the_list_have_one_code_or_name() -> None:
    codes = [state.iso for state in COW_STATES.values() if state.iso is not None]
    assert len(set(codes)) == len(codes)
    assert len({state.name for state in COW_STATES.values()}) == len(COW_STATES)
    assert len(COW_STATES) == 217
