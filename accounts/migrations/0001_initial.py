import django.contrib.postgres.fields
import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import phonenumber_field.modelfields
from django.conf import settings
from django.db import migrations, models

import accounts.models.clinic_owned
import accounts.models.clinics
import common.countries
import common.database
import common.spoken_languages


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="e-mail")),
                ("full_name", models.CharField(max_length=120, verbose_name="name")),
                ("is_staff", models.BooleanField(default=False)),
                ("is_active", models.BooleanField(default=True)),
                ("sign_ins_ended", models.PositiveIntegerField(default=0, editable=False)),
                ("has_shortcuts", models.BooleanField(default=True, verbose_name="shortcuts by single keys and Alt")),
                (
                    "date_joined",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                        name="accounts_user_email_lower_case",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BackupReport",
            fields=[
                (
                    "act",
                    models.CharField(
                        choices=[("backup", "backup"), ("archive", "log of changes saved"), ("drill", "restore drill")],
                        max_length=8,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("succeeded_at", models.DateTimeField(null=True, verbose_name="last done")),
                ("failed_at", models.DateTimeField(null=True, verbose_name="last failed")),
                ("problem", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "verbose_name": "state of the backups",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("act__in", ["backup", "archive", "drill"])),
                        name="accounts_backupreport_act",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("failed_at__isnull", True), ("problem", "")),
                            models.Q(("failed_at__isnull", False), models.Q(("problem", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="accounts_backupreport_problem",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Clinic",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "sender_name",
                    models.CharField(
                        help_text="What patients see as the sender of a message. It should not tell what the clinic treats.",
                        max_length=40,
                        verbose_name="sender name",
                    ),
                ),
                (
                    "link_code",
                    models.CharField(
                        default=accounts.models.clinics.new_link_code, editable=False, max_length=12, unique=True
                    ),
                ),
                ("country", models.CharField(choices=common.countries.choices, max_length=2, verbose_name="country")),
                (
                    "address",
                    models.TextField(
                        help_text="As patients find it: street, postcode and city, each on a line. It stands in messages about visits.",
                        max_length=300,
                        verbose_name="address",
                    ),
                ),
                (
                    "zone",
                    models.CharField(
                        max_length=64, validators=[accounts.models.clinics.validate_zone], verbose_name="time zone"
                    ),
                ),
                (
                    "locale",
                    models.CharField(
                        choices=common.spoken_languages.choices, default="en", max_length=12, verbose_name="language"
                    ),
                ),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(choices=common.spoken_languages.choices, max_length=12),
                        size=None,
                        verbose_name="languages spoken here",
                    ),
                ),
                (
                    "phone",
                    phonenumber_field.modelfields.PhoneNumberField(max_length=128, region=None, verbose_name="phone"),
                ),
                (
                    "urgent_phone",
                    phonenumber_field.modelfields.PhoneNumberField(
                        max_length=128, region=None, verbose_name="phone for urgent problems"
                    ),
                ),
                (
                    "emergency_number",
                    models.CharField(
                        max_length=6,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[0-9]{2,6}$", "Write the number alone: two to six digits."
                            )
                        ],
                        verbose_name="emergency number",
                    ),
                ),
                ("is_synthetic", models.BooleanField(default=False, editable=False, verbose_name="made-up data")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("emergency_number__regex", "^[0-9]{2,6}$")),
                        name="accounts_clinic_emergency_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("country__regex", "^[A-Z]{2}$")), name="accounts_clinic_country"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("address__regex", "\\S")), name="accounts_clinic_address"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("zone__regex", "^(UTC|[A-Z][A-Za-z]+(/[A-Z][A-Za-z0-9_+-]+)+)$")),
                        name="accounts_clinic_zone",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("locale__regex", "^[a-z]{2,3}(-[A-Za-z0-9]+)*$")),
                        name="accounts_clinic_locale",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("languages__len__gt", 0)), name="accounts_clinic_speaks"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IntegrityReport",
            fields=[
                (
                    "proof",
                    models.CharField(
                        choices=[
                            ("signatures", "signatures"),
                            ("trail", "audit trail"),
                            ("head", "head of the audit trail sent away"),
                        ],
                        max_length=10,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("begun_at", models.DateTimeField(verbose_name="begun")),
                ("proven_at", models.DateTimeField(null=True, verbose_name="last proven to the end")),
                ("problem_count", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "state of the proofs",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("proof__in", ["signatures", "trail", "head"])),
                        name="accounts_integrityreport_proof",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
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
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("clinician", "Clinician"),
                            ("front_desk", "Front desk"),
                            ("clinic_admin", "Clinic admin"),
                            ("auditor", "Auditor"),
                            ("researcher", "Researcher"),
                        ],
                        max_length=16,
                        verbose_name="role",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("needs_co_signature", models.BooleanField(default=False, verbose_name="needs a co-signature")),
                (
                    "supervisor",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supervised",
                        to="accounts.membership",
                        verbose_name="supervisor",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "user"), name="accounts_membership_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("role__in", ["clinician", "front_desk", "clinic_admin", "auditor", "researcher"])
                        ),
                        name="accounts_membership_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("supervisor", models.F("id")), _negated=True),
                        name="accounts_membership_supervisor_is_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
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
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                ("full_name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("clinician", "Clinician"),
                            ("front_desk", "Front desk"),
                            ("clinic_admin", "Clinic admin"),
                            ("auditor", "Auditor"),
                            ("researcher", "Researcher"),
                        ],
                        max_length=16,
                        verbose_name="role",
                    ),
                ),
                (
                    "invited_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("token_hash", models.BinaryField(max_length=32)),
                ("issued", models.PositiveSmallIntegerField(default=1, verbose_name="links issued")),
                ("issued_at", models.DateTimeField(verbose_name="last link issued")),
                ("expires_at", models.DateTimeField(verbose_name="expires")),
                ("accepted_at", models.DateTimeField(blank=True, null=True, verbose_name="accepted")),
                (
                    "accepted_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn")),
            ],
            options={
                "verbose_name": "invitation",
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "token_hash"), name="accounts_invitation_token"),
                    models.UniqueConstraint(
                        condition=models.Q(("accepted_at__isnull", True), ("withdrawn_at__isnull", True)),
                        fields=("clinic", "email"),
                        name="accounts_invitation_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accepted_at__isnull", True), ("withdrawn_at__isnull", True), _connector="OR"
                        ),
                        name="accounts_invitation_one_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted_at__isnull", True), ("accepted_by__isnull", True)),
                            models.Q(("accepted_at__isnull", False), ("accepted_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="accounts_invitation_accepted_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                        name="accounts_invitation_email_lower_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("role__in", ["clinician", "front_desk", "clinic_admin", "auditor", "researcher"])
                        ),
                        name="accounts_invitation_role",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClinicLogo",
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
                ("image", models.BinaryField()),
                ("sha256", models.CharField(max_length=64)),
                ("width", models.PositiveSmallIntegerField(verbose_name="width (pixels)")),
                ("height", models.PositiveSmallIntegerField(verbose_name="height (pixels)")),
                ("set_at", models.DateTimeField(verbose_name="uploaded")),
                (
                    "set_by",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                        verbose_name="uploaded by",
                    ),
                ),
            ],
            options={
                "verbose_name": "logo",
                "constraints": [
                    models.UniqueConstraint(fields=("clinic",), name="accounts_cliniclogo_once"),
                    models.CheckConstraint(
                        condition=models.Q(("height__gt", 0), ("width__gt", 0)), name="accounts_cliniclogo_size"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OnCallPerson",
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
                    "membership",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="on_call",
                        to="accounts.membership",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                (
                    "mobile",
                    phonenumber_field.modelfields.PhoneNumberField(
                        blank=True, max_length=128, region=None, verbose_name="mobile phone"
                    ),
                ),
            ],
            options={
                "verbose_name": "person on call",
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "membership"), name="accounts_oncallperson_once"),
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        fields=("clinic", "position"),
                        name="accounts_oncallperson_position",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("position__gte", 1)), name="accounts_oncallperson_from_one"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SentForm",
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
                ("key", models.UUIDField(editable=False)),
                ("made_by", models.CharField(editable=False, max_length=100)),
                ("address", models.TextField(editable=False)),
                ("said_sha256", models.BinaryField(default=b"", max_length=32)),
                ("location", models.TextField(blank=True, editable=False)),
            ],
            options={
                "verbose_name": "form that was sent",
                "constraints": [models.UniqueConstraint(fields=("clinic", "key"), name="accounts_sentform_once")],
            },
        ),
        migrations.CreateModel(
            name="SignInLetter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("invitation", "invitation"),
                            ("factor_reset", "second step reset"),
                            ("rules", "change of the safety rules"),
                            ("new_password", "link to a new password"),
                            ("password_set", "password changed"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "letter about a sign-in",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["new_password", "password_set"])),
                        name="accounts_signinletter_kind",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StaffLetter",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("invitation", "invitation"),
                            ("factor_reset", "second step reset"),
                            ("rules", "change of the safety rules"),
                            ("new_password", "link to a new password"),
                            ("password_set", "password changed"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "invitation",
                    accounts.models.clinic_owned.ClinicForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="accounts.invitation",
                    ),
                ),
                ("issued", models.PositiveSmallIntegerField(default=0)),
                (
                    "membership",
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
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "will be sent within a minute"),
                            ("sent", "sent"),
                            ("failed", "could not be sent"),
                            ("stopped", "not sent any more"),
                        ],
                        default="planned",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("next_at", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("last_error", models.CharField(blank=True, max_length=60)),
                ("failing_since", models.DateTimeField(blank=True, null=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "letter to a person who works here",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "planned")),
                        fields=["clinic", "next_at"],
                        name="accounts_staffletter_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinic", "invitation", "issued"), name="accounts_staffletter_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind__in", ["new_password", "password_set"]), ("state", "planned")),
                        fields=("clinic", "membership", "kind"),
                        name="accounts_staffletter_one_waits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("invitation__isnull", False), ("kind", "invitation"), ("membership__isnull", True)
                            ),
                            models.Q(
                                ("invitation__isnull", True),
                                ("kind__in", ("factor_reset", "rules", "new_password", "password_set")),
                                ("membership__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="accounts_staffletter_about",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["planned", "sent", "failed", "stopped"])),
                        name="accounts_staffletter_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sent_at__isnull", False), ("state", "sent")),
                            models.Q(models.Q(("state", "sent"), _negated=True), ("sent_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="accounts_staffletter_sent_at",
                    ),
                ],
            },
        ),
    ]
