"""Why a backup was not written or not restored, in words a user can act upon."""


class BackupError(Exception):
    """Nothing was written and nothing was restored; the text says why."""


class UnfitForm(BackupError):
    """The name's ending asks for a form that there is not, or not for this database."""


class DamagedLog(BackupError):
    """The log is not what was recorded, so no backup of it could be restored."""

    def __init__(self, position: int, reason: str) -> None:
        super().__init__(
            f"the log is damaged at position {position:,}: {reason}; `foedus verify` tells more"
        )
        self.position = position


class NotABackup(BackupError):
    """The file is neither form of a backup."""


class NewerBackup(BackupError):
    """A newer release wrote the file in a form that this one does not know."""


class DamagedBackup(BackupError):
    """The file is not what was written: where (line from 1, position), and what is wrong."""

    def __init__(
        self, reason: str, *, line: int | None = None, position: int | None = None
    ) -> None:
        places = {"line": line, "position": position}
        where = ", ".join(f"{name} {at:,}" for name, at in places.items() if at is not None)
        super().__init__(f"the backup is damaged: {where + ': ' if where else ''}{reason}")
        self.line = line
        self.position = position
        self.reason = reason


class NotEmpty(BackupError):
    """The database to restore into holds a log, or what was made from one."""
