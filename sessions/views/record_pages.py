"""The record in words: what record page, paper and sign page show of a document (``sessions.document``)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from catalogue.atlas import Atlas
from common.local_words import day_words, written_clock_words, written_time_words
from common.own_direction import isolated
from patients.choices import NumberKind, Side
from patients.names import full_name
from sessions.choices import ConsentSigner, Depth, Guidance, OverrideReason, PictureKind, PointSide, Statement
from sessions.document.records import Answer, Consent, Override, Picture, Point, Record, Time, TimeOut, Withdrawal
from sessions.dose_rules import Totals
from sessions.nerve_maps import Mark, NerveMaps, nerve_maps
from sessions.observation import USUAL_MINUTES
from sessions.queries.session_facts import DISCHARGE_ITEMS
from sessions.rules.table import RULES
from sessions.strength_words import strengths_in_words
from sessions.views.response_lines import PainLine, pain_lines

_DENIED = {RULES["register_denied"].id, RULES["site_denied"].id}


def said(choices: type[TextChoices], value: str) -> str:
    """What a code of the document means, as it is said today."""
    return str(choices(value).label) if value in choices.values else value


@dataclass(frozen=True)
class PointLine:
    point: Point
    side: str
    depth: str

    @property
    def nerve(self) -> str:
        return self.point.nerve.name

    @property
    def place(self) -> str:
        return self.point.kind.name if self.point.kind else ""

    @property
    def holds(self) -> str:
        """What the preparation, or the lot, holds: Dextrose 4.76 %, Lidocaine 0.0952 %; "" where nobody stated it."""
        held = self.point.holds or ()
        return strengths_in_words({one.name: one.percent for one in held})

    @property
    def mark(self) -> Mark:
        """The legend of the map names nerve, side and volume."""
        point, place = self.point, self.point.place
        return Mark(
            number=point.number,
            nerve=point.nerve.code,
            side=point.side,
            words=f"{point.nerve.name}, {self.side}, {point.volume_ml.normalize():f} mL",
            figure=place.figure if place else None,
            x=place.x if place else None,
            y=place.y if place else None,
        )


@dataclass(frozen=True)
class AnswerLine:
    """``against``: what was found against it, by the register or by the points, as it was read at the signature."""

    answer: Answer
    against: str


@dataclass(frozen=True)
class TimeLine:
    """One of the times of a treatment; ``note`` says how far it is known."""

    label: str
    time: Time
    note: str = ""


@dataclass
class RecordPage:
    """``now`` counts the minutes of an observation that still runs, ``proposed_end`` is what a draft would be signed
    with; every other time is the document's own."""

    record: Record
    atlas: Atlas
    now: datetime
    proposed_end: datetime | None = None

    @property
    def zone(self) -> str:
        return self.record.clinic.zone

    @property
    def patient_name(self) -> str:
        patient = self.record.patient
        return full_name(patient.given_names, patient.family_name, patient.language)

    @property
    def patient_born(self) -> str:
        return day_words(self.record.patient.birth_date)

    @property
    def patient_numbers(self) -> tuple[tuple[str, str], ...]:
        """(kind, number); a system known only by its address is another one's."""
        known = NumberKind.values
        return tuple(
            (said(NumberKind, system if system in known else NumberKind.PREVIOUS.value), value)
            for system, value in self.record.patient.numbers
        )

    @property
    def course(self) -> str:
        course = self.record.course
        return f"{course.condition} {said(Side, course.side)}".strip() if course else ""

    @property
    def technique(self) -> str:
        return f"{self.record.technique.name}, {said(Guidance, self.record.guidance)}"

    @property
    def times(self) -> Iterator[TimeLine]:
        """When what was done, in the order in which it should have been."""
        record = self.record
        if record.begun:
            yield TimeLine(_("Written down from"), record.begun)
        if record.screened:
            yield TimeLine(_("Safety questions answered"), record.screened)
        if record.first_injected:
            known = "" if record.is_first_injection_stated else _as_known()
            note = ", ".join(filter(None, [known, self._stated_before]))
            yield TimeLine(_("First injection"), record.first_injected, note)
        for number, injected in enumerate(record.cycles, start=1):
            if injected:
                label = _("Last injection, cycle %(number)s") % {"number": number}
                yield TimeLine(label if len(record.cycles) > 1 else _("Last injection"), injected)
        if ended := record.ended or self._proposed_end:
            yield TimeLine(_("Treatment ended"), ended, "" if record.is_end_stated else _as_known())

    @property
    def _stated_before(self) -> str:
        """That the first injection was stated otherwise before, by whom it was changed and when."""
        record = self.record
        if not (record.first_stated and record.first_restated and record.first_restated_by):
            return ""
        words = {
            "before": self.clock(record.first_stated),
            "name": isolated(record.first_restated_by.name),
            "when": moment(record.first_restated),
        }
        return _("stated as %(before)s before, changed by %(name)s on %(when)s") % words

    @property
    def _proposed_end(self) -> Time | None:
        at = self.proposed_end
        return Time(at, at.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)) if at else None

    def clock(self, time: Time) -> str:
        """On the clinic's clock, with the day where it is another than the session's."""
        is_same_day = time.local.date() == self.record.started.local.date()
        return written_clock_words(time.local) if is_same_day else moment(time)

    @property
    def drawn_up(self) -> str:
        """The amount in the syringe with its unit, as exactly as it is asked for; empty where nobody said."""
        amount = self.record.amount_drawn_ml
        return "" if amount is None else f"{number_format(amount, decimal_pos=1)}\u00a0mL"

    @property
    def consent(self) -> Consent | None:
        return self.record.consent

    @property
    def consent_role(self) -> str:
        return said(ConsentSigner, self.record.consent.signed_as) if self.record.consent else ""

    @property
    def totals(self) -> Totals:
        return self.record.totals

    @property
    def points(self) -> list[PointLine]:
        return [PointLine(point, said(PointSide, point.side), said(Depth, point.depth)) for point in self.record.points]

    @cached_property
    def drawn(self) -> NerveMaps:
        return nerve_maps([row.mark for row in self.points], self.atlas)

    @cached_property
    def pain_lines(self) -> list[PainLine]:
        return pain_lines(self.record)

    @property
    def answers(self) -> list[AnswerLine]:
        denied = [row for row in self.record.overrides if row.rule in _DENIED]
        return [
            AnswerLine(answer, " ".join(row.sentence for row in denied if row.subject == answer.item))
            for answer in self.record.screening
        ]

    @property
    def time_outs(self) -> list[TimeOut]:
        """Those that were finished, oldest first."""
        return [row for row in self.record.time_outs if row.confirmed]

    def order(self, row: TimeOut) -> str:
        """Where a time-out stands beside the first injection."""
        first = self.record.first_injected
        if first is None or not row.order:
            return ""
        if not self.record.is_first_injection_stated:
            return {"before": _("before the first injection"), "after": _("after the first injection")}[row.order]
        words = {"needle": self.clock(first)}
        if row.order == "before":
            return _("before the first injection at %(needle)s") % words
        return _("after the first injection at %(needle)s") % words

    @property
    def ordered_time_outs(self) -> list[tuple[TimeOut, str]]:
        """Each with where it stands."""
        return [(row, self.order(row)) for row in self.time_outs]

    @property
    def withdrawals(self) -> list[str]:
        """Each consent that was taken back during the session, in one line."""
        return [_withdrawn(row) for row in self.record.withdrawals]

    @property
    def overrides(self) -> list[tuple[Override, str]]:
        """Each with its reason in words."""
        return [(row, _reason(row)) for row in self.record.overrides]

    @property
    def pictures(self) -> list[tuple[Picture, str]]:
        """Those that were signed, each with its kind and side in words."""
        return [(row, f"{said(PictureKind, row.kind)}, {said(PointSide, row.side)}") for row in self.record.pictures]

    @property
    def observation_words(self) -> str:
        """When the patient was watched, in one line."""
        watched = self.record.observation
        if watched.started is None:
            return _("not recorded")
        until = watched.ended.at if watched.ended else self.now
        times = {
            "began": written_clock_words(watched.started.local),
            "ended": written_clock_words(watched.ended.local) if watched.ended else "",
            "minutes": max(0, (until - watched.started.at) // timedelta(minutes=1)),
            "planned": watched.minutes or USUAL_MINUTES,
        }
        if watched.ended is None:
            return _("from %(began)s, %(planned)s minutes planned, no end recorded") % times
        return _("%(began)s to %(ended)s, %(minutes)s of %(planned)s minutes") % times

    @property
    def discharge_words(self) -> str:
        """The discharge check in one line, with who looked and when."""
        left = self.record.discharge
        if left.checked is None or left.checked_by is None:
            return left.note or _("not recorded")
        words = {None: "–", True: _("yes"), False: _("no")}
        items = ", ".join(f"{label}: {words[getattr(left, name)]}" for name, label in DISCHARGE_ITEMS.items())
        return ". ".join(filter(None, [items, left.note, f"{isolated(left.checked_by.name)}, {moment(left.checked)}"]))

    @property
    def statement(self) -> str:
        """What the signer says by signing; none where nobody has signed."""
        if self.record.signature is None:
            return ""
        return said(Statement, self.record.signature.statement) % {"name": isolated(self.record.clinician.name)}


def _as_known() -> str:
    return _("as far as is known")


def moment(time: Time) -> str:
    """On the clinic's own clock."""
    return written_time_words(time.local)


def _withdrawn(row: Withdrawal) -> str:
    words = {
        "name": row.signed_name,
        "role": said(ConsentSigner, row.signed_as),
        "given": moment(row.given),
        "when": moment(row.withdrawn),
        "by": row.withdrawn_by.name,
        "why": row.said,
    }
    return (
        _("Consent of %(name)s (%(role)s), given %(given)s, withdrawn on %(when)s: %(why)s (written down by %(by)s)")
        % words
    )


def _reason(row: Override) -> str:
    code = "" if row.reason_code in ("", OverrideReason.OTHER) else said(OverrideReason, row.reason_code)
    return ", ".join(filter(None, [code, row.reason]))
