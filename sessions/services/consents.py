"""Change the words of consent, and take a consent back when the patient does."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.actors import Actor
from sessions import consent_wordings
from sessions.models import Consent, ConsentWording
from sessions.policies.injection_sessions import author_of
from sessions.queries.consent_wordings import wording_of
from sessions.rules.consents import RISKS


class ConsentRefusedError(Exception):
    """This cannot be done with a consent; the text says why."""


@transaction.atomic
def withdraw(*, consent: Consent, reason: str, by: Actor, now: datetime) -> Consent:
    """The patient takes it back, in their words. Locks it; nothing else of a consent ever changes."""
    row: Consent = Consent.objects.select_for_update().filter(clinic_id=by.clinic_id).get(pk=consent.pk)
    if row.withdrawn_at is not None:
        raise ConsentRefusedError(_("This consent is withdrawn already."))
    if not reason.strip():
        raise ConsentRefusedError(_("Say why, in the patient’s words."))
    row.withdrawn_at = now
    row.withdrawn_by_id = author_of(by)
    row.withdrawal_reason = reason.strip()
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal_reason"])
    return row


@transaction.atomic
def change_wording(
    *,
    lines: list[str],
    risk_lines: dict[str, str],
    reason: str,
    version: str,
    says_off_label: bool,
    by: Actor,
    now: datetime,
) -> ConsentWording:
    """Put a new text in force; every patient signs anew. ``version`` is the one it was written over.

    Raises ``ConsentRefusedError`` for a text that lacks a part, without a reason, when nobody says that the off-label
    use is still named (domain.md §1), and when somebody else changed the text in between.
    """
    before = wording_of(by.clinic_id)
    if before.version != version:
        raise ConsentRefusedError(_("Somebody else changed the words after you opened them. Nothing was overwritten."))
    _check(lines, risk_lines, reason=reason, says_off_label=says_off_label)
    if ([str(line) for line in before.lines], _plain(before.risk_lines)) == (lines, risk_lines):
        raise ConsentRefusedError(_("Nothing was changed."))
    number = ConsentWording.objects.visible_to(by).count() + 1
    try:
        with transaction.atomic():
            return ConsentWording.objects.create(
                clinic_id=by.clinic_id,
                version=f"{consent_wordings.CURRENT_VERSION}.{number}",
                lines=lines,
                risk_lines=risk_lines,
                reason=reason.strip(),
                made_at=now,
                made_by_id=author_of(by),
            )
    except IntegrityError as error:
        raise ConsentRefusedError(
            _("Somebody else changed the words after you opened them. Nothing was overwritten.")
        ) from error


def _check(lines: list[str], risk_lines: dict[str, str], *, reason: str, says_off_label: bool) -> None:
    if not lines or not all(line.strip() for line in lines):
        raise ConsentRefusedError(_("The text has no words."))
    if not all(risk_lines.get(risk, "").strip() for risk in RISKS):
        raise ConsentRefusedError(_("Each risk of a region needs its line."))
    if not reason.strip():
        raise ConsentRefusedError(_("A change of the words needs a reason."))
    if not says_off_label:
        raise ConsentRefusedError(_("The text has to say that the use is off-label: confirm that it does."))


def _plain(lines: Mapping[str, Promise | str]) -> dict[str, str]:
    return {name: str(line) for name, line in lines.items()}
