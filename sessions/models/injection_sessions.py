"""One treatment: screened, consented, injected point by point, scored, signed. Signed means it cannot change."""

from decimal import Decimal
from typing import ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, ClinicRules
from catalogue.models.nerve_figures import LARGEST
from patients.models import PatientOwned
from sessions.choices import ConsentSigner, Depth, Guidance, OverrideReason, PointSide, RecordStatus, TimeOutItem
from sessions.observation import MAX_MINUTES
from sessions.response import MAX_CYCLES

_PATIENT = "(SELECT s.patient_id FROM pit_sessions_injectionsession s WHERE s.id = r.injection_session_id)"


class InjectionSessionQuerySet(ClinicOwnedQuerySet["InjectionSession"]):
    def signed(self) -> Self:
        return self.filter(status=RecordStatus.SIGNED)

    def drafts(self) -> Self:
        return self.filter(status=RecordStatus.DRAFT)

    def to_co_sign(self) -> Self:
        """Signed by somebody whose records need a second name, and still without it."""
        return self.signed().filter(needs_co_signature=True, co_signatures__isnull=True)


class InjectionSession(PatientOwned):
    """``content_sha256`` is made by the database when the session is signed; ``version`` grows with each save.

    ``preparation`` is the one on the tray: what a new point is given. Each point names its own.
    """

    appointment = ClinicForeignKey("scheduling.Appointment", related_name="+")
    course = ClinicForeignKey("pit_sessions.Course", null=True, blank=True, related_name="injection_sessions")
    clinician = ClinicForeignKey("accounts.Membership", related_name="+")
    consent = ClinicForeignKey("pit_sessions.Consent", null=True, blank=True, related_name="injection_sessions")
    preparation = ClinicForeignKey(
        "pit_sessions.Preparation", null=True, blank=True, related_name="sessions", db_index=False
    )
    technique = models.ForeignKey("catalogue.Technique", on_delete=models.PROTECT, related_name="+")
    guidance = models.CharField(_("guidance"), max_length=10, choices=Guidance, default=Guidance.PALPATION)
    needle_gauge = models.PositiveSmallIntegerField(_("needle (G)"), null=True, blank=True)
    needle_length_mm = models.PositiveSmallIntegerField(_("needle length (mm)"), null=True, blank=True)
    provoked_movement = models.CharField(_("movement that provokes the pain"), max_length=120, blank=True)
    amount_drawn_ml = models.DecimalField(_("drawn up (mL)"), max_digits=5, decimal_places=1, null=True, blank=True)
    sharps_out = models.PositiveSmallIntegerField(_("sharps opened"), null=True, blank=True)
    sharps_in = models.PositiveSmallIntegerField(_("sharps disposed of"), null=True, blank=True)
    cycles_injected_at = ArrayField(
        models.DateTimeField(null=True), verbose_name=_("last injection of each cycle"), null=True, blank=True
    )
    observation_minutes = models.PositiveSmallIntegerField(_("observation planned (minutes)"), null=True, blank=True)
    observation_started_at = models.DateTimeField(_("observation began"), null=True, blank=True)
    observation_ended_at = models.DateTimeField(_("observation ended"), null=True, blank=True)
    is_walking = models.BooleanField(_("walking at discharge"), null=True, blank=True)
    is_free_of_dizziness = models.BooleanField(_("no dizziness at discharge"), null=True, blank=True)
    has_dry_sites = models.BooleanField(_("sites dry at discharge"), null=True, blank=True)
    # Null, not empty: a signature leaves out nulls, so that records signed before this column keep theirs.
    discharge_note = models.CharField(_("discharge note"), max_length=300, null=True, blank=True)  # noqa: DJ001
    discharge_checked_at = models.DateTimeField(_("discharge checked"), null=True, blank=True)
    discharge_checked_by = ClinicForeignKey(
        "accounts.Membership", null=True, blank=True, related_name="+", verbose_name=_("discharge checked by")
    )
    note = models.TextField(_("note"), blank=True)
    no_after_score_reason = models.CharField(_("why there is no score after"), max_length=200, blank=True)
    status = models.CharField(max_length=8, choices=RecordStatus, default=RecordStatus.DRAFT)
    started_at = models.DateTimeField()
    screened_at = models.DateTimeField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+")
    # Made by the database from the signer's membership when the session is signed; none means no.
    needs_co_signature = models.BooleanField(null=True, editable=False)
    content_sha256 = models.CharField(max_length=64, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+")
    void_reason = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    # Set by signing; null in a draft and in records signed before clinics had rules of their own.
    rule_set = ClinicForeignKey("pit_sessions.RuleSet", null=True, blank=True, related_name="+")
    # Which open page saved last, and which of its sends that was: a send whose answer was lost is no conflict.
    saved_page = models.UUIDField(null=True, blank=True, editable=False)
    saved_number = models.PositiveIntegerField(null=True, blank=True, editable=False)

    objects: ClassVar[InjectionSessionQuerySet] = InjectionSessionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(fields=["patient", "-started_at"], name="sessions_session_patient"),
            models.Index(fields=["clinic", "signed_at"], name="sessions_session_signed"),
            models.Index(
                fields=["clinic", "started_at"],
                condition=models.Q(status="draft"),
                name="sessions_session_drafts",
            ),
            models.Index(
                fields=["preparation"],
                condition=models.Q(preparation__isnull=False),
                name="sessions_session_preparation",
            ),
            models.Index(
                fields=["clinic", "signed_at"],
                condition=models.Q(status="signed", needs_co_signature=True),
                name="sessions_session_co_sign",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "appointment"],
                condition=~models.Q(status="voided"),
                name="sessions_session_one_a_visit",
            ),
            models.CheckConstraint(condition=models.Q(status__in=RecordStatus.values), name="sessions_session_status"),
            models.CheckConstraint(
                condition=models.Q(status="draft", signed_at__isnull=True, content_sha256="")
                | models.Q(status="signed", signed_at__isnull=False, signed_by__isnull=False)
                | models.Q(status="voided", voided_at__isnull=False, voided_by__isnull=False),
                name="sessions_session_status_is_whole",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="voided") | ~models.Q(void_reason=""),
                name="sessions_session_void_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(signed_at__isnull=True) | models.Q(signed_at__gte=models.F("started_at")),
                name="sessions_session_signed_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(signed_at__isnull=True)
                | models.Q(sharps_out__isnull=True, sharps_in__isnull=True)
                | models.Q(sharps_out__isnull=False, sharps_in__isnull=False, sharps_in=models.F("sharps_out")),
                name="sessions_session_sharps",
            ),
            models.CheckConstraint(
                condition=models.Q(cycles_injected_at__isnull=True) | models.Q(cycles_injected_at__len__lte=MAX_CYCLES),
                name="sessions_session_cycles",
            ),
            models.CheckConstraint(
                condition=models.Q(observation_ended_at__isnull=True)
                | models.Q(
                    observation_started_at__isnull=False, observation_ended_at__gte=models.F("observation_started_at")
                ),
                name="sessions_session_observation_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(observation_minutes__isnull=True)
                | models.Q(observation_minutes__gte=1, observation_minutes__lte=MAX_MINUTES),
                name="sessions_session_observation_minutes",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    is_walking__isnull=True,
                    is_free_of_dizziness__isnull=True,
                    has_dry_sites__isnull=True,
                    discharge_checked_at__isnull=True,
                    discharge_checked_by__isnull=True,
                )
                | (
                    models.Q(discharge_checked_at__isnull=False, discharge_checked_by__isnull=False)
                    & ~models.Q(is_walking__isnull=True, is_free_of_dizziness__isnull=True, has_dry_sites__isnull=True)
                ),
                name="sessions_session_discharge_has_checker",
            ),
            # A draft may wait for its words; a signed record says what was done about what was not fine.
            models.CheckConstraint(
                condition=models.Q(signed_at__isnull=True)
                | (
                    (models.Q(is_walking__isnull=True) | models.Q(is_walking=True))
                    & (models.Q(is_free_of_dizziness__isnull=True) | models.Q(is_free_of_dizziness=True))
                    & (models.Q(has_dry_sites__isnull=True) | models.Q(has_dry_sites=True))
                )
                | (models.Q(discharge_note__isnull=False) & ~models.Q(discharge_note="")),
                name="sessions_session_discharge_note",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d}"


