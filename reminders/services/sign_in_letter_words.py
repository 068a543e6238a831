"""What a letter about a person's own sign-in says: nothing of any patient, and what to do if it was not them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Clinic, Membership, StaffLetter
from accounts.services import password_links, sign_in_letters
from common.languages import words_for
from reminders.mail import Letter


def compose_new_password(owed: StaffLetter, member: Membership, *, clinic: Clinic, now: datetime) -> Letter:
    """The link is made as the letter leaves, and is kept nowhere; another password or a sign-in ends it."""
    name = _sender(member, clinic)
    with words_for(clinic.locale):
        until = _moment(now + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT), clinic)
        paragraphs = (
            _("Hello {name},").format(name=member.user.full_name),
            _("A new password was asked for at the sign-in page of {clinic}. Choose it here:").format(clinic=name)
            + f"\n{settings.PUBLIC_ORIGIN}{password_links.path_for(member.user)}",
            _("The link works once, until {until}.").format(until=until),
            _("It was not you? You need not do anything: your password stays as it is.")
            + f"\n{_whom_to_ask(member, clinic)}\n{_no_answers()}",
        )
        subject = _("{clinic}: choose a new password").format(clinic=name)
    return _as_letter(owed, member, name, subject, paragraphs)


def compose_password_set(owed: StaffLetter, member: Membership, *, clinic: Clinic) -> Letter:
    """Told to the person themselves, so that a change they did not make is noticed."""
    name = _sender(member, clinic)
    with words_for(clinic.locale):
        paragraphs = (
            _("Hello {name},").format(name=member.user.full_name),
            _("The password of your sign-in was changed on {when}. It was you? Then all is well.").format(
                when=_moment(owed.created_at, clinic)
            ),
            _("It was not you? Choose a new password now:")
            + f"\n{settings.PUBLIC_ORIGIN}{reverse('account_reset_password')}"
            + f"\n{_whom_to_ask(member, clinic)}\n{_no_answers()}",
        )
        subject = _("{clinic}: your password was changed").format(clinic=name)
    return _as_letter(owed, member, name, subject, paragraphs)


def _sender(member: Membership, clinic: Clinic) -> str:
    """The clinic, where it is the only one: a sign-in opens all of a person's clinics."""
    if sign_in_letters.works_at_one_clinic(member.user_id):
        return " ".join(clinic.sender_name.split())
    return settings.MFA_TOTP_ISSUER


def _whom_to_ask(member: Membership, clinic: Clinic) -> str:
    if sign_in_letters.works_at_one_clinic(member.user_id):
        return _("Questions? Call {phone}.").format(phone=clinic.phone.as_international)
    return _("Questions? Ask your clinic admin.")


def _no_answers() -> str:
    return _("Nobody reads answers to this message.")


def _moment(at: datetime, clinic: Clinic) -> str:
    return date_format(at.astimezone(ZoneInfo(clinic.zone)), "j F Y, H:i")


def _as_letter(owed: StaffLetter, member: Membership, name: str, subject: str, paragraphs: tuple[str, ...]) -> Letter:
    return Letter(
        message_id=owed.pk,
        to=member.user.email,
        sender_name=name,
        subject=subject,
        body="\n\n".join(paragraphs) + "\n",
    )
