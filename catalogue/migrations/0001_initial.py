import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import common.database


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Technique",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=64, unique=True)),
                ("source_mark", models.CharField(max_length=120)),
                ("retired_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("name", models.CharField(max_length=120)),
                (
                    "depth",
                    models.CharField(
                        choices=[
                            ("subcutaneous", "Under the skin"),
                            ("deep_nerve", "Around a deep nerve"),
                            ("caudal_epidural", "Caudal epidural"),
                            ("enthesis_joint", "Enthesis or joint"),
                            ("varies", "Varies"),
                        ],
                        max_length=16,
                    ),
                ),
                ("guidance", models.CharField(blank=True, max_length=80)),
                ("is_image_guided", models.BooleanField(default=False)),
                ("dextrose_percent_min", models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True)),
                ("dextrose_percent_max", models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True)),
                ("volume_ml_min", models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ("volume_ml_max", models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                (
                    "volume_per",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("point", "a point"),
                            ("nerve", "a nerve"),
                            ("procedure", "a procedure"),
                            ("site", "a site"),
                        ],
                        max_length=10,
                    ),
                ),
                ("warn_point_volume_ml", models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ("warn_session_volume_ml", models.DecimalField(blank=True, decimal_places=1, max_digits=5, null=True)),
                ("warn_dextrose_percent", models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True)),
                ("needle_note", models.CharField(blank=True, max_length=200)),
                ("pain_relief_advice", models.TextField(blank=True)),
                ("notes", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["code"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[A-Za-z0-9][A-Za-z0-9._:-]*$")),
                        name="technique_code_is_plain",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source_mark__regex", "^(\\[(S[1-9][0-9]{0,2}( (clinic|secondary))?|GK|DEF)\\])+$")
                        ),
                        name="technique_source_mark",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("depth__in", ["subcutaneous", "deep_nerve", "caudal_epidural", "enthesis_joint", "varies"])
                        ),
                        name="technique_depth",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("volume_per__in", ["", "point", "nerve", "procedure", "site"])),
                        name="technique_volume_per",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("volume_ml_min__isnull", True),
                            models.Q(
                                ("volume_ml_max__isnull", False), ("volume_ml_min__lte", models.F("volume_ml_max"))
                            ),
                            _connector="OR",
                        ),
                        name="technique_volume_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("dextrose_percent_min__isnull", True),
                            models.Q(
                                ("dextrose_percent_max__isnull", False),
                                ("dextrose_percent_min__lte", models.F("dextrose_percent_max")),
                            ),
                            _connector="OR",
                        ),
                        name="technique_dextrose_range",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Solution",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=64, unique=True)),
                ("source_mark", models.CharField(max_length=120)),
                ("retired_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("name", models.CharField(max_length=120)),
                ("composition", models.CharField(max_length=160)),
                ("use", models.CharField(max_length=160)),
                ("dextrose_percent", models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True)),
                ("mannitol_percent", models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True)),
                (
                    "has_corn_dextrose",
                    models.BooleanField(help_text="Dextrose is made from corn: blocked by a corn allergy."),
                ),
                (
                    "has_local_anaesthetic",
                    models.BooleanField(help_text="A recent weight and the dose limit are needed."),
                ),
                ("is_buffered", models.BooleanField(default=False)),
                ("is_topical", models.BooleanField(default=False)),
                ("is_comparator", models.BooleanField(default=False)),
                ("max_total_ml", models.DecimalField(blank=True, decimal_places=1, max_digits=5, null=True)),
                ("notes", models.TextField(blank=True)),
                ("techniques", models.ManyToManyField(blank=True, related_name="solutions", to="catalogue.technique")),
            ],
            options={
                "ordering": ["code"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[A-Za-z0-9][A-Za-z0-9._:-]*$")),
                        name="solution_code_is_plain",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source_mark__regex", "^(\\[(S[1-9][0-9]{0,2}( (clinic|secondary))?|GK|DEF)\\])+$")
                        ),
                        name="solution_source_mark",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("dextrose_percent__isnull", True),
                            models.Q(("dextrose_percent__gte", 1), ("dextrose_percent__lte", 50)),
                            _connector="OR",
                        ),
                        name="solution_dextrose_percent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("dextrose_percent__isnull", True), ("has_corn_dextrose", True), _connector="OR"
                        ),
                        name="solution_dextrose_is_corn",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AdverseEventType",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=64, unique=True)),
                ("source_mark", models.CharField(max_length=120)),
                ("retired_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("name", models.CharField(max_length=120)),
                (
                    "frequency",
                    models.CharField(help_text="Words of the source; never shown as a PIT rate.", max_length=200),
                ),
                ("typical_timing", models.CharField(max_length=80)),
                (
                    "default_triage",
                    models.CharField(
                        choices=[
                            ("P0", "Page a clinician now"),
                            ("P1", "Call within two hours"),
                            ("P2", "Next working day"),
                            ("P3", "Log"),
                        ],
                        max_length=2,
                    ),
                ),
                (
                    "escalated_triage",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("P0", "Page a clinician now"),
                            ("P1", "Call within two hours"),
                            ("P2", "Next working day"),
                            ("P3", "Log"),
                        ],
                        max_length=2,
                    ),
                ),
                ("escalates_when", models.CharField(blank=True, max_length=120)),
                ("escalates_after_hours", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("is_incident", models.BooleanField(default=False, help_text="Also an incident report.")),
                ("notes", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["code"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[A-Za-z0-9][A-Za-z0-9._:-]*$")),
                        name="adverseeventtype_code_is_plain",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source_mark__regex", "^(\\[(S[1-9][0-9]{0,2}( (clinic|secondary))?|GK|DEF)\\])+$")
                        ),
                        name="adverseeventtype_source_mark",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("default_triage__in", ["P0", "P1", "P2", "P3"]),
                            ("escalated_triage__in", ["", "P0", "P1", "P2", "P3"]),
                        ),
                        name="adverseeventtype_triage",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("escalated_triage", ""),
                            ("escalated_triage__lt", models.F("default_triage")),
                            _connector="OR",
                        ),
                        name="adverseeventtype_escalates_upwards",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BodyRegion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=64, unique=True)),
                ("source_mark", models.CharField(max_length=120)),
                ("retired_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("name", models.CharField(max_length=120)),
                (
                    "body_part",
                    models.CharField(
                        choices=[
                            ("head_neck", "Head and neck"),
                            ("trunk", "Trunk"),
                            ("upper_limb", "Arm and hand"),
                            ("lower_limb", "Leg and foot"),
                            ("unspecific", "Not one place"),
                        ],
                        max_length=16,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[A-Za-z0-9][A-Za-z0-9._:-]*$")),
                        name="bodyregion_code_is_plain",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source_mark__regex", "^(\\[(S[1-9][0-9]{0,2}( (clinic|secondary))?|GK|DEF)\\])+$")
                        ),
                        name="bodyregion_source_mark",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("body_part__in", ["head_neck", "trunk", "upper_limb", "lower_limb", "unspecific"])
                        ),
                        name="bodyregion_body_part",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CareMessage",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=64, unique=True)),
                ("source_mark", models.CharField(max_length=120)),
                ("retired_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("name", models.CharField(max_length=120)),
                (
                    "anchor",
                    models.CharField(
                        choices=[
                            ("session_closed", "After the session"),
                            ("next_visit", "Before the next visit"),
                            ("last_session", "After the last session of the course"),
                        ],
                        max_length=16,
                    ),
                ),
                ("offset_hours_min", models.SmallIntegerField(blank=True, null=True)),
                ("offset_hours_max", models.SmallIntegerField(blank=True, null=True)),
                ("offset_days", models.SmallIntegerField(blank=True, null=True)),
                ("offset_months", models.SmallIntegerField(blank=True, null=True)),
                ("local_time", models.TimeField(blank=True, null=True)),
                (
                    "channels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[("sms", "Text message"), ("email", "E-mail"), ("portal", "Portal")], max_length=8
                        ),
                        size=None,
                    ),
                ),
                (
                    "body",
                    models.CharField(
                        help_text="Names no diagnosis, body part, drug, score or specialty.", max_length=160
                    ),
                ),
                (
                    "asks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                    ),
                ),
                ("link_days", models.PositiveSmallIntegerField(default=7)),
                ("max_nudges", models.PositiveSmallIntegerField(default=1)),
                ("nudge_after_hours", models.PositiveSmallIntegerField(default=24)),
                (
                    "merged_into_code",
                    models.CharField(blank=True, help_text="The message that asks this too.", max_length=64),
                ),
                ("merged_when_next_visit_within_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("position", models.PositiveSmallIntegerField()),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[A-Za-z0-9][A-Za-z0-9._:-]*$")),
                        name="caremessage_code_is_plain",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source_mark__regex", "^(\\[(S[1-9][0-9]{0,2}( (clinic|secondary))?|GK|DEF)\\])+$")
                        ),
                        name="caremessage_source_mark",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("anchor__in", ["session_closed", "next_visit", "last_session"]),
                            ("channels__contained_by", ["sms", "email", "portal"]),
                        ),
                        name="caremessage_anchor_and_channels",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("offset_hours_max__isnull", False),
                                ("offset_hours_min__isnull", False),
                                ("offset_hours_min__lte", models.F("offset_hours_max")),
                                ("offset_days__isnull", True),
                                ("offset_months__isnull", True),
                            ),
                            models.Q(
                                ("offset_hours_max__isnull", True),
                                ("offset_hours_min__isnull", True),
                                models.Q(
                                    models.Q(("offset_days__isnull", False), ("offset_months__isnull", True)),
                                    models.Q(("offset_days__isnull", True), ("offset_months__isnull", False)),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="caremessage_one_timing",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CatalogueVersion",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("token", models.UUIDField(editable=False)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="catalogueversion_is_one_row")
                ],
            },
        ),
        migrations.CreateModel(
            name="Instrument",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=64, unique=True)),
                ("source_mark", models.CharField(max_length=120)),
                ("retired_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("name", models.CharField(max_length=120)),
                ("items_text", models.CharField(max_length=120)),
                ("recall", models.CharField(max_length=80)),
                (
                    "licence_status",
                    models.CharField(
                        choices=[
                            ("GREEN", "Text may be shipped with care"),
                            ("AMBER", "Scores only until written permission is on file"),
                            ("RED", "Never ship the text, a translation or a look-alike"),
                        ],
                        max_length=5,
                    ),
                ),
                ("licence_holder", models.CharField(blank=True, max_length=120)),
                ("licence_note", models.TextField()),
                ("licence_evidence_url", models.CharField(blank=True, max_length=200)),
                (
                    "permission_reference",
                    models.CharField(
                        blank=True,
                        help_text="Where the written permission is kept; empty means there is none.",
                        max_length=200,
                    ),
                ),
                ("text_shipped", models.BooleanField(default=False)),
                ("is_screen_only", models.BooleanField(default=False)),
                ("notes", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["code"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[A-Za-z0-9][A-Za-z0-9._:-]*$")),
                        name="instrument_code_is_plain",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source_mark__regex", "^(\\[(S[1-9][0-9]{0,2}( (clinic|secondary))?|GK|DEF)\\])+$")
                        ),
                        name="instrument_source_mark",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("licence_status__in", ["GREEN", "AMBER", "RED"])),
                        name="instrument_licence_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("text_shipped", False),
                            ("licence_status", "GREEN"),
                            models.Q(("permission_reference", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="instrument_text_needs_permission",
                    ),
                    models.UniqueConstraint(fields=("id", "text_shipped"), name="instrument_id_text_shipped"),
                ],
            },
        ),
        migrations.CreateModel(
            name="InstrumentScale",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=64, unique=True)),
                ("source_mark", models.CharField(max_length=120)),
                ("retired_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("name", models.CharField(max_length=120)),
                (
                    "instrument",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="scales", to="catalogue.instrument"
                    ),
                ),
                ("is_primary", models.BooleanField()),
                ("min_score", models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                ("max_score", models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                ("higher_is_better", models.BooleanField()),
                ("formula_key", models.CharField(max_length=40)),
                ("item_count", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("min_answered", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("unit", models.CharField(default="points", max_length=24)),
            ],
            options={
                "ordering": ["code"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[A-Za-z0-9][A-Za-z0-9._:-]*$")),
                        name="instrumentscale_code_is_plain",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source_mark__regex", "^(\\[(S[1-9][0-9]{0,2}( (clinic|secondary))?|GK|DEF)\\])+$")
                        ),
                        name="instrumentscale_source_mark",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_primary", True)),
                        fields=("instrument",),
                        name="instrumentscale_one_primary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("max_score__isnull", True), ("min_score__isnull", True)),
                            models.Q(
                                ("max_score__isnull", False),
                                ("min_score__isnull", False),
                                ("min_score__lt", models.F("max_score")),
                            ),
                            _connector="OR",
                        ),
                        name="instrumentscale_range",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InstrumentThreshold",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=64, unique=True)),
                ("source_mark", models.CharField(max_length=120)),
                ("retired_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "scale",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="thresholds",
                        to="catalogue.instrumentscale",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("MCID", "Smallest change that matters"),
                            ("MDC", "Smallest change above measurement error"),
                            ("CUT_OFF", "Screening cut-off"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("points", "points"),
                            ("percent", "percent of the first score"),
                            ("category", "answer reached"),
                        ],
                        max_length=8,
                    ),
                ),
                ("value", models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                ("value_low", models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                ("value_high", models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                ("phase", models.CharField(blank=True, max_length=120)),
            ],
            options={
                "ordering": ["code"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[A-Za-z0-9][A-Za-z0-9._:-]*$")),
                        name="instrumentthreshold_code_is_plain",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source_mark__regex", "^(\\[(S[1-9][0-9]{0,2}( (clinic|secondary))?|GK|DEF)\\])+$")
                        ),
                        name="instrumentthreshold_source_mark",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["MCID", "MDC", "CUT_OFF"]), ("unit__in", ["points", "percent", "category"])
                        ),
                        name="instrumentthreshold_kind_and_unit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("value__isnull", False),
                            ("value_low__isnull", False),
                            ("value_high__isnull", False),
                            _connector="OR",
                        ),
                        name="instrumentthreshold_has_figure",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LocalAnaestheticMaximum",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=64, unique=True)),
                ("source_mark", models.CharField(max_length=120)),
                ("retired_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "anaesthetic",
                    models.CharField(
                        choices=[
                            ("bupivacaine", "Bupivacaine"),
                            ("lidocaine", "Lidocaine"),
                            ("mepivacaine", "Mepivacaine"),
                            ("procaine", "Procaine"),
                            ("ropivacaine", "Ropivacaine"),
                        ],
                        max_length=16,
                    ),
                ),
                ("has_adrenaline", models.BooleanField()),
                ("mg_per_kg", models.DecimalField(decimal_places=2, max_digits=5)),
                ("max_mg", models.DecimalField(blank=True, decimal_places=1, max_digits=6, null=True)),
                ("is_alternative", models.BooleanField(default=False)),
                ("notes", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["code"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[A-Za-z0-9][A-Za-z0-9._:-]*$")),
                        name="localanaestheticmaximum_code_is_plain",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source_mark__regex", "^(\\[(S[1-9][0-9]{0,2}( (clinic|secondary))?|GK|DEF)\\])+$")
                        ),
                        name="localanaestheticmaximum_source_mark",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("anaesthetic__in", ["bupivacaine", "lidocaine", "mepivacaine", "procaine", "ropivacaine"])
                        ),
                        name="localanaestheticmaximum_anaesthetic",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("mg_per_kg__gt", 0), models.Q(("max_mg__isnull", True), ("max_mg__gt", 0), _connector="OR")
                        ),
                        name="localanaestheticmaximum_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Nerve",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=64, unique=True)),
                ("source_mark", models.CharField(max_length=120)),
                ("retired_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("name", models.CharField(max_length=120)),
                ("short_name", models.CharField(max_length=40)),
                (
                    "synonyms",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80), blank=True, default=list, size=None
                    ),
                ),
                (
                    "laterality",
                    models.CharField(
                        choices=[("L", "Side required"), ("M", "Midline"), ("LM", "Side or midline")], max_length=2
                    ),
                ),
                (
                    "depth_class",
                    models.CharField(
                        choices=[
                            ("S", "Superficial"),
                            ("D", "Deep, usually by ultrasound"),
                            ("SD", "Superficial or deep"),
                        ],
                        max_length=2,
                    ),
                ),
                ("symptoms", models.CharField(max_length=200)),
                ("points_min", models.PositiveSmallIntegerField()),
                ("points_max", models.PositiveSmallIntegerField()),
                (
                    "points_per",
                    models.CharField(
                        choices=[("side", "a side"), ("digit", "a digit"), ("web", "a web space")],
                        default="side",
                        max_length=8,
                    ),
                ),
                (
                    "flags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("PTX", "Pleura near: pneumothorax risk"),
                                ("VASC", "Major vessel near"),
                                ("EYE", "Eye near"),
                                ("AIRWAY", "Airway near"),
                                ("SPINE", "Spine near"),
                                ("MOTOR", "Mixed nerve: weakness possible"),
                                ("GEN", "Intimate area: offer a chaperone"),
                            ],
                            max_length=8,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("snomed_code", models.CharField(blank=True, max_length=18, null=True, unique=True)),
                ("search_text", models.TextField(editable=False)),
                ("regions", models.ManyToManyField(related_name="nerves", to="catalogue.bodyregion")),
            ],
            options={
                "ordering": ["code"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[A-Za-z0-9][A-Za-z0-9._:-]*$")), name="nerve_code_is_plain"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source_mark__regex", "^(\\[(S[1-9][0-9]{0,2}( (clinic|secondary))?|GK|DEF)\\])+$")
                        ),
                        name="nerve_source_mark",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("laterality__in", ["L", "M", "LM"])), name="nerve_laterality"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("depth_class__in", ["S", "D", "SD"])), name="nerve_depth_class"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("points_per__in", ["side", "digit", "web"])), name="nerve_points_per"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("points_min__gte", 1), ("points_min__lte", models.F("points_max"))),
                        name="nerve_points_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("flags__contained_by", ["PTX", "VASC", "EYE", "AIRWAY", "SPINE", "MOTOR", "GEN"])
                        ),
                        name="nerve_flags",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NerveFigure",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=64, unique=True)),
                ("source_mark", models.CharField(max_length=120)),
                ("retired_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("name", models.CharField(max_length=120)),
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("body", "Whole body"),
                            ("head", "Head"),
                            ("shoulder", "Shoulder"),
                            ("elbow", "Elbow"),
                            ("hand", "Hand"),
                            ("knee", "Knee"),
                            ("ankle", "Ankle"),
                            ("foot", "Foot"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "view",
                    models.CharField(
                        choices=[
                            ("front", "Front"),
                            ("back", "Back"),
                            ("left", "Left side"),
                            ("right", "Right side"),
                            ("side", "Side"),
                            ("palm", "Palm"),
                            ("outer", "Outer side"),
                            ("inner", "Inner side"),
                            ("top", "Top"),
                            ("sole", "Sole"),
                        ],
                        max_length=8,
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("width", models.PositiveSmallIntegerField()),
                ("height", models.PositiveSmallIntegerField()),
                (
                    "left_half",
                    models.CharField(
                        choices=[("left", "Left"), ("right", "Right"), ("midline", "Midline")], max_length=8
                    ),
                ),
                (
                    "right_half",
                    models.CharField(
                        choices=[("left", "Left"), ("right", "Right"), ("midline", "Midline")], max_length=8
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[A-Za-z0-9][A-Za-z0-9._:-]*$")),
                        name="nervefigure_code_is_plain",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source_mark__regex", "^(\\[(S[1-9][0-9]{0,2}( (clinic|secondary))?|GK|DEF)\\])+$")
                        ),
                        name="nervefigure_source_mark",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("part__in", ["body", "head", "shoulder", "elbow", "hand", "knee", "ankle", "foot"])
                        ),
                        name="nervefigure_part",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "view__in",
                                ["front", "back", "left", "right", "side", "palm", "outer", "inner", "top", "sole"],
                            )
                        ),
                        name="nervefigure_view",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("height__range", (1, 1000)), ("width__range", (1, 1000))),
                        name="nervefigure_size",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("left_half__in", ("left", "right")), ("right_half__in", ("left", "right"))),
                        name="nervefigure_halves",
                    ),
                    models.UniqueConstraint(fields=("part", "view", "version"), name="nervefigure_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="NerveAnchor",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=64, unique=True)),
                ("source_mark", models.CharField(max_length=120)),
                ("retired_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "figure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="anchors", to="catalogue.nervefigure"
                    ),
                ),
                (
                    "nerve",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="anchors", to="catalogue.nerve"
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[("left", "Left"), ("right", "Right"), ("midline", "Midline")], max_length=8
                    ),
                ),
                ("x", models.PositiveSmallIntegerField()),
                ("y", models.PositiveSmallIntegerField()),
            ],
            options={
                "ordering": ["code"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[A-Za-z0-9][A-Za-z0-9._:-]*$")),
                        name="nerveanchor_code_is_plain",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source_mark__regex", "^(\\[(S[1-9][0-9]{0,2}( (clinic|secondary))?|GK|DEF)\\])+$")
                        ),
                        name="nerveanchor_source_mark",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("side__in", ["left", "right", "midline"])), name="nerveanchor_side"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("x__lte", 1000), ("y__lte", 1000)), name="nerveanchor_place"
                    ),
                    models.UniqueConstraint(fields=("figure", "nerve", "side", "x", "y"), name="nerveanchor_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PointType",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=64, unique=True)),
                ("source_mark", models.CharField(max_length=120)),
                ("retired_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("name", models.CharField(max_length=120)),
                ("description", models.CharField(max_length=200)),
                ("position", models.PositiveSmallIntegerField()),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[A-Za-z0-9][A-Za-z0-9._:-]*$")),
                        name="pointtype_code_is_plain",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source_mark__regex", "^(\\[(S[1-9][0-9]{0,2}( (clinic|secondary))?|GK|DEF)\\])+$")
                        ),
                        name="pointtype_source_mark",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ScreeningItem",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=64, unique=True)),
                ("source_mark", models.CharField(max_length=120)),
                ("retired_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("name", models.CharField(max_length=120)),
                ("question", models.CharField(max_length=200)),
                (
                    "options",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), blank=True, default=list, size=None
                    ),
                ),
                (
                    "effect",
                    models.CharField(
                        choices=[
                            ("hard_block", "Stops the treatment"),
                            ("soft_block", "A physician decides"),
                            ("soft_warning", "Warning"),
                            ("flag", "Flag for today"),
                        ],
                        max_length=12,
                    ),
                ),
                ("is_overridable", models.BooleanField(default=False)),
                ("is_concern_when_no", models.BooleanField(default=False)),
                ("action", models.CharField(max_length=240)),
                (
                    "records",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[A-Za-z0-9][A-Za-z0-9._:-]*$")),
                        name="screeningitem_code_is_plain",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source_mark__regex", "^(\\[(S[1-9][0-9]{0,2}( (clinic|secondary))?|GK|DEF)\\])+$")
                        ),
                        name="screeningitem_source_mark",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("effect__in", ["hard_block", "soft_block", "soft_warning", "flag"])),
                        name="screeningitem_effect",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SolutionAnaesthetic",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=64, unique=True)),
                ("source_mark", models.CharField(max_length=120)),
                ("retired_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "solution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="anaesthetics",
                        to="catalogue.solution",
                    ),
                ),
                (
                    "anaesthetic",
                    models.CharField(
                        choices=[
                            ("bupivacaine", "Bupivacaine"),
                            ("lidocaine", "Lidocaine"),
                            ("mepivacaine", "Mepivacaine"),
                            ("procaine", "Procaine"),
                            ("ropivacaine", "Ropivacaine"),
                        ],
                        max_length=16,
                    ),
                ),
                ("percent_min", models.DecimalField(blank=True, decimal_places=2, max_digits=4, null=True)),
                ("percent_max", models.DecimalField(blank=True, decimal_places=2, max_digits=4, null=True)),
                (
                    "is_optional",
                    models.BooleanField(default=False, help_text="One of several; the preparation says which."),
                ),
            ],
            options={
                "ordering": ["code"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[A-Za-z0-9][A-Za-z0-9._:-]*$")),
                        name="solutionanaesthetic_code_is_plain",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source_mark__regex", "^(\\[(S[1-9][0-9]{0,2}( (clinic|secondary))?|GK|DEF)\\])+$")
                        ),
                        name="solutionanaesthetic_source_mark",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("anaesthetic__in", ["bupivacaine", "lidocaine", "mepivacaine", "procaine", "ropivacaine"])
                        ),
                        name="solutionanaesthetic_anaesthetic",
                    ),
                    models.UniqueConstraint(fields=("solution", "anaesthetic"), name="solutionanaesthetic_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("percent_min__isnull", True),
                            models.Q(
                                ("percent_max__isnull", False),
                                ("percent_min__gt", 0),
                                ("percent_min__lte", models.F("percent_max")),
                            ),
                            _connector="OR",
                        ),
                        name="solutionanaesthetic_percent_range",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Source",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=64, unique=True)),
                ("source_mark", models.CharField(max_length=120)),
                ("retired_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("number", models.PositiveSmallIntegerField(unique=True)),
                ("title", models.CharField(max_length=200)),
                (
                    "is_clinic_page",
                    models.BooleanField(
                        default=False, help_text="A provider's own page: it describes practice and proves no effect."
                    ),
                ),
                ("is_secondary", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ["number"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[A-Za-z0-9][A-Za-z0-9._:-]*$")),
                        name="source_code_is_plain",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source_mark__regex", "^(\\[(S[1-9][0-9]{0,2}( (clinic|secondary))?|GK|DEF)\\])+$")
                        ),
                        name="source_source_mark",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Condition",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=64, unique=True)),
                ("source_mark", models.CharField(max_length=120)),
                ("retired_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("name", models.CharField(max_length=120)),
                (
                    "icd10cm",
                    models.CharField(help_text="As the reference writes it; a trailing - wants more.", max_length=80),
                ),
                ("nerves_note", models.CharField(blank=True, max_length=80)),
                (
                    "synonyms",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80), blank=True, default=list, size=None
                    ),
                ),
                (
                    "evidence_grades",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("E1", "At least one randomised trial of perineural or subcutaneous dextrose"),
                                ("E1u", "At least one randomised trial, ultrasound-guided or another deep route only"),
                                ("E2", "Series or case reports"),
                                ("E3", "Practice claim only"),
                                ("P", "Randomised trials of hypertonic prolotherapy only"),
                            ],
                            max_length=4,
                        ),
                        size=None,
                    ),
                ),
                ("evidence_note", models.CharField(blank=True, max_length=120)),
                ("search_text", models.TextField(editable=False)),
                ("regions", models.ManyToManyField(related_name="conditions", to="catalogue.bodyregion")),
                ("nerves", models.ManyToManyField(blank=True, related_name="conditions", to="catalogue.nerve")),
                (
                    "evidence_sources",
                    models.ManyToManyField(blank=True, related_name="conditions", to="catalogue.source"),
                ),
            ],
            options={
                "ordering": ["code"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[A-Za-z0-9][A-Za-z0-9._:-]*$")),
                        name="condition_code_is_plain",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source_mark__regex", "^(\\[(S[1-9][0-9]{0,2}( (clinic|secondary))?|GK|DEF)\\])+$")
                        ),
                        name="condition_source_mark",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("evidence_grades__contained_by", ["E1", "E1u", "E2", "E3", "P"]),
                            ("evidence_grades__len__gte", 1),
                        ),
                        name="condition_evidence_grades",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Study",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=64, unique=True)),
                ("source_mark", models.CharField(max_length=120)),
                ("retired_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("name", models.CharField(max_length=120)),
                ("condition_text", models.CharField(max_length=120)),
                ("design", models.CharField(max_length=120)),
                ("participants", models.PositiveIntegerField(blank=True, null=True)),
                ("participants_note", models.CharField(blank=True, max_length=80)),
                ("intervention", models.CharField(max_length=160)),
                ("control_arm", models.CharField(blank=True, max_length=120)),
                ("follow_up", models.CharField(blank=True, max_length=80)),
                ("result", models.CharField(blank=True, max_length=300)),
                ("is_pit_specific", models.BooleanField(default=False)),
                ("conditions", models.ManyToManyField(blank=True, related_name="studies", to="catalogue.condition")),
                ("sources", models.ManyToManyField(blank=True, related_name="studies", to="catalogue.source")),
            ],
            options={
                "verbose_name_plural": "studies",
                "ordering": ["code"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[A-Za-z0-9][A-Za-z0-9._:-]*$")), name="study_code_is_plain"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source_mark__regex", "^(\\[(S[1-9][0-9]{0,2}( (clinic|secondary))?|GK|DEF)\\])+$")
                        ),
                        name="study_source_mark",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StudyResult",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=64, unique=True)),
                ("source_mark", models.CharField(max_length=120)),
                ("retired_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="results", to="catalogue.study"
                    ),
                ),
                ("arm", models.CharField(max_length=60)),
                ("is_control", models.BooleanField()),
                ("measure", models.CharField(max_length=60)),
                (
                    "scale",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="study_results",
                        to="catalogue.instrumentscale",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("fall", "Fall from the first score"),
                            ("gain", "Gain from the first score"),
                            ("level", "Score at this time"),
                            ("responders", "Share of patients, percent"),
                            ("relief_percent", "Relief, percent"),
                            ("effect_size", "Standardised mean difference"),
                            ("risk_ratio", "Risk ratio"),
                            ("p_value", "P value"),
                        ],
                        max_length=16,
                    ),
                ),
                ("time_text", models.CharField(max_length=40)),
                ("time_minutes", models.PositiveIntegerField(blank=True, null=True)),
                ("value", models.DecimalField(decimal_places=3, max_digits=7)),
                ("spread", models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                ("is_approximate", models.BooleanField(default=False)),
                ("is_sham_reference", models.BooleanField(default=False)),
                ("notes", models.CharField(blank=True, max_length=120)),
            ],
            options={
                "ordering": ["code"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[A-Za-z0-9][A-Za-z0-9._:-]*$")),
                        name="studyresult_code_is_plain",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source_mark__regex", "^(\\[(S[1-9][0-9]{0,2}( (clinic|secondary))?|GK|DEF)\\])+$")
                        ),
                        name="studyresult_source_mark",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "fall",
                                    "gain",
                                    "level",
                                    "responders",
                                    "relief_percent",
                                    "effect_size",
                                    "risk_ratio",
                                    "p_value",
                                ],
                            )
                        ),
                        name="studyresult_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_sham_reference", False), ("is_control", True), _connector="OR"),
                        name="studyresult_sham_is_control",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchTerm",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=64, unique=True)),
                ("source_mark", models.CharField(max_length=120)),
                ("retired_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("term", models.CharField(max_length=80)),
                (
                    "relation",
                    models.CharField(
                        choices=[("synonym", "Another word for it"), ("keep_apart", "Something else: keep apart")],
                        max_length=12,
                    ),
                ),
                (
                    "technique",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="search_terms",
                        to="catalogue.technique",
                    ),
                ),
                (
                    "is_trademark",
                    models.BooleanField(default=False, help_text="Found by searching, not used on screens."),
                ),
                ("notes", models.CharField(blank=True, max_length=160)),
                ("search_text", models.TextField(editable=False)),
            ],
            options={
                "ordering": ["code"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[A-Za-z0-9][A-Za-z0-9._:-]*$")),
                        name="searchterm_code_is_plain",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source_mark__regex", "^(\\[(S[1-9][0-9]{0,2}( (clinic|secondary))?|GK|DEF)\\])+$")
                        ),
                        name="searchterm_source_mark",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("relation__in", ["synonym", "keep_apart"])), name="searchterm_relation"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConditionCode",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=64, unique=True)),
                ("source_mark", models.CharField(max_length=120)),
                ("retired_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "condition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="codes", to="catalogue.condition"
                    ),
                ),
                ("pattern", models.CharField(max_length=8)),
                (
                    "further_character",
                    models.CharField(
                        choices=[
                            ("none", "Complete as it stands"),
                            ("side", "The side completes it"),
                            ("coder", "The coder completes it"),
                        ],
                        max_length=8,
                    ),
                ),
                ("code_right", models.CharField(blank=True, max_length=8)),
                ("code_left", models.CharField(blank=True, max_length=8)),
                ("code_bilateral", models.CharField(blank=True, max_length=8)),
                ("position", models.PositiveSmallIntegerField(default=1)),
                ("notes", models.CharField(blank=True, max_length=160)),
            ],
            options={
                "ordering": ["condition", "position"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[A-Za-z0-9][A-Za-z0-9._:-]*$")),
                        name="conditioncode_code_is_plain",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source_mark__regex", "^(\\[(S[1-9][0-9]{0,2}( (clinic|secondary))?|GK|DEF)\\])+$")
                        ),
                        name="conditioncode_source_mark",
                    ),
                    models.UniqueConstraint(fields=("condition", "pattern"), name="conditioncode_once"),
                    models.CheckConstraint(
                        condition=models.Q(("further_character__in", ["none", "side", "coder"])),
                        name="conditioncode_further_character",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("pattern__endswith", "-"), ("further_character", "none"), _connector="OR"),
                        name="conditioncode_complete_without_dash",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("further_character", "side"),
                            models.Q(("code_bilateral", ""), ("code_left", ""), ("code_right", "")),
                            _connector="OR",
                        ),
                        name="conditioncode_sides_only_where_side",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DangerSign",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=64, unique=True)),
                ("source_mark", models.CharField(max_length=120)),
                ("retired_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("name", models.CharField(max_length=120)),
                ("question", models.CharField(help_text="Asked of the patient, in plain words.", max_length=200)),
                (
                    "triage",
                    models.CharField(
                        choices=[
                            ("P0", "Page a clinician now"),
                            ("P1", "Call within two hours"),
                            ("P2", "Next working day"),
                            ("P3", "Log"),
                        ],
                        max_length=2,
                    ),
                ),
                (
                    "adverse_event_type",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="danger_signs",
                        to="catalogue.adverseeventtype",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[A-Za-z0-9][A-Za-z0-9._:-]*$")),
                        name="dangersign_code_is_plain",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source_mark__regex", "^(\\[(S[1-9][0-9]{0,2}( (clinic|secondary))?|GK|DEF)\\])+$")
                        ),
                        name="dangersign_source_mark",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("triage__in", ["P0", "P1", "P2", "P3"])), name="dangersign_triage"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InstrumentItem",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=common.database.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=64, unique=True)),
                ("source_mark", models.CharField(max_length=120)),
                ("retired_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "instrument",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="catalogue.instrument"
                    ),
                ),
                ("text_shipped", models.BooleanField(default=True, editable=False)),
                ("position", models.PositiveSmallIntegerField()),
                ("text", models.CharField(max_length=240)),
                ("low_words", models.CharField(blank=True, max_length=60)),
                ("high_words", models.CharField(blank=True, max_length=60)),
                (
                    "answer_kind",
                    models.CharField(
                        choices=[
                            ("number_0_10", "Whole number from 0 to 10"),
                            ("line_0_100", "Mark on a line of 100 mm"),
                            ("one_of", "One of the answers"),
                            ("hours", "Hours"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "answers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), blank=True, default=list, size=None
                    ),
                ),
                ("is_own_wording", models.BooleanField()),
            ],
            options={
                "ordering": ["instrument", "position"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[A-Za-z0-9][A-Za-z0-9._:-]*$")),
                        name="instrumentitem_code_is_plain",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source_mark__regex", "^(\\[(S[1-9][0-9]{0,2}( (clinic|secondary))?|GK|DEF)\\])+$")
                        ),
                        name="instrumentitem_source_mark",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text_shipped", True)), name="instrumentitem_text_shipped"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("answer_kind__in", ["number_0_10", "line_0_100", "one_of", "hours"])),
                        name="instrumentitem_answer_kind",
                    ),
                    models.UniqueConstraint(fields=("instrument", "position"), name="instrumentitem_position"),
                ],
            },
        ),
        # An item points at its instrument and at that instrument's "text is shipped": PostgreSQL keeps the licence rule.
        migrations.RunSQL(
            "ALTER TABLE catalogue_instrumentitem ADD CONSTRAINT instrumentitem_only_where_text_is_shipped"
            " FOREIGN KEY (instrument_id, text_shipped) REFERENCES catalogue_instrument (id, text_shipped)",
            "ALTER TABLE catalogue_instrumentitem DROP CONSTRAINT instrumentitem_only_where_text_is_shipped",
        ),
    ]
