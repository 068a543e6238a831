"""When the needle went in and when the treatment ended: kept, corrected, compared with, and said in local time."""

import doctest
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.actors import Actor
from accounts.models import Clinic
from common.papers import Facts, Items
from common.tenancy import tenant
from common.wall_clock import instant, local_day
from scheduling.choices import VisitStatus
from scheduling.models import Appointment
from sessions import session_times
from sessions.choices import RecordStatus, Source
from sessions.drafts import ConsentRow, Draft
from sessions.models import InjectionSession, SolutionLot
from sessions.policies.injection_sessions import GateClosedError, SessionRefusedError
from sessions.queries.chart import record_of
from sessions.relief import Relief, ReliefState
from sessions.services import injection_sessions as service
from sessions.services.pain_scores import tell_relief
from sessions.views.injection_session_pages import SessionPage, get_session
from sessions.views.paper_texts import procedure_note
from tests.factories.accounts import MembershipFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.treatments import SolutionLotFactory, a_draft, actor_of
from tests.sessions.test_session_pages import filled

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ZONES = ("Pacific/Auckland", "America/Los_Angeles", "Asia/Kolkata")


@pytest.fixture
def lot(in_clinic: Clinic) -> SolutionLot:
    return SolutionLotFactory(clinic=in_clinic, lot_number="A1")


@pytest.fixture
def clinician(in_clinic: Clinic) -> Actor:
    return actor_of(MembershipFactory(clinic=in_clinic))


@pytest.fixture
def session(in_clinic: Clinic, clinician: Actor) -> InjectionSession:
    return begun(in_clinic, clinician, NOW)


def begun(clinic: Clinic, by: Actor, at: datetime) -> InjectionSession:
    visit = AppointmentFactory(clinic=clinic, status=VisitStatus.ARRIVED, starts_at=at, ends_at=at + 30 * MINUTE)
    return service.start(appointment=visit, by=by, now=at)


def saved(session: InjectionSession, draft: Draft, *, by: Actor, now: datetime) -> InjectionSession:
    session.refresh_from_db()
    return service.save_draft(injection_session=session, version=session.version, draft=draft, by=by, now=now)


def signed(session: InjectionSession, *, by: Actor, now: datetime) -> InjectionSession:
    session.refresh_from_db()
    return service.sign(injection_session=session, version=session.version, by=by, now=now)


def open_rules(session: InjectionSession, *, by: Actor, now: datetime) -> list[str]:
    try:
        with transaction.atomic():
            signed(session, by=by, now=now)
            transaction.set_rollback(True)
    except GateClosedError as closed:
        return [f"{one.rule.id} {one.english}" for one in closed.findings]
    return []


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(session_times).failed == 0


# --- what is kept
def test_the_first_injection_follows_the_points_and_the_time_out_and_never_a_later_score(
    session: InjectionSession, clinician: Actor, lot: SolutionLot
) -> None:
    draft = a_draft(lot=lot, scores=(), time_out=None, consent=None)
    assert saved(session, draft, by=clinician, now=NOW + MINUTE).first_injected_at == NOW + MINUTE
    draft = replace(draft, time_out=a_draft(lot=lot).time_out)
    assert saved(session, draft, by=clinician, now=NOW + 3 * MINUTE).first_injected_at == NOW + 3 * MINUTE
    assert saved(session, draft, by=clinician, now=NOW + 9 * MINUTE).first_injected_at == NOW + 3 * MINUTE
    early = replace(draft, cycles_injected_at=(NOW + 2 * MINUTE,))
    found = saved(session, early, by=clinician, now=NOW + 9 * MINUTE).first_injected_at
    assert found == NOW + 3 * MINUTE - timedelta(microseconds=1)  # known by the minute: somewhere in it
    assert saved(session, replace(draft, points=()), by=clinician, now=NOW + 9 * MINUTE).first_injected_at is None


