import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import accounts.models.clinic_owned
import common.database


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("patients", "0001_initial"),
        ("pit_sessions", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CheckIn",
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
                        related_name="check_ins",
                        to="pit_sessions.injectionsession",
                    ),
                ),
                (
                    "step",
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
                        max_length=20,
                    ),
                ),
                (
                    "relief_report",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pit_sessions.reliefreport",
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("pain_at", models.DateTimeField(null=True)),
                ("relief_at", models.DateTimeField(null=True)),
                ("change_at", models.DateTimeField(null=True)),
                ("worry_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "check-in",
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "injection_session", "step"), name="portal_checkin_once")
                ],
            },
        ),
    ]
