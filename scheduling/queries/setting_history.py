"""Who changed what and when of one setting, from the audit trail."""

from uuid import UUID

from accounts.actors import Actor
from accounts.changes import CHANGES, Entry, entries_of
from accounts.models import ClinicOwned, Membership
from audit.models import AuditEvent
from catalogue.models.entries import CatalogueEntry
from scheduling.models import (
    AvailabilityBlock,
    BookingRule,
    CheckInTablet,
    Closure,
    Credential,
    DeskRules,
    Equipment,
    ExtraHours,
    Leave,
    Room,
    RoomBlock,
    VisitType,
)

# The word in the address → whose table it is.
SETTINGS: dict[str, type[ClinicOwned]] = {
    "room": Room,
    "visit-type": VisitType,
    "hours": AvailabilityBlock,
    "leave": Leave,
    "room-block": RoomBlock,
    "equipment": Equipment,
    "closure": Closure,
    "extra-hours": ExtraHours,
    "credential": Credential,
    "booking-rule": BookingRule,
    "tablet": CheckInTablet,
    "desk": DeskRules,
}
MOST = 200
_NAMED = (Membership, CatalogueEntry, Room, Equipment, VisitType)


def history_of(actor: Actor, setting: str, row_id: UUID) -> list[Entry]:
    """The newest changes of the row, its making and its removal too; empty for a row the clinic never had."""
    table = SETTINGS[setting]._meta.db_table
    events = AuditEvent.objects.in_clinic(actor.clinic_id).of_row(table, row_id).filter(kind__in=CHANGES)
    return entries_of(actor, events.newest_first()[:MOST], named=_NAMED)
