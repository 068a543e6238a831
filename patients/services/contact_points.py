"""How a patient may be reached, and for what."""

from collections.abc import Set as AbstractSet
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from patients.choices import ContactKind, Purpose, VerifiedHow
from patients.consents import WORDING_VERSION
from patients.contacts import reversed_digits
from patients.merge_refusals import is_merged_away
from patients.models import ContactConsent, ContactPoint, Patient
from patients.records import ContactDetails
from patients.services import alike_pairs


@transaction.atomic
def add(*, by: Actor, now: datetime, patient: Patient, contact: ContactDetails) -> ContactPoint:
    """Add a phone or e-mail and what it may be used for. Raises ``ValidationError`` when it is there already."""
    if contact.is_preferred:
        _prefer_none(by, patient)
    try:
        with transaction.atomic():
            point = ContactPoint.objects.create(
                clinic=by.clinic,
                patient=patient,
                kind=contact.kind,
                value=contact.value,
                digits_reversed=reversed_digits(contact.value) if contact.kind == ContactKind.PHONE else "",
                note=contact.note,
                is_shared=contact.is_shared,
                is_preferred=contact.is_preferred,
                is_guardians=contact.is_guardians,
            )
    except IntegrityError as error:
        if is_merged_away(error):
            raise
        raise ValidationError({"value": _("This patient already has this phone or e-mail.")}) from error
    decide(by=by, now=now, point=point, allowed=contact.allowed)
    alike_pairs.compare_again(by=by, patient_ids=[patient.pk])
    return point


@transaction.atomic
def update(
    *,
    by: Actor,
    now: datetime,
    point: ContactPoint,
    is_shared: bool,
    is_preferred: bool,
    note: str,
    allowed: AbstractSet[Purpose],
    is_guardians: bool = False,
) -> None:
    """Change the flags, the note and the uses; the address itself never changes (add a new one)."""
    if is_preferred:
        _prefer_none(by, point.patient)
    ContactPoint.objects.visible_to(by).filter(pk=point.pk).update(
        is_shared=is_shared, is_preferred=is_preferred, note=note, is_guardians=is_guardians
    )
    alike_pairs.compare_again(by=by, patient_ids=[point.patient_id])
    decide(by=by, now=now, point=point, allowed=allowed)


@transaction.atomic
def say_shared(*, by: Actor, point: ContactPoint, is_shared: bool) -> None:
    """Somebody else answers this phone or reads this mailbox too, or not after all."""
    ContactPoint.objects.visible_to(by).filter(pk=point.pk).update(is_shared=is_shared)
    alike_pairs.compare_again(by=by, patient_ids=[point.patient_id])


def verify(*, by: Actor, now: datetime, point: ContactPoint) -> None:
    """Somebody read the number or address back to the patient, and it is right. What was verified before stands."""
    rows = ContactPoint.objects.visible_to(by).in_use().filter(pk=point.pk, verified_at__isnull=True)
    rows.update(verified_at=now, verified_by=by.membership_id, verified_how=VerifiedHow.READ_BACK)


def unverify(*, by: Actor, point: ContactPoint) -> None:
    """It was said of the wrong one, or is no longer sure."""
    ContactPoint.objects.visible_to(by).filter(pk=point.pk).update(verified_at=None, verified_by=None, verified_how="")


def stop(*, by: Actor, now: datetime, point: ContactPoint, reason: str) -> None:
    """Use this contact no more; what it was stays on record."""
    rows = ContactPoint.objects.visible_to(by).in_use().filter(pk=point.pk)
    rows.update(stopped_at=now, stopped_reason=reason, is_preferred=False)


def resume(*, by: Actor, now: datetime, point: ContactPoint) -> None:
    """Use a stopped contact again."""
    ContactPoint.objects.visible_to(by).filter(pk=point.pk).update(stopped_at=None, stopped_reason="")


def decide(*, by: Actor, now: datetime, point: ContactPoint, allowed: AbstractSet[Purpose]) -> None:
    """Write down each purpose whose answer is new: the latest row for a purpose holds, nothing is overwritten."""
    latest = dict(
        ContactConsent.objects.visible_to(by)
        .filter(contact_point=point)
        .order_by("purpose", "decided_at", "id")
        .values_list("purpose", "is_granted")
    )
    ContactConsent.objects.bulk_create(
        ContactConsent(
            clinic=by.clinic,
            contact_point=point,
            purpose=purpose,
            is_granted=purpose in allowed,
            decided_at=now,
            wording_version=WORDING_VERSION,
            proof=by.audit_name[:200],
        )
        for purpose in Purpose
        if latest.get(purpose) is not (purpose in allowed)
    )


def _prefer_none(by: Actor, patient: Patient) -> None:
    ContactPoint.objects.visible_to(by).filter(patient=patient, is_preferred=True).update(is_preferred=False)
