"""A signed checkpoint: an operator's word that the log was just this when it had that size.

The text is that of C2SP's tlog-checkpoint, a signed note: origin, size, root, two lines of
ours (the chain's hash, the time), an empty line, and the signature's line. JSON carries it
with the same values spelled out; the note is what counts, and everything else must agree.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from infrastructure.event_store.verification import Known
from infrastructure.proving.documents import (
    Document,
    Fields,
    UnusableDocument,
    from_base64,
    from_hex,
    to_base64,
)
from infrastructure.proving.merkle import HASH_BYTES
from infrastructure.proving.signing import KEY_BYTES, PublicKey, SigningKey

FIELDS = ("origin", "position", "root", "hash", "time", "key", "signature", "note")
ORIGIN = "foedus/"
STORE_BYTES = 16
SIGNATURE_BYTES = 64

_NOTE = re.compile(
    r"(?P<origin>foedus/[0-9a-f]{32})\n(?P<size>0|[1-9][0-9]{0,15})\n(?P<root>[A-Za-z0-9+/=]{44})\n"
    r"hash (?P<hash>[0-9a-f]{64})\n"
    r"time (?P<time>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z)\n"
    r"\n— (?P<name>\S+) (?P<signature>[A-Za-z0-9+/=]{92})\n"
)


def origin(store: bytes) -> str:
    """Return the name that the checkpoints of a store's log carry."""
    return ORIGIN + store.hex()


class NotProven(Exception):
    """What a document says does not follow; ``where`` is a JSON pointer to the place."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {reason}" if where else reason)
        self.where = where


@dataclass(frozen=True)
class Checkpoint:
    """A state of the log: which store, how many events, Merkle root and chain hash, and when."""

    store: bytes
    position: int
    root: bytes
    hash: bytes
    time: str

    @property
    def origin(self) -> str:
        return origin(self.store)

    @property
    def known(self) -> Known:
        """What it says of the chain."""
        return Known(self.position, self.hash)

    def text(self) -> str:
        """Return what is signed."""
        return (
            f"{self.origin}\n{self.position}\n{to_base64(self.root)}\n"
            f"hash {self.hash.hex()}\ntime {self.time}\n"
        )


@dataclass(frozen=True)
class SignedCheckpoint:
    """A checkpoint with the signature over its text, and the key that it is said to be by."""

    checkpoint: Checkpoint
    key: PublicKey
    signature: bytes

    def note(self) -> str:
        """Return the signed note: the text, an empty line, and the signature's line."""
        name = self.checkpoint.origin
        named = to_base64(self.key.short_id(name) + self.signature)
        return f"{self.checkpoint.text()}\n— {name} {named}\n"

    def document(self) -> Document:
        """Return the checkpoint as JSON values."""
        return {
            "origin": self.checkpoint.origin,
            "position": self.checkpoint.position,
            "root": self.checkpoint.root.hex(),
            "hash": self.checkpoint.hash.hex(),
            "time": self.checkpoint.time,
            "key": str(self.key),
            "signature": self.signature.hex(),
            "note": self.note(),
        }


def sign(checkpoint: Checkpoint, key: SigningKey) -> SignedCheckpoint:
    """Return the checkpoint, signed."""
    return SignedCheckpoint(checkpoint, key.public, key.sign(checkpoint.text().encode()))


def checked_checkpoint(
    document: Any, trusted: PublicKey | None, where: str = ""
) -> SignedCheckpoint:
    """Return the checkpoint of a document, once its signature and every field are checked.

    ``trusted`` is the key that the reader knows to be the operator's; without it the
    document's own is taken. Raises UnusableDocument and NotProven.
    """
    fields = Fields(document, where, FIELDS)
    key = PublicKey(fields.hex("key", KEY_BYTES))
    if trusted is not None and key != trusted:
        raise NotProven(f"{where}/key", f"the key is not the one given, {trusted}")
    # Of two that do not agree the note is at fault if the key is known to be the right one.
    doubtful = "key" if trusted is None else "note"
    signed = fields.read("note", lambda note: _from_note(note, key, where, doubtful))
    if not key.signed(signed.signature, signed.checkpoint.text().encode()):
        raise NotProven(f"{where}/note", "the signature is not by this key over this text")
    for name, given, true in _compared(fields, signed):
        if given != true:
            raise NotProven(f"{where}/{name}", "is not what the signed note says")
    return signed


def _from_note(note: str, key: PublicKey, where: str, doubtful: str) -> SignedCheckpoint:
    match = _NOTE.fullmatch(note)
    if match is None:
        raise ValueError("is not the signed note of a checkpoint")
    checkpoint = Checkpoint(
        store=from_hex(match["origin"].removeprefix(ORIGIN), STORE_BYTES),
        position=int(match["size"]),
        root=from_base64(match["root"]),
        hash=from_hex(match["hash"], HASH_BYTES),
        time=match["time"],
    )
    signature = from_base64(match["signature"])
    signed = SignedCheckpoint(checkpoint, key, signature[-SIGNATURE_BYTES:])
    if match["name"] != checkpoint.origin:
        raise NotProven(f"{where}/note", "the signature's line names another log")
    if signed.note() != note:
        raise NotProven(f"{where}/{doubtful}", "the note's signature line names another key")
    return signed


def _compared(fields: Fields, signed: SignedCheckpoint) -> Iterator[tuple[str, Any, Any]]:
    """Yield each field with what the note says of it."""
    for name, true in signed.document().items():
        given = fields.whole(name) if name == "position" else fields.text(name)
        yield name, given, true


def kept_checkpoint(document: Document, trusted: PublicKey | None) -> SignedCheckpoint:
    """Return the checkpoint of a file that holds one, or a proof with one inside."""
    if "checkpoint" in document:
        return checked_checkpoint(document["checkpoint"], trusted, "/checkpoint")
    return checked_checkpoint(document, trusted)


def kept_hash(document: Document, trusted: PublicKey | None) -> Known:
    """Return the position and hash that a kept file names: a checkpoint, a proof or a receipt.

    Raises UnusableDocument and NotProven.
    """
    if "note" in document or "checkpoint" in document:
        return kept_checkpoint(document, trusted).checkpoint.known
    if "position" in document and "hash" in document:
        receipt = Fields(document, "", tuple(document))
        return Known(receipt.whole("position", 1), receipt.hex("hash", HASH_BYTES))
    raise UnusableDocument("", "this is neither a checkpoint, nor a proof, nor a receipt")
