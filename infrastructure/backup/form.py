"""The portable form of a log, one JSON object a line: a header, the events, a trailer.

Each line has one spelling only, so that a backup of the same log at the same position is
the same file, byte for byte, and a changed byte is found on its line (docs/backup.md).
"""

from datetime import datetime
from importlib.metadata import version
from typing import Final, Literal

import msgspec
from eventsourcing.dcb.api import DCBEvent
from msgspec import UNSET, Raw, Struct, UnsetType

from infrastructure.backup.errors import NewerBackup, NotABackup
from infrastructure.event_store import chain
from infrastructure.event_store.envelope import StoredEvent

FORMAT: Final = "foedus-log"
FORMAT_VERSION: Final = 1
LONGEST_HEADER = 10_000
"""In bytes; what has no line end until then is not a backup."""


class Named(Struct):
    """What the header says in every version of the format."""

    format: str
    format_version: int


class Header(Struct, kw_only=True, forbid_unknown_fields=True):
    """The first line: which store the log is of, and where it ends. Bytes in hexadecimal."""

    format: Literal["foedus-log"] = FORMAT
    format_version: Literal[1] = FORMAT_VERSION
    store_id: str
    position: int
    hash: str
    created_by: str


class EventLine(Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """An event with every stored column. An erased one has neither data nor salt."""

    position: int
    id: str | None
    type: str
    schema_version: int
    recorded_at: str
    recorded_by: str | None
    tags: list[str]
    data: Raw | UnsetType = UNSET
    """The stored JSON itself, where an event of ours holds such."""
    data_base64: bytes | None = None
    """The stored bytes, where they are anything else."""
    salt: str | None = None
    leaf: str
    hash: str


class Trailer(Struct, kw_only=True, forbid_unknown_fields=True):
    """The last line: where the log ended, and the SHA-256 of all lines before."""

    end: Literal[True] = True
    position: int
    hash: str
    events: int
    sha256: str


_encode = msgspec.json.Encoder().encode
_named = msgspec.json.Decoder(Named).decode
_header = msgspec.json.Decoder(Header).decode
_event = msgspec.json.Decoder(EventLine).decode
_trailer = msgspec.json.Decoder(Trailer).decode

TRAILER_STARTS = b'{"end":'
UNREADABLE = (msgspec.MsgspecError, ValueError, OverflowError, RecursionError)
"""What reading a line may raise where it is not what was written."""


def header_line(store_id: bytes, position: int, link: bytes) -> bytes:
    made = Header(
        store_id=store_id.hex(),
        position=position,
        hash=link.hex(),
        created_by=f"foedus {version('foedus')}",
    )
    return _encode(made) + b"\n"


def trailer_line(position: int, link: bytes, sha256: bytes) -> bytes:
    made = Trailer(position=position, hash=link.hex(), events=position, sha256=sha256.hex())
    return _encode(made) + b"\n"


def event_line(stored: StoredEvent) -> bytes:
    data, as_base64 = _written_data(stored)
    line = EventLine(
        position=stored.position,
        id=stored.id,
        type=stored.event.type,
        schema_version=stored.schema_version,
        recorded_at=chain.rfc3339(stored.recorded_us),
        recorded_by=stored.recorded_by,
        tags=stored.event.tags,
        data=data,
        data_base64=as_base64,
        salt=None if stored.salt is None else stored.salt.hex(),
        leaf=stored.leaf.hex(),
        hash=stored.hash.hex(),
    )
    return _encode(line) + b"\n"


def read_header(line: bytes) -> Header:
    """Raises NotABackup and NewerBackup."""
    try:
        named = _named(line)
    except UNREADABLE:
        raise NotABackup("the file is neither a log in NDJSON nor an SQLite database") from None
    if named.format != FORMAT:
        raise NotABackup(f"the file is of the format {named.format!r}, not {FORMAT!r}")
    if named.format_version > FORMAT_VERSION:
        raise NewerBackup(
            f"the file is of version {named.format_version} of its format, and this release "
            f"reads up to {FORMAT_VERSION}: restore it with the release that wrote it or a later one"
        )
    return _header(line)


def read_event(line: bytes) -> StoredEvent:
    """Raises one of UNREADABLE."""
    read = _event(line)
    stored = StoredEvent(
        event=DCBEvent(type=read.type, data=_read_data(read), tags=read.tags),
        position=read.position,
        id=read.id,
        schema_version=read.schema_version,
        recorded_us=chain.microseconds(datetime.fromisoformat(read.recorded_at)),
        recorded_by=read.recorded_by,
        salt=None if read.salt is None else bytes.fromhex(read.salt),
        leaf=bytes.fromhex(read.leaf),
        hash=bytes.fromhex(read.hash),
    )
    if event_line(stored) != line:
        raise ValueError("the line is not spelled as a backup spells it")
    return stored


def read_trailer(line: bytes) -> Trailer:
    """Raises one of UNREADABLE."""
    read = _trailer(line)
    if _encode(read) + b"\n" != line:
        raise ValueError("the line is not spelled as a backup spells it")
    return read


def _written_data(stored: StoredEvent) -> tuple[Raw | UnsetType, bytes | None]:
    if stored.erased:
        return UNSET, None
    data = stored.event.data
    if stored.id is not None and _is_one_lines_object(data):
        return Raw(data), None
    return UNSET, data


def _is_one_lines_object(data: bytes) -> bool:
    """Whether the bytes can stand in a line as they are and be read back as they are."""
    if data[:1] != b"{" or data[-1:] != b"}" or b"\n" in data:
        return False
    try:
        msgspec.json.decode(data)
    except UNREADABLE:
        return False
    return True


def _read_data(read: EventLine) -> bytes:
    if isinstance(read.data, Raw):
        return bytes(read.data)
    return read.data_base64 or b""
