"""One treatment: screened, consented, injected point by point, scored, signed. Signed means it cannot change."""

from datetime import timedelta
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, ClinicRules, Membership, manager_of
from patients.models import PatientOwned
from sessions.choices import ConsentSigner, CoSigned, Guidance, RecordStatus
from sessions.observation import MAX_MINUTES
from sessions.response import MAX_CYCLES

# The patient of a row of a session, for the audit trail.
PATIENT_OF_SESSION = "(SELECT s.patient_id FROM pit_sessions_injectionsession s WHERE s.id = r.injection_session_id)"

_SIGNED = models.Q(signed_at__isnull=False, signed_by__isnull=False)
_NOT_SIGNED = models.Q(signed_at__isnull=True, signed_by__isnull=True)
_NOT_VOIDED = models.Q(voided_at__isnull=True, voided_by__isnull=True)


class InjectionSessionQuerySet(ClinicOwnedQuerySet["InjectionSession"]):
    def signed(self) -> Self:
        return self.filter(status=RecordStatus.SIGNED)

    def drafts(self) -> Self:
        return self.filter(status=RecordStatus.DRAFT)

    def to_be_finished_by(self, member: Membership) -> Self:
        """Drafts of the person, but for those handed to a colleague; and those handed to the person."""
        own = models.Q(clinician=member, handed_to__isnull=True)
        return self.drafts().filter(own | models.Q(handed_to=member))

    def to_co_sign(self) -> Self:
        """Treated or signed by somebody whose records need a second name; still without it, and not sent back."""
        waiting = self.signed().filter(needs_co_signature=True).exclude(co_signatures__about=CoSigned.RECORD)
        return waiting.alias(back=_sent_back(CoSigned.RECORD)).filter(back__isnull=True)

    def addenda_to_co_sign(self) -> Self:
        """A row for each addendum that waits and is not sent back."""
        waiting = Addendum.objects.filter(needs_co_signature=True, co_signatures__isnull=True)
        return self.filter(addenda__in=waiting.alias(back=_sent_back(CoSigned.ADDENDUM)).filter(back__isnull=True))

    def voids_to_co_sign(self) -> Self:
        waiting = self.filter(status=RecordStatus.VOIDED, void_needs_co_signature=True)
        waiting = waiting.exclude(co_signatures__about=CoSigned.VOID)
        return waiting.alias(back=_sent_back(CoSigned.VOID)).filter(back__isnull=True)


def _sent_back(about: str) -> models.FilteredRelation:
    """Returns of this kind that nobody answered yet."""
    return models.FilteredRelation(
        "returns", condition=models.Q(returns__about=about, returns__asked_again_at__isnull=True)
    )


