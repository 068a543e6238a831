"""The pictures of a session."""

from collections.abc import Iterable
from hashlib import sha256
from uuid import UUID

from sessions.models import InjectionSession, Picture, PictureConsent


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
