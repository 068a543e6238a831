from django.db import migrations, models

import common.database


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="AuditCheck",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField()),
                ("checked_at", models.DateTimeField()),
                ("last_number", models.BigIntegerField()),
                ("is_whole", models.BooleanField()),
                ("problem_count", models.BigIntegerField()),
                ("first_problem", models.TextField()),
            ],
            options={
                "indexes": [models.Index(fields=["clinic_id", "checked_at"], name="audit_check_at")],
            },
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField()),
                ("at", models.DateTimeField()),
                ("xid", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("insert", "created"),
                            ("update", "changed"),
                            ("delete", "removed"),
                            ("view", "viewed"),
                            ("export", "exported"),
                            ("sign_in", "signed in"),
                            ("sign_in_failed", "sign-in refused"),
                            ("locked_out", "sign-in locked after too many tries"),
                            ("sign_out", "signed out"),
                            ("password_reset", "password reset by mail"),
                            ("password_changed", "password changed"),
                            ("factor_added", "second factor added"),
                            ("factor_removed", "second factor removed"),
                            ("factors_reset", "second factors reset by an admin"),
                            ("recovery_made", "new recovery codes made"),
                            ("recovery_used", "recovery code used"),
                        ],
                        max_length=16,
                    ),
                ),
                ("table_name", models.CharField(max_length=63)),
                ("row_id", models.UUIDField(null=True)),
                ("patient_id", models.UUIDField(null=True)),
                ("actor", models.CharField(max_length=80)),
                ("request_id", models.CharField(max_length=64)),
                ("reason", models.TextField()),
                ("changes", models.JSONField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["clinic_id", "xid", "id"], name="audit_event_seal"),
                    models.Index(fields=["clinic_id", "at"], name="audit_event_at"),
                    models.Index(fields=["clinic_id", "actor", "at"], name="audit_event_actor"),
                    models.Index(
                        condition=models.Q(("patient_id__isnull", False)),
                        fields=["clinic_id", "patient_id", "at"],
                        name="audit_event_patient",
                    ),
                    models.Index(
                        condition=models.Q(
                            (
                                "kind__in",
                                (
                                    "export",
                                    "delete",
                                    "sign_in",
                                    "sign_in_failed",
                                    "locked_out",
                                    "sign_out",
                                    "password_reset",
                                    "password_changed",
                                    "factor_added",
                                    "factor_removed",
                                    "factors_reset",
                                    "recovery_made",
                                    "recovery_used",
                                ),
                            )
                        ),
                        fields=["clinic_id", "at"],
                        name="audit_event_rare",
                    ),
                    models.Index(
                        condition=models.Q(("patient_id__isnull", True), ("row_id__isnull", False)),
                        fields=["clinic_id", "row_id", "at"],
                        name="audit_event_row",
                    ),
                    models.Index(
                        condition=models.Q(("changes__has_key", "content_sha256")),
                        fields=["clinic_id", "row_id"],
                        name="audit_event_signed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField()),
                ("number", models.BigIntegerField()),
                ("sealed_at", models.DateTimeField()),
                ("last_xid", models.BigIntegerField()),
                ("last_event_id", models.UUIDField()),
                ("event_count", models.BigIntegerField()),
                ("events_hash", models.BinaryField()),
                ("previous_hash", models.BinaryField()),
                ("hash", models.BinaryField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("clinic_id", "number"), name="audit_seal_number")],
            },
        ),
    ]
