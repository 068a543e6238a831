"""The time-out before the needle: patient, side, nerves, solution, lot, allergy (domain.md §12).

It holds for what it showed, and stays as it was confirmed. Whatever is new since (a nerve or a side, a solution or a
lot, an allergy) or reads otherwise (the patient, the consent, a lot's use-by date) is confirmed again; what was only
taken away is not. Confirming cannot be made up for after the injection, so a reason can lift it.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import sha256

from sessions.rules.facts import Lot, Material, Place, Point, Said, Session, Shown
from sessions.rules.table import RULES, Finding, _


def shown(points: Iterable[Point], allergies: frozenset[str], *, patient: str = "", consent: str = "") -> Shown:
    """What a time-out has to show for the points as they are; ``patient`` and ``consent`` name who and which."""
    rows = list(points)
    return Shown(
        places=frozenset(Place(point.nerve.code, point.side) for point in rows),
        materials=frozenset(Material(point.solution.code, bottle(point)) for point in rows),
        allergies=allergies,
        said=frozenset(
            {
                Said("patient", "", patient),
                Said("consent", "", consent),
                *(Said("lot", lot.number, lot.expiry_date.isoformat()) for point in rows for lot in lots_of(point)),
            }
        ),
    )


def lots_of(point: Point) -> tuple[Lot, ...]:
    """What the point was drawn from."""
    if point.preparation is not None:
        return point.preparation.lots
    return (point.lot,) if point.lot else ()


def bottle(point: Point) -> str:
    """What stands on what the point was drawn from: the preparation's code, else the lot's number, else nothing."""
    if point.preparation is not None:
        return point.preparation.code
    return point.lot.number if point.lot else ""


def as_json(what: Shown) -> dict[str, list[list[str]]]:
    return {
        "places": sorted([place.nerve, place.side] for place in what.places),
        "materials": sorted([material.solution, material.lot] for material in what.materials),
        "allergies": sorted([allergy] for allergy in what.allergies),
        "said": sorted([one.kind, one.name, one.value] for one in what.said),
    }


def from_json(stored: dict[str, list[list[str]]]) -> Shown:
    return Shown(
        places=frozenset(Place(*row) for row in stored["places"]),
        materials=frozenset(Material(*row) for row in stored["materials"]),
        allergies=frozenset(row[0] for row in stored["allergies"]),
        said=frozenset(Said(*row) for row in stored.get("said", ())),
    )


def fingerprint(what: Shown) -> str:
    """Names what was shown."""
    return sha256(json.dumps(as_json(what), sort_keys=True).encode()).hexdigest()[:32]


def token(what: Shown) -> str:
    """Names the points that were shown; it goes to the page and comes back with the confirmation."""
    return fingerprint(replace(what, said=frozenset()))


def said_token(what: Shown) -> str:
    """Names the rest of the card but the consent, which may be given on the same page; it goes and comes back too."""
    return fingerprint(Shown(said=frozenset(one for one in what.said if one.kind != "consent")))


def news(before: Shown, now: Shown) -> tuple[str, ...]:
    """What was not confirmed yet, in words; nothing when all of it was."""
    nerves = {place.nerve for place in before.places}
    new_places = now.places - before.places
    new_materials = now.materials - before.materials
    solutions = {material.solution for material in before.materials}
    read = {(one.kind, one.name): one.value for one in before.said}
    changed = {one.kind for one in now.said if read.get((one.kind, one.name), one.value) != one.value}
    bottles = {material.lot for material in new_materials if _is_other_bottle(material, before)}
    made = _made(bottles, now)
    found = {
        _("the patient"): "patient" in changed,
        _("the consent"): "consent" in changed,
        _("the side"): any(place.nerve in nerves for place in new_places),
        _("the nerves"): any(place.nerve not in nerves for place in new_places),
        _("the solution"): any(material.solution not in solutions for material in new_materials),
        _("the lot"): "lot" in changed or bool(bottles - made),
        _("the preparation"): bool(made),
        _("the allergies"): bool(now.allergies - before.allergies),
    }
    return tuple(what for what, is_new in found.items() if is_new)


def _is_other_bottle(material: Material, before: Shown) -> bool:
    """Of a solution that was confirmed, or one that stands on it beside another solution."""
    if any(old.solution == material.solution for old in before.materials):
        return True
    return bool(before.materials and material.lot) and all(old.lot != material.lot for old in before.materials)


def _made(bottles: set[str], now: Shown) -> set[str]:
    """Those that were prepared here: the lots they were made from are named beside them."""
    lots = {one.name for one in now.said if one.kind == "lot"}
    return {bottle for bottle in bottles if lots and bottle and bottle not in lots}


def standing(confirmed: Iterable[Shown], now: Shown) -> Shown | None:
    """Of what was confirmed, oldest first: one that covers what there is now, else the last one, else none."""
    rows = list(confirmed)
    found = [row for row in rows if not news(row, now)] or rows
    return found[-1] if found else None


def time_out_holds(session: Session) -> Iterator[Finding]:
    """P04: nothing is injected before the time-out, and it is repeated for what changed."""
    if not session.points:
        return
    if session.time_out is None:
        if session.open_items:
            yield Finding(RULES["time_out_missing"], "", (("items", ", ".join(session.open_items)),))
        return
    now = replace(shown(session.points, session.said_allergies or session.allergies), said=session.said)
    for what in news(session.time_out, now):
        yield Finding(RULES["time_out_changed"], what, (("what", what),))


TIME_OUT_CHECKS = (time_out_holds,)
