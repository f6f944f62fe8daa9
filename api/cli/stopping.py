"""How a command ends: 0 done, 1 a check failed, 2 bad usage or input (DESIGN section 9).

What a user can put right is said in a sentence, without a traceback; anything else is a fault of
ours and keeps its traceback.
"""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from eventsourcing import persistence
from pydantic import ValidationError
from sqlalchemy import exc

from api.settings import PREFIX
from infrastructure.database import DatabaseUrlError
from infrastructure.migrating import SchemaMismatch
from infrastructure.misfits import in_words
from infrastructure.projecting import NewerProjection, RebuildUnderWay, Unprojectable
from infrastructure.questions.snapshots import OtherReadModels
from infrastructure.turns import WriteLockTimeout
from infrastructure.upcasters import NewerSchema

CHECK_FAILED = 1
BAD_INPUT = 2


class Stop(Exception):
    """The command ends here: with a message for the user, and an exit code."""

    def __init__(self, message: str, code: int = BAD_INPUT) -> None:
        super().__init__(message)
        self.code = code


def stop_for(error: Exception) -> Stop | None:
    """The end that an expected error means, or None for a fault of ours."""
    if isinstance(error, Stop):
        return error
    for kinds, says, code in _EXPECTED:
        if isinstance(error, kinds):
            return Stop(says(error), code)
    # Not isinstance: these are also the parents of the errors that our own SQL would cause.
    if type(error) in {exc.DatabaseError, persistence.DatabaseError}:
        return Stop(_database(error))
    return None


def _url(error: Exception) -> str:
    return f"{PREFIX}DATABASE_URL: {error}"


def _settings(error: Exception) -> str:
    wrong = error.errors() if isinstance(error, ValidationError) else []
    return "\n".join(
        f"{PREFIX}{'_'.join(str(part) for part in one['loc']).upper()}: {in_words(one)}"
        for one in wrong
    )


def _projection(error: Exception) -> str:
    return f"an event of the log cannot be projected, the read models stay before it: {error}"


def _database(error: Exception) -> str:
    """What the driver said, in one line and without the SQL around it."""
    cause = error.__cause__ if isinstance(error, persistence.PersistenceError) else error
    driver = cause.orig if isinstance(cause, exc.DBAPIError) else cause or error
    said = " ".join(str(driver).split())  # a driver tells in several lines, indented by tabs
    if "locked" in said or isinstance(cause, WriteLockTimeout):
        return f"the database is in use by another program, and stayed so: {said}"
    return f"the database cannot be used: {said}"


_DATABASE_ERRORS = (
    exc.OperationalError,
    exc.InterfaceError,
    exc.TimeoutError,
    persistence.OperationalError,
    persistence.InterfaceError,
    WriteLockTimeout,
)
_EXPECTED: tuple[tuple[tuple[type[Exception], ...], Callable[[Exception], str], int], ...] = (
    ((DatabaseUrlError,), _url, BAD_INPUT),
    ((SchemaMismatch, NewerProjection, OtherReadModels, RebuildUnderWay), str, BAD_INPUT),
    ((Unprojectable,), _projection, CHECK_FAILED),
    ((NewerSchema,), str, BAD_INPUT),
    ((ValidationError,), _settings, BAD_INPUT),
    (_DATABASE_ERRORS, _database, BAD_INPUT),
)


@contextmanager
def ended_by_sigterm() -> Iterator[None]:
    """Clean up when told to end, as after Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, _frame: FrameType | None) -> NoReturn:
        sys.exit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
