"""Put a second name under a signed record, an addendum or a voiding; or send it back, and ask again."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts.actors import Actor
from accounts.models import Membership
from common.database import held
from sessions.choices import CoSigned
from sessions.models import Addendum, CoSignature, CoSignatureReturn, InjectionSession
from sessions.policies.co_signatures import (
    CoSignable,
    addendum_of,
    check_can_co_sign,
    check_can_send_back,
    record_of,
    returned_to,
    void_of,
)
from sessions.services.injection_session_rows import author

_RELATED = ("signed_by", "voided_by")


@transaction.atomic
def co_sign(
    *,
    injection_session: InjectionSession,
    seen_sha256: str,
    by: Actor,
    now: datetime,
    about: str = CoSigned.RECORD,
    addendum_id: UUID | None = None,
) -> CoSignature:
    """Co-sign the content with the hash that was read. Raises ``SessionRefusedError``; the database holds the same."""
    session = held(InjectionSession.objects.visible_to(by), injection_session.pk, related=_RELATED)
    what = _what(session, about, addendum_id)
    member = Membership.objects.visible_to(by).get(pk=author(by))
    given = session.co_signatures.filter(Q(addendum=addendum_id) if addendum_id else Q(about=about))
    check_can_co_sign(what, member, is_given=given.exists(), seen_sha256=seen_sha256)
    return CoSignature.objects.create(
        clinic_id=by.clinic_id,
        injection_session=session,
        about=about,
        addendum_id=addendum_id,
        co_signed_by=member,
        co_signed_at=now,
        content_sha256=seen_sha256,
    )


@transaction.atomic
def send_back(
    *,
    injection_session: InjectionSession,
    comment: str,
    by: Actor,
    now: datetime,
    about: str = CoSigned.RECORD,
    addendum_id: UUID | None = None,
) -> CoSignatureReturn:
    """Send it back to who signed, wrote or voided, with what is missing; it stays as it is."""
    session = held(InjectionSession.objects.visible_to(by), injection_session.pk, related=_RELATED)
    member = Membership.objects.visible_to(by).get(pk=author(by))
    own = {"about": about, "addendum_id": addendum_id}
    check_can_send_back(
        _what(session, about, addendum_id),
        member,
        is_given=session.co_signatures.filter(**own).exists(),
        is_returned=session.returns.filter(asked_again_at__isnull=True, **own).exists(),
        comment=comment,
    )
    return CoSignatureReturn.objects.create(
        clinic_id=by.clinic_id,
        injection_session=session,
        comment=comment.strip(),
        returned_at=now,
        returned_by=member,
        **own,
    )


@transaction.atomic
def ask_again(
    *, injection_session: InjectionSession, by: Actor, now: datetime, return_id: UUID | None = None
) -> CoSignatureReturn:
    """Who stands behind it has answered, with an addendum where one was needed: it waits for its second name again.
    ``return_id`` says which; without one it is the record."""
    session = held(InjectionSession.objects.visible_to(by), injection_session.pk, related=_RELATED)
    rows = session.returns.filter(asked_again_at__isnull=True).select_related("addendum__written_by")
    own = rows.filter(pk=return_id) if return_id else rows.filter(about=CoSigned.RECORD)
    returned = returned_to(session, own.first(), by)
    returned.asked_again_at, returned.asked_again_by_id = now, author(by)
    returned.save(update_fields=["asked_again_at", "asked_again_by"])
    return returned


def _what(session: InjectionSession, about: str, addendum_id: UUID | None) -> CoSignable | None:
    if about == CoSigned.ADDENDUM and addendum_id is not None:
        rows = Addendum.objects.filter(injection_session=session, pk=addendum_id).select_related("written_by")
        addendum = rows.first()
        return addendum_of(addendum) if addendum else None
    return void_of(session) if about == CoSigned.VOID else record_of(session)
