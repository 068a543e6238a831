"""Start, save, sign, void and amend an injection session."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db import transaction

from accounts.actors import Actor
from catalogue.models import Technique
from common.database import held
from common.wall_clock import instant, local_day
from scheduling.choices import VisitStatus
from scheduling.models import Appointment
from scheduling.policies import VisitChangedError, VisitRefusedError
from scheduling.services import appointments
from sessions.choices import RecordStatus
from sessions.drafts import PLAIN_FIELDS, TIME_OUT, Draft, Sender, is_same
from sessions.models import Addendum, FollowUp, InjectionSession
from sessions.policies.injection_sessions import (
    SessionRefusedError,
    VersionConflictError,
    caller_of,
    check_can_add_addendum,
    check_can_edit,
    check_can_start,
    check_can_void,
    check_co_signer_is_left,
    check_gate,
    check_times,
)
from sessions.queries.courses import open_courses
from sessions.queries.injection_sessions import Loaded, draft_of, load
from sessions.queries.pictures import digest, pictures_of
from sessions.queries.session_facts import facts_of
from sessions.queries.session_times import end_of
from sessions.rules import Finding, findings
from sessions.services import injection_session_rows as rows
from sessions.services import rule_sets, stop_rules, time_outs

# [DEF] domain.md §6: the call back is owed on day 7 at ten, on the clinic's wall clock.
FOLLOW_UP_DAYS = 7
FOLLOW_UP_TIME = time(10, 0)
DEFAULT_TECHNIQUE = "PIT_SC"
_RELATED = ("course__patient_condition", "consent")


@transaction.atomic
def start(*, appointment: Appointment, by: Actor, now: datetime) -> InjectionSession:
    """Begin the visit's session, or return the one that has begun; an arrived visit moves to "in room".

    Locks the visit, so that two who start at once get one session. The patient's only open course is chosen already.
    """
    related = ("patient", "clinician", "room", "visit_type")
    visit = Appointment.objects.visible_to(by).select_related(*related).get(pk=appointment.pk)
    if session := _begun(visit, by):
        return session
    check_can_start(visit)
    _enter_room(visit, by=by, now=now)
    # Whoever waited here for another's start finds that session.
    Appointment.objects.visible_to(by).select_for_update().get(pk=visit.pk)
    return _begun(visit, by) or _create(visit, by=by, now=now)


def _begun(visit: Appointment, by: Actor) -> InjectionSession | None:
    own = InjectionSession.objects.visible_to(by).filter(appointment=visit)
    return own.exclude(status=RecordStatus.VOIDED).first()


def _enter_room(visit: Appointment, *, by: Actor, now: datetime) -> None:
    if visit.status != VisitStatus.ARRIVED:
        return
    try:
        appointments.change_status(appointment=visit, to=VisitStatus.IN_ROOM, by=by, now=now, version=visit.version)
    except VisitChangedError:
        visit.refresh_from_db()
        check_can_start(visit)
    except VisitRefusedError as refusal:
        raise SessionRefusedError(refusal.words) from refusal


def _create(visit: Appointment, *, by: Actor, now: datetime) -> InjectionSession:
    open_now = open_courses(by, visit.patient_id)
    return InjectionSession.objects.create(
        clinic_id=by.clinic_id,
        patient_id=visit.patient_id,
        appointment=visit,
        course_id=open_now[0].id if len(open_now) == 1 else None,
        clinician_id=rows.author(by),
        technique=Technique.objects.get(code=DEFAULT_TECHNIQUE),
        started_at=now,
    )


def _locked(session: InjectionSession, by: Actor) -> InjectionSession:
    found = locked(session.pk, by=by)
    if found is None:
        raise InjectionSession.DoesNotExist
    return found


def locked(session_id: UUID, *, by: Actor, related: Iterable[str] = ()) -> InjectionSession | None:
    """The session, held until the transaction ends: whoever saves or signs it meanwhile waits."""
    own = InjectionSession.objects.visible_to(by)
    try:
        found = held(own, session_id, related=(*_RELATED, *related))
    except InjectionSession.DoesNotExist:
        return None
    found.clinic = by.clinic
    return found


def save_draft(
    *,
    injection_session: InjectionSession,
    version: int,
    draft: Draft,
    by: Actor,
    now: datetime,
    sender: Sender | None = None,
) -> InjectionSession:
    """Store the draft exactly as given. Raises ``VersionConflictError`` when somebody else saved in between.

    Raises ``PreparationRefusedError`` when the points name what may not be injected into this patient; nothing is saved
    then. From a page that says who it is (``sender``), a draft that is stored already changes nothing.
    """
    with transaction.atomic():
        stored = load(_locked(injection_session, by))
        save_locked(stored, version=version, draft=draft, by=by, now=now, sender=sender)
    return stored.session


@transaction.atomic
def save_locked(
    stored: Loaded, *, version: int, draft: Draft, by: Actor, now: datetime, sender: Sender | None = None
) -> list[Finding] | None:
    """``save_draft`` for a caller who ``locked`` the session and read its rows since. The findings, if it was new."""
    session = stored.session
    if sender is not None and session.status == RecordStatus.DRAFT and is_same(draft, draft_of(stored)):
        return None
    check_can_edit(session, version=version, sender=sender)
    check_times(session, draft, now=now)
    card = stored.time_out_card
    for name in PLAIN_FIELDS:
        setattr(session, name, getattr(draft, name))
    session.course = rows.choose_course(session, draft, by=by, now=now)
    loaded = rows.save_rows(stored, draft, by=by, now=now)
    given_at = rows.consented_at(session, draft, card.ticked, now=now)
    session.consent = rows.save_consent(loaded, draft.consent, given_at=given_at, by=by, now=now) or session.consent
    done_at = draft.done_at(TIME_OUT, since=rows.page_of(session), now=now)
    confirmed = time_outs.save(loaded, draft.time_out, before=card, by=by, done_at=done_at)
    loaded = rows.keep_times(loaded, draft, time_outs=confirmed, by=by, now=now)
    session.version += 1
    if sender is not None:
        session.saved_page, session.saved_number = sender.page, sender.number
    session.save()
    found = _found(loaded, now)
    rows.save_reasons(session, found, draft.reasons, stored=stored.overrides, by=by, now=now)
    return found


@transaction.atomic
def keep_reasons(
    *, injection_session: InjectionSession, version: int, reasons: dict[str, str], by: Actor, now: datetime
) -> InjectionSession:
    """Store the reasons typed beside the findings, as a part of the draft: the signer goes away to show who it is."""
    session = _locked(injection_session, by)
    check_can_edit(session, version=version)
    kept = rows.reasons_of(session) | {key: text for key, text in reasons.items() if text.strip()}
    rows.save_reasons(session, _found(load(session), now), kept, by=by, now=now)
    session.version += 1
    session.saved_page = None
    session.save(update_fields=["version", "saved_page"])
    return session


@transaction.atomic
def observe(
    *,
    injection_session: InjectionSession,
    version: int,
    draft: Draft,
    minutes: int,
    by: Actor,
    now: datetime,
    sender: Sender | None = None,
) -> InjectionSession:
    """Store the draft and begin (again) to watch the patient for ``minutes``; a visit in its room moves to observation.

    The visit is locked before the session, as everywhere. Raises as ``save_draft`` does.
    """
    visit = Appointment.objects.visible_to(by).select_related("patient", "clinician", "room", "visit_type")
    _move_to_observation(visit.get(pk=injection_session.appointment_id), by=by, now=now)
    begun = replace(draft, observation_minutes=minutes, observation_started_at=now, observation_ended_at=None)
    return save_draft(injection_session=injection_session, version=version, draft=begun, by=by, now=now, sender=sender)


def _move_to_observation(visit: Appointment, *, by: Actor, now: datetime) -> None:
    """The board follows where it can; a visit that somebody moved meanwhile stays where they put it."""
    if visit.status != VisitStatus.IN_ROOM:
        return
    try:
        with transaction.atomic():
            appointments.change_status(
                appointment=visit, to=VisitStatus.OBSERVATION, by=by, now=now, version=visit.version
            )
    except VisitRefusedError:
        return


def end_observation(
    *,
    injection_session: InjectionSession,
    version: int,
    draft: Draft,
    by: Actor,
    now: datetime,
    sender: Sender | None = None,
) -> InjectionSession:
    """Store the draft and end the observation; where none began only the draft is stored."""
    is_running = draft.observation_started_at is not None and draft.observation_ended_at is None
    ended = replace(draft, observation_ended_at=now) if is_running else draft
    return save_draft(injection_session=injection_session, version=version, draft=ended, by=by, now=now, sender=sender)


@transaction.atomic
def sign(
    *,
    injection_session: InjectionSession,
    version: int,
    by: Actor,
    now: datetime,
    reasons: dict[str, str] | None = None,
    pictures_seen: str | None = None,
) -> InjectionSession:
    """Sign what stands in the draft at ``version``; the database makes the hash and refuses every later change.

    ``pictures_seen`` is the digest of the pictures the signer saw (``queries.pictures``); None asks for no comparison.
    ``reasons`` answer findings that were still open. Raises ``GateClosedError`` when some stay open, and
    ``VersionConflictError`` when the draft is no longer the one the signer saw.
    """
    session = _locked(injection_session, by)
    check_can_edit(session, version=version)
    if pictures_seen is not None and pictures_seen != digest(pictures_of(session)):
        raise VersionConflictError
    loaded = load(session)
    found = _found(loaded, now)
    answered = rows.reasons_of(session) | {key: text for key, text in (reasons or {}).items() if text.strip()}
    check_gate(found, answered, by=by)
    check_co_signer_is_left(session, by)
    rows.save_reasons(session, found, answered, by=by, now=now)
    session.status = RecordStatus.SIGNED
    session.signed_at = now
    session.signed_by_id = rows.author(by)
    session.consent = loaded.consent
    session.ended_at = end_of(loaded, now=now)
    session.rule_set = rule_sets.in_force(by=by, now=now)
    session.version += 1
    with rows.in_words():
        session.save(update_fields=["status", "signed_at", "signed_by", "ended_at", "consent", "rule_set", "version"])
    _owe_follow_up(session, by=by, now=now)
    _look_at_course(session, by=by, now=now)
    session.refresh_from_db()
    return session


@transaction.atomic
def void(*, injection_session: InjectionSession, reason: str, by: Actor, now: datetime) -> InjectionSession:
    """Strike the record out, legibly, and cancel what is owed for it; messages are stopped by their own sweep."""
    session = _locked(injection_session, by)
    check_can_void(session, reason)
    session.status = RecordStatus.VOIDED
    session.voided_at = now
    session.voided_by_id = rows.author(by)
    session.void_reason = reason.strip()
    session.version += 1
    session.save(update_fields=["status", "voided_at", "voided_by", "void_reason", "version"])
    FollowUp.objects.visible_to(by).filter(injection_session=session).outstanding().update(cancelled_at=now)
    _look_at_course(session, by=by, now=now)
    return session


@transaction.atomic
def add_addendum(*, injection_session: InjectionSession, text: str, by: Actor, now: datetime) -> Addendum:
    session = _locked(injection_session, by)
    check_can_add_addendum(session, text)
    return Addendum.objects.create(
        clinic_id=by.clinic_id,
        injection_session=session,
        text=text.strip(),
        written_at=now,
        written_by_id=rows.author(by),
    )


def _look_at_course(session: InjectionSession, *, by: Actor, now: datetime) -> None:
    """What was signed or voided may ask for a review of the course; a task in the same transaction, never an act."""
    if session.course_id is not None:
        stop_rules.look_at(course_id=session.course_id, by=by, now=now)


def _owe_follow_up(session: InjectionSession, *, by: Actor, now: datetime) -> None:
    """Counted from the end of the treatment, however late it was signed."""
    day = local_day(session.ended_at or now, by.zone) + timedelta(days=FOLLOW_UP_DAYS)
    FollowUp.objects.create(
        clinic_id=by.clinic_id,
        patient_id=session.patient_id,
        injection_session=session,
        due_at=instant(day, FOLLOW_UP_TIME, by.zone),
        owner_id=caller_of(session, by=by),
    )


def _found(loaded: Loaded, now: datetime) -> list[Finding]:
    return findings(facts_of(loaded, now=now))
