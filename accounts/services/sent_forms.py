"""The same form twice makes one thing: its key is taken once, and a repeat learns where the first answer led."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import SentForm
from common.database import new_ids

# [DEF] how long “Back and send again” is known for what it is.
KEPT_DAYS = 30


class FormKeyRefusedError(Exception):
    """The key is somebody else's, or another form's; nothing is told of what it made."""

    def __init__(self) -> None:
        super().__init__(_("This form was used for something else."))


@dataclass(frozen=True)
class Earlier:
    """The form's first answer led to ``location`` (``""``: nowhere); ``is_same``: what was typed is the same now."""

    location: str
    is_same: bool


def first(*, key: UUID, address: str, said_sha256: bytes, by: Actor) -> Earlier | None:
    """Take the key for this transaction: None the first time, else what came of it. ``said_sha256``: of all typed.

    Whoever sends the same form at the same moment waits here until the first transaction ends; where that was undone
    or let the key go, the next one is first. Raises ``FormKeyRefusedError`` for a key of somebody else or of another
    address. Call it inside the transaction that makes the row, before anything is written.
    """
    pk = new_ids(1)[0]
    row = SentForm(
        pk=pk, clinic_id=by.clinic_id, key=key, made_by=by.audit_name, address=address, said_sha256=said_sha256
    )
    SentForm.objects.bulk_create([row], ignore_conflicts=True)
    kept = SentForm.objects.visible_to(by).filter(key=key).first()
    if kept is None or (kept.made_by, kept.address) != (by.audit_name, address):
        raise FormKeyRefusedError
    if kept.pk == pk:
        return None
    return Earlier(location=kept.location, is_same=bytes(kept.said_sha256) == said_sha256)


def remember(*, key: UUID, location: str, by: Actor) -> None:
    """Keep where the answer leads, for repeats. The same transaction as ``first``."""
    SentForm.objects.sent_by(by, key).update(location=location)


def let_go(*, key: UUID, by: Actor) -> None:
    """Nothing was made of the form: it may be sent again. The same transaction as ``first``."""
    SentForm.objects.sent_by(by, key).delete()


@transaction.atomic
def let_old_go(*, by: Actor, now: datetime) -> int:
    """Delete what was sent longer ago than ``KEPT_DAYS``; return how many."""
    deleted, _rows = SentForm.objects.visible_to(by).filter(created_at__lt=now - timedelta(days=KEPT_DAYS)).delete()
    return deleted
