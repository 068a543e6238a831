"""Are the papers that were made still what was made?"""

from uuid import UUID

from django.db import connection


def broken_papers(clinic_id: UUID) -> list[UUID]:
    """Papers of the clinic in context whose bytes are no longer those of their hash. Reads every byte."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.id FROM pit_sessions_paper p WHERE p.clinic_id = %s AND p.sha256 <> encode(sha256(p.pdf), 'hex')"
            " ORDER BY p.id",
            [clinic_id],
        )
        return [row for (row,) in cursor.fetchall()]
