"""What the clock does for every clinic's audit trail."""

from celery import shared_task

from accounts.clinic_tasks import for_each_clinic
from audit.services import audit_events


@shared_task
def seal_audit() -> None:
    """Extend each clinic's hash chain over the events of the last minute."""
    for_each_clinic("audit.seal", lambda actor: audit_events.seal(actor.clinic_id))
