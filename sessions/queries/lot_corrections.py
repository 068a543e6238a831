"""A lot that a signed record names, and whose number or use-by was corrected since."""

from uuid import UUID

from accounts.actors import Actor
from sessions.document.records import Record
from sessions.models import LotChange
from sessions.stock_choices import LotChangeKind


def corrected_since(actor: Actor, record: Record) -> list[LotChange]:
    """The corrections after the signature, the oldest first; none for a draft, or a record without a lot."""
    direct = {UUID(point.lot.id) for point in record.points if point.lot}
    mixed = {UUID(part.lot.id) for point in record.points if point.preparation for part in point.preparation.parts}
    if record.signature is None or not direct | mixed:
        return []
    own = LotChange.objects.visible_to(actor).filter(lot__in=direct | mixed, kind=LotChangeKind.CORRECTED)
    newer = own.filter(changed_at__gt=record.signature.signed.at).select_related("changed_by__user")
    return list(newer.order_by("changed_at", "id"))