def test_what_somebody_says_stays_until_it_is_taken_back(
    session: InjectionSession, clinician: Actor, lot: SolutionLot
) -> None:
    draft = a_draft(lot=lot, first_injected_at=NOW + MINUTE, ended_at=NOW + 4 * MINUTE)
    stored = saved(session, draft, by=clinician, now=NOW + 5 * MINUTE)
    assert (stored.first_injected_at, stored.is_first_injection_stated) == (NOW + MINUTE, True)
    assert stored.ended_at == NOW + 4 * MINUTE
    stored = saved(session, replace(draft, first_injected_at=None, ended_at=None), by=clinician, now=NOW + 6 * MINUTE)
    assert (stored.is_first_injection_stated, stored.ended_at) == (None, None)


def test_a_session_that_is_signed_late_ended_when_it_ended(
    session: InjectionSession, clinician: Actor, lot: SolutionLot
) -> None:
    saved(session, a_draft(lot=lot), by=clinician, now=NOW + 20 * MINUTE)
    record = signed(session, by=clinician, now=NOW + timedelta(days=1, hours=7, minutes=50))
    assert record.ended_at == NOW + 20 * MINUTE
    due = record.follow_ups.get().due_at
    assert local_day(due, clinician.zone) == local_day(NOW, clinician.zone) + timedelta(days=7)


def test_a_discharge_check_ticked_hours_later_is_no_end() -> None:
    def end(checked: timedelta) -> timedelta:
        found = session_times.end_of_session(
            started_at=NOW, first_injected_at=NOW, done=[NOW + MINUTE], checked_at=NOW + checked, now=NOW + 99 * MINUTE
        )
        return found - NOW

    assert (end(30 * MINUTE), end(timedelta(hours=3)), end(timedelta(0))) == (30 * MINUTE, MINUTE, MINUTE)


# --- what can never be
def test_the_database_refuses_times_that_cannot_be(
    session: InjectionSession, clinician: Actor, lot: SolutionLot
) -> None:
    saved(session, a_draft(lot=lot), by=clinician, now=NOW + MINUTE)
    for values in (
        {"ended_at": NOW - MINUTE},
        {"first_injected_at": NOW + 3 * MINUTE, "ended_at": NOW + 2 * MINUTE},
        {"is_first_injection_stated": False},
        {"is_first_injection_stated": True, "first_injected_at": None},
        {"status": "signed", "signed_at": NOW + 9 * MINUTE, "signed_by": clinician.membership_id},
        {
            "status": "signed",
            "signed_at": NOW + 9 * MINUTE,
            "signed_by": clinician.membership_id,
            "ended_at": NOW + 10 * MINUTE,
        },
    ):
        with pytest.raises(IntegrityError, match="sessions_session_"), transaction.atomic():
            InjectionSession.objects.filter(pk=session.pk).update(version=3, **values)


IMPOSSIBLE = {
    "still to come": [{"first_injected_at": NOW + 9 * MINUTE}, {"ended_at": NOW + 9 * MINUTE}],
    "before the session began": [{"ended_at": NOW - MINUTE}],
    "before its last injection": [
        {"ended_at": NOW + MINUTE, "cycles_injected_at": (NOW + 2 * MINUTE,)},
        {"ended_at": NOW + MINUTE, "first_injected_at": NOW + 2 * MINUTE},
    ],
    "later than the last one": [{"first_injected_at": NOW + 3 * MINUTE, "cycles_injected_at": (NOW + 2 * MINUTE,)}],
}


def test_the_service_refuses_them_in_words(session: InjectionSession, clinician: Actor, lot: SolutionLot) -> None:
    for words, all_changes in IMPOSSIBLE.items():
        for changes in all_changes:
            with pytest.raises(SessionRefusedError, match=words):
                saved(session, a_draft(lot=lot, **changes), by=clinician, now=NOW + 5 * MINUTE)


