"""One message we owe: planned under a unique key, claimed, sent once, its result recorded."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwnedQuerySet, manager_of
from patients.choices import Purpose
from patients.models import PatientOwned
from reminders.choices import STUCK, VISIT_STEPS, WAITING, Channel, MessageState, SkipReason, Step


class MessageQuerySet(ClinicOwnedQuerySet["Message"]):
    def due(self, now: datetime) -> Self:
        """Planned ones whose time has come, the longest waiting first."""
        return self.filter(state=MessageState.PLANNED, next_at__lte=now).order_by("next_at")

    def abandoned(self, now: datetime) -> Self:
        """Claimed or half sent by a worker whose lease has run out."""
        return self.filter(
            state__in=(MessageState.CLAIMED, MessageState.SENDING), next_at__lte=now, lease_until__lte=now
        )

    def stuck(self) -> Self:
        return self.filter(state__in=STUCK)

    def due_between(self, start: datetime, end: datetime) -> Self:
        return self.filter(due_at__gte=start, due_at__lt=end)

    def newest_first(self) -> Self:
        return self.order_by("-due_at", "-id")


class Message(PatientOwned):
    """No body and no address are kept: both are derived when it is sent, from what holds then.

    ``lease_until`` frees a claim whose worker died. ``is_ambiguous`` marks that a copy may already have left, and
    ``resends`` counts how often it was sent again in spite of that (at most once). ``is_requested``: somebody asked for
    it now, so that quiet hours do not hold it back. ``move`` is the change of a visit it tells of; with a ``batch_id``
    it tells of all that were changed in the same act. ``held_at``: since when it waits for a person, because the record
    came back from a backup.
    """

    injection_session = ClinicForeignKey(
        "pit_sessions.InjectionSession", null=True, blank=True, related_name="messages"
    )
    appointment = ClinicForeignKey("scheduling.Appointment", null=True, blank=True, related_name="+")
    move = ClinicForeignKey("scheduling.AppointmentMove", null=True, blank=True, related_name="+")
    batch_id = models.UUIDField(null=True, blank=True)
    slot_offer = ClinicForeignKey("scheduling.SlotOffer", null=True, blank=True, related_name="+")
    contact_code = ClinicForeignKey("patients.ContactCode", null=True, blank=True, related_name="messages")
    access_link = ClinicForeignKey("patients.AccessLink", null=True, blank=True, related_name="messages")
    step = models.CharField(_("step"), max_length=20, choices=Step)
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.EMAIL)
    dedupe_key = models.CharField(max_length=120)
    due_at = models.DateTimeField(_("due"))
    next_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(_("state"), max_length=8, choices=MessageState, default=MessageState.PLANNED)
    skip_reason = models.CharField(max_length=16, choices=SkipReason, blank=True)
    is_requested = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    resends = models.PositiveSmallIntegerField(default=0)
    is_ambiguous = models.BooleanField(default=False)
    lease_owner = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=60, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[MessageQuerySet] = manager_of(MessageQuerySet)

    class Meta:
        indexes = [
            models.Index(
                fields=["clinic", "next_at"],
                condition=models.Q(state__in=("planned", "claimed", "sending")),
                name="reminders_message_due",
            ),
            models.Index(fields=["clinic", "-due_at"], name="reminders_message_recent"),
            models.Index(
                fields=["clinic", "-due_at"],
                condition=models.Q(state__in=("failed", "unknown")),
                name="reminders_message_stuck",
            ),
            models.Index(
                fields=["clinic", "batch_id"],
                condition=models.Q(batch_id__isnull=False),
                name="reminders_message_batch",
            ),
            models.Index(fields=["clinic", "-due_at"], condition=models.Q(state="held"), name="reminders_message_held"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "dedupe_key"], name="reminders_message_once"),
            models.CheckConstraint(condition=models.Q(state__in=MessageState.values), name="reminders_message_state"),
            models.CheckConstraint(
                condition=models.Q(state="skipped") & ~models.Q(skip_reason="")
                | ~models.Q(state="skipped") & models.Q(skip_reason=""),
                name="reminders_message_skip_reason",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="sent") | models.Q(sent_at__isnull=False),
                name="reminders_message_sent_at",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="held") | models.Q(held_at__isnull=False), name="reminders_message_held_at"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=("claimed", "sending"))
                | models.Q(lease_until__isnull=False) & ~models.Q(lease_owner=""),
                name="reminders_message_lease",
            ),
        ]

    def __str__(self) -> str:
        return self.step

    @property
    def is_about_visit(self) -> bool:
        return self.step in VISIT_STEPS

    @property
    def is_offer(self) -> bool:
        return self.step == Step.SLOT_OFFER

    @property
    def is_code(self) -> bool:
        return self.step == Step.CONTACT_CODE

    @property
    def purpose(self) -> Purpose:
        """What the patient has to have allowed; a code goes to the contact it confirms, whatever is allowed."""
        return Purpose.APPOINTMENT if self.is_about_visit or self.is_offer else Purpose.CARE

    @property
    def is_waiting(self) -> bool:
        """Not yet on its way: it can be stopped, or sent at once."""
        return self.state in WAITING

    @property
    def is_stuck(self) -> bool:
        return self.state in STUCK
