"""A session with everything its rules and its pages need, in a number of queries that does not grow with its points."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from catalogue.choices import FurtherCharacter, TechniqueDepth
from catalogue.dose_limits import NoDoseLimitError
from catalogue.models import Technique as CatalogueTechnique
from common.wall_clock import local_day
from patients.choices import Flag
from patients.models import Allergy, BodyWeight, RiskFlag
from patients.records import FULL_AGE
from sessions import dose_rules
from sessions.choices import ConsentSigner, Depth, Guidance, Moment, RecordStatus, Source
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
from sessions.queries.consent_wordings import Wording, wording_of
from sessions.queries.preparations import OnTray, on_tray
from sessions.queries.rule_sets import rule_settings
from sessions.queries.time_outs import TimeOutCard, card_of, standing_of, time_outs_of
from sessions.queries.words import ConditionFacts, Words
from sessions.queries.words import words as read_words
from sessions.rules import facts
from sessions.rules.consents import RISKS, Given, Scope, gaps, solution_class
from sessions.rules.settings import Maximum, RuleSettings

# The discharge check (domain.md §5 step 9), in the words of its items; the fourth item, the sharps, is a count.
DISCHARGE_ITEMS = {
    "is_walking": _("walking"),
    "is_free_of_dizziness": _("no dizziness"),
    "has_dry_sites": _("sites dry"),
}


@dataclass(frozen=True)
class Loaded:
    """A session and its rows, as stored."""

    session: InjectionSession
    points: list[InjectionPoint]
    scores: list[PainScore]
    answers: list[ScreeningAnswer]
    words: Words
    preparations: dict[UUID, OnTray] = field(default_factory=dict)

    @cached_property
    def overrides(self) -> list[RuleOverride]:
        return list(self.session.overrides.all())

    @property
    def totals(self) -> dose_rules.Totals:
        return dose_rules.totals(self.amounts)

    @property
    def amounts(self) -> list[dose_rules.Amount]:
        return [point.amount for point in self.point_facts]

    @cached_property
    def allergies(self) -> frozenset[str]:
        return frozenset(_current(Allergy, self.session).values_list("substance", flat=True))

    @cached_property
    def risk_flags(self) -> list[RiskFlag]:
        return list(_current(RiskFlag, self.session))

    @cached_property
    def wording(self) -> Wording:
        return wording_of(self.session.clinic_id)

    @cached_property
    def consent(self) -> Consent | None:
        return consent_of(self.session)

    @cached_property
    def time_outs(self) -> list[TimeOut]:
        return time_outs_of(self.session)

    @cached_property
    def time_out_card(self) -> TimeOutCard:
        """What a time-out would show for the points as stored."""
        return self.card_of(self.point_facts)

    def card_of(self, points: tuple[facts.Point, ...]) -> TimeOutCard:
        return card_of(self.session, points, self.allergies, self.time_outs, self.consent)

    @cached_property
    def point_facts(self) -> tuple[facts.Point, ...]:
        made = {pk: _made(row, ZoneInfo(self.session.clinic.zone)) for pk, row in self.preparations.items()}
        return tuple(_point(point, self.words, made) for point in self.points)


def load(session: InjectionSession, words: Words | None = None) -> Loaded:
    """Read the rows of a session that was loaded with its clinic."""
    words = words or read_words()
    session.technique = words.techniques[session.technique_id]
    points = list(session.points.select_related("lot__solution", "preparation").order_by("number"))
    named = {point.preparation_id for point in points if point.preparation_id}
    return Loaded(
        session=session,
        points=points,
        scores=list(table_scores(session)),
        answers=list(session.screening_answers.all()),
        words=words,
        preparations={row.id: row for row in on_tray(session.clinic_id, named, patient_id=session.patient_id)},
    )


def draft_of(loaded: Loaded) -> Draft:
    """What is stored, in the shape in which it is typed."""
    session = loaded.session
    return Draft(
        course_id=session.course_id,
        answers={answer.item: (answer.is_yes, answer.detail) for answer in loaded.answers},
        points=tuple(
            PointRow(**{name: getattr(point, name) for name in PointRow.__dataclass_fields__})
            for point in loaded.points
        ),
        scores=tuple(score_row(row) for row in loaded.scores),
        reasons={f"{row.rule}:{row.subject}": join(row.reason_code, row.reason) for row in loaded.overrides},
        time_out=TimeOutRow(loaded.time_out_card.fingerprint, loaded.time_out_card.ticked),
        cycles_injected_at=tuple(session.cycles_injected_at or ()),
        discharge_note=session.discharge_note or "",
        **{name: getattr(session, name) for name in (*PLAIN_FIELDS, *OBSERVATION_FIELDS, *DISCHARGE_FIELDS)},
    )


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


def facts_of(loaded: Loaded, *, now: datetime) -> facts.Session:
    """What the rules look at. ``today`` is the session's own day on the clinic's wall clock."""
    session, words = loaded.session, loaded.words
    zone = ZoneInfo(session.clinic.zone)
    today = local_day(session.started_at, zone)
    weight = _weight(session, today)
    previous, before = _earlier(session, zone)
    answered = {answer.item for answer in loaded.answers}
    settings = rule_settings(session.clinic_id)
    return facts.Session(
        now=now,
        today=today,
        technique=_technique(words.techniques[session.technique_id]),
        started_at=session.started_at,
        points=loaded.point_facts,
        scores=tuple(_score(score, words) for score in loaded.scores),
        concerns=_concerns(loaded),
        unanswered=tuple(item.name for item in words.items if item.code not in answered),
        screened_date=local_day(session.screened_at, zone) if session.screened_at else None,
        consent_gaps=gaps(_given(loaded.consent, words, zone), scope_of(loaded), today),
        is_image_guided=session.guidance == Guidance.ULTRASOUND,
        needle_length_mm=session.needle_length_mm,
        amount_drawn_ml=session.amount_drawn_ml,
        sharps_out=session.sharps_out,
        sharps_in=session.sharps_in,
        no_after_score_reason=session.no_after_score_reason,
        injected_at=tuple(session.cycles_injected_at or ()),
        discharge=tuple((str(DISCHARGE_ITEMS[name]), getattr(session, name)) for name in DISCHARGE_FIELDS),
        discharge_note=session.discharge_note or "",
        allergies=loaded.allergies,
        risk_flags=tuple((row.flag, row.get_flag_display()) for row in loaded.risk_flags),
        weight_date=weight.measured_date if weight else None,
        maximum_mg=_maximums(loaded, weight.weight_kg if weight else None, settings),
        condition=_condition(session, words),
        limits=settings.limits,
        levels=settings.levels,
        time_out=standing_of(loaded.time_outs, loaded.time_out_card.shown),
        open_items=loaded.time_out_card.open_items,
        previous_date=previous,
        sessions_before=before,
    )


def has_vasovagal_flag(session: facts.Session) -> bool:
    """Somebody who has fainted with needles or fears them, by the register or by today's answer (domain.md §5)."""
    known = {flag for flag, _label in session.risk_flags}
    return bool(known & {Flag.VASOVAGAL, Flag.NEEDLE_FEAR}) or any(row.item == "FAINTING" for row in session.concerns)


