"""What a record says, whichever version of the document it was signed in."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from sessions.dose_rules import Amount, Share, Totals, totals
from sessions.mixtures import BICARBONATE, DEXTROSE, Draw, is_anaesthetic, mix


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
    holds: tuple[Share, ...] | None = None


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
    bicarbonate_ml: Decimal | None = None
    bicarbonate_percent: Decimal | None = None
    checked: Time | None = None
    checked_by: Person | None = None

    @property
    def holds(self) -> tuple[Share, ...] | None:
        """What came of its containers; None where the record does not say what they hold."""
        held = [(part.volume_ml, part.lot.holds) for part in self.parts]
        draws = [Draw(ml, {one.name: one.percent for one in holds}) for ml, holds in held if holds is not None]
        if not draws or len(draws) < len(held):
            return None
        if self.bicarbonate_ml and not any(BICARBONATE in draw.strengths for draw in draws):
            draws.append(Draw(self.bicarbonate_ml, {BICARBONATE: self.bicarbonate_percent}))
        return tuple(Share(name, percent) for name, percent in mix(draws).strengths.items())

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

    @property
    def holds(self) -> tuple[Share, ...] | None:
        """What its preparation, else its lot, holds; None where the record does not say."""
        return getattr(self.preparation or self.lot, "holds", None)

    @property
    def amount(self) -> Amount:
        """By what its preparation or its lot holds, and only else by what its solution is called."""
        if self.holds is None:
            held = (self.solution.dextrose_percent, self.solution.anaesthetics)
        else:
            dextrose = next((one.percent for one in self.holds if one.name == DEXTROSE), None)
            held = (dextrose, tuple(one for one in self.holds if is_anaesthetic(one.name)))
        return Amount(self.nerve.name, self.side, self.volume_ml, *held)


@dataclass(frozen=True)
class Consent:
    """``read``: the words that were read and signed, in ``language``; none in consents from before they were kept.
    ``stated``: when ``taken_by`` stated one that was given on paper."""

    id: str
    given: Time
    signed_name: str
    signed_as: str
    taken_by: Person
    interpreter_name: str
    wording_version: str
    is_drawn: bool
    language: str
    read: tuple[str, ...]
    stated: Time | None = None


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
    """``items``: what was confirmed; ``said``: (item in words, what stood there); ``order``: before or after the first
    injection, empty where nothing was injected or nobody finished it."""

    items: tuple[str, ...]
    said: tuple[tuple[str, str], ...]
    confirmed: Time | None
    confirmed_by: Person | None
    order: str = ""


@dataclass(frozen=True)
class Withdrawal:
    """A consent that was taken back during the session; ``said``: why, in the patient's words."""

    given: Time
    signed_name: str
    signed_as: str
    withdrawn: Time
    withdrawn_by: Person
    said: str


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
    withdrawals: tuple[Withdrawal, ...]
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
        return totals(point.amount for point in self.points)
