"""A file of a backup: compressed, then encrypted and authenticated piece by piece, bound to its name in the backup.

AES-256-GCM in the STREAM construction: each piece has the next counter as nonce and the last one says so, so that a
piece that is changed, missing, doubled or cut off is noticed. Each file has a key of its own, derived from the key of
the backups, a random salt and the file's name: a file put in another's place does not open.
"""

import hashlib
import io
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"PITSEAL1"
PIECE = 1 << 20
_TAG, _MARK, _SALT = 16, 8, 16
_HEADER = len(MAGIC) + _MARK + _SALT


class SealError(Exception):
    """A file of a backup does not open; the message is one line for the person at the terminal."""


def _derived(key: str, *, salt: bytes, use: str, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, b"pitclinic backup: " + use.encode()).derive(key.encode())


def _mark(key: str) -> bytes:
    """Tells which key a file was sealed with, and nothing of it."""
    return _derived(key, salt=b"", use="mark", length=_MARK)


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


class Sealer(io.RawIOBase):
    """What is written comes out sealed; ``size`` and ``sha256`` are of the sealed file once it is closed."""

    def __init__(self, file: IO[bytes], *, key: str, name: str) -> None:
        salt = os.urandom(_SALT)
        self._header = MAGIC + _mark(key) + salt
        self._box = AESGCM(_derived(key, salt=salt, use=f"file {name}", length=32))
        self._file, self._packer = file, zlib.compressobj(1)
        self._waiting, self._number = bytearray(), 0
        self._digest = hashlib.sha256()
        self.size = 0
        self._put(self._header)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:  # type: ignore[no-untyped-def] # a buffer, as io has it
        self._waiting += self._packer.compress(data)
        while len(self._waiting) > PIECE:
            self._seal(bytes(self._waiting[:PIECE]), is_last=False)
            del self._waiting[:PIECE]
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._waiting += self._packer.flush()
            while len(self._waiting) > PIECE:
                self._seal(bytes(self._waiting[:PIECE]), is_last=False)
                del self._waiting[:PIECE]
            self._seal(bytes(self._waiting), is_last=True)
        super().close()

    def _seal(self, piece: bytes, *, is_last: bool) -> None:
        self._put(self._box.encrypt(_nonce(self._number, is_last=is_last), piece, self._header))
        self._number += 1

    def _put(self, data: bytes) -> None:
        self._file.write(data)
        self._digest.update(data)
        self.size += len(data)


@contextmanager
def sealed(path: Path, *, key: str, name: str) -> Iterator[Sealer]:
    """A new sealed file; it stands under its name when all of it is on the disk, and not at all otherwise."""
    draft = path.with_name(f"{path.name}.part")
    with draft.open("wb") as file:
        draft.chmod(0o600)
        sealer = Sealer(file, key=key, name=name)
        yield sealer
        sealer.close()
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def opened(path: Path, *, key: str, name: str) -> Iterator[bytes]:
    """What is in a sealed file, in pieces. Raises ``SealError`` where it is not what was written."""
    unpacker = zlib.decompressobj()
    for piece in _pieces(path, key, name):
        data = piece
        while data:
            yield unpacker.decompress(data, PIECE)
            data = unpacker.unconsumed_tail
    yield unpacker.flush()


def _pieces(path: Path, key: str, name: str) -> Iterator[bytes]:
    with path.open("rb") as file:
        header = file.read(_HEADER)
        if len(header) < _HEADER or not header.startswith(MAGIC):
            raise SealError(f"{name} is damaged: it does not begin as a file of a backup.")
        if header[len(MAGIC) : len(MAGIC) + _MARK] != _mark(key):
            raise SealError(f"{name} is damaged, or was made with another PITCLINIC_BACKUP_KEY.")
        box = AESGCM(_derived(key, salt=header[-_SALT:], use=f"file {name}", length=32))
        number, piece = 0, file.read(PIECE + _TAG)
        while True:
            after = file.read(PIECE + _TAG)
            try:
                yield box.decrypt(_nonce(number, is_last=not after), piece, header)
            except InvalidTag:
                raise SealError(f"{name} is damaged: its contents are not what was written.") from None
            if not after:
                return
            number, piece = number + 1, after


class Unsealer(io.RawIOBase):
    """A sealed file to read from."""

    def __init__(self, path: Path, *, key: str, name: str) -> None:
        self._pieces, self._rest = opened(path, key=key, name=name), memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def] # a buffer, as io has it
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size
