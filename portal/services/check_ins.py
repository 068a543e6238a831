"""The patient's answers, each once: a lock on the check-in makes twenty taps one."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.crypto import constant_time_compare

from accounts.actors import Actor
from patients.models import AccessLink
from patients.services import access_links
from portal.models import CheckIn
from portal.queries import Door, Visit
from sessions.choices import DangerSign, Moment, Source
from sessions.models import SideEffect
from sessions.services import measures, pain_scores, side_effects


@transaction.atomic
def enter(*, door: Door, birth_date: str, by: Actor, now: datetime) -> CheckIn | None:
    """Return the check-in when the birth date (ISO) is the patient's; else count the failure and return None.

    Locks the link, so that tries made at the same time are counted one after the other.
    """
    link = (
        AccessLink.objects.visible_to(by).select_for_update(of=("self",)).select_related("patient").get(pk=door.link.pk)
    )
    session_id = door.message.injection_session_id
    if not access_links.is_open(link, now=now) or session_id is None:
        return None
    if not constant_time_compare(birth_date, door.link.patient.birth_date.isoformat()):
        access_links.count_failure(link=link, by=by, now=now)
        return None
    check_in, _is_new = CheckIn.objects.visible_to(by).get_or_create(
        clinic_id=by.clinic_id,
        injection_session_id=session_id,
        step=door.message.step,
        defaults={"patient_id": link.patient_id, "started_at": now},
    )
    return check_in


@transaction.atomic
def answer_pain(*, visit: Visit, score: int | None, by: Actor, now: datetime) -> None:
    """Keep the pain of now, 0-10; None leaves it out. A second answer changes nothing."""
    check_in = _locked(visit)
    if check_in.pain_at:
        return
    if score is not None:
        pain_scores.tell_score(
            injection_session=visit.session,
            moment=_moment(check_in.step),
            score=score,
            source=Source.PORTAL,
            by=by,
            now=now,
        )
    check_in.pain_at = now
    check_in.save(update_fields=["pain_at"])


def _moment(step: str) -> Moment:
    return Moment(step) if step in Moment.values else Moment.OTHER


@transaction.atomic
def answer_relief(*, visit: Visit, has_ended: bool | None, never_began: bool = False, by: Actor, now: datetime) -> None:
    """Keep whether relief has ended; None leaves it out. Relief that never began ended with the session itself."""
    check_in = _locked(visit)
    if check_in.relief_at:
        return
    if has_ended is not None:
        check_in.relief_report = pain_scores.tell_relief(
            injection_session=visit.session,
            has_ended=has_ended,
            ended_at=visit.session.signed_at if never_began else None,
            source=Source.PORTAL,
            by=by,
            now=now,
        )
    check_in.relief_at = now
    check_in.save(update_fields=["relief_at", "relief_report"])


@transaction.atomic
def answer_change(*, visit: Visit, change: int | None, by: Actor, now: datetime) -> None:
    """Keep the overall change since the start, 1 to 7; None leaves it out. A second answer changes nothing."""
    check_in = _locked(visit)
    if check_in.change_at:
        return
    if change is not None:
        measures.tell_change(
            change=change,
            injection_session=visit.session,
            moment=_moment(check_in.step),
            source=Source.PORTAL,
            language=visit.patient.language,
            by=by,
            now=now,
        )
    check_in.change_at = now
    check_in.save(update_fields=["change_at"])


@transaction.atomic
def say_when_relief_ended(*, visit: Visit, hours_ago: int, by: Actor, now: datetime) -> None:
    """Add about when the pain came back, never before the session ended."""
    report_id: UUID | None = _locked(visit).relief_report_id
    signed_at = visit.session.signed_at
    if report_id is None or signed_at is None:
        return
    ended_at = max(now - timedelta(hours=hours_ago), signed_at)
    pain_scores.date_end_of_relief(relief_report_id=report_id, ended_at=ended_at, by=by)


@transaction.atomic
def say_all_is_well(*, visit: Visit, by: Actor, now: datetime) -> None:
    """The patient has no worry to tell."""
    _finish(_locked(visit), visit=visit, by=by, now=now)


@transaction.atomic
def tell_worry(*, visit: Visit, signs: list[DangerSign], words: str, by: Actor, now: datetime) -> SideEffect:
    """Report a side effect with its priority at once; the same telling again returns the first one."""
    check_in = _locked(visit)
    told = SideEffect.objects.visible_to(by).filter(
        injection_session=visit.session,
        source=Source.PORTAL,
        reported_at__gte=check_in.started_at,
        danger_signs=[sign.value for sign in DangerSign if sign in signs],
        description=words.strip(),
    )
    report = told.first() or side_effects.report(
        patient=visit.patient,
        injection_session=visit.session,
        danger_signs=signs,
        description=words,
        source=Source.PORTAL,
        by=by,
        now=now,
    )
    _finish(check_in, visit=visit, by=by, now=now)
    return report


def _locked(visit: Visit) -> CheckIn:
    return CheckIn.objects.visible_to(visit.by).select_for_update().get(pk=visit.check_in.pk)


def _finish(check_in: CheckIn, *, visit: Visit, by: Actor, now: datetime) -> None:
    if check_in.worry_at is None:
        check_in.worry_at = now
        check_in.save(update_fields=["worry_at"])
    access_links.mark_used(link_id=visit.link.pk, by=by, now=now)
