"""A draft as it was typed: what a form hands to ``injection_sessions.save_draft``."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sessions.choices import ConsentSigner, Depth, Guidance
from sessions.signatures import Strokes


@dataclass(frozen=True)
class Sender:
    """An open page of the draft and the number of this send of it; numbers grow."""

    page: UUID
    number: int


@dataclass(frozen=True)
class PointRow:
    """``figure_id`` is the code of a figure of the nerve map, ``x`` and ``y`` the place on it in figure units.

    ``cycle`` says which cycle of the response the point belongs to; None is the first.
    """

    nerve_id: UUID
    side: str
    volume_ml: Decimal
    solution_id: UUID
    lot_id: UUID | None = None
    point_type_id: UUID | None = None
    depth: str = Depth.SUBCUTANEOUS
    depth_mm: int | None = None
    figure_id: str | None = None
    x: int | None = None
    y: int | None = None
    preparation_id: UUID | None = None
    cycle: int | None = None


@dataclass(frozen=True)
class ScoreRow:
    """``measured_at`` None: the time of the first save. Without ``nerve_id`` and ``side`` it is the overall score."""

    question: str
    moment: str
    score: int
    measured_at: datetime | None = None
    cycle: int = 1
    nerve_id: UUID | None = None
    side: str | None = None

    @property
    def key(self) -> tuple[str, str, int, UUID | None, str | None]:
        """What is asked only once in a session."""
        return self.question, self.moment, self.cycle, self.nerve_id, self.side


@dataclass(frozen=True)
class ConsentRow:
    """``risks_shown``, ``solutions_shown`` and ``wording_version``: what was read; None for what the draft needs and
    what is in force. ``on_paper_at``: when it was given, where that was on paper."""

    signed_name: str
    signed_as: str = ConsentSigner.PATIENT
    interpreter_name: str = ""
    signature: Strokes | None = None
    risks_shown: frozenset[str] | None = None
    solutions_shown: frozenset[str] | None = None
    wording_version: str | None = None
    on_paper_at: datetime | None = None


@dataclass(frozen=True)
class TimeOutRow:
    """``fingerprint`` names the points that were shown while the items were confirmed, ``said`` the rest of the card;
    None where nobody saw it."""

    fingerprint: str
    items: frozenset[str] = frozenset()
    said: str | None = field(default=None, compare=False)


# What the page notes a time for, besides the scores.
SCREENING, TIME_OUT, DISCHARGE, CONSENT = "screening", "time_out", "discharge", "consent"


@dataclass(frozen=True)
class Draft:
    """``answers``: screening item → (is yes, detail). ``reasons``: key of a finding → why it goes ahead all the same.

    ``course_id`` chooses a course; ``open_for_condition_id`` opens one for that condition of the patient.
    ``cycles_injected_at``: when the last injection of each cycle was, None in it or for it where that is not known.
    ``first_injected_at`` and ``ended_at``: what somebody said; None leaves it to what is known.
    ``acted``: when something was tapped, as the page noted it: by ``SCREENING`` and the like, or the key of a score.
    """

    technique_id: UUID
    course_id: UUID | None = None
    open_for_condition_id: UUID | None = None
    guidance: str = Guidance.PALPATION
    preparation_id: UUID | None = None
    needle_gauge: int | None = None
    needle_length_mm: int | None = None
    provoked_movement: str = ""
    amount_drawn_ml: Decimal | None = None
    sharps_out: int | None = None
    sharps_in: int | None = None
    note: str = ""
    no_after_score_reason: str = ""
    cycles_injected_at: tuple[datetime | None, ...] = ()
    first_injected_at: datetime | None = None
    ended_at: datetime | None = None
    observation_minutes: int | None = None
    observation_started_at: datetime | None = None
    observation_ended_at: datetime | None = None
    is_walking: bool | None = None
    is_free_of_dizziness: bool | None = None
    has_dry_sites: bool | None = None
    discharge_note: str = ""
    answers: dict[str, tuple[bool, str]] = field(default_factory=dict)
    points: tuple[PointRow, ...] = ()
    scores: tuple[ScoreRow, ...] = ()
    consent: ConsentRow | None = None
    time_out: TimeOutRow | None = None
    reasons: dict[str, str] = field(default_factory=dict)
    acted: Mapping[Any, datetime] = field(default_factory=dict, compare=False)

    def done_at(self, *acts: Any, since: datetime, now: datetime) -> datetime:
        """When all of these were done: as the page noted it, within its own life; ``now`` where it did not."""
        noted = [self.acted.get(act) for act in acts]
        at = max((one for one in noted if one is not None), default=now)
        return now if None in noted else max(min(since, now), min(at, now))

    @property
    def stated_times(self) -> list[datetime | None]:
        """When what was done on the table, as far as somebody said it."""
        return [self.first_injected_at, *self.cycles_injected_at, *(row.measured_at for row in self.scores)]


# The columns of a session that a draft carries as they are.
PLAIN_FIELDS = (
    "technique_id",
    "preparation_id",
    "guidance",
    "needle_gauge",
    "needle_length_mm",
    "provoked_movement",
    "amount_drawn_ml",
    "sharps_out",
    "sharps_in",
    "note",
    "no_after_score_reason",
)

# The columns of the observation, and the answers of the discharge check.
OBSERVATION_FIELDS = (
    "observation_minutes",
    "observation_started_at",
    "observation_ended_at",
)
DISCHARGE_FIELDS = ("is_walking", "is_free_of_dizziness", "has_dry_sites")


def is_same(typed: Draft, stored: Draft) -> bool:
    """Nothing to store: the same rows, whatever the order of the scores; a consent is always something new.

    Ticks made at a time-out that is no longer shown are worth nothing.
    """
    times = {row.key: row.measured_at for row in stored.scores}
    scores = [replace(row, measured_at=row.measured_at or times.get(row.key)) for row in typed.scores]
    is_stale = (
        typed.time_out is None or stored.time_out is None or typed.time_out.fingerprint != stored.time_out.fingerprint
    )
    time_out = stored.time_out if is_stale else typed.time_out
    return _plain(replace(typed, scores=tuple(scores), time_out=time_out)) == _plain(stored)


def _plain(draft: Draft) -> Draft:
    scores = sorted(draft.scores, key=lambda row: [str(part) for part in row.key])
    reasons = {key: reason for key, reason in draft.reasons.items() if reason.strip()}
    return replace(draft, scores=tuple(scores), reasons=reasons)
