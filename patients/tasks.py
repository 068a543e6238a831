"""The register's work in the background.

Names: a sweep works out anew where they stand and how they are found, when the clinic changed its language.
Imports: one task does one file, a sweep each minute finds those that were not begun or not ended.
Records that may be of one person: a sweep compares what is new or changed.
"""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from accounts.actors import Actor, machine
from accounts.clinic_tasks import for_each_clinic
from accounts.models import Clinic
from common.tenancy import tenant
from patients.services import alike_pairs, name_tokens, patient_imports

NAME_BATCHES_AT_MOST = 40  # of 500 names, each in a transaction of its own: a clinic of 200,000 takes ten minutes
BATCHES_AT_MOST = 10  # of 500 records: a clinic of 200,000 is compared whole in an hour and a half


# A large file on a busy machine takes its time; the broker hands the message out again after an hour.
@shared_task(soft_time_limit=50 * 60, time_limit=51 * 60)
def run_import(*, clinic_id: str, import_id: str) -> None:
    clinic = Clinic.objects.filter(pk=clinic_id).first()
    if clinic is not None:
        patient_imports.run(clinic=clinic, job_id=UUID(import_id), clock=timezone.now)


@shared_task
def sweep_imports() -> None:
    found: list[tuple[str, str]] = []

    def look(actor: Actor) -> None:
        now = timezone.now()
        patient_imports.expire(by=actor, now=now)
        found.extend((str(actor.clinic_id), str(job_id)) for job_id in patient_imports.waiting(actor, now=now))

    for_each_clinic("patients.sweep_imports", look)
    for clinic_id, import_id in found:
        run_import.delay(clinic_id=clinic_id, import_id=import_id)


@shared_task
def sweep_names() -> None:
    """One clinic after the other; a batch holds its rows for a moment only."""
    for clinic in Clinic.objects.order_by("pk"):
        by = machine(clinic, "task:patients.sweep_names")
        for _batch in range(NAME_BATCHES_AT_MOST):
            with tenant(clinic.pk, actor=by.audit_name):
                if not name_tokens.renew(by=by):
                    break


@shared_task
def sweep_alike_patients() -> None:
    """Compare what was registered or changed since with every other record; so many of a clinic a time at most."""

    def look(actor: Actor) -> None:
        for _batch in range(BATCHES_AT_MOST):
            if not (ids := alike_pairs.waiting(actor)):
                return
            alike_pairs.compare(by=actor, patient_ids=ids)

    for_each_clinic("patients.sweep_alike_patients", look)
