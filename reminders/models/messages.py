"""One message we owe: planned under a unique key, claimed, sent once, its result recorded."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwnedQuerySet
from patients.models import PatientOwned
from reminders.choices import Channel, MessageState, SkipReason


class MessageQuerySet(ClinicOwnedQuerySet["Message"]):
    pass


class Message(PatientOwned):
    """No body and no address are kept: both are derived when it is sent, from what holds then.

    ``lease_until`` frees a claim whose worker died; ``is_ambiguous`` marks that a copy may already have left.
    """

    injection_session = ClinicForeignKey(
        "pit_sessions.InjectionSession", null=True, blank=True, related_name="messages"
    )
    appointment = ClinicForeignKey("scheduling.Appointment", null=True, blank=True, related_name="+")
    access_link = ClinicForeignKey("patients.AccessLink", null=True, blank=True, related_name="messages")
    step = models.CharField(_("step"), max_length=20)
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.EMAIL)
    dedupe_key = models.CharField(max_length=120)
    due_at = models.DateTimeField(_("due"))
    next_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(_("state"), max_length=8, choices=MessageState, default=MessageState.PLANNED)
    skip_reason = models.CharField(max_length=16, choices=SkipReason, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    is_ambiguous = models.BooleanField(default=False)
    lease_owner = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=60, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[MessageQuerySet] = MessageQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(
                fields=["clinic", "next_at"],
                condition=models.Q(state__in=("planned", "claimed", "sending")),
                name="reminders_message_due",
            ),
            models.Index(fields=["clinic", "-due_at"], name="reminders_message_recent"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "dedupe_key"], name="reminders_message_once"),
            models.CheckConstraint(condition=models.Q(state__in=MessageState.values), name="reminders_message_state"),
            models.CheckConstraint(
                condition=models.Q(state="skipped") & ~models.Q(skip_reason="") | ~models.Q(state="skipped"),
                name="reminders_message_skip_reason",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="sent") | models.Q(sent_at__isnull=False),
                name="reminders_message_sent_at",
            ),
        ]

    def __str__(self) -> str:
        return self.step
