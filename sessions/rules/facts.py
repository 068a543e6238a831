"""What the rules look at: one session with everything they need to know about it, loaded once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal

from sessions.dose_rules import Amount, Share
from sessions.rules.register import Known
from sessions.rules.table import Level
from sessions.session_times import end_of_minute


@dataclass(frozen=True)
class Limits:
    """The clinic's limits. Defaults are product defaults, not clinical facts (domain.md §4, §5, §11)."""

    point_ml_subcutaneous: Decimal = Decimal(1)
    point_ml_deep: Decimal = Decimal(10)
    session_ml_subcutaneous: Decimal = Decimal(40)
    session_ml_deep: Decimal = Decimal(60)
    session_ml_ceiling: Decimal | None = None  # a hard stop only where the clinic has set one
    drawn_tolerance: Decimal = Decimal("0.05")
    needle_mm_near_pleura: int = 25
    days_between_sessions: int = 5
    sessions_in_course: int = 10
    months_of_weight: int = 6
    score_rise: int = 2
    anaesthetic_fraction_warn: Decimal = Decimal("0.8")
    anaesthetic_fraction_stop: Decimal = Decimal(1)


@dataclass(frozen=True)
class Solution:
    code: str
    name: str
    dextrose_percent: Decimal | None = None
    has_corn_dextrose: bool = False
    has_local_anaesthetic: bool = False
    anaesthetics: tuple[Share, ...] = ()
    max_total_ml: Decimal | None = None


@dataclass(frozen=True)
class Nerve:
    code: str
    name: str
    needs_side: bool = True
    flags: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    usual_points: int = 1


@dataclass(frozen=True)
class Lot:
    number: str
    solution_code: str
    expiry_date: date
    is_quarantined: bool = False
    quarantined_at: datetime | None = None
    is_unopened: bool = False  # its containers are counted, and none was opened


@dataclass(frozen=True)
class Preparation:
    """``shared``: its single-dose containers that served another patient. ``given_ml``: to everybody, so far."""

    code: str
    beyond_use_at: datetime
    lots: tuple[Lot, ...] = ()
    solution_code: str = ""
    shared: tuple[str, ...] = ()
    discarded_at: datetime | None = None
    needs_check: bool = False
    checked_at: datetime | None = None
    volume_ml: Decimal = Decimal(0)
    given_ml: Decimal = Decimal(0)


@dataclass(frozen=True)
class Held:
    """What the container or the preparation of a point holds, where that is stated nearer than its solution says."""

    dextrose_percent: Decimal | None = None
    anaesthetics: tuple[Share, ...] = ()


@dataclass(frozen=True)
class Point:
    number: int
    nerve: Nerve
    side: str
    volume_ml: Decimal
    solution: Solution
    is_deep: bool = False
    lot: Lot | None = None
    preparation: Preparation | None = None
    cycle: int = 1
    held: Held | None = None
    recorded_at: datetime | None = None  # when its row was first written down

    @property
    def amount(self) -> Amount:
        held = self.held or self.solution
        return Amount(self.nerve.name, self.side, self.volume_ml, held.dextrose_percent, held.anaesthetics)


@dataclass(frozen=True)
class Score:
    """``place`` is a nerve with its side, empty for the overall score; ``is_observed``: once more in observation."""

    question: str
    is_after: bool
    score: int
    measured_at: datetime
    cycle: int = 1
    place: str = ""
    is_observed: bool = False

    @property
    def is_before(self) -> bool:
        return not (self.is_after or self.is_observed)


@dataclass(frozen=True)
class Answer:
    """A screening question answered in the way that matters: yes, or no where no is the concern."""

    item: str
    name: str
    effect: str
    detail: str = ""


@dataclass(frozen=True)
class Condition:
    """What the course treats: its side and regions, the nerves that often go with it, and its ICD-10-CM code.

    ``codes_of_sides`` are the complete codes on file, by side; ``expired_date`` is the day the code left the file.
    """

    side: str = ""
    regions: frozenset[str] = frozenset()
    nerves: frozenset[str] = frozenset()
    code: str = ""
    codes_of_sides: frozenset[tuple[str, str]] = frozenset()
    expired_date: date | None = None


@dataclass(frozen=True)
class Place:
    nerve: str
    side: str


@dataclass(frozen=True)
class Material:
    solution: str
    lot: str


@dataclass(frozen=True)
class Said:
    """What else stood on the card: ``kind`` is patient, consent or lot, ``name`` which one, ``value`` what of it."""

    kind: str
    name: str
    value: str


