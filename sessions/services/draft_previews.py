"""What a draft would say if it were saved: for whoever has to choose between two of them. Nothing is stored."""

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from sessions.document import read
from sessions.document.records import Record
from sessions.drafts import Draft
from sessions.models import InjectionSession
from sessions.queries.injection_sessions import load
from sessions.queries.signed_documents import preview
from sessions.services import injection_sessions as service


def record_of_draft(*, injection_session: InjectionSession, draft: Draft, by: Actor, now: datetime) -> Record:
    """The document of the session with ``draft`` in place of what is stored, whoever saved that.

    It is saved and taken back: the database builds the document from rows. Raises as ``save_draft`` does.
    """
    with transaction.atomic():
        session = service.locked(injection_session.pk, by=by)
        if session is None:
            raise InjectionSession.DoesNotExist
        stored = load(session)
        service.save_locked(stored, version=session.version, draft=draft, by=by, now=now)
        record = read(preview(session))
        transaction.set_rollback(True)
    return record
