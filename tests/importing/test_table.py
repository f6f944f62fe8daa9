"""Any table into the log, through a mapping: the page's example, and what its keys can say."""

import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from domain.event import Event, Place
from domain.fields import Count
from domain.vocabulary import (
    AllianceFormed,
    AttackReported,
    BattleReported,
    EquipmentSeized,
    ReportRetracted,
    Side,
    TerritoryChanged,
)
from domain.vocabulary.forces import SeizedItem
from tests.cli.conftest import Foedus
from tests.importing.asking import registered, told
from tests.importing.mappings import COUPS, HEAD, PAGE, REJECTED, ROWS, table
from tests.test_readme import steps

BATTLE = (
    HEAD.replace("  \n", "")
    + """\
  fought:
    type: BattleReported
    when: {kind: battle, side_b: {not: ""}}
    occurred:
      start: {column: begun, format: "%d/%m/%Y", precision: {column: prec, codes: {1: day, 2: month}}}
      end: "{ended}"
    reported_on: "{reported}"
    modality: {column: sure, codes: {"": speculated, "yes": asserted}}
    note: "{remark}"
    place: {name: "{town}", latitude: "{lat}", longitude: {column: lon}, country: "{land}"}
    data:
      sides:
        - parties:
            name: "{side_a}"
            kind: rebel-group
            identifiers: {ucdp: "{ids_a}"}
            split: ";"
          killed: {low: "{low}", best: "{best}", high: "{high}"}
        - parties: {name: "{side_b}", kind: government, country: "{land}"}
          killed: {column: lost}
      methods: {column: methods, split: ","}
"""
)
BATTLE_ROWS = (
    "id,kind,begun,prec,ended,reported,sure,remark,town,lat,lon,land,side_a,ids_a,low,best,high,"
    "side_b,lost,methods\n"
    "1,battle,25/07/2024,1,2024-07-27,2024-08-01,,,Tinzaouatene,19.9,2.9,Mali,CSP; JNIM,7;8,,84,90,"
    'Mali\'s army,47,"ambush, mines ,"\n'
    "2,battle,25/07/2024,2,,,yes,,,,,,CSP,7,,,,Mali's army,,\n"
    "3,protest,25/07/2024,1,,,,,,,,,CSP,7,,,,Mali's army,,\n"
    "4,battle,25/07/2024,1,,,,,,,,,CSP,7,,,,,,\n"
)


@pytest.fixture
def url(file_store: Path) -> str:
    return f"sqlite:///{file_store}"


def _without_ids(event: Event) -> Event:
    [citation] = event.claim.citations
    return replace(
        event, id="", claim=replace(event.claim, citations=(replace(citation, title=None),))
    )


def test_the_pages_session_says_what_it_shows(url: str, foedus: Foedus) -> None:
    Path("coups.csv").write_text(ROWS, encoding="utf-8")
    Path("coups.yaml").write_text(COUPS, encoding="utf-8")
    session = steps(PAGE)
    assert [shlex.split(one.command)[0] for one in session] == ["foedus"] * 3
    codes = []
    for step in session:
        ended = foedus(*shlex.split(step.command)[1:])
        assert ended.out.strip() == step.shown.strip(), ended.err
        codes.append(ended.code)
    assert codes == [0, 1, 1]
    assert Path("rejects.csv").read_text(encoding="utf-8") == REJECTED
    assert [event.occurred for event in told(url)] == ["2020-08-18", "2021-05-24", "2021-03-31"]


@pytest.mark.usefixtures("url")
def test_the_pages_mistakes_are_found_where_it_says(foedus: Foedus) -> None:
    Path("coups.csv").write_text(ROWS, encoding="utf-8")
    wrong = COUPS.replace('day: "{day}"', 'day: "{dya}"').replace("2: success", "2: sucess")
    Path("coups.yaml").write_text(wrong, encoding="utf-8")
    ended = foedus("import", "table", "coups.csv", "--mapping", "coups.yaml", "--check")
    assert ended.code == 1
    assert f"```\n{ended.err}```\n" in PAGE


@pytest.mark.shared_data
def test_the_pages_mapping_makes_the_events_that_the_adapter_makes(
    url: str, foedus: Foedus, shared_data: Path
) -> None:
    file = shared_data / "powell-thyne-coups.csv"
    assert table(foedus, file, COUPS).code == 0
    mapped = told(url)
    known = registered(url)
    assert foedus("import", "coups", file, "--rejects", "rejects.csv").code == 0
    adapted = told(url)[len(mapped) :]

    assert len(mapped) == 488
    assert list(map(_without_ids, mapped)) == list(map(_without_ids, adapted))
    assert registered(url) == known
    assert {event.id for event in mapped}.isdisjoint(event.id for event in adapted)


