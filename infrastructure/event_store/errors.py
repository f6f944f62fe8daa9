"""Why the store refused, in the words of the eventsourcing library.

Whatever the driver says reaches a caller as the library's own error, so that an
application written for the library runs on this store unchanged.
"""

from collections.abc import Sequence

from eventsourcing import persistence
from eventsourcing.dcb.api import DCBAppendCondition
from sqlalchemy import exc

from infrastructure.turns import WriteLockTimeout


class AppendConditionFailed(persistence.IntegrityError):
    """An event that the writer had not seen matches its append condition."""

    def __init__(self, condition: DCBAppendCondition) -> None:
        super().__init__(f"an event after position {condition.after or 0} matches the condition")
        self.condition = condition


class DuplicateEventId(persistence.IntegrityError):
    """An event of this id is recorded already, or the batch holds it twice."""

    def __init__(self, ids: Sequence[str]) -> None:
        super().__init__(f"recorded already: {', '.join(ids)}")
        self.ids = tuple(ids)


class AppendInterrupted(persistence.OperationalError):
    """The process was told to end while it committed for several callers."""


class CheckpointMoved(persistence.IntegrityError):
    """The checkpoint is not where this reader left it: another one is at work."""


class UnstorableEvent(persistence.DataError):
    """A field of the event cannot be kept the same way in every database."""


_LIBRARYS_WORD: tuple[tuple[type[Exception], type[persistence.PersistenceError]], ...] = (
    (exc.IntegrityError, persistence.IntegrityError),
    (exc.DataError, persistence.DataError),
    (exc.OperationalError, persistence.OperationalError),
    (exc.InternalError, persistence.InternalError),
    (exc.ProgrammingError, persistence.ProgrammingError),
    (exc.NotSupportedError, persistence.NotSupportedError),
    (exc.InterfaceError, persistence.InterfaceError),
    (exc.DBAPIError, persistence.DatabaseError),
    (exc.TimeoutError, persistence.OperationalError),
    (WriteLockTimeout, persistence.OperationalError),
)


class in_the_librarys_words:  # noqa: N801 - reads as words where it is used
    """Raise the library's error for whatever the database's driver raises inside."""

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: object
    ) -> None:
        if isinstance(error, _TRANSLATED):
            for ours, theirs in _LIBRARYS_WORD:
                if isinstance(error, ours):
                    raise theirs(str(error)) from error


_TRANSLATED = (exc.DBAPIError, exc.TimeoutError, WriteLockTimeout)
