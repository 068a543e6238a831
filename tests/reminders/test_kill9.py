"""Workers are killed with SIGKILL at every point of a sweep, again and again: nothing is lost, nothing comes twice."""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings

from accounts.models import Clinic
from common.tenancy import tenant
from pitclinic.celery import app
from reminders.choices import MessageState, PageState
from reminders.models import AlarmPage, Message
from tests.factories.accounts import ClinicFactory, on_call
from tests.factories.sessions import SideEffectFactory
from tests.portal.visits import told
from tests.reminders.factories import treated
from tests.reminders.kill9_processes import ROOT, environment, killed_workers

SIGNED = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
SESSIONS = 16
ROUNDS = 8
SECONDS = 8  # of killing a day at most, on a slow machine
SEED = 9
CELERY = ("celery", "--quiet", "--app", "tests.reminders.kill9_celery", "worker", "--loglevel", "ERROR")
CELERY_HOW = ("--concurrency", "2", "--without-gossip", "--without-mingle")
# Where a worker dies, and at which call at the latest: it plans and claims once a clinic, and sends many.
POINTS = {
    "before planning": 2,
    "after planning": 2,
    "before the claim": 2,
    "inside the claim": 2,
    "before the mark": 3,
    "inside the mark": 3,
    "after the mark": 3,
    "after the text": 3,
    "inside the record": 3,
    "after the record": 3,
}


