"""Is a signed record still what was signed, and co-signed? The database says what is wrong, in one word
(``sessions_signature_problem``): document and hash, hash and audit event, document and rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from sessions.choices import Breakage, Proven

# What, then: id, session, problem. A draft with a document, or a signed session whose mark was taken away, has lost its
# signature. Those of pictures and papers read every byte.
_LOOK = {
    Proven.SESSION: """SELECT q.id, q.id, sessions_signature_problem(q.s) FROM (
        SELECT s.id, s FROM pit_sessions_injectionsession s WHERE s.clinic_id = %s AND s.id > %s
          AND (s.signed_at IS NOT NULL OR s.status <> 'draft' OR EXISTS (SELECT FROM pit_sessions_signeddocument d
               WHERE d.clinic_id = s.clinic_id AND d.injection_session_id = s.id))
        ORDER BY s.id LIMIT %s) q ORDER BY q.id""",
    Proven.PICTURE: """SELECT p.id, p.injection_session_id,
          CASE WHEN p.sha256 IS DISTINCT FROM encode(sha256(c.image), 'hex') THEN 'bytes' END
        FROM pit_sessions_picture p LEFT JOIN pit_sessions_picturecontent c ON c.picture_id = p.id
        WHERE p.clinic_id = %s AND p.id > %s ORDER BY p.id LIMIT %s""",
    Proven.PAPER: """SELECT p.id, p.injection_session_id,
          CASE WHEN p.sha256 <> encode(sha256(p.pdf), 'hex') THEN 'bytes' END
        FROM pit_sessions_paper p WHERE p.clinic_id = %s AND p.id > %s ORDER BY p.id LIMIT %s""",
}
_NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Found:
    what: Proven
    row_id: UUID
    session_id: UUID
    problem: Breakage


@dataclass(frozen=True)
class Stretch:
    """Some rows in the order of their ids; ``last`` is None when there are no more."""

    checked: int
    last: UUID | None
    found: tuple[Found, ...]


def problem_of(clinic_id: UUID, session_id: UUID) -> Breakage | None:
    """What is wrong with one signed session of the clinic in context."""
    looked = stretch(clinic_id, Proven.SESSION, after=UUID(int=session_id.int - 1), limit=1)
    return next((one.problem for one in looked.found if one.row_id == session_id), None)


def stretch(clinic_id: UUID, what: Proven, *, after: UUID | None, limit: int) -> Stretch:
    """The next ``limit`` signed sessions, pictures or papers of the clinic in context, looked at."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOK[what], [clinic_id, after or _NOBODY, limit])
        rows = cursor.fetchall()
    found = tuple(Found(what, pk, session, Breakage(problem)) for pk, session, problem in rows if problem)
    return Stretch(len(rows), rows[-1][0] if len(rows) == limit else None, found)


def gone_sessions(clinic_id: UUID) -> list[UUID]:
    """Sessions of the clinic in context that the trail saw signed and that are there no more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT e.row_id FROM audit_auditevent e WHERE e.clinic_id = %s AND e.changes ? 'content_sha256'"
            " AND e.table_name = 'pit_sessions_injectionsession' AND NOT EXISTS"
            " (SELECT FROM pit_sessions_injectionsession s WHERE s.id = e.row_id AND s.clinic_id = e.clinic_id)"
            " ORDER BY 1",
            [clinic_id],
        )
        return [row for (row,) in cursor.fetchall()]


def walk(clinic_id: UUID, what: Proven, *, limit: int = 500) -> Iterator[Stretch]:
    """All of them, in stretches."""
    last: UUID | None = None
    while True:
        looked = stretch(clinic_id, what, after=last, limit=limit)
        yield looked
        last = looked.last
        if last is None:
            return


def broken_signatures(clinic_id: UUID) -> list[UUID]:
    """All signed sessions of the clinic in context that are not what was signed, by their ids."""
    found = [one.row_id for looked in walk(clinic_id, Proven.SESSION) for one in looked.found]
    return [*found, *gone_sessions(clinic_id)]


def is_signature_broken(clinic_id: UUID, session_id: UUID) -> bool:
    return problem_of(clinic_id, session_id) is not None
