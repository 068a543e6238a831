"""What kind of bytes a file holds, and its text line by line: refused early when it is nothing that can be read.

A file without a mark of its letters is UTF-8 as long as its lines say so; otherwise it comes from an older Windows,
and a person sees the first rows before anything is written.
"""

import codecs
import io
from collections.abc import Iterator
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from patients.importing.people import FileRefusedError

LONGEST_LINE = 262_144
# Stands for a letter that could not be read; a value that holds it is refused (``values.to_plain``).
UNREAD = "\ufffd"
_LOOKED_AT = 4_096

UTF_8 = "utf-8-sig"
# Python's name of the letters → what a person calls them; the first is what a file that is no UTF-8 is read as.
OLDER_LETTERS = {
    "cp1252": gettext_lazy("Western European (Windows)"),
    "cp1250": gettext_lazy("Central European (Windows)"),
    "cp1254": gettext_lazy("Turkish (Windows)"),
    "cp1253": gettext_lazy("Greek (Windows)"),
    "cp1251": gettext_lazy("Cyrillic (Windows)"),
    "cp1255": gettext_lazy("Hebrew (Windows)"),
    "cp1256": gettext_lazy("Arabic (Windows)"),
    "mac_roman": gettext_lazy("Western European (older Mac)"),
}

_ARCHIVE, _WORKBOOK = "archive", "workbook"
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", _WORKBOOK),
    (b"\xd0\xcf\x11\xe0", _WORKBOOK),
    (b"PK\x05\x06", _ARCHIVE),
    (b"PK\x07\x08", _ARCHIVE),
    (b"\x1f\x8b", _ARCHIVE),
    (b"BZh", _ARCHIVE),
    (b"\xfd7zXZ", _ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", _ARCHIVE),
    (b"Rar!", _ARCHIVE),
    (b"\x28\xb5\x2f\xfd", _ARCHIVE),
    (b"%PDF", "document"),
    (b"<", "markup"),
    (b"\xef\xbb\xbf<", "markup"),
)


def check_beginning(start: bytes) -> None:
    """Raise ``FileRefusedError`` for an empty file, an archive (never unpacked), a PDF or XML."""
    if not start.strip():
        raise FileRefusedError(_("The file is empty."))
    kind = next((kind for beginning, kind in _BEGINNINGS if start.startswith(beginning)), "")
    if kind == "document":
        raise FileRefusedError(_("This is a PDF, not a table."))
    if kind == "markup":
        raise FileRefusedError(
            _("This is XML or a web page. Save the table as a workbook or as “CSV UTF-8”, or ask for FHIR as JSON.")
        )
    if kind == _ARCHIVE:
        raise FileRefusedError(
            _("This is an archive, which is never opened here. Unpack it and choose the file in it.")
        )


def is_workbook(start: bytes) -> bool:
    """Of Excel or OpenDocument, or another archive that begins like one (``workbooks`` tells)."""
    return any(kind == _WORKBOOK and start.startswith(beginning) for beginning, kind in _BEGINNINGS)


def letters_of(file: IO[bytes]) -> str:
    """Python's name of the letters the file is written in, read from its start to its end once."""
    file.seek(0)
    start = file.read(_LOOKED_AT)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if without_mark := _without_mark(start):
        return without_mark
    file.seek(0)
    readable, unreadable = 0, 0
    while line := file.readline(LONGEST_LINE):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            unreadable += 1
        else:
            readable += 1
    return UTF_8 if readable >= unreadable else next(iter(OLDER_LETTERS))


def _without_mark(start: bytes) -> str:
    """UTF-16 that does not say so: every other byte of a heading is nought."""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    most = len(start) // 2 * 0.4
    if len(start) > 1 and max(even, odd) > most > min(even, odd):
        return "utf-16-be" if even > odd else "utf-16-le"
    return ""


def open_text(file: IO[bytes], letters: str = "") -> io.TextIOWrapper:
    """The file from its start as text. What cannot be read stands as ``UNREAD``."""
    file.seek(0)
    check_beginning(file.read(16))
    letters = letters or letters_of(file)
    file.seek(0)
    return io.TextIOWrapper(io.BufferedReader(_Unclosed(file), 262_144), encoding=letters, errors="replace", newline="")


def lines_of(text: io.TextIOWrapper) -> Iterator[str]:
    """The lines. Raises ``FileRefusedError`` naming the line that is too long."""
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE and not line.endswith("\n"):
            raise FileRefusedError(_("Line %(n)s is too long to be a row.") % {"n": number})
        yield line.replace("\0", UNREAD)


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
