"""Who is acting: a person in one role at one clinic, or the machine on a clinic's behalf."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from accounts.permissions import Act, may

if TYPE_CHECKING:
    from accounts.models import Clinic


@dataclass(frozen=True)
class Actor:
    """A signed-in member of one clinic; what services take as ``by``.

    ``membership_id`` and ``user_id`` are None for the machine (a task, a command) and for a patient, whose acts the
    audit trail names by ``name``. ``has_shortcuts``: the person's pages listen for single keys and Alt.
    """

    clinic: "Clinic"
    role: str
    name: str
    membership_id: UUID | None = None
    user_id: UUID | None = None
    has_shortcuts: bool = True

    @property
    def clinic_id(self) -> UUID:
        return self.clinic.pk

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.clinic.zone)

    @property
    def audit_name(self) -> str:
        """The word the audit trail keeps: ``user:<uuid>`` for a person, else the machine's own name."""
        return f"user:{self.user_id}" if self.user_id else self.name

    def may(self, act: Act) -> bool:
        return may(self.role, act)

    @property
    def acts(self) -> frozenset[str]:
        """The values of all acts this actor may do; for templates: ``{% if 'book_visits' in actor.acts %}``."""
        return frozenset(act.value for act in Act if may(self.role, act))


def machine(clinic: "Clinic", name: str) -> Actor:
    """The actor of a task or command, e.g. ``task:reminders.sweep``; it holds no role and passes no permission."""
    return Actor(clinic=clinic, role="", name=name)