def test_the_page_says_so_beside_the_field(clinic: Clinic, visit: Appointment) -> None:
    """Berlin is an hour ahead of UTC in March."""
    client: Client = visit.client  # type: ignore[attr-defined]  # the member who signs in
    with time_machine.travel(NOW, tick=False):
        client.post(reverse("sessions:start", args=[visit.pk]))
    with tenant(clinic.pk, actor="test"):
        session = InjectionSession.objects.select_related("technique").get()
    for words, clocks in (
        ("still to come", {"first_injected_time": "10:09"}),
        ("still to come", {"ended_time": "10:09"}),
        ("before the session began", {"ended_time": "09:59"}),
        ("before its last injection", {"ended_time": "10:01", "injected_time_1": "10:02"}),
        ("later than the last one", {"first_injected_time": "10:03", "injected_time_1": "10:02"}),
    ):
        typed = filled(session) | {f"response-{name}": clock for name, clock in clocks.items()}
        with time_machine.travel(NOW + 5 * MINUTE, tick=False):
            page = client.post(reverse("sessions:edit", args=[session.pk]), typed)
        assert (page.status_code, words in page.content.decode()) == (422, True), clocks


def test_a_session_that_goes_past_midnight_ends_on_the_next_day(clinic: Clinic, visit: Appointment) -> None:
    client: Client = visit.client  # type: ignore[attr-defined]  # the member who signs in
    late = datetime(2026, 3, 2, 22, 58, tzinfo=UTC)  # 23:58 in Berlin
    with tenant(clinic.pk, actor="test"):
        Appointment.objects.filter(pk=visit.pk).update(starts_at=late, ends_at=late + 60 * MINUTE)
    with time_machine.travel(late, tick=False):
        client.post(reverse("sessions:start", args=[visit.pk]))
    with tenant(clinic.pk, actor="test"):
        session = InjectionSession.objects.select_related("technique").get()
    typed = filled(session) | {"response-first_injected_time": "23:59", "response-ended_time": "00:04"}
    with time_machine.travel(late + 8 * MINUTE, tick=False):
        answer = client.post(reverse("sessions:edit", args=[session.pk]), typed)
    assert answer.status_code == 302, answer.content.decode()
    with tenant(clinic.pk, actor="test"):
        session.refresh_from_db()
        assert (session.first_injected_at, session.ended_at) == (late + MINUTE, late + 6 * MINUTE)


# --- what the rules compare with
def test_a_consent_given_66_seconds_after_the_needle_is_refused(
    session: InjectionSession, clinician: Actor, lot: SolutionLot
) -> None:
    needle, late = NOW + 2 * MINUTE, NOW + 2 * MINUTE + timedelta(seconds=66)
    draft = a_draft(lot=lot, consent=None)
    saved(session, draft, by=clinician, now=needle)
    saved(session, replace(draft, consent=ConsentRow("Aroha Example")), by=clinician, now=late)

    found = open_rules(session, by=clinician, now=NOW + 9 * MINUTE)

    assert len(found) == 2
    assert found[0].startswith("V09 There is no consent for this treatment: it was given after the first injection")
    assert found[1] == "P04 After the time-out this was changed: the consent. Confirm it again."


def test_a_needle_that_came_later_than_the_first_time_out_is_stated_and_the_time_out_confirmed_again(
    clinic: Clinic, visit: Appointment
) -> None:
    """By the page: confirmed without a consent, signed on the screen, confirmed again, the needle after it."""
    client: Client = visit.client  # type: ignore[attr-defined]  # the member who signs in
    with tenant(clinic.pk, actor="test"):
        lot = SolutionLot.objects.get()
    with time_machine.travel(NOW, tick=False):
        client.post(reverse("sessions:start", args=[visit.pk]))
        with tenant(clinic.pk, actor="test"):
            session = InjectionSession.objects.select_related("technique").get()
        address = reverse("sessions:edit", args=[session.pk])
        typed = filled(session, lot, consent_name="", rest_after="")
        client.post(address, typed)
    with time_machine.travel(NOW + 3 * MINUTE, tick=False):
        said = client.get(address).context["forms"].time_out.card.said
        client.post(address, typed | {"version": "2", "consent_name": "Aroha Example", "time_out-said": said})
        page = client.get(address)
    text = page.content.decode()
    assert "Confirmed at 10:00, and changed since: the consent. Confirm it again." in text
    card = page.context["forms"].time_out.card
    with time_machine.travel(NOW + 8 * MINUTE, tick=False):
        again = typed | {"version": "3", "consent_name": "", "rest_after": "2", "time_out-said": card.said}
        client.post(address, again | {"response-first_injected_time": "10:04"})
        text = client.get(reverse("sessions:sign", args=[session.pk])).content.decode()
    assert "Every rule is kept" in text
    with tenant(clinic.pk, actor="test"):
        first, second = session.time_outs.order_by("confirmed_at")
        assert dict(first.words)["consent"] == "–"
        assert dict(second.words)["consent"] == "Aroha Example, 2 Mar 2026; still agrees today"
        assert (first.confirmed_at, second.confirmed_at) == (NOW, NOW + 8 * MINUTE)


