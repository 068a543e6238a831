"""A page typed over an older draft, merged by field: only what was changed on the page is the page's, the rest stands.

The page says what it was opened on as a short digest of each field, so that it needs no other memory than its own.
"""

import re
from base64 import urlsafe_b64encode
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from hashlib import blake2b
from typing import Final

POINTS = "points"
# The fields of a point in the order of their digests; the first six say which point it is.
POINT_FIELDS: Final = (
    *("nerve", "side", "figure", "x", "y", "cycle"),
    *("volume_ml", "depth", "depth_mm", "point_type", "solution", "lot", "preparation"),
)
_IDENTITY = slice(0, 6)
_SIZE = 8
_CODE = re.compile(r"[A-Z]+\d+(?= |$)")
# What the page says of itself, and acts that are done only on purpose.
_OWN = {"csrfmiddlewaretoken", "act", "repeat", "version", "page", "number", "acts", "opened", "conflict"}
_CARD = ("time_out-fingerprint", "time_out-said")
_TICKS = "time_out-items"

Row = Mapping[str, str]
Sent = Mapping[str, list[str]]


@dataclass(frozen=True)
class Shown:
    """What a page shows of the draft: plain fields and ticked boxes (``name=value``) by name, the points row by row.

    ``switches`` are sent only where they are on: those that do not come are off, not absent.
    """

    plain: Mapping[str, str]
    points: tuple[Row, ...] = ()
    switches: Collection[str] = ()


@dataclass(frozen=True)
class Opened:
    """The digests of what a page was opened on, or had in common with the draft at its send ``number``."""

    number: int = 0
    plain: Mapping[str, str] = field(default_factory=dict)
    points: tuple[tuple[str, ...], ...] = ()

    def __str__(self) -> str:
        rows = (f"{POINTS}.{''.join(row)}" for row in self.points)
        return " ".join([str(self.number), *(f"{name}.{sign}" for name, sign in self.plain.items()), *rows])


@dataclass(frozen=True)
class Merged:
    """``data`` is the page as it can be saved; ``conflicts``: what both changed, ``theirs``: what the page shows still
    as it was."""

    data: dict[str, list[str]]
    conflicts: tuple[str, ...] = ()
    theirs: tuple[str, ...] = ()


def opened_on(shown: Shown, number: int = 0) -> Opened:
    plain = {name: _sign(name, value) for name, value in shown.plain.items() if _plain(name, value)}
    return Opened(number, plain, tuple(_row_sign(row) for row in shown.points))


def read(text: str) -> Opened | None:
    """None where the page does not say."""
    number, *parts = text.split() or [""]
    if not number.isdecimal():
        return None
    plain, points = {}, []
    for part in parts:
        name, _dot, sign = part.rpartition(".")
        if name == POINTS:
            points.append(tuple(sign[at : at + _SIZE] for at in range(0, len(sign), _SIZE)))
        else:
            plain[name] = sign
    return Opened(int(number), plain, tuple(points))


def agreed(opened: Opened, sent: Sent, *, number: int, unsaved: Collection[str]) -> Opened:
    """What the page and the draft have in common once ``sent`` is saved, all but the ``unsaved``."""
    typed = _typed(sent)
    now = opened_on(Shown(typed, () if POINTS in unsaved else _rows(sent)), number)
    kept = {name: sign for name, sign in opened.plain.items() if name in unsaved}
    plain = {name: sign for name, sign in now.plain.items() if name not in unsaved} | kept
    return Opened(number, plain, opened.points if POINTS in unsaved else now.points)


def merge(opened: Opened, sent: Sent, now: Shown) -> Merged:
    """Each field by itself; the points row by row, as long as the rows are still the same ones."""
    data, typed = {name: list(values) for name, values in sent.items()}, _typed(sent)
    conflicts, theirs = [], []
    for name in dict.fromkeys([*typed, *now.plain, *opened.plain]):
        if name.startswith("time_out-"):
            continue
        base, stands = opened.plain.get(name, ""), now.plain.get(name, "")
        is_on_page = name in sent or name in now.switches
        mine = _sign(name, typed.get(name, "")) if is_on_page else base
        if mine == base:
            data[name] = [stands]
            theirs += [name] if _sign(name, stands) != base else []
        elif _sign(name, stands) not in (base, mine):
            conflicts.append(name)
    _merge_time_out(opened, typed, now, data)
    rows, in_points = _merge_points(opened.points, _rows(sent), now.points)
    if rows is not None:
        theirs += [POINTS] if tuple(_row_sign(row) for row in now.points) != opened.points else []
        _write(rows, data)
    return Merged(data, (*conflicts, *in_points), tuple(theirs))


def _merge_time_out(opened: Opened, typed: Row, now: Shown, data: dict[str, list[str]]) -> None:
    """Ticks belong to the card they were made on: those of another card than now's go with their own, as typed."""

    def is_typed(name: str) -> bool:
        return _sign(name, typed.get(name, "")) != opened.plain.get(name, "")

    ticks = {name for names in (typed, now.plain, opened.plain) for name in names if name.startswith(f"{_TICKS}=")}
    is_same_card = all(typed.get(name, "") == now.plain.get(name, "") for name in _CARD)
    if any(is_typed(name) for name in (*_CARD, *ticks)) and not is_same_card:
        return
    kept = sorted(name for name in ticks if (typed if is_typed(name) else now.plain).get(name))
    data |= {name: [now.plain.get(name, "")] for name in _CARD}
    data[_TICKS] = [name.partition("=")[2] for name in kept]


