"""What is still open of a patient who died or left: to be cancelled or closed, and what stays where it is."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.actors import Actor
from accounts.permissions import Act
from scheduling.models import Appointment
from scheduling.queries import departures
from sessions.models import FollowUp, InjectionSession, SideEffect


@dataclass(frozen=True)
class Open:
    """``drafts`` and ``alerts`` stay on their worklists; ``wishes`` are off the waiting list by themselves."""

    visits: list[Appointment]
    follow_ups: list[FollowUp]
    wishes: int
    drafts: int
    alerts: int


@dataclass(frozen=True)
class Undone:
    """What was cancelled and closed because the patient counted as gone, and can be put back."""

    visits: list[Appointment]
    follow_ups: list[FollowUp]

    def __bool__(self) -> bool:
        return bool(self.visits or self.follow_ups)


def undone(actor: Actor, patient_id: UUID, *, now: datetime) -> Undone:
    """Two queries."""
    closed = FollowUp.objects.visible_to(actor).closed_as_gone().filter(patient_id=patient_id)
    return Undone(
        visits=list(departures.cancelled_for_departure(actor, patient_id, now=now)),
        follow_ups=list(closed.order_by("due_at", "id")) if actor.may(Act.COMPLETE_FOLLOW_UPS) else [],
    )


def still_open(actor: Actor, patient_id: UUID, *, now: datetime) -> Open:
    """Five queries."""
    follow_ups = FollowUp.objects.visible_to(actor).outstanding().filter(patient_id=patient_id)
    return Open(
        visits=list(departures.visits_to_come(actor, patient_id, now=now)),
        follow_ups=list(follow_ups.order_by("due_at", "id")),
        wishes=departures.wishes_of(actor, patient_id),
        drafts=InjectionSession.objects.visible_to(actor).drafts().filter(patient_id=patient_id).count(),
        alerts=SideEffect.objects.visible_to(actor).open().filter(patient_id=patient_id).count(),
    )
