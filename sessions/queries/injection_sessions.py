"""A session with everything its rules and its pages need, in a number of queries that does not grow with its points."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef

from patients.models import RiskFlag
from sessions import dose_rules
from sessions.choices import Moment, Source
from sessions.drafts import DISCHARGE_FIELDS, OBSERVATION_FIELDS, PLAIN_FIELDS, Draft, PointRow, ScoreRow, TimeOutRow
from sessions.models import (
    Consent,
    InjectionPoint,
    InjectionSession,
    PainScore,
    RuleOverride,
    ScreeningAnswer,
    SolutionLot,
    TimeOut,
)
from sessions.override_reasons import join
from sessions.queries.backgrounds import Background
from sessions.queries.consent_wordings import Wording
from sessions.queries.point_facts import made_fact, point_fact
from sessions.queries.preparations import OnTray, on_tray
from sessions.queries.session_consents import consent_of, consents_of, given_anew, given_of, lacks
from sessions.queries.time_outs import OnCard, TimeOutCard, card_of, time_outs_of
from sessions.queries.words import Words
from sessions.queries.words import words as read_words
from sessions.rules import facts
from sessions.session_times import end_of_minute


@dataclass(frozen=True)
class Loaded:
    """A session and its rows, as stored."""

    session: InjectionSession
    points: list[InjectionPoint]
    scores: list[PainScore]
    answers: list[ScreeningAnswer]
    words: Words
    background: Background
    preparations: dict[UUID, OnTray] = field(default_factory=dict)
    # What is on the tray now, whether a point names it or not.
    tray: OnTray | None = None

    @cached_property
    def overrides(self) -> list[RuleOverride]:
        return list(self.session.overrides.all())

    @property
    def totals(self) -> dose_rules.Totals:
        return dose_rules.totals(self.amounts)

    @property
    def amounts(self) -> list[dose_rules.Amount]:
        return [point.amount for point in self.point_facts]

    @property
    def allergies(self) -> frozenset[str]:
        return self.background.allergies

    @property
    def risk_flags(self) -> list[RiskFlag]:
        return self.background.risk_flags

    @property
    def wording(self) -> Wording:
        return self.background.wording

    @cached_property
    def consents(self) -> list[Consent]:
        stated_first = self.session.first_stated_at
        needles = [self.needle_at, end_of_minute(stated_first) if stated_first else None]
        return consents_of(self.session, until=min((at for at in needles if at), default=None))

    @property
    def is_needle_stated(self) -> bool:
        return bool(self.session.is_first_injection_stated)

    @cached_property
    def consent(self) -> Consent | None:
        return consent_of(self.consents, until=self.needle_at, is_stated=self.is_needle_stated)

    @property
    def consent_anew(self) -> Consent | None:
        """Given after the one the session stands on was withdrawn."""
        return given_anew(self.consents, self.consent)

    @property
    def needle_at(self) -> datetime | None:
        """The latest instant the first injection can have been, once something shows that it was: points alone are
        written down before the needle."""
        session = self.session
        first: datetime | None = session.first_injected_at
        if first is not None and session.is_first_injection_stated:
            return end_of_minute(first)
        is_shown = (
            session.ended_at
            or session.no_after_score_reason
            or any(session.cycles_injected_at or ())
            or any(score.moment != Moment.BEFORE for score in self.scores)
            or any(row.confirmed_at for row in self.time_outs)
        )
        return first if is_shown else None

    @cached_property
    def time_outs(self) -> list[TimeOut]:
        return time_outs_of(self.session)

    @cached_property
    def time_out_card(self) -> TimeOutCard:
        """What a time-out would show for the points as stored."""
        return self.card_of(self.point_facts)

    def card_of(self, points: tuple[facts.Point, ...]) -> TimeOutCard:
        zone = ZoneInfo(self.session.clinic.zone)
        return card_of(self.background, points, self.time_outs, self.consent_on_card, zone)

    @property
    def consent_on_card(self) -> OnCard | None:
        """The consent that a time-out confirms: what was injected after a withdrawal needs the new one."""
        consent = self.consent_anew or self.consent
        if consent is None:
            return None
        given = given_of(consent, self.consents)
        stood = given.stood(self.needle_at, is_stated=self.is_needle_stated)
        return OnCard(consent, stood, given.withdrawn_at, lacks(consent, self))

    @property
    def tray_fact(self) -> facts.Preparation | None:
        return made_fact(self.tray, ZoneInfo(self.session.clinic.zone)) if self.tray else None

    @cached_property
    def point_facts(self) -> tuple[facts.Point, ...]:
        made = {pk: made_fact(row, ZoneInfo(self.session.clinic.zone)) for pk, row in self.preparations.items()}
        return tuple(point_fact(point, self.words, made, self.preparations) for point in self.points)


def load(session: InjectionSession, words: Words | None = None, background: Background | None = None) -> Loaded:
    """Read the rows of a session that was loaded with its clinic; ``background`` from before a save still holds."""
    words = words or read_words()
    session.technique = words.techniques[session.technique_id]
    points = points_of(session)
    named = {point.preparation_id for point in points if point.preparation_id}
    known = {*named, *filter(None, [session.preparation_id])}
    made = {row.id: row for row in on_tray(session.clinic_id, known, patient_id=session.patient_id)}
    return Loaded(
        session=session,
        points=points,
        scores=list(table_scores(session)),
        answers=list(session.screening_answers.all()),
        words=words,
        background=background or Background(session),
        preparations={pk: row for pk, row in made.items() if pk in named},
        tray=made.get(session.preparation_id) if session.preparation_id else None,
    )


def points_of(session: InjectionSession) -> list[InjectionPoint]:
    """In their order, each lot with ``is_unopened``."""
    unopened = SolutionLot.objects.unopened().filter(pk=OuterRef("lot_id"))
    own = session.points.select_related("lot__solution", "lot__product", "preparation").order_by("number")
    points: list[Any] = list(own.annotate(is_lot_unopened=Exists(unopened)))
    for point in points:
        if point.lot is not None:
            point.lot.is_unopened = point.is_lot_unopened
    return points


def draft_of(loaded: Loaded) -> Draft:
    """What is stored, in the shape in which it is typed."""
    session = loaded.session
    return Draft(
        course_id=session.course_id,
        answers={answer.item: (answer.is_yes, answer.detail) for answer in loaded.answers},
        points=tuple(point_row(point) for point in loaded.points),
        scores=tuple(score_row(row) for row in loaded.scores),
        reasons={f"{row.rule}:{row.subject}": join(row.reason_code, row.reason) for row in loaded.overrides},
        time_out=TimeOutRow(loaded.time_out_card.token, loaded.time_out_card.ticked),
        cycles_injected_at=tuple(session.cycles_injected_at or ()),
        discharge_note=session.discharge_note or "",
        first_injected_at=session.first_injected_at if session.is_first_injection_stated else None,
        ended_at=session.ended_at,
        **{name: getattr(session, name) for name in (*PLAIN_FIELDS, *OBSERVATION_FIELDS, *DISCHARGE_FIELDS)},
    )


def point_row(point: InjectionPoint) -> PointRow:
    return PointRow(**{name: getattr(point, name) for name in PointRow.__dataclass_fields__})


def score_row(score: PainScore) -> ScoreRow:
    return ScoreRow(
        question=score.question,
        moment=score.moment,
        score=score.score,
        measured_at=score.measured_at,
        cycle=score.cycle,
        nerve_id=score.nerve_id,
        side=score.side,
    )


def table_scores(session: InjectionSession) -> list[PainScore]:
    """The scores asked on the table, overall and of single nerves, in the order they were asked; what the patient
    answered at home is another matter."""
    rows = PainScore.objects.filter(injection_session_id=session.pk, clinic_id=session.clinic_id)
    return list(rows.on_the_table().filter(source=Source.CLINICIAN).order_by("measured_at", "id"))
