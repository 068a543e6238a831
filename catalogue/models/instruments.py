"""Questionnaires: what they measure, how a score reads, and what the licence lets us show."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from catalogue.choices import AnswerKind, LicenceStatus, ThresholdKind, ThresholdUnit
from catalogue.models.entries import CatalogueEntry, CatalogueQuerySet, NamedEntry


class Instrument(NamedEntry):
    """A questionnaire. Scores may be entered for all; item text only where `text_shipped` is true."""

    items_text = models.CharField(max_length=120)
    recall = models.CharField(max_length=80)
    licence_status = models.CharField(max_length=5, choices=LicenceStatus)
    licence_holder = models.CharField(max_length=120, blank=True)
    licence_note = models.TextField()
    licence_evidence_url = models.CharField(max_length=200, blank=True)
    permission_reference = models.CharField(
        max_length=200,
        blank=True,
        help_text="Where the written permission is kept; empty means there is none.",
    )
    text_shipped = models.BooleanField(default=False)
    is_screen_only = models.BooleanField(default=False)
    notes = models.TextField(blank=True)

    objects = CatalogueQuerySet["Instrument"].as_manager()

    class Meta(NamedEntry.Meta):
        constraints = [
            *NamedEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(licence_status__in=LicenceStatus.values), name="instrument_licence_status"
            ),
            models.CheckConstraint(
                condition=Q(text_shipped=False) | Q(licence_status=LicenceStatus.GREEN) | ~Q(permission_reference=""),
                name="instrument_text_needs_permission",
            ),
            # The items of an instrument point at this pair, so no item exists while text is not shipped.
            models.UniqueConstraint(fields=["id", "text_shipped"], name="instrument_id_text_shipped"),
        ]


class InstrumentScale(NamedEntry):
    """One score an instrument yields. Range is empty where a version or value set decides it."""

    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="scales")
    is_primary = models.BooleanField()
    min_score = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    max_score = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    higher_is_better = models.BooleanField()
    formula_key = models.CharField(max_length=40)
    item_count = models.PositiveSmallIntegerField(null=True, blank=True)
    min_answered = models.PositiveSmallIntegerField(null=True, blank=True)
    unit = models.CharField(max_length=24, default="points")

    objects = CatalogueQuerySet["InstrumentScale"].as_manager()

    class Meta(NamedEntry.Meta):
        constraints = [
            *NamedEntry.Meta.constraints,
            models.UniqueConstraint(
                fields=["instrument"], condition=Q(is_primary=True), name="instrumentscale_one_primary"
            ),
            models.CheckConstraint(
                condition=Q(min_score__isnull=True, max_score__isnull=True)
                | Q(min_score__isnull=False, max_score__isnull=False, min_score__lt=F("max_score")),
                name="instrumentscale_range",
            ),
        ]


class InstrumentThreshold(CatalogueEntry):
    """A change or a score that matters, with its source and the phase of treatment it was found in."""

    scale = models.ForeignKey(InstrumentScale, on_delete=models.PROTECT, related_name="thresholds")
    kind = models.CharField(max_length=8, choices=ThresholdKind)
    unit = models.CharField(max_length=8, choices=ThresholdUnit)
    value = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    value_low = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    value_high = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    phase = models.CharField(max_length=120, blank=True)

    objects = CatalogueQuerySet["InstrumentThreshold"].as_manager()

    class Meta(CatalogueEntry.Meta):
        constraints = [
            *CatalogueEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(kind__in=ThresholdKind.values) & Q(unit__in=ThresholdUnit.values),
                name="instrumentthreshold_kind_and_unit",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=False) | Q(value_low__isnull=False) | Q(value_high__isnull=False),
                name="instrumentthreshold_has_figure",
            ),
        ]


class InstrumentItem(CatalogueEntry):
    """A question in our own words. `text_shipped` is always true and, with the instrument, a foreign key
    the database checks: a question cannot be stored for an instrument whose text may not be shown."""

    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="items")
    text_shipped = models.BooleanField(default=True, editable=False)
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=240)
    low_words = models.CharField(max_length=60, blank=True)
    high_words = models.CharField(max_length=60, blank=True)
    answer_kind = models.CharField(max_length=12, choices=AnswerKind)
    answers = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    is_own_wording = models.BooleanField()

    objects = CatalogueQuerySet["InstrumentItem"].as_manager()

    class Meta(CatalogueEntry.Meta):
        ordering = ["instrument", "position"]
        constraints = [
            *CatalogueEntry.Meta.constraints,
            models.CheckConstraint(condition=Q(text_shipped=True), name="instrumentitem_text_shipped"),
            models.CheckConstraint(condition=Q(answer_kind__in=AnswerKind.values), name="instrumentitem_answer_kind"),
            models.UniqueConstraint(fields=["instrument", "position"], name="instrumentitem_position"),
        ]
