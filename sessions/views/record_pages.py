"""The record in words: what record page, paper and sign page show of a document (``sessions.document``)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from catalogue.atlas import Atlas
from common.local_words import day_words, written_clock_words, written_time_words
from patients.choices import NumberKind, Side
from patients.names import full_name
from sessions.choices import ConsentSigner, Depth, Guidance, OverrideReason, PictureKind, PointSide, Statement
from sessions.document.records import Answer, Consent, Override, Picture, Point, Record, Time, TimeOut
from sessions.dose_rules import Totals
from sessions.nerve_maps import Mark, NerveMaps, nerve_maps
from sessions.observation import USUAL_MINUTES
from sessions.queries.session_facts import DISCHARGE_ITEMS
from sessions.rules.table import RULES
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


@dataclass
class RecordPage:
    """``now`` counts the minutes of an observation that still runs; every other time is the document's own."""

    record: Record
    atlas: Atlas
    now: datetime

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
        """When the patient was watched, in one line; empty where nobody did."""
        watched = self.record.observation
        if watched.started is None:
            return ""
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
        """The discharge check in one line, with who looked and when; empty where nobody did."""
        left = self.record.discharge
        if left.checked is None or left.checked_by is None:
            return left.note
        words = {None: "–", True: _("yes"), False: _("no")}
        items = ", ".join(f"{label}: {words[getattr(left, name)]}" for name, label in DISCHARGE_ITEMS.items())
        return ". ".join(filter(None, [items, left.note, f"{left.checked_by.name}, {moment(left.checked)}"]))

    @property
    def statement(self) -> str:
        """What the signer says by signing; none where nobody has signed."""
        if self.record.signature is None:
            return ""
        return said(Statement, self.record.signature.statement) % {"name": self.record.clinician.name}


def moment(time: Time) -> str:
    """On the clinic's own clock."""
    return written_time_words(time.local)


def _reason(row: Override) -> str:
    code = "" if row.reason_code in ("", OverrideReason.OTHER) else said(OverrideReason, row.reason_code)
    return ", ".join(filter(None, [code, row.reason]))
