"""What was confirmed before the needle and is otherwise in the record: it is never sealed without a word (P13).

A point written down later is no change of what was confirmed, nor are the same points in another order; what is no
longer there is, whether something took its place or not. Sides, nerves, solutions and lots are compared as the time-out
showed them.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from sessions.rules.clock import times, written_day
from sessions.rules.facts import Material, Place, Point, Session, Shown, TimeOut
from sessions.rules.table import RULES, Finding, _
from sessions.rules.time_outs import bottle, fingerprint, shown

_TAKEN_OUT, _NO_LOT, _LOT, _PREPARATION = "–", "no lot", "lot", "preparation"
_UNSTATED = _(" (as far as is known: state it, if it was later)")


def confirmed_is_what_is_recorded(session: Session) -> Iterator[Finding]:
    """P13: the last time-out before the needle, or the first one after it, against the points as they are."""
    if session.needle_at is None or not session.points or not session.time_outs or not session.is_under_the_needle:
        return
    in_time = [row for row in session.time_outs if row.confirmed_at <= session.needle_at]
    base = in_time[-1] if in_time else session.time_outs[0]
    now = shown(session.points, frozenset())
    again = next((row for row in session.time_outs if row.confirmed_at > base.confirmed_at and _says(row, now)), None)
    # A use-by date that was corrected in the stock is no other bottle: until it is confirmed again, P04 asks.
    what = "; ".join([*_changes(base, session), *(_of_use_by(base.shown, now) if again else ())])
    if not what:
        return
    said = times(session, at=(again or base).confirmed_at, needle=session.needle_at)
    known = "" if session.is_needle_stated else _UNSTATED
    rule = RULES["confirmed_otherwise" if again else "confirmed_no_more"]
    words = (*said.items(), ("known", known), ("what", what[:160]))
    yield Finding(rule, f"changed {said['at']} {said['needle']} {fingerprint(now)}", words)


def _says(row: TimeOut, now: Shown) -> bool:
    is_otherwise = any(True for _use_by in _of_use_by(row.shown, now))
    return now.places <= row.shown.places and now.materials <= row.shown.materials and not is_otherwise


def _changes(base: TimeOut, session: Session) -> Iterator[str]:
    before, now = base.shown, shown(session.points, frozenset())
    kept = [point for point in session.points if _is_in(before, point)]
    there = [point for point in session.points if point.recorded_at and point.recorded_at <= base.confirmed_at]
    is_replaced = len(there) > len(kept) or not before.places <= {_place(point) for point in kept}
    names = {point.nerve.code: point.nerve.name for point in session.points} | dict(session.names)
    yield from _of_places(before, now, names, is_replaced=is_replaced)
    yield from _of_materials(before, now, names, is_replaced=is_replaced)


def _of_places(before: Shown, now: Shown, names: Mapping[str, str], *, is_replaced: bool) -> Iterator[str]:
    was, is_now = _sides(before.places), _sides(now.places)
    for nerve in sorted(was.keys() & is_now.keys()):
        if was[nerve] - is_now[nerve] or (is_replaced and was[nerve] != is_now[nerve]):
            yield f"{names.get(nerve, nerve)}: {_listed(was[nerve])} → {_listed(is_now[nerve])}"
    gone, new = sorted(was.keys() - is_now.keys()), sorted(is_now.keys() - was.keys())
    if gone or (is_replaced and new):
        old = _listed(f"{names.get(nerve, nerve)} {_listed(was[nerve])}" for nerve in gone or sorted(was))
        now_said = _listed(f"{names.get(nerve, nerve)} {_listed(is_now[nerve])}" for nerve in new)
        yield f"{old} → {now_said or _TAKEN_OUT}"


def _of_materials(before: Shown, now: Shown, names: Mapping[str, str], *, is_replaced: bool) -> Iterator[str]:
    lots = {one.name for one in before.said | now.said if one.kind == "lot"}
    was, is_now = _bottles(before, lots), _bottles(now, lots)
    for solution in sorted(was.keys() & is_now.keys()):
        old, new = was[solution], is_now[solution]
        if old - new or (is_replaced and old != new):
            yield _arrow(old, new)
    gone, added = sorted(was.keys() - is_now.keys()), sorted(is_now.keys() - was.keys())
    if gone or (is_replaced and added):
        old_said = _listed(f"{names.get(code, code)}, {_said(was[code])}" for code in gone or sorted(was))
        new_said = _listed(f"{names.get(code, code)}, {_said(is_now[code])}" for code in added)
        yield f"{old_said} → {new_said or _TAKEN_OUT}"


def _of_use_by(before: Shown, now: Shown) -> Iterator[str]:
    """A lot whose use-by date reads otherwise."""
    read = {one.name: one.value for one in before.said if one.kind == "lot"}
    for one in sorted(now.said, key=lambda one: one.name):
        if one.kind == "lot" and read.get(one.name, one.value) != one.value:
            old, new = (written_day(date.fromisoformat(value)) for value in (read[one.name], one.value))
            yield f"{_LOT} {one.name}, use by {old} → {new}"


def _is_in(before: Shown, point: Point) -> bool:
    return _place(point) in before.places and Material(point.solution.code, bottle(point)) in before.materials


def _place(point: Point) -> Place:
    return Place(point.nerve.code, point.side)


def _sides(places: Iterable[Place]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for place in places:
        found.setdefault(place.nerve, set()).add(place.side)
    return found


def _bottles(what: Shown, lots: set[str]) -> dict[str, set[tuple[str, str]]]:
    """By solution: (lot or preparation, its number)."""
    found: dict[str, set[tuple[str, str]]] = {}
    for material in what.materials:
        kind = (_LOT if material.lot in lots else _PREPARATION) if material.lot else _NO_LOT
        found.setdefault(material.solution, set()).add((kind, material.lot))
    return found


def _arrow(old: set[tuple[str, str]], new: set[tuple[str, str]]) -> str:
    """lot 2605 → 2602: the kind is said once where it is the same."""
    kinds = {kind for kind, _number in old | new}
    if len(kinds) == 1:
        return f"{_said(old)} → {_listed(number for _kind, number in sorted(new))}"
    return f"{_said(old)} → {_said(new)}"


def _said(bottles: set[tuple[str, str]]) -> str:
    return _listed(dict.fromkeys(f"{kind} {number}".strip() for kind, number in sorted(bottles)))


def _listed(words: Iterable[str]) -> str:
    rows = list(words)
    return ", ".join(sorted(rows) if isinstance(words, set) else rows)


CHANGE_CHECKS = (confirmed_is_what_is_recorded,)
