"""The worklist of records that may be of one person, and what was said of a pair."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Case, Exists, IntegerField, OuterRef, QuerySet, Value, When, prefetch_related_objects
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from patients.models import AlikePair, PairVerdict, Patient
from patients.queries.lists import PatientRow, parts, rows_of

REASONS: tuple[tuple[str, str | Promise], ...] = (
    ("is_same_birth", _("Same date of birth, similar name")),
    ("is_swapped_birth", _("Day and month of birth swapped, similar name")),
    ("is_same_contact", _("Same phone or e-mail")),
    ("is_same_number", _("Same number")),
    ("is_other_sex", _("Same name and date of birth")),
)


@dataclass(frozen=True)
class AlikeRow:
    """Two records, why they may be of one person, and who of the clinic says they are."""

    one: PatientRow
    other: PatientRow
    reasons: tuple[str | Promise, ...]
    said_by: str
    note: str


def open_pairs(actor: Actor) -> QuerySet[AlikePair]:
    """Pairs nobody has told apart, and neither merged: those somebody asks to merge first, then the most alike."""
    asked = PairVerdict.objects.filter(
        clinic_id=OuterRef("clinic_id"),
        one_id=OuterRef("one_id"),
        other_id=OuterRef("other_id"),
        verdict=PairVerdict.Verdict.SAME,
    )
    first = Case(When(Exists(asked), then=Value(0)), default=Value(1), output_field=IntegerField())
    return AlikePair.objects.visible_to(actor).open().annotate(first=first).order_by("first", "-strength", "-id")


def rows_of_pairs(actor: Actor, pairs: Iterable[AlikePair], *, today: date) -> list[AlikeRow]:
    """The lines of one page: four queries, however many pairs."""
    shown = list(pairs)
    ids = {pk for pair in shown for pk in (pair.one_id, pair.other_id)}
    patients = list(Patient.objects.visible_to(actor).filter(pk__in=ids))
    prefetch_related_objects(patients, *parts(actor))
    rows = {row.id: row for row in rows_of(patients, today=today)}
    sexes = {patient.pk: patient.get_sex_display().lower() for patient in patients}
    said = _said(actor, shown)
    return [_row(pair, rows, sexes, said.get((pair.one_id, pair.other_id))) for pair in shown]


def _said(actor: Actor, pairs: list[AlikePair]) -> dict[tuple[UUID, UUID], PairVerdict]:
    rows = PairVerdict.objects.visible_to(actor).filter(one_id__in=[pair.one_id for pair in pairs])
    return {(row.one_id, row.other_id): row for row in rows.select_related("said_by__user")}


def _row(pair: AlikePair, rows: dict[UUID, PatientRow], sexes: dict[UUID, str], said: PairVerdict | None) -> AlikeRow:
    reasons = [words for name, words in REASONS if getattr(pair, name)]
    if pair.is_other_sex:
        words = gettext("Another sex: %(one)s and %(other)s")
        reasons.append(words % {"one": sexes[pair.one_id], "other": sexes[pair.other_id]})
    return AlikeRow(
        one=rows[pair.one_id],
        other=rows[pair.other_id],
        reasons=tuple(reasons),
        said_by=str(said.said_by.user) if said and said.said_by else "",
        note=said.note if said else "",
    )


def verdict_of(actor: Actor, one: UUID, other: UUID) -> PairVerdict | None:
    """What was said of the pair, in whichever order it is asked."""
    first, second = sorted((one, other))
    rows = PairVerdict.objects.visible_to(actor).filter(one_id=first, other_id=second)
    return rows.select_related("said_by__user").first()
