"""Change the words of consent, and take a consent back when the patient does."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Clinic
from sessions import consent_wordings
from sessions.models import Consent, ConsentWording
from sessions.policies.consent_wordings import ConsentRefusedError, check_correction, problems
from sessions.policies.injection_sessions import author_of
from sessions.queries.consent_wordings import Wording, wordings_of

__all__ = ["ConsentRefusedError", "Text", "change_wording", "withdraw"]


@dataclass(frozen=True)
class Text:
    """The words of consent in one language, as they were typed."""

    language: str
    lines: list[str]
    guardian_lines: list[str]
    risk_lines: dict[str, str]

    @classmethod
    def of(cls, wording: Wording) -> "Text":
        return cls(
            wording.language,
            [str(line) for line in wording.lines],
            [str(line) for line in wording.guardian_lines],
            {name: str(line) for name, line in sorted(wording.risk_lines.items())},
        )

    @property
    def whole(self) -> str:
        return "\n".join(
            [*self.lines, *self.guardian_lines, *(self.risk_lines[key] for key in sorted(self.risk_lines))]
        )


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
    text: Text,
    reason: str,
    version: str,
    says_off_label: bool,
    by: Actor,
    now: datetime,
    is_correction: bool = False,
) -> ConsentWording:
    """Put a new text in force; every patient signs anew, unless only a slip is mended. ``version`` is the one it was
    written over, empty where there was none in this language.

    Raises ``ConsentRefusedError`` for a text that lacks a part, without a reason, when nobody says that the off-label
    use is still named (domain.md §1), for more than a slip under that name, and when it was changed in between.
    """
    before = wordings_of(Clinic.objects.get(pk=by.clinic_id)).current(text.language)
    if (before.version if before else "") != version:
        raise _changed_meanwhile()
    _check(text, reason=reason, says_off_label=says_off_label)
    if before and Text.of(before) == text:
        raise ConsentRefusedError(_("Nothing was changed."))
    if is_correction:
        if before is None:
            raise ConsentRefusedError(_("There is no text in this language that could be corrected."))
        check_correction(Text.of(before).whole, text.whole)
    number = ConsentWording.objects.visible_to(by).count() + 1
    try:
        with transaction.atomic():
            return ConsentWording.objects.create(
                clinic_id=by.clinic_id,
                version=f"{consent_wordings.CURRENT_VERSION}.{number}",
                language=text.language,
                lines=text.lines,
                guardian_lines=text.guardian_lines,
                risk_lines=text.risk_lines,
                reason=reason.strip(),
                corrects_version=version if is_correction else "",
                made_at=now,
                made_by_id=author_of(by),
            )
    except IntegrityError as error:
        raise _changed_meanwhile() from error


def _check(text: Text, *, reason: str, says_off_label: bool) -> None:
    lacking = problems(text.lines, text.guardian_lines, text.risk_lines)
    if lacking:
        raise ConsentRefusedError(next(iter(lacking.values())))
    if not reason.strip():
        raise ConsentRefusedError(_("A change of the words needs a reason."))
    if not says_off_label:
        raise ConsentRefusedError(_("The text has to say that the use is off-label: confirm that it does."))


def _changed_meanwhile() -> ConsentRefusedError:
    return ConsentRefusedError(_("Somebody else changed the words after you opened them. Nothing was overwritten."))
