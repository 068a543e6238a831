"""Who stayed away before, and how long the desk waits before it says so."""

from datetime import timedelta

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from scheduling.choices import VisitStatus
from scheduling.models import Appointment, DeskRules
from scheduling.models.desk import NO_SHOW_AFTER_MINUTES

CONFIRM_AFTER = 2  # domain.md §12: after 2 no-shows the next visit needs a confirmation; nobody is discharged


def no_show_after(by: Actor) -> timedelta:
    """How long after its start a visit nobody came to is offered as a no-show. One query."""
    own = DeskRules.objects.visible_to(by).values_list("no_show_after_minutes", flat=True).first()
    return timedelta(minutes=own or NO_SHOW_AFTER_MINUTES)


def no_shows_of_patient() -> Coalesce:
    """How many visits the patient missed, for a query over rows with ``clinic_id`` and ``patient_id``."""
    missed = Appointment.objects.filter(
        clinic_id=OuterRef("clinic_id"), patient_id=OuterRef("patient_id"), status=VisitStatus.NO_SHOW
    )
    counted = missed.order_by().values("patient_id").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def should_confirm(status: str, no_shows: int) -> bool:
    """Whether somebody should hear from the patient before counting on this visit."""
    return status == VisitStatus.BOOKED and no_shows >= CONFIRM_AFTER
