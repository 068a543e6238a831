"""No sequence of edits, saves, crashes and retries signs anything but what was on the screen when it was signed."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from accounts.models import Clinic
from scheduling.choices import VisitStatus
from sessions.drafts import Draft, Sender
from sessions.models import InjectionSession
from sessions.policies.injection_sessions import SessionRefusedError
from sessions.queries.injection_sessions import draft_of, load
from sessions.queries.session_facts import facts_of
from sessions.queries.session_times import end_of
from sessions.queries.signatures import is_signature_broken
from sessions.rules import findings
from sessions.services import injection_sessions as service
from tests.factories.scheduling import AppointmentFactory
from tests.factories.treatments import a_draft, actor_of

NOW = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
TABS = st.sampled_from([0, 1])
# The statement at which the server dies; most of them lie inside a save or a signature.
CRASHES = st.none() | st.integers(0, 50)


class CrashError(Exception):
    """The server died here; its transaction went with it."""


def crashing(at: int | None) -> AbstractContextManager[Any]:
    left = iter(range(at or 0, -1, -1))

    def die(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if next(left, 1) == 0 and "SAVEPOINT" not in sql:
            raise CrashError
        return execute(sql, params, many, context)

    return nullcontext() if at is None else connection.execute_wrapper(die)


@dataclass
class Tab:
    """An open page: what stands in it, the version it was opened on, and how often it has sent."""

    draft: Draft
    version: int
    page: UUID
    number: int = 0


class Screens(RuleBasedStateMachine):
    clinic: Clinic
    times_signed = 0

    def __init__(self) -> None:
        super().__init__()
        visit = AppointmentFactory(clinic=self.clinic, status=VisitStatus.ARRIVED)
        self.by = actor_of(visit.clinician)
        begun = service.start(appointment=visit, by=self.by, now=NOW)
        self.session = service.save_draft(injection_session=begun, version=1, draft=a_draft(), by=self.by, now=NOW)
        self.tabs = [self._opened(), self._opened()]
        self.seen: tuple[int, Draft] | None = None
        self.signed: Draft | None = None

    def _stored(self) -> tuple[InjectionSession, Draft]:
        row = InjectionSession.objects.select_related("clinic", "technique", "course", "consent", "patient").get(
            pk=self.session.pk
        )
        return row, draft_of(load(row))

    def _opened(self) -> Tab:
        row, draft = self._stored()
        return Tab(draft, row.version, uuid4())

    @rule(tab=TABS)
    def open_again(self, tab: int) -> None:
        self.tabs[tab] = self._opened()

    @rule(tab=TABS, note=st.text("abc", max_size=4), volume=st.sampled_from(["0.50", "0.75", "1.00"]))
    def write(self, tab: int, note: str, volume: str) -> None:
        old = self.tabs[tab].draft
        points = tuple(replace(row, volume_ml=Decimal(volume)) for row in old.points)
        self.tabs[tab].draft = replace(old, note=note, points=points)

    @rule(tab=TABS, crash=CRASHES, is_answer_lost=st.booleans())
    def save(self, tab: int, crash: int | None, is_answer_lost: bool) -> None:
        """What is saved is what stood in the page; a crash leaves everything as it was."""
        page = self.tabs[tab]
        page.number += 1
        before = self._stored()
        try:
            with crashing(crash):
                saved = service.save_draft(
                    injection_session=self.session,
                    version=page.version,
                    draft=page.draft,
                    by=self.by,
                    now=NOW,
                    sender=Sender(page.page, page.number),
                )
        except (CrashError, SessionRefusedError):
            after = self._stored()
            assert (after[0].version, after[1]) == (before[0].version, before[1])
            return
        if not is_answer_lost:
            page.version = saved.version
        stored = self._stored()[1]
        assert (stored.note, stored.points) == (page.draft.note, page.draft.points)

    @precondition(lambda self: self.signed is None)
    @rule()
    def look_over(self) -> None:
        """The page that signs says when the treatment ended, too."""
        row, draft = self._stored()
        self.seen = (row.version, replace(draft, ended_at=end_of(load(row), now=NOW)))

    @precondition(lambda self: self.seen is not None and self.signed is None)
    @rule(crash=CRASHES)
    def sign(self, crash: int | None) -> None:
        assert self.seen is not None
        version, draft = self.seen
        row, _stored = self._stored()
        reasons = {finding.key: "It is right so" for finding in findings(facts_of(load(row), now=NOW))}
        try:
            with crashing(crash):
                service.sign(injection_session=self.session, version=version, reasons=reasons, by=self.by, now=NOW)
        except (CrashError, SessionRefusedError):
            assert self._stored()[0].status == "draft"
            return
        self.signed = draft
        Screens.times_signed += 1

    @invariant()
    def what_is_signed_is_what_was_seen(self) -> None:
        row, stored = self._stored()
        assert (row.status == "signed") == (self.signed is not None)
        if self.signed is not None:
            assert replace(stored, reasons={}) == replace(self.signed, reasons={})
            assert not is_signature_broken(row.clinic_id, row.pk)


@pytest.mark.slow
def test_no_way_signs_what_was_not_on_the_screen(in_clinic: Clinic) -> None:
    Screens.clinic = in_clinic
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Screens,
        settings=settings(max_examples=12, stateful_step_count=15, deadline=None, suppress_health_check=checks),
    )
    # A gate that never opens would prove nothing.
    assert Screens.times_signed > 0
