"""What a message says: who writes, a link, whom to call. Nothing else, in subject, body and headers alike."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Clinic
from common.languages import words_for
from patients.services import contact_codes
from reminders.mail import Letter
from reminders.models import Message
from reminders.policies import Decision
from scheduling.queries import calendar_files
from scheduling.visit_letters import VisitLetter, offer_letter, reader_of, visit_letter


def compose(message: Message, *, clinic: Clinic, to: str, key: str) -> Letter:
    """Write the letter in the patient's language; ``key`` is the door's key, which is kept nowhere."""
    name = _name_of(clinic)
    link = settings.PUBLIC_ORIGIN + reverse("portal:door", args=[key])
    urgent = clinic.urgent_phone.as_international
    with words_for(message.patient.language):
        paragraphs = [
            _("{clinic}: a 1-minute check-in is ready:").format(clinic=name) + f"\n{link}",
            _("The link works for 7 days. You will be asked for your date of birth."),
            _("Urgent problem: call {phone}. In an emergency call {number}.").format(
                phone=urgent, number=clinic.emergency_number
            ),
            _("Nobody reads answers to this message."),
        ]
        subject = _("{clinic}: a short check-in").format(clinic=name)
    return Letter(message_id=message.pk, to=to, sender_name=name, subject=subject, body="\n\n".join(paragraphs) + "\n")


def compose_about_visits(message: Message, decision: Decision, *, by: Actor) -> Letter:
    """The very words that the booking pages show beforehand, and each visit as a file for the patient's calendar."""
    letter = visit_letter([told for _visit, told in decision.told], reader_of(message.patient, by.clinic))
    with words_for(message.patient.language):
        files = tuple(calendar_files.of_visit(by=by, visit=visit) for visit, _told in decision.told)
    return replace(_as_letter(message, letter, clinic=by.clinic, to=decision.address), calendar_files=files)


def compose_offer(message: Message, *, clinic: Clinic, to: str, key: str) -> Letter:
    """A free time, until when it can be taken, and the key to the page where it is."""
    if message.slot_offer is None:
        raise ValueError("A message with an offer has one.")
    link = settings.PUBLIC_ORIGIN + reverse("portal:door", args=[key])
    offer, reader = message.slot_offer, reader_of(message.patient, clinic)
    letter = offer_letter(offer.starts_at, offer.expires_at, link, reader)
    return _as_letter(message, letter, clinic=clinic, to=to)


def compose_code(message: Message, *, clinic: Clinic, to: str, key: str) -> Letter:
    """Six digits to read out, until when, and the key to the page that does without them."""
    link = settings.PUBLIC_ORIGIN + reverse("portal:door", args=[key])
    with words_for(message.patient.language):
        paragraphs = (
            _code_words(message, clinic),
            _("Or confirm this address here, within three days and without a call:") + f"\n{link}",
            _("You will be asked for your date of birth."),
            _("If you did not ask for this, you need not do anything. Questions? Call {phone}.").format(
                phone=clinic.phone.as_international
            ),
            _("Nobody reads answers to this message."),
        )
        subject = _("{clinic}: please confirm your address").format(clinic=_name_of(clinic))
    return _as_letter(message, VisitLetter(subject=subject, paragraphs=paragraphs), clinic=clinic, to=to)


def compose_text(message: Message, *, clinic: Clinic, to: str) -> Letter:
    """The same six digits as a text message: who writes, the code, whom to call (domain.md §13: up to 160 signs)."""
    with words_for(message.patient.language):
        call = _("Not you? Call {phone}.").format(phone=clinic.phone.as_international)
        letter = VisitLetter(subject=_name_of(clinic), paragraphs=(f"{_code_words(message, clinic)} {call}",))
    return _as_letter(message, letter, clinic=clinic, to=to)


def _code_words(message: Message, clinic: Clinic) -> str:
    if message.contact_code is None:
        raise ValueError("A message with a code has one.")
    digits = contact_codes.code_of(message.contact_code)
    until = message.contact_code.expires_at.astimezone(ZoneInfo(message.patient.zone))
    return _("{clinic}: your code is {code}. Please read it out to us. It works until {time}.").format(
        clinic=_name_of(clinic), code=f"{digits[:3]} {digits[3:]}", time=f"{until:%H:%M}"
    )


def _name_of(clinic: Clinic) -> str:
    return " ".join(clinic.sender_name.split())


def _as_letter(message: Message, letter: VisitLetter, *, clinic: Clinic, to: str) -> Letter:
    return Letter(
        message_id=message.pk,
        to=to,
        sender_name=_name_of(clinic),
        subject=letter.subject,
        body="\n\n".join(letter.paragraphs) + "\n",
    )
