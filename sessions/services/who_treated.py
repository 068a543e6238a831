"""Who gave the treatment: whoever began the draft, until somebody else says that it was they."""

from django.db import transaction

from accounts.actors import Actor
from sessions.models import InjectionSession
from sessions.policies.injection_sessions import SessionRefusedError, author_of, check_can_edit
from sessions.services.injection_sessions import locked


@transaction.atomic
def say_who_treated(*, injection_session: InjectionSession, version: int, by: Actor) -> InjectionSession:
    """The actor gave the treatment: from now on the draft says so. Raises as ``save_draft`` does."""
    session = locked(injection_session.pk, by=by)
    if session is None:
        raise SessionRefusedError
    check_can_edit(session, version=version)
    session.clinician_id = author_of(by)
    session.version += 1
    session.saved_page = None
    session.save(update_fields=["clinician", "version", "saved_page"])
    return session
