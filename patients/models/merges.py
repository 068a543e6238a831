"""Two records of one person: what was said of the pair, the merge, and the row the merge moved, each by itself."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, ClinicRules, manager_of
from patients.models.patients import PatientOwned


class PairVerdict(ClinicOwned):
    """What somebody said of two records that look alike. ``one`` has the smaller id, so that a pair is kept once."""

    class Verdict(models.TextChoices):
        DIFFERENT = "different", _("not the same person")
        SAME = "same", _("the same person: to be merged")

    clinic_rules = ClinicRules(patient="r.one_id", is_deletable=True, stays_when_merged=True)

    one = ClinicForeignKey("patients.Patient", related_name="+", verbose_name=_("one record"))
    other = ClinicForeignKey("patients.Patient", related_name="+", verbose_name=_("the other record"))
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict)
    said_at = models.DateTimeField()
    said_by = ClinicForeignKey("accounts.Membership", null=True, related_name="+", db_index=False)
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects: ClassVar[ClinicOwnedQuerySet["PairVerdict"]] = manager_of(ClinicOwnedQuerySet["PairVerdict"])

    class Meta:
        verbose_name = _("answer about two alike patients")
        constraints = [
            models.UniqueConstraint(fields=["clinic", "one", "other"], name="patients_pairverdict_once"),
            models.CheckConstraint(condition=models.Q(one__lt=models.F("other")), name="patients_pairverdict_ordered"),
            models.CheckConstraint(
                condition=models.Q(verdict__in=["different", "same"]), name="patients_pairverdict_verdict"
            ),
        ]

    def __str__(self) -> str:
        return self.get_verdict_display()


class PatientMergeQuerySet(ClinicOwnedQuerySet["PatientMerge"]):
    def standing(self) -> Self:
        return self.filter(reversed_at__isnull=True)


class PatientMerge(ClinicOwned):
    """``merged`` became part of ``survivor``: by whom, why, and what else was changed so that it could.

    ``changes`` are [{model, id, field, before, after}], undone by a reversal where ``after`` still stands.
    ``kept_back`` are the ids of rows the survivor has already (the same phone, say): they stay with the merged record.
    """

    clinic_rules = ClinicRules(patient="r.survivor_id", stays_when_merged=True)

    survivor = ClinicForeignKey("patients.Patient", related_name="+", verbose_name=_("the record that stays"))
    merged = ClinicForeignKey("patients.Patient", related_name="+", verbose_name=_("the record merged into it"))
    made_at = models.DateTimeField()
    made_by = ClinicForeignKey("accounts.Membership", null=True, related_name="+", db_index=False)
    reason = models.CharField(_("why"), max_length=300)
    changes = models.JSONField(default=list, blank=True)
    kept_back = models.JSONField(default=list, blank=True)
    reversed_at = models.DateTimeField(null=True, blank=True)
    reversed_by = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+", db_index=False)
    reversal_reason = models.CharField(_("why it was taken back"), max_length=300, blank=True)

    objects: ClassVar[PatientMergeQuerySet] = manager_of(PatientMergeQuerySet)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(survivor=models.F("merged")), name="patients_patientmerge_two"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="patients_patientmerge_reason"),
            models.UniqueConstraint(
                fields=["clinic", "merged"],
                condition=models.Q(reversed_at__isnull=True),
                name="patients_patientmerge_once",
            ),
            models.CheckConstraint(
                condition=models.Q(reversed_at__isnull=True, reversed_by__isnull=True, reversal_reason="")
                | (models.Q(reversed_at__isnull=False) & ~models.Q(reversal_reason="")),
                name="patients_patientmerge_reversal_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d}"


class MovedRow(ClinicOwned):
    """One row that changed its patient, written by the database alone (patients/sql/merges.sql) before it lets the row
    go. ``xid`` is the transaction that may move it; ``is_reversal`` for the way back."""

    clinic_rules = ClinicRules(patient="r.to_patient_id", is_written_by_database=True, stays_when_merged=True)

    merge = ClinicForeignKey(PatientMerge, related_name="moved_rows")
    table_name = models.CharField(max_length=63)
    column_name = models.CharField(max_length=63)
    row_id = models.UUIDField()
    from_patient = ClinicForeignKey("patients.Patient", related_name="+", db_index=False)
    to_patient = ClinicForeignKey("patients.Patient", related_name="+", db_index=False)
    is_reversal = models.BooleanField()
    xid = models.BigIntegerField()

    objects: ClassVar[ClinicOwnedQuerySet["MovedRow"]] = manager_of(ClinicOwnedQuerySet["MovedRow"])

    class Meta:
        verbose_name = _("record that a merge moved")
        indexes = [models.Index(fields=["clinic", "table_name", "row_id"], name="patients_movedrow_row")]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "merge", "table_name", "column_name", "row_id", "is_reversal"],
                name="patients_movedrow_once",
            )
        ]

    def __str__(self) -> str:
        return self.table_name


class AlikePairQuerySet(ClinicOwnedQuerySet["AlikePair"]):
    def open(self) -> Self:
        """Nobody has told them apart. Counted on every page, so it joins no patients: a merge takes its pairs away."""
        said = PairVerdict.objects.filter(
            clinic_id=OuterRef("clinic_id"), one_id=OuterRef("one_id"), other_id=OuterRef("other_id")
        )
        return self.filter(~Exists(said.filter(verdict=PairVerdict.Verdict.DIFFERENT)))


class AlikePair(ClinicOwned):
    """Two records that may be of one person, found by the worker (``services/alike_pairs.py``). Derived.

    ``strength`` orders the worklist: each reason counts, the same birth date with a similar name the most.
    """

    clinic_rules = ClinicRules(patient="r.one_id", is_deletable=True, is_audited=False, stays_when_merged=True)

    one = ClinicForeignKey("patients.Patient", related_name="+", db_index=False)
    other = ClinicForeignKey("patients.Patient", related_name="+")
    is_same_birth = models.BooleanField(default=False)
    is_swapped_birth = models.BooleanField(default=False)
    is_same_contact = models.BooleanField(default=False)
    is_same_number = models.BooleanField(default=False)
    is_other_sex = models.BooleanField(default=False)
    strength = models.PositiveSmallIntegerField()

    objects: ClassVar[AlikePairQuerySet] = manager_of(AlikePairQuerySet)

    class Meta:
        verbose_name = _("two alike patients")
        indexes = [models.Index(fields=["clinic", "-strength", "-id"], name="patients_alikepair_worklist")]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "one", "other"], name="patients_alikepair_once"),
            models.CheckConstraint(condition=models.Q(one__lt=models.F("other")), name="patients_alikepair_ordered"),
        ]

    def __str__(self) -> str:
        return str(self.strength)


class ComparedPatient(PatientOwned):
    """This record, as it is now, was compared with all others. Taken away when its name, day or contacts change."""

    clinic_rules = ClinicRules(is_deletable=True, is_audited=False, stays_when_merged=True)

    objects: ClassVar[ClinicOwnedQuerySet["ComparedPatient"]] = manager_of(ClinicOwnedQuerySet["ComparedPatient"])

    class Meta:
        verbose_name = _("patient compared with others")
        constraints = [models.UniqueConstraint(fields=["clinic", "patient"], name="patients_comparedpatient_once")]

    def __str__(self) -> str:
        return str(self.patient_id)
