"""Rows of our own making in the format of ACLED's export, and files of them imported."""

import csv
from collections.abc import Mapping
from pathlib import Path

from domain.event import Event
from tests.cli.conftest import Ended, Foedus
from tests.importing.asking import told

COLUMNS = [
    "event_id_cnty",
    "event_date",
    "year",
    "time_precision",
    "disorder_type",
    "event_type",
    "sub_event_type",
    "actor1",
    "assoc_actor_1",
    "inter1",
    "actor2",
    "assoc_actor_2",
    "inter2",
    "interaction",
    "civilian_targeting",
    "iso",
    "region",
    "country",
    "admin1",
    "admin2",
    "admin3",
    "location",
    "latitude",
    "longitude",
    "geo_precision",
    "source",
    "source_scale",
    "notes",
    "fatalities",
    "tags",
    "timestamp",
]

ARMY, REBELS = "Military Forces of Mali (2021-)", "River Front"
CIVILIANS = "Civilians (Mali)"
ARMY_ID, REBELS_ID, CIVILIANS_ID = "military-forces-of-mali-2021", "river-front", "civilians-mali"

BATTLE = {
    "event_id_cnty": "MLI1",
    "event_date": "2024-07-27",
    "year": "2024",
    "time_precision": "1",
    "disorder_type": "Political violence",
    "event_type": "Battles",
    "sub_event_type": "Armed clash",
    "actor1": ARMY,
    "assoc_actor_1": "Wagner Group",
    "inter1": "State forces",
    "actor2": REBELS,
    "inter2": "Rebel group",
    "interaction": "State forces-Rebel group",
    "iso": "466",
    "region": "Western Africa",
    "country": "Mali",
    "location": "Tinzaouaten",
    "latitude": "19.95",
    "longitude": "2.966",
    "geo_precision": "2",
    "source": "A radio; A newspaper",
    "source_scale": "National",
    "notes": 'They fought, "fiercely",\nfor two days.',
    "fatalities": "7",
    "timestamp": "1722340000",
}
ON_CIVILIANS = BATTLE | {
    "event_id_cnty": "MLI2",
    "event_type": "Violence against civilians",
    "sub_event_type": "Attack",
    "actor1": CIVILIANS,
    "assoc_actor_1": "",
    "inter1": "Civilians",
    "actor2": REBELS,
    "civilian_targeting": "Civilian targeting",
    "fatalities": "3",
}
AGREEMENT = BATTLE | {
    "event_id_cnty": "MLI3",
    "event_date": "2024-09-01",
    "event_type": "Strategic developments",
    "sub_event_type": "Agreement",
    "actor1": "Hill Militia",
    "inter1": "Identity militia",
    "actor2": "Plain Militia",
    "inter2": "Identity militia",
    "fatalities": "0",
}


def write(file: Path, *rows: Mapping[str, str], columns: list[str] = COLUMNS) -> Path:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return file


def imported(foedus: Foedus, *rows: Mapping[str, str], options: tuple[str, ...] = ()) -> Ended:
    return foedus("import", "acled", write(Path.cwd() / "acled.csv", *rows), *options)


def only(url: str) -> Event:
    [event] = told(url)
    return event