def test_every_kind_of_value_is_read(store: str, foedus: Foedus) -> None:
    done = table(foedus, BATTLE_ROWS, BATTLE)
    assert done.code == 0, done.err
    assert "2 rows skipped: no claim of the mapping applies" in done.out
    first, second = told(store)
    assert first.data == BattleReported(
        sides=(
            Side(parties=("csp", "jnim"), killed=Count(best=84, high=90)),
            Side(parties=("mali-s-army",), killed=Count(best=47)),
        ),
        methods=("ambush", "mines"),
    )
    assert (first.occurred, first.claim.reported_on) == ("2024-07-25/2024-07-27", "2024-08-01")
    assert first.claim.modality == "speculated"
    assert first.place == Place(name="Tinzaouatene", latitude=19.9, longitude=2.9, country="ML")
    actors = registered(store)
    assert [actors[name].identifiers for name in ("CSP", "JNIM")] == [{"ucdp": "7"}, {"ucdp": "8"}]
    assert actors["Mali's army"].country == "ML"
    assert isinstance(second.data, BattleReported)
    assert [side.killed for side in second.data.sides] == [None, None]
    assert (second.occurred, second.place, second.note) == ("2024-07", None, None)
    assert second.claim.modality == "asserted"


def test_constants_truth_values_alliances_and_empty_entries(url: str, foedus: Foedus) -> None:
    mapping = (
        HEAD
        + """\
  taken:
    type: TerritoryChanged
    occurred: 2024-07
    data:
      gainer: &a {name: "{a}", kind: unidentified}
      loser: &b {name: "{b}", kind: unidentified}
      by_force: true
  allied:
    type: AllianceFormed
    occurred: {year: "{year}", month: "{month}"}
    data: {alliance: "Pact of {a}", members: [*a, *b], obligations: [defence, {column: o}]}
  seized:
    type: EquipmentSeized
    occurred: {column: year}
    data:
      seizer: *a
      owner: *b
      items: [{what: "{what}", count: 3}, {what: "{other}", count: "{n}"}]
"""
    )
    rows = "id,a,b,year,month,o,what,other,n\n1,Éa,B b,2024,0,,trucks,,\n"
    done = table(foedus, rows, mapping)
    assert done.code == 0, done.err
    taken, allied, seized = told(url)
    assert taken.data == TerritoryChanged(gainer="ea", loser="b-b", by_force=True)
    assert allied.data == AllianceFormed(
        alliance="pact-of-ea", members=("ea", "b-b"), obligations=("defence",)
    )
    assert seized.data == EquipmentSeized(
        seizer="ea", owner="b-b", items=(SeizedItem(what="trucks", count=Count(best=3)),)
    )
    assert [event.occurred for event in (taken, allied, seized)] == ["2024-07", "2024", "2024"]


ATTACK = (
    HEAD
    + """\
  struck:
    type: AttackReported
    when: {kind: attack}
    occurred: {column: day}
    data:
      attacker: {name: "{a}", kind: "{akind}", identifiers: {ucdp: "{aid}"}}
      target: {name: "{b}", kind: population}
      killed: "{killed}"
"""
)
ATTACK_COLUMNS = "id,kind,day,a,akind,aid,b,killed"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("1,attack,2024-13-01,A,state,,B,1", "AttackReported /occurred: "),
        ("1,attack,,A,state,,B,1", "struck: occurred: day is empty"),
        ("1,attack,2024-01-01,A,kingdom,,B,1", "akind: 'kingdom' is none of state, government"),
        ("1,attack,2024-01-01,A,,,B,1", "akind is empty"),
        ("1,attack,2024-01-01,,state,,B,1", "attacker: a is empty"),
        ("1,attack,2024-01-01,A,state,,B,many", "killed: 'many' is not a whole number"),
        ("1,attack,2024-01-01,A,state,,A,1", "AttackReported /data/target: a also stands in"),
        (",attack,2024-01-01,A,state,,B,1", "id is empty"),
        ("1,attack,2024-01-01,A,state,,B", "has 7 cells, and the header 8 columns"),
    ],
)
def test_a_wrong_cell_rejects_its_row_alone(
    url: str, foedus: Foedus, line: str, reason: str
) -> None:
    rows = f"{ATTACK_COLUMNS}\n{line}\n2,attack,2024-01-02,C,state,,D,1\n"
    done = table(foedus, rows, ATTACK)
    assert (done.code, "1 claim new" in done.out) == (1, True), done.err
    [_, rejected] = Path("rejects.csv").read_text(encoding="utf-8").splitlines()
    number, _, rest = rejected.partition(",")
    assert (number, rest.removeprefix('"').startswith(reason)) == ("2", True), rejected
    assert sorted(registered(url)) == ["C", "D", "Tabulator"]


