"""Digest and signature: SM3 (GB/T 32905-2016) over the canonical body, Ed25519 (RFC 8032) over the digest."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

_PURPOSE = b"mingcha-certificate/1 SM3 "
"""What is signed begins with it, so that a signature cannot be used for anything else."""


class KeyFileError(ValueError):
    """A key file that cannot be used; the text is Chinese and says what to do. ``problems`` holds it too."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.problems = [text]


def sm3(data: bytes) -> str:
    """SM3 digest as 64 hex digits."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize().hex()


def new_key(path: Path) -> str:
    """Write a new private key (PKCS#8 PEM, mode 0600) and, beside it, its public key; returns that as hex.

    Raises `KeyFileError` where the file is there already: a key is never overwritten.
    """
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise KeyFileError(f"{path} 已经存在,不会覆盖密钥;换一个文件名") from error
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
    public = key.public_key()
    public_path(path).write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return public_hex(public)


def public_path(path: Path) -> Path:
    """Where the public key of a key file lies."""
    return path.with_name(path.name + ".pub")


def load_key(path: Path) -> Ed25519PrivateKey:
    """Read a private key. Raises `KeyFileError`."""
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise KeyFileError(f"{path} 不是可用的私钥;用 mingcha certify --new-key 文件 生成") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError(f"{path} 不是 Ed25519 私钥;用 mingcha certify --new-key 文件 生成")
    return key


def load_public(text: str) -> str:
    """A public key, given as 64 hex digits or as a PEM file, as hex. Raises `KeyFileError`."""
    if len(text) == 64 and all(digit in "0123456789abcdefABCDEF" for digit in text):
        return text.lower()
    try:
        key = load_pem_public_key(Path(text).read_bytes())
    except (OSError, ValueError) as error:
        raise KeyFileError(f"{text} 不是公钥:应为 64 位十六进制,或 --new-key 生成的 .pub 文件") from error
    if not isinstance(key, Ed25519PublicKey):
        raise KeyFileError(f"{text} 不是 Ed25519 公钥")
    return public_hex(key)


def public_hex(key: Ed25519PublicKey) -> str:
    """A public key as 64 hex digits."""
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def sign(key: Ed25519PrivateKey, digest: str) -> str:
    """The signature of a digest, hex."""
    return key.sign(_PURPOSE + digest.encode()).hex()


def signed_by(public: str, signature: str, digest: str) -> bool:
    """Is this the signature of the digest by that key? False for anything malformed."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        key.verify(bytes.fromhex(signature), _PURPOSE + digest.encode())
    except (InvalidSignature, ValueError):
        return False
    return True
