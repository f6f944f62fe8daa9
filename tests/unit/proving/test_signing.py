"""The signing key: made once and whole, read with a clear word where it cannot be."""

import stat
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from infrastructure.proving.signing import PublicKey, UnusableKey, public_key, signing_key


def test_a_key_is_made_for_its_owner_only_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "new" / "folder" / "key.pem"
    key = signing_key(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----\n")
    assert list(file.parent.iterdir()) == [file]
    assert signing_key(file).public == key.public
    signature = key.sign(b"text")
    assert key.public.signed(signature, b"text")
    assert not key.public.signed(signature, b"texT")
    assert not PublicKey(b"\x05" * 32).signed(signature, b"text")


def test_processes_that_make_it_at_once_agree(tmp_path: Path) -> None:
    begin = threading.Barrier(8)
    made: list[PublicKey] = []

    def make() -> None:
        begin.wait()
        made.append(signing_key(tmp_path / "key.pem").public)

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert len(set(made)) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["key.pem"]


def pem(key: object, encryption: object = None) -> bytes:
    return key.private_bytes(  # type: ignore[attr-defined,no-any-return]  # keys of several kinds
        Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption()
    )


UNUSABLE = {
    "empty": (b"", "is not an unencrypted private key in PEM"),
    "no key": (b"-----BEGIN PRIVATE KEY-----\nAAAA\n", "is not an unencrypted private key"),
    "encrypted": (
        pem(Ed25519PrivateKey.generate(), BestAvailableEncryption(b"x")),
        "is not an unencrypted private key",
    ),
    "another kind": (pem(generate_private_key(SECP256R1())), "is not an Ed25519 key"),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_a_file_that_is_no_key_is_told_and_left(tmp_path: Path, case: str) -> None:
    file = tmp_path / "key.pem"
    written, reason = UNUSABLE[case]
    file.write_bytes(written)
    with pytest.raises(UnusableKey, match=reason) as refused:
        signing_key(file)
    assert str(file) in str(refused.value)
    assert file.read_bytes() == written


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnusableKey, match=r"File exists|Not a directory"):
        signing_key(tmp_path / "file" / "key.pem")


def test_a_public_key_is_read_in_each_of_its_forms() -> None:
    private = Ed25519PrivateKey.generate()
    raw = private.public_key().public_bytes_raw()
    key = PublicKey(raw)
    text = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for form in (
        raw.hex(),
        raw.hex().upper() + "\n" + key.verifier("x"),
        key.verifier("foedus/00"),
        text.decode(),
    ):
        assert public_key(form) == key


def test_a_verifier_is_that_of_signed_notes() -> None:
    """The example in the documentation of Go's package for them."""
    verifier = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    assert public_key(verifier).verifier("PeterNeumann") == verifier


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is no Ed25519 public key"),
        ("00" * 31, "is no Ed25519 public key"),
        ("zz" * 32, "is no Ed25519 public key"),
        ("a+b", "is no Ed25519 public key"),
        ("a+00000000+AAAA", "is not that of an Ed25519 key"),
        ("a+00000000+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "short id"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "holds no public key"),
    ],
)
def test_what_is_no_public_key_is_told(text: str, reason: str) -> None:
    with pytest.raises(UnusableKey, match=reason):
        public_key(text)


def test_a_public_key_of_another_kind_is_told() -> None:
    text = (
        generate_private_key(SECP256R1())
        .public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    with pytest.raises(UnusableKey, match="not an Ed25519 key"):
        public_key(text.decode())
