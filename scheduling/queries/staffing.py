"""Who may be booked for what: credentials, chaperones, the most treatments of a day."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, datetime, time
from uuid import UUID

from django.db.models import Q

from accounts.actors import Actor
from accounts.models import Membership
from common.wall_clock import local_day
from patients.choices import Flag
from patients.models import RiskFlag
from scheduling.models import Appointment, AvailabilityBlock, BookingRule, Credential, SlotHold, VisitType


def has_credential(*, by: Actor, clinician: Membership, visit_type: VisitType, day: date) -> bool:
    """Whether the clinic trusts the clinician with the type's technique on that day; true for a type without one."""
    if visit_type.technique_id is None:
        return True
    own = Credential.objects.visible_to(by).filter(clinician=clinician, technique=visit_type.technique_id)
    return own.valid_on(day).exists()


def is_unheld(*, by: Actor, visit_type: VisitType, day: date) -> bool:
    """Whether the type asks for a technique that no active clinician holds on that day."""
    return visit_type.technique_id is not None and visit_type.technique_id not in held_techniques(by=by, day=day)


def held_techniques(*, by: Actor, day: date) -> set[UUID]:
    """The techniques that some active clinician is trusted with on that day."""
    clinicians = Membership.objects.visible_to(by).clinicians()
    held = Credential.objects.visible_to(by).valid_on(day).filter(clinician__in=clinicians)
    return set(held.values_list("technique_id", flat=True))


def overlapping(
    *,
    by: Actor,
    clinician: Membership,
    weekdays: Collection[int],
    start_time: time,
    end_time: time,
    valid_from_date: date,
    valid_until_date: date | None,
) -> list[AvailabilityBlock]:
    """Weekly hours of the clinician that hold at the same time as these would. One query."""
    rows = AvailabilityBlock.objects.visible_to(by).filter(clinician=clinician, weekday__in=weekdays)
    rows = rows.filter(Q(end_time__gt=start_time) | Q(end_time=time.min)).exclude(valid_until_date__lt=valid_from_date)
    if end_time != time.min:  # midnight at the end of the day: nothing begins after it
        rows = rows.filter(start_time__lt=end_time)
    if valid_until_date is not None:
        rows = rows.filter(valid_from_date__lte=valid_until_date)
    return list(rows.order_by("weekday", "start_time", "id"))


def trusted_with(*, by: Actor, clinician: Membership, day: date) -> dict[UUID, frozenset[str]]:
    """Technique → the parts of the body the clinician is trusted with in it on that day; none: all of them."""
    own = Credential.objects.visible_to(by).filter(clinician=clinician).valid_on(day)
    return {technique: frozenset(parts) for technique, parts in own.values_list("technique_id", "body_parts")}


def credentials(*, by: Actor, visit_type: VisitType) -> dict[UUID, tuple[date, date]] | None:
    """Clinician → first and last day of the credential for the type's technique; None when it needs none."""
    if visit_type.technique_id is None:
        return None
    rows = Credential.objects.visible_to(by).filter(technique=visit_type.technique_id)
    return {
        pk: (first, last or date.max)
        for pk, first, last in rows.values_list("clinician_id", "valid_from_date", "valid_until_date")
    }


def needs_chaperone(*, by: Actor, visit_type: VisitType, patient_id: UUID | None) -> bool:
    """Whether the type asks for one, or the patient does."""
    if visit_type.needs_chaperone or patient_id is None:
        return visit_type.needs_chaperone
    flags = RiskFlag.objects.visible_to(by).current()
    return flags.filter(patient_id=patient_id, flag=Flag.CHAPERONE).exists()


def chaperones(by: Actor) -> list[Membership]:
    """Those who can chaperone, by name."""
    rules = BookingRule.objects.visible_to(by).filter(can_chaperone=True)
    people = Membership.objects.visible_to(by).active().filter(pk__in=rules.values("member_id"))
    return list(people.select_related("user").order_by("user__full_name", "id"))


def most_treatments(by: Actor, clinicians: Iterable[Membership]) -> dict[UUID, int]:
    """Clinician → the most treatments of a day, for those who have a maximum."""
    ids = [one.pk for one in clinicians]
    rules = BookingRule.objects.visible_to(by).filter(member_id__in=ids, max_treatments_per_day__isnull=False)
    return {pk: most for pk, most in rules.values_list("member_id", "max_treatments_per_day") if most is not None}


def treatments_of_days(
    by: Actor,
    clinician_ids: Collection[UUID],
    start: datetime,
    end: datetime,
    *,
    now: datetime,
    left_out: Collection[UUID] = (),
) -> Counter[tuple[UUID, date]]:
    """How many treatments each clinician has on each local day of ``[start, end)``: booked, or held at ``now``.

    One query.
    """
    wanted = Q(clinician_id__in=clinician_ids, starts_at__gte=start, starts_at__lt=end, visit_type__is_treatment=True)
    columns = ("clinician_id", "starts_at", "pk")
    visits = Appointment.objects.visible_to(by).holding().filter(wanted).order_by().values_list(*columns)
    holds = SlotHold.objects.visible_to(by).standing(now).filter(wanted).order_by().values_list(*columns)
    rows = visits.union(holds, all=True)
    return Counter((pk, local_day(starts_at, by.zone)) for pk, starts_at, own in rows if own not in left_out)
