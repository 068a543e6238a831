"""One sweep of one clinic: plan, free what was abandoned, send what is due. Any number may run side by side."""

import logging
import random
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.mail.backends.base import BaseEmailBackend

from accounts.actors import Actor, machine
from accounts.models import Clinic
from common.tenancy import tenant
from reminders import mail, queries
from reminders.services import code_planning, delivery, planning, visit_planning

Clock = Callable[[], datetime]

logger = logging.getLogger(__name__)
BATCH = 50
BATCHES = 10  # a clinic's share of one minute; the rest waits for the next


@dataclass(frozen=True)
class Sweep:
    """A worker's visit to one clinic; ``owner`` names it in the leases, ``clock`` is the database's."""

    by: Actor
    owner: str
    clock: Clock

    def step(self) -> AbstractContextManager[None]:
        """One short transaction inside the clinic."""
        return tenant(self.by.clinic_id, actor=self.by.audit_name)


def sweep(*, clinic: Clinic, owner: str, clock: Clock) -> None:
    """Do what this clinic owes its patients now. Must not be called inside a transaction that outlives the network."""
    run = Sweep(by=machine(clinic, "task:reminders.sweep"), owner=owner, clock=clock)
    with run.step():
        planning.plan(by=run.by, now=clock())
    with run.step():
        visit_planning.plan(by=run.by, now=clock())
        code_planning.plan(by=run.by, now=clock())
    with run.step():
        planning.skip_voided(by=run.by, now=clock())
        delivery.reap(by=run.by, now=clock())
    is_mail_away = not _deliver_all(run)
    with run.step():
        planning.beat(by=run.by, now=clock(), is_mail_away=is_mail_away)


def _deliver_all(run: Sweep) -> bool:
    """Send what is due; False when the mail server is away, or was and still is."""
    for number in range(BATCHES):
        with run.step():
            ids = delivery.claim(owner=run.owner, by=run.by, now=run.clock(), limit=BATCH)
            was_away = queries.pulse(run.by, now=run.clock()).mail_away_since is not None
        if not ids:
            return number > 0 or not was_away or mail.answers()
        if not _deliver(run, ids):
            return False
    return True


def _deliver(run: Sweep, ids: Sequence[UUID]) -> bool:
    """Send the claimed messages one by one; False when the mail server is away and the rest was put off."""
    for position, message_id in enumerate(ids):
        try:
            with mail.mail_server() as connection:
                _deliver_one(run, message_id, connection)
        except mail.MailAwayError as error:
            _put_off(run, ids[position:], str(error))
            return False
        except Exception as error:
            # One message that cannot be written must not hold up the others.
            logger.exception("a message could not be prepared")
            _put_off(run, [message_id], type(error).__name__)
    return True


def _deliver_one(run: Sweep, message_id: UUID, connection: BaseEmailBackend) -> None:
    with run.step():
        letter = delivery.prepare(message_id=message_id, owner=run.owner, by=run.by, now=run.clock())
    if letter is None:
        return
    result = mail.send(connection, letter)
    with run.step():
        delivery.record(
            message_id=message_id, owner=run.owner, result=result, by=run.by, now=run.clock(), jitter=_jitter()
        )


def _put_off(run: Sweep, ids: Sequence[UUID], error: str) -> None:
    with run.step():
        delivery.put_off(message_ids=ids, owner=run.owner, error=error, by=run.by, now=run.clock(), jitter=_jitter())


def _jitter() -> float:
    return random.random()  # noqa: S311 - spreads tries, keeps no secret
