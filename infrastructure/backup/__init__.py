"""Backups of the log: written while others append, and restored only if every hash agrees."""

from infrastructure.backup.errors import (
    BackupError,
    DamagedBackup,
    DamagedLog,
    NewerBackup,
    NotABackup,
    NotEmpty,
    UnfitForm,
)
from infrastructure.backup.reading import Backup, open_backup
from infrastructure.backup.restoring import restore
from infrastructure.backup.writing import FORMS, Written, back_up

__all__ = [
    "FORMS",
    "Backup",
    "BackupError",
    "DamagedBackup",
    "DamagedLog",
    "NewerBackup",
    "NotABackup",
    "NotEmpty",
    "UnfitForm",
    "Written",
    "back_up",
    "open_backup",
    "restore",
]
