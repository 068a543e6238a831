"""What a calendar says about a time that is held: until when, and whether by whoever looks. Never for whom."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.actors import Actor
from scheduling.models import SlotHold

_COLUMNS = ("clinician_id", "room_id", "starts_at", "ends_at", "expires_at", "held_by_id")


class HeldTime(NamedTuple):
    """``starts`` and ``ends`` are what the clinic's clock shows then; ``words`` is all that is said of it."""

    clinician_id: UUID
    room_id: UUID | None
    starts_at: datetime
    ends_at: datetime
    starts: datetime
    ends: datetime
    words: str

    @property
    def at(self) -> str:
        return f"{self.starts:%H:%M}"

    @property
    def until(self) -> str:
        return f"{self.ends:%H:%M}"


def held_between(by: Actor, start: datetime, end: datetime, *, now: datetime) -> list[HeldTime]:
    """The times in ``[start, end)`` that are held at ``now``, in order. One query."""
    holds = SlotHold.objects.visible_to(by).standing(now).between(start, end).order_by("starts_at", "id")
    return [_made(by, *row) for row in holds.values_list(*_COLUMNS)]


def _made(
    by: Actor,
    clinician_id: UUID,
    room_id: UUID | None,
    starts_at: datetime,
    ends_at: datetime,
    expires_at: datetime,
    held_by_id: UUID | None,
) -> HeldTime:
    is_own = held_by_id is not None and held_by_id == by.membership_id
    words = _("held by you until %(until)s") if is_own else _("held for somebody else until %(until)s")
    return HeldTime(
        clinician_id,
        room_id,
        starts_at,
        ends_at,
        starts_at.astimezone(by.zone).replace(tzinfo=None),
        ends_at.astimezone(by.zone).replace(tzinfo=None),
        words % {"until": f"{expires_at.astimezone(by.zone):%H:%M}"},
    )
