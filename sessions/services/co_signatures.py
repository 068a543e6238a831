"""Put a second name under a signed record."""

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.models import Membership
from common.database import held
from sessions.models import CoSignature, InjectionSession
from sessions.policies.co_signatures import check_can_co_sign
from sessions.services.injection_session_rows import author


@transaction.atomic
def co_sign(*, injection_session: InjectionSession, seen_sha256: str, by: Actor, now: datetime) -> CoSignature:
    """Co-sign the content with the hash that was read. Raises ``SessionRefusedError``; the database holds the same."""
    session = held(InjectionSession.objects.visible_to(by), injection_session.pk, related=("signed_by",))
    member = Membership.objects.visible_to(by).get(pk=author(by))
    is_given = CoSignature.objects.filter(injection_session=session).exists()
    check_can_co_sign(session, member, is_given=is_given, seen_sha256=seen_sha256)
    return CoSignature.objects.create(
        clinic_id=by.clinic_id,
        injection_session=session,
        co_signed_by=member,
        co_signed_at=now,
        content_sha256=session.content_sha256,
    )
