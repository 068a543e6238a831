"""Every act has the time it was done at, whatever came in between; and the record says what is known of it."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Clinic
from audit.models import AuditEvent
from common.tenancy import tenant
from common.wall_clock import local_day
from scheduling.models import Appointment
from sessions.drafts import TIME_OUT, Draft
from sessions.forms.acts import ActsField
from sessions.models import Consent, InjectionSession, SolutionLot
from sessions.session_times import DAYS_BACK
from sessions.views.injection_session_pages import SessionPage, get_session
from sessions.views.paper_texts import procedure_note
from tests.factories.treatments import actor_of
from tests.sessions.test_session_pages import filled

BERLIN = ZoneInfo("Europe/Berlin")
NINE = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)  # nine o'clock in Berlin
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
QUESTIONS = ("rest_before", "provoked_before", "rest_after", "provoked_after")


class Room:
    """One visit's page, driven by HTTP: what was typed so far, and what came back."""

    def __init__(self, clinic: Clinic, visit: Appointment) -> None:
        self.clinic, self.visit = clinic, visit
        self.client: Client = visit.client  # type: ignore[attr-defined]
        self.at(0, "start", "start", args=visit.pk)
        with tenant(clinic.pk, actor="test"):
            self.lot = SolutionLot.objects.get()
            whole = filled(self.stored, self.lot)
        self.whole = whole
        self.typed = {name: whole[name] for name in whole if not self.is_act(name)}

    @staticmethod
    def is_act(name: str) -> bool:
        parts = ("screening-", "time_out-", "consent_", "observation-", "sharps", "points-0-")
        return name.startswith(parts) or name in QUESTIONS

    @property
    def stored(self) -> InjectionSession:
        with tenant(self.clinic.pk, actor="test"):
            return InjectionSession.objects.select_related("technique", "clinic").get()

    def at(self, seconds: float, name: str, how: str, *, args: Any = None, **typed: Any) -> Any:
        with time_machine.travel(NINE + seconds * SECOND, tick=False):
            address = reverse(f"sessions:{how}", args=[args or self.stored.pk])
            return self.client.get(address) if name == "get" else self.client.post(address, typed)

    def does(self, minutes: float, *parts: str, how: str = "edit", **typed: Any) -> Any:
        """Save the page with these parts of it done now."""
        self.typed |= {name: value for name, value in self.whole.items() if name.startswith(parts)} if parts else {}
        self.typed |= {"version": str(self.stored.version)} | typed
        return self.at(60 * minutes, "post", how, **self.typed)

    def sign(self, minutes: float, **reasons: str) -> Any:
        return self.at(60 * minutes, "post", "sign", version=str(self.stored.version), **reasons)

    def sentences(self, minutes: float) -> list[str]:
        page = self.at(60 * minutes, "get", "sign")
        return [f"{one.finding.rule.id} {one.sentence}" for one in page.context["reasons"].asked]

    def reasons(self, minutes: float) -> dict[str, str]:
        asked = self.at(60 * minutes, "get", "sign").context["reasons"].asked
        return {one.reason.html_name: "As it was" for one in asked if one.reason}

    def text(self, minutes: float) -> str:
        return " ".join(self.at(60 * minutes, "get", "view").content.decode().split())

    def paper(self, minutes: float) -> str:
        with tenant(self.clinic.pk, actor="test"):
            by = actor_of(self.client.member)  # type: ignore[attr-defined]
            note = procedure_note(SessionPage(get_session(by, self.stored.pk, people=()), by, NINE + minutes * MINUTE))
            return repr(note.blocks)


@pytest.fixture
def room(clinic: Clinic, visit: Appointment, settings: Any) -> Room:
    settings.STAFF_IDLE_SECONDS, settings.SECOND_CHECK_SECONDS = 12 * 3600, None
    return Room(clinic, visit)


STATED = {"response-first_injected_time": "09:33", "response-injected_time_1": "09:33"}


# --- 1. what comes before the needle
def test_what_is_done_after_the_needle_is_said_asked_about_and_stands_with_its_time(room: Room) -> None:
    room.does(32, "points-0-", "sharps", "consent_")
    room.does(33, **STATED)
    room.does(34, "screening-", "time_out-", "rest_before")
    room.does(40, "rest_after", "observation-")

    found = [sentence for sentence in room.sentences(41) if sentence.startswith("P13")]
    assert sorted(found) == [
        "P13 The pain before was asked at 09:34, after the first injection at 09:33.",
        "P13 The safety questions were answered at 09:34, after the first injection at 09:33.",
        "P13 The time-out was confirmed at 09:34, after the first injection at 09:33.",
    ]
    assert room.sign(41).status_code == 422

    assert room.sign(42, **room.reasons(42)).status_code == 302
    for text in (room.text(43), room.paper(43)):
        assert "Safety questions answered" in text
        assert text.count("09:34") >= 3  # the questions, the score before and the time-out
        assert "after the first injection at 09:33" in text
        assert "Last injection" in text


