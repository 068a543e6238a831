"""Sweeps side by side, beats that come twice, sessions voided while their message is being sent."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail as django_mail
from django.db import connection

from accounts.models import Clinic
from common.tenancy import tenant
from reminders import tasks
from reminders.choices import MessageState, SkipReason
from reminders.models import Message
from reminders.services import delivery, sweeps
from sessions.models import InjectionSession
from tests.factories.accounts import ClinicFactory
from tests.factories.sessions import void
from tests.reminders.factories import message_for, treated

NOON = datetime(2026, 3, 4, 11, 0, tzinfo=UTC)
together = pytest.mark.django_db(transaction=True)


def _side_by_side(*works: Callable[[], None]) -> None:
    start = threading.Barrier(len(works))

    def run(work: Callable[[], None]) -> None:
        start.wait()
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _due(clinic: Clinic, count: int) -> list[Message]:
    with tenant(clinic.pk, actor="test"):
        return [
            message_for(treated(clinic, signed_at=NOON - timedelta(hours=26, seconds=number)), due_at=NOON)
            for number in range(count)
        ]


def _sweep(clinic: Clinic, owner: str) -> None:
    sweeps.sweep(clinic=clinic, owner=owner, clock=lambda: NOON)


@together
def test_six_sweeps_at_once_send_each_message_once(monkeypatch):
    monkeypatch.setattr(sweeps, "BATCH", 3)
    clinic = ClinicFactory()
    _due(clinic, 20)
    _side_by_side(*[lambda name=f"w{n}": _sweep(clinic, name) for n in range(6)])
    _sweep(clinic, "last")
    sent = Counter(mail.extra_headers["Message-ID"] for mail in django_mail.outbox)
    with tenant(clinic.pk):
        ours = {f"<{pk}@localhost>" for pk in Message.objects.filter(due_at=NOON).values_list("pk", flat=True)}
        assert not Message.objects.filter(due_at=NOON).exclude(state=MessageState.SENT).exists()
    assert {key: count for key, count in sent.items() if key in ours} == dict.fromkeys(ours, 1)


@together
def test_beats_that_come_twice_plan_nothing_twice():
    clinic = ClinicFactory()
    with tenant(clinic.pk, actor="test"):
        for number in range(5):
            treated(clinic, signed_at=NOON - timedelta(minutes=number))
    _side_by_side(*[lambda name=f"w{n}": _sweep(clinic, name) for n in range(5)])
    with tenant(clinic.pk):
        assert Message.objects.count() == 10  # the same day and day 1 of five sessions


@together
def test_nothing_leaves_after_its_session_was_voided(monkeypatch):
    clinic = ClinicFactory()
    messages = _due(clinic, 24)
    marked: dict[object, float] = {}
    voided: dict[object, float] = {}
    prepare = delivery.prepare

    def noting(**kwargs):
        letter = prepare(**kwargs)
        if letter:
            marked[kwargs["message_id"]] = time.monotonic()
        return letter

    monkeypatch.setattr(delivery, "prepare", noting)

    def void_them() -> None:
        for message in reversed(messages):
            with tenant(clinic.pk, actor="test"):
                void(InjectionSession.objects.get(pk=message.injection_session_id), voided_at=NOON)
            voided[message.pk] = time.monotonic()

    _side_by_side(lambda: _sweep(clinic, "w1"), lambda: _sweep(clinic, "w2"), void_them)
    with tenant(clinic.pk):
        states = dict(Message.objects.filter(due_at=NOON).values_list("pk", "state"))
        reasons = set(Message.objects.filter(state="skipped").values_list("skip_reason", flat=True))
    assert set(states.values()) <= {MessageState.SENT, MessageState.SKIPPED}
    assert reasons <= {SkipReason.SESSION_VOIDED}
    assert [pk for pk, state in states.items() if state == MessageState.SENT and marked[pk] > voided[pk]] == []


def test_the_task_reads_the_databases_clock_and_sweeps_every_clinic(clinic, other_clinic, monkeypatch):
    seen = []

    def sweep(*, clinic, owner, clock):
        seen.append(clinic.pk)
        assert clock().tzinfo is not None
        if len(seen) == 1:
            raise LookupError

    monkeypatch.setattr(sweeps, "sweep", sweep)
    tasks.sweep_messages()
    assert set(seen) == {clinic.pk, other_clinic.pk}
