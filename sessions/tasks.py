"""What the clock does for the treatment record: once a day, what nobody waits for any more is let go, and all that is
signed is proven."""

from time import monotonic

from celery import shared_task
from django.utils import timezone

from accounts.actors import machine
from accounts.choices import Proof
from accounts.clinic_tasks import for_each_clinic
from accounts.models import Clinic
from accounts.services import integrity_reports
from common.tenancy import tenant
from sessions.queries.signature_checks import signature_state
from sessions.services import signature_checks, unsaved_typings

# Beat calls again in a quarter of an hour; what is left goes on then.
PROOF_SECONDS = 300


@shared_task
def let_old_typing_go() -> None:
    """Each clinic in its own transaction."""
    now = timezone.now()
    for_each_clinic("sessions.let_old_typing_go", lambda actor: unsaved_typings.let_old_go(by=actor, now=now))


@shared_task
def check_signatures() -> None:
    """Each night: every signed session, picture and paper of every clinic, in stretches of a transaction each."""
    until = monotonic() + PROOF_SECONDS
    states = []
    for clinic in Clinic.objects.order_by("pk"):
        by = machine(clinic, "task:sessions.check_signatures")
        is_walking = True
        while is_walking and monotonic() < until:
            with tenant(clinic.pk, actor=by.audit_name):
                check = signature_checks.go_on(by=by, now=timezone.now())
            is_walking = check is not None and check.ended_at is None
        with tenant(clinic.pk, actor=by.audit_name):
            states.append(signature_state(by))
    ends = [state.checked_at for state in states if state.checked_at]
    now = timezone.now()
    integrity_reports.stands(
        Proof.SIGNATURES,
        problem_count=sum(len(state.problems) for state in states),
        proven_at=min(ends, default=now) if len(ends) == len(states) else None,
        now=now,
    )
