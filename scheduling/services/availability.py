"""When clinicians work and when they are away."""

from datetime import date, datetime, time

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Membership
from common.wall_clock import ends_after
from scheduling.models import AvailabilityBlock, Leave, Room, RoomBlock
from scheduling.models.availability import LONGEST_BLOCK
from scheduling.policies import VisitRefusedError, check_can_treat, check_room_in_use
from scheduling.services.day_locks import hold_days


def add_blocks(
    *,
    clinician: Membership,
    weekdays: list[int],
    start_time: time,
    end_time: time,
    valid_from_date: date,
    valid_until_date: date | None,
    by: Actor,
) -> list[AvailabilityBlock]:
    """Open the same hours on each of the weekdays, by the clinic's wall clock."""
    check_can_treat(clinician)
    if not ends_after(start_time, end_time):
        raise VisitRefusedError(_("The end must come after the beginning."))
    if valid_until_date is not None and valid_until_date < valid_from_date:
        raise VisitRefusedError(_("The last day must not come before the first."))
    return AvailabilityBlock.objects.bulk_create(
        AvailabilityBlock(
            clinic=by.clinic,
            clinician=clinician,
            weekday=weekday,
            start_time=start_time,
            end_time=end_time,
            valid_from_date=valid_from_date,
            valid_until_date=valid_until_date,
        )
        for weekday in weekdays
    )


def remove_block(*, block: AvailabilityBlock) -> None:
    """Visits already booked in these hours stay."""
    block.delete()


def add_leave(*, clinician: Membership, starts_at: datetime, ends_at: datetime, reason: str, by: Actor) -> Leave:
    check_can_treat(clinician)
    if ends_at <= starts_at:
        raise VisitRefusedError(_("The end must come after the beginning."))
    return Leave.objects.create(
        clinic=by.clinic, clinician=clinician, starts_at=starts_at, ends_at=ends_at, reason=reason
    )


def remove_leave(*, leave: Leave) -> None:
    leave.delete()


def block_room(*, room: Room, starts_at: datetime, ends_at: datetime, reason: str, by: Actor) -> RoomBlock:
    """Nothing new is booked into the room between the two; what is booked stays. Waits for bookings of these days."""
    check_room_in_use(room)
    if ends_at <= starts_at:
        raise VisitRefusedError(_("The end must come after the beginning."))
    if ends_at - starts_at > LONGEST_BLOCK:
        raise VisitRefusedError(_("A room is blocked for 31 days at most. Take it out of use instead."))
    hold_days(by, (starts_at, ends_at))
    return RoomBlock.objects.create(
        clinic=by.clinic, room=room, starts_at=starts_at, ends_at=ends_at, reason=reason.strip()
    )


def open_room(*, block: RoomBlock) -> None:
    block.delete()