class ScreeningAnswer(ClinicOwned):
    """One safety question of this visit, with the override and its reason where a hard stop was answered yes."""

    clinic_rules = ClinicRules(patient=_PATIENT, is_deletable=True)

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


class Consent(PatientOwned):
    """Consent for a course (or a single session): which text, for what, who signed, who asked.

    It stands for the technique, the classes of solution and the risks of the region named here (domain.md §12).
    ``signature`` holds the strokes of a finger (``sessions.signatures``); null: the typed name is the signature.
    ``wording`` is null where the text is the product's own.
    """

    course = ClinicForeignKey("pit_sessions.Course", null=True, blank=True, related_name="consents")
    technique = models.ForeignKey("catalogue.Technique", on_delete=models.PROTECT, related_name="+")
    solution_classes = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    risk_flags = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    wording_version = models.CharField(max_length=20)
    signed_name = models.CharField(_("signed by (full name)"), max_length=120)
    signed_as = models.CharField(max_length=10, choices=ConsentSigner, default=ConsentSigner.PATIENT)
    given_at = models.DateTimeField()
    taken_by = ClinicForeignKey("accounts.Membership", related_name="+")
    signature = models.JSONField(null=True, blank=True)
    interpreter_name = models.CharField(_("interpreter (full name)"), max_length=120, blank=True)
    wording = ClinicForeignKey("pit_sessions.ConsentWording", null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+")
    withdrawal_reason = models.CharField(_("why it was withdrawn"), max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["patient", "-given_at"], name="sessions_consent_patient")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(signed_name=""), name="sessions_consent_name"),
            models.CheckConstraint(
                condition=models.Q(signed_as__in=ConsentSigner.values), name="sessions_consent_signed_as"
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True)
                | (models.Q(withdrawn_by__isnull=False) & ~models.Q(withdrawal_reason="")),
                name="sessions_consent_withdrawal_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.given_at:%Y-%m-%d}"