def consent_of(session: InjectionSession) -> Consent | None:
    """The consent the session stands on: its own, else the newest of its course."""
    own: Consent | None = session.consent
    if session.course_id is None:
        return own
    of_course = Consent.objects.filter(clinic_id=session.clinic_id, course_id=session.course_id)
    return of_course.order_by("-given_at").first() or own


def scope_of(loaded: Loaded) -> Scope:
    """What the session as drafted needs consent for."""
    return Scope(
        technique=loaded.words.techniques[loaded.session.technique_id].code,
        wording_version=loaded.wording.version,
        needs_guardian=_is_minor(loaded.session),
        needs_interpreter=any(row.flag == Flag.INTERPRETER for row in loaded.risk_flags),
        solution_classes=frozenset(solution_class(point.solution) for point in loaded.point_facts),
        risk_flags=frozenset().union(*(point.nerve.flags & RISKS for point in loaded.point_facts)),
    )


def _given(consent: Consent | None, words: Words, zone: ZoneInfo) -> Given | None:
    if consent is None:
        return None
    scope = Scope(
        technique=words.techniques[consent.technique_id].code,
        wording_version=consent.wording_version,
        solution_classes=frozenset(consent.solution_classes),
        risk_flags=frozenset(consent.risk_flags),
    )
    return Given(
        scope,
        local_day(consent.given_at, zone),
        is_withdrawn=consent.withdrawn_at is not None,
        is_by_guardian=consent.signed_as == ConsentSigner.GUARDIAN,
        has_interpreter=bool(consent.interpreter_name),
    )


def _is_minor(session: InjectionSession) -> bool:
    day = local_day(session.started_at, ZoneInfo(session.clinic.zone))
    return bool(session.patient.age_on(day) < FULL_AGE)


def _lot(lot: SolutionLot) -> facts.Lot:
    code = lot.solution.code if lot.solution is not None else ""
    return facts.Lot(lot.lot_number, code, lot.expiry_date, lot.quarantined_at is not None)


def _made(row: OnTray, zone: ZoneInfo) -> facts.Preparation:
    made = row.made
    return facts.Preparation(
        code=made.code,
        beyond_use_at=made.beyond_use_at.astimezone(zone),
        lots=tuple(_lot(lot) for lot in row.lots),
        shared=tuple(row.shared_names),
        discarded_at=made.discarded_at,
        volume_ml=made.volume_ml,
        given_ml=row.given_ml,
    )


