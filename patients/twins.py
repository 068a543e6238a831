"""What two records of one person both have, so that only one can stay in use: worked out before anything moves.

A twin is a row of the merged record that cannot stand beside an equal one of the survivor. Of a phone, the decisions
about messages go over to the survivor's; of an allergy or a flag, the survivor's stands and takes over the other's
words; anything else that may be there once stays with the record it came from.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.utils.translation import gettext as _

from common import phones
from patients.choices import NumberKind
from patients.models import Allergy, ContactConsent, ContactPoint, Identifier, Patient, PatientOwned, RiskFlag

Change = dict[str, Any]


@dataclass
class Plan:
    """``changes`` are made before the rows move; ``kept_back`` do not move; ``told`` is what both had, in words."""

    changes: list[Change] = field(default_factory=list)
    kept_back: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def change(self, row: models.Model, **values: Any) -> None:
        """Note the fields whose value would be new."""
        for name, after in values.items():
            column = row._meta.get_field(name)
            before = getattr(row, column.attname)  # type: ignore[union-attr]  # columns only
            if before != after:
                self.changes.append(
                    {
                        "model": row._meta.label,
                        "id": str(row.pk),
                        "field": name,
                        "before": plain(before),
                        "after": plain(after),
                    }
                )


def plain(value: Any) -> Any:
    """A column's value as JSON keeps it; the column's ``to_python`` reads it again."""
    if value is None or isinstance(value, str | bool | int):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def plan(survivor: Patient, merged: Patient, *, now: datetime) -> Plan:
    """What has to change so that everything of ``merged`` can stand at ``survivor``; reads only."""
    found = Plan()
    _departure(found, survivor, merged)
    _contacts(found, survivor, merged)
    _numbers(found, merged)
    _noted(found, Allergy, ("substance", "substance_text"), "reaction", survivor, merged, now)
    _noted(found, RiskFlag, ("flag",), "detail", survivor, merged, now)
    for model in _owned_models():
        if model not in (ContactPoint, Allergy, RiskFlag):
            _others(found, model, survivor, merged)
    return found


def _owned_models() -> Iterator[type[PatientOwned]]:
    for model in apps.get_models():
        if issubclass(model, PatientOwned) and not model.clinic_rules.stays_when_merged:
            yield model


def _departure(found: Plan, survivor: Patient, merged: Patient) -> None:
    """A death that was said of either is the person's. Who left and came back may have two records: the one that stays
    says which it is."""
    if merged.is_deceased and not survivor.is_deceased:
        found.change(survivor, is_deceased=True)
        found.told.append(_("The other record is marked as deceased: this one will be, too."))
    if merged.deceased_date and not survivor.deceased_date and merged.deceased_date >= survivor.birth_date:
        found.change(survivor, deceased_date=merged.deceased_date)
    if bool(merged.left_date) is not bool(survivor.left_date):
        words = (
            _("The record that stays is marked as having left the clinic, the other is not. It will stay marked.")
            if survivor.left_date
            else _("The other record is marked as having left the clinic. The record that stays will not be.")
        )
        found.told.append(words)


def _contacts(found: Plan, survivor: Patient, merged: Patient) -> None:
    own = {(point.kind, point.value): point for point in _of(ContactPoint, survivor)}
    has_preferred = any(point.is_preferred for point in own.values())
    for point in _of(ContactPoint, merged):
        twin = own.get((point.kind, point.value))
        if twin is None:
            if has_preferred:
                found.change(point, is_preferred=False)
            continue
        found.kept_back.append(str(point.pk))
        found.told.append(_("Both have %(contact)s: it is kept once.") % {"contact": phones.shown(point.value)})
        _take_over(found, twin, point)


def _take_over(found: Plan, twin: ContactPoint, point: ContactPoint) -> None:
    """What was decided of the same phone or mailbox holds for it, and the more careful word wins."""
    for consent in ContactConsent.objects.filter(clinic=point.clinic_id, contact_point=point):
        found.change(consent, contact_point=twin.pk)
    if point.note and not twin.note:
        found.change(twin, note=point.note)
    if point.is_shared:
        found.change(twin, is_shared=True)
    if point.is_guardians:
        found.change(twin, is_guardians=True)
    if point.verified_at and not twin.verified_at:
        found.change(twin, verified_at=point.verified_at, verified_by=point.verified_by_id)
        found.change(twin, verified_how=point.verified_how)
    if point.stopped_at and not twin.stopped_at:
        found.change(twin, stopped_at=point.stopped_at, stopped_reason=point.stopped_reason, is_preferred=False)
        found.told.append(
            _("%(contact)s is not used any more on the other record: it will not be used here either.")
            % {"contact": phones.shown(point.value)}
        )


def _numbers(found: Plan, merged: Patient) -> None:
    for number in _of(Identifier, merged):
        if number.system == NumberKind.CLINIC:
            found.change(number, is_former=True)


def _noted(
    found: Plan,
    model: Any,
    keys: tuple[str, ...],
    words: str,
    survivor: Patient,
    merged: Patient,
    now: datetime,
) -> None:
    """An allergy or a flag that stands on both: the other's ends, and what it said is said here too. What is known
    of one is known of both."""
    own = {tuple(getattr(row, key) for key in keys): row for row in _of(model, survivor, ended_at__isnull=True)}
    longest = model._meta.get_field(words).max_length
    for row in _of(model, merged, ended_at__isnull=True):
        twin = own.get(tuple(getattr(row, key) for key in keys))
        if twin is None:
            continue
        found.change(row, ended_at=now)
        if getattr(twin, "is_to_confirm", False) and not row.is_to_confirm:
            found.change(twin, is_to_confirm=False)
        ours, theirs = getattr(twin, words), getattr(row, words)
        if theirs and theirs not in ours:
            found.change(twin, **{words: "; ".join(filter(None, (ours, theirs)))[:longest]})


def _others(found: Plan, model: type[PatientOwned], survivor: Patient, merged: Patient) -> None:
    for constraint in model._meta.constraints:
        if not isinstance(constraint, models.UniqueConstraint) or "patient" not in constraint.fields:
            continue
        keys = [name for name in constraint.fields if name not in ("clinic", "patient")]
        where = constraint.condition or models.Q()
        taken = set(_of(model, survivor).filter(where).values_list(*keys, "patient_id"))
        for row in _of(model, merged).filter(where).values("pk", *keys):
            if (*(row[key] for key in keys), survivor.pk) in taken:
                found.kept_back.append(str(row["pk"]))
                name = model._meta.verbose_name
                found.told.append(_("Both have this: %(what)s. The other one stays with its record.") % {"what": name})


def _of(model: Any, patient: Patient, **where: Any) -> Any:
    return model._default_manager.filter(clinic_id=patient.clinic_id, patient_id=patient.pk, **where).order_by("pk")


def apply(changes: Iterable[Change], *, clinic_id: UUID, back: bool = False) -> None:
    """Make the changes, or undo them from the last to the first; one whose value is another by now is left as it is."""
    was, becomes = ("after", "before") if back else ("before", "after")
    for change in reversed(list(changes)) if back else changes:
        model = apps.get_model(change["model"])
        name = change["field"]
        column: Any = model._meta.get_field(name)
        expected, value = (column.to_python(change[key]) for key in (was, becomes))
        standing = {f"{name}__isnull": True} if expected is None else {name: expected}
        rows = model._default_manager.filter(clinic_id=clinic_id, pk=change["id"], **standing)
        rows.update(**{name: value})
