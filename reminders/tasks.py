"""The sweeps. Beat may call them twice, late or not at all: what is owed stands in PostgreSQL."""

import logging
from datetime import datetime
from uuid import uuid4

from celery import shared_task
from django.db import connection

from accounts.models import Clinic
from accounts.services import sign_in_letters
from reminders.services import alarm_sweeps, audit_heads, staff_letter_sweeps, sweeps

logger = logging.getLogger(__name__)


def database_clock() -> datetime:
    """PostgreSQL's time: a worker whose own clock is wrong sends nothing early or late."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    return now  # type: ignore[no-any-return]


@shared_task
def sweep_messages() -> None:
    """Sweep every clinic, each in its own transactions; one that fails does not hold up the others."""
    for clinic in Clinic.objects.order_by("pk"):
        try:
            sweeps.sweep(clinic=clinic, owner=str(uuid4()), clock=database_clock)
        except Exception:
            logger.exception("the sweep of a clinic failed")


@shared_task
def sweep_pages() -> None:
    """Page whoever is on call, clinic by clinic; it has a queue of its own, so that no long mail sweep is before it."""
    for clinic in Clinic.objects.order_by("pk"):
        try:
            alarm_sweeps.sweep(clinic=clinic, owner=str(uuid4()), clock=database_clock)
        except Exception:
            logger.exception("the sweep of a clinic's alarms failed")


@shared_task
def sweep_staff_letters() -> None:
    """Invitations and what else is owed to people who work at a clinic, clinic by clinic."""
    try:
        sign_in_letters.pass_on(now=database_clock())
    except Exception:
        logger.exception("letters about sign-ins were not passed on")
    for clinic in Clinic.objects.order_by("pk"):
        try:
            staff_letter_sweeps.sweep(clinic=clinic, clock=database_clock)
        except Exception:
            logger.exception("the sweep of a clinic's staff letters failed")


@shared_task
def send_audit_heads() -> None:
    """Once a day the heads of the audit trails leave this machine; heads that did not leave are told by ``readyz``."""
    audit_heads.send_away(now=database_clock())
