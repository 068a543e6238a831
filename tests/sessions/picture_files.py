"""A picture, its consent, and a session to keep it in."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from PIL import Image

from sessions.models import InjectionSession, Picture, PictureConsent
from sessions.pictures import re_encode
from sessions.services import pictures as service
from tests.factories.sessions import sign
from tests.factories.treatments import actor_of

NOW = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)


def a_jpeg(colour: str = "red", size: tuple[int, int] = (60, 40)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def keep(session: InjectionSession, colour: str = "red", **changes: Any) -> Picture:
    fields = {"kind": "ultrasound", "side": "left", "caption": "Seen", "now": NOW + timedelta(minutes=1)}
    kept = re_encode(a_jpeg(colour))
    return service.add(injection_session=session, kept=kept, by=actor_of(session.clinician), **{**fields, **changes})


def consent(session: InjectionSession) -> PictureConsent:
    return service.give_consent(
        patient_id=session.patient_id,
        signed_name="Aroha",
        signed_as="patient",
        by=actor_of(session.clinician),
        now=NOW,
    )


def signed(session: InjectionSession) -> InjectionSession:
    session.refresh_from_db()
    sign(session, signed_at=NOW + timedelta(hours=1))
    session.refresh_from_db()
    return session