class InjectionPoint(ClinicOwned):
    """This nerve, this side, this point, this volume, this lot."""

    clinic_rules = ClinicRules(patient=_PATIENT, is_deletable=True)

    injection_session = ClinicForeignKey(InjectionSession, related_name="points")
    number = models.PositiveSmallIntegerField()
    nerve = models.ForeignKey("catalogue.Nerve", on_delete=models.PROTECT, related_name="+")
    side = models.CharField(_("side"), max_length=8, choices=PointSide)
    point_type = models.ForeignKey(
        "catalogue.PointType", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    volume_ml = models.DecimalField(_("volume (mL)"), max_digits=4, decimal_places=2)
    depth = models.CharField(_("depth"), max_length=12, choices=Depth, default=Depth.SUBCUTANEOUS)
    depth_mm = models.PositiveSmallIntegerField(_("depth (mm)"), null=True, blank=True)
    solution = models.ForeignKey("catalogue.Solution", on_delete=models.PROTECT, related_name="+")
    lot = ClinicForeignKey("pit_sessions.SolutionLot", null=True, blank=True, related_name="points")
    # Where the point was put on the nerve map: the figure by its code and version, so that the signed content says it
    # in words, and the place in figure units from the top left.
    figure = models.ForeignKey(
        "catalogue.NerveFigure", on_delete=models.PROTECT, to_field="code", null=True, blank=True, related_name="+"
    )
    x = models.PositiveSmallIntegerField(null=True, blank=True)
    y = models.PositiveSmallIntegerField(null=True, blank=True)
    preparation = ClinicForeignKey(
        "pit_sessions.Preparation", null=True, blank=True, related_name="points", db_index=False
    )
    # From 2 on, as the scores count them; null is the first, for a signature leaves out nulls and so keeps the records
    # signed before this column.
    cycle = models.PositiveSmallIntegerField(_("cycle"), null=True, blank=True)

    class Meta:
        ordering = ["number"]
        indexes = [
            models.Index(
                fields=["preparation"], condition=models.Q(preparation__isnull=False), name="sessions_point_preparation"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "injection_session", "number"],
                name="sessions_point_number",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=models.Q(side__in=PointSide.values), name="sessions_point_side"),
            models.CheckConstraint(
                condition=models.Q(volume_ml__gt=Decimal(0)) & models.Q(volume_ml__lte=Decimal(60)),
                name="sessions_point_volume",
            ),
            models.CheckConstraint(
                condition=models.Q(cycle__isnull=True) | models.Q(cycle__range=(2, MAX_CYCLES)),
                name="sessions_point_cycle",
            ),
            models.CheckConstraint(condition=models.Q(depth__in=Depth.values), name="sessions_point_depth"),
            models.CheckConstraint(
                condition=models.Q(figure__isnull=True, x__isnull=True, y__isnull=True)
                # "Not null" in so many words: a comparison with null would let the row through.
                | models.Q(
                    figure__isnull=False,
                    x__isnull=False,
                    y__isnull=False,
                    x__range=(0, LARGEST),
                    y__range=(0, LARGEST),
                ),
                name="sessions_point_place_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class ContainerUse(PatientOwned):
    """This container served this patient in this session. Written by the database alone, from the points
    (sessions/sql/stock.sql), so that no path goes round the rule that a single-dose container serves one patient (V24).

    It ends when the session is voided: a record struck out, most often for the wrong patient, says nothing any more,
    and the right patient's record must be able to name what was given.
    """

    clinic_rules = ClinicRules(patient="r.patient_id", is_deletable=True, is_audited=False)

    injection_session = ClinicForeignKey(InjectionSession, related_name="container_uses")
    container = ClinicForeignKey("pit_sessions.Container", related_name="uses")
    is_single_dose = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "injection_session", "container"], name="sessions_use_once"),
            ExclusionConstraint(
                name="sessions_use_one_patient",
                expressions=[("container", RangeOperators.EQUAL), ("patient", RangeOperators.NOT_EQUAL)],
                condition=models.Q(is_single_dose=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.container_id)


class RuleOverride(ClinicOwned):
    """A warning answered or a hard stop lifted: which rule, by whom, why (domain.md §11).

    ``reason_code`` is null only in records from before there was a list; without words it must say why by itself.
    """

    clinic_rules = ClinicRules(patient=_PATIENT, is_deletable=True)

    injection_session = ClinicForeignKey(InjectionSession, related_name="overrides")
    rule = models.CharField(max_length=8)
    subject = models.CharField(max_length=120, blank=True)
    sentence = models.CharField(max_length=300)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    reason_code = models.CharField(max_length=12, choices=OverrideReason, null=True, blank=True)  # noqa: DJ001 - nulls stay out of the hash
    overridden_by = ClinicForeignKey("accounts.Membership", related_name="+")
    overridden_at = models.DateTimeField()

    class Meta:
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

    clinic_rules = ClinicRules(patient=_PATIENT, is_deletable=True)

    injection_session = ClinicForeignKey(InjectionSession, related_name="time_outs")
    fingerprint = models.CharField(max_length=32)
    shown = models.JSONField()
    words = models.JSONField()
    items = ArrayField(models.CharField(max_length=10, choices=TimeOutItem))
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+")

    class Meta:
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


class Addendum(ClinicOwned):
    """What was added after signing; the original stays as it was."""

    clinic_rules = ClinicRules(patient=_PATIENT)

    injection_session = ClinicForeignKey(InjectionSession, related_name="addenda")
    text = models.TextField(_("addendum"))
    written_at = models.DateTimeField()
    written_by = ClinicForeignKey("accounts.Membership", related_name="+")

    class Meta:
        ordering = ["written_at"]
        constraints = [models.CheckConstraint(condition=~models.Q(text=""), name="sessions_addendum_text")]

    def __str__(self) -> str:
        return f"{self.written_at:%Y-%m-%d}"