def test_a_page_in_its_order_has_nothing_to_explain(room: Room) -> None:
    room.does(28, "screening-", "consent_", "rest_before")
    room.does(30, "points-0-", "sharps", "time_out-")
    room.does(33, **STATED)
    room.does(40, "rest_after", "observation-")
    assert room.sentences(41) == []


def test_a_time_out_for_a_further_place_may_come_after_the_first_needle(room: Room) -> None:
    """For what was confirmed of the person it may not: tests/sessions/rule_cases.py."""
    room.does(28, "screening-", "consent_", "rest_before")
    room.does(30, "points-0-", "sharps", "time_out-")
    room.does(33, **STATED)
    room.does(35, **{"points-1-nerve": "infrapat", "points-1-side": "right", "points-1-lot": str(room.lot.pk)})
    card = room.at(60 * 35, "get", "edit").context["forms"].time_out.card
    room.does(36, **{"time_out-fingerprint": card.token, "time_out-said": card.said})
    assert [one for one in room.sentences(41) if one.startswith("P13")] == []


# --- 2. an act has the time of its tap
def sent(**seconds: float) -> dict[str, str]:
    return {"acts": json.dumps({name: int((NINE + at * SECOND).timestamp() * 1000) for name, at in seconds.items()})}


def test_what_was_tapped_without_a_connection_keeps_its_time(room: Room) -> None:
    """Ticked at 9:59:40 and after the needle's minute at 10:00:20 without a connection; it is back at 10:00:53."""
    room.does(50, "points-0-", "sharps")
    tapped = sent(time_out=3580, screening=3560, consent=3570, rest_before=3565, rest_after=3620, discharge=3630)
    answer = room.does(
        60 + 53 / 60,
        "screening-",
        "time_out-",
        "consent_",
        "rest_",
        "observation-",
        how="autosave",
        **tapped,
        **{"response-first_injected_time": "09:59"},
    )
    assert (answer.json()["state"], answer.json()["now"]) == ("saved", int((NINE + 3653 * SECOND).timestamp() * 1000))
    with tenant(room.clinic.pk, actor="test"):
        session = InjectionSession.objects.get()
        scores = {row.moment: row for row in session.pain_scores.all()}
        assert session.time_outs.get().confirmed_at == NINE + 3580 * SECOND
        assert session.screened_at == NINE + 3560 * SECOND
        assert session.consent is not None
        assert session.consent.given_at == NINE + 3580 * SECOND  # with the tick that confirms it
        assert session.discharge_checked_at == NINE + 3630 * SECOND
        assert [scores[moment].measured_at for moment in ("before", "after")] == [
            NINE + 3565 * SECOND,
            NINE + 3620 * SECOND,
        ]
        assert scores["after"].received_at == NINE + 3653 * SECOND
    assert room.sentences(62) == []


def test_a_field_that_was_wrong_meanwhile_changes_no_time(room: Room) -> None:
    room.does(50, "points-0-", "sharps")
    kept = room.does(51, "screening-", how="autosave", needle_gauge="99", **sent(screening=3050))
    assert [one["field"] for one in kept.json()["wrong"]] == ["id_needle_gauge"]
    room.does(55, how="autosave", needle_gauge="30")
    assert room.stored.screened_at == NINE + 3050 * SECOND


def test_no_act_is_later_than_its_save_or_earlier_than_its_page(room: Room) -> None:
    room.does(50, "points-0-", "screening-", **sent(screening=-9999))
    assert room.stored.screened_at == NINE
    room.does(51, "observation-", **sent(discharge=999_999))
    assert room.stored.discharge_checked_at == NINE + 51 * MINUTE


def test_a_consent_that_was_confirmed_before_is_given_when_it_is_saved(room: Room) -> None:
    room.does(10, "points-0-", "time_out-", **sent(time_out=590))
    room.does(20, "consent_", **sent(time_out=590, consent=300))
    with tenant(room.clinic.pk, actor="test"):
        consent = room.stored.consent
        assert consent is not None
        assert consent.given_at == NINE + 20 * MINUTE


