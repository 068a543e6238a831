"""Keep, remove and strike out pictures; take and end the consent to photographs."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.actors import Actor
from patients.models import Patient
from sessions.choices import PictureKind
from sessions.models import InjectionSession, Picture, PictureConsent, PictureContent
from sessions.picture_consents import CURRENT_VERSION
from sessions.pictures import Kept
from sessions.policies.pictures import check_can_add, check_can_consent, check_can_remove, check_can_strike
from sessions.queries.pictures import standing_consent
from sessions.services.injection_session_rows import author


def _shared(session_id: UUID, by: Actor) -> InjectionSession:
    """The session as it stands, held so: whoever signs it waits, whoever adds another picture does not."""
    own = InjectionSession.objects.visible_to(by)
    return own.select_for_update(of=("self",), no_key=True).get(pk=session_id)


@transaction.atomic
def add(
    *, injection_session: InjectionSession, kept: Kept, kind: str, side: str, caption: str, by: Actor, now: datetime
) -> Picture:
    """Keep a picture that was made anew. A photograph stands on the patient's consent. Raises SessionRefusedError."""
    session = _shared(injection_session.pk, by)
    consent = standing_consent(by.clinic_id, session.patient_id) if kind == PictureKind.PHOTO else None
    check_can_add(session, kind, consent)
    picture = Picture.objects.create(
        clinic_id=by.clinic_id,
        injection_session=session,
        kind=kind,
        side=side,
        caption=caption.strip(),
        width=kept.width,
        height=kept.height,
        sha256=kept.sha256,
        consent=consent,
        added_at=now,
        added_by_id=author(by),
    )
    PictureContent.objects.create(clinic_id=by.clinic_id, picture=picture, image=kept.image, thumbnail=kept.thumbnail)
    return picture


@transaction.atomic
def remove(*, picture: Picture, by: Actor, now: datetime) -> None:
    """Take a picture out of a draft; the trail keeps what it was, not its bytes."""
    check_can_remove(_shared(picture.injection_session_id, by))
    PictureContent.objects.filter(clinic_id=by.clinic_id, picture_id=picture.pk).delete()
    Picture.objects.filter(clinic_id=by.clinic_id, pk=picture.pk).delete()


@transaction.atomic
def strike(*, picture: Picture, reason: str, by: Actor, now: datetime) -> Picture:
    """Cross a picture out, legibly: it stays, with who, when and why."""
    session = _shared(picture.injection_session_id, by)
    found = Picture.objects.select_for_update(of=("self",)).get(clinic_id=by.clinic_id, pk=picture.pk)
    check_can_strike(session, found, reason)
    found.struck_at, found.struck_by_id, found.strike_reason = now, author(by), reason.strip()
    found.save(update_fields=["struck_at", "struck_by", "strike_reason"])
    return found


@transaction.atomic
def give_consent(*, patient_id: UUID, signed_name: str, signed_as: str, by: Actor, now: datetime) -> PictureConsent:
    """Note that the patient agrees to photographs; one that stands already is returned. Locks the patient."""
    patient = Patient.objects.visible_to(by).select_for_update(of=("self",)).get(pk=patient_id)
    standing = standing_consent(by.clinic_id, patient.pk)
    if standing is None:
        check_can_consent(patient)
    return standing or PictureConsent.objects.create(
        clinic_id=by.clinic_id,
        patient=patient,
        wording_version=CURRENT_VERSION,
        signed_name=signed_name.strip(),
        signed_as=signed_as,
        given_at=now,
        taken_by_id=author(by),
    )


@transaction.atomic
def withdraw_consent(*, consent: PictureConsent, by: Actor, now: datetime) -> PictureConsent:
    """No new photograph from now on; doing it twice changes nothing."""
    found = PictureConsent.objects.select_for_update(of=("self",)).get(clinic_id=by.clinic_id, pk=consent.pk)
    if found.withdrawn_at is None:
        found.withdrawn_at, found.withdrawn_by_id = now, author(by)
        found.save(update_fields=["withdrawn_at", "withdrawn_by"])
    return found
