"""A code to a phone or mailbox, and the word that it arrived: read out to the desk, or told from the link beside it.

Locks the contact first and the code after it, so that two tabs with the same code come one after the other.
"""

import secrets
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from patients.choices import Unreachable, VerifiedHow
from patients.contacts import takes_code
from patients.models import ContactCode, ContactPoint
from patients.models.contact_codes import DIGITS, MOST_TRIES
from patients.queries.mailboxes import why_not_to

# OWASP ASVS 5.0, 6.5.5: ten minutes for a code. The link beside it also asks for the birth date (security.md: 72 h).
LASTS = timedelta(minutes=10)
LINK_LASTS = timedelta(hours=72)
MOST_AN_HOUR = 3
_REFUSED = {
    Unreachable.DECEASED: gettext_lazy("No code was sent: this patient is marked as deceased."),
    Unreachable.LEFT: gettext_lazy("No code was sent: this patient is marked as having left the clinic."),
    Unreachable.NO_GUARDIAN: gettext_lazy(
        "No code was sent: messages about a minor go to the guardian only. If this is the guardian's, choose “Change”"
        " and say so, or read it back instead."
    ),
    Unreachable.NO_ADDRESS: gettext_lazy(
        "No code was sent: this is the guardian's, and the patient is of age. Read it back instead."
    ),
}


class Answer(Enum):
    VERIFIED = "verified"
    ALREADY = "already"
    WRONG = "wrong"
    OVER = "over"  # too late, too often, or another code by now


class CodeRefusedError(Exception):
    """No code can be sent there now; the message is fit for the screen."""


@transaction.atomic
def ask(*, by: Actor, now: datetime, point: ContactPoint) -> ContactCode:
    """Owe the contact a code, which reminders sends; an older one ends. Raises ``CodeRefusedError`` with words."""
    same = ContactPoint.objects.visible_to(by).select_related("patient").filter(kind=point.kind, value=point.value)
    # Every patient with this phone or mailbox, so that nobody is flooded by way of another record.
    held = {one.pk: one for one in same.order_by("pk").select_for_update(of=("self",), no_key=True)}[point.pk]
    if not takes_code(held.kind, held.value):
        raise CodeRefusedError(_("No code can be sent to this number. Read it back to the patient instead."))
    if why_not := why_not_to(held, now=now):
        raise CodeRefusedError(_REFUSED[why_not])
    if held.stopped_at or held.verified_at:
        raise CodeRefusedError(_("This contact needs no code: it is verified already, or not used any more."))
    recent = ContactCode.objects.visible_to(by).filter(
        contact_point__kind=held.kind, contact_point__value=held.value, asked_at__gt=now - timedelta(hours=1)
    )
    if recent.count() >= MOST_AN_HOUR:
        raise CodeRefusedError(_("Three codes were sent within an hour. Please wait a little, or read it back."))
    ContactCode.objects.visible_to(by).standing().filter(contact_point=held).update(ended_at=now)
    nonce = secrets.token_bytes(16)
    return ContactCode.objects.create(
        clinic=by.clinic,
        contact_point=held,
        nonce=nonce,
        code_hash=_hash(nonce, _digits(nonce)),
        asked_at=now,
        asked_by_id=by.membership_id,
        expires_at=now + LASTS,
    )


@transaction.atomic
def end_all(*, by: Actor, now: datetime) -> int:
    """No code that was sent confirms anything any more; return how many stood."""
    return ContactCode.objects.visible_to(by).standing().update(ended_at=now)


def code_of(code: ContactCode) -> str:
    """The six digits, for the message alone."""
    return _digits(bytes(code.nonce))


@transaction.atomic
def confirm(*, by: Actor, now: datetime, point: ContactPoint, typed: str) -> Answer:
    """Take the six digits the patient read out. The fifth wrong ones end the code: ``OVER``."""
    held = ContactPoint.objects.visible_to(by).select_for_update(no_key=True).get(pk=point.pk)
    code = _standing(by, held)
    if held.verified_at:
        return Answer.ALREADY
    if code is None or now >= code.expires_at or code.tries >= MOST_TRIES:
        return Answer.OVER
    if not constant_time_compare(_hash(bytes(code.nonce), typed), bytes(code.code_hash)):
        code.tries += 1
        code.ended_at = now if code.tries >= MOST_TRIES else None
        code.save(update_fields=["tries", "ended_at"])
        return Answer.OVER if code.ended_at else Answer.WRONG
    _use(code, held, VerifiedHow.CODE, by=by, now=now)
    return Answer.VERIFIED


@transaction.atomic
def confirm_by_link(*, by: Actor, now: datetime, code_id: UUID) -> Answer:
    """The patient, who gave the birth date, says that the message arrived."""
    point_id = ContactCode.objects.visible_to(by).values_list("contact_point_id", flat=True).get(pk=code_id)
    held = ContactPoint.objects.visible_to(by).select_for_update(no_key=True).get(pk=point_id)
    code = _standing(by, held)
    if held.verified_at:
        return Answer.ALREADY
    if code is None or code.pk != code_id:
        return Answer.OVER
    _use(code, held, VerifiedHow.LINK, by=by, now=now)
    return Answer.VERIFIED


def _standing(by: Actor, point: ContactPoint) -> ContactCode | None:
    """The code that stands for the contact of a record that was not merged into another, held."""
    codes = ContactCode.objects.visible_to(by).standing().select_for_update(of=("self",), no_key=True)
    return codes.filter(contact_point=point, contact_point__patient__merged_into__isnull=True).first()


def _use(code: ContactCode, point: ContactPoint, how: VerifiedHow, *, by: Actor, now: datetime) -> None:
    code.used_at = now
    code.used_how = how
    code.save(update_fields=["used_at", "used_how"])
    rows = ContactPoint.objects.visible_to(by).filter(pk=point.pk)
    rows.update(verified_at=now, verified_by=by.membership_id, verified_how=how)


def _digits(nonce: bytes) -> str:
    number = int.from_bytes(salted_hmac("patients.contact_codes", nonce, algorithm="sha256").digest())
    return f"{number % 10**DIGITS:0{DIGITS}}"


def _hash(nonce: bytes, digits: str) -> bytes:
    return salted_hmac("patients.contact_codes.hash", nonce + digits.encode(), algorithm="sha256").digest()
