import datetime
from decimal import Decimal

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.db import migrations, models

import accounts.models.clinic_owned
import accounts.models.clinics
import common.database


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("catalogue", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Patient",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("given_names", models.CharField(max_length=120, verbose_name="given names")),
                ("family_name", models.CharField(max_length=120, verbose_name="family name")),
                ("preferred_name", models.CharField(blank=True, max_length=60, verbose_name="preferred name")),
                ("birth_date", models.DateField(verbose_name="date of birth")),
                (
                    "sex",
                    models.CharField(
                        choices=[("female", "Female"), ("male", "Male"), ("other", "Other"), ("unknown", "Unknown")],
                        default="unknown",
                        max_length=8,
                        verbose_name="sex",
                    ),
                ),
                ("language", models.CharField(default="en", max_length=12, verbose_name="language")),
                (
                    "zone",
                    models.CharField(
                        max_length=64, validators=[accounts.models.clinics.validate_zone], verbose_name="time zone"
                    ),
                ),
                (
                    "emergency_contact_name",
                    models.CharField(blank=True, max_length=120, verbose_name="emergency contact"),
                ),
                (
                    "emergency_contact_phone",
                    models.CharField(blank=True, max_length=32, verbose_name="emergency contact's phone"),
                ),
                ("emergency_contact_relation", models.CharField(blank=True, max_length=60, verbose_name="relation")),
                ("guardian_name", models.CharField(blank=True, max_length=120, verbose_name="guardian")),
                ("guardian_phone", models.CharField(blank=True, max_length=32, verbose_name="guardian's phone")),
                (
                    "file_note",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=600, verbose_name="to check, from a file"
                    ),
                ),
                ("is_deceased", models.BooleanField(default=False, editable=False, verbose_name="deceased")),
                (
                    "deceased_date",
                    models.DateField(blank=True, editable=False, null=True, verbose_name="date of death"),
                ),
                (
                    "left_date",
                    models.DateField(blank=True, editable=False, null=True, verbose_name="left the clinic on"),
                ),
                (
                    "left_reason",
                    models.CharField(blank=True, editable=False, max_length=200, verbose_name="why they left"),
                ),
                (
                    "is_said_inactive",
                    models.BooleanField(default=False, editable=False, verbose_name="not active in a file"),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("sort_key", models.BinaryField(default=b"", max_length=400)),
                ("named_by", models.CharField(blank=True, db_collation="C", default="", editable=False, max_length=40)),
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
                    "merged_into",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.patient",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PairVerdict",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "verdict",
                    models.CharField(
                        choices=[("different", "not the same person"), ("same", "the same person: to be merged")],
                        max_length=10,
                        verbose_name="verdict",
                    ),
                ),
                ("said_at", models.DateTimeField()),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
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
                    "said_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "one",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.patient",
                        verbose_name="one record",
                    ),
                ),
                (
                    "other",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.patient",
                        verbose_name="the other record",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer about two alike patients",
            },
        ),
        migrations.CreateModel(
            name="NoKnownAllergy",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("is_from_file", models.BooleanField(db_default=False, default=False, verbose_name="from a file")),
                ("recorded_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
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
                    "patient",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="patients.patient"
                    ),
                ),
            ],
            options={
                "verbose_name": "no known allergy",
            },
        ),
        migrations.CreateModel(
            name="NameToken",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("token", models.CharField(db_collation="C", max_length=60)),
                ("is_whole", models.BooleanField()),
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
                    "patient",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="patients.patient"
                    ),
                ),
            ],
            options={
                "verbose_name": "part of a name",
            },
        ),
        migrations.CreateModel(
            name="Identifier",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("system", models.CharField(max_length=200, verbose_name="kind of number")),
                ("value", models.CharField(max_length=120, verbose_name="number")),
                ("is_former", models.BooleanField(default=False, editable=False, verbose_name="former")),
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
                    "patient",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="patients.patient"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ContactPoint",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("phone", "Phone"), ("email", "E-mail")], max_length=8, verbose_name="kind"
                    ),
                ),
                ("value", models.CharField(db_collation="C", max_length=254, verbose_name="phone or e-mail")),
                ("digits_reversed", models.CharField(blank=True, db_collation="C", editable=False, max_length=20)),
                ("note", models.CharField(blank=True, max_length=120, verbose_name="note")),
                ("is_shared", models.BooleanField(default=False, verbose_name="shared with somebody")),
                ("is_guardians", models.BooleanField(default=False, verbose_name="the guardian's")),
                ("is_preferred", models.BooleanField(default=False, verbose_name="preferred")),
                ("stopped_at", models.DateTimeField(blank=True, null=True)),
                ("stopped_reason", models.CharField(blank=True, max_length=40)),
                ("verified_at", models.DateTimeField(blank=True, null=True, verbose_name="verified")),
                (
                    "verified_how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("read_back", "read back to the patient"),
                            ("code", "by a code the patient read out"),
                            ("link", "by the patient, from the link in the message"),
                        ],
                        max_length=9,
                        verbose_name="how",
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
                    "verified_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                        verbose_name="verified by",
                    ),
                ),
                (
                    "patient",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="patients.patient"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ComparedPatient",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
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
                    "patient",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="patients.patient"
                    ),
                ),
            ],
            options={
                "verbose_name": "patient compared with others",
            },
        ),
        migrations.CreateModel(
            name="BodyWeight",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("weight_kg", models.DecimalField(decimal_places=1, max_digits=5, verbose_name="weight (kg)")),
                ("measured_date", models.DateField(verbose_name="measured on")),
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
                    "patient",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="patients.patient"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Allergy",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "substance",
                    models.CharField(
                        choices=[
                            ("corn", "Corn (maize)"),
                            ("dextrose", "Dextrose"),
                            ("local_anaesthetic", "Local anaesthetic"),
                            ("chlorhexidine", "Chlorhexidine"),
                            ("latex", "Latex"),
                            ("adhesive", "Adhesive (plasters)"),
                            ("other", "Something else"),
                        ],
                        max_length=20,
                        verbose_name="allergic to",
                    ),
                ),
                ("substance_text", models.CharField(blank=True, max_length=200, verbose_name="which")),
                ("reaction", models.CharField(blank=True, max_length=200, verbose_name="reaction")),
                ("recorded_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("source_id", models.CharField(blank=True, editable=False, max_length=200)),
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
                    "patient",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="patients.patient"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AlikePair",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("is_same_birth", models.BooleanField(default=False)),
                ("is_swapped_birth", models.BooleanField(default=False)),
                ("is_same_contact", models.BooleanField(default=False)),
                ("is_same_number", models.BooleanField(default=False)),
                ("is_other_sex", models.BooleanField(default=False)),
                ("strength", models.PositiveSmallIntegerField()),
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
                    "one",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.patient",
                    ),
                ),
                (
                    "other",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "verbose_name": "two alike patients",
            },
        ),
        migrations.CreateModel(
            name="AccessLink",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("check_in", "Check-in after a visit"),
                            ("offer", "A free time on offer"),
                            ("contact", "An address to confirm"),
                        ],
                        max_length=12,
                    ),
                ),
                ("token_hash", models.BinaryField(max_length=32)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("failed_attempts", models.PositiveSmallIntegerField(default=0)),
                ("last_failed_at", models.DateTimeField(null=True)),
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
                    "patient",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="patients.patient"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PatientCondition",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("name", models.CharField(max_length=200, verbose_name="condition")),
                ("icd10cm_code", models.CharField(blank=True, max_length=10, verbose_name="ICD-10-CM code")),
                (
                    "side",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("left", "Left"),
                            ("right", "Right"),
                            ("bilateral", "Both sides"),
                            ("midline", "Midline"),
                        ],
                        max_length=10,
                        verbose_name="side",
                    ),
                ),
                ("onset_date", models.DateField(blank=True, null=True, verbose_name="since")),
                ("resolved_date", models.DateField(blank=True, null=True, verbose_name="until")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("source_id", models.CharField(blank=True, editable=False, max_length=200)),
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
                    "condition",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.condition",
                    ),
                ),
                (
                    "patient",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="patients.patient"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PatientConditionNerve",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
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
                    "nerve",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalogue.nerve"
                    ),
                ),
                (
                    "patient_condition",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suspected_nerves",
                        to="patients.patientcondition",
                    ),
                ),
            ],
            options={
                "verbose_name": "nerve of a condition",
            },
        ),
        migrations.CreateModel(
            name="PatientImport",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("kind", models.CharField(choices=[("csv", "Table"), ("fhir", "FHIR R4")], max_length=4)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "uploaded"),
                            ("queued", "waiting"),
                            ("running", "running"),
                            ("checked", "checked"),
                            ("done", "done"),
                            ("failed", "failed"),
                            ("taken_back", "taken back"),
                        ],
                        default="uploaded",
                        max_length=10,
                    ),
                ),
                ("is_dry_run", models.BooleanField(default=True)),
                ("file_name", models.CharField(max_length=200)),
                ("file_key", models.CharField(blank=True, max_length=100)),
                ("file_sha256", models.CharField(max_length=64)),
                ("column_map", models.JSONField(blank=True, default=dict)),
                ("counts", models.JSONField(blank=True, default=dict)),
                ("errors", models.JSONField(blank=True, default=list)),
                ("error_count", models.PositiveIntegerField(default=0)),
                ("returned_key", models.CharField(blank=True, default="", max_length=100)),
                ("returned_rows", models.PositiveIntegerField(default=0)),
                ("taken_back", models.JSONField(blank=True, default=dict)),
                ("made_in", models.BigIntegerField(null=True)),
                ("is_taking_back", models.BooleanField(default=False)),
                ("taken_back_at", models.DateTimeField(null=True)),
                ("claim", models.UUIDField(null=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
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
                    "uploaded_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ImportProgress",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("rows_done", models.PositiveIntegerField(default=0)),
                ("rows_total", models.PositiveIntegerField(default=0)),
                ("alive_at", models.DateTimeField()),
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
                    "patient_import",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="progress",
                        to="patients.patientimport",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ImportedRow",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("mark", models.CharField(db_collation="C", max_length=64)),
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
                    "patient",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="patients.patient"
                    ),
                ),
                (
                    "patient_import",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.patientimport",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ImportedPart",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("table_name", models.CharField(db_collation="C", max_length=63)),
                ("row_id", models.UUIDField()),
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
                    "patient",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="patients.patient"
                    ),
                ),
                (
                    "patient_import",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.patientimport",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PatientMerge",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("made_at", models.DateTimeField()),
                ("reason", models.CharField(max_length=300, verbose_name="why")),
                ("changes", models.JSONField(blank=True, default=list)),
                ("kept_back", models.JSONField(blank=True, default=list)),
                ("reversed_at", models.DateTimeField(blank=True, null=True)),
                ("reversal_reason", models.CharField(blank=True, max_length=300, verbose_name="why it was taken back")),
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
                    "made_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "merged",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.patient",
                        verbose_name="the record merged into it",
                    ),
                ),
                (
                    "reversed_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "survivor",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.patient",
                        verbose_name="the record that stays",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MovedRow",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("table_name", models.CharField(max_length=63)),
                ("column_name", models.CharField(max_length=63)),
                ("row_id", models.UUIDField()),
                ("is_reversal", models.BooleanField()),
                ("xid", models.BigIntegerField()),
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
                    "from_patient",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.patient",
                    ),
                ),
                (
                    "to_patient",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.patient",
                    ),
                ),
                (
                    "merge",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moved_rows",
                        to="patients.patientmerge",
                    ),
                ),
            ],
            options={
                "verbose_name": "record that a merge moved",
            },
        ),
        migrations.CreateModel(
            name="RiskFlag",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "flag",
                    models.CharField(
                        choices=[
                            ("anticoagulant", "Anticoagulant"),
                            ("antiplatelet", "Antiplatelet drug"),
                            ("bleeding_disorder", "Bleeding disorder"),
                            ("pregnancy", "Pregnant"),
                            ("breastfeeding", "Breastfeeding"),
                            ("diabetes", "Diabetes"),
                            ("vasovagal", "Has fainted with needles"),
                            ("needle_fear", "Fear of needles"),
                            ("immunosuppression", "Immunosuppressed"),
                            ("recent_steroid", "Recent steroid injection"),
                            ("implant", "Implant near a treated site"),
                            ("copd", "COPD"),
                            ("very_thin", "Very thin"),
                            ("cancer_history", "History of cancer"),
                            ("fall_risk", "Risk of falling"),
                            ("chaperone", "Wants a chaperone"),
                            ("interpreter", "Needs an interpreter"),
                        ],
                        max_length=20,
                        verbose_name="flag",
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=200, verbose_name="detail")),
                (
                    "is_to_confirm",
                    models.BooleanField(db_default=False, default=False, editable=False, verbose_name="to confirm"),
                ),
                ("recorded_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
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
                    "patient",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="patients.patient"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ContactConsent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("care", "Care after a visit"),
                            ("appointment", "Visits"),
                            ("research", "Research"),
                            ("marketing", "News from the clinic"),
                        ],
                        max_length=12,
                        verbose_name="purpose",
                    ),
                ),
                ("is_granted", models.BooleanField(verbose_name="allowed")),
                ("decided_at", models.DateTimeField()),
                ("wording_version", models.CharField(max_length=20)),
                ("proof", models.CharField(blank=True, max_length=200)),
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
                    "contact_point",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="patients.contactpoint",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["contact_point", "purpose", "-decided_at"], name="patients_contactconsent_latest"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("purpose__in", ["care", "appointment", "research", "marketing"])),
                        name="patients_contactconsent_purpose",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactCode",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("nonce", models.BinaryField(max_length=16)),
                ("code_hash", models.BinaryField(max_length=32)),
                ("asked_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="wrong tries")),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "used_how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("read_back", "read back to the patient"),
                            ("code", "by a code the patient read out"),
                            ("link", "by the patient, from the link in the message"),
                        ],
                        max_length=9,
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
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
                    "contact_point",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="codes",
                        to="patients.contactpoint",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["clinic", "contact_point", "-asked_at"], name="patients_contactcode_asked"),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True), ("used_at__isnull", True)),
                        fields=["clinic", "expires_at"],
                        name="patients_contactcode_standing",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True), ("used_at__isnull", True)),
                        fields=("clinic", "contact_point"),
                        name="patients_contactcode_one_stands",
                    ),
                    models.CheckConstraint(condition=models.Q(("tries__lte", 5)), name="patients_contactcode_tries"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("used_at__isnull", True), ("used_how", "")),
                            models.Q(("ended_at__isnull", True), ("used_at__isnull", False), ("used_how", "link")),
                            models.Q(
                                ("ended_at__isnull", True),
                                ("tries__lt", 5),
                                ("used_at__isnull", False),
                                ("used_at__lt", models.F("expires_at")),
                                ("used_how", "code"),
                            ),
                            _connector="OR",
                        ),
                        name="patients_contactcode_used_in_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LastClinicNumber",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("number", models.PositiveIntegerField(default=0)),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("clinic",), name="patients_lastclinicnumber_once")],
            },
        ),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(fields=["clinic", "birth_date"], name="patients_patient_birth_date"),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(fields=["clinic", "sort_key", "id"], name="patients_patient_sorted"),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(fields=["clinic", "named_by"], name="patients_patient_named_by"),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(fields=["clinic", "-created_at"], name="patients_patient_recent"),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)),
                fields=["clinic", "merged_into"],
                name="patients_patient_merged",
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("birth_date__gte", datetime.date(1890, 1, 1)),
                    ("birth_date__lte", django.db.models.functions.datetime.Now()),
                ),
                name="patients_patient_birth_date_plausible",
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("given_names", ""), _negated=True),
                    models.Q(("family_name", ""), _negated=True),
                    _connector="OR",
                ),
                name="patients_patient_has_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "given_names__regex",
                        "[\xad͏ᅟᅠ\u180e\u200b\u200e\u200f\u2060-\u2064\u206a-\u206fㅤ\ufeffﾠ\U000e0000-\U000e007f]",
                    ),
                    _negated=True,
                ),
                name="patients_patient_given_is_seen",
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "family_name__regex",
                        "[\xad͏ᅟᅠ\u180e\u200b\u200e\u200f\u2060-\u2064\u206a-\u206fㅤ\ufeffﾠ\U000e0000-\U000e007f]",
                    ),
                    _negated=True,
                ),
                name="patients_patient_family_is_seen",
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "preferred_name__regex",
                        "[\xad͏ᅟᅠ\u180e\u200b\u200e\u200f\u2060-\u2064\u206a-\u206fㅤ\ufeffﾠ\U000e0000-\U000e007f]",
                    ),
                    _negated=True,
                ),
                name="patients_patient_preferred_is_seen",
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "guardian_name__regex",
                        "[\xad͏ᅟᅠ\u180e\u200b\u200e\u200f\u2060-\u2064\u206a-\u206fㅤ\ufeffﾠ\U000e0000-\U000e007f]",
                    ),
                    _negated=True,
                ),
                name="patients_patient_guardian_is_seen",
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "emergency_contact_name__regex",
                        "[\xad͏ᅟᅠ\u180e\u200b\u200e\u200f\u2060-\u2064\u206a-\u206fㅤ\ufeffﾠ\U000e0000-\U000e007f]",
                    ),
                    _negated=True,
                ),
                name="patients_patient_emergency_is_seen",
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(("given_names__regex", "[\u202a-\u202e\u2066-\u2069]"), _negated=True),
                name="patients_patient_given_runs_one_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(("family_name__regex", "[\u202a-\u202e\u2066-\u2069]"), _negated=True),
                name="patients_patient_family_runs_one_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(("preferred_name__regex", "[\u202a-\u202e\u2066-\u2069]"), _negated=True),
                name="patients_patient_preferred_runs_one_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(("guardian_name__regex", "[\u202a-\u202e\u2066-\u2069]"), _negated=True),
                name="patients_patient_guardian_runs_one_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(("emergency_contact_name__regex", "[\u202a-\u202e\u2066-\u2069]"), _negated=True),
                name="patients_patient_emergency_runs_one_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(("sex__in", ["female", "male", "other", "unknown"])), name="patients_patient_sex"
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(("deceased_date__isnull", True), ("is_deceased", True), _connector="OR"),
                name="patients_patient_died_on_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("deceased_date__isnull", True),
                    models.Q(
                        ("deceased_date__gte", models.F("birth_date")),
                        (
                            "deceased_date__lte",
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.functions.datetime.Now(),
                                "+",
                                models.Value(datetime.timedelta(seconds=50400)),
                            ),
                        ),
                    ),
                    _connector="OR",
                ),
                name="patients_patient_died_plausibly",
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("left_date__isnull", True),
                    models.Q(
                        ("left_date__gte", models.F("birth_date")),
                        (
                            "left_date__lte",
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.functions.datetime.Now(),
                                "+",
                                models.Value(datetime.timedelta(seconds=50400)),
                            ),
                        ),
                    ),
                    _connector="OR",
                ),
                name="patients_patient_left_plausibly",
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(("left_reason", ""), ("left_date__isnull", False), _connector="OR"),
                name="patients_patient_reason_of_leaving",
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("merged_into__isnull", True),
                    models.Q(("merged_into", models.F("id")), _negated=True),
                    _connector="OR",
                ),
                name="patients_patient_not_into_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="pairverdict",
            constraint=models.UniqueConstraint(fields=("clinic", "one", "other"), name="patients_pairverdict_once"),
        ),
        migrations.AddConstraint(
            model_name="pairverdict",
            constraint=models.CheckConstraint(
                condition=models.Q(("one__lt", models.F("other"))), name="patients_pairverdict_ordered"
            ),
        ),
        migrations.AddConstraint(
            model_name="pairverdict",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict__in", ["different", "same"])), name="patients_pairverdict_verdict"
            ),
        ),
        migrations.AddConstraint(
            model_name="noknownallergy",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("clinic", "patient"),
                name="patients_noknownallergy_once",
            ),
        ),
        migrations.AddIndex(
            model_name="nametoken",
            index=models.Index(
                fields=["clinic", "is_whole", "token"], include=("patient",), name="patients_nametoken_token"
            ),
        ),
        migrations.AddIndex(
            model_name="identifier",
            index=models.Index(fields=["clinic", "value"], name="patients_identifier_value"),
        ),
        migrations.AddConstraint(
            model_name="identifier",
            constraint=models.UniqueConstraint(fields=("clinic", "system", "value"), name="patients_identifier_once"),
        ),
        migrations.AddConstraint(
            model_name="identifier",
            constraint=models.CheckConstraint(
                condition=models.Q(("value", ""), _negated=True), name="patients_identifier_not_empty"
            ),
        ),
        migrations.AddIndex(
            model_name="contactpoint",
            index=models.Index(fields=["clinic", "digits_reversed"], name="patients_contactpoint_tail"),
        ),
        migrations.AddIndex(
            model_name="contactpoint",
            index=models.Index(fields=["clinic", "value"], name="patients_contactpoint_value"),
        ),
        migrations.AddConstraint(
            model_name="contactpoint",
            constraint=models.UniqueConstraint(
                fields=("clinic", "patient", "kind", "value"), name="patients_contactpoint_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="contactpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["phone", "email"])), name="patients_contactpoint_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="contactpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("value", ""), _negated=True), name="patients_contactpoint_not_empty"
            ),
        ),
        migrations.AddConstraint(
            model_name="contactpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("verified_by__isnull", True), ("verified_at__isnull", False), _connector="OR"),
                name="patients_contactpoint_verified_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("verified_how", ""),
                    models.Q(("verified_at__isnull", False), ("verified_how__in", ["read_back", "code", "link"])),
                    _connector="OR",
                ),
                name="patients_contactpoint_verified_how",
            ),
        ),
        migrations.AddConstraint(
            model_name="comparedpatient",
            constraint=models.UniqueConstraint(fields=("clinic", "patient"), name="patients_comparedpatient_once"),
        ),
        migrations.AddConstraint(
            model_name="bodyweight",
            constraint=models.CheckConstraint(
                condition=models.Q(("weight_kg__gt", Decimal("1")), ("weight_kg__lt", Decimal("500"))),
                name="patients_bodyweight_plausible",
            ),
        ),
        migrations.AddConstraint(
            model_name="allergy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "substance__in",
                        ["corn", "dextrose", "local_anaesthetic", "chlorhexidine", "latex", "adhesive", "other"],
                    )
                ),
                name="patients_allergy_substance",
            ),
        ),
        migrations.AddConstraint(
            model_name="allergy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("substance", "other"), _negated=True),
                    models.Q(("substance_text", ""), _negated=True),
                    _connector="OR",
                ),
                name="patients_allergy_other_is_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="allergy",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("clinic", "patient", "substance", "substance_text"),
                name="patients_allergy_once",
            ),
        ),
        migrations.AddIndex(
            model_name="alikepair",
            index=models.Index(fields=["clinic", "-strength", "-id"], name="patients_alikepair_worklist"),
        ),
        migrations.AddConstraint(
            model_name="alikepair",
            constraint=models.UniqueConstraint(fields=("clinic", "one", "other"), name="patients_alikepair_once"),
        ),
        migrations.AddConstraint(
            model_name="alikepair",
            constraint=models.CheckConstraint(
                condition=models.Q(("one__lt", models.F("other"))), name="patients_alikepair_ordered"
            ),
        ),
        migrations.AddConstraint(
            model_name="accesslink",
            constraint=models.UniqueConstraint(fields=("clinic", "token_hash"), name="patients_accesslink_token"),
        ),
        migrations.AddConstraint(
            model_name="patientcondition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("side", ""), ("side__in", ["left", "right", "bilateral", "midline"]), _connector="OR"
                ),
                name="patients_condition_side",
            ),
        ),
        migrations.AddConstraint(
            model_name="patientcondition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("resolved_date__isnull", True),
                    ("onset_date__isnull", True),
                    ("resolved_date__gte", models.F("onset_date")),
                    _connector="OR",
                ),
                name="patients_condition_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="patientconditionnerve",
            constraint=models.UniqueConstraint(
                fields=("clinic", "patient_condition", "nerve"), name="patients_conditionnerve_once"
            ),
        ),
        migrations.AddIndex(
            model_name="patientimport",
            index=models.Index(fields=["clinic", "-created_at"], name="patients_patientimport_recent"),
        ),
        migrations.AddConstraint(
            model_name="importprogress",
            constraint=models.UniqueConstraint(
                fields=("clinic", "patient_import"), name="patients_importprogress_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="importedrow",
            constraint=models.UniqueConstraint(fields=("clinic", "mark"), name="patients_importedrow_once"),
        ),
        migrations.AddConstraint(
            model_name="importedpart",
            constraint=models.UniqueConstraint(
                fields=("clinic", "patient_import", "table_name", "row_id"), name="patients_importedpart_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="patientmerge",
            constraint=models.CheckConstraint(
                condition=models.Q(("survivor", models.F("merged")), _negated=True), name="patients_patientmerge_two"
            ),
        ),
        migrations.AddConstraint(
            model_name="patientmerge",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="patients_patientmerge_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="patientmerge",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reversed_at__isnull", True)),
                fields=("clinic", "merged"),
                name="patients_patientmerge_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="patientmerge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reversal_reason", ""), ("reversed_at__isnull", True), ("reversed_by__isnull", True)),
                    models.Q(("reversed_at__isnull", False), models.Q(("reversal_reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="patients_patientmerge_reversal_is_whole",
            ),
        ),
        migrations.AddIndex(
            model_name="movedrow",
            index=models.Index(fields=["clinic", "table_name", "row_id"], name="patients_movedrow_row"),
        ),
        migrations.AddConstraint(
            model_name="movedrow",
            constraint=models.UniqueConstraint(
                fields=("clinic", "merge", "table_name", "column_name", "row_id", "is_reversal"),
                name="patients_movedrow_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="riskflag",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "flag__in",
                        [
                            "anticoagulant",
                            "antiplatelet",
                            "bleeding_disorder",
                            "pregnancy",
                            "breastfeeding",
                            "diabetes",
                            "vasovagal",
                            "needle_fear",
                            "immunosuppression",
                            "recent_steroid",
                            "implant",
                            "copd",
                            "very_thin",
                            "cancer_history",
                            "fall_risk",
                            "chaperone",
                            "interpreter",
                        ],
                    )
                ),
                name="patients_riskflag_flag",
            ),
        ),
        migrations.AddConstraint(
            model_name="riskflag",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("clinic", "patient", "flag"),
                name="patients_riskflag_once",
            ),
        ),
    ]
