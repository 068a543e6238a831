"""One sweep of the letters a clinic owes the people who work there. Any number may run side by side."""

import logging
import random
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from accounts.actors import Actor, machine
from accounts.models import Clinic
from common.tenancy import tenant
from reminders import mail
from reminders.mail import Outcome, Result
from reminders.services import staff_letters

Clock = Callable[[], datetime]

logger = logging.getLogger(__name__)


def sweep(*, clinic: Clinic, clock: Clock) -> None:
    """Send what is due. Must not be called inside a transaction that outlives the network."""
    by = machine(clinic, "task:reminders.staff_letters")
    with tenant(clinic.pk, actor=by.audit_name):
        waiting = staff_letters.due(by=by, now=clock())
    for letter_id in waiting:
        if not _send(by, letter_id, clock):
            break


def _send(by: Actor, letter_id: UUID, clock: Clock) -> bool:
    """Send one letter; False when the mail server is away: the next sweep tries again."""
    try:
        with mail.mail_server() as connection:
            with tenant(by.clinic_id, actor=by.audit_name):
                letter = staff_letters.begin(letter_id=letter_id, by=by, now=clock())
            if letter is not None:
                _record(by, letter_id, mail.send(connection, letter), clock)
    except mail.MailAwayError:
        logger.error("a letter to a person who works at a clinic did not leave: no mail server")
        with tenant(by.clinic_id, actor=by.audit_name):
            staff_letters.find_no_server(by=by, now=clock())
        return False
    except Exception as error:
        # One letter that cannot be written must not hold up the others.
        logger.exception("a letter could not be prepared")
        _record(by, letter_id, Result(Outcome.REFUSED, type(error).__name__), clock)
    return True


def _record(by: Actor, letter_id: UUID, result: Result, clock: Clock) -> None:
    jitter = random.random()  # noqa: S311 - spreads tries, keeps no secret
    with tenant(by.clinic_id, actor=by.audit_name):
        staff_letters.record(letter_id=letter_id, result=result, by=by, now=clock(), jitter=jitter)
