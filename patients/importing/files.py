"""What kind of bytes a file holds: refused early when it is not text that can be read row by row."""

import io
from collections.abc import Iterator
from typing import IO

from django.utils.translation import gettext as _

from patients.importing.people import FileRefusedError

LONGEST_LINE = 262_144

_ARCHIVE = "archive"
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", _ARCHIVE),
    (b"PK\x05\x06", _ARCHIVE),
    (b"PK\x07\x08", _ARCHIVE),
    (b"\x1f\x8b", _ARCHIVE),
    (b"BZh", _ARCHIVE),
    (b"\xfd7zXZ", _ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", _ARCHIVE),
    (b"Rar!", _ARCHIVE),
    (b"\x28\xb5\x2f\xfd", _ARCHIVE),
    (b"\xd0\xcf\x11\xe0", "workbook"),
    (b"%PDF", "document"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def check_beginning(start: bytes) -> None:
    """Raise ``FileRefusedError`` for an empty file, an archive (never unpacked), a workbook or UTF-16."""
    if not start.strip():
        raise FileRefusedError(_("The file is empty."))
    kind = next((kind for beginning, kind in _BEGINNINGS if start.startswith(beginning)), "")
    if kind == "utf-16":
        raise FileRefusedError(_("The file is UTF-16. Save it again as “CSV UTF-8”."))
    if kind == "document":
        raise FileRefusedError(_("This is a PDF, not a table."))
    if kind:
        raise FileRefusedError(
            _("This is an Excel workbook or an archive, which is never opened here. Save the sheet as “CSV UTF-8”.")
        )


def open_text(file: IO[bytes]) -> io.TextIOWrapper:
    """The file from its start as strict UTF-8, with or without a byte order mark."""
    file.seek(0)
    check_beginning(file.read(16))
    file.seek(0)
    return io.TextIOWrapper(
        io.BufferedReader(_Unclosed(file), 262_144), encoding="utf-8-sig", errors="strict", newline=""
    )


def lines_of(text: io.TextIOWrapper) -> Iterator[str]:
    """The lines. Raises ``FileRefusedError`` naming the line that is no UTF-8, too long or holds a NUL byte."""
    number = 0
    try:
        while line := text.readline(LONGEST_LINE):
            number += 1
            if "\0" in line:
                raise FileRefusedError(_("Line %(n)s holds a NUL byte.") % {"n": number})
            if len(line) == LONGEST_LINE and not line.endswith("\n"):
                raise FileRefusedError(_("Line %(n)s is too long to be a row.") % {"n": number})
            yield line
    except UnicodeDecodeError as error:
        raise FileRefusedError(
            _("After line %(n)s the file is not UTF-8. Save it again as “CSV UTF-8”.") % {"n": number}
        ) from error


class _Unclosed(io.RawIOBase):
    """Reads through to a file that stays open when the text over it is thrown away."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
