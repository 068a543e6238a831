"""The minute's sweep of the waiting list. Twice, late or not at all: what is owed stands in PostgreSQL."""

import logging

from celery import shared_task
from django.utils import timezone

from accounts.models import Clinic
from scheduling.services import freed_slots

logger = logging.getLogger(__name__)


@shared_task
def sweep_waiting_list() -> None:
    """Sweep every clinic, each in its own transactions; one that fails does not hold up the others."""
    for clinic in Clinic.objects.order_by("pk"):
        try:
            freed_slots.sweep(clinic=clinic, clock=timezone.now)
        except Exception:
            logger.exception("the sweep of a clinic's waiting list failed")
