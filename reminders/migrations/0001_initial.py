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
        ("scheduling", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Message",
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
                        related_name="messages",
                        to="pit_sessions.injectionsession",
                    ),
                ),
                (
                    "appointment",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.appointment",
                    ),
                ),
                (
                    "move",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.appointmentmove",
                    ),
                ),
                ("batch_id", models.UUIDField(blank=True, null=True)),
                (
                    "slot_offer",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.slotoffer",
                    ),
                ),
                (
                    "contact_code",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="patients.contactcode",
                    ),
                ),
                (
                    "access_link",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="patients.accesslink",
                    ),
                ),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("care_0h", "same day"),
                            ("check_24h", "day 1"),
                            ("check_72h", "day 3"),
                            ("check_7d", "day 7"),
                            ("visit_booked", "visit booked"),
                            ("visit_moved", "visit moved"),
                            ("visit_cancelled", "visit cancelled"),
                            ("visit_tomorrow", "visit tomorrow"),
                            ("slot_offer", "free time offered"),
                            ("contact_code", "code to confirm a contact"),
                        ],
                        max_length=20,
                        verbose_name="step",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[("email", "e-mail"), ("text", "text message")], default="email", max_length=8
                    ),
                ),
                ("dedupe_key", models.CharField(max_length=120)),
                ("due_at", models.DateTimeField(verbose_name="due")),
                ("next_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "planned"),
                            ("held", "held"),
                            ("claimed", "due"),
                            ("sending", "sending"),
                            ("sent", "sent"),
                            ("unknown", "maybe sent"),
                            ("failed", "failed"),
                            ("skipped", "skipped"),
                        ],
                        default="planned",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "skip_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("session_voided", "the session was voided"),
                            ("deceased", "the patient has died"),
                            ("left", "the patient has left the clinic"),
                            ("no_guardian", "a minor, and the guardian has no usable e-mail address"),
                            ("no_address", "no usable e-mail address"),
                            ("no_consent", "the patient did not allow it"),
                            ("shared_address", "the address is shared"),
                            ("open_alert", "a side effect is being worked on"),
                            ("expired", "too late to be useful"),
                            ("nothing_new", "nothing to tell any more"),
                            ("stopped", "stopped by the clinic"),
                        ],
                        max_length=16,
                    ),
                ),
                ("is_requested", models.BooleanField(default=False)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("resends", models.PositiveSmallIntegerField(default=0)),
                ("is_ambiguous", models.BooleanField(default=False)),
                ("lease_owner", models.CharField(blank=True, max_length=64)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("last_error", models.CharField(blank=True, max_length=60)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("held_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("planned", "claimed", "sending"))),
                        fields=["clinic", "next_at"],
                        name="reminders_message_due",
                    ),
                    models.Index(fields=["clinic", "-due_at"], name="reminders_message_recent"),
                    models.Index(
                        condition=models.Q(("state__in", ("failed", "unknown"))),
                        fields=["clinic", "-due_at"],
                        name="reminders_message_stuck",
                    ),
                    models.Index(
                        condition=models.Q(("batch_id__isnull", False)),
                        fields=["clinic", "batch_id"],
                        name="reminders_message_batch",
                    ),
                    models.Index(
                        condition=models.Q(("state", "held")),
                        fields=["clinic", "-due_at"],
                        name="reminders_message_held",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "dedupe_key"), name="reminders_message_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["planned", "held", "claimed", "sending", "sent", "unknown", "failed", "skipped"],
                            )
                        ),
                        name="reminders_message_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "skipped"), models.Q(("skip_reason", ""), _negated=True)),
                            models.Q(models.Q(("state", "skipped"), _negated=True), ("skip_reason", "")),
                            _connector="OR",
                        ),
                        name="reminders_message_skip_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "sent"), _negated=True), ("sent_at__isnull", False), _connector="OR"
                        ),
                        name="reminders_message_sent_at",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "held"), _negated=True), ("held_at__isnull", False), _connector="OR"
                        ),
                        name="reminders_message_held_at",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("claimed", "sending")), _negated=True),
                            models.Q(("lease_until__isnull", False), models.Q(("lease_owner", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="reminders_message_lease",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutboxHold",
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
                ("restored_to", models.DateTimeField(verbose_name="restored to")),
                ("held_at", models.DateTimeField(verbose_name="held since")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
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
                "verbose_name": "hold of the messages after a restore",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("clinic",),
                        name="reminders_outboxhold_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at__isnull", True), ("ended_at__gte", models.F("held_at")), _connector="OR"
                        ),
                        name="reminders_outboxhold_ends_after",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PagerBeat",
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
                ("swept_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("clinic",), name="reminders_pagerbeat_one_a_clinic")],
            },
        ),
        migrations.CreateModel(
            name="SweepBeat",
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
                ("swept_at", models.DateTimeField()),
                ("mail_away_since", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("clinic",), name="reminders_sweepbeat_one_a_clinic")],
            },
        ),
        migrations.CreateModel(
            name="ToldVisit",
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
                    "message",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="told_visits",
                        to="reminders.message",
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
                ("starts_at", models.DateTimeField()),
                ("is_off", models.BooleanField(default=False)),
                ("told_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "visit that a message told of",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinic", "message", "appointment"), name="reminders_toldvisit_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AlarmPage",
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
                    "side_effect",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pit_sessions.sideeffect",
                    ),
                ),
                (
                    "membership",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("alarm_at", models.DateTimeField()),
                ("round_number", models.PositiveIntegerField(default=0, verbose_name="round")),
                ("channel", models.CharField(choices=[("email", "e-mail"), ("text", "text message")], max_length=8)),
                ("due_at", models.DateTimeField(verbose_name="due")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "planned"),
                            ("sending", "sending"),
                            ("sent", "sent"),
                            ("unknown", "maybe sent"),
                            ("failed", "failed"),
                            ("skipped", "skipped"),
                        ],
                        default="planned",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "skip_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("taken", "the report was taken"),
                            ("later", "a later page took its place"),
                            ("off", "no longer on call"),
                        ],
                        max_length=8,
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("is_ambiguous", models.BooleanField(default=False)),
                ("lease_owner", models.CharField(blank=True, max_length=64)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("last_error", models.CharField(blank=True, max_length=60)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "page to a person on call",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("planned", "sending"))),
                        fields=["clinic", "due_at"],
                        name="reminders_alarmpage_waiting",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinic", "side_effect", "alarm_at", "round_number", "membership", "channel"),
                        name="reminders_alarmpage_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["planned", "sending", "sent", "unknown", "failed", "skipped"])
                        ),
                        name="reminders_alarmpage_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "skipped"), models.Q(("skip_reason", ""), _negated=True)),
                            models.Q(models.Q(("state", "skipped"), _negated=True), ("skip_reason", "")),
                            _connector="OR",
                        ),
                        name="reminders_alarmpage_skip_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "sent"), _negated=True), ("sent_at__isnull", False), _connector="OR"
                        ),
                        name="reminders_alarmpage_sent_at",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "sending"), _negated=True),
                            models.Q(("lease_until__isnull", False), models.Q(("lease_owner", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="reminders_alarmpage_lease",
                    ),
                ],
            },
        ),
    ]
