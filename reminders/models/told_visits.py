"""What a letter told its patient of a visit: so that the next one tells only what is new."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwnedQuerySet, manager_of
from patients.models import PatientOwned
from reminders.choices import MessageState


class ToldVisitQuerySet(ClinicOwnedQuerySet["ToldVisit"]):
    def left(self) -> Self:
        """Those whose letter left, or may have left."""
        sent = models.Q(message__state__in=(MessageState.SENDING, MessageState.SENT, MessageState.UNKNOWN))
        return self.filter(sent | models.Q(message__is_ambiguous=True))


class ToldVisit(PatientOwned):
    """Written with the letter: the visit's time as it stood then, or that it does not take place."""

    message = ClinicForeignKey("reminders.Message", related_name="told_visits")
    appointment = ClinicForeignKey("scheduling.Appointment", related_name="+")
    starts_at = models.DateTimeField()
    is_off = models.BooleanField(default=False)
    told_at = models.DateTimeField()

    objects: ClassVar[ToldVisitQuerySet] = manager_of(ToldVisitQuerySet)

    class Meta:
        verbose_name = _("visit that a message told of")
        constraints = [
            models.UniqueConstraint(fields=["clinic", "message", "appointment"], name="reminders_toldvisit_once")
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"
