"""One sweep of one clinic's alarms: plan the round, free what was abandoned, page. Any number may run side by side."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.actors import Actor, machine
from accounts.models import Clinic
from common.tenancy import tenant
from reminders import mail, paging
from reminders.queries.alarm_pages import pager_swept_at, unheard
from reminders.services import alarm_pages

Clock = Callable[[], datetime]

logger = logging.getLogger(__name__)


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
    """Page whom this clinic has to page now. Must not be called inside a transaction that outlives the network."""
    run = Sweep(by=machine(clinic, "task:reminders.pages"), owner=owner, clock=clock)
    with run.step():
        alarm_pages.plan(by=run.by, now=clock())
        alarm_pages.free_abandoned(by=run.by, now=clock())
        waiting = alarm_pages.waiting(by=run.by)
    for page_id in waiting:
        if not _page(run, page_id):
            break
    with run.step():
        _say_what_nobody_hears(run)
        alarm_pages.beat(by=run.by, now=clock())


def _page(run: Sweep, page_id: UUID) -> bool:
    """Send one page; False when the mail server is away: the next sweep tries all of them again."""
    try:
        with mail.mail_server() as connection:
            with run.step():
                letter = alarm_pages.begin(page_id=page_id, owner=run.owner, by=run.by, now=run.clock())
            if letter is None:
                return True
            result = mail.send(connection, letter)
            with run.step():
                alarm_pages.record(page_id=page_id, owner=run.owner, result=result, by=run.by, now=run.clock())
    except mail.MailAwayError as error:
        logger.error("a page did not leave: no mail server")
        with run.step():
            alarm_pages.put_off(page_id=page_id, error=str(error), by=run.by)
        return False
    except Exception as error:
        # One page that cannot be written must not hold up the others.
        logger.exception("a page could not be prepared")
        with run.step():
            alarm_pages.put_off(page_id=page_id, error=type(error).__name__, by=run.by)
    return True


def _say_what_nobody_hears(run: Sweep) -> None:
    """An alarm that wakes nobody stands in the log every fifteen minutes, with the clinic's number and nothing else."""
    now, before = run.clock(), pager_swept_at(run.by)
    for report in unheard(run.by, now=now):
        if paging.is_told_again(report.alarm_rang_at, before, now):
            logger.error("an urgent report waits and no page leaves; clinic %s", run.by.clinic_id)