# --- in whatever order it was done
ACTS = ("screening", "points", "consent", "time_out", "before", "after", "discharge")
DELAYS = (timedelta(seconds=20), timedelta(seconds=66), 5 * MINUTE, 40 * MINUTE, timedelta(hours=7))
USUAL = list(ACTS)


@dataclass
class Walk:
    """One treatment; ``at`` says when each thing was done."""

    clinic: Clinic
    by: Actor
    session: InjectionSession
    whole: Draft
    is_on_paper: bool = False
    at: dict[str, datetime] = field(default_factory=dict)

    @property
    def consented_at(self) -> datetime:
        """Stated by the minute, some minutes before it was written down."""
        written = self.at["consent"]
        return written.replace(second=0, microsecond=0) - 9 * MINUTE if self.is_on_paper else written

    def does(self, act: str, now: datetime) -> None:
        self.at[act] = now
        given_by = {
            "screening": ("answers",),
            "points": ("points", "sharps_out", "sharps_in"),
            "time_out": ("time_out",),
            "discharge": ("is_walking", "is_free_of_dizziness", "has_dry_sites"),
        }
        bare = Draft(technique_id=self.whole.technique_id)
        names = chain.from_iterable(given_by.get(done, ()) for done in self.at)
        draft = replace(bare, **{name: getattr(self.whole, name) for name in names})
        before, after = self.whole.scores
        scores = [row for name, row in (("before", before), ("after", after)) if name in self.at]
        consent = self.whole.consent
        if consent and self.is_on_paper and act == "consent":
            consent = replace(consent, on_paper_at=self.consented_at)
        draft = replace(draft, scores=tuple(scores), consent=consent if act == "consent" else None)
        saved(self.session, draft, by=self.by, now=now)

    @property
    def first(self) -> datetime:
        at = self.at
        # Words that were read before any point named no solution: such a consent covers none, and nobody confirms it.
        can_be_confirmed = at["points"] < at["time_out"] < at["after"] and at["points"] < at["consent"]
        confirmed = at["time_out"] if can_be_confirmed else at["points"]
        limit = session_times.end_of_minute(at["after"])
        return min(max(confirmed, at["before"]) if at["before"] <= limit else confirmed, limit)

    @property
    def end(self) -> datetime:
        last = max(self.first, self.at["after"])
        checked = self.at["discharge"]
        return checked if last < checked <= last + session_times.CHECKED_WITHIN else last

    @property
    def is_in_order(self) -> bool:
        at, zone = self.at, self.by.zone
        # A time-out that knew of no consent is asked for again; the next save confirms it anew.
        again = min(moment for moment in (*at.values(), datetime.max.replace(tzinfo=UTC)) if moment > at["consent"])
        return (
            at["points"] < at["consent"]
            and at["time_out"] < at["after"]
            and (at["consent"] < at["time_out"] or again <= self.first)
            and at["before"] <= self.first
            and at["screening"].replace(second=0) <= self.first.replace(second=0)
            and local_day(at["screening"], zone) == local_day(self.first, zone)
        )