def test_a_score_tapped_beside_a_clock_that_nobody_touched_has_its_own_time(room: Room) -> None:
    room.does(10, "points-0-", rest_before="6", before_time="09:10")
    room.does(34, provoked_before="7", before_time="09:10", **sent(provoked_before=34 * 60))
    room.does(35, rest_after="5", after_time="09:33", **sent(rest_after=35 * 60, after_time=35 * 60))
    with tenant(room.clinic.pk, actor="test"):
        found = {(row.question, row.moment): row.measured_at for row in room.stored.pain_scores.all()}
    assert found == {
        ("rest", "before"): NINE + 10 * MINUTE,
        ("provoked", "before"): NINE + 34 * MINUTE,
        ("rest", "after"): NINE + 33 * MINUTE,
    }


JSON = st.dictionaries(
    st.text(max_size=5), st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
)


@given(what=JSON, text=st.text(max_size=20), now=st.datetimes(timezones=st.just(UTC)))
def test_what_is_no_time_is_left_out(what: Any, text: str, now: datetime) -> None:
    for typed in (json.dumps(what), text, "[" * 5000):
        for at in ActsField().clean(typed).values():
            draft = Draft(technique_id=UUID(int=1), acted={TIME_OUT: at})
            assert NINE <= draft.done_at(TIME_OUT, since=NINE, now=max(now, NINE)) <= max(now, NINE)


# --- 3. what was not stated
def test_what_nobody_stated_is_said_to_be_as_far_as_is_known(room: Room) -> None:
    room.does(28, "screening-", "consent_", "rest_before", "points-0-", "sharps", "time_out-")
    room.does(40, "rest_after", "observation-")
    assert "as far as is known" in room.at(2460, "get", "sign").content.decode()
    assert room.sign(90, **room.reasons(90)).status_code == 302
    assert (room.stored.ended_at, room.stored.is_end_stated) == (NINE + 40 * MINUTE, None)
    assert room.text(91).count("as far as is known") == 2  # first injection and end
    assert room.paper(91).count("as far as is known") == 2


def test_what_was_stated_is_said_plainly(room: Room) -> None:
    room.does(28, "screening-", "consent_", "rest_before", "points-0-", "sharps", "time_out-")
    room.does(40, "rest_after", "observation-", **STATED, **{"response-ended_time": "09:38"})
    assert room.sign(90).status_code == 302
    assert "as far as is known" not in room.text(91) + room.paper(91)


def test_the_end_comes_from_what_was_done_and_not_from_a_page_that_was_begun_later(room: Room) -> None:
    """Last injection 8:55, last score 9:03 (typed at 9:06 on a page begun at 9:00)."""
    times = {"response-first_injected_time": "08:50", "response-injected_time_1": "08:55"}
    room.does(6, "points-0-", "screening-", "consent_", "time_out-", "sharps", **times)
    room.does(6, rest_before="6", before_time="08:40", rest_after="2", after_time="08:57")
    session = room.stored
    assert (session.started_at, session.begun_at) == (NINE - 20 * MINUTE, NINE)
    assert room.at(420, "get", "edit").context["page"].ended_at == NINE - 3 * MINUTE
    room.does(7, before_time="", rest_before="", **dict.fromkeys(times, ""), rest_after="", after_time="")
    session = room.stored
    assert (session.started_at, session.begun_at) == (NINE, None)


UNTIMED = "When it was asked after the last injection is not known: there is no percentage."


def test_a_score_whose_time_after_the_injection_nobody_knows_has_no_percentage_anywhere(room: Room) -> None:
    """Injected again at some time between 9:33 and 10:33: the score may be an hour old, or a minute."""
    room.does(28, "screening-", "consent_", "rest_before", "points-0-", "sharps", "time_out-")
    room.does(33, **STATED)
    room.does(40, "rest_after", "observation-")
    assert "67 % less" in room.text(41)
    saved = room.does(
        93, how="autosave", **{"response-rest_after_2": "1"}, acts=sent(**{"response-rest_after_2": 93 * 60})["acts"]
    )
    assert (saved.json()["state"], saved.json()["since"]) == ("saved", "09:33")
    for text in (room.text(94), room.paper(94)):
        assert UNTIMED in text
        assert "% less" not in text
    for stated, words in (("10:20", "83 % less"), ("10:02", "Asked more than 30 minutes after"), ("", UNTIMED)):
        room.does(95, **{"response-injected_time_2": stated})
        for text in (room.text(96), room.paper(96)):
            assert words in text
    assert room.sign(97, **room.reasons(97)).status_code == 302
    for text in (room.text(98), room.paper(98)):
        assert UNTIMED in text
        assert "% less" not in text


