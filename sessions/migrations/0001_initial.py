import datetime
from decimal import Decimal

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.db import migrations, models

import accounts.models.clinic_owned
import common.database


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("catalogue", "0001_initial"),
        ("patients", "0001_initial"),
        ("scheduling", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ConsentWording",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("version", models.CharField(max_length=20)),
                ("language", models.CharField(default="en", max_length=12)),
                ("lines", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("guardian_lines", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("risk_lines", models.JSONField()),
                ("reason", models.CharField(max_length=300, verbose_name="why it was changed")),
                ("corrects_version", models.CharField(blank=True, max_length=20)),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "ordering": ["-made_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "version"), name="sessions_consentwording_version"),
                    models.CheckConstraint(
                        condition=models.Q(("lines", []), _negated=True), name="sessions_consentwording_lines"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="sessions_consentwording_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("language", ""), _negated=True), name="sessions_consentwording_language"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Course",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "patient",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="patients.patient"
                    ),
                ),
                (
                    "patient_condition",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.patientcondition",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "open"), ("ended", "ended")],
                        default="open",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("started_date", models.DateField(verbose_name="started")),
                ("ended_date", models.DateField(blank=True, null=True, verbose_name="ended")),
                (
                    "end_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("success", "goal reached or pain low enough"),
                            ("completed", "the planned sessions are done"),
                            ("no_effect", "too little effect"),
                            ("harm", "side effects"),
                            ("patient", "the patient’s wish"),
                            ("lost", "the patient did not come back"),
                            ("other", "another reason"),
                        ],
                        max_length=12,
                        verbose_name="why it ended",
                    ),
                ),
                ("end_note", models.CharField(blank=True, max_length=300, verbose_name="in words")),
                ("planned_sessions", models.PositiveSmallIntegerField(default=6, verbose_name="planned sessions")),
                ("interval_days", models.PositiveSmallIntegerField(default=7, verbose_name="days between sessions")),
                (
                    "baseline_now",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="baseline pain now"),
                ),
                (
                    "baseline_average_7d",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="baseline average of 7 days"),
                ),
                (
                    "baseline_worst_7d",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="baseline worst of 7 days"),
                ),
                ("baseline_date", models.DateField(blank=True, null=True, verbose_name="baseline asked on")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_date__isnull", True), ("ended_date__gte", models.F("started_date")), _connector="OR"
                        ),
                        name="sessions_course_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("planned_sessions__gte", 1), ("planned_sessions__lte", 50)),
                        name="sessions_course_planned",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "open")),
                        fields=("clinic", "patient_condition"),
                        name="sessions_course_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("end_reason", ""), ("ended_date__isnull", True), ("status", "open")),
                            models.Q(
                                ("ended_date__isnull", False),
                                ("status", "ended"),
                                models.Q(("end_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="sessions_course_end_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("baseline_now__isnull", True), ("baseline_now__lte", 10), _connector="OR"),
                            models.Q(
                                ("baseline_average_7d__isnull", True), ("baseline_average_7d__lte", 10), _connector="OR"
                            ),
                            models.Q(
                                ("baseline_worst_7d__isnull", True), ("baseline_worst_7d__lte", 10), _connector="OR"
                            ),
                        ),
                        name="sessions_course_baseline_0_to_10",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("interval_days__gte", 1), ("interval_days__lte", 365)),
                        name="sessions_course_interval",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "patient",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="patients.patient"
                    ),
                ),
                (
                    "course",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="pit_sessions.course",
                    ),
                ),
                (
                    "technique",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalogue.technique"
                    ),
                ),
                (
                    "solution_classes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), blank=True, default=list, size=None
                    ),
                ),
                (
                    "risk_flags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=8), blank=True, default=list, size=None
                    ),
                ),
                ("wording_version", models.CharField(max_length=20)),
                ("signed_name", models.CharField(max_length=120, verbose_name="signed by (full name)")),
                (
                    "signed_as",
                    models.CharField(
                        choices=[
                            ("patient", "the patient"),
                            ("guardian", "a parent, guardian or legal representative"),
                        ],
                        default="patient",
                        max_length=10,
                    ),
                ),
                ("given_at", models.DateTimeField()),
                ("stated_at", models.DateTimeField(blank=True, null=True, verbose_name="on paper, stated")),
                (
                    "taken_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("signature", models.JSONField(blank=True, null=True)),
                (
                    "interpreter_name",
                    models.CharField(blank=True, max_length=120, verbose_name="interpreter (full name)"),
                ),
                (
                    "wording",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pit_sessions.consentwording",
                    ),
                ),
                (
                    "words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, null=True, size=None
                    ),
                ),
                ("language", models.CharField(blank=True, max_length=12, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "withdrawn_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "withdrawal_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="why it was withdrawn"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["patient", "-given_at"], name="sessions_consent_patient")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("signed_name", ""), _negated=True), name="sessions_consent_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("signed_as__in", ["patient", "guardian"])),
                        name="sessions_consent_signed_as",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("stated_at__isnull", True),
                            models.Q(("signature__isnull", True), ("stated_at__gte", models.F("given_at"))),
                            _connector="OR",
                        ),
                        name="sessions_consent_on_paper",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("withdrawal_reason", ""),
                                ("withdrawn_at__isnull", True),
                                ("withdrawn_by__isnull", True),
                            ),
                            models.Q(
                                ("withdrawn_at__isnull", False),
                                ("withdrawn_by__isnull", False),
                                models.Q(("withdrawal_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="sessions_consent_withdrawal_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("language__isnull", True), ("words__isnull", True)),
                            models.Q(
                                ("language__isnull", False),
                                ("words__isnull", False),
                                ("words__len__gt", 0),
                                models.Q(("language", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="sessions_consent_words_are_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Preparation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "solution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalogue.solution"
                    ),
                ),
                ("made_date", models.DateField()),
                ("number", models.PositiveIntegerField()),
                ("is_mixed", models.BooleanField(default=True)),
                ("recipe", models.CharField(blank=True, max_length=200, verbose_name="recipe")),
                (
                    "bicarbonate_percent",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=4, null=True, verbose_name="bicarbonate (%)"
                    ),
                ),
                (
                    "bicarbonate_ml",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=5, null=True, verbose_name="bicarbonate (mL)"
                    ),
                ),
                ("volume_ml", models.DecimalField(decimal_places=2, max_digits=6, verbose_name="final volume (mL)")),
                (
                    "measured_ph",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=4, null=True, verbose_name="measured pH"
                    ),
                ),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("beyond_use_at", models.DateTimeField()),
                ("needs_check", models.BooleanField(default=False)),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "checked_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("discarded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "discarded_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "ordering": ["-made_at", "-id"],
                "indexes": [models.Index(fields=["clinic", "-beyond_use_at"], name="sessions_preparation_use")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinic", "made_date", "number"), name="sessions_preparation_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("volume_ml__gt", 0)), name="sessions_preparation_volume"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("beyond_use_at__gt", models.F("made_at"))),
                        name="sessions_preparation_use_after_making",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("measured_ph__isnull", True), ("measured_ph__range", (0, 14)), _connector="OR"
                        ),
                        name="sessions_preparation_ph",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("bicarbonate_ml__isnull", True),
                            models.Q(("bicarbonate_ml__gte", 0), ("bicarbonate_ml__lte", models.F("volume_ml"))),
                            _connector="OR",
                        ),
                        name="sessions_preparation_bicarbonate",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("discarded_at__isnull", True), ("discarded_by__isnull", True)),
                            models.Q(
                                ("discarded_at__gte", models.F("made_at")),
                                ("discarded_at__isnull", False),
                                ("discarded_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="sessions_preparation_discarded_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("checked_at__isnull", True), ("checked_by__isnull", True)),
                            models.Q(
                                ("checked_at__gte", models.F("made_at")),
                                ("checked_at__isnull", False),
                                ("checked_by__isnull", False),
                                ("needs_check", True),
                            ),
                            _connector="OR",
                        ),
                        name="sessions_preparation_checked_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("checked_by__isnull", True),
                            models.Q(("checked_by", models.F("made_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="sessions_preparation_second_check",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RuleSet",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("version", models.PositiveIntegerField()),
                ("settings", models.JSONField()),
                ("defaults_version", models.CharField(max_length=20)),
                ("reason", models.CharField(max_length=300, verbose_name="why it was changed")),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("weakens", models.BooleanField(default=False)),
                (
                    "agreed_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "verbose_name": "rules of the clinic",
                "ordering": ["-version"],
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "version"), name="sessions_ruleset_version"),
                    models.CheckConstraint(condition=models.Q(("version__gte", 1)), name="sessions_ruleset_from_one"),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="sessions_ruleset_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weakens", False), ("agreed_by__isnull", False), _connector="OR"),
                        name="sessions_ruleset_agreed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InjectionSession",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "patient",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="patients.patient"
                    ),
                ),
                (
                    "appointment",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.appointment",
                    ),
                ),
                (
                    "course",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="injection_sessions",
                        to="pit_sessions.course",
                    ),
                ),
                (
                    "clinician",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "handed_to",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "consent",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="injection_sessions",
                        to="pit_sessions.consent",
                    ),
                ),
                (
                    "preparation",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="pit_sessions.preparation",
                    ),
                ),
                (
                    "technique",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalogue.technique"
                    ),
                ),
                (
                    "guidance",
                    models.CharField(
                        choices=[("palpation", "palpation"), ("ultrasound", "ultrasound")],
                        default="palpation",
                        max_length=10,
                        verbose_name="guidance",
                    ),
                ),
                ("needle_gauge", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="needle (G)")),
                (
                    "needle_length_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="needle length (mm)"),
                ),
                (
                    "provoked_movement",
                    models.CharField(blank=True, max_length=120, verbose_name="movement that provokes the pain"),
                ),
                (
                    "amount_drawn_ml",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=5, null=True, verbose_name="drawn up (mL)"
                    ),
                ),
                ("sharps_out", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="sharps opened")),
                (
                    "sharps_in",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="sharps disposed of"),
                ),
                (
                    "cycles_injected_at",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateTimeField(null=True),
                        blank=True,
                        null=True,
                        size=None,
                        verbose_name="last injection of each cycle",
                    ),
                ),
                (
                    "observation_minutes",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="observation planned (minutes)"
                    ),
                ),
                (
                    "observation_started_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="observation began"),
                ),
                ("observation_ended_at", models.DateTimeField(blank=True, null=True, verbose_name="observation ended")),
                ("is_walking", models.BooleanField(blank=True, null=True, verbose_name="walking at discharge")),
                (
                    "is_free_of_dizziness",
                    models.BooleanField(blank=True, null=True, verbose_name="no dizziness at discharge"),
                ),
                ("has_dry_sites", models.BooleanField(blank=True, null=True, verbose_name="sites dry at discharge")),
                (
                    "discharge_note",
                    models.CharField(blank=True, max_length=300, null=True, verbose_name="discharge note"),
                ),
                ("discharge_checked_at", models.DateTimeField(blank=True, null=True, verbose_name="discharge checked")),
                (
                    "discharge_checked_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                        verbose_name="discharge checked by",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="note")),
                (
                    "no_after_score_reason",
                    models.CharField(blank=True, max_length=200, verbose_name="why there is no score after"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "draft"), ("signed", "signed"), ("voided", "voided")],
                        default="draft",
                        max_length=8,
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("first_injected_at", models.DateTimeField(blank=True, null=True, verbose_name="first injection")),
                (
                    "is_first_injection_stated",
                    models.BooleanField(blank=True, null=True, verbose_name="first injection stated"),
                ),
                (
                    "first_stated_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="first injection as stated first"),
                ),
                ("first_restated_at", models.DateTimeField(editable=False, null=True)),
                (
                    "first_restated_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="treatment ended")),
                ("is_end_stated", models.BooleanField(editable=False, null=True)),
                ("begun_at", models.DateTimeField(editable=False, null=True, verbose_name="written down from")),
                ("screened_at", models.DateTimeField(blank=True, null=True)),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "signed_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("needs_co_signature", models.BooleanField(editable=False, null=True)),
                ("void_needs_co_signature", models.BooleanField(editable=False, null=True)),
                ("content_sha256", models.CharField(blank=True, max_length=64)),
                ("content_version", models.PositiveSmallIntegerField(editable=False, null=True)),
                ("signed_patient_id", models.UUIDField(blank=True, editable=False, null=True)),
                ("voided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "voided_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("void_reason", models.CharField(blank=True, max_length=300)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "rule_set",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pit_sessions.ruleset",
                    ),
                ),
                ("saved_page", models.UUIDField(blank=True, editable=False, null=True)),
                ("saved_number", models.PositiveIntegerField(blank=True, editable=False, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["patient", "-started_at"], name="sessions_session_patient"),
                    models.Index(
                        condition=models.Q(("status__in", ("draft", "signed"))),
                        fields=["patient", "-started_at"],
                        include=("clinic",),
                        name="sessions_session_last",
                    ),
                    models.Index(fields=["clinic", "signed_at"], name="sessions_session_signed"),
                    models.Index(fields=["clinic", "ended_at"], name="sessions_session_ended"),
                    models.Index(
                        condition=models.Q(("status", "draft")),
                        fields=["clinic", "started_at"],
                        name="sessions_session_drafts",
                    ),
                    models.Index(
                        condition=models.Q(("preparation__isnull", False)),
                        fields=["preparation"],
                        name="sessions_session_preparation",
                    ),
                    models.Index(
                        condition=models.Q(("needs_co_signature", True), ("status", "signed")),
                        fields=["clinic", "signed_at"],
                        name="sessions_session_co_sign",
                    ),
                    models.Index(
                        condition=models.Q(("void_needs_co_signature", True)),
                        fields=["clinic", "voided_at"],
                        name="sessions_session_void_co_sign",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "voided"), _negated=True),
                        fields=("clinic", "appointment"),
                        name="sessions_session_one_a_visit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["draft", "signed", "voided"])),
                        name="sessions_session_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("signed_at__isnull", True), ("signed_by__isnull", True)),
                                models.Q(("voided_at__isnull", True), ("voided_by__isnull", True)),
                                ("content_sha256", ""),
                                ("content_version", None),
                                ("status", "draft"),
                            ),
                            models.Q(
                                models.Q(("signed_at__isnull", False), ("signed_by__isnull", False)),
                                models.Q(("voided_at__isnull", True), ("voided_by__isnull", True)),
                                ("content_version__gte", 1),
                                ("content_version__isnull", False),
                                ("status", "signed"),
                            ),
                            models.Q(
                                models.Q(
                                    models.Q(("signed_at__isnull", True), ("signed_by__isnull", True)),
                                    models.Q(("signed_at__isnull", False), ("signed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                ("status", "voided"),
                                ("voided_at__isnull", False),
                                ("voided_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="sessions_session_status_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "voided"), _negated=True),
                            models.Q(("void_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="sessions_session_void_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("signed_at__isnull", True), ("signed_at__gte", models.F("started_at")), _connector="OR"
                        ),
                        name="sessions_session_signed_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at__isnull", True), ("ended_at__gte", models.F("started_at")), _connector="OR"
                        ),
                        name="sessions_session_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("signed_at__isnull", True),
                            models.Q(("ended_at__isnull", False), ("ended_at__lte", models.F("signed_at"))),
                            _connector="OR",
                        ),
                        name="sessions_session_ended_when_signed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first_injected_at__isnull", True),
                            ("ended_at__isnull", True),
                            ("ended_at__gte", models.F("first_injected_at")),
                            _connector="OR",
                        ),
                        name="sessions_session_ends_after_injection",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_first_injection_stated__isnull", True),
                            models.Q(("first_injected_at__isnull", False), ("is_first_injection_stated", True)),
                            _connector="OR",
                        ),
                        name="sessions_session_injection_stated_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first_injected_at__isnull", True),
                            ("cycles_injected_at__0__isnull", True),
                            (
                                "first_injected_at__lt",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("cycles_injected_at__0"), "+", models.Value(datetime.timedelta(seconds=60))
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="sessions_session_first_before_last",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_end_stated__isnull", True),
                            models.Q(("ended_at__isnull", False), ("is_end_stated", True)),
                            _connector="OR",
                        ),
                        name="sessions_session_end_stated_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("first_restated_at__isnull", True),
                                ("first_restated_by__isnull", True),
                                ("first_stated_at__isnull", True),
                            ),
                            models.Q(
                                ("first_restated_at__isnull", False),
                                ("first_restated_by__isnull", False),
                                ("first_stated_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="sessions_session_restated_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("begun_at__isnull", True), ("begun_at__gt", models.F("started_at")), _connector="OR"
                        ),
                        name="sessions_session_begun_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("signed_at__isnull", True),
                            models.Q(("sharps_in__isnull", True), ("sharps_out__isnull", True)),
                            models.Q(
                                ("sharps_in", models.F("sharps_out")),
                                ("sharps_in__isnull", False),
                                ("sharps_out__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="sessions_session_sharps",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cycles_injected_at__isnull", True), ("cycles_injected_at__len__lte", 10), _connector="OR"
                        ),
                        name="sessions_session_cycles",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("observation_ended_at__isnull", True),
                            models.Q(
                                ("observation_ended_at__gte", models.F("observation_started_at")),
                                ("observation_started_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="sessions_session_observation_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("observation_minutes__isnull", True),
                            models.Q(("observation_minutes__gte", 1), ("observation_minutes__lte", 240)),
                            _connector="OR",
                        ),
                        name="sessions_session_observation_minutes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("discharge_checked_at__isnull", True),
                                ("discharge_checked_by__isnull", True),
                                ("has_dry_sites__isnull", True),
                                ("is_free_of_dizziness__isnull", True),
                                ("is_walking__isnull", True),
                            ),
                            models.Q(
                                ("discharge_checked_at__isnull", False),
                                ("discharge_checked_by__isnull", False),
                                models.Q(
                                    ("has_dry_sites__isnull", True),
                                    ("is_free_of_dizziness__isnull", True),
                                    ("is_walking__isnull", True),
                                    _negated=True,
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="sessions_session_discharge_has_checker",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("signed_at__isnull", True),
                            models.Q(
                                models.Q(("is_walking__isnull", True), ("is_walking", True), _connector="OR"),
                                models.Q(
                                    ("is_free_of_dizziness__isnull", True),
                                    ("is_free_of_dizziness", True),
                                    _connector="OR",
                                ),
                                models.Q(("has_dry_sites__isnull", True), ("has_dry_sites", True), _connector="OR"),
                            ),
                            models.Q(
                                ("discharge_note__isnull", False), models.Q(("discharge_note", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="sessions_session_discharge_note",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Addendum",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "injection_session",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="addenda",
                        to="pit_sessions.injectionsession",
                    ),
                ),
                ("text", models.TextField(verbose_name="addendum")),
                ("written_at", models.DateTimeField()),
                (
                    "written_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("needs_co_signature", models.BooleanField(editable=False, null=True)),
            ],
            options={
                "ordering": ["written_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("needs_co_signature", True)),
                        fields=["clinic", "written_at"],
                        name="sessions_addendum_co_sign",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="sessions_addendum_text"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Product",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "solution",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.solution",
                    ),
                ),
                ("maker", models.CharField(blank=True, max_length=120, verbose_name="maker")),
                (
                    "pack_size_ml",
                    models.DecimalField(decimal_places=2, max_digits=6, verbose_name="mL in one container"),
                ),
                ("is_single_dose", models.BooleanField(verbose_name="single-dose")),
                (
                    "bicarbonate_percent",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=4, null=True, verbose_name="bicarbonate (%)"
                    ),
                ),
                (
                    "substance",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("diluent", "Water or saline: volume only"),
                            ("bicarbonate", "Sodium bicarbonate"),
                            ("dextrose", "Dextrose"),
                            ("mannitol", "Mannitol"),
                            ("bupivacaine", "Bupivacaine"),
                            ("lidocaine", "Lidocaine"),
                            ("mepivacaine", "Mepivacaine"),
                            ("procaine", "Procaine"),
                            ("ropivacaine", "Ropivacaine"),
                        ],
                        max_length=16,
                        verbose_name="what it holds",
                    ),
                ),
                (
                    "substance_percent",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=5, null=True, verbose_name="its strength (%)"
                    ),
                ),
                (
                    "hours_once_opened",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="hours it may be used once opened"),
                ),
                ("gtin", models.CharField(blank=True, db_default="", default="", max_length=14, verbose_name="GTIN")),
                ("low_stock_at", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="low stock at")),
                ("retired_at", models.DateTimeField(blank=True, null=True, verbose_name="retired")),
            ],
            options={
                "ordering": ["name", "pack_size_ml"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinic", "name", "maker", "pack_size_ml"), name="sessions_product_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="sessions_product_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("pack_size_ml__gt", 0)), name="sessions_product_pack_size"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("bicarbonate_percent__isnull", True),
                            models.Q(("bicarbonate_percent__gt", 0), ("solution__isnull", True)),
                            _connector="OR",
                        ),
                        name="sessions_product_bicarbonate",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("substance", ""), ("substance_percent__isnull", True)),
                            models.Q(
                                ("bicarbonate_percent__isnull", True),
                                ("solution__isnull", True),
                                ("substance", "diluent"),
                                ("substance_percent__isnull", True),
                            ),
                            models.Q(
                                models.Q(("substance__in", ["", "diluent", "bicarbonate"]), _negated=True),
                                ("bicarbonate_percent__isnull", True),
                                ("substance_percent__gt", 0),
                                ("substance_percent__isnull", False),
                                ("substance_percent__lte", 100),
                            ),
                            _connector="OR",
                        ),
                        name="sessions_product_substance",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("solution__isnull", True),
                            models.Q(("substance__in", ["diluent", "dextrose", "mannitol"]), _negated=True),
                            _connector="OR",
                        ),
                        name="sessions_product_substance_of_solution",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("gtin", ""), _negated=True),
                        fields=("clinic", "gtin"),
                        name="sessions_product_gtin_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("gtin", ""), ("gtin__regex", "^[0-9]{14}$"), _connector="OR"),
                        name="sessions_product_gtin_digits",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SolutionLot",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "product",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lots",
                        to="pit_sessions.product",
                    ),
                ),
                (
                    "solution",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.solution",
                    ),
                ),
                ("lot_number", models.CharField(max_length=60, verbose_name="lot")),
                ("maker", models.CharField(blank=True, max_length=120, verbose_name="maker")),
                ("expiry_date", models.DateField(verbose_name="use by")),
                ("quantity", models.PositiveIntegerField(blank=True, null=True, verbose_name="containers")),
                ("quarantined_at", models.DateTimeField(blank=True, null=True)),
                ("quarantine_reason", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["expiry_date", "lot_number"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("clinic"),
                        models.F("solution"),
                        django.db.models.functions.text.Upper(
                            models.Func(
                                models.F("lot_number"),
                                models.Value("[\\s\\u00a0\\u2000-\\u200f\\u2060\\u3000\\ufeff]"),
                                models.Value(""),
                                models.Value("g"),
                                function="regexp_replace",
                            )
                        ),
                        condition=models.Q(("product__isnull", True)),
                        name="sessions_solutionlot_once",
                    ),
                    models.UniqueConstraint(
                        models.F("clinic"),
                        models.F("product"),
                        django.db.models.functions.text.Upper(
                            models.Func(
                                models.F("lot_number"),
                                models.Value("[\\s\\u00a0\\u2000-\\u200f\\u2060\\u3000\\ufeff]"),
                                models.Value(""),
                                models.Value("g"),
                                function="regexp_replace",
                            )
                        ),
                        name="sessions_productlot_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("lot_number__regex", "[^\\s\\u00a0\\u2000-\\u200f\\u2060\\u3000\\ufeff]")),
                        name="sessions_solutionlot_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("product__isnull", False), ("solution__isnull", False), _connector="OR"),
                        name="sessions_solutionlot_of_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Container",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "lot",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="containers",
                        to="pit_sessions.solutionlot",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("volume_ml", models.DecimalField(decimal_places=2, max_digits=6, verbose_name="mL")),
                ("is_single_dose", models.BooleanField(verbose_name="single-dose")),
                ("opened_at", models.DateTimeField()),
                (
                    "opened_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("discard_at", models.DateTimeField(blank=True, null=True)),
                ("discarded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "discarded_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("discard_reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
            ],
            options={
                "ordering": ["-opened_at", "-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("discarded_at__isnull", True)),
                        fields=["clinic", "-opened_at"],
                        name="sessions_container_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "lot", "number"), name="sessions_container_number"),
                    models.CheckConstraint(condition=models.Q(("volume_ml__gt", 0)), name="sessions_container_volume"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("discard_at__isnull", True), ("discard_at__gt", models.F("opened_at")), _connector="OR"
                        ),
                        name="sessions_container_discard_after_opening",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("discard_reason", ""), ("discarded_at__isnull", True), ("discarded_by__isnull", True)
                            ),
                            models.Q(
                                ("discarded_at__gte", models.F("opened_at")),
                                ("discarded_at__isnull", False),
                                ("discarded_by__isnull", False),
                                models.Q(("discard_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="sessions_container_discarded_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CourseGoal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "course",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="goals",
                        to="pit_sessions.course",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("words", models.CharField(max_length=300, verbose_name="goal in the patient's words")),
                ("reached_date", models.DateField(blank=True, null=True, verbose_name="goal reached on")),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "course", "position"), name="sessions_goal_position"),
                    models.CheckConstraint(
                        condition=models.Q(("position__gte", 1), ("position__lte", 5)),
                        name="sessions_goal_at_most_five",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("words", ""), _negated=True), name="sessions_goal_words"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "patient",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="patients.patient"
                    ),
                ),
                (
                    "injection_session",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="follow_ups",
                        to="pit_sessions.injectionsession",
                    ),
                ),
                ("due_at", models.DateTimeField(verbose_name="due")),
                (
                    "owner",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("completed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "completed_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("better", "better"),
                            ("same", "the same"),
                            ("worse", "worse"),
                            ("not_reached", "not reached"),
                            ("gone", "closed: deceased or left"),
                        ],
                        max_length=12,
                        verbose_name="outcome",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="note")),
            ],
            options={
                "verbose_name": "follow-up",
                "indexes": [
                    models.Index(
                        condition=models.Q(("cancelled_at__isnull", True), ("completed_at__isnull", True)),
                        fields=["clinic", "due_at"],
                        name="sessions_followup_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinic", "injection_session"), name="sessions_followup_one_a_session"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("completed_at__isnull", True), ("completed_by__isnull", True), ("outcome", "")),
                            models.Q(
                                ("completed_at__isnull", False),
                                ("completed_by__isnull", False),
                                models.Q(("outcome", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="sessions_followup_completed_has_outcome",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CourseReview",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "patient",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="patients.patient"
                    ),
                ),
                (
                    "course",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="pit_sessions.course",
                    ),
                ),
                (
                    "injection_session",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="course_reviews",
                        to="pit_sessions.injectionsession",
                    ),
                ),
                (
                    "rule",
                    models.CharField(
                        choices=[
                            ("a", "little relief in the first two sessions"),
                            ("b", "no fall after three sessions"),
                            ("c", "less than 30 % fall after six sessions"),
                            ("d", "plateau over three sessions"),
                            ("success", "pain low or goal reached"),
                        ],
                        max_length=8,
                        verbose_name="rule",
                    ),
                ),
                ("evidence", models.JSONField(default=dict)),
                ("raised_at", models.DateTimeField()),
                (
                    "owner",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("continue", "continue"),
                            ("change", "change the treatment"),
                            ("stop", "stop the course"),
                        ],
                        max_length=8,
                        verbose_name="decision",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "decided_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("decided_at__isnull", True), ("withdrawn_at__isnull", True)),
                        fields=["clinic", "raised_at"],
                        name="sessions_review_undecided",
                    ),
                    models.Index(fields=["patient", "-raised_at"], name="sessions_review_patient"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinic", "course", "rule", "injection_session"), name="sessions_review_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rule__in", ["a", "b", "c", "d", "success"])), name="sessions_review_rule"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("decided_by__isnull", True), ("decision", "")),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("decision__in", ["continue", "change", "stop"]),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="sessions_review_decision_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_at__isnull", True), ("withdrawn_at__isnull", True), _connector="OR"
                        ),
                        name="sessions_review_decided_or_withdrawn",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CoSignatureReturn",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "injection_session",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="pit_sessions.injectionsession",
                    ),
                ),
                (
                    "about",
                    models.CharField(
                        choices=[("record", "record"), ("addendum", "addendum"), ("void", "voiding")],
                        default="record",
                        max_length=8,
                    ),
                ),
                (
                    "addendum",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="pit_sessions.addendum",
                    ),
                ),
                ("comment", models.CharField(max_length=500, verbose_name="what is missing")),
                ("returned_at", models.DateTimeField(verbose_name="sent back")),
                (
                    "returned_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                        verbose_name="sent back by",
                    ),
                ),
                ("asked_again_at", models.DateTimeField(blank=True, null=True, verbose_name="asked again")),
                (
                    "asked_again_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "verbose_name": "record sent back before its co-signature",
                "ordering": ["returned_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("asked_again_at__isnull", True), models.Q(("about", "addendum"), _negated=True)
                        ),
                        fields=("clinic", "injection_session", "about"),
                        name="sessions_return_one_open",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("asked_again_at__isnull", True)),
                        fields=("clinic", "addendum"),
                        name="sessions_return_one_open_an_addendum",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("about", "addendum"), ("addendum__isnull", False)),
                            models.Q(("about__in", ("record", "void")), ("addendum__isnull", True)),
                            _connector="OR",
                        ),
                        name="sessions_return_about",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("comment", ""), _negated=True), name="sessions_return_comment"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("asked_again_at__isnull", True), ("asked_again_by__isnull", True)),
                            models.Q(
                                ("asked_again_at__gte", models.F("returned_at")),
                                ("asked_again_at__isnull", False),
                                ("asked_again_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="sessions_return_asked_again_is_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CoSignature",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "injection_session",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="co_signatures",
                        to="pit_sessions.injectionsession",
                    ),
                ),
                (
                    "about",
                    models.CharField(
                        choices=[("record", "record"), ("addendum", "addendum"), ("void", "voiding")],
                        default="record",
                        max_length=8,
                    ),
                ),
                (
                    "addendum",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="co_signatures",
                        to="pit_sessions.addendum",
                    ),
                ),
                (
                    "co_signed_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                        verbose_name="co-signed by",
                    ),
                ),
                ("co_signed_at", models.DateTimeField(verbose_name="co-signed")),
                ("content_sha256", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "co-signature",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("about", "addendum"), _negated=True),
                        fields=("clinic", "injection_session", "about"),
                        name="sessions_cosignature_once",
                    ),
                    models.UniqueConstraint(
                        fields=("clinic", "addendum"), name="sessions_cosignature_once_an_addendum"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("about", "addendum"), ("addendum__isnull", False)),
                            models.Q(("about__in", ("record", "void")), ("addendum__isnull", True)),
                            _connector="OR",
                        ),
                        name="sessions_cosignature_about",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("content_sha256", ""), _negated=True), name="sessions_cosignature_hash"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContainerUse",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "patient",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="patients.patient"
                    ),
                ),
                (
                    "injection_session",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="container_uses",
                        to="pit_sessions.injectionsession",
                    ),
                ),
                (
                    "container",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="pit_sessions.container",
                    ),
                ),
                ("is_single_dose", models.BooleanField()),
            ],
            options={
                "verbose_name": "patient of a container",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinic", "injection_session", "container"), name="sessions_use_once"
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("is_single_dose", True)),
                        deferrable=django.db.models.constraints.Deferrable["IMMEDIATE"],
                        expressions=[("container", "="), ("patient", "<>")],
                        name="sessions_use_one_patient",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LotRecall",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "lot",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recalls",
                        to="pit_sessions.solutionlot",
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
                ("started_at", models.DateTimeField()),
                (
                    "started_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "ordering": ["-started_at", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("clinic", "lot"),
                        name="sessions_lotrecall_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="sessions_lotrecall_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("ended_by__isnull", True)),
                            models.Q(
                                ("ended_at__gte", models.F("started_at")),
                                ("ended_at__isnull", False),
                                ("ended_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="sessions_lotrecall_ended_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Measure",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "patient",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="patients.patient"
                    ),
                ),
                (
                    "course",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="measures",
                        to="pit_sessions.course",
                    ),
                ),
                (
                    "injection_session",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="measures",
                        to="pit_sessions.injectionsession",
                    ),
                ),
                (
                    "scale",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalogue.instrumentscale"
                    ),
                ),
                (
                    "items",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(null=True),
                        blank=True,
                        null=True,
                        size=None,
                        verbose_name="answers",
                    ),
                ),
                (
                    "value",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True, verbose_name="score"),
                ),
                ("unit", models.CharField(max_length=24, verbose_name="unit")),
                (
                    "moment",
                    models.CharField(
                        choices=[
                            ("before", "before injection"),
                            ("after", "after injection"),
                            ("observed", "in observation"),
                            ("care_0h", "same day"),
                            ("check_24h", "next day"),
                            ("check_72h", "day 3"),
                            ("check_7d", "day 7"),
                            ("other", "another time"),
                        ],
                        default="other",
                        max_length=10,
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("clinician", "clinician"), ("portal", "patient"), ("phone", "by phone")],
                        max_length=10,
                    ),
                ),
                ("language", models.CharField(blank=True, max_length=12, verbose_name="language")),
                ("measured_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["course", "measured_at"], name="sessions_measure_course")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["clinician", "portal", "phone"])),
                        name="sessions_measure_source",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "moment__in",
                                [
                                    "before",
                                    "after",
                                    "observed",
                                    "care_0h",
                                    "check_24h",
                                    "check_72h",
                                    "check_7d",
                                    "other",
                                ],
                            )
                        ),
                        name="sessions_measure_moment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("course__isnull", False), ("injection_session__isnull", False), _connector="OR"
                        ),
                        name="sessions_measure_is_about_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("value__isnull", False), ("items__isnull", False), _connector="OR"),
                        name="sessions_measure_says_something",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("source", "portal")),
                        fields=("clinic", "injection_session", "scale", "moment"),
                        name="sessions_measure_told_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PainScore",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "patient",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="patients.patient"
                    ),
                ),
                (
                    "injection_session",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pain_scores",
                        to="pit_sessions.injectionsession",
                    ),
                ),
                (
                    "question",
                    models.CharField(
                        choices=[
                            ("rest", "at rest"),
                            ("provoked", "on the provoked movement"),
                            ("now", "now"),
                            ("average_7d", "average of 7 days"),
                            ("worst_7d", "worst of 7 days"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "moment",
                    models.CharField(
                        choices=[
                            ("before", "before injection"),
                            ("after", "after injection"),
                            ("observed", "in observation"),
                            ("care_0h", "same day"),
                            ("check_24h", "next day"),
                            ("check_72h", "day 3"),
                            ("check_7d", "day 7"),
                            ("other", "another time"),
                        ],
                        max_length=10,
                    ),
                ),
                ("cycle", models.PositiveSmallIntegerField(default=1, verbose_name="cycle")),
                (
                    "nerve",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.nerve",
                        verbose_name="nerve",
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        blank=True,
                        choices=[("left", "Left"), ("right", "Right"), ("midline", "Midline")],
                        max_length=8,
                        null=True,
                        verbose_name="side",
                    ),
                ),
                ("score", models.PositiveSmallIntegerField(verbose_name="pain (0-10)")),
                ("measured_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                (
                    "source",
                    models.CharField(
                        choices=[("clinician", "clinician"), ("portal", "patient"), ("phone", "by phone")],
                        max_length=10,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["patient", "measured_at"], name="sessions_painscore_patient")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("score__lte", 10)), name="sessions_painscore_0_to_10"),
                    models.CheckConstraint(
                        condition=models.Q(("question__in", ["rest", "provoked", "now", "average_7d", "worst_7d"])),
                        name="sessions_painscore_question",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "moment__in",
                                [
                                    "before",
                                    "after",
                                    "observed",
                                    "care_0h",
                                    "check_24h",
                                    "check_72h",
                                    "check_7d",
                                    "other",
                                ],
                            )
                        ),
                        name="sessions_painscore_moment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["clinician", "portal", "phone"])),
                        name="sessions_painscore_source",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cycle", 1),
                            models.Q(("cycle__gt", 1), ("cycle__lte", 10), ("moment__in", ("after", "observed"))),
                            _connector="OR",
                        ),
                        name="sessions_painscore_cycle",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("nerve__isnull", True), ("side__isnull", True)),
                            models.Q(
                                ("moment__in", ("before", "after", "observed")),
                                ("nerve__isnull", False),
                                ("side__in", ["left", "right", "midline"]),
                                ("side__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="sessions_painscore_nerve_and_side",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("nerve__isnull", True)),
                        fields=("clinic", "injection_session", "moment", "question", "source", "cycle"),
                        name="sessions_painscore_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("nerve__isnull", False)),
                        fields=(
                            "clinic",
                            "injection_session",
                            "moment",
                            "question",
                            "source",
                            "cycle",
                            "nerve",
                            "side",
                        ),
                        name="sessions_painscore_once_a_nerve",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Paper",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "injection_session",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="papers",
                        to="pit_sessions.injectionsession",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("note", "procedure note"), ("letter", "letter")], max_length=8, verbose_name="kind"
                    ),
                ),
                (
                    "of_status",
                    models.CharField(
                        choices=[("draft", "draft"), ("signed", "signed"), ("voided", "voided")], max_length=8
                    ),
                ),
                ("recipient", models.CharField(blank=True, max_length=400, verbose_name="to")),
                ("made_at", models.DateTimeField(verbose_name="made")),
                (
                    "made_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                        verbose_name="made by",
                    ),
                ),
                ("pdf", models.BinaryField()),
                ("sha256", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "paper",
                "ordering": ["-made_at", "-id"],
                "indexes": [models.Index(fields=["injection_session", "-made_at"], name="sessions_paper_session")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["note", "letter"])), name="sessions_paper_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "letter"), _negated=True),
                            models.Q(("of_status", "signed"), models.Q(("recipient", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="sessions_paper_letter",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PictureConsent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "patient",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="patients.patient"
                    ),
                ),
                ("wording_version", models.CharField(max_length=20)),
                ("signed_name", models.CharField(max_length=120, verbose_name="signed by (full name)")),
                (
                    "signed_as",
                    models.CharField(
                        choices=[
                            ("patient", "the patient"),
                            ("guardian", "a parent, guardian or legal representative"),
                        ],
                        default="patient",
                        max_length=10,
                    ),
                ),
                ("given_at", models.DateTimeField()),
                (
                    "taken_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "withdrawn_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "verbose_name": "consent to photographs",
                "indexes": [models.Index(fields=["patient", "-given_at"], name="sessions_picconsent_patient")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("clinic", "patient"),
                        name="sessions_picconsent_one_standing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("signed_name", ""), _negated=True), name="sessions_picconsent_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("signed_as__in", ["patient", "guardian"])),
                        name="sessions_picconsent_signed_as",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                            models.Q(
                                ("withdrawn_at__gte", models.F("given_at")),
                                ("withdrawn_at__isnull", False),
                                ("withdrawn_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="sessions_picconsent_withdrawal",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Picture",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "injection_session",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pictures",
                        to="pit_sessions.injectionsession",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("photo", "photograph"), ("ultrasound", "ultrasound still")],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[("left", "Left"), ("right", "Right"), ("midline", "Midline")],
                        max_length=8,
                        verbose_name="side",
                    ),
                ),
                ("caption", models.CharField(blank=True, max_length=200, verbose_name="caption")),
                ("width", models.PositiveSmallIntegerField()),
                ("height", models.PositiveSmallIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "consent",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pit_sessions.pictureconsent",
                    ),
                ),
                ("is_part_of_draft", models.BooleanField(default=True, editable=False)),
                ("added_at", models.DateTimeField(verbose_name="added")),
                (
                    "added_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                        verbose_name="added by",
                    ),
                ),
                ("struck_at", models.DateTimeField(blank=True, null=True, verbose_name="struck out")),
                (
                    "struck_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                        verbose_name="struck out by",
                    ),
                ),
                ("strike_reason", models.CharField(blank=True, max_length=300, verbose_name="why it is struck out")),
            ],
            options={
                "verbose_name": "picture",
                "ordering": ["added_at", "id"],
                "indexes": [models.Index(fields=["injection_session"], name="sessions_picture_session")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["photo", "ultrasound"])), name="sessions_picture_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("side__in", ["left", "right", "midline"])), name="sessions_picture_side"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "photo"), _negated=True), ("consent__isnull", False), _connector="OR"
                        ),
                        name="sessions_picture_consent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("strike_reason", ""), ("struck_at__isnull", True), ("struck_by__isnull", True)),
                            models.Q(
                                ("struck_at__isnull", False),
                                ("struck_by__isnull", False),
                                models.Q(("strike_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="sessions_picture_strike_is_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PictureContent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "picture",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contents",
                        to="pit_sessions.picture",
                    ),
                ),
                ("image", models.BinaryField()),
                ("thumbnail", models.BinaryField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "picture"), name="sessions_picture_content_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="PreparationPart",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "preparation",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="pit_sessions.preparation",
                    ),
                ),
                (
                    "container",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="pit_sessions.container",
                    ),
                ),
                ("volume_ml", models.DecimalField(decimal_places=2, max_digits=6, verbose_name="mL")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "preparation", "container"), name="sessions_part_once"),
                    models.CheckConstraint(condition=models.Q(("volume_ml__gt", 0)), name="sessions_part_volume"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecallContact",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "patient",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="patients.patient"
                    ),
                ),
                (
                    "lot_recall",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="pit_sessions.lotrecall",
                    ),
                ),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("phone", "by phone"),
                            ("in_person", "in person"),
                            ("message", "by message"),
                            ("letter", "by letter"),
                        ],
                        max_length=12,
                        verbose_name="how",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("reached", "reached and told"),
                            ("not_possible", "cannot be reached any more"),
                            ("message_left", "asked to call back"),
                            ("no_answer", "no answer"),
                            ("wrong_number", "the number is wrong"),
                        ],
                        max_length=12,
                        verbose_name="outcome",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("contacted_at", models.DateTimeField()),
                (
                    "contacted_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("taken_back_at", models.DateTimeField(blank=True, null=True)),
                (
                    "taken_back_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "ordering": ["-contacted_at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome__in", ["reached", "not_possible", "message_left", "no_answer", "wrong_number"])
                        ),
                        name="sessions_recallcontact_outcome",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("way__in", ["phone", "in_person", "message", "letter"])),
                        name="sessions_recallcontact_way",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("taken_back_at__isnull", True), ("taken_back_by__isnull", True)),
                            models.Q(
                                ("taken_back_at__gte", models.F("contacted_at")),
                                ("taken_back_at__isnull", False),
                                ("taken_back_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="sessions_recallcontact_taken_back_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Recipe",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "solution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalogue.solution"
                    ),
                ),
                ("hours", models.PositiveSmallIntegerField(verbose_name="hours it may be used")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "name"), name="sessions_recipe_once"),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="sessions_recipe_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hours__range", (1, 168))), name="sessions_recipe_hours"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecipePart",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "recipe",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="pit_sessions.recipe",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "substance",
                    models.CharField(
                        choices=[
                            ("diluent", "Water or saline: volume only"),
                            ("bicarbonate", "Sodium bicarbonate"),
                            ("dextrose", "Dextrose"),
                            ("mannitol", "Mannitol"),
                            ("bupivacaine", "Bupivacaine"),
                            ("lidocaine", "Lidocaine"),
                            ("mepivacaine", "Mepivacaine"),
                            ("procaine", "Procaine"),
                            ("ropivacaine", "Ropivacaine"),
                        ],
                        max_length=16,
                        verbose_name="ingredient",
                    ),
                ),
                (
                    "percent",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=5, null=True, verbose_name="strength (%)"
                    ),
                ),
                (
                    "volume_ml",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True, verbose_name="mL"),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinic", "recipe", "position"), name="sessions_recipepart_position"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("volume_ml__isnull", True), ("volume_ml__gt", 0), _connector="OR"),
                        name="sessions_recipepart_volume",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("percent__isnull", True), ("substance", "diluent")),
                            models.Q(
                                models.Q(("substance", "diluent"), _negated=True),
                                ("percent__gt", 0),
                                ("percent__isnull", False),
                                ("percent__lte", 100),
                            ),
                            _connector="OR",
                        ),
                        name="sessions_recipepart_percent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReliefReport",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "patient",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="patients.patient"
                    ),
                ),
                (
                    "injection_session",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="relief_reports",
                        to="pit_sessions.injectionsession",
                    ),
                ),
                ("reported_at", models.DateTimeField()),
                ("has_ended", models.BooleanField(verbose_name="the relief has ended")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="came back at")),
                (
                    "source",
                    models.CharField(
                        choices=[("clinician", "clinician"), ("portal", "patient"), ("phone", "by phone")],
                        max_length=10,
                    ),
                ),
            ],
            options={
                "verbose_name": "answer about relief",
                "indexes": [
                    models.Index(fields=["injection_session", "reported_at"], name="sessions_reliefreport_session")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at__isnull", True),
                            models.Q(("ended_at__lte", models.F("reported_at")), ("has_ended", True)),
                            _connector="OR",
                        ),
                        name="sessions_reliefreport_ended",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RuleOverride",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "injection_session",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="overrides",
                        to="pit_sessions.injectionsession",
                    ),
                ),
                ("rule", models.CharField(max_length=8)),
                ("subject", models.CharField(blank=True, max_length=120)),
                ("sentence", models.CharField(max_length=300)),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                (
                    "reason_code",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("intended", "meant so for this patient"),
                            ("discussed", "discussed with the patient, who agrees"),
                            ("agreed", "agreed with the prescriber or another doctor"),
                            ("checked", "checked again, it is as written"),
                            ("not_possible", "could not be done otherwise today"),
                            ("other", "another reason"),
                        ],
                        max_length=12,
                        null=True,
                    ),
                ),
                (
                    "overridden_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("overridden_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "reason to go ahead",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinic", "injection_session", "rule", "subject"), name="sessions_override_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reason_code__isnull", True),
                            (
                                "reason_code__in",
                                ["intended", "discussed", "agreed", "checked", "not_possible", "other"],
                            ),
                            _connector="OR",
                        ),
                        name="sessions_override_reason_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), _negated=True),
                            models.Q(("reason_code__isnull", False), models.Q(("reason_code", "other"), _negated=True)),
                            _connector="OR",
                        ),
                        name="sessions_override_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RuleProposal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("settings", models.JSONField()),
                ("base_version", models.PositiveIntegerField()),
                ("reason", models.CharField(max_length=300, verbose_name="why it is changed")),
                ("asked_at", models.DateTimeField()),
                (
                    "asked_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "decided_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("is_agreed", models.BooleanField(null=True)),
                ("answer", models.CharField(blank=True, max_length=300, verbose_name="why not")),
            ],
            options={
                "verbose_name": "change of rules that waits for a clinician",
                "ordering": ["-asked_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("decided_at__isnull", True)),
                        fields=("clinic",),
                        name="sessions_ruleproposal_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="sessions_ruleproposal_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answer", ""),
                                ("decided_at__isnull", True),
                                ("decided_by__isnull", True),
                                ("is_agreed__isnull", True),
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("is_agreed__isnull", False),
                                ("answer", ""),
                                ("is_agreed", True),
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("is_agreed__isnull", False),
                                ("is_agreed", False),
                                models.Q(("answer", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="sessions_ruleproposal_decision_is_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ScreeningAnswer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "injection_session",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="screening_answers",
                        to="pit_sessions.injectionsession",
                    ),
                ),
                ("item", models.CharField(max_length=40)),
                ("is_yes", models.BooleanField()),
                ("detail", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinic", "injection_session", "item"), name="sessions_screeninganswer_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SideEffect",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "patient",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="patients.patient"
                    ),
                ),
                (
                    "injection_session",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="side_effects",
                        to="pit_sessions.injectionsession",
                    ),
                ),
                (
                    "event_type",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.adverseeventtype",
                        verbose_name="what it was",
                    ),
                ),
                (
                    "suspected_type",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.adverseeventtype",
                        verbose_name="to rule out",
                    ),
                ),
                (
                    "priority",
                    models.CharField(
                        choices=[
                            ("P0", "P0 now"),
                            ("P1", "P1 within 2 hours"),
                            ("P2", "P2 next working day"),
                            ("P3", "P3 log"),
                        ],
                        max_length=2,
                        verbose_name="priority",
                    ),
                ),
                ("triage_reason", models.CharField(blank=True, max_length=300, verbose_name="why this priority")),
                (
                    "danger_signs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("breathless", "hard to breathe, or chest pain"),
                                ("swelling", "swollen face or tongue, or a rash over the body"),
                                ("collapse", "fainted, a fit, or a numb mouth with a metal taste"),
                                ("vision", "sudden loss of sight"),
                                ("weakness", "an arm or leg has become weak"),
                                ("bladder", "loss of control of bladder or bowel, or numb between the legs"),
                                ("headache", "the worst headache ever with a stiff neck"),
                                ("fever", "a fever of 38 °C or more with a red or hot spot"),
                                ("pus", "pus where you were treated"),
                                ("growing", "a swelling that keeps growing"),
                                ("severe_pain", "pain of 8 or more that nothing eases"),
                                ("numbness", "numbness that is spreading"),
                            ],
                            max_length=12,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("description", models.TextField(blank=True, verbose_name="what happened")),
                (
                    "source",
                    models.CharField(
                        choices=[("clinician", "clinician"), ("portal", "patient"), ("phone", "by phone")],
                        max_length=10,
                    ),
                ),
                ("reported_at", models.DateTimeField()),
                ("taken_back_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "alarm_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="alarm counted from"),
                ),
                (
                    "alarm_again_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="alarm rang again"),
                ),
                ("onset_at", models.DateTimeField(blank=True, null=True, verbose_name="began")),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "open"), ("acknowledged", "taken"), ("closed", "closed")],
                        default="open",
                        max_length=12,
                    ),
                ),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                (
                    "acknowledged_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "severity",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[
                            (1, "1 mild"),
                            (2, "2 moderate"),
                            (3, "3 severe"),
                            (4, "4 life-threatening"),
                            (5, "5 death"),
                        ],
                        null=True,
                        verbose_name="severity",
                    ),
                ),
                (
                    "seriousness",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("death", "death"),
                                ("life_threatening", "life-threatening at the time"),
                                ("hospital", "new or longer hospital stay"),
                                ("disability", "lasting disability"),
                                ("birth_defect", "birth defect"),
                                ("other_important", "other important medical event"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("is_serious", models.BooleanField(default=False, verbose_name="serious")),
                (
                    "causality",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("certain", "certain"),
                            ("probable", "probable"),
                            ("possible", "possible"),
                            ("unlikely", "unlikely"),
                            ("conditional", "waiting for data"),
                            ("unassessable", "cannot be assessed"),
                        ],
                        max_length=12,
                        verbose_name="caused by the treatment",
                    ),
                ),
                ("outcome", models.CharField(blank=True, max_length=300, verbose_name="outcome")),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "closed_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "closed"), _negated=True),
                        fields=["clinic", "priority", "reported_at"],
                        name="sessions_sideeffect_open",
                    ),
                    models.Index(fields=["patient", "-reported_at"], name="sessions_sideeffect_patient"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("priority__in", ["P0", "P1", "P2", "P3"])),
                        name="sessions_sideeffect_priority",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("acknowledged_at__isnull", True), ("acknowledged_by__isnull", True)),
                                models.Q(("closed_at__isnull", True), ("closed_by__isnull", True)),
                                ("status", "open"),
                            ),
                            models.Q(
                                models.Q(("acknowledged_at__isnull", False), ("acknowledged_by__isnull", False)),
                                models.Q(("closed_at__isnull", True), ("closed_by__isnull", True)),
                                ("status", "acknowledged"),
                            ),
                            models.Q(
                                models.Q(
                                    models.Q(("acknowledged_at__isnull", False), ("acknowledged_by__isnull", False)),
                                    models.Q(("acknowledged_at__isnull", True), ("acknowledged_by__isnull", True)),
                                    _connector="OR",
                                ),
                                ("closed_at__isnull", False),
                                ("closed_by__isnull", False),
                                ("status", "closed"),
                            ),
                            _connector="OR",
                        ),
                        name="sessions_sideeffect_status_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "closed"), _negated=True),
                            ("event_type__isnull", False),
                            _connector="OR",
                        ),
                        name="sessions_sideeffect_closed_with_its_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("severity__isnull", True), ("severity__range", (1, 5)), _connector="OR"),
                        name="sessions_sideeffect_severity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("onset_at__isnull", True), ("onset_at__lte", models.F("reported_at")), _connector="OR"
                        ),
                        name="sessions_sideeffect_onset",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("seriousness", []), ("is_serious", True), _connector="OR"),
                        name="sessions_sideeffect_seriousness",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignatureCheck",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "stage",
                    models.CharField(
                        choices=[("session", "session record"), ("picture", "picture"), ("paper", "paper")],
                        default="session",
                        max_length=8,
                    ),
                ),
                ("reached", models.UUIDField(blank=True, null=True)),
                ("checked_count", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "check of the signatures",
                "indexes": [models.Index(fields=["clinic", "-started_at"], name="sessions_check_started")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("clinic",),
                        name="sessions_check_one_walks",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at__isnull", True), ("ended_at__gte", models.F("started_at")), _connector="OR"
                        ),
                        name="sessions_check_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("stage__in", ["session", "picture", "paper"])), name="sessions_check_stage"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignatureProblem",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "check_run",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="problems",
                        to="pit_sessions.signaturecheck",
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[("session", "session record"), ("picture", "picture"), ("paper", "paper")],
                        max_length=8,
                    ),
                ),
                ("row_id", models.UUIDField()),
                ("session_id", models.UUIDField()),
                (
                    "problem",
                    models.CharField(
                        choices=[
                            ("document", "the signed document is not what was signed"),
                            ("rows", "the stored entries no longer say what the signed document says"),
                            ("trail", "the audit trail names another signature"),
                            ("place", "it lies with another patient"),
                            ("unsigned", "the signature was taken away"),
                            ("co_signature", "the co-signature was given to another content"),
                            ("gone", "the record is gone"),
                            ("bytes", "the file is not what was kept"),
                            ("version", "signed in a version that this program does not know"),
                        ],
                        max_length=12,
                    ),
                ),
            ],
            options={
                "verbose_name": "broken signature",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinic", "check_run", "what", "row_id"), name="sessions_problem_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("what__in", ["session", "picture", "paper"])), name="sessions_problem_what"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "problem__in",
                                [
                                    "document",
                                    "rows",
                                    "trail",
                                    "place",
                                    "unsigned",
                                    "co_signature",
                                    "gone",
                                    "bytes",
                                    "version",
                                ],
                            )
                        ),
                        name="sessions_problem_problem",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignedDocument",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "injection_session",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signed_documents",
                        to="pit_sessions.injectionsession",
                    ),
                ),
                ("content", models.TextField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "injection_session"), name="sessions_document_once"),
                    models.CheckConstraint(
                        condition=models.Q(("content", ""), _negated=True), name="sessions_document_content"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LotChange",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "lot",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="pit_sessions.solutionlot",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("quarantined", "quarantined"), ("released", "released"), ("corrected", "corrected")],
                        max_length=12,
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
                ("was_lot_number", models.CharField(blank=True, max_length=60)),
                ("was_expiry_date", models.DateField(blank=True, null=True)),
                ("lot_number", models.CharField(blank=True, max_length=60)),
                ("expiry_date", models.DateField(blank=True, null=True)),
                ("changed_at", models.DateTimeField()),
                (
                    "changed_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "ordering": ["-changed_at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="sessions_lotchange_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["quarantined", "released", "corrected"])),
                        name="sessions_lotchange_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("kind", "corrected"), _negated=True),
                                ("expiry_date__isnull", True),
                                ("lot_number", ""),
                                ("was_expiry_date__isnull", True),
                                ("was_lot_number", ""),
                            ),
                            models.Q(
                                ("expiry_date__isnull", False),
                                ("kind", "corrected"),
                                ("was_expiry_date__isnull", False),
                                models.Q(("was_lot_number", ""), _negated=True),
                                models.Q(("lot_number", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="sessions_lotchange_correction_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "corrected"), _negated=True),
                            models.Q(("lot_number", models.F("was_lot_number")), _negated=True),
                            models.Q(("expiry_date", models.F("was_expiry_date")), _negated=True),
                            _connector="OR",
                        ),
                        name="sessions_lotchange_corrects_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InjectionPoint",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "injection_session",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="points",
                        to="pit_sessions.injectionsession",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "nerve",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalogue.nerve"
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[("left", "Left"), ("right", "Right"), ("midline", "Midline")],
                        max_length=8,
                        verbose_name="side",
                    ),
                ),
                (
                    "point_type",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.pointtype",
                    ),
                ),
                ("volume_ml", models.DecimalField(decimal_places=2, max_digits=4, verbose_name="volume (mL)")),
                (
                    "depth",
                    models.CharField(
                        choices=[("subcutaneous", "subcutaneous"), ("deep", "deep")],
                        default="subcutaneous",
                        max_length=12,
                        verbose_name="depth",
                    ),
                ),
                ("depth_mm", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="depth (mm)")),
                (
                    "solution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalogue.solution"
                    ),
                ),
                (
                    "lot",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="points",
                        to="pit_sessions.solutionlot",
                    ),
                ),
                (
                    "figure",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.nervefigure",
                        to_field="code",
                    ),
                ),
                ("x", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("y", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "preparation",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="points",
                        to="pit_sessions.preparation",
                    ),
                ),
                ("cycle", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="cycle")),
            ],
            options={
                "ordering": ["number"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("preparation__isnull", False)),
                        fields=["preparation"],
                        name="sessions_point_preparation",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        fields=("clinic", "injection_session", "number"),
                        name="sessions_point_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("side__in", ["left", "right", "midline"])), name="sessions_point_side"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("volume_ml__gt", Decimal("0")), ("volume_ml__lte", Decimal("60"))),
                        name="sessions_point_volume",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cycle__isnull", True), ("cycle__range", (2, 10)), _connector="OR"),
                        name="sessions_point_cycle",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("depth__in", ["subcutaneous", "deep"])), name="sessions_point_depth"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("figure__isnull", True), ("x__isnull", True), ("y__isnull", True)),
                            models.Q(
                                ("figure__isnull", False),
                                ("x__isnull", False),
                                ("x__range", (0, 1000)),
                                ("y__isnull", False),
                                ("y__range", (0, 1000)),
                            ),
                            _connector="OR",
                        ),
                        name="sessions_point_place_is_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StockMovement",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "lot",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="pit_sessions.solutionlot",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("started", "there at the start"),
                            ("received", "received"),
                            ("opened", "opened"),
                            ("put_back", "put back unopened"),
                            ("wasted", "wasted"),
                            ("counted", "counted"),
                            ("taken_back", "taken back"),
                        ],
                        max_length=12,
                    ),
                ),
                ("change", models.IntegerField(default=0)),
                ("counted", models.PositiveIntegerField(blank=True, null=True, verbose_name="counted")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("supplier", models.CharField(blank=True, max_length=120, verbose_name="supplier")),
                ("delivery_number", models.CharField(blank=True, max_length=60, verbose_name="delivery number")),
                ("delivered_date", models.DateField(blank=True, null=True, verbose_name="delivered on")),
                ("container_number", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "takes_back",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taken_back",
                        to="pit_sessions.stockmovement",
                    ),
                ),
                ("moved_at", models.DateTimeField()),
                (
                    "moved_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "ordering": ["-moved_at", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("takes_back__isnull", False)),
                        fields=("clinic", "takes_back"),
                        name="sessions_movement_taken_back_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                ["started", "received", "opened", "put_back", "wasted", "counted", "taken_back"],
                            )
                        ),
                        name="sessions_movement_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["counted", "taken_back"]),
                            models.Q(("change__lt", 0), ("kind__in", ["opened", "wasted"])),
                            models.Q(("change__gt", 0), ("kind__in", ["started", "received", "put_back"])),
                            _connector="OR",
                        ),
                        name="sessions_movement_direction",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("counted__isnull", False), ("kind", "counted")),
                            models.Q(models.Q(("kind", "counted"), _negated=True), ("counted__isnull", True)),
                            _connector="OR",
                        ),
                        name="sessions_movement_count_has_its_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "wasted"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="sessions_movement_waste_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "taken_back"), ("takes_back__isnull", False)),
                            models.Q(models.Q(("kind", "taken_back"), _negated=True), ("takes_back__isnull", True)),
                            _connector="OR",
                        ),
                        name="sessions_movement_takes_back_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("delivered_date__isnull", False), ("kind", "received")),
                            models.Q(
                                models.Q(("kind", "received"), _negated=True),
                                ("delivered_date__isnull", True),
                                ("delivery_number", ""),
                                ("supplier", ""),
                            ),
                            _connector="OR",
                        ),
                        name="sessions_movement_delivery_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["started"]), ("moved_by__isnull", False), _connector="OR"),
                        name="sessions_movement_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StockRules",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("mix_hours", models.PositiveSmallIntegerField(default=4, verbose_name="hours a mixture may be used")),
                (
                    "multi_dose_days",
                    models.PositiveSmallIntegerField(
                        default=28, verbose_name="days an opened multi-dose container may be used"
                    ),
                ),
                (
                    "ph_low",
                    models.DecimalField(
                        decimal_places=1, default=Decimal("7.0"), max_digits=3, verbose_name="usual pH from"
                    ),
                ),
                (
                    "ph_high",
                    models.DecimalField(
                        decimal_places=1, default=Decimal("7.8"), max_digits=3, verbose_name="usual pH to"
                    ),
                ),
                (
                    "near_expiry_days",
                    models.PositiveSmallIntegerField(
                        default=30, verbose_name="days before expiry that a lot is pointed out"
                    ),
                ),
                (
                    "needs_second_check",
                    models.BooleanField(default=False, verbose_name="a colleague checks each mixture"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("clinic",), name="sessions_stockrules_one"),
                    models.CheckConstraint(
                        condition=models.Q(("mix_hours__range", (1, 168)), ("multi_dose_days__range", (1, 365))),
                        name="sessions_stockrules_spans",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ph_high__lte", 14), ("ph_low__gte", 0), ("ph_low__lte", models.F("ph_high"))
                        ),
                        name="sessions_stockrules_ph",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TimeOut",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "injection_session",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="time_outs",
                        to="pit_sessions.injectionsession",
                    ),
                ),
                ("fingerprint", models.CharField(max_length=32)),
                ("shown", models.JSONField()),
                ("words", models.JSONField()),
                (
                    "items",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("patient", "patient"),
                                ("consent", "consent"),
                                ("side", "side"),
                                ("nerves", "nerves"),
                                ("solution", "solution"),
                                ("lot", "lot"),
                                ("allergy", "allergy"),
                            ],
                            max_length=10,
                        ),
                        size=None,
                    ),
                ),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "confirmed_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "verbose_name": "time-out",
                "ordering": ["created_at"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinic", "injection_session", "fingerprint"), name="sessions_timeout_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "items__contained_by",
                                ["patient", "consent", "side", "nerves", "solution", "lot", "allergy"],
                            )
                        ),
                        name="sessions_timeout_items",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(
                                ("confirmed_at__isnull", False),
                                ("confirmed_by__isnull", False),
                                (
                                    "items__contains",
                                    ["patient", "consent", "side", "nerves", "solution", "lot", "allergy"],
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="sessions_timeout_is_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UnsavedTyping",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "injection_session",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="unsaved_typings",
                        to="pit_sessions.injectionsession",
                    ),
                ),
                (
                    "member",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("typed", models.JSONField(default=dict)),
                ("typed_at", models.DateTimeField()),
                ("page", models.UUIDField(blank=True, null=True)),
                ("number", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "typing that was not saved",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinic", "injection_session", "member"), name="sessions_unsavedtyping_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="VisitRecall",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "patient",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="patients.patient"
                    ),
                ),
                (
                    "injection_session",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pit_sessions.injectionsession",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("not_booked", "No next visit is booked"),
                            ("no_answer", "Has not answered since the visit"),
                            ("lapsed", "Not here for more than 8 weeks: book a new evaluation"),
                            ("review", "The plan waits for a clinician"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "owner",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("quiet_until_date", models.DateField(blank=True, null=True, verbose_name="quiet until")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinic", "injection_session", "kind"), name="sessions_visitrecall_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["not_booked", "no_answer", "lapsed", "review"])),
                        name="sessions_visitrecall_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecallCall",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "visit_recall",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="pit_sessions.visitrecall",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("reached", "reached"),
                            ("no_answer", "no answer"),
                            ("call_again", "call again on a day"),
                        ],
                        max_length=12,
                        verbose_name="outcome",
                    ),
                ),
                ("again_date", models.DateField(blank=True, null=True, verbose_name="call again on")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("called_at", models.DateTimeField()),
                (
                    "called_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "ordering": ["-called_at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["reached", "no_answer", "call_again"])),
                        name="sessions_recallcall_outcome",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("again_date__isnull", False), ("outcome", "call_again")),
                            models.Q(models.Q(("outcome", "call_again"), _negated=True), ("again_date__isnull", True)),
                            _connector="OR",
                        ),
                        name="sessions_recallcall_again_has_a_day",
                    ),
                ],
            },
        ),
    ]
