"""The key by which an operator vouches for checkpoints: Ed25519, in a file of its own.

The file is PKCS #8 in PEM, as ``openssl genpkey -algorithm ed25519`` writes it, readable by
its owner only. Nothing here logs or shows the private key.
"""

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from infrastructure.proving.documents import from_base64, from_hex, to_base64

KEY_BYTES = 32
ED25519 = b"\x01"
"""The signature type of a signed note (C2SP) that is plain Ed25519."""

Sign = Callable[[bytes], bytes]


class UnusableKey(Exception):
    """A key cannot be read, or is not of the kind that is needed."""


@dataclass(frozen=True)
class PublicKey:
    """An Ed25519 public key, 32 bytes."""

    raw: bytes

    def __str__(self) -> str:
        return self.raw.hex()

    def short_id(self, name: str) -> bytes:
        """Return the four bytes by which a signed note names the key."""
        return sha256(name.encode() + b"\n" + ED25519 + self.raw).digest()[:4]

    def verifier(self, name: str) -> str:
        """Return the key as tools for signed notes take it: name, short id and key."""
        return f"{name}+{self.short_id(name).hex()}+{to_base64(ED25519 + self.raw)}"

    def signed(self, signature: bytes, message: bytes) -> bool:
        """Tell whether the signature is by this key over this message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except InvalidSignature:
            return False
        return True


def public_key(text: str) -> PublicKey:
    """Return a public key written as 64 hexadecimal digits, as a verifier or in PEM.

    Of several lines the first counts. Raises UnusableKey.
    """
    if text.lstrip().startswith("-----BEGIN"):
        return _from_pem(text.strip().encode())
    given = text.strip().partition("\n")[0].strip()
    try:
        if "+" in given:
            name, short_id, encoded = given.split("+", 2)
            raw = from_base64(encoded)
            key = PublicKey(raw[1:])
            if raw[:1] != ED25519 or len(key.raw) != KEY_BYTES:
                raise UnusableKey("the verifier is not that of an Ed25519 key")
            if key.short_id(name).hex() != short_id:
                raise UnusableKey("the verifier's short id is not that of its name and key")
            return key
        return PublicKey(from_hex(given.lower(), KEY_BYTES))
    except ValueError:
        raise UnusableKey(
            "is no Ed25519 public key: 64 hexadecimal digits, NAME+ID+KEY or PEM are"
        ) from None


def _from_pem(text: bytes) -> PublicKey:
    try:
        key = load_pem_public_key(text)
    except (ValueError, UnsupportedAlgorithm):
        raise UnusableKey("the PEM text holds no public key") from None
    if not isinstance(key, Ed25519PublicKey):
        raise UnusableKey("the key is not an Ed25519 key")
    return PublicKey(key.public_bytes_raw())


@dataclass(frozen=True)
class SigningKey:
    """Signs, and tells its public key."""

    public: PublicKey
    sign: Sign


def signing_key(file: Path) -> SigningKey:
    """Return the key of a file, which is made where there is none. Raises UnusableKey."""
    try:
        if not file.exists():
            _make(file)
        text = file.read_bytes()
    except OSError as error:
        raise UnusableKey(f"the signing key {file}: {error.strerror or error}") from None
    try:
        key = load_pem_private_key(text, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise UnusableKey(
            f"the signing key {file} is not an unencrypted private key in PEM (PKCS #8)"
        ) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise UnusableKey(f"the signing key {file} is not an Ed25519 key")
    return SigningKey(PublicKey(key.public_key().public_bytes_raw()), key.sign)


def _make(file: Path) -> None:
    """Put a new key in place as a whole; where another process was first, its key stays."""
    file.parent.mkdir(parents=True, exist_ok=True)
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(pem)
            stream.flush()
            os.fsync(stream.fileno())
        with suppress(FileExistsError):
            file.hardlink_to(draft)
    finally:
        draft.unlink()