# --- 4. a needle that was stated otherwise
def test_a_needle_time_that_makes_a_rule_pass_is_explained_and_leaves_a_trace(room: Room) -> None:
    room.does(28, "screening-", "rest_before", "points-0-", "sharps")
    room.does(33, **STATED | {"response-injected_time_1": "09:38"})
    room.does(35, "consent_", "time_out-")
    room.does(40, "rest_after", "observation-")
    late = "V09 There is no consent for this treatment: it was given after the first injection."
    assert late in room.sentences(41)  # and nobody is asked to state another time

    room.does(42, **{"response-first_injected_time": "09:37"})

    (asked,) = room.sentences(43)
    assert asked == ("P14 The first injection was stated as 09:33 and is now 09:37; only that keeps V09, P13. Say why.")
    assert room.sign(43).status_code == 422
    assert room.sign(44, **room.reasons(44)).status_code == 302
    name = room.client.member.user.full_name  # type: ignore[attr-defined]  # the member who signs in
    for text in (room.text(45), room.paper(45)):
        assert f"stated as 09:33 before, changed by {name} on 2 Mar 2026 09:42" in text
        assert "As it was" in text
    with tenant(room.clinic.pk, actor="test"):
        changes = [row.changes or {} for row in AuditEvent.objects.filter(row_id=room.stored.pk)]
    assert any("08:33" in str(one.get("first_injected_at")) and "08:37" in str(one) for one in changes)


def test_a_needle_time_put_back_leaves_no_trace_and_one_that_no_rule_needs_asks_for_nothing(room: Room) -> None:
    room.does(28, "screening-", "consent_", "rest_before", "points-0-", "sharps", "time_out-")
    room.does(33, **STATED)
    room.does(34, **{"response-first_injected_time": "09:31"})
    assert room.stored.first_stated_at == NINE + 33 * MINUTE
    room.does(40, "rest_after", "observation-")
    assert room.sentences(41) == []
    room.does(42, **{"response-first_injected_time": ""})
    assert room.stored.first_stated_at == NINE + 33 * MINUTE  # no longer said is said otherwise
    room.does(43, **STATED)
    assert [room.stored.first_stated_at, room.stored.first_restated_at] == [None, None]


def test_a_first_injection_after_the_last_is_refused_by_page_and_database(room: Room) -> None:
    late = {"response-first_injected_time": "09:33", "response-injected_time_1": "09:31"}
    page = room.does(40, "points-0-", **late)
    assert (page.status_code, "cannot be later than the last one" in page.content.decode()) == (422, True)
    first = NINE + 33 * MINUTE
    restated = {"first_stated_at": first, "first_restated_at": first}
    for values in (
        {"first_injected_at": first, "cycles_injected_at": [NINE + 31 * MINUTE]},
        {"first_injected_at": first, "cycles_injected_at": [first - 60 * SECOND]},
        {"is_end_stated": True},
        {"is_end_stated": False},
        restated,
        {"begun_at": NINE},
    ):
        with (
            tenant(room.clinic.pk, actor="test"),
            pytest.raises(IntegrityError, match="sessions_session_"),
            transaction.atomic(),
        ):
            InjectionSession.objects.filter(pk=room.stored.pk).update(version=2, **values)


# --- 5. a treatment of yesterday
YESTERDAY = {"response-treated_date": "2026-03-01", "response-first_injected_time": "16:00"}


def test_a_treatment_of_yesterday_is_sealed_as_yesterdays(room: Room) -> None:
    times = {"response-injected_time_1": "16:05", "before_time": "15:50", "after_time": "16:10"}
    answer = room.does(10, *room.whole, **YESTERDAY | times | {"response-ended_time": "16:20"})
    assert answer.status_code == 302, answer.content.decode()
    session = room.stored
    first = datetime(2026, 3, 1, 15, 0, tzinfo=UTC)
    assert (session.first_injected_at, session.started_at) == (first, first - 10 * MINUTE)
    assert (session.ended_at, session.begun_at) == (first + 20 * MINUTE, NINE)
    assert room.at(700, "get", "edit").context["forms"].response["treated_date"].value() == local_day(first, BERLIN)
    rules = {sentence.split()[0] for sentence in room.sentences(12)}
    assert rules == {"V09", "V10", "P13"}  # consent, questions and time-out came a day later, and say so
    assert "Written down from" in room.at(720, "get", "sign").content.decode()
    again = room.does(13, **times | {"response-treated_date": "2026-03-01"})
    assert (again.status_code, room.stored.first_injected_at) == (302, first)


