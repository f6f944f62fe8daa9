"""A projector of our read models, for whoever fills or measures them."""

from collections.abc import Callable

from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.projecting import Projector


def with_projector(url: str, act: Callable[[Projector], object]) -> None:
    """Let a projector of this database do something."""
    database = Database(url)
    recorder = SqlRecorder(database)
    try:
        act(Projector(database, recorder))
    finally:
        recorder.close()
        database.dispose()