class InjectionSession(PatientOwned):
    """``content_sha256`` is that of the ``SignedDocument``, made by the database when the session is signed, and
    ``content_version`` which builder made it; ``version`` grows with each save.

    ``preparation`` is the one on the tray: what a new point is given. Each point names its own.
    """

    appointment = ClinicForeignKey("scheduling.Appointment", related_name="+")
    course = ClinicForeignKey("pit_sessions.Course", null=True, blank=True, related_name="injection_sessions")
    clinician = ClinicForeignKey("accounts.Membership", related_name="+")
    # Who finishes the draft of a clinician who left; any clinician may.
    handed_to = ClinicForeignKey("accounts.Membership", null=True, blank=True, editable=False, related_name="+")
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
    discharge_note = models.CharField(_("discharge note"), max_length=300, null=True, blank=True)  # noqa: DJ001 - see above
    discharge_checked_at = models.DateTimeField(_("discharge checked"), null=True, blank=True)
    discharge_checked_by = ClinicForeignKey(
        "accounts.Membership", null=True, blank=True, related_name="+", verbose_name=_("discharge checked by")
    )
    note = models.TextField(_("note"), blank=True)
    no_after_score_reason = models.CharField(_("why there is no score after"), max_length=200, blank=True)
    status = models.CharField(max_length=8, choices=RecordStatus, default=RecordStatus.DRAFT)
    started_at = models.DateTimeField()
    # What the rules compare with; worked out from what is known (``sessions.session_times``) until somebody says it.
    first_injected_at = models.DateTimeField(_("first injection"), null=True, blank=True)
    is_first_injection_stated = models.BooleanField(_("first injection stated"), null=True, blank=True)
    # Said first, where it was said otherwise since; and who said it otherwise last, and when.
    first_stated_at = models.DateTimeField(_("first injection as stated first"), null=True, editable=False)
    first_restated_at = models.DateTimeField(null=True, editable=False)
    first_restated_by = ClinicForeignKey("accounts.Membership", null=True, editable=False, related_name="+")
    # What hours of relief and the after-care count from; a draft has it only where somebody said it.
    ended_at = models.DateTimeField(_("treatment ended"), null=True, blank=True)
    is_end_stated = models.BooleanField(null=True, editable=False)
    # When the page was begun, where the treatment began before: ``started_at`` is then the first thing that was done.
    begun_at = models.DateTimeField(_("written down from"), null=True, editable=False)
    screened_at = models.DateTimeField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+")
    # Made by the database from the memberships of who treated and who signed; none means no.
    needs_co_signature = models.BooleanField(null=True, editable=False)
    # The same for who voided a signed record; no part of what was signed.
    void_needs_co_signature = models.BooleanField(null=True, editable=False)
    content_sha256 = models.CharField(max_length=64, blank=True)
    content_version = models.PositiveSmallIntegerField(null=True, editable=False)
    # Whom the signature names, once the session was moved by a merge of two records; made by the database.
    signed_patient_id = models.UUIDField(null=True, blank=True, editable=False)
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+")
    void_reason = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    # Set by signing; null in a draft and in records signed before clinics had rules of their own.
    rule_set = ClinicForeignKey("pit_sessions.RuleSet", null=True, blank=True, related_name="+")
    # Which open page saved last, and which of its sends that was: a send whose answer was lost is no conflict.
    saved_page = models.UUIDField(null=True, blank=True, editable=False)
    saved_number = models.PositiveIntegerField(null=True, blank=True, editable=False)

    objects: ClassVar[InjectionSessionQuerySet] = manager_of(InjectionSessionQuerySet)

    class Meta:
        indexes = [
            models.Index(fields=["patient", "-started_at"], name="sessions_session_patient"),
            # whether a session is its patient's last: asked of thousands at once by the lists of the recall
            models.Index(
                fields=["patient", "-started_at"],
                include=["clinic"],
                condition=models.Q(status__in=("draft", "signed")),
                name="sessions_session_last",
            ),
            models.Index(fields=["clinic", "signed_at"], name="sessions_session_signed"),
            models.Index(fields=["clinic", "ended_at"], name="sessions_session_ended"),
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
            models.Index(
                fields=["clinic", "voided_at"],
                condition=models.Q(void_needs_co_signature=True),
                name="sessions_session_void_co_sign",
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
                condition=models.Q(_NOT_SIGNED, _NOT_VOIDED, status="draft", content_sha256="", content_version=None)
                | models.Q(_SIGNED, _NOT_VOIDED, status="signed", content_version__isnull=False, content_version__gte=1)
                | models.Q(_NOT_SIGNED | _SIGNED, status="voided", voided_at__isnull=False, voided_by__isnull=False),
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
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("started_at")),
                name="sessions_session_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(signed_at__isnull=True)
                | models.Q(ended_at__isnull=False, ended_at__lte=models.F("signed_at")),
                name="sessions_session_ended_when_signed",
            ),
            models.CheckConstraint(
                condition=models.Q(first_injected_at__isnull=True)
                | models.Q(ended_at__isnull=True)
                | models.Q(ended_at__gte=models.F("first_injected_at")),
                name="sessions_session_ends_after_injection",
            ),
            models.CheckConstraint(
                condition=models.Q(is_first_injection_stated__isnull=True)
                | models.Q(is_first_injection_stated=True, first_injected_at__isnull=False),
                name="sessions_session_injection_stated_whole",
            ),
            # A clock shows minutes: within the minute of the last injection is not after it.
            models.CheckConstraint(
                condition=models.Q(first_injected_at__isnull=True)
                | models.Q(cycles_injected_at__0__isnull=True)
                | models.Q(first_injected_at__lt=models.F("cycles_injected_at__0") + timedelta(minutes=1)),
                name="sessions_session_first_before_last",
            ),
            models.CheckConstraint(
                condition=models.Q(is_end_stated__isnull=True) | models.Q(is_end_stated=True, ended_at__isnull=False),
                name="sessions_session_end_stated_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    first_stated_at__isnull=True, first_restated_at__isnull=True, first_restated_by__isnull=True
                )
                | models.Q(
                    first_stated_at__isnull=False, first_restated_at__isnull=False, first_restated_by__isnull=False
                ),
                name="sessions_session_restated_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(begun_at__isnull=True) | models.Q(begun_at__gt=models.F("started_at")),
                name="sessions_session_begun_after_start",
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