def _point(point: InjectionPoint, words: Words, made: dict[UUID, facts.Preparation]) -> facts.Point:
    return facts.Point(
        number=point.number,
        nerve=words.nerve_fact(point.nerve_id),
        side=point.side,
        volume_ml=point.volume_ml,
        solution=words.solutions[point.solution_id],
        is_deep=point.depth == Depth.DEEP,
        lot=_lot(point.lot) if point.lot else None,
        preparation=made[point.preparation_id] if point.preparation_id else None,
    )


def _score(score: PainScore, words: Words) -> facts.Score:
    return facts.Score(
        question=score.question,
        is_after=score.moment == Moment.AFTER,
        score=score.score,
        measured_at=score.measured_at,
        cycle=score.cycle,
        place=f"{words.nerves[score.nerve_id].name}, {score.side}" if score.nerve_id else "",
        is_observed=score.moment == Moment.OBSERVED,
    )


def _technique(technique: CatalogueTechnique) -> facts.Technique:
    return facts.Technique(
        code=technique.code,
        name=technique.name,
        is_deep=technique.depth != TechniqueDepth.SUBCUTANEOUS,
        warn_dextrose_percent=technique.warn_dextrose_percent,
    )


def _concerns(loaded: Loaded) -> tuple[facts.Answer, ...]:
    given = {answer.item: answer.is_yes for answer in loaded.answers}
    return tuple(
        facts.Answer(item.code, item.name, item.effect)
        for item in loaded.words.items
        if item.code in given and given[item.code] != item.is_concern_when_no
    )


def _current(model: type[Allergy] | type[RiskFlag], session: InjectionSession):  # type: ignore[no-untyped-def]
    return model.objects.current().filter(patient_id=session.patient_id, clinic_id=session.clinic_id)


def _weight(session: InjectionSession, today: date) -> BodyWeight | None:
    rows = BodyWeight.objects.filter(patient_id=session.patient_id, clinic_id=session.clinic_id)
    return rows.filter(measured_date__lte=today).order_by("-measured_date", "-id").first()


def _maximums(loaded: Loaded, weight_kg: Decimal | None, settings: RuleSettings) -> dict[str, Decimal]:
    """The lowest plain maximum on file for each anaesthetic given, the clinic's own included; without one, left out."""
    names = {share.name for point in loaded.point_facts for share in point.solution.anaesthetics}
    found: dict[str, Decimal] = {}
    if weight_kg is None:
        return found
    for name in names:
        try:
            on_file = loaded.words.maximum_mg(name, weight_kg=weight_kg)
        except NoDoseLimitError:
            continue
        found[name] = settings.maximums.get(name, Maximum()).lower_of(on_file, weight_kg=weight_kg)
    return found


def _condition(session: InjectionSession, words: Words) -> facts.Condition:
    if session.course is None:
        return facts.Condition()
    own = session.course.patient_condition
    if own.condition_id is None:
        return facts.Condition(side=own.side, code=own.icd10cm_code)
    known = words.conditions[own.condition_id]
    return facts.Condition(
        side=own.side,
        code=own.icd10cm_code,
        codes_of_sides=_codes_of_sides(known, own.icd10cm_code),
        expired_date=_expired(known, own.icd10cm_code),
        regions=known.regions,
        nerves=known.nerves,
    )


def _codes_of_sides(condition: ConditionFacts, code: str) -> frozenset[tuple[str, str]]:
    """The complete codes by side of the family the code belongs to; none where the side does not decide it."""
    for row in condition.codes:
        if row.further_character == FurtherCharacter.SIDE and code.startswith(row.stem):
            return row.by_side
    return frozenset()


def _expired(condition: ConditionFacts, code: str) -> date | None:
    """The day the code left the catalogue, where it stands there only as retired."""
    own = [row for row in condition.codes if code and code.startswith(row.stem)]
    days = [row.retired_at.date() for row in own if row.retired_at]
    return max(days) if days and len(days) == len(own) else None


def _earlier(session: InjectionSession, zone: ZoneInfo) -> tuple[date | None, int]:
    """The day of the session before (of the course, else of the patient) and how many the course has had."""
    signed = InjectionSession.objects.filter(
        clinic_id=session.clinic_id,
        patient_id=session.patient_id,
        status=RecordStatus.SIGNED,
        started_at__lt=session.started_at,
    ).exclude(pk=session.pk)
    if session.course_id is not None:
        signed = signed.filter(course_id=session.course_id)
    times = list(signed.order_by("-started_at").values_list("started_at", flat=True)[:100])
    return (local_day(times[0], zone) if times else None), (len(times) if session.course_id else 0)
