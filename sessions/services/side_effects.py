"""Take in a report of harm, hand it to a named person, judge it, close it; each step can be taken back."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from catalogue.models import AdverseEventType
from catalogue.models import DangerSign as ReviewedSign
from catalogue.queries import danger_signs as reviewed_signs
from common.languages import words_for
from common.tenancy import set_context
from patients.choices import Flag
from patients.models import Patient, RiskFlag
from sessions.alarm_words import is_readable, signs_in
from sessions.choices import AlertStatus, DangerSign, Priority
from sessions.models import InjectionSession, SideEffect
from sessions.policies import side_effects as policies
from sessions.queries.side_effects import CATALOGUE_CODES
from sessions.triage import UNKNOWN_SIGN, WORDS_ALONE, EventTriage, triage

UNKNOWN_KIND = "OTHER"
WHY_LASTS = 300  # letters the reason of a priority may have
MOST_WORDS = 20_000  # letters that one report is added to
# “P1 if growing or anticoagulated” (domain.md §8): the flag is known without asking.
ESCALATED_BY_ANTICOAGULANT = frozenset({"BRUISE"})


class StaleSideEffectError(Exception):
    """Somebody changed the report since it was shown."""


@transaction.atomic
def report(
    *,
    patient: Patient,
    injection_session: InjectionSession | None,
    danger_signs: Collection[str],
    description: str,
    source: str,
    by: Actor,
    now: datetime,
    event_type_code: str | None = None,
    onset_at: datetime | None = None,
    has_escalated: bool = False,
    is_pain_alarming: bool = False,
) -> SideEffect:
    """Record what was told and triage it at once; ``has_escalated`` says the condition of the catalogue was seen.

    Words alone, which nobody has sorted, are called about within two hours; at once where they may tell of a sign of
    P0, or where the lists cannot read them and the pain told beside them is high (``is_pain_alarming``). Raises
    ``ValueError`` when nothing at all was told, for an unknown sign and for another patient's session;
    ``SideEffectRefusedError`` when it began before the session (V30).
    """
    if not danger_signs and not description.strip() and not event_type_code:
        raise ValueError("A report needs a sign or words.")
    if injection_session and injection_session.patient_id != patient.pk:
        raise ValueError("The session is another patient's.")
    policies.check_onset(injection_session, onset_at, reported_at=now)
    signs = [sign for sign in DangerSign if sign in {DangerSign(told) for told in danger_signs}]
    reviewed = _reviewed(signs)
    judged = AdverseEventType.objects.get(code=event_type_code) if event_type_code else None
    suspected = next((sign.adverse_event_type for sign in reviewed if sign.adverse_event_type), None)
    event_type = judged or suspected or AdverseEventType.objects.get(code=UNKNOWN_KIND)
    is_unsorted = bool(description.strip()) and not event_type_code
    heard = _reviewed(signs_in(description)) if is_unsorted else []
    is_unread = is_unsorted and not heard and _is_unread(description, patient, is_pain_alarming=is_pain_alarming)
    priority = triage(
        EventTriage(
            default=event_type.default_triage,
            escalated=event_type.escalated_triage,
            escalates_after_hours=event_type.escalates_after_hours,
        ),
        signs=[
            *(sign.triage for sign in reviewed),
            *[UNKNOWN_SIGN] * (len(reviewed) < len(signs)),
            *([WORDS_ALONE] if is_unsorted else []),
            *(row.triage for row in heard),
            *([UNKNOWN_SIGN] if is_unread else []),
        ],
        has_escalated=has_escalated or _is_escalated_by_flags(patient, event_type),
        began_at=onset_at,
        now=now,
    )
    return SideEffect.objects.create(
        clinic_id=by.clinic_id,
        patient=patient,
        injection_session=injection_session,
        event_type=judged,
        suspected_type=suspected,
        priority=priority,
        triage_reason=_what_was_heard(heard, reviewed, is_unread=is_unread, locale=by.clinic.locale),
        danger_signs=[sign.value for sign in signs],
        description=description.strip(),
        source=source,
        reported_at=now,
        onset_at=onset_at,
    )


@transaction.atomic
def add_words(
    *, to: Iterable[SideEffect], words: str, patient: Patient, is_pain_alarming: bool, by: Actor
) -> SideEffect | None:
    """Add what somebody writes on to the newest of their open reports that is as urgent; None where there is none.

    The report's version stays: whoever takes it meanwhile is not turned away for each line that comes in.
    """
    is_urgent = bool(signs_in(words)) or _is_unread(words, patient, is_pain_alarming=is_pain_alarming)
    levels = (Priority.P0,) if is_urgent else (Priority.P0, Priority.P1)
    ids = [one.pk for one in to]
    own = SideEffect.objects.visible_to(by).filter(pk__in=ids, status=AlertStatus.OPEN, priority__in=levels)
    report = own.filter(taken_back_at__isnull=True).order_by("-reported_at", "-id").select_for_update().first()
    if report is None or len(report.description) + len(words) > MOST_WORDS:
        return None
    report.description = f"{report.description}\n{words.strip()}".strip()
    report.save(update_fields=["description"])
    return report


def _is_unread(words: str, patient: Patient, *, is_pain_alarming: bool) -> bool:
    return is_pain_alarming and not is_readable(words, patient.language)


@transaction.atomic
def note_slip(*, side_effect_id: UUID, by: Actor, now: datetime) -> SideEffect:
    """The patient says the tap was a slip. Priority and status stay: only a clinician makes a report less urgent."""
    side_effect = SideEffect.objects.visible_to(by).select_for_update().get(pk=side_effect_id)
    if side_effect.taken_back_at is None:
        side_effect.taken_back_at = now
        side_effect.version += 1
        side_effect.save(update_fields=["taken_back_at", "version"])
    return side_effect


@transaction.atomic
def acknowledge(*, side_effect_id: UUID, version: int, by: Actor, now: datetime) -> SideEffect:
    """Take the report: from now on it has a named person. Locks it."""

    def take(side_effect: SideEffect) -> dict[str, Any]:
        policies.check_can_acknowledge(side_effect)
        return {"status": AlertStatus.ACKNOWLEDGED, "acknowledged_at": now, "acknowledged_by_id": by.membership_id}

    return _change(side_effect_id, version, by, take)


@transaction.atomic
def give_back(*, side_effect_id: UUID, version: int, by: Actor, now: datetime) -> SideEffect:
    """Undo the taking: the report is open again and belongs to nobody; its alarm goes on at once."""

    def release(side_effect: SideEffect) -> dict[str, Any]:
        policies.check_can_give_back(side_effect)
        values = {"status": AlertStatus.OPEN, "acknowledged_at": None, "acknowledged_by_id": None}
        return values | ({"alarm_again_at": now} if side_effect.priority == Priority.P0 else {})

    return _change(side_effect_id, version, by, release)


@transaction.atomic
def grade(
    *,
    side_effect_id: UUID,
    version: int,
    event_type: AdverseEventType | None,
    severity: int | None,
    seriousness: Sequence[str],
    causality: str,
    outcome: str,
    onset_at: datetime | None,
    by: Actor,
    now: datetime,
) -> SideEffect:
    """Set what it was, severity 1-5, seriousness criteria (any one makes it serious), WHO-UMC causality and outcome."""

    def judge(side_effect: SideEffect) -> dict[str, Any]:
        policies.check_can_change(side_effect)
        policies.check_onset(side_effect.injection_session, onset_at, reported_at=side_effect.reported_at)
        return {
            "event_type_id": event_type.pk if event_type else None,
            "severity": severity,
            "seriousness": list(seriousness),
            "is_serious": bool(seriousness),
            "causality": causality,
            "outcome": outcome,
            "onset_at": onset_at,
        }

    return _change(side_effect_id, version, by, judge)


@transaction.atomic
def retriage(*, side_effect_id: UUID, version: int, priority: str, reason: str, by: Actor, now: datetime) -> SideEffect:
    """Change the priority; a lower one needs a reason, which the audit trail keeps too.

    P0 begins an alarm, or goes on with the one that began when the report was first P0.
    """

    def sort(side_effect: SideEffect) -> dict[str, Any]:
        policies.check_can_retriage(side_effect, priority, reason)
        values = {"priority": priority, "triage_reason": reason}
        return values | _alarm_of(side_effect, priority, now)

    return _change(side_effect_id, version, by, sort, reason=reason)


@transaction.atomic
def close(
    *, side_effect_id: UUID, version: int, event_type: AdverseEventType, outcome: str, by: Actor, now: datetime
) -> SideEffect:
    """Close with what it was and what came of it; a report that nobody had taken says so for good."""

    def finish(side_effect: SideEffect) -> dict[str, Any]:
        policies.check_can_close(side_effect, outcome)
        return {
            "status": AlertStatus.CLOSED,
            "event_type_id": event_type.pk,
            "outcome": outcome,
            "closed_at": now,
            "closed_by_id": by.membership_id,
        }

    return _change(side_effect_id, version, by, finish)


@transaction.atomic
def reopen(*, side_effect_id: UUID, version: int, by: Actor, now: datetime) -> SideEffect:
    """Undo the closing: the report is with whoever had taken it, else with whoever opens it; kind and outcome stay."""

    def again(side_effect: SideEffect) -> dict[str, Any]:
        policies.check_can_reopen(side_effect)
        values: dict[str, Any] = {"status": AlertStatus.ACKNOWLEDGED, "closed_at": None, "closed_by_id": None}
        if side_effect.acknowledged_at is None:
            values |= {"acknowledged_at": now, "acknowledged_by_id": by.membership_id}
        return values

    return _change(side_effect_id, version, by, again)


def _change(
    side_effect_id: UUID,
    version: int,
    by: Actor,
    decide: Callable[[SideEffect], dict[str, Any]],
    *,
    reason: str = "",
) -> SideEffect:
    """Lock the report, compare the version, ask what to write, write it one version on."""
    side_effect = SideEffect.objects.visible_to(by).select_for_update().get(pk=side_effect_id)
    if side_effect.version != version:
        raise StaleSideEffectError
    values = decide(side_effect) | {"version": version + 1}
    before = set_context(reason=reason) if reason else {}
    for name, value in values.items():
        setattr(side_effect, name, value)
    side_effect.save(update_fields=[name.removesuffix("_id") for name in values])
    if before:
        set_context(**before)
    return side_effect


def _alarm_of(side_effect: SideEffect, priority: str, now: datetime) -> dict[str, datetime]:
    """What becomes of the alarm with a new priority: the moment it began is kept, so that lowering buys no time."""
    was_urgent, is_urgent = side_effect.priority == Priority.P0, priority == Priority.P0
    if was_urgent and not is_urgent:
        return {"alarm_at": side_effect.alarm_began_at}
    if is_urgent and not was_urgent:
        return {"alarm_again_at": now} if side_effect.alarm_at else {"alarm_at": now}
    return {}


def _reviewed(signs: Sequence[DangerSign]) -> list[ReviewedSign]:
    """The catalogue's rows of the signs, the most urgent first; one it no longer knows is missing."""
    codes = {CATALOGUE_CODES[sign] for sign in signs}
    if not codes:
        return []
    return sorted((row for row in reviewed_signs() if row.code in codes), key=lambda row: (row.triage, row.position))


def _what_was_heard(
    heard: Sequence[ReviewedSign], told: Sequence[ReviewedSign], *, is_unread: bool, locale: str
) -> str:
    """Why words made a report more urgent than what was tapped; a word is not a finding, so no sign is noted."""
    tapped = {row.code for row in told}
    names = [row.name for row in heard if row.code not in tapped]
    with words_for(locale):
        if is_unread:
            return _("High pain, and words in a language that the lists do not know.")
        if not names:
            return ""
        return (_("The words may tell of: %(signs)s.") % {"signs": "; ".join(names)})[:WHY_LASTS]


def _is_escalated_by_flags(patient: Patient, event_type: AdverseEventType) -> bool:
    if event_type.code not in ESCALATED_BY_ANTICOAGULANT:
        return False
    return RiskFlag.objects.current().confirmed().filter(patient=patient, flag=Flag.ANTICOAGULANT).exists()
