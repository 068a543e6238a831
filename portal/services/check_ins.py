"""The patient's answers, each one row: a lock on the check-in makes twenty taps one, and a slip can be taken back."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.crypto import constant_time_compare

from accounts.actors import Actor
from common.languages import served
from patients.models import AccessLink
from patients.services import access_links
from portal.models import CheckIn
from portal.queries import Door, Visit
from sessions.choices import Source, moment_of
from sessions.services import measures, pain_scores


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
    """Keep the pain of now, 0-10; None leaves it out. Another answer takes the place of it until the end."""
    check_in = _locked(visit)
    if check_in.is_final:
        return
    moment = moment_of(check_in.step)
    if check_in.pain_at:
        pain_scores.take_back_score(injection_session=visit.session, moment=moment, by=by)
    if score is not None:
        pain_scores.tell_score(
            injection_session=visit.session, moment=moment, score=score, source=Source.PORTAL, by=by, now=now
        )
    check_in.pain_at = now
    check_in.save(update_fields=["pain_at"])


@transaction.atomic
def answer_relief(*, visit: Visit, has_ended: bool | None, never_began: bool = False, by: Actor, now: datetime) -> None:
    """Keep whether relief has ended; None leaves it out. Relief that never began ended with the session itself.

    Another answer takes the place of it until the end.
    """
    check_in = _locked(visit)
    if check_in.is_final:
        return
    earlier: UUID | None = check_in.relief_report_id
    check_in.relief_report = None
    if has_ended is not None:
        check_in.relief_report = pain_scores.tell_relief(
            injection_session=visit.session,
            has_ended=has_ended,
            ended_at=visit.session.ended_at if never_began else None,
            source=Source.PORTAL,
            by=by,
            now=now,
        )
    check_in.relief_at = now
    check_in.save(update_fields=["relief_at", "relief_report"])
    if earlier is not None:
        pain_scores.take_back_relief(relief_report_id=earlier, by=by)


@transaction.atomic
def answer_change(*, visit: Visit, change: int | None, by: Actor, now: datetime) -> None:
    """Keep the overall change since the start, 1 to 7; None leaves it out. Another answer takes the place of it."""
    check_in = _locked(visit)
    if check_in.is_final:
        return
    moment = moment_of(check_in.step)
    if check_in.change_at:
        measures.take_back_change(injection_session=visit.session, moment=moment, by=by, now=now)
    if change is not None:
        measures.tell_change(
            change=change,
            injection_session=visit.session,
            moment=moment,
            source=Source.PORTAL,
            language=served(visit.patient.language),
            by=by,
            now=now,
        )
    check_in.change_at = now
    check_in.save(update_fields=["change_at"])


@transaction.atomic
def say_when_relief_ended(*, visit: Visit, hours_ago: int, by: Actor, now: datetime) -> None:
    """Add about when the pain came back, never before the session ended."""
    check_in = _locked(visit)
    report_id: UUID | None = check_in.relief_report_id
    session_ended_at = visit.session.ended_at
    if report_id is None or session_ended_at is None:
        return
    ended_at = max(now - timedelta(hours=hours_ago), session_ended_at)
    pain_scores.date_end_of_relief(relief_report_id=report_id, ended_at=ended_at, by=by)


def _locked(visit: Visit) -> CheckIn:
    return CheckIn.objects.visible_to(visit.by).select_for_update().get(pk=visit.check_in.pk)
