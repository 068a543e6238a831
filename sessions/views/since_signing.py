"""What happened to a record after it was signed, in the sentences that its page and its papers share."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.actors import Actor
from common.local_words import day_words, local_day_words, local_time_words
from common.own_direction import isolated
from sessions.choices import CoSigned
from sessions.document.records import Record
from sessions.models import Consent, CoSignature, CoSignatureReturn, LotChange
from sessions.policies.co_signatures import CoSigning, Waiting
from sessions.queries.lot_corrections import corrected_since


@dataclass
class SinceSigning:
    """``record`` is None where its document cannot be read, ``co_signing`` where no second name was ever needed."""

    actor: Actor
    record: Record | None
    co_signing: CoSigning | None
    consent: Consent | None

    @property
    def zone(self) -> ZoneInfo:
        return self.actor.zone

    @cached_property
    def corrections(self) -> list[str]:
        """Of a lot that the record names."""
        rows = corrected_since(self.actor, self.record) if self.record else []
        return [self._corrected(row) for row in rows]

    @property
    def withdrawal(self) -> str:
        """That the consent the record stands on was taken back; empty while it stands."""
        if self.consent is None or self.consent.withdrawn_at is None:
            return ""
        words = {
            "day": local_time_words(self.consent.withdrawn_at, self.zone),
            "reason": isolated(self.consent.withdrawal_reason),
        }
        return _("withdrawn on %(day)s: %(reason)s") % words

    @property
    def co_signed(self) -> list[str]:
        """The second names under addenda and voiding."""
        return [self._co_signed(row) for row in (self.co_signing.co_signed_later if self.co_signing else ())]

    @property
    def returned(self) -> list[str]:
        """What was sent back with a comment, and asked again."""
        return [self._returned(row) for row in (self.co_signing.returns if self.co_signing else ())]

    @property
    def waiting(self) -> list[tuple[Waiting, str]]:
        """What still needs a second name."""
        return [(row, self._waits(row)) for row in (self.co_signing.waits if self.co_signing else ())]

    @property
    def sentences(self) -> Iterator[str]:
        """All of it, for a paper."""
        signed = self.record.signature if self.record else None
        is_later = (
            self.consent and self.consent.withdrawn_at and signed and self.consent.withdrawn_at > signed.signed.at
        )
        if is_later:
            yield _("The consent was %(withdrawn)s") % {"withdrawn": self.withdrawal}
        yield from self.corrections
        yield from self.co_signed
        yield from self.returned
        yield from (words for _row, words in self.waiting)

    def _corrected(self, row: LotChange) -> str:
        words = {
            "was": isolated(row.was_lot_number),
            "was_day": day_words(row.was_expiry_date) if row.was_expiry_date else "–",
            "number": isolated(row.lot_number),
            "use_by": day_words(row.expiry_date) if row.expiry_date else "–",
            "day": local_day_words(row.changed_at, self.zone),
            "name": isolated(row.changed_by.user.full_name),
            "reason": isolated(row.reason),
        }
        return (
            _(
                "Lot %(was)s (use by %(was_day)s) was corrected on %(day)s by %(name)s: it is lot %(number)s, "
                "use by %(use_by)s (%(reason)s). This record says what was signed."
            )
            % words
        )

    def _co_signed(self, row: CoSignature) -> str:
        words = {
            "what": _capital(row.get_about_display()),
            "name": isolated(row.co_signed_by.user.full_name),
            "day": local_time_words(row.co_signed_at, self.zone),
        }
        return _("%(what)s: co-signed by %(name)s, %(day)s") % words

    def _returned(self, row: CoSignatureReturn) -> str:
        words = {
            "what": _capital(row.get_about_display()),
            "name": isolated(row.returned_by.user.full_name),
            "day": local_time_words(row.returned_at, self.zone),
            "comment": isolated(row.comment),
        }
        said = _("%(what)s: Sent back by %(name)s, %(day)s: %(comment)s") % words
        if row.asked_again_at is None or row.asked_again_by is None:
            return said
        again = {
            "name": isolated(row.asked_again_by.user.full_name),
            "day": local_time_words(row.asked_again_at, self.zone),
        }
        return f"{said} ({_('%(name)s asked again, %(day)s') % again})"

    def _waits(self, row: Waiting) -> str:
        words = {"name": isolated(row.what.author.user.full_name), "day": local_time_words(row.what.since, self.zone)}
        if row.what.about == CoSigned.ADDENDUM:
            return _("The addendum of %(name)s, %(day)s, needs a second name.") % words
        if row.what.about == CoSigned.VOID:
            return _("The voiding by %(name)s needs a second name.") % words
        with_signer = _("The record is with who signed it.") if row.returned else ""
        asked = with_signer or _("The clinic asks for a second name under this record.")
        return f"{_('This record still waits for a co-signature.')} {asked}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