class Consent(PatientOwned):
    """Consent for a course (or a single session): which text, for what, who signed, who asked.

    It stands for the technique, the classes of solution and the risks of the region named here (domain.md §12).
    ``signature`` holds the strokes of a finger (``sessions.signatures``); null: the typed name is the signature.
    ``wording`` is null where the text is the product's own; ``words`` is what was read, in ``language``, whatever
    becomes of the text later. Null only in consents from before the words were kept.
    """

    course = ClinicForeignKey("pit_sessions.Course", null=True, blank=True, related_name="consents")
    technique = models.ForeignKey("catalogue.Technique", on_delete=models.PROTECT, related_name="+")
    solution_classes = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    risk_flags = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    wording_version = models.CharField(max_length=20)
    signed_name = models.CharField(_("signed by (full name)"), max_length=120)
    signed_as = models.CharField(max_length=10, choices=ConsentSigner, default=ConsentSigner.PATIENT)
    given_at = models.DateTimeField()
    # When ``taken_by`` stated a consent that was given on paper; null for one that was given on the page.
    stated_at = models.DateTimeField(_("on paper, stated"), null=True, blank=True)
    taken_by = ClinicForeignKey("accounts.Membership", related_name="+")
    signature = models.JSONField(null=True, blank=True)
    interpreter_name = models.CharField(_("interpreter (full name)"), max_length=120, blank=True)
    wording = ClinicForeignKey("pit_sessions.ConsentWording", null=True, blank=True, related_name="+")
    words = ArrayField(models.TextField(), null=True, blank=True)
    language = models.CharField(max_length=12, null=True, blank=True)  # noqa: DJ001 - nulls stay out of the hash
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
                condition=models.Q(stated_at__isnull=True)
                | models.Q(stated_at__gte=models.F("given_at"), signature__isnull=True),
                name="sessions_consent_on_paper",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawal_reason="")
                | (models.Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~models.Q(withdrawal_reason="")),
                name="sessions_consent_withdrawal_is_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(words__isnull=True, language__isnull=True)
                | (models.Q(words__isnull=False, words__len__gt=0, language__isnull=False) & ~models.Q(language="")),
                name="sessions_consent_words_are_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.given_at:%Y-%m-%d}"


class Addendum(ClinicOwned):
    """What was added after signing; the original stays as it was."""

    clinic_rules = ClinicRules(patient=PATIENT_OF_SESSION)

    injection_session = ClinicForeignKey(InjectionSession, related_name="addenda")
    text = models.TextField(_("addendum"))
    written_at = models.DateTimeField()
    written_by = ClinicForeignKey("accounts.Membership", related_name="+")
    # Made by the database from the writer's membership; none means no.
    needs_co_signature = models.BooleanField(null=True, editable=False)

    class Meta:
        ordering = ["written_at"]
        indexes = [
            models.Index(
                fields=["clinic", "written_at"],
                condition=models.Q(needs_co_signature=True),
                name="sessions_addendum_co_sign",
            )
        ]
        constraints = [models.CheckConstraint(condition=~models.Q(text=""), name="sessions_addendum_text")]

    def __str__(self) -> str:
        return f"{self.written_at:%Y-%m-%d}"
