"""What a session says: its signed document, and before the signature the document it would be."""

from django.db import connection

from sessions.document import read
from sessions.document.records import Record
from sessions.models import InjectionSession, SignedDocument


def record_of(session: InjectionSession) -> Record:
    """The record in words. Raises ``UnknownVersionError``.

    A signed session whose document was taken away or spoilt is shown from its rows: its page says that the signature
    does not hold (``queries.signatures``).
    """
    try:
        return read(signed_content(session) or preview(session))
    except (KeyError, TypeError, ValueError):
        return read(preview(session))


def signed_content(session: InjectionSession) -> str | None:
    """The signed document as JSON, None for a draft."""
    if session.signed_at is None:
        return None
    own = SignedDocument.objects.filter(clinic_id=session.clinic_id, injection_session_id=session.pk)
    return own.values_list("content", flat=True).first()


def preview(session: InjectionSession) -> str:
    """The document that a signature would seal now, built by the same function of the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sessions_document(s, sessions_document_version())::text FROM pit_sessions_injectionsession s"
            " WHERE s.clinic_id = %s AND s.id = %s",
            [session.clinic_id, session.pk],
        )
        (content,) = cursor.fetchone()
    return str(content)
