"""The time-out as the page shows it: each item with what is really there, and what was confirmed of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from common.local_words import day_words, local_day_words, local_time_words
from common.own_direction import isolated
from patients.choices import NumberKind
from patients.models import Identifier
from sessions.choices import PointSide, TimeOutItem
from sessions.models import Consent, InjectionSession, TimeOut
from sessions.rules import facts
from sessions.rules.time_outs import fingerprint, from_json, lots_of, news, said_token, shown, standing, token


@dataclass(frozen=True)
class OnCard:
    """The consent that a time-out confirms: whether it ``stood`` at the first injection, or stands while there was
    none, when it was withdrawn, and what of the treatment it was not given for (``lacks``)."""

    row: Consent
    stood: bool = True
    withdrawn_at: datetime | None = None
    lacks: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Somebody can agree to it now."""
        return self.withdrawn_at is None and not self.lacks


@dataclass(frozen=True)
class TimeOutLine:
    item: str
    label: str
    text: str


@dataclass(frozen=True)
class TimeOutCard:
    """``ticked`` and ``row`` belong to exactly what is shown; what is ``barred`` cannot be ticked as things stand.

    ``fallen`` was confirmed and no longer holds: ``changed`` says why, in words.
    """

    shown: facts.Shown
    lines: tuple[TimeOutLine, ...]
    ticked: frozenset[str]
    row: TimeOut | None
    barred: frozenset[str] = frozenset()
    fallen: TimeOut | None = None
    changed: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.shown)

    @property
    def token(self) -> str:
        return token(self.shown)

    @property
    def consent(self) -> str:
        return next((one.value for one in self.shown.said if one.kind == "consent"), "")

    @property
    def said(self) -> str:
        return said_token(self.shown)

    @property
    def closed(self) -> frozenset[str]:
        """What cannot be ticked and is not ticked."""
        return self.barred - self.ticked

    @property
    def can_be_ticked(self) -> int:
        return len(self.lines) - len(self.closed)

    @property
    def open_items(self) -> tuple[str, ...]:
        return tuple(line.label for line in self.lines if line.item not in self.ticked)


@dataclass(frozen=True)
class PatientWords:
    """Whom the time-out is about: as it is read aloud, and as it is compared."""

    words: str
    key: str


class Known(Protocol):
    """What the register says of the patient."""

    @property
    def patient_words(self) -> PatientWords: ...

    @property
    def allergy_words(self) -> Mapping[str, str]: ...

    @property
    def said_allergies(self) -> frozenset[str]: ...


def time_outs_of(session: InjectionSession) -> list[TimeOut]:
    """Oldest first, the confirmed and the begun."""
    return list(session.time_outs.select_related("confirmed_by__user").order_by("created_at", "id"))


def finished(rows: Iterable[TimeOut]) -> tuple[facts.TimeOut, ...]:
    """Those that were confirmed, oldest first."""
    found = [facts.TimeOut(row.confirmed_at, from_json(row.shown)) for row in rows if row.confirmed_at]
    return tuple(sorted(found, key=lambda row: row.confirmed_at))


def standing_of(rows: Iterable[TimeOut], now: facts.Shown) -> facts.Shown | None:
    return standing((from_json(row.shown) for row in rows if row.confirmed_at), now)


def card_of(
    known: Known,
    points: Sequence[facts.Point],
    rows: Iterable[TimeOut],
    consent: OnCard | None,
    zone: ZoneInfo,
) -> TimeOutCard:
    rows = list(rows)
    what = shown(points, known.said_allergies, patient=known.patient_words.key, consent=_consent_key(consent))
    name = fingerprint(what)
    row = next((row for row in rows if row.fingerprint == name), None)
    words = {
        TimeOutItem.PATIENT: known.patient_words.words,
        TimeOutItem.CONSENT: _consent(consent, zone),
        TimeOutItem.SIDE: ", ".join(dict.fromkeys(str(PointSide(point.side).label) for point in points)),
        TimeOutItem.NERVES: ", ".join(_places(points)),
        TimeOutItem.SOLUTION: ", ".join(dict.fromkeys(point.solution.name for point in points)),
        TimeOutItem.LOT: ", ".join(dict.fromkeys(_lot(point) for point in points)),
        TimeOutItem.ALLERGY: ", ".join(known.allergy_words.values()) or _("none on file"),
    }
    fallen, changed = _fallen(rows, what)
    return TimeOutCard(
        shown=what,
        lines=tuple(TimeOutLine(item.value, str(item.label), text or "–") for item, text in words.items()),
        ticked=frozenset(row.items if row else ()),
        row=row,
        barred=frozenset({TimeOutItem.CONSENT.value} if consent and not consent.is_open else ()),
        fallen=fallen,
        changed=changed,
    )


def _fallen(rows: Iterable[TimeOut], now: facts.Shown) -> tuple[TimeOut | None, tuple[str, ...]]:
    """The last that was confirmed, where none of them covers what there is now, and what changed since."""
    confirmed = [(row, news(from_json(row.shown), now)) for row in rows if row.confirmed_at]
    if not confirmed or not now.places or any(not what for _row, what in confirmed):
        return None, ()
    row, what = confirmed[-1]
    return row, tuple(_(word) for word in what)


def patient_words(session: InjectionSession) -> PatientWords:
    """Name and birth date, the two that are asked back, and the first number on file."""
    patient = session.patient
    own = Identifier.objects.filter(clinic_id=session.clinic_id, patient_id=session.patient_id)
    number = own.filter(system=NumberKind.CLINIC).order_by("created_at", "id").first()
    return words_of_patient(patient.full_name, patient.birth_date, number.value if number else "")


def words_of_patient(name: str, birth_date: date, number: str) -> PatientWords:
    said = [isolated(name), _("born %(day)s") % {"day": day_words(birth_date)}]
    return PatientWords(
        ", ".join([*said, *([isolated(number)] if number else [])]), f"{name}|{birth_date.isoformat()}|{number}"
    )


def _consent_key(consent: OnCard | None) -> str:
    """Nothing where none stands; what a withdrawal after the first injection does to it, a rule says (P17)."""
    return str(consent.row.pk) if consent and consent.stood else ""


def _consent(consent: OnCard | None, zone: ZoneInfo) -> str:
    if consent is None:
        return ""
    words = {"name": isolated(consent.row.signed_name), "day": isolated(local_day_words(consent.row.given_at, zone))}
    if consent.withdrawn_at is not None:
        words["at"] = isolated(local_time_words(consent.withdrawn_at, zone))
        return _("%(name)s, %(day)s; withdrawn %(at)s") % words
    if consent.lacks:
        words["why"] = "; ".join(_(why) for why in consent.lacks)
        return _("%(name)s, %(day)s; does not cover this treatment: %(why)s. Read it together again") % words
    return _("%(name)s, %(day)s; still agrees today") % words


def _places(points: Sequence[facts.Point]) -> Iterator[str]:
    """Each nerve with its side, in the order of the points."""
    for name, side in dict.fromkeys((point.nerve.name, point.side) for point in points):
        yield f"{name} {PointSide(side).label}"


def _lot(point: facts.Point) -> str:
    words = [
        _("%(lot)s, use by %(day)s") % {"lot": lot.number, "day": day_words(lot.expiry_date)} for lot in lots_of(point)
    ]
    if point.preparation:
        return f"{point.preparation.code} ({'; '.join(words)})"
    return words[0] if words else _("no lot")
