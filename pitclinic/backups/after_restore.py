"""A record that came back from a backup must not act on what it does not know: nothing leaves, no old key opens."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.actors import machine
from accounts.models import Clinic
from accounts.services import invitations, sign_ins
from common.tenancy import tenant
from patients.services import access_links, contact_codes
from reminders.services import outbox_holds
from scheduling.services import check_in_tablets


@dataclass(frozen=True)
class MadeSafe:
    """How many messages wait for a person, sign-ins ended, and links, codes, invitations and tablets open nothing."""

    held: int
    ended: int
    closed: int


@transaction.atomic
def make_safe(*, now: datetime, restored_to: datetime) -> MadeSafe:
    """One transaction, before anything serves. Pages of unanswered alarms still ring: one too many harms nobody."""
    ended = sign_ins.end_all()
    held = closed = 0
    for clinic in Clinic.objects.order_by("pk"):
        by = machine(clinic, "command:restore")
        with tenant(clinic.pk, actor=by.audit_name, reason=f"restored to {restored_to:%Y-%m-%d %H:%M:%S} UTC"):
            held += outbox_holds.begin(by=by, now=now, restored_to=restored_to)
            closed += invitations.withdraw_all(by=by, now=now)
            closed += access_links.revoke_all(by=by, now=now)
            closed += contact_codes.end_all(by=by, now=now)
            closed += check_in_tablets.close_all(by=by)
    return MadeSafe(held, ended, closed)
