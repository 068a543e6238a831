"""What the clock does for every clinic: its audit trail is sealed and checked, keys of old forms are let go."""

from time import monotonic

from celery import shared_task
from django.utils import timezone

from accounts.choices import Proof
from accounts.clinic_tasks import for_each_clinic
from accounts.models import Clinic
from accounts.services import integrity_reports, sent_forms
from audit.services import audit_events
from common.tenancy import tenant

# Beat calls again in a quarter of an hour; what is left of a long trail goes on then.
PROOF_SECONDS = 300


@shared_task
def seal_audit() -> None:
    """Extend each clinic's hash chain over the events of the last minute."""
    for_each_clinic("audit.seal", lambda actor: audit_events.seal(actor.clinic_id))


@shared_task
def check_audit() -> None:
    """Each night: recompute each clinic's hash chain, in stretches, and write down whether it holds."""
    until = monotonic() + PROOF_SECONDS
    checks = []
    for clinic in Clinic.objects.order_by("pk"):
        is_whole = False
        while not is_whole:
            with tenant(clinic.pk, actor="task:audit.check"):
                checked = audit_events.check(clinic.pk, now=timezone.now())
            is_whole = checked.is_whole or monotonic() > until
        checks.append(checked)
    ends = [checked.proven_at for checked in checks if checked.proven_at]
    now = timezone.now()
    integrity_reports.stands(
        Proof.TRAIL,
        problem_count=sum(checked.problem_count for checked in checks),
        proven_at=min(ends, default=now) if len(ends) == len(checks) else None,
        now=now,
    )


@shared_task
def let_old_forms_go() -> None:
    """Once a day: nobody goes back to a form of a month ago."""
    now = timezone.now()
    for_each_clinic("accounts.let_old_forms_go", lambda actor: sent_forms.let_old_go(by=actor, now=now))
