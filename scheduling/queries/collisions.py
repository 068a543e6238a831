"""What another visit or hold already takes."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from accounts.actors import Actor
from accounts.models import Membership
from scheduling.choices import ClaimKind
from scheduling.models import Claim, Equipment, Room
from scheduling.spans import Span


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a visit would take. The patient of a hold may not be known yet."""

    span: Span
    clinician: Membership
    patient_id: UUID | None = None
    room: Room | None = None
    equipment: Equipment | None = None
    chaperone: Membership | None = None

    def resources(self) -> dict[str, tuple[UUID, int]]:
        """Kind of claim → the row it is about and how many of it there are."""
        wanted: dict[str, tuple[UUID, int]] = {ClaimKind.CLINICIAN: (self.clinician.pk, 1)}
        if self.chaperone is not None:
            wanted[ClaimKind.CHAPERONE] = (self.chaperone.pk, 1)
        if self.room is not None:
            wanted[ClaimKind.ROOM] = (self.room.pk, self.room.capacity)
        if self.equipment is not None:
            wanted[ClaimKind.EQUIPMENT] = (self.equipment.pk, self.equipment.quantity)
        if self.patient_id is not None:
            wanted[ClaimKind.PATIENT] = (self.patient_id, 1)
        return wanted


class Taken(NamedTuple):
    """The kinds of claim of which nothing is left, in the order of ``ClaimKind``.

    ``held_until`` is when the last hold among them runs out; None where visits alone take it.
    """

    kinds: tuple[str, ...] = ()
    held_until: datetime | None = None


NOTHING_TAKEN = Taken()


def taken_by_others(*, by: Actor, wanted: Wanted, now: datetime, left_out: Collection[UUID] = ()) -> Taken:
    """What other visits, and holds that stand at ``now``, leave nothing of during the span. One query."""
    resources = wanted.resources()
    claims = Claim.objects.visible_to(by).between(*wanted.span).standing(now).but(left_out)
    rows = claims.filter(resource_id__in=[pk for pk, _units in resources.values()], ends_at__gt=wanted.span[0])
    units: dict[UUID, set[int]] = defaultdict(set)
    held: dict[UUID, list[datetime]] = defaultdict(list)
    for resource_id, unit, expires_at in rows.values_list("resource_id", "unit", "expires_at"):
        units[resource_id].add(unit)
        if expires_at is not None:
            held[resource_id].append(expires_at)
    kinds = tuple(
        kind for kind in ClaimKind.values if kind in resources and len(units[resources[kind][0]]) >= resources[kind][1]
    )
    ends = [end for kind in kinds for end in held[resources[kind][0]]]
    return Taken(kinds, max(ends, default=None))
