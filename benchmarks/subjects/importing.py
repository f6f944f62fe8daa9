"""A dataset's file imported as `foedus import` does it, and the raw insert of all that came of it."""

import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.machine import peak_megabytes
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.importing.actors import Actors
from infrastructure.importing.rows import CsvFile, Rejected
from infrastructure.importing.running import Import
from infrastructure.importing.sources import SOURCES
from infrastructure.importing.spool import spooled
from infrastructure.log import BulkLog
from infrastructure.projecting import Projector


class Imported(NamedTuple):
    """Seconds until all was durable, projected and worked out; the most memory that was held."""

    appended: float
    projected: float
    worked_out: float
    peak_mb: float


class NotImported(RuntimeError):
    """A row was rejected: figures would mean nothing."""


class Importing:
    """One import; each is made in a process of its own, so that its peak is its own."""

    def measure(self, url: str, source: str, file: str) -> Imported:
        """Import the file into a migrated, empty database, and bring the read models to its head."""
        adapter = SOURCES[source]
        dataset = adapter.dataset
        database = Database(url)
        recorder = SqlRecorder(database)
        projector = Projector(database, recorder)
        projector.catch_up()
        try:
            began = time.perf_counter()
            with spooled() as spool:
                Import(
                    database=database,
                    recorder=recorder,
                    log=BulkLog(recorder),
                    source=adapter,
                    file=CsvFile(Path(file), adapter.columns),
                    actors=Actors(dataset.name, dataset.title),
                    spool=spool,
                    reject=_refuse,
                ).run(lambda _: None)
            appended = time.perf_counter()
            projector.catch_up()
            projected = time.perf_counter()
            projector.work_out_segments()
            worked_out = time.perf_counter()
        finally:
            recorder.close()
            database.dispose()
        return Imported(
            appended - began, projected - appended, worked_out - projected, peak_megabytes()
        )


def _refuse(row: Rejected) -> None:
    raise NotImported(f"line {row.line}: {row.reason}")