def _merge_points(
    base: tuple[tuple[str, ...], ...], typed: tuple[Row, ...], now: tuple[Row, ...]
) -> tuple[list[Row] | None, list[str]]:
    """The rows as they are to be, None for those that were sent, and what both changed."""
    mine, stands = [_row_sign(row) for row in typed], [_row_sign(row) for row in now]
    if tuple(mine) == base or mine == stands:
        return list(now), []
    if tuple(stands) == base:
        return None, []
    if not (_are_the_same(base, mine) and _are_the_same(base, stands)):
        return None, [POINTS]
    rows: list[Row] = []
    conflicts = []
    for number, signs in enumerate(zip(base, mine, stands, strict=False)):
        row, is_conflict = _merge_row(*signs, typed[number], now[number])
        rows.append(row)
        conflicts += [f"{POINTS}-{number}"] if is_conflict else []
    added = [row for row, sign in zip(typed[len(base) :], mine[len(base) :], strict=True) if sign not in stands]
    if added and len(stands) > len(base):
        conflicts.append(POINTS)
    return [*rows, *now[len(base) :], *added], conflicts


def _merge_row(
    base: tuple[str, ...], mine: tuple[str, ...], stands: tuple[str, ...], typed: Row, now: Row
) -> tuple[Row, bool]:
    """A volume that was typed for one place is never moved to another: a point that became another is one field."""
    if mine == base or stands in (base, mine):
        return (now if mine == base else typed), False
    if mine[_IDENTITY] != base[_IDENTITY] or stands[_IDENTITY] != base[_IDENTITY]:
        return typed, True
    signs = dict(zip(POINT_FIELDS, zip(base, mine, stands, strict=True), strict=True))
    row = {name: (now if own == old else typed).get(name, "") for name, (old, own, _new) in signs.items()}
    return row, any(own != old and new not in (old, own) for old, own, new in signs.values())


def _are_the_same(base: tuple[tuple[str, ...], ...], rows: list[tuple[str, ...]]) -> bool:
    """None was taken away, and at most one became another: the numbers still name the same points."""
    pairs = list(zip(base, rows, strict=False))
    return len(pairs) == len(base) and sum(old[_IDENTITY] != new[_IDENTITY] for old, new in pairs) <= 1


def _typed(sent: Sent) -> dict[str, str]:
    found = {name: values[-1] if values else "" for name, values in sent.items() if _is_plain(name)}
    return found | {f"{_TICKS}={value}": value for value in sent.get(_TICKS, ())}


def _is_plain(name: str) -> bool:
    return name not in _OWN and name != _TICKS and not name.startswith(f"{POINTS}-")


def _rows(sent: Sent) -> tuple[Row, ...]:
    """The points that were sent: a row without nerve and side was never begun, a removed one is none."""

    def said(number: int, name: str) -> str:
        return (sent.get(f"{POINTS}-{number}-{name}") or [""])[-1]

    total = said_total(sent)
    rows = [n for n in range(total) if (said(n, "nerve").strip() or said(n, "side")) and not said(n, "DELETE")]
    return tuple({name: said(number, name) for name in POINT_FIELDS} for number in rows)


def said_total(sent: Sent) -> int:
    with suppress(ValueError):
        return min(200, max(0, int((sent.get(f"{POINTS}-TOTAL_FORMS") or ["0"])[-1])))
    return 0


def _write(rows: Iterable[Row], data: dict[str, list[str]]) -> None:
    for name in [name for name in data if name.startswith(f"{POINTS}-")]:
        del data[name]
    count = 0
    for count, row in enumerate(rows, start=1):
        data |= {f"{POINTS}-{count - 1}-{name}": [value] for name, value in row.items()}
    data |= {f"{POINTS}-TOTAL_FORMS": [str(count)], f"{POINTS}-INITIAL_FORMS": ["0"]}


def _row_sign(row: Row) -> tuple[str, ...]:
    return tuple(_sign(name, row.get(name, "")).rjust(_SIZE, "-") for name in POINT_FIELDS)


def _sign(name: str, value: str) -> str:
    """Nothing for nothing."""
    plain = _plain(name, value)
    return urlsafe_b64encode(blake2b(plain.encode(), digest_size=6).digest()).decode() if plain else ""


def _plain(name: str, value: str) -> str:
    """However it is written: line ends, outer space, 0.50 for 0.5, a nerve with its name."""
    text = value.replace("\r\n", "\n").strip()
    if name == "nerve" and (code := _CODE.match(text)):
        return code[0]
    if name.endswith(("_ml", "_mm")):
        with suppress(InvalidOperation):
            return f"{Decimal(text.replace(',', '.')).normalize():f}"
    return text
