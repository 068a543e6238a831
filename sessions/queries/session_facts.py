"""A session as the rules look at it."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from catalogue.choices import FurtherCharacter, TechniqueDepth
from catalogue.dose_limits import NoDoseLimitError
from catalogue.models import Technique as CatalogueTechnique
from common.wall_clock import local_day
from patients.choices import Flag
from sessions.choices import Guidance, Moment
from sessions.drafts import DISCHARGE_FIELDS
from sessions.models import Consent, InjectionSession, PainScore
from sessions.queries.injection_sessions import Loaded
from sessions.queries.session_consents import consent_of, given_anew, given_for, scope_of
from sessions.queries.time_outs import finished, standing_of
from sessions.queries.words import ConditionFacts, Words
from sessions.rules import facts
from sessions.rules.consents import gaps
from sessions.rules.settings import Maximum, RuleSettings
from sessions.session_times import end_of_minute

# The discharge check (domain.md §5 step 9), in the words of its items; the fourth item, the sharps, is a count.
DISCHARGE_ITEMS = {
    "is_walking": _("walking"),
    "is_free_of_dizziness": _("no dizziness"),
    "has_dry_sites": _("sites dry"),
}


def facts_of(loaded: Loaded, *, now: datetime) -> facts.Session:
    """What the rules look at. ``today`` is the session's own day on the clinic's wall clock."""
    session, words = loaded.session, loaded.words
    zone = ZoneInfo(session.clinic.zone)
    today = local_day(session.started_at, zone)
    background = loaded.background
    weight = background.weight
    times = background.signed_times(session.course_id)
    answered = {answer.item for answer in loaded.answers}
    settings = background.settings
    found = facts.Session(
        now=now,
        today=today,
        technique=_technique(words.techniques[session.technique_id]),
        started_at=session.started_at,
        first_injected_at=session.first_injected_at,
        injected_date=local_day(session.first_injected_at, zone) if session.first_injected_at else None,
        needle_at=loaded.needle_at,
        is_needle_stated=bool(session.is_first_injection_stated),
        ended_at=session.ended_at,
        zone=zone,
        points=loaded.point_facts,
        scores=tuple(_score(score, words) for score in loaded.scores),
        concerns=_concerns(loaded),
        answers=_answers(loaded),
        known=background.known,
        unanswered=tuple(item.name for item in words.items if item.code not in answered),
        screened_date=local_day(session.screened_at, zone) if session.screened_at else None,
        screened_at=session.screened_at,
        consent_gaps=consent_gaps(loaded, today=today, zone=zone),
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
        allergy_words=loaded.background.allergy_words,
        said_allergies=loaded.background.said_allergies,
        risk_flags=tuple((row.flag, row.get_flag_display()) for row in loaded.risk_flags if not row.is_to_confirm),
        weight_date=weight.measured_date if weight else None,
        maximum_mg=_maximums(loaded, weight.weight_kg if weight else None, settings),
        condition=_condition(session, words),
        limits=settings.limits,
        levels=settings.levels,
        time_out=standing_of(loaded.time_outs, loaded.time_out_card.shown),
        time_outs=finished(loaded.time_outs),
        said=loaded.time_out_card.shown.said,
        names=_names(loaded),
        open_items=loaded.time_out_card.open_items,
        tray=loaded.tray_fact,
        previous_date=local_day(times[0], zone) if times else None,
        sessions_before=len(times) if session.course_id else 0,
    )
    found = _with_withdrawal(found, loaded, loaded.consent, is_stated=loaded.is_needle_stated)
    return replace(found, as_first_stated=_as_first_stated(found, loaded))


def _as_first_stated(found: facts.Session, loaded: Loaded) -> facts.Session | None:
    """The same with the first injection where it was stated before somebody stated it otherwise."""
    at, zone = loaded.session.first_stated_at, ZoneInfo(loaded.session.clinic.zone)
    if at is None:
        return None
    needle_at = end_of_minute(at)
    consent = consent_of(loaded.consents, until=needle_at, is_stated=True)
    stated = replace(
        found,
        first_injected_at=at,
        injected_date=local_day(at, zone),
        needle_at=needle_at,
        is_needle_stated=True,
        consent_gaps=gaps(
            given_for(consent, loaded, zone), scope_of(loaded), found.today, injected_at=needle_at, is_stated=True
        ),
    )
    return _with_withdrawal(stated, loaded, consent, is_stated=True)


def _with_withdrawal(
    found: facts.Session, loaded: Loaded, consent: Consent | None, *, is_stated: bool
) -> facts.Session:
    """When the consent that stood at the needle was taken back, what was given in its stead, and the last injection."""
    given = given_for(consent, loaded, ZoneInfo(loaded.session.clinic.zone))
    withdrawn_at = given.withdrawn_at if given and given.stood(found.needle_at, is_stated=is_stated) else None
    anew = given_anew(loaded.consents, consent) if withdrawn_at else None
    return replace(
        found,
        withdrawn_at=withdrawn_at,
        consented_anew_at=anew.given_at if anew else None,
        last_injected_at=_last_injected(loaded, withdrawn_at) if withdrawn_at else None,
    )


def _last_injected(loaded: Loaded, withdrawn_at: datetime) -> datetime | None:
    """As stated of every cycle, or the end where that was stated no later than the withdrawal; None: nobody said."""
    session = loaded.session
    stated = [at for at in session.cycles_injected_at or () if at is not None]
    cycles = {point.cycle or 1 for point in loaded.points}
    if stated and (len(stated) >= len(cycles) or max(stated) > withdrawn_at):
        return max(stated)
    ended_at: datetime | None = session.ended_at
    return ended_at if ended_at is not None and ended_at <= withdrawn_at else None


def _names(loaded: Loaded) -> dict[str, str]:
    """What a time-out showed by its code, in words."""
    if not loaded.time_outs:
        return {}
    nerves = {nerve.code: nerve.name for nerve in loaded.words.nerves.values()}
    return nerves | {solution.code: solution.name for solution in loaded.words.solutions.values()}


def has_vasovagal_flag(loaded: Loaded) -> bool:
    """Somebody who has fainted with needles or fears them, by the register or by today's answer (domain.md §5)."""
    known = {row.flag for row in loaded.risk_flags}
    return bool(known & {Flag.VASOVAGAL, Flag.NEEDLE_FEAR}) or any(row.item == "FAINTING" for row in _concerns(loaded))


def consent_gaps(loaded: Loaded, *, today: date, zone: ZoneInfo) -> tuple[str, ...]:
    """Why no consent on file covers the treatment."""
    return gaps(
        given_for(loaded.consent, loaded, zone),
        scope_of(loaded),
        today,
        injected_at=loaded.needle_at,
        is_stated=bool(loaded.session.is_first_injection_stated),
        confirmed_at=max((row.confirmed_at for row in loaded.time_outs if row.confirmed_at), default=None),
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


def _answers(loaded: Loaded) -> tuple[tuple[str, str, bool], ...]:
    names = {item.code: item.name for item in loaded.words.items}
    return tuple((answer.item, names.get(answer.item, answer.item), answer.is_yes) for answer in loaded.answers)


def _concerns(loaded: Loaded) -> tuple[facts.Answer, ...]:
    given = {answer.item: answer for answer in loaded.answers}
    return tuple(
        facts.Answer(item.code, item.name, item.effect, given[item.code].detail)
        for item in loaded.words.items
        if item.code in given and given[item.code].is_yes != item.is_concern_when_no
    )


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
