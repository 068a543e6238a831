"""The pictures of a session, and whether they still are what was kept."""

from collections.abc import Iterable
from hashlib import sha256
from uuid import UUID

from django.db import connection

from sessions.models import InjectionSession, Picture, PictureConsent

_BROKEN = """SELECT p.id FROM pit_sessions_picture p LEFT JOIN pit_sessions_picturecontent c ON c.picture_id = p.id
    WHERE p.clinic_id = %s AND p.sha256 IS DISTINCT FROM encode(sha256(c.image), 'hex') ORDER BY p.id"""


def pictures_of(session: InjectionSession) -> list[Picture]:
    """In the order they were added, without their bytes. One query."""
    own = Picture.objects.filter(clinic_id=session.clinic_id, injection_session=session)
    return list(own.select_related("added_by__user", "struck_by__user"))


def standing_consent(clinic_id: UUID, patient_id: UUID) -> PictureConsent | None:
    own = PictureConsent.objects.filter(clinic_id=clinic_id, patient_id=patient_id)
    return own.standing().first()


def digest(pictures: Iterable[Picture]) -> str:
    """One word for exactly these pictures, empty for none: what a signer saw is compared by it."""
    kept = sorted(f"{picture.pk} {picture.sha256}" for picture in pictures)
    return sha256("\n".join(kept).encode()).hexdigest() if kept else ""


def broken_pictures(clinic_id: UUID) -> list[UUID]:
    """Pictures of the clinic in context whose bytes are gone or no longer those of their hash. Reads every byte."""
    with connection.cursor() as cursor:
        cursor.execute(_BROKEN, [clinic_id])
        return [row for (row,) in cursor.fetchall()]
