"""What may be done with a picture in the state of its session; each refusal is a sentence fit for the screen."""

from django.utils.translation import gettext as _

from patients.models import Patient
from sessions.choices import PictureKind, RecordStatus
from sessions.models import InjectionSession, Picture, PictureConsent
from sessions.policies.injection_sessions import SessionRefusedError


def check_can_add(session: InjectionSession, kind: str, consent: PictureConsent | None) -> None:
    if session.status == RecordStatus.VOIDED:
        raise SessionRefusedError(_("This session is voided and takes no picture."))
    if kind == PictureKind.PHOTO and consent is None:
        raise SessionRefusedError(_("A photograph needs the patient’s consent to photographs first."))


def check_can_consent(patient: Patient) -> None:
    if patient.departure is not None:
        raise SessionRefusedError(
            _("%(what)s: no consent is noted. If this is wrong or over, bring the patient back first.")
            % {"what": patient.departure_sentence}
        )


def check_can_remove(session: InjectionSession) -> None:
    if session.status != RecordStatus.DRAFT:
        raise SessionRefusedError(_("A picture of a signed session is not removed. Strike it out instead."))


def check_can_strike(session: InjectionSession, picture: Picture, reason: str) -> None:
    if session.status == RecordStatus.DRAFT:
        raise SessionRefusedError(_("This session is still a draft: remove the picture instead."))
    if picture.struck_at is not None:
        raise SessionRefusedError(_("This picture is already struck out."))
    if not reason.strip():
        raise SessionRefusedError(_("Striking out needs a reason."))
