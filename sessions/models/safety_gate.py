"""What is asked and answered before the needle: screening, time-out, and rules that were lifted with a reason."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicRules
from sessions.choices import OverrideReason, TimeOutItem
from sessions.models.injection_sessions import PATIENT_OF_SESSION, InjectionSession


class ScreeningAnswer(ClinicOwned):
    """One safety question of this visit, with the override and its reason where a hard stop was answered yes."""

    clinic_rules = ClinicRules(patient=PATIENT_OF_SESSION, is_deletable=True)

    injection_session = ClinicForeignKey(InjectionSession, related_name="screening_answers")
    item = models.CharField(max_length=40)
    is_yes = models.BooleanField()
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "injection_session", "item"], name="sessions_screeninganswer_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.is_yes}"


class RuleOverride(ClinicOwned):
    """A warning answered or a hard stop lifted: which rule, by whom, why (domain.md §11).

    ``reason_code`` is null only in records from before there was a list; without words it must say why by itself.
    """

    clinic_rules = ClinicRules(patient=PATIENT_OF_SESSION, is_deletable=True)

    injection_session = ClinicForeignKey(InjectionSession, related_name="overrides")
    rule = models.CharField(max_length=8)
    subject = models.CharField(max_length=120, blank=True)
    sentence = models.CharField(max_length=300)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    reason_code = models.CharField(max_length=12, choices=OverrideReason, null=True, blank=True)  # noqa: DJ001 - nulls stay out of the hash
    overridden_by = ClinicForeignKey("accounts.Membership", related_name="+")
    overridden_at = models.DateTimeField()

    class Meta:
        verbose_name = _("reason to go ahead")
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "injection_session", "rule", "subject"], name="sessions_override_once"
            ),
            models.CheckConstraint(
                condition=models.Q(reason_code__isnull=True) | models.Q(reason_code__in=OverrideReason.values),
                name="sessions_override_reason_code",
            ),
            models.CheckConstraint(
                condition=~models.Q(reason="")
                | (models.Q(reason_code__isnull=False) & ~models.Q(reason_code=OverrideReason.OTHER)),
                name="sessions_override_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.rule


class TimeOut(ClinicOwned):
    """The time-out before the needle: one look at one state of the points, a changed state gets a row of its own.

    ``shown`` is compared with what the session holds later (``sessions.rules.time_outs``), ``words`` is what stood on
    the screen. ``confirmed_at`` is set when the last item is confirmed.
    """

    clinic_rules = ClinicRules(patient=PATIENT_OF_SESSION, is_deletable=True)

    injection_session = ClinicForeignKey(InjectionSession, related_name="time_outs")
    fingerprint = models.CharField(max_length=32)
    shown = models.JSONField()
    words = models.JSONField()
    items = ArrayField(models.CharField(max_length=10, choices=TimeOutItem))
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("time-out")
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "injection_session", "fingerprint"], name="sessions_timeout_once"
            ),
            models.CheckConstraint(
                condition=models.Q(items__contained_by=TimeOutItem.values), name="sessions_timeout_items"
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | models.Q(confirmed_at__isnull=False, confirmed_by__isnull=False, items__contains=TimeOutItem.values),
                name="sessions_timeout_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.fingerprint