def test_names_and_ids_of_unlike_number_reject_the_row(url: str, foedus: Foedus) -> None:
    done = table(foedus, BATTLE_ROWS.replace("7;8", "7"), BATTLE)
    assert done.code == 1
    said = Path("rejects.csv").read_text(encoding="utf-8")
    assert "side_a: 2 names, and ids_a has 1 ids" in said
    assert len(told(url)) == 1


def test_a_changed_row_supersedes_and_a_claim_made_no_more_is_retracted(
    store: str, foedus: Foedus
) -> None:
    def row(kind: str, killed: int) -> str:
        return f"{ATTACK_COLUMNS}\n1,{kind},2024-01-01,A,state,,B,{killed}\n"

    assert "1 claim new" in table(foedus, row("attack", 3), ATTACK).out
    assert "0 claims new, 0 corrected, 0 withdrawn, 1 unchanged" in (
        table(foedus, row("attack", 3), ATTACK).out
    )
    assert "0 claims new, 1 corrected" in table(foedus, row("attack", 4), ATTACK).out
    assert "1 withdrawn" in table(foedus, row("parade", 4), ATTACK).out
    first, corrected, retracted = told(store)
    assert isinstance(corrected.data, AttackReported)
    assert (corrected.supersedes, corrected.data.killed) == (first.id, Count(best=4))
    assert isinstance(retracted.data, ReportRetracted)
    assert retracted.data.event == corrected.id


def test_two_mappings_have_records_of_their_own(url: str, foedus: Foedus) -> None:
    rows = f"{ATTACK_COLUMNS}\n1,attack,2024-01-01,A,state,,B,1\n"
    table(foedus, rows, ATTACK)
    other = ATTACK.replace("source: a-table", "source: other").replace("A table", "Another")
    assert "1 claim new" in table(foedus, rows, other).out
    assert len(told(url)) == 2


def test_a_dry_run_appends_nothing_and_says_what_would_be(url: str, foedus: Foedus) -> None:
    done = table(foedus, BATTLE_ROWS, BATTLE, "--dry-run")
    assert "2 claims would be new" in done.out
    assert told(url) == []
    assert registered(url) == {}


def test_a_record_whose_key_no_citation_can_hold_is_rejected(
    file_store: Path, foedus: Foedus
) -> None:
    mapping = COUPS.replace("[ccode, year, month, day]", "country").replace(
        'title: "Powell & Thyne: Global Instances of Coups"', f"title: {'t' * 300}"
    )
    names = ["M" * 180, "N" * 181]
    rows = ROWS.splitlines()[0] + "".join(f"\n{name},432,432,2020,8,18,2" for name in names)
    ended = table(foedus, rows, mapping)
    assert ended.code == 1
    assert "longer than 180 characters" in Path("rejects.csv").read_text()
    [coup] = told(f"sqlite:///{file_store}")
    assert (coup.claim.citations[0].title or "").endswith(names[0])


def _attacks(*ids: int) -> str:
    lines = (f"{one},attack,2024-01-0{one},A,state,,B,1\n" for one in ids)
    return "".join((f"{ATTACK_COLUMNS}\n", *lines))


@pytest.mark.usefixtures("store")
def test_a_release_withdraws_nothing_of_another_source_of_the_same_title(foedus: Foedus) -> None:
    other = ATTACK.replace("source: a-table", "source: b-table")
    assert table(foedus, _attacks(1, 2), ATTACK, "--as-of-release", "1").code == 0
    ended = table(foedus, _attacks(3), other, "--as-of-release", "1")
    assert (ended.code, " 0 withdrawn" in ended.out) == (0, True), ended.out
    again = table(foedus, _attacks(1, 2), ATTACK, "--as-of-release", "2")
    assert " 0 claims new, 0 corrected, 0 withdrawn, 2 unchanged" in again.out


@pytest.mark.usefixtures("store")
def test_a_dataset_with_another_title_is_the_same_source_still(foedus: Foedus) -> None:
    retitled = ATTACK.replace("title: A table", "title: A table, record by record")
    assert retitled != ATTACK
    assert table(foedus, _attacks(1, 2), ATTACK, "--as-of-release", "1").code == 0
    ended = table(foedus, _attacks(1), retitled, "--as-of-release", "2")
    assert " 1 corrected, 1 withdrawn" in ended.out, ended.out
    again = table(foedus, _attacks(2), ATTACK, "--as-of-release", "3")
    assert "1 claim new, 0 corrected, 1 withdrawn" in again.out, again.out
