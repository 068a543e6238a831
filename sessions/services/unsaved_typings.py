"""Keep what a draft cannot take yet, and let it go."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from sessions.choices import RecordStatus
from sessions.drafts import Sender
from sessions.models import InjectionSession, UnsavedTyping
from sessions.queries.unsaved_typings import typing_of
from sessions.services.injection_session_rows import author

# [DEF] how long somebody can still read what did not get into a record, after it was closed: a product decision.
KEPT_DAYS = 30


@transaction.atomic
def keep(
    *,
    injection_session: InjectionSession,
    version: int,
    typed: dict[str, list[str]],
    sender: Sender | None,
    by: Actor,
    now: datetime,
) -> None:
    """Keep the member's typing in place of what was kept before; an older send of the same page is let go.

    However much it is: a request holds 6 MB (settings), and the page says which field is too long.
    """
    kept = typing_of(injection_session, by, is_locked=True)
    page, number = (sender.page, sender.number) if sender else (None, 0)
    if kept and page and kept.page == page and kept.number > number:
        return
    UnsavedTyping.objects.bulk_create(
        [
            UnsavedTyping(
                clinic_id=by.clinic_id,
                injection_session=injection_session,
                member_id=author(by),
                version=version,
                typed=typed,
                typed_at=now,
                page=page,
                number=number,
            )
        ],
        update_conflicts=True,
        unique_fields=["clinic", "injection_session", "member"],
        update_fields=["version", "typed", "typed_at", "page", "number"],
    )


def let_go(*, injection_session: InjectionSession, by: Actor) -> None:
    own = UnsavedTyping.objects.visible_to(by).filter(injection_session=injection_session)
    own.filter(member_id=by.membership_id).delete()


@transaction.atomic
def let_old_go(*, by: Actor, now: datetime) -> int:
    """Delete what waits beside records that were closed, and typed, longer ago than ``KEPT_DAYS``; return how many.

    A draft's typing stays however old it is: it stands nowhere else.
    """
    before = now - timedelta(days=KEPT_DAYS)
    closed = InjectionSession.objects.visible_to(by).exclude(status=RecordStatus.DRAFT)
    old = closed.alias(closed_at=Coalesce("voided_at", "signed_at")).filter(closed_at__lt=before)
    own = UnsavedTyping.objects.visible_to(by).filter(typed_at__lt=before, injection_session__in=old)
    deleted, _rows = own.delete()
    return deleted
