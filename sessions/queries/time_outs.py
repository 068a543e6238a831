"""The time-out as the page shows it: each item with what is really there, and what was confirmed of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils import formats
from django.utils.translation import gettext as _

from patients.choices import NumberKind, Substance
from patients.models import Identifier
from sessions.choices import PointSide, TimeOutItem
from sessions.models import Consent, InjectionSession, TimeOut
from sessions.rules import facts
from sessions.rules.time_outs import fingerprint, from_json, shown, standing


@dataclass(frozen=True)
class TimeOutLine:
    item: str
    label: str
    text: str


@dataclass(frozen=True)
class TimeOutCard:
    """``ticked`` and ``row`` belong to exactly what is shown; ``stands`` when an earlier time-out covers it as well."""

    fingerprint: str
    shown: facts.Shown
    lines: tuple[TimeOutLine, ...]
    ticked: frozenset[str]
    row: TimeOut | None

    @property
    def open_items(self) -> tuple[str, ...]:
        return tuple(line.label for line in self.lines if line.item not in self.ticked)


def time_outs_of(session: InjectionSession) -> list[TimeOut]:
    """Oldest first, the confirmed and the begun."""
    return list(session.time_outs.select_related("confirmed_by__user").order_by("created_at", "id"))


def standing_of(rows: Iterable[TimeOut], now: facts.Shown) -> facts.Shown | None:
    return standing((from_json(row.shown) for row in rows if row.confirmed_at), now)


def card_of(
    patient: str,
    points: Sequence[facts.Point],
    allergies: frozenset[str],
    rows: Iterable[TimeOut],
    consent: Consent | None,
) -> TimeOutCard:
    what = shown(points, allergies)
    name = fingerprint(what)
    row = next((row for row in rows if row.fingerprint == name), None)
    words = {
        TimeOutItem.PATIENT: patient,
        TimeOutItem.CONSENT: _consent(consent),
        TimeOutItem.SIDE: ", ".join(dict.fromkeys(str(PointSide(point.side).label) for point in points)),
        TimeOutItem.NERVES: ", ".join(_places(points)),
        TimeOutItem.SOLUTION: ", ".join(dict.fromkeys(point.solution.name for point in points)),
        TimeOutItem.LOT: ", ".join(dict.fromkeys(_lot(point) for point in points)),
        TimeOutItem.ALLERGY: ", ".join(str(Substance(one).label) for one in sorted(allergies)) or _("none on file"),
    }
    return TimeOutCard(
        fingerprint=name,
        shown=what,
        lines=tuple(TimeOutLine(item.value, str(item.label), text or "–") for item, text in words.items()),
        ticked=frozenset(row.items if row else ()),
        row=row,
    )


def patient_words(session: InjectionSession) -> str:
    """Name and birth date, the two that are asked back, and the first number on file."""
    patient = session.patient
    born = _("born %(day)s") % {"day": formats.date_format(patient.birth_date, "j M Y")}
    own = Identifier.objects.filter(clinic_id=session.clinic_id, patient_id=session.patient_id)
    number = own.filter(system=NumberKind.CLINIC).order_by("created_at", "id").first()
    return ", ".join([patient.full_name, born, *([number.value] if number else [])])


def _consent(consent: Consent | None) -> str:
    if consent is None or consent.withdrawn_at:
        return ""
    words = {"name": consent.signed_name, "day": formats.date_format(consent.given_at, "j M Y")}
    return _("%(name)s, %(day)s; still agrees today") % words


def _places(points: Sequence[facts.Point]) -> Iterator[str]:
    """Each nerve with its side, in the order of the points."""
    for name, side in dict.fromkeys((point.nerve.name, point.side) for point in points):
        yield f"{name} {PointSide(side).label}"


def _lot(point: facts.Point) -> str:
    lots = point.preparation.lots if point.preparation else filter(None, [point.lot])
    words = [
        _("%(lot)s, use by %(day)s") % {"lot": lot.number, "day": formats.date_format(lot.expiry_date, "j M Y")}
        for lot in lots
    ]
    if point.preparation:
        return f"{point.preparation.code} ({'; '.join(words)})"
    return words[0] if words else _("no lot")
