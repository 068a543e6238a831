"""Is a signed record still what was signed, and co-signed? The hash is made anew by the database and compared."""

from uuid import UUID

from django.db import connection

# The hash names the patient of the day it was signed; where the session lies now, the last merge must have put it.
_BROKEN = """SELECT s.id FROM pit_sessions_injectionsession s
    WHERE s.clinic_id = %s AND s.signed_at IS NOT NULL AND (s.content_sha256 <> sessions_content_hash(s)
      OR s.patient_id <> coalesce((SELECT m.to_patient_id FROM patients_movedrow m
        WHERE m.clinic_id = s.clinic_id AND m.table_name = 'pit_sessions_injectionsession' AND m.row_id = s.id
        ORDER BY m.id DESC LIMIT 1), sessions_signed_patient(s))
      OR EXISTS (SELECT FROM pit_sessions_cosignature c
                 WHERE c.injection_session_id = s.id AND c.about = 'record'
                   AND c.content_sha256 <> s.content_sha256))"""


def broken_signatures(clinic_id: UUID) -> list[UUID]:
    """The signed sessions of the clinic in context whose content is no longer what was signed."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_BROKEN} ORDER BY s.signed_at, s.id", [clinic_id])
        return [row for (row,) in cursor.fetchall()]


def is_signature_broken(clinic_id: UUID, session_id: UUID) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"{_BROKEN} AND s.id = %s", [clinic_id, session_id])
        return cursor.fetchone() is not None