def said_in(walk: Walk, now: datetime) -> str:
    """The facts and lines of the procedure note."""
    note = procedure_note(SessionPage(get_session(walk.by, walk.session.pk), walk.by, now))
    rows = [row for block in note.blocks if isinstance(block, Facts) for row in block.rows]
    lines = [line for block in note.blocks if isinstance(block, Items) for line in block.rows]
    return "\n".join([*(f"{name}: {value}" for name, value in rows), *lines])


def on_the_wall(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local.day} {local:%b %Y %H:%M}"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    order=st.permutations(ACTS),
    delays=st.lists(st.sampled_from(DELAYS), min_size=9, max_size=9),
    zone=st.sampled_from(ZONES),
    hour=st.integers(0, 23),
    is_on_paper=st.booleans(),
)
@example(order=USUAL, delays=[5 * MINUTE] * 9, zone=ZONES[0], hour=9, is_on_paper=True)
@example(order=USUAL, delays=[DELAYS[1]] * 9, zone=ZONES[1], hour=17, is_on_paper=False)
@example(order=USUAL, delays=[DELAYS[1]] * 7 + [31.5 * 60 * MINUTE] * 2, zone=ZONES[2], hour=23, is_on_paper=True)
def test_the_sealed_record_says_what_happened_when_in_local_time(
    in_clinic: Clinic, order: list[str], delays: list[timedelta], zone: str, hour: int, is_on_paper: bool
) -> None:
    with transaction.atomic():
        Clinic.objects.filter(pk=in_clinic.pk).update(zone=zone)
        by = actor_of(MembershipFactory(clinic=in_clinic))
        now = instant(NOW.date(), NOW.time().replace(hour=hour), ZoneInfo(zone))
        whole = a_draft(lot=SolutionLotFactory(clinic=in_clinic))
        walk = Walk(in_clinic, by, begun(Clinic.objects.get(pk=in_clinic.pk), by, now), whole, is_on_paper)
        for act, delay in zip(order, delays, strict=False):
            now += delay
            walk.does(act, now)
        now += delays[7]
        with suppress(GateClosedError):
            signed(walk.session, by=by, now=now)
        record = InjectionSession.objects.get(pk=walk.session.pk)
        assert record.first_injected_at == walk.first
        assert (record.status == RecordStatus.SIGNED) == walk.is_in_order
        if record.status == RecordStatus.SIGNED:
            _says_it(walk, record, now, told_at=now + delays[8])
        transaction.set_rollback(True)


def _says_it(walk: Walk, record: InjectionSession, now: datetime, *, told_at: datetime) -> None:
    at, zone = walk.at, walk.by.zone
    assert (record.ended_at, record.signed_at) == (walk.end, now)
    text = said_in(walk, now)
    # One that came before what it is about was confirmed again by a later save: the last one stands.
    is_usual = max(at["points"], at["consent"]) < at["time_out"]
    times = [row.confirmed_at for row in record.time_outs.all() if row.confirmed_at]
    confirmed = at["time_out"] if is_usual else max(times)
    assert confirmed <= walk.first
    for words in (
        f"First injection: {on_the_wall(walk.first, zone)}",
        f"Treatment ended: {on_the_wall(walk.end, zone)}",
        f"Aroha Example (the patient) on {on_the_wall(walk.consented_at, zone)}",
        f"consent: Aroha Example, {on_the_wall(walk.consented_at, zone)[:-6]}; still agrees today",
        f", {on_the_wall(confirmed, zone)}",
        f", {on_the_wall(at['discharge'], zone)}",
        f"Signed: {on_the_wall(now, zone)}",
    ):
        assert words in text, words
    assert (f" on {on_the_wall(at['consent'], zone)}" in text.partition("on paper, stated by")[2]) == walk.is_on_paper
    tell_relief(
        injection_session=record, has_ended=True, ended_at=record.ended_at, source=Source.PHONE, by=walk.by, now=told_at
    )
    (line,) = record_of(walk.by, record.patient_id).all_lines().values()
    assert line.scores.relief == Relief(state=ReliefState.ENDED, hours=0)
