"""Keep a paper that was made of a record."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from sessions.choices import PaperKind, RecordStatus
from sessions.models import InjectionSession, Paper
from sessions.policies.injection_sessions import SessionRefusedError
from sessions.services.injection_session_rows import author


def check_can_write_letter(session: InjectionSession) -> None:
    if session.status != RecordStatus.SIGNED:
        raise SessionRefusedError(_("A letter is written about a signed session."))


@transaction.atomic
def keep(
    *, injection_session: InjectionSession, kind: PaperKind, pdf: bytes, by: Actor, now: datetime, recipient: str = ""
) -> Paper:
    """Store the finished PDF; the database makes its hash, and refuses it when the record's state has moved on."""
    if kind == PaperKind.LETTER:
        check_can_write_letter(injection_session)
    paper = Paper.objects.create(
        clinic_id=by.clinic_id,
        injection_session=injection_session,
        kind=kind,
        of_status=injection_session.status,
        recipient=recipient.strip(),
        made_at=now,
        made_by_id=author(by),
        pdf=pdf,
        sha256="",
    )
    paper.refresh_from_db(fields=["sha256"])
    return paper