@dataclass(frozen=True)
class Shown:
    """What a time-out shows: compared by what is new, so that less is never asked again; of what was ``said`` beside
    it, by what reads otherwise now."""

    places: frozenset[Place] = frozenset()
    materials: frozenset[Material] = frozenset()
    allergies: frozenset[str] = frozenset()
    said: frozenset[Said] = frozenset()


@dataclass(frozen=True)
class TimeOut:
    """One that was finished: when, and what it showed."""

    confirmed_at: datetime
    shown: Shown


@dataclass(frozen=True)
class Technique:
    code: str
    name: str
    is_deep: bool = False
    warn_dextrose_percent: Decimal | None = None


@dataclass(frozen=True)
class Session:
    """``today`` is the visit's day on the clinic's wall clock; ``consent_gaps`` says why no consent covers it.

    ``levels``: the clinic's own level of a rule, by its name in the table. ``open_items``: what of the time-out is not
    confirmed yet, in words; ``time_out`` is what the standing one showed.
    ``first_injected_at`` is what screening, lots and preparations are compared with; where nothing was injected yet,
    ``started_at``, the session's own time. ``needle_at``: the latest instant it can have been, once something shows it.
    ``zone``: the clinic's, for the times in sentences.
    """

    now: datetime
    today: date
    technique: Technique
    started_at: datetime | None = None
    first_injected_at: datetime | None = None
    injected_date: date | None = None  # its day on the clinic's wall clock
    needle_at: datetime | None = None
    is_needle_stated: bool = False
    ended_at: datetime | None = None  # where somebody stated it
    zone: tzinfo = UTC
    as_first_stated: "Session | None" = None  # with the first injection as it was stated before, if it was otherwise
    points: tuple[Point, ...] = ()
    scores: tuple[Score, ...] = ()
    concerns: tuple[Answer, ...] = ()
    answers: tuple[tuple[str, str, bool], ...] = ()  # item, its name, yes or no
    known: Mapping[str, Known] = field(default_factory=dict)  # what the register says, by item
    unanswered: tuple[str, ...] = ()
    screened_date: date | None = None
    screened_at: datetime | None = None  # the latest answer
    consent_gaps: tuple[str, ...] = ()
    withdrawn_at: datetime | None = None  # the consent that stood at the needle was taken back since
    consented_anew_at: datetime | None = None  # and a new one given
    last_injected_at: datetime | None = None  # as far as somebody stated it
    is_image_guided: bool = False
    needle_length_mm: int | None = None
    amount_drawn_ml: Decimal | None = None
    sharps_out: int | None = None
    sharps_in: int | None = None
    no_after_score_reason: str = ""
    injected_at: tuple[datetime | None, ...] = ()  # the last injection of each cycle
    discharge: tuple[tuple[str, bool | None], ...] = ()  # each item of the check, None where nobody looked
    discharge_note: str = ""
    allergies: frozenset[str] = frozenset()
    allergy_words: Mapping[str, str] = field(default_factory=dict)  # each of them in its own words
    said_allergies: frozenset[str] = frozenset()  # by class and words, as a time-out shows them
    risk_flags: tuple[tuple[str, str], ...] = ()
    weight_date: date | None = None
    maximum_mg: dict[str, Decimal] = field(default_factory=dict)
    condition: Condition = Condition()
    previous_date: date | None = None
    sessions_before: int = 0
    limits: Limits = Limits()
    levels: Mapping[str, Level] = field(default_factory=dict)
    time_out: Shown | None = None
    time_outs: tuple[TimeOut, ...] = ()  # those that were finished, oldest first
    said: frozenset[Said] = frozenset()  # what a time-out would say now beside the points
    names: Mapping[str, str] = field(default_factory=dict)  # of the nerves and solutions that time-outs showed, by code
    open_items: tuple[str, ...] = ()
    tray: Preparation | None = None  # what new points were given last

    @property
    def treated_date(self) -> date:
        return self.injected_date or self.today

    @property
    def is_under_the_needle(self) -> bool:
        """Whether more than its time-outs shows that the injection has begun."""
        is_asked_after = any(not score.is_before for score in self.scores)
        is_over = bool(self.ended_at or self.no_after_score_reason or any(self.injected_at))
        return self.is_needle_stated or is_asked_after or is_over

    def injected_by(self, cycle: int) -> datetime | None:
        """The latest instant at which the first injection of a cycle can have been, where something shows it."""
        if cycle == 1 and self.is_needle_stated:
            return self.needle_at
        last = self.injected_at[cycle - 1 : cycle]
        stated = [end_of_minute(at) for at in (*last, self.ended_at) if at is not None]
        asked = [score.measured_at for score in self.scores if not score.is_before and score.cycle == cycle]
        return min([*stated, *asked], default=None)

    @property
    def amounts(self) -> list[Amount]:
        return [point.amount for point in self.points]
