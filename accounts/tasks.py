"""What the clock does for every clinic: its audit trail is sealed and checked, keys of old forms are let go."""

from celery import shared_task
from django.utils import timezone

from accounts.clinic_tasks import for_each_clinic
from accounts.services import sent_forms
from audit.services import audit_events


@shared_task
def seal_audit() -> None:
    """Extend each clinic's hash chain over the events of the last minute."""
    for_each_clinic("audit.seal", lambda actor: audit_events.seal(actor.clinic_id))


@shared_task
def check_audit() -> None:
    """Each night: recompute each clinic's hash chain, and write down whether it holds."""
    for_each_clinic("audit.check", lambda actor: audit_events.check(actor.clinic_id))


@shared_task
def let_old_forms_go() -> None:
    """Once a day: nobody goes back to a form of a month ago."""
    now = timezone.now()
    for_each_clinic("accounts.let_old_forms_go", lambda actor: sent_forms.let_old_go(by=actor, now=now))
