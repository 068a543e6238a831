"""Which messages are owed, and what the messages page shows."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import DateField, DateTimeField, Exists, F, Func, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast

from accounts.actors import Actor
from accounts.people import mail_away_since
from catalogue.choices import CareAnchor
from catalogue.models import CareMessage
from common.wall_clock import day_bounds
from reminders.choices import LADDER, MessageState
from reminders.models import Message, OutboxHold, SweepBeat
from reminders.timing import Rung
from sessions.models import InjectionSession

SILENT_AFTER = timedelta(minutes=3)
STUCK_FOR = timedelta(days=30)
_CLOCK_CHANGE = timedelta(hours=2)
_SHOWN_WITH = ("patient", "contact_code__contact_point__patient")


@dataclass(frozen=True)
class Owed:
    """A signed session that owes one step."""

    session_id: UUID
    patient_id: UUID
    ended_at: datetime
    zone: str


def ladder() -> list[Rung]:
    """The steps counted from the end of a treatment, as the catalogue has them today."""
    rows = CareMessage.objects.current().filter(anchor=CareAnchor.SESSION_CLOSED, code__in=LADDER)
    return [Rung(row.code, hours=row.offset_hours_min, days=row.offset_days, at=row.local_time) for row in rows]


def owed(by: Actor, rung: Rung, *, start: datetime, end: datetime, limit: int) -> list[Owed]:
    """Sessions whose step falls between start and end (before quiet hours move it) and has no message yet; of those
    that were signed since the start, steps that fell before it too.

    Nothing is signed before it ended, so the range of ``signed_at`` keeps to the index, however many sessions lie
    further back.
    """
    earliest, latest = _how_long_before(rung)
    planned = Message.objects.filter(clinic_id=by.clinic_id, injection_session_id=OuterRef("pk"), step=rung.step)
    rows = (
        InjectionSession.objects.visible_to(by)
        .signed()
        .filter(signed_at__gte=start - earliest, ended_at__lte=end - latest)
        .annotate(falls_at=_falls_at(rung))
        .filter(Q(falls_at__gte=start) | Q(signed_at__gte=start), falls_at__lte=end)
        .filter(~Exists(planned))
        .order_by("signed_at")
        .values_list("pk", "patient_id", "ended_at", "patient__zone")
    )
    return [Owed(pk, patient, ended, zone) for pk, patient, ended, zone in rows[:limit] if ended]


def _how_long_before(rung: Rung) -> tuple[timedelta, timedelta]:
    """The longest and the shortest time from the end to the step, in any zone and across a change of clocks.

    A step at ten on day 3 belongs to ends at any time of day 0: 58 to 82 hours, and two more either way.
    """
    if rung.hours is not None:
        return timedelta(hours=rung.hours), timedelta(hours=rung.hours)
    at = rung.at or time.min
    after_midnight = timedelta(days=rung.days or 0, hours=at.hour, minutes=at.minute, seconds=at.second)
    return after_midnight + _CLOCK_CHANGE, after_midnight - timedelta(days=1) - _CLOCK_CHANGE


def _falls_at(rung: Rung) -> Any:
    """The step's instant in SQL: a first sieve. ``reminders.timing`` has the last word."""
    if rung.hours is not None:
        return F("ended_at") + Value(timedelta(hours=rung.hours))
    zone = F("patient__zone")
    day = Cast(Func(zone, F("ended_at"), function="timezone", output_field=DateTimeField()), DateField())
    wall = Func(
        day,
        Value(rung.days or 0),
        Value(rung.at),
        template="(%(expressions)s)",
        arg_joiner=" + ",
        output_field=DateTimeField(),
    )
    return Func(zone, wall, function="timezone", output_field=DateTimeField())


@dataclass(frozen=True)
class Pulse:
    """When the sweep last came by, and whether that is too long ago; since when it has found no mail server."""

    swept_at: datetime | None
    is_silent: bool
    mail_away_since: datetime | None = None


def pulse(by: Actor, *, now: datetime) -> Pulse:
    beat = SweepBeat.objects.visible_to(by).first()
    if beat is None:
        return Pulse(swept_at=None, is_silent=True)
    return Pulse(beat.swept_at, now - beat.swept_at > SILENT_AFTER, beat.mail_away_since)


def messages_of_clinic(by: Actor, *, day: date | None, state: str, now: datetime) -> QuerySet[Message]:
    """Newest first; ``state`` is a message state, ``stuck`` (of the last 30 days), ``due``, or empty for all."""
    rows = Message.objects.visible_to(by).select_related(*_SHOWN_WITH).newest_first()
    if day is not None:
        rows = rows.due_between(*day_bounds(day, ZoneInfo(by.clinic.zone)))
    if state == "stuck":
        return rows.stuck().filter(due_at__gte=now - STUCK_FOR)
    if state == "due":
        return rows.filter(state__in=(MessageState.CLAIMED, MessageState.SENDING))
    return rows.filter(state=state) if state else rows


def messages_of_patient(by: Actor, patient_id: UUID) -> QuerySet[Message]:
    return Message.objects.visible_to(by).filter(patient_id=patient_id).select_related(*_SHOWN_WITH).newest_first()


def held_count(by: Actor) -> int:
    return Message.objects.visible_to(by).filter(state=MessageState.HELD).count()


def open_hold(by: Actor) -> OutboxHold | None:
    return OutboxHold.objects.visible_to(by).open().first()


def stuck_count(by: Actor, *, now: datetime) -> int:
    """How many messages of the last 30 days somebody must look at."""
    return Message.objects.visible_to(by).stuck().filter(due_at__gte=now - STUCK_FOR).count()


@dataclass(frozen=True)
class MailTrouble:
    """What keeps messages from leaving: told on Today, and on Messages."""

    pulse: Pulse
    stuck: int


def mail_trouble(by: Actor, *, now: datetime) -> MailTrouble:
    """Two queries, and one more where no mail server was found away: letters to people who work here wait too."""
    beat = pulse(by, now=now)
    if beat.mail_away_since is None:
        beat = replace(beat, mail_away_since=mail_away_since(by))
    return MailTrouble(pulse=beat, stuck=stuck_count(by, now=now))