def test_a_consent_on_paper_has_the_time_that_is_stated_and_the_record_says_by_whom(room: Room) -> None:
    """Written down on a page begun a day later, or after the needle: it covers what it was given before."""
    with undone(room):
        room.does(10, *room.whole, **YESTERDAY, **on_paper("2026-03-01T15:40"))
        assert "V09" not in {sentence.split()[0] for sentence in room.sentences(12)}
    with undone(room):
        room.does(10, *room.whole, **YESTERDAY, **on_paper("2026-03-01T16:01"))
        assert "V09" in {sentence.split()[0] for sentence in room.sentences(12)}
    room.does(33, "points-0-", "screening-", "sharps", "rest_before", **STATED)
    room.does(34, "consent_", "time_out-", **on_paper("2026-03-02T09:20"))
    page = room.at(2050, "get", "edit").content.decode()
    name = room.client.member.user.full_name  # type: ignore[attr-defined]  # the member who signs in
    assert f'On paper at <bdi>2 Mar 2026 09:20</bdi>, stated by <bdi class="person">{name}</bdi>.' in page
    room.does(40, "rest_after", "observation-")
    assert room.sign(41, **room.reasons(41)).status_code == 302
    with tenant(room.clinic.pk, actor="test"):
        consent = room.stored.consent
        assert consent is not None
        assert (consent.given_at, consent.stated_at) == (NINE + 20 * MINUTE, NINE + 34 * MINUTE)
        assert Consent.objects.count() == 1  # the page still showed its fields
    for text in (room.text(42), room.paper(42)):
        plain = re.sub(r"<[^>]+>|\\u206[6-9]|[\u2066-\u2069]", "", text)
        assert "2 Mar 2026 09:20" in plain
        assert f"on paper, stated by {name}" in plain


def test_a_time_of_the_paper_that_cannot_be_is_refused_beside_its_field(room: Room) -> None:
    drawn = {"consent_signature": json.dumps([[[n, n] for n in range(6)]])}
    for typed, words in (
        (on_paper("2026-03-02T09:11"), "The consent on paper has a time that is still to come."),
        ({**on_paper("2026-03-02T09:05"), **drawn}, "Signed here or on paper?"),
        ({**on_paper("2026-03-02T09:05"), "consent_name": ""}, "Whose signature is on the paper?"),
    ):
        page = room.does(10, "points-0-", "consent_", **typed)
        assert (page.status_code, words in page.content.decode()) == (422, True), words


def on_paper(at: str) -> dict[str, str]:
    return {"consent_on_paper_at": at, "consent_signature": ""}


@contextmanager
def undone(room: Room) -> Iterator[None]:
    typed = dict(room.typed)
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    room.typed = typed


def test_a_day_needs_its_needle_and_lies_within_a_week(room: Room) -> None:
    for typed, words in (
        ({**YESTERDAY, "response-first_injected_time": ""}, "Enter when the first injection was on that day."),
        ({**YESTERDAY, "response-treated_date": "2026-03-03"}, "This day is still to come."),
        ({**YESTERDAY, "response-treated_date": "2026-02-22"}, f"up to {DAYS_BACK} days later"),
        (
            {**YESTERDAY, "response-treated_date": "2026-03-02"},
            "still to come. If it was yesterday, choose 1 Mar 2026 as the day of the treatment.",
        ),
    ):
        page = room.does(10, "points-0-", **typed)
        assert (page.status_code, words in page.content.decode()) == (422, True), words


# --- 6. page and paper
def test_page_and_paper_say_the_same_of_syringe_observation_and_last_injection(room: Room) -> None:
    room.does(28, "screening-", "consent_", "rest_before", "points-0-", "sharps", "time_out-", amount_drawn_ml="2.3")
    room.does(40, "rest_after", **STATED)
    assert room.sign(50, **room.reasons(50)).status_code == 302
    for text in (room.text(51), room.paper(51).replace("\\xa0", " ")):
        assert "2.3 mL" in text
        assert "2.30" not in text
        assert text.count("not recorded") == 2  # observation and discharge check
        assert "2 Mar 2026 09:33" in text
