"""Which freed time suits whom on the waiting list, in the order in which they are offered it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Membership
from catalogue.choices import BodyPart
from common.wall_clock import local_day
from patients.choices import Purpose, Unreachable
from patients.models import OF_PRESENT
from patients.queries import mailboxes_of
from patients.quiet_hours import is_quiet
from scheduling.choices import ClaimKind, EntryStatus, PartOfDay
from scheduling.models import Claim, SlotOffer, WaitingEntry
from scheduling.queries import staffing

# domain.md §12: an offer expires in 30 minutes.
OFFER_LASTS = timedelta(minutes=30)


class Slot(NamedTuple):
    """A free time with its clinician; ``freed_slot_id`` once it is noted."""

    clinician: Membership
    starts_at: datetime
    ends_at: datetime
    freed_slot_id: UUID | None = None

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


@dataclass(frozen=True)
class Match:
    """``why_not`` keeps the machine from offering it by message; a person may call, or offer it all the same.

    ``is_named``: the clinician's credential names the part of the body the entry's region lies in.
    """

    entry: WaitingEntry
    why_not: str = ""
    is_named: bool = False

    @property
    def is_offered(self) -> bool:
        return not self.why_not


def matches(*, by: Actor, slot: Slot, now: datetime) -> list[Match]:
    """Everybody waiting whom the time suits and who was not offered it before, the first to be asked first.

    In order: priority, whose region the clinician's credential names, who needs it whole, who waits longest. About six
    queries, however many wait. A wish that is tied to a visit is that visit's, with its type and length. Left out is
    who is elsewhere at that time: another visit of the own, or another time that is held for them.

    The region decides only where the clinic said so: a type with a technique, and a credential for it that is limited
    to parts of the body, keep out a patient who waits for another part. Anywhere else (a type without a technique, an
    unlimited credential, no region, one that is not one place) it keeps nobody out: no visit and no clinician has a
    region of its own, and what was treated before says nothing of who may be treated now.
    """
    skills = staffing.trusted_with(by=by, clinician=slot.clinician, day=local_day(slot.starts_at, by.zone))
    found = [entry for entry in _suited(by, slot) if _suits(entry, slot, by) and _is_trusted(entry, skills)]
    elsewhere = _elsewhere(by, slot, found, now)
    found = [entry for entry in found if entry.pk not in elsewhere]
    found.sort(
        key=lambda entry: (
            entry.priority,
            not _is_named(entry, skills),
            slot.minutes - entry.sought_minutes,
            entry.since,
        )
    )
    patient_ids = {entry.patient_id for entry in found}
    mailboxes = mailboxes_of(clinic_id=by.clinic_id, patient_ids=patient_ids, purpose=Purpose.APPOINTMENT, now=now)
    return [
        Match(entry, _why_not(entry, slot, mailboxes[entry.patient_id], now), _is_named(entry, skills))
        for entry in found
    ]


def _suited(by: Actor, slot: Slot) -> list[WaitingEntry]:
    """What the database can tell: waiting, short enough, for this clinician and day, not offered this time before."""
    day = local_day(slot.starts_at, by.zone)
    rows = (
        WaitingEntry.objects.visible_to(by)
        .filter(OF_PRESENT, status=EntryStatus.WAITING)
        .filter(Q(appointment__isnull=False) | Q(visit_type__is_active=True))
        .filter(Q(clinician__isnull=True) | Q(clinician=slot.clinician))
        .filter(Q(from_date__isnull=True) | Q(from_date__lte=day))
        .filter(Q(until_date__isnull=True) | Q(until_date__gte=day))
        .filter(Q(weekdays=[]) | Q(weekdays__contains=[day.weekday()]))
        .select_related("patient", "visit_type__equipment", "appointment__visit_type", "clinician__user", "region")
    )
    if slot.freed_slot_id is not None:
        before = SlotOffer.objects.visible_to(by).filter(freed_slot=slot.freed_slot_id)
        rows = rows.exclude(pk__in=before.values("entry_id"))
    return list(rows)


def _suits(entry: WaitingEntry, slot: Slot, by: Actor) -> bool:
    """Its length, the time of day; and an earlier time than the visit it would replace, if that still stands."""
    if entry.sought_minutes > slot.minutes:
        return False
    if entry.part_of_day and entry.part_of_day != _part_of_day(slot.starts_at.astimezone(by.zone).hour):
        return False
    visit = entry.visit_to_move
    return entry.appointment is None or (visit is not None and slot.ends_at <= visit.starts_at)


def _elsewhere(by: Actor, slot: Slot, entries: Sequence[WaitingEntry], now: datetime) -> set[UUID]:
    """The entries whose patients are claimed already for a part of the time that they would need. One query."""
    claims = Claim.objects.visible_to(by).between(slot.starts_at, slot.ends_at).standing(now)
    own = claims.filter(kind=ClaimKind.PATIENT, resource_id__in=[entry.patient_id for entry in entries])
    first: dict[UUID, datetime] = {}
    for patient_id, starts_at in own.filter(ends_at__gt=slot.starts_at).values_list("resource_id", "starts_at"):
        first[patient_id] = min(starts_at, first.get(patient_id, starts_at))
    return {
        entry.pk
        for entry in entries
        if entry.patient_id in first
        and first[entry.patient_id] < slot.starts_at + timedelta(minutes=entry.sought_minutes)
    }


def _is_trusted(entry: WaitingEntry, skills: dict[UUID, frozenset[str]]) -> bool:
    """The technique of the type, on the part of the body where the patient wants it."""
    technique = entry.sought_type.technique_id
    if technique is None:
        return True
    parts, part = skills.get(technique), _body_part(entry)
    return parts is not None and (not parts or not part or part in parts)


def _is_named(entry: WaitingEntry, skills: dict[UUID, frozenset[str]]) -> bool:
    part, technique = _body_part(entry), entry.sought_type.technique_id
    named = skills.values() if technique is None else [skills.get(technique, frozenset())]
    return bool(part) and any(part in parts for parts in named)


def _body_part(entry: WaitingEntry) -> str:
    """Where the entry's region lies; empty when none is said, or none that is one place."""
    part = entry.region.body_part if entry.region else ""
    return "" if part == BodyPart.UNSPECIFIC else part


def _part_of_day(hour: int) -> PartOfDay:
    """As the search for a time divides the day: at noon and at five."""
    if hour < 12:
        return PartOfDay.MORNING
    return PartOfDay.AFTERNOON if hour < 17 else PartOfDay.EVENING


def _why_not(entry: WaitingEntry, slot: Slot, mailbox: str | Unreachable, now: datetime) -> str:
    if isinstance(mailbox, Unreachable):
        return str(mailbox.label)
    if now + OFFER_LASTS + timedelta(hours=entry.notice_hours) > slot.starts_at:
        return _("needs more notice")
    zone = ZoneInfo(entry.patient.zone)
    if is_quiet(now, zone) or is_quiet(now + OFFER_LASTS, zone):
        return _("it is night for the patient")
    return ""
