"""What a record says, whichever version of the document it was signed in."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from sessions.dose_rules import Amount, Share, Totals, totals


@dataclass(frozen=True)
class Time:
    """``at`` is aware, in UTC; ``local`` what the clinic's clock showed then, without a zone."""

    at: datetime
    local: datetime


@dataclass(frozen=True)
class Person:
    id: str
    name: str


@dataclass(frozen=True)
class Named:
    """An entry of the catalogue as it was called."""

    id: str
    code: str
    name: str


@dataclass(frozen=True)
class Clinic:
    id: str
    name: str
    sender_name: str
    address: str
    phone: str
    zone: str


@dataclass(frozen=True)
class Patient:
    """``numbers``: (system, value)."""

    id: str
    given_names: str
    family_name: str
    language: str
    birth_date: date
    numbers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Course:
    id: str
    condition: str
    side: str
    icd10cm: str


@dataclass(frozen=True)
class Solution:
    id: str
    code: str
    name: str
    composition: str
    dextrose_percent: Decimal | None
    mannitol_percent: Decimal | None
    anaesthetics: tuple[Share, ...]


@dataclass(frozen=True)
class Lot:
    id: str
    number: str
    use_by: date
    maker: str
    product: str


@dataclass(frozen=True)
class Part:
    lot: Lot
    volume_ml: Decimal


@dataclass(frozen=True)
class Preparation:
    id: str
    number: int
    made_date: date
    made: Time
    made_by: Person
    beyond_use: Time
    solution: Solution
    is_mixed: bool
    recipe: str
    volume_ml: Decimal
    measured_ph: Decimal | None
    parts: tuple[Part, ...]

    @property
    def code(self) -> str:
        """As on its label."""
        return f"{self.made_date:%d%m}-{self.number}"


@dataclass(frozen=True)
class Place:
    """Where on which figure of the nerve map."""

    figure: str
    x: int
    y: int


@dataclass(frozen=True)
class Point:
    number: int
    nerve: Named
    side: str
    kind: Named | None
    volume_ml: Decimal
    depth: str
    depth_mm: int | None
    solution: Solution
    lot: Lot | None
    preparation: Preparation | None
    cycle: int | None
    place: Place | None


@dataclass(frozen=True)
class Consent:
    id: str
    given: Time
    signed_name: str
    signed_as: str
    taken_by: Person
    interpreter_name: str
    wording_version: str
    is_drawn: bool


@dataclass(frozen=True)
class Answer:
    item: str
    name: str
    question: str
    is_yes: bool
    is_concern: bool
    detail: str


@dataclass(frozen=True)
class Override:
    rule: str
    subject: str
    sentence: str
    reason_code: str
    reason: str
    by: Person
    at: Time


@dataclass(frozen=True)
class TimeOut:
    """``items``: what was confirmed; ``said``: (item in words, what stood there)."""

    items: tuple[str, ...]
    said: tuple[tuple[str, str], ...]
    confirmed: Time | None
    confirmed_by: Person | None


@dataclass(frozen=True)
class Score:
    question: str
    moment: str
    cycle: int
    nerve: Named | None
    side: str
    score: int
    measured: Time


@dataclass(frozen=True)
class Picture:
    id: str
    kind: str
    side: str
    caption: str
    sha256: str
    added: Time
    added_by: Person


@dataclass(frozen=True)
class Observation:
    minutes: int | None
    started: Time | None
    ended: Time | None


@dataclass(frozen=True)
class Discharge:
    is_walking: bool | None
    is_free_of_dizziness: bool | None
    has_dry_sites: bool | None
    note: str
    checked: Time | None
    checked_by: Person | None


@dataclass(frozen=True)
class Signature:
    """``statement`` names what the signer says by it; ``rules``: the version of the clinic's rules and its day."""

    signed: Time
    signed_by: Person
    statement: str
    needs_co_signature: bool
    rules: tuple[str, datetime] | None


@dataclass(frozen=True, kw_only=True)
class Record:
    """One session. ``signature`` is None in the preview of a draft. ``begun``: when it was written down, where that was
    later than it ``started``; ``screened`` the latest answer; ``first_stated`` the first injection as it was stated
    before it was stated otherwise.
    """

    version: str
    id: str
    record_version: int
    clinic: Clinic
    patient: Patient
    course: Course | None
    clinician: Person
    started: Time
    begun: Time | None
    screened: Time | None
    first_injected: Time | None
    is_first_injection_stated: bool
    first_stated: Time | None
    first_restated: Time | None
    first_restated_by: Person | None
    ended: Time | None
    is_end_stated: bool
    technique: Named
    guidance: str
    needle_gauge: int | None
    needle_length_mm: int | None
    provoked_movement: str
    amount_drawn_ml: Decimal | None
    sharps_out: int | None
    sharps_in: int | None
    tray: Named | None
    consent: Consent | None
    screening: tuple[Answer, ...]
    overrides: tuple[Override, ...]
    time_outs: tuple[TimeOut, ...]
    points: tuple[Point, ...]
    cycles: tuple[Time | None, ...]
    scores: tuple[Score, ...]
    no_after_score_reason: str
    observation: Observation
    discharge: Discharge
    pictures: tuple[Picture, ...]
    note: str
    signature: Signature | None

    @cached_property
    def totals(self) -> Totals:
        return totals(
            Amount(
                point.nerve.name,
                point.side,
                point.volume_ml,
                point.solution.dextrose_percent,
                point.solution.anaesthetics,
            )
            for point in self.points
        )
