"""The code on a package, read into product, lot and use-by. Pure; source: GS1 General Specifications, sections 3 and 7.

A GS1 element string is a row of application identifiers, each followed by its value: ``01`` a GTIN of 14 digits, ``17``
the use-by date as YYMMDD (day ``00``: the last of the month), ``10`` the lot of up to 20 characters. A value without a
fixed length ends at the separator (FNC1, sent as GS) or at the end. People type the same with brackets: ``(01)…(17)…``.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

SEPARATOR = "\x1d"
# What scanners and keyboards send in its place.
_SEPARATORS = re.compile(r"\x1d|␝|<GS>|\{GS\}|\[GS\]|\^\]|<FNC1>", re.IGNORECASE)
# The first sign of a scanner that says which kind of code it read (ISO/IEC 15424).
_SYMBOLOGY = re.compile(r"^\][a-zA-Z][0-9]")
_BRACKETED = re.compile(r"\((\d{2,4})\)")
# GS1's own set of signs for lots and serial numbers (table 7.11-1).
_SIGNS = re.compile(r"""[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}""")
_GTIN, _USE_BY, _LOT = "01", "17", "10"
# Identifier → length of its value, where it is fixed.
_FIXED = {"00": 18, "01": 14, "02": 14, "03": 14, "20": 2} | {f"{ai}": 6 for ai in (11, 12, 13, 14, 15, 16, 17, 18, 19)}
# Identifier → the longest its value may be, where a separator ends it. Longer identifiers first.
_OPEN = {"240": 30, "241": 30, "242": 6, "243": 20, "250": 30, "251": 30, "400": 30, "10": 20, "21": 20, "22": 20,
         "30": 8, "37": 8, "90": 30, "91": 90, "92": 90, "93": 90, "94": 90, "95": 90, "96": 90, "97": 90, "98": 90,
         "99": 90} | {f"71{n}": 20 for n in range(7)}  # fmt: skip
_SHORT_GTINS = (8, 12, 13, 14)


class ScanError(Exception):
    """This is no code that could be read; ``why`` is one of ``sign``, ``check_digit``, ``date``, ``lot``, ``code``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Scan:
    """What the code said; empty where it did not."""

    gtin: str = ""
    lot_number: str = ""
    use_by: date | None = None


def read(text: str, *, today: date) -> Scan:
    """Read an element string, or the bare number of a plain bar code. Raises ``ScanError``."""
    plain = _SYMBOLOGY.sub("", _SEPARATORS.sub(SEPARATOR, text.strip(" \t\r\n"))).strip(SEPARATOR)
    bare = plain.replace(" ", "")
    if bare.isdecimal() and bare.isascii() and len(bare) in _SHORT_GTINS:
        return Scan(gtin=gtin_of(bare))
    found: dict[str, str] = {}
    for identifier, value in _bracketed(plain) if plain.startswith("(") else _row(plain):
        if found.setdefault(identifier, value) != value:
            raise ScanError("code")
    if not found.keys() & {_GTIN, _LOT, _USE_BY}:
        raise ScanError("code")
    return Scan(
        gtin=gtin_of(found[_GTIN]) if _GTIN in found else "",
        lot_number=_lot(found[_LOT]) if _LOT in found else "",
        use_by=use_by_of(found[_USE_BY], today=today) if _USE_BY in found else None,
    )


def gtin_of(digits: str) -> str:
    """A GTIN of 8, 12, 13 or 14 digits as the 14 it is kept in. Raises ``ScanError`` where its check digit is wrong."""
    bare = re.sub(r"[\s-]", "", digits)
    if not (bare.isascii() and bare.isdecimal()) or len(bare) not in _SHORT_GTINS:
        raise ScanError("sign")
    gtin = bare.zfill(14)
    if gtin[-1] != check_digit(gtin[:-1]):
        raise ScanError("check_digit")
    return gtin


def check_digit(digits: str) -> str:
    """From the right the digits weigh 3 and 1 in turn; the check digit makes the sum a multiple of ten (7.9)."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def use_by_of(digits: str, *, today: date) -> date:
    """YYMMDD; day 00 is the last of its month (7.12.1 gives the century: at most 50 years ahead, 49 back)."""
    if not re.fullmatch(r"[0-9]{6}", digits):
        raise ScanError("date")
    year, month, day = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    ahead = year - today.year % 100
    century = today.year // 100 + (-1 if ahead >= 51 else 1 if ahead <= -50 else 0)
    full_year = century * 100 + year
    try:
        return date(full_year, month, day or monthrange(full_year, month)[1])
    except ValueError as error:
        raise ScanError("date") from error


def _bracketed(text: str) -> Iterator[tuple[str, str]]:
    parts = _BRACKETED.split(text)
    if parts[0].strip():
        raise ScanError("code")
    for identifier, value in zip(parts[1::2], parts[2::2], strict=True):
        plain = value.replace(SEPARATOR, "").strip()
        if len(plain) != _FIXED.get(identifier, len(plain)) or not plain:
            raise ScanError("code")
        yield identifier, plain


def _row(text: str) -> Iterator[tuple[str, str]]:
    rest = text
    while rest:
        identifier = next((ai for ai in (*_FIXED, *_OPEN) if rest.startswith(ai)), "")
        if not identifier:
            raise ScanError("code")
        rest = rest[len(identifier) :]
        length = _FIXED.get(identifier)
        value, _separator, after = rest.partition(SEPARATOR)
        if length is not None:
            value, after = rest[:length], rest[length:].removeprefix(SEPARATOR)
        if not value or len(value) > _OPEN.get(identifier, len(value)) or len(value) < (length or 1):
            raise ScanError("lot" if identifier == _LOT else "code")
        yield identifier, value
        rest = after


def _lot(value: str) -> str:
    if not _SIGNS.fullmatch(value):
        raise ScanError("lot")
    return value
