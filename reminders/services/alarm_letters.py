"""What a page says: that something urgent waits, where, and which page this is. Nothing about whom or what."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Clinic
from common.languages import words_for
from reminders.choices import Channel
from reminders.mail import Letter
from reminders.models import AlarmPage


def compose_page(page: AlarmPage, *, clinic: Clinic, to: str) -> Letter:
    """Write the page in the clinic's language. The link needs a sign-in."""
    name = " ".join(clinic.sender_name.split())
    with words_for(clinic.locale):
        subject = _("{clinic}: a test page").format(clinic=name) if page.is_test else _subject(name)
        body = _text(page, name) if page.channel == Channel.TEXT else "\n\n".join(_paragraphs(page)) + "\n"
    return Letter(message_id=page.pk, to=to, sender_name=name, subject=subject, body=body)


def _subject(name: str) -> str:
    return _("Please look at {clinic} now").format(clinic=name)


def _paragraphs(page: AlarmPage) -> tuple[str, ...]:
    if page.is_test:
        return (
            _("This is a test. No report is waiting, and you need not do anything."),
            _("An urgent report would reach you like this."),
        )
    return (
        _("An urgent report is waiting. Nobody has taken it yet."),
        _("Sign in and take it:") + f"\n{_link(page)}",
        _("This is page {number}. The next one comes in five minutes, until somebody takes the report.").format(
            number=page.round_number + 1
        ),
        _("Nobody reads answers to this message."),
    )


def _text(page: AlarmPage, name: str) -> str:
    """One text message where the names are short (domain.md §13: up to 160 signs)."""
    if page.is_test:
        return _("{clinic}: this is a test page. No report is waiting.").format(clinic=name)
    words = _("{clinic}: an urgent report waits, nobody has taken it. Page {number}.")
    return words.format(clinic=name, number=page.round_number + 1) + f" {_link(page)}"


def _link(page: AlarmPage) -> str:
    return settings.PUBLIC_ORIGIN + reverse("sessions:side_effect", args=[page.side_effect_id])
