"""Many who write one draft at once: nobody's words are lost, one wins, the others are told."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection

from accounts.actors import Actor
from accounts.models import Clinic
from common.tenancy import tenant
from scheduling.choices import VisitStatus
from sessions.drafts import Draft, Sender
from sessions.models import InjectionSession, UnsavedTyping
from sessions.policies.injection_sessions import VersionConflictError
from sessions.queries.injection_sessions import draft_of, load
from sessions.services import injection_sessions as service
from sessions.services import unsaved_typings
from tests.factories.accounts import ClinicFactory, MembershipFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.sessions import CourseFactory
from tests.factories.treatments import a_draft, actor_of

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

NOW = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
WRITERS = 50
ROUNDS_OF_TABS = 20


@pytest.fixture
def clinic() -> Clinic:
    return ClinicFactory()


@pytest.fixture
def session(clinic: Clinic) -> InjectionSession:
    with tenant(clinic.pk, actor="test"):
        visit = AppointmentFactory(clinic=clinic, status=VisitStatus.ARRIVED)
        return service.start(appointment=visit, by=actor_of(visit.clinician), now=NOW)


def at_once(acts: list[Callable[[], None]]) -> None:
    """Each in a thread with a connection of its own, let go together."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], None]) -> None:
        try:
            gate.wait()
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        for done in [pool.submit(run, act) for act in acts]:
            done.result()


def save_or_keep(session: InjectionSession, by: Actor, draft: Draft, won: list[str]) -> None:
    """What the page's save does: the draft, or beside it where somebody else was first."""
    sender = Sender(uuid4(), 1)
    with tenant(by.clinic_id, actor="test"):
        try:
            service.save_draft(injection_session=session, version=1, draft=draft, by=by, now=NOW, sender=sender)
            won.append(draft.note)
        except VersionConflictError:
            typed = {"note": [draft.note]}
            unsaved_typings.keep(injection_session=session, version=1, typed=typed, sender=sender, by=by, now=NOW)


def test_fifty_who_save_at_once_lose_nothing(
    clinic: Clinic, session: InjectionSession, figure: Callable[[str, float], None]
) -> None:
    with tenant(clinic.pk, actor="test"):
        members = [actor_of(MembershipFactory(clinic=clinic)) for _writer in range(WRITERS)]
        draft = a_draft(consent=None)
    won: list[str] = []
    drafts = [replace(draft, note=f"words of {number}") for number in range(WRITERS)]

    at_once(
        [
            lambda by=by, draft=draft: save_or_keep(session, by, draft, won)
            for by, draft in zip(members, drafts, strict=True)
        ]
    )

    with tenant(clinic.pk, actor="test"):
        stored = InjectionSession.objects.get()
        kept = {row.typed["note"][0] for row in UnsavedTyping.objects.all()}
    figure("draft_saves_at_once", WRITERS)
    lost = {draft.note for draft in drafts} - kept - {stored.note}
    figure("draft_edits_lost", len(lost))
    assert lost == set()
    assert won == [stored.note]
    assert (stored.version, len(kept)) == (2, WRITERS - 1)


def write_on(session: InjectionSession, by: Actor, tab: str, told: list[str]) -> None:
    """A tab that adds a line at a time and, told of a conflict, adds it again to what it was shown."""
    page = uuid4()
    for number in range(ROUNDS_OF_TABS):
        line = f"{tab}{number}"
        while True:
            with tenant(by.clinic_id, actor="test"):
                seen = InjectionSession.objects.select_related("clinic").get(pk=session.pk)
                draft = draft_of(load(seen))
            try:
                with tenant(by.clinic_id, actor="test"):
                    service.save_draft(
                        injection_session=session,
                        version=seen.version,
                        draft=replace(draft, note=f"{draft.note} {line}".strip()),
                        by=by,
                        now=NOW,
                        sender=Sender(page, number + 1),
                    )
                break
            except VersionConflictError:
                told.append(line)


def test_two_tabs_that_race_lose_no_line(
    clinic: Clinic, session: InjectionSession, figure: Callable[[str, float], None]
) -> None:
    with tenant(clinic.pk, actor="test"):
        by = actor_of(session.clinician)
    told: list[str] = []

    at_once([lambda: write_on(session, by, "left", told), lambda: write_on(session, by, "right", told)])

    with tenant(clinic.pk, actor="test"):
        stored = InjectionSession.objects.get()
    lines = {f"{tab}{number}" for tab in ("left", "right") for number in range(ROUNDS_OF_TABS)}
    figure("two_tabs_lines_lost", len(lines - set(stored.note.split())))
    assert set(stored.note.split()) == lines
    assert stored.version == 1 + len(lines)


def test_a_send_that_waits_for_the_one_before_it_keeps_the_course_and_the_consent_that_one_stored(
    clinic: Clinic, session: InjectionSession
) -> None:
    page = uuid4()
    with tenant(clinic.pk, actor="test"):
        by = actor_of(session.clinician)
        course = CourseFactory(clinic=clinic, patient=session.patient)
        first = a_draft(course_id=course.pk)
    second = replace(first, consent=None, note="and more")

    def send(draft: Draft, number: int) -> None:
        sent = {"version": 1, "draft": draft, "by": by, "now": NOW, "sender": Sender(page, number)}
        service.save_draft(injection_session=session, **sent)

    def send_late() -> None:
        try:
            with tenant(clinic.pk, actor="test"):
                send(second, 2)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with tenant(clinic.pk, actor="test"):
            send(first, 1)
            late = pool.submit(send_late)
            with connection.cursor() as cursor:
                while not late.done():
                    cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                    if cursor.fetchone()[0]:
                        break
        late.result(timeout=20)

    with tenant(clinic.pk, actor="test"):
        stored = InjectionSession.objects.get()
        assert (stored.note, stored.course_id) == ("and more", course.pk)
        assert stored.consent.signed_name == "Aroha Example"
