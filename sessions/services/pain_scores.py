"""What the pain did at home, told by the patient. A second telling of the same thing changes nothing."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.actors import Actor
from sessions.choices import Moment, Question, Source
from sessions.models import InjectionSession, PainScore, ReliefReport
from sessions.rules.relief_times import check_relief


@transaction.atomic
def tell_score(
    *, injection_session: InjectionSession, moment: Moment, score: int, source: Source, by: Actor, now: datetime
) -> PainScore:
    """Keep the pain of now, 0-10; what was told first for this moment stands. Raises ``IntegrityError`` beyond 10."""
    told = PainScore.objects.visible_to(by).filter(
        injection_session=injection_session, moment=moment, question=Question.NOW, source=source, cycle=1
    )
    try:
        with transaction.atomic():
            return PainScore.objects.create(
                clinic_id=by.clinic_id,
                patient_id=injection_session.patient_id,
                injection_session=injection_session,
                question=Question.NOW,
                moment=moment,
                score=score,
                measured_at=now,
                received_at=now,
                source=source,
            )
    except IntegrityError:
        first = told.first()
        if first is None:
            raise
        return first


@transaction.atomic
def take_back_score(*, injection_session: InjectionSession, moment: Moment, by: Actor) -> None:
    """Forget the pain a patient told for this moment, before the check-in is final; the trail keeps it."""
    told = PainScore.objects.visible_to(by).filter(injection_session=injection_session, moment=moment)
    told.filter(question=Question.NOW, source=Source.PORTAL).delete()


@transaction.atomic
def take_back_relief(*, relief_report_id: UUID, by: Actor) -> None:
    """Forget whether relief ended, before the check-in is final; the trail keeps it."""
    ReliefReport.objects.visible_to(by).filter(pk=relief_report_id, source=Source.PORTAL).delete()


@transaction.atomic
def tell_relief(
    *,
    injection_session: InjectionSession,
    has_ended: bool,
    ended_at: datetime | None,
    source: Source,
    by: Actor,
    now: datetime,
) -> ReliefReport:
    """Keep whether relief has ended, and when if that is known. Raises ``ReliefTimeError`` where that cannot be."""
    if ended_at is not None:
        session_at = injection_session.ended_at or injection_session.started_at
        check_relief(ended_at, session_at=session_at, told_at=now)
    return ReliefReport.objects.create(
        clinic_id=by.clinic_id,
        patient_id=injection_session.patient_id,
        injection_session=injection_session,
        reported_at=now,
        has_ended=has_ended,
        ended_at=ended_at,
        source=source,
    )


@transaction.atomic
def date_end_of_relief(*, relief_report_id: UUID, ended_at: datetime, by: Actor) -> None:
    """Add when relief ended to a report that left it open; a time once told stands."""
    open_ones = ReliefReport.objects.filter(clinic_id=by.clinic_id, has_ended=True, ended_at__isnull=True)
    open_ones.filter(pk=relief_report_id).update(ended_at=ended_at)