class _Sink:
    """A real SMTP server that keeps count of what arrived, by Message-ID."""

    def __init__(self) -> None:
        self.arrived: Counter[str] = Counter()
        self._lock = threading.Condition()

    async def handle_DATA(  # noqa: N802 - the name aiosmtpd calls
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        message = message_from_bytes(envelope.content)
        with self._lock:
            self.arrived[message["Message-ID"].strip("<>").split("@")[0]] += 1
            self._lock.notify_all()
        return "250 taken"

    def wait_for(self, count: int, *, seconds: float = 180) -> None:
        """Until so many messages have arrived in all."""
        with self._lock:
            assert self._lock.wait_for(lambda: self.arrived.total() >= count, timeout=seconds), self.arrived.total()


@contextmanager
def _mail_server() -> Iterator[tuple[_Sink, int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    sink = _Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield sink, port
    finally:
        controller.stop()


@contextmanager
def _celery(smtp_port: int, now: datetime | None, *more: str) -> Iterator[subprocess.Popen[bytes]]:
    """The worker as the demo starts it, in a process group of its own; gone at the end, one way or the other.

    Without ``now`` its clock goes.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", *CELERY, *CELERY_HOW, *more],
        cwd=ROOT,
        env=environment(smtp_port) | ({"KILL9_NOW": now.isoformat()} if now else {}),
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def _all_messages(clinics: list[Clinic], *, until: datetime) -> list[Message]:
    found: list[Message] = []
    for clinic in clinics:
        with tenant(clinic.pk, actor="test"):
            found += Message.objects.filter(due_at__lte=until)
    return found


def _repeated_without_doubt(clinics: list[Clinic], sink: _Sink) -> list[Message]:
    everything = _all_messages(clinics, until=SIGNED + timedelta(days=30))
    return [m for m in everything if sink.arrived[str(m.pk)] > 1 and not m.is_ambiguous]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killing_workers_loses_nothing_and_repeats_nothing(figure):
    dice = random.Random(SEED)
    clinics = [ClinicFactory(zone="Europe/Berlin") for _clinic in range(2)]
    for clinic in clinics:
        with tenant(clinic.pk, actor="test"):
            for number in range(SESSIONS):
                treated(clinic, signed_at=SIGNED + timedelta(seconds=number))

    killed = 0
    with _mail_server() as (sink, port), killed_workers(port) as processes:
        # The same-day step at noon, then day 1 the next morning; four workers side by side.
        for due_at in (SIGNED + timedelta(hours=2, minutes=1), SIGNED + timedelta(days=1)):
            deadline = time.monotonic() + SECONDS
            for round_ in range(ROUNDS):
                if round_ >= 4 and time.monotonic() > deadline:
                    break
                now = due_at + timedelta(seconds=40 * round_)
                names = dice.choices(list(POINTS), k=4)
                points = [(name, dice.randint(1, POINTS[name])) for name in names]
                killed += processes.sweep(now, *points).count(-signal.SIGKILL)
                # From outside, wherever it happens to be: in a query, in a commit, in the middle of the text.
                killed += processes.sweep(now, None, None, kill_after=dice.uniform(0, 0.06)).count(-signal.SIGKILL)
            for minutes in (10, 13):
                assert processes.sweep(due_at + timedelta(minutes=minutes), None) == [0]
            assert not _repeated_without_doubt(clinics, sink)
            # Half an hour later those in doubt, and only those, are sent once more.
            for minutes in (44, 47):
                assert processes.sweep(due_at + timedelta(minutes=minutes), None) == [0]

    messages = _all_messages(clinics, until=SIGNED + timedelta(days=1, hours=1))
    lost = [m for m in messages if sink.arrived[str(m.pk)] == 0]
    repeated = _repeated_without_doubt(clinics, sink)
    doubtful = [m for m in messages if m.is_ambiguous]
    assert len(messages) == 2 * 2 * SESSIONS
    assert killed >= 10
    assert all(count <= 2 for count in sink.arrived.values())
    assert {m.state for m in messages if not m.is_ambiguous} == {MessageState.SENT}
    figure("sweep_kill9_lost", len(lost))
    figure("sweep_kill9_repeated", len(repeated))
    figure("sweep_kill9_marked_as_doubtful", len(doubtful))
    figure("sweep_kill9_workers_killed", killed)
    assert (lost, repeated) == ([], [])


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killing_the_celery_worker_in_the_middle_of_its_mail_loses_nothing_and_repeats_nothing(figure):
    clinics = [ClinicFactory(zone="Europe/Berlin") for _clinic in range(2)]
    for clinic in clinics:
        with tenant(clinic.pk, actor="test"):
            for number in range(6):
                treated(clinic, signed_at=SIGNED + timedelta(seconds=number))
    due_at = SIGNED + timedelta(hours=2, minutes=1)

    with _mail_server() as (sink, port):
        for round_, wanted in enumerate((1, 5)):
            with _celery(port, due_at + timedelta(minutes=3 * round_)) as worker:
                app.send_task("reminders.tasks.sweep_messages")
                app.send_task("reminders.tasks.sweep_messages")
                sink.wait_for(wanted)
                os.killpg(worker.pid, signal.SIGKILL)
        # Half an hour after the last death, those in doubt are sent once more.
        for minutes in (20, 60):
            with _celery(port, due_at + timedelta(minutes=minutes)) as worker:
                app.send_task("reminders.tasks.sweep_messages")
                _wait_until_nothing_is_due(clinics, due_at + timedelta(minutes=minutes), planned=12)

    messages = _all_messages(clinics, until=SIGNED + timedelta(hours=3))
    lost = [m for m in messages if sink.arrived[str(m.pk)] == 0]
    assert len(messages) == 12
    assert {m.state for m in messages} == {MessageState.SENT}
    assert (lost, _repeated_without_doubt(clinics, sink)) == ([], [])
    figure("celery_kill9_lost", len(lost))


# Where a pager dies, and at which call at the latest.
PAGER_POINTS = {
    "before a round": 2,
    "inside a round": 2,
    "before a page": 4,
    "inside a page's mark": 4,
    "after the mark": 4,
    "after the text": 4,
    "inside a page's record": 4,
    "after the record": 4,
    "before the pager's beat": 2,
}
REPORTS = 2


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killing_whoever_pages_loses_no_page_of_any_round(figure):
    dice = random.Random(SEED)
    clinics = [ClinicFactory() for _clinic in range(2)]
    for clinic in clinics:
        with tenant(clinic.pk, actor="test"):
            on_call(clinic, "", "", "")
            for number in range(REPORTS):
                SideEffectFactory(clinic=clinic, priority="P0", reported_at=SIGNED + timedelta(seconds=number))

    killed = 0
    with _mail_server() as (sink, port), killed_workers(port, job="pages") as processes:
        for minutes in (0, 10, 20):
            begun = SIGNED + timedelta(minutes=minutes, seconds=5)
            for seconds in (0, 70):
                names = dice.choices(list(PAGER_POINTS), k=3)
                points = [(name, dice.randint(1, PAGER_POINTS[name])) for name in names]
                killed += processes.sweep(begun + timedelta(seconds=seconds), *points).count(-signal.SIGKILL)
            assert processes.sweep(begun + timedelta(seconds=140), None, None) == [0, 0]

    pages: list[AlarmPage] = []
    for clinic in clinics:
        with tenant(clinic.pk, actor="test"):
            pages += AlarmPage.objects.all()
    lost = [page for page in pages if sink.arrived[str(page.pk)] == 0]
    twice = [page for page in pages if sink.arrived[str(page.pk)] > 1 and not page.is_ambiguous]
    figure("pages_kill9_lost", len(lost))
    figure("pages_kill9_workers_killed", killed)
    assert killed >= 8
    assert len(pages) == 2 * REPORTS * (1 + 2 + 3)
    assert {page.state for page in pages} == {PageState.SENT}
    assert (lost, twice) == ([], [])


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_patients_tap_wakes_whoever_is_on_call(figure):
    """The portal, the database, beat, the broker, the worker of the alarms and a mail server, all of them real."""
    visit = told(ClinicFactory())
    with tenant(visit.clinic.pk, actor="test"):
        on_call(visit.clinic, "")
        ready = SideEffectFactory(clinic=visit.clinic, priority="P0", reported_at=datetime.now(tz=UTC))
    visit.enter()
    with _mail_server() as (sink, port), _celery(port, None, "--beat", "--queues", settings.ALARM_QUEUE):
        sink.wait_for(1)  # they are up: the first alarm has left
        tapped = time.monotonic()
        visit.tap("worry", sign="breathless")
        sink.wait_for(2)
        seconds = time.monotonic() - tapped
    with tenant(visit.clinic.pk, actor="test"):
        (page,) = AlarmPage.objects.exclude(side_effect=ready)
    assert sink.arrived[str(page.pk)] == 1
    figure("tap_to_mail_seconds_with_a_sweep_each_second", round(seconds, 2))
    figure("tap_to_mail_seconds_at_most", round(settings.ALARM_SWEEP_SECONDS + seconds, 2))


def _wait_until_nothing_is_due(clinics: list[Clinic], now: datetime, *, planned: int) -> None:
    """Until all are planned, and each that was due has been sent: before the first sweep nothing is due either."""
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        messages = _all_messages(clinics, until=now)
        left = [m for m in messages if m.next_at and m.next_at <= now and not m.sent_at]
        if len(messages) >= planned and not left:
            return
        threading.Event().wait(0.1)
    raise AssertionError((len(messages), left))
