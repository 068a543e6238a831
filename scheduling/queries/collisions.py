"""What another visit or hold already takes."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
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


def collisions(*, by: Actor, wanted: Wanted, now: datetime, left_out: Collection[UUID] = ()) -> tuple[str, ...]:
    """The kinds of claim of which nothing is left during the span, in the order of ``ClaimKind``."""
    resources = wanted.resources()
    claims = Claim.objects.visible_to(by).between(*wanted.span).standing(now).but(left_out)
    rows = claims.filter(resource_id__in=[pk for pk, _units in resources.values()], ends_at__gt=wanted.span[0])
    taken: dict[UUID, set[int]] = defaultdict(set)
    for resource_id, unit in rows.values_list("resource_id", "unit"):
        taken[resource_id].add(unit)
    return tuple(
        kind for kind in ClaimKind.values if kind in resources and len(taken[resources[kind][0]]) >= resources[kind][1]
    )
