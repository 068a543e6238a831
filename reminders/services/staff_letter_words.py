"""What a letter to a person who works at the clinic says, in the clinic's language and name. Nothing of any patient."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Clinic, Invitation, StaffLetter
from accounts.services import invitations
from common.languages import words_for
from reminders.mail import Letter


def compose_invitation(owed: StaffLetter, invitation: Invitation, *, clinic: Clinic) -> Letter:
    """Whoever opens the link has the mailbox; the link says nothing of whose it is."""
    link = settings.PUBLIC_ORIGIN + reverse("accounts:invitation", args=[invitations.key_of(invitation, clinic=clinic)])
    name = _name_of(clinic)
    with words_for(clinic.locale):
        until = date_format(invitation.expires_at.astimezone(ZoneInfo(clinic.zone)), "j F Y, H:i")
        paragraphs = (
            _("Hello {name},").format(name=invitation.full_name),
            _("{clinic} invites you to its clinic software. Set up your sign-in here:").format(clinic=name)
            + f"\n{link}",
            _(
                "The link works once, until {until}. Have your phone at hand: a password is followed by a second step."
            ).format(until=until),
            _closing(clinic, _("If you did not expect this, you need not do anything. Questions? Call {phone}.")),
        )
        subject = _("{clinic}: your invitation").format(clinic=name)
    return _as_letter(owed, clinic, to=invitation.email, subject=subject, paragraphs=paragraphs)


def compose_factor_reset(owed: StaffLetter, *, clinic: Clinic, to: str) -> Letter:
    """Told to the person themselves, so that a reset that nobody asked for is noticed."""
    name = _name_of(clinic)
    with words_for(clinic.locale):
        paragraphs = (
            _("The second step of your sign-in was taken away by a clinic admin, and you were signed out everywhere."),
            _("At your next sign-in, after your password, you set up a new one.")
            + f"\n{settings.PUBLIC_ORIGIN}{reverse('account_login')}",
            _closing(clinic, _("You did not ask for this? Call {phone} now, and change your password.")),
        )
        subject = _("{clinic}: your sign-in was changed").format(clinic=name)
    return _as_letter(owed, clinic, to=to, subject=subject, paragraphs=paragraphs)


def compose_rules(owed: StaffLetter, *, clinic: Clinic, to: str) -> Letter:
    """Told to every clinician when a rule is to be weaker, and when it is; which one stands behind the sign-in."""
    with words_for(clinic.locale):
        paragraphs = (
            _("The clinic’s settings were changed, or a change waits for a clinician to agree. Read which one here:")
            + f"\n{settings.PUBLIC_ORIGIN}{reverse('sessions:rules_in_force')}",
            _closing(clinic, _("Questions? Call {phone}.")),
        )
        subject = _("{clinic}: a change for you to read").format(clinic=_name_of(clinic))
    return _as_letter(owed, clinic, to=to, subject=subject, paragraphs=paragraphs)


def _closing(clinic: Clinic, words: str) -> str:
    call = words.format(phone=clinic.phone.as_international)
    return f"{call}\n" + _("Nobody reads answers to this message.")


def _name_of(clinic: Clinic) -> str:
    return " ".join(clinic.sender_name.split())


def _as_letter(owed: StaffLetter, clinic: Clinic, *, to: str, subject: str, paragraphs: tuple[str, ...]) -> Letter:
    return Letter(
        message_id=owed.pk,
        to=to,
        sender_name=_name_of(clinic),
        subject=subject,
        body="\n\n".join(paragraphs) + "\n",
    )
