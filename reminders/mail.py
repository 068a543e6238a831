"""The outside world: one letter at a time through Django's mail, with an honest word on how it ended."""

import contextlib
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.headerregistry import Address
from email.utils import parseaddr
from enum import Enum
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend


class MailAwayError(Exception):
    """No connection to the mail server: nothing left, so that trying again is safe."""


class Outcome(Enum):
    ACCEPTED = "accepted"
    REFUSED = "refused"  # for now; nothing left
    REJECTED = "rejected"  # for good; nothing left
    AMBIGUOUS = "ambiguous"  # a copy may have left


@dataclass(frozen=True)
class Letter:
    """What goes out. No header and no line of it says what the clinic treats or who the patient is.

    ``calendar_files`` are the visits it tells of, for the patient's calendar.
    """

    message_id: UUID
    to: str
    sender_name: str
    subject: str
    body: str
    calendar_files: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Result:
    outcome: Outcome
    error: str = ""


@contextmanager
def mail_server() -> Iterator[BaseEmailBackend]:
    """Yield an open connection. Raises ``MailAwayError`` when there is none to be had."""
    connection = get_connection(fail_silently=False)
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        raise MailAwayError(type(error).__name__) from error
    try:
        yield connection
    finally:
        # The letter is accepted or not by now; a rude good-bye changes nothing.
        with contextlib.suppress(OSError, smtplib.SMTPException):
            connection.close()


def answers() -> bool:
    """Whether a mail server can be reached now."""
    try:
        with mail_server():
            return True
    except MailAwayError:
        return False


def send(connection: BaseEmailBackend, letter: Letter) -> Result:
    """Hand the letter over. SMTP has no key that would let a server notice a repetition, so doubt is told as doubt."""
    try:
        connection.send_messages([_as_mail(letter)])
    except smtplib.SMTPRecipientsRefused as error:
        codes = {code for code, _words in error.recipients.values()}
        outcome = Outcome.REJECTED if codes and min(codes) >= 500 else Outcome.REFUSED
        return Result(outcome, f"recipient refused {max(codes, default=0)}")
    except smtplib.SMTPResponseException as error:
        # The server's own word, before or after the text: it did not take the letter.
        return Result(Outcome.REFUSED, f"{type(error).__name__} {error.smtp_code}")
    except (OSError, smtplib.SMTPException) as error:
        return Result(Outcome.AMBIGUOUS, type(error).__name__)
    return Result(Outcome.ACCEPTED)


def _as_mail(letter: Letter) -> EmailMessage:
    own_address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    domain = own_address.rpartition("@")[2] or "localhost"
    name = "".join(character for character in letter.sender_name if character.isprintable())
    mail = EmailMessage(
        subject=letter.subject,
        body=letter.body,
        from_email=str(Address(display_name=name, addr_spec=own_address)),
        to=[letter.to],
        headers={
            # The same for every try, so that a mailbox can notice a repetition.
            "Message-ID": f"<{letter.message_id}@{domain}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    for number, file in enumerate(letter.calendar_files, start=1):
        mail.attach(f"visit-{number}.ics", file, "text/calendar")
    return mail
