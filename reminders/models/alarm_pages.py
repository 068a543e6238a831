"""One page to one person on call: planned under a unique key, sent, its end recorded. The timer is the row itself."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, ClinicRules, manager_of
from reminders.choices import Channel, PageSkip, PageState

_OF_REPORT = "(SELECT s.patient_id FROM pit_sessions_sideeffect s WHERE s.id = r.side_effect_id)"


class AlarmPageQuerySet(ClinicOwnedQuerySet["AlarmPage"]):
    def planned(self) -> Self:
        return self.filter(state=PageState.PLANNED)

    def in_order(self) -> Self:
        """Mail first, then texts; the longest waiting first."""
        return self.order_by("channel", "due_at", "id")

    def abandoned(self, now: datetime) -> Self:
        """Half sent by a worker whose lease has run out."""
        return self.filter(state=PageState.SENDING, lease_until__lte=now)

    def tests(self) -> Self:
        return self.filter(side_effect__isnull=True)

    def of_report(self, side_effect_id: object) -> Self:
        return self.filter(side_effect_id=side_effect_id)

    def newest_first(self) -> Self:
        return self.order_by("-due_at", "-created_at", "-id")


class AlarmPage(ClinicOwned):
    """No address and no words are kept: both are derived when it is sent.

    ``side_effect`` is None for a test. ``alarm_at`` is since when the alarm has been ringing that the page belongs to:
    a report given back rings anew, while its rounds are counted on. ``is_ambiguous``: a copy may have left before.
    """

    clinic_rules = ClinicRules(patient=_OF_REPORT)

    side_effect = ClinicForeignKey("pit_sessions.SideEffect", null=True, blank=True, related_name="+")
    membership = ClinicForeignKey("accounts.Membership", related_name="+")
    alarm_at = models.DateTimeField()
    round_number = models.PositiveIntegerField(_("round"), default=0)
    channel = models.CharField(max_length=8, choices=Channel)
    due_at = models.DateTimeField(_("due"))
    state = models.CharField(_("state"), max_length=8, choices=PageState, default=PageState.PLANNED)
    skip_reason = models.CharField(max_length=8, choices=PageSkip, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    is_ambiguous = models.BooleanField(default=False)
    lease_owner = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=60, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[AlarmPageQuerySet] = manager_of(AlarmPageQuerySet)

    class Meta:
        verbose_name = _("page to a person on call")
        indexes = [
            models.Index(
                fields=["clinic", "due_at"],
                condition=models.Q(state__in=("planned", "sending")),
                name="reminders_alarmpage_waiting",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "side_effect", "alarm_at", "round_number", "membership", "channel"],
                name="reminders_alarmpage_once",
            ),
            models.CheckConstraint(condition=models.Q(state__in=PageState.values), name="reminders_alarmpage_state"),
            models.CheckConstraint(
                condition=models.Q(state="skipped") & ~models.Q(skip_reason="")
                | ~models.Q(state="skipped") & models.Q(skip_reason=""),
                name="reminders_alarmpage_skip_reason",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="sent") | models.Q(sent_at__isnull=False), name="reminders_alarmpage_sent_at"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="sending") | models.Q(lease_until__isnull=False) & ~models.Q(lease_owner=""),
                name="reminders_alarmpage_lease",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.due_at:%Y-%m-%d %H:%M}"

    @property
    def is_test(self) -> bool:
        return self.side_effect_id is None


class PagerBeat(ClinicOwned):
    """When the sweep of alarms last came by. It says nothing about any patient, so it is not audited."""

    clinic_rules = ClinicRules(is_audited=False)

    swept_at = models.DateTimeField()

    objects: ClassVar[ClinicOwnedQuerySet["PagerBeat"]] = manager_of(ClinicOwnedQuerySet["PagerBeat"])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic"], name="reminders_pagerbeat_one_a_clinic")]

    def __str__(self) -> str:
        return f"{self.swept_at:%H:%M:%S}"
