"""A record that came back from a backup must not act on what it does not know: nothing leaves, no old key opens."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.actors import machine
from accounts.models import Clinic
from accounts.services import invitations, sign_ins
from common.tenancy import tenant
from patients.services import access_links, contact_codes, identifiers
from pitclinic.backups.given_numbers import GAP
from reminders.services import outbox_holds
from scheduling.services import check_in_tablets


@dataclass(frozen=True)
class MadeSafe:
    """How many messages wait for a person, sign-ins ended, and links, codes, invitations and tablets open nothing."""

    held: int
    ended: int
    closed: int


@transaction.atomic
def make_safe(*, now: datetime, restored_to: datetime, given: Mapping[str, int]) -> MadeSafe:
    """One transaction, before anything serves. Pages of unanswered alarms still ring: one too many harms nobody.

    ``given``: clinic → the last clinic number that is known to have been given, also in the time that was lost.
    """
    ended = sign_ins.end_all()
    held = closed = 0
    for clinic in Clinic.objects.order_by("pk"):
        by = machine(clinic, "command:restore")
        with tenant(clinic.pk, actor=by.audit_name, reason=f"restored to {restored_to:%Y-%m-%d %H:%M:%S} UTC"):
            held += outbox_holds.begin(by=by, now=now, restored_to=restored_to)
            closed += invitations.expire_all(by=by, now=now)
            closed += access_links.revoke_all(by=by, now=now)
            closed += contact_codes.end_all(by=by, now=now)
            closed += check_in_tablets.close_all(by=by)
            identifiers.leave_out_numbers(by=by, given=given.get(str(clinic.pk), 0), more=GAP)
    return MadeSafe(held, ended, closed)
