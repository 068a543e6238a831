import datetime

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.db import migrations, models

import accounts.models.clinic_owned
import common.database
import scheduling.models.appointments


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("catalogue", "0001_initial"),
        ("patients", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Appointment",
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
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(verbose_name="to")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("booked", "booked"),
                            ("confirmed", "confirmed"),
                            ("arrived", "arrived"),
                            ("in_room", "in room"),
                            ("observation", "observation"),
                            ("done", "done"),
                            ("cancelled", "cancelled"),
                            ("no_show", "no-show"),
                            ("deferred", "deferred"),
                            ("aborted", "aborted"),
                        ],
                        default="booked",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                (
                    "cancelled_by",
                    models.CharField(
                        blank=True,
                        choices=[("patient", "the patient"), ("clinic", "the clinic")],
                        max_length=8,
                        verbose_name="cancelled by",
                    ),
                ),
                ("cancel_reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                (
                    "doubled",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("clinician", "the clinician"),
                                ("chaperone", "the chaperone"),
                                ("room", "the room"),
                                ("equipment", "the equipment"),
                                ("patient", "the patient"),
                            ],
                            max_length=9,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("double_reason", models.CharField(blank=True, max_length=200, verbose_name="why twice")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "chaperone",
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
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
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
                    "patient",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="patients.patient"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AppointmentMove",
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
                    "from_status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("booked", "booked"),
                            ("confirmed", "confirmed"),
                            ("arrived", "arrived"),
                            ("in_room", "in room"),
                            ("observation", "observation"),
                            ("done", "done"),
                            ("cancelled", "cancelled"),
                            ("no_show", "no-show"),
                            ("deferred", "deferred"),
                            ("aborted", "aborted"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "to_status",
                    models.CharField(
                        choices=[
                            ("booked", "booked"),
                            ("confirmed", "confirmed"),
                            ("arrived", "arrived"),
                            ("in_room", "in room"),
                            ("observation", "observation"),
                            ("done", "done"),
                            ("cancelled", "cancelled"),
                            ("no_show", "no-show"),
                            ("deferred", "deferred"),
                            ("aborted", "aborted"),
                        ],
                        max_length=12,
                    ),
                ),
                ("moved_at", models.DateTimeField()),
                ("reason", models.CharField(blank=True, max_length=400)),
                ("tell_at", models.DateTimeField(null=True)),
                ("batch_id", models.UUIDField(null=True)),
                ("is_for_departure", models.BooleanField(default=False)),
                ("was_starts_at", models.DateTimeField(null=True)),
                ("was_ends_at", models.DateTimeField(null=True)),
                (
                    "appointment",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="scheduling.appointment",
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
                    "moved_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "was_clinician",
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
                "ordering": ["moved_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="CheckInTablet",
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
                ("name", models.CharField(max_length=40, verbose_name="name")),
                ("code_hash", models.BinaryField(max_length=32, null=True)),
                ("code_expires_at", models.DateTimeField(editable=False, null=True)),
                ("key_hash", models.BinaryField(max_length=32, null=True)),
                ("opened_at", models.DateTimeField(editable=False, null=True, verbose_name="opened")),
                ("revoked_at", models.DateTimeField(editable=False, null=True, verbose_name="revoked")),
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
                "verbose_name": "check-in tablet",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Closure",
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
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(verbose_name="to")),
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
                "ordering": ["starts_at"],
            },
        ),
        migrations.CreateModel(
            name="Credential",
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
                ("valid_from_date", models.DateField(verbose_name="valid from")),
                ("valid_until_date", models.DateField(blank=True, null=True, verbose_name="valid until")),
                (
                    "body_parts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("head_neck", "Head and neck"),
                                ("trunk", "Trunk"),
                                ("upper_limb", "Arm and hand"),
                                ("lower_limb", "Leg and foot"),
                            ],
                            max_length=16,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="only for",
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
                    "clinician",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "technique",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalogue.technique"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DeskRules",
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
                    "no_show_after_minutes",
                    models.PositiveSmallIntegerField(
                        default=15,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(240),
                        ],
                        verbose_name="minutes after which a visit may be a no-show",
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
            ],
            options={
                "verbose_name": "rules of the desk",
            },
        ),
        migrations.CreateModel(
            name="Equipment",
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
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("quantity", models.PositiveSmallIntegerField(default=1, verbose_name="how many")),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
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
                "ordering": ["name"],
            },
        ),
        migrations.AddField(
            model_name="appointment",
            name="equipment",
            field=accounts.models.clinic_owned.ClinicForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="scheduling.equipment",
            ),
        ),
        migrations.CreateModel(
            name="ExtraHours",
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
                ("day", models.DateField(verbose_name="day")),
                ("start_time", models.TimeField(verbose_name="from")),
                ("end_time", models.TimeField(verbose_name="to")),
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
                    "clinician",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "verbose_name": "hours of one day",
            },
        ),
        migrations.CreateModel(
            name="FreedSlot",
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
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(verbose_name="to")),
                ("freed_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "closed_why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("accepted", "accepted"),
                            ("taken", "booked otherwise"),
                            ("past", "too late"),
                            ("desk", "closed by the desk"),
                        ],
                        max_length=8,
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
                    "clinician",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "move",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.appointmentmove",
                    ),
                ),
            ],
            options={
                "verbose_name": "time that came free",
            },
        ),
        migrations.CreateModel(
            name="IdentityCheck",
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
                ("has_birth_date", models.BooleanField(default=False, verbose_name="date of birth")),
                ("has_full_name", models.BooleanField(default=False, verbose_name="full name")),
                ("has_phone", models.BooleanField(default=False, verbose_name="phone")),
                ("has_number", models.BooleanField(default=False, verbose_name="number")),
                ("checked_at", models.DateTimeField()),
                (
                    "appointment",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="identity_checks",
                        to="scheduling.appointment",
                    ),
                ),
                (
                    "checked_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
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
                    "tablet",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.checkintablet",
                    ),
                ),
            ],
            options={
                "verbose_name": "check of who has come",
            },
        ),
        migrations.CreateModel(
            name="Leave",
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
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(verbose_name="to")),
                ("reason", models.CharField(blank=True, max_length=120, verbose_name="reason")),
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
                    "clinician",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="NoShow",
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
                    "reason",
                    models.CharField(
                        choices=[
                            ("not_reached", "could not be reached"),
                            ("forgot", "forgot the visit"),
                            ("ill", "was ill"),
                            ("transport", "could not get here"),
                            ("busy", "work or family"),
                            ("unwanted", "did not want to come"),
                            ("other", "another reason"),
                        ],
                        max_length=12,
                        verbose_name="reason",
                    ),
                ),
                ("noted_at", models.DateTimeField()),
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
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "noted_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
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
            name="Room",
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
                ("name", models.CharField(max_length=60, verbose_name="name")),
                (
                    "capacity",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="How many visits can be in this room at the same time.",
                        verbose_name="places",
                    ),
                ),
                (
                    "is_for_observation",
                    models.BooleanField(
                        default=False,
                        help_text="Patients sit here after an injection. Its places are chairs; no visit is booked into it.",
                        verbose_name="observation chairs",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
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
                "ordering": ["name"],
            },
        ),
        migrations.AddField(
            model_name="appointmentmove",
            name="was_room",
            field=accounts.models.clinic_owned.ClinicForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="scheduling.room",
            ),
        ),
        migrations.AddField(
            model_name="appointment",
            name="observation_room",
            field=accounts.models.clinic_owned.ClinicForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="scheduling.room",
            ),
        ),
        migrations.AddField(
            model_name="appointment",
            name="room",
            field=accounts.models.clinic_owned.ClinicForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="scheduling.room",
            ),
        ),
        migrations.CreateModel(
            name="RoomBlock",
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
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(verbose_name="to")),
                ("reason", models.CharField(max_length=120, verbose_name="reason")),
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
                    "room",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.room",
                    ),
                ),
            ],
            options={
                "verbose_name": "blocked room",
            },
        ),
        migrations.CreateModel(
            name="SettingChange",
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
                        choices=[
                            ("closure", "closure"),
                            ("leave", "leave"),
                            ("hours", "weekly hours"),
                            ("extra_hours", "hours of one day"),
                            ("room", "room"),
                            ("room_block", "blocked room"),
                            ("leaver", "a colleague who left"),
                            ("role", "another role"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("row_id", models.UUIDField(editable=False)),
                ("title", models.CharField(max_length=200, verbose_name="what")),
                ("before", models.JSONField(default=dict, editable=False)),
                ("after", models.JSONField(default=dict, editable=False)),
                (
                    "visits",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), default=list, editable=False, size=None
                    ),
                ),
                ("made_at", models.DateTimeField(editable=False, verbose_name="made")),
                ("undone_at", models.DateTimeField(editable=False, null=True, verbose_name="taken back")),
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
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "undone_by",
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
                "verbose_name": "change of a setting",
                "ordering": ["-made_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="SlotHold",
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
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(verbose_name="to")),
                ("expires_at", models.DateTimeField(verbose_name="kept until")),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "chaperone",
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
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.clinic",
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
                    "equipment",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.equipment",
                    ),
                ),
                (
                    "held_by",
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
                    "patient",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.patient",
                    ),
                ),
                (
                    "room",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.room",
                    ),
                ),
            ],
            options={
                "verbose_name": "held time",
            },
        ),
        migrations.CreateModel(
            name="Claim",
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
                        choices=[
                            ("clinician", "the clinician"),
                            ("chaperone", "the chaperone"),
                            ("room", "the room"),
                            ("equipment", "the equipment"),
                            ("patient", "the patient"),
                        ],
                        max_length=9,
                    ),
                ),
                ("resource_id", models.UUIDField()),
                ("unit", models.PositiveSmallIntegerField(default=1)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("free_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
                ("is_doubled", models.BooleanField(default=False)),
                (
                    "appointment",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.appointment",
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
                    "room_block",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="scheduling.roomblock",
                    ),
                ),
                (
                    "hold",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.slothold",
                    ),
                ),
            ],
            options={
                "verbose_name": "taken time",
            },
        ),
        migrations.CreateModel(
            name="VisitSeries",
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
                ("every_days", models.PositiveSmallIntegerField(default=7, verbose_name="days between two visits")),
                ("released_at", models.DateTimeField(blank=True, null=True)),
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
        migrations.AddField(
            model_name="appointment",
            name="series",
            field=accounts.models.clinic_owned.ClinicForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="visits",
                to="scheduling.visitseries",
            ),
        ),
        migrations.CreateModel(
            name="VisitType",
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
                ("code", models.SlugField(max_length=40)),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("duration_minutes", models.PositiveSmallIntegerField(verbose_name="duration (min)")),
                ("turnover_minutes", models.PositiveSmallIntegerField(default=0, verbose_name="turnover (min)")),
                ("needs_room", models.BooleanField(default=True, verbose_name="needs a room")),
                ("needs_chaperone", models.BooleanField(default=False, verbose_name="needs a chaperone")),
                ("is_treatment", models.BooleanField(default=True, verbose_name="includes injections")),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
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
                    "equipment",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.equipment",
                        verbose_name="needs equipment",
                    ),
                ),
                (
                    "technique",
                    models.ForeignKey(
                        blank=True,
                        help_text="Only clinicians with a credential for it can be booked.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.technique",
                        verbose_name="technique",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.AddField(
            model_name="visitseries",
            name="visit_type",
            field=accounts.models.clinic_owned.ClinicForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="scheduling.visittype",
            ),
        ),
        migrations.AddField(
            model_name="slothold",
            name="visit_type",
            field=accounts.models.clinic_owned.ClinicForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="scheduling.visittype",
            ),
        ),
        migrations.AddField(
            model_name="appointment",
            name="visit_type",
            field=accounts.models.clinic_owned.ClinicForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="scheduling.visittype",
            ),
        ),
        migrations.CreateModel(
            name="WaitingEntry",
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
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(
                            choices=[
                                (0, "Monday"),
                                (1, "Tuesday"),
                                (2, "Wednesday"),
                                (3, "Thursday"),
                                (4, "Friday"),
                                (5, "Saturday"),
                                (6, "Sunday"),
                            ]
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "part_of_day",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "any time"),
                            ("morning", "in the morning"),
                            ("afternoon", "in the afternoon"),
                            ("evening", "after five"),
                        ],
                        max_length=9,
                        verbose_name="time of day",
                    ),
                ),
                ("from_date", models.DateField(blank=True, null=True, verbose_name="not before")),
                ("until_date", models.DateField(blank=True, null=True, verbose_name="not after")),
                ("notice_hours", models.PositiveSmallIntegerField(default=24, verbose_name="hours of notice needed")),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "urgent"), (2, "normal"), (3, "can wait")], default=2, verbose_name="priority"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("offered", "offered"),
                            ("booked", "booked"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="waiting",
                        max_length=9,
                        verbose_name="status",
                    ),
                ),
                ("since", models.DateTimeField(verbose_name="since")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "appointment",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.appointment",
                        verbose_name="instead of the visit",
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
                    "clinician",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                        verbose_name="clinician",
                    ),
                ),
                (
                    "patient",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="patients.patient"
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.bodyregion",
                        verbose_name="region",
                    ),
                ),
                (
                    "visit_type",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.visittype",
                        verbose_name="visit type",
                    ),
                ),
            ],
            options={
                "verbose_name": "wish on the waiting list",
            },
        ),
        migrations.CreateModel(
            name="SlotOffer",
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
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(verbose_name="to")),
                ("offered_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("offered", "offered"),
                            ("accepted", "accepted"),
                            ("declined", "declined"),
                            ("expired", "expired"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="offered",
                        max_length=9,
                        verbose_name="status",
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "appointment",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.appointment",
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
                    "clinician",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "decided_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "freed_slot",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offers",
                        to="scheduling.freedslot",
                    ),
                ),
                (
                    "hold",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.slothold",
                    ),
                ),
                (
                    "offered_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "patient",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="patients.patient"
                    ),
                ),
                (
                    "room",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.room",
                    ),
                ),
                (
                    "entry",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offers",
                        to="scheduling.waitingentry",
                    ),
                ),
            ],
            options={
                "verbose_name": "offered time",
                "ordering": ["-offered_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="AvailabilityBlock",
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
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ],
                        verbose_name="weekday",
                    ),
                ),
                ("start_time", models.TimeField(verbose_name="from")),
                ("end_time", models.TimeField(verbose_name="to")),
                ("valid_from_date", models.DateField(verbose_name="valid from")),
                ("valid_until_date", models.DateField(blank=True, null=True, verbose_name="valid until")),
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
                    "clinician",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "verbose_name": "weekly hours",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("end_time__gt", models.F("start_time")), ("end_time", datetime.time(0, 0)), _connector="OR"
                        ),
                        name="scheduling_block_ends_after_start",
                    ),
                    models.CheckConstraint(condition=models.Q(("weekday__lte", 6)), name="scheduling_block_weekday"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until_date__isnull", True),
                            ("valid_until_date__gte", models.F("valid_from_date")),
                            _connector="OR",
                        ),
                        name="scheduling_block_valid",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BookingRule",
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
                    "max_treatments_per_day",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="most treatments a day"),
                ),
                ("can_chaperone", models.BooleanField(default=False, verbose_name="can chaperone")),
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
                    "member",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "verbose_name": "rules of booking for a person",
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "member"), name="scheduling_bookingrule_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("max_treatments_per_day__isnull", True),
                            models.Q(("max_treatments_per_day__gte", 1), ("max_treatments_per_day__lte", 100)),
                            _connector="OR",
                        ),
                        name="scheduling_bookingrule_most",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarFeed",
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
                ("token_hash", models.BinaryField(max_length=32)),
                ("revoked_at", models.DateTimeField(null=True)),
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
                    "clinician",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "verbose_name": "calendar link",
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "token_hash"), name="scheduling_calendarfeed_token"),
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at__isnull", True)),
                        fields=("clinic", "clinician"),
                        name="scheduling_calendarfeed_one_open",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="checkintablet",
            constraint=models.UniqueConstraint(
                condition=models.Q(("revoked_at__isnull", True)),
                fields=("clinic", "name"),
                name="scheduling_tablet_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="checkintablet",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="scheduling_tablet_named"
            ),
        ),
        migrations.AddConstraint(
            model_name="checkintablet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("code_expires_at__isnull", True), ("code_hash__isnull", True)),
                    models.Q(("code_expires_at__isnull", False), ("code_hash__isnull", False)),
                    _connector="OR",
                ),
                name="scheduling_tablet_code_expires",
            ),
        ),
        migrations.AddConstraint(
            model_name="checkintablet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("revoked_at__isnull", True),
                    models.Q(("code_hash__isnull", True), ("key_hash__isnull", True)),
                    _connector="OR",
                ),
                name="scheduling_tablet_revoked_has_no_key",
            ),
        ),
        migrations.AddConstraint(
            model_name="closure",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="scheduling_closure_ends_after_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="closure",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="scheduling_closure_named"
            ),
        ),
        migrations.AddConstraint(
            model_name="credential",
            constraint=models.UniqueConstraint(
                fields=("clinic", "clinician", "technique"), name="scheduling_credential_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="credential",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until_date__isnull", True),
                    ("valid_until_date__gte", models.F("valid_from_date")),
                    _connector="OR",
                ),
                name="scheduling_credential_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="credential",
            constraint=models.CheckConstraint(
                condition=models.Q(("body_parts__contained_by", ["head_neck", "trunk", "upper_limb", "lower_limb"])),
                name="scheduling_credential_parts",
            ),
        ),
        migrations.AddConstraint(
            model_name="deskrules",
            constraint=models.UniqueConstraint(fields=("clinic",), name="scheduling_deskrules_once"),
        ),
        migrations.AddConstraint(
            model_name="deskrules",
            constraint=models.CheckConstraint(
                condition=models.Q(("no_show_after_minutes__gte", 1), ("no_show_after_minutes__lte", 240)),
                name="scheduling_deskrules_no_show_after",
            ),
        ),
        migrations.AddConstraint(
            model_name="equipment",
            constraint=models.UniqueConstraint(
                models.F("clinic"), django.db.models.functions.text.Lower("name"), name="scheduling_equipment_one_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="equipment",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gte", 1), ("quantity__lte", 50)), name="scheduling_equipment_quantity"
            ),
        ),
        migrations.AddIndex(
            model_name="extrahours",
            index=models.Index(fields=["clinic", "day"], name="scheduling_extrahours_day"),
        ),
        migrations.AddConstraint(
            model_name="extrahours",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("end_time__gt", models.F("start_time")), ("end_time", datetime.time(0, 0)), _connector="OR"
                ),
                name="scheduling_extrahours_ends_after_start",
            ),
        ),
        migrations.AddIndex(
            model_name="freedslot",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True)),
                fields=["clinic", "starts_at"],
                name="scheduling_freedslot_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="freedslot",
            constraint=models.UniqueConstraint(fields=("clinic", "move"), name="scheduling_freedslot_once"),
        ),
        migrations.AddConstraint(
            model_name="freedslot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("closed_why", "")),
                    models.Q(("closed_at__isnull", False), models.Q(("closed_why", ""), _negated=True)),
                    _connector="OR",
                ),
                name="scheduling_freedslot_closed",
            ),
        ),
        migrations.AddConstraint(
            model_name="freedslot",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="scheduling_freedslot_length"
            ),
        ),
        migrations.AddConstraint(
            model_name="identitycheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("has_birth_date", True), ("has_full_name", True)),
                    models.Q(("has_birth_date", True), ("has_phone", True)),
                    models.Q(("has_birth_date", True), ("has_number", True)),
                    models.Q(("has_full_name", True), ("has_phone", True)),
                    models.Q(("has_full_name", True), ("has_number", True)),
                    models.Q(("has_number", True), ("has_phone", True)),
                    _connector="OR",
                ),
                name="scheduling_identitycheck_two_marks",
            ),
        ),
        migrations.AddConstraint(
            model_name="identitycheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("checked_by__isnull", False), ("tablet__isnull", True)),
                    models.Q(("checked_by__isnull", True), ("tablet__isnull", False)),
                    _connector="OR",
                ),
                name="scheduling_identitycheck_by_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="leave",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="scheduling_leave_ends_after_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="noshow",
            constraint=models.UniqueConstraint(fields=("clinic", "appointment"), name="scheduling_noshow_once"),
        ),
        migrations.AddConstraint(
            model_name="noshow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reason__in", ["not_reached", "forgot", "ill", "transport", "busy", "unwanted", "other"])
                ),
                name="scheduling_noshow_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="room",
            constraint=models.UniqueConstraint(
                models.F("clinic"), django.db.models.functions.text.Lower("name"), name="scheduling_room_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="room",
            constraint=models.CheckConstraint(
                condition=models.Q(("capacity__gte", 1), ("capacity__lte", 50)), name="scheduling_room_capacity"
            ),
        ),
        migrations.AddIndex(
            model_name="appointmentmove",
            index=models.Index(
                condition=models.Q(("tell_at__isnull", False)),
                fields=["clinic", "tell_at"],
                name="scheduling_move_tell",
            ),
        ),
        migrations.AddIndex(
            model_name="appointmentmove",
            index=models.Index(fields=["clinic", "moved_at"], name="scheduling_move_recent"),
        ),
        migrations.AddConstraint(
            model_name="appointmentmove",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_for_departure", False), ("to_status", "cancelled"), _connector="OR"),
                name="scheduling_move_departure_cancels",
            ),
        ),
        migrations.AddConstraint(
            model_name="roomblock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_at__gt", models.F("starts_at")),
                    (
                        "ends_at__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("starts_at"), "+", models.Value(datetime.timedelta(days=31))
                        ),
                    ),
                ),
                name="scheduling_roomblock_length",
            ),
        ),
        migrations.AddConstraint(
            model_name="roomblock",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="scheduling_roomblock_reason"
            ),
        ),
        migrations.AddIndex(
            model_name="settingchange",
            index=models.Index(fields=["clinic", "made_at"], name="scheduling_settingchange_made"),
        ),
        migrations.AddConstraint(
            model_name="settingchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["closure", "leave", "hours", "extra_hours", "room", "room_block", "leaver", "role"])
                ),
                name="scheduling_settingchange_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="settingchange",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="scheduling_settingchange_titled"
            ),
        ),
        migrations.AddConstraint(
            model_name="settingchange",
            constraint=models.CheckConstraint(
                condition=models.Q(("undone_at__isnull", False), ("undone_by__isnull", True), _connector="OR"),
                name="scheduling_settingchange_undone",
            ),
        ),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(fields=["clinic", "starts_at"], name="scheduling_claim_starts"),
        ),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(
                condition=models.Q(("is_doubled", True)),
                fields=["clinic", "resource_id"],
                name="scheduling_claim_doubled",
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("is_doubled", False)),
                expressions=[
                    ("clinic", "="),
                    ("resource_id", "="),
                    ("unit", "="),
                    (
                        scheduling.models.appointments.TsTzRange(
                            "starts_at", "ends_at", django.contrib.postgres.fields.ranges.RangeBoundary()
                        ),
                        "&&",
                    ),
                ],
                name="scheduling_claim_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("appointment__isnull", False), ("hold__isnull", True), ("room_block__isnull", True)),
                    models.Q(("appointment__isnull", True), ("hold__isnull", False), ("room_block__isnull", True)),
                    models.Q(("appointment__isnull", True), ("hold__isnull", True), ("room_block__isnull", False)),
                    _connector="OR",
                ),
                name="scheduling_claim_of_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["clinician", "chaperone", "room", "equipment", "patient"])),
                name="scheduling_claim_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="visittype",
            constraint=models.UniqueConstraint(fields=("clinic", "code"), name="scheduling_visittype_once"),
        ),
        migrations.AddConstraint(
            model_name="visittype",
            constraint=models.UniqueConstraint(
                models.F("clinic"), django.db.models.functions.text.Lower("name"), name="scheduling_visittype_one_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="visittype",
            constraint=models.CheckConstraint(
                condition=models.Q(("duration_minutes__gte", 5), ("duration_minutes__lte", 480)),
                name="scheduling_visittype_duration",
            ),
        ),
        migrations.AddIndex(
            model_name="visitseries",
            index=models.Index(fields=["patient", "-created_at"], name="scheduling_series_patient"),
        ),
        migrations.AddConstraint(
            model_name="visitseries",
            constraint=models.CheckConstraint(
                condition=models.Q(("every_days__gte", 1), ("every_days__lte", 366)),
                name="scheduling_series_every_days",
            ),
        ),
        migrations.AddIndex(
            model_name="slothold",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)),
                fields=["clinic", "expires_at"],
                name="scheduling_slothold_standing",
            ),
        ),
        migrations.AddConstraint(
            model_name="slothold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_at__gt", models.F("starts_at")),
                    (
                        "ends_at__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("starts_at"), "+", models.Value(datetime.timedelta(seconds=28800))
                        ),
                    ),
                ),
                name="scheduling_slothold_length",
            ),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(fields=["clinic", "starts_at"], name="scheduling_appointment_starts"),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(fields=["patient", "-starts_at"], name="scheduling_appointment_patient"),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(("doubled__contained_by", ["clinician", "chaperone", "room", "equipment"])),
                name="scheduling_appointment_doubled",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("double_reason", ""), ("doubled", [])),
                    models.Q(models.Q(("doubled", []), _negated=True), models.Q(("double_reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="scheduling_appointment_double_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("chaperone__isnull", True),
                    models.Q(("chaperone", models.F("clinician")), _negated=True),
                    _connector="OR",
                ),
                name="scheduling_appointment_chaperone_is_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(("observation_room__isnull", True), ("status", "observation"), _connector="OR"),
                name="scheduling_appointment_chair_while_observed",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                name="scheduling_appointment_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "ends_at__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("starts_at"), "+", models.Value(datetime.timedelta(seconds=28800))
                        ),
                    )
                ),
                name="scheduling_appointment_at_most_8_hours",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            "booked",
                            "confirmed",
                            "arrived",
                            "in_room",
                            "observation",
                            "done",
                            "cancelled",
                            "no_show",
                            "deferred",
                            "aborted",
                        ],
                    )
                ),
                name="scheduling_appointment_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "cancelled"), _negated=True),
                    models.Q(
                        models.Q(("cancelled_by", ""), _negated=True), models.Q(("cancel_reason", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="scheduling_appointment_cancel_has_reason",
            ),
        ),
        migrations.AddIndex(
            model_name="waitingentry",
            index=models.Index(
                condition=models.Q(("status__in", ("waiting", "offered"))),
                fields=["clinic", "priority", "since"],
                name="scheduling_waiting_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitingentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ("waiting", "offered"))),
                fields=("clinic", "appointment"),
                name="scheduling_waiting_one_a_visit",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitingentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["waiting", "offered", "booked", "withdrawn"])),
                name="scheduling_waiting_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitingentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("notice_hours__lte", 336)), name="scheduling_waiting_notice"
            ),
        ),
        migrations.AddConstraint(
            model_name="waitingentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("weekdays__contained_by", [0, 1, 2, 3, 4, 5, 6])),
                name="scheduling_waiting_weekdays",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitingentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("from_date__isnull", True),
                    ("until_date__isnull", True),
                    ("until_date__gte", models.F("from_date")),
                    _connector="OR",
                ),
                name="scheduling_waiting_dates",
            ),
        ),
        migrations.AddConstraint(
            model_name="slotoffer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "offered")),
                fields=("clinic", "entry"),
                name="scheduling_offer_one_an_entry",
            ),
        ),
        migrations.AddConstraint(
            model_name="slotoffer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ("offered", "accepted"))),
                fields=("clinic", "freed_slot"),
                name="scheduling_offer_one_a_slot",
            ),
        ),
        migrations.AddConstraint(
            model_name="slotoffer",
            constraint=models.UniqueConstraint(fields=("clinic", "hold"), name="scheduling_offer_one_a_hold"),
        ),
        migrations.AddConstraint(
            model_name="slotoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["offered", "accepted", "declined", "expired", "withdrawn"])),
                name="scheduling_offer_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="slotoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("appointment__isnull", False), ("status", "accepted")),
                    models.Q(models.Q(("status", "accepted"), _negated=True), ("appointment__isnull", True)),
                    _connector="OR",
                ),
                name="scheduling_offer_accepted_has_visit",
            ),
        ),
        migrations.AddConstraint(
            model_name="slotoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("status", "offered")),
                    models.Q(models.Q(("status", "offered"), _negated=True), ("decided_at__isnull", False)),
                    _connector="OR",
                ),
                name="scheduling_offer_decided",
            ),
        ),
    ]
