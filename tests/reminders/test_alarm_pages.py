"""A P0 pages whoever is on call until a named clinician takes it: who, when, how often, and what stops it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.core import mail as django_mail
from django.db import IntegrityError, transaction
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Clinic, OnCallPerson
from catalogue.models import AdverseEventType
from common.tenancy import tenant
from reminders import mail, tasks
from reminders.choices import PageSkip, PageState
from reminders.mail import Outcome, Result
from reminders.models import AlarmPage
from reminders.queries import alarm_pages as queries
from reminders.services import alarm_pages, alarm_sweeps
from sessions.models import SideEffect
from sessions.services import side_effects
from tests.factories.accounts import ClinicFactory, on_call
from tests.factories.sessions import SideEffectFactory
from tests.reminders.factories import worker
from tests.reminders.test_side_by_side import _side_by_side

TOLD = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)  # three in the morning: no quiet hours hold it back
PHONE = "+4915112345678"


def at(minutes: float) -> datetime:
    return TOLD + timedelta(minutes=minutes)


def p0(clinic: Clinic, **fields: object) -> SideEffect:
    with tenant(clinic.pk, actor="test"):
        return SideEffectFactory(
            **{"clinic": clinic, "priority": "P0", "reported_at": TOLD, "description": "Sentinelwords", **fields}
        )


def people(clinic: Clinic, *mobiles: str) -> list[OnCallPerson]:
    with tenant(clinic.pk, actor="test"):
        return on_call(clinic, *mobiles)


def sweep(clinic: Clinic, minutes: float, owner: str = "w") -> list[str]:
    """Who gets mail from a sweep so many minutes after the report."""
    before = len(django_mail.outbox)
    alarm_sweeps.sweep(clinic=clinic, owner=owner, clock=lambda: at(minutes))
    return [mail.to[0] for mail in django_mail.outbox[before:]]


def stored(clinic: Clinic) -> list[AlarmPage]:
    with tenant(clinic.pk, actor="test"):
        return list(AlarmPage.objects.order_by("due_at", "id"))


def addresses(people: list[OnCallPerson]) -> list[str]:
    return [person.membership.user.email for person in people]


@contextmanager
def act(clinic: Clinic, told: SideEffect, name: str, **fields: object) -> Iterator[SideEffect]:
    with tenant(clinic.pk, actor="test"):
        told.refresh_from_db()
        by = OnCallPerson.objects.in_order()[0].membership.as_actor()
        given = fields | _kind_of(name)
        yield getattr(side_effects, name)(side_effect_id=told.pk, version=told.version, by=by, **given)


def _kind_of(act: str) -> dict[str, AdverseEventType]:
    """What it was, which closing asks for."""
    return {"event_type": AdverseEventType.objects.get(code="OTHER")} if act == "close" else {}


def test_one_person_at_once_and_every_five_minutes_the_next_from_ten_the_third_from_twenty(clinic: Clinic) -> None:
    p0(clinic)
    one, two, three = addresses(people(clinic, "", "", ""))
    told = {minutes: sorted(sweep(clinic, minutes)) for minutes in (0.1, 0.5, 4.9, 5, 5.2, 10, 15, 20, 21, 25)}
    assert told == {
        0.1: [one], 0.5: [], 4.9: [], 5: [one], 5.2: [], 10: [one, two], 15: [one, two],
        20: [one, two, three], 21: [], 25: [one, two, three],
    }  # fmt: skip


def test_after_an_outage_each_person_gets_one_page_and_not_one_for_every_round(clinic: Clinic) -> None:
    p0(clinic)
    one, two = addresses(people(clinic, "", ""))
    assert sweep(clinic, 0) == [one]
    assert sorted(sweep(clinic, 180)) == [one, two]
    assert {page.state for page in stored(clinic)} == {PageState.SENT}


@override_settings(TEXT_MAIL_DOMAIN="text.example.org")
def test_a_page_says_where_to_look_and_nothing_about_whom(clinic: Clinic) -> None:
    told = p0(clinic)
    people(clinic, PHONE)
    to = sweep(clinic, 6)
    letter, text = django_mail.outbox[-2:]
    words = f"{letter.subject} {letter.body} {letter.from_email} {text.subject} {text.body}"
    assert to[1] == "4915112345678@text.example.org"
    assert letter.subject == "Please look at The clinic now"
    assert f"http://testserver/side-effects/{told.pk}/" in letter.body
    assert "This is page 2." in letter.body
    assert f"/side-effects/{told.pk}/" in text.body
    assert len(text.body.strip().partition("http")[0]) <= 100
    for clinical in (told.patient.family_name, told.patient.given_names, "Sentinelwords", "P0"):
        assert clinical not in words


def test_who_is_named_after_the_report_is_paged_and_without_a_gateway_by_mail_alone(clinic: Clinic) -> None:
    p0(clinic)
    assert sweep(clinic, 0) == []
    named = addresses(people(clinic, PHONE))
    assert sweep(clinic, 1) == named


def test_only_an_open_p0_pages(clinic: Clinic) -> None:
    people(clinic, "")
    p0(clinic, priority="P1")
    assert sweep(clinic, 30) == []


def test_taking_it_stops_the_pages_giving_it_back_goes_on_from_when_it_first_rang(clinic: Clinic) -> None:
    told = p0(clinic)
    one, two = addresses(people(clinic, "", ""))
    assert sorted(sweep(clinic, 11)) == [one, two]
    with act(clinic, told, "acknowledge", now=at(12)):
        pass
    assert sweep(clinic, 16) == []
    with act(clinic, told, "give_back", now=at(17)):
        pass
    assert sorted(sweep(clinic, 17)) == [one, two]
    assert sweep(clinic, 19) == []
    assert sorted(sweep(clinic, 20)) == [one, two]


def test_giving_back_in_the_round_it_was_taken_in_pages_at_once_and_once(clinic: Clinic) -> None:
    told = p0(clinic)
    one, two = addresses(people(clinic, "", ""))
    assert sweep(clinic, 6) == [one]
    for minutes in (7, 8):
        with act(clinic, told, "acknowledge", now=at(minutes)):
            pass
        with act(clinic, told, "give_back", now=at(minutes + 0.5)):
            pass
        assert sweep(clinic, minutes + 0.6) == [one]
        assert sweep(clinic, minutes + 0.7) == []
    assert sorted(sweep(clinic, 10)) == [one, two]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.integers(1, 400), st.sampled_from(["take", "lower", "close", "wait"])), min_size=1, max_size=6
    )
)
def test_whatever_is_done_with_it_nobody_is_due_later_than_by_the_first_ring(
    in_clinic: Clinic, steps: list[tuple[int, str]]
) -> None:
    """Taken and given back, lowered and raised, closed and opened: it pages at once whom it would have anyway."""
    told = SideEffectFactory(clinic=in_clinic, priority="P0", reported_at=TOLD)
    SideEffect.objects.exclude(pk=told.pk).update(priority="P3")
    if not OnCallPerson.objects.exists():
        on_call(in_clinic, "", "", "")
    moment = TOLD
    for seconds, what in steps:
        moment += timedelta(seconds=seconds)
        for name, fields in _THERE_AND_BACK[what]:
            told.refresh_from_db()
            by = OnCallPerson.objects.in_order()[0].membership.as_actor()
            given = fields | _kind_of(name)
            getattr(side_effects, name)(side_effect_id=told.pk, version=told.version, by=by, now=moment, **given)
        before = AlarmPage.objects.count()
        alarm_pages.plan(by=worker(in_clinic), now=moment)

        told.refresh_from_db()
        rings = AlarmPage.objects.filter(side_effect=told, alarm_at=told.alarm_rang_at)
        now_due = rings.filter(round_number=(moment - TOLD) // timedelta(minutes=5))
        assert now_due.count() == min(3, 1 + (moment - TOLD) // timedelta(minutes=10))
        assert all(page.due_at <= moment for page in now_due)
        assert what == "wait" or AlarmPage.objects.count() == before + now_due.count()


_BACK = ("give_back", {})
_THERE_AND_BACK: dict[str, list[tuple[str, dict[str, str]]]] = {
    "take": [("acknowledge", {}), _BACK],
    "lower": [("retriage", {"priority": "P1", "reason": "seen"}), ("retriage", {"priority": "P0", "reason": ""})],
    "close": [("close", {"outcome": "gone"}), ("reopen", {}), _BACK],
    "wait": [],
}


def test_a_report_made_p0_later_counts_from_then(clinic: Clinic) -> None:
    told = p0(clinic, priority="P2")
    one, two = addresses(people(clinic, "", ""))
    with act(clinic, told, "retriage", priority="P0", reason="", now=at(60)):
        pass
    assert sweep(clinic, 60) == [one]
    assert sorted(sweep(clinic, 70)) == [one, two]
    with act(clinic, told, "retriage", priority="P1", reason="seen", now=at(71)):
        pass
    assert sweep(clinic, 75) == []


def test_closing_it_stops_the_pages_and_opening_it_again_leaves_it_with_its_person(clinic: Clinic) -> None:
    told = p0(clinic)
    people(clinic, "")
    with act(clinic, told, "close", outcome="gone", now=at(1)):
        pass
    with act(clinic, told, "reopen", now=at(2)):
        pass
    assert sweep(clinic, 9) == []


def test_what_waits_when_the_report_is_taken_does_not_leave(clinic: Clinic) -> None:
    told = p0(clinic)
    people(clinic, "")
    with tenant(clinic.pk, actor="test"):
        alarm_pages.plan(by=worker(clinic), now=at(0))
    with act(clinic, told, "acknowledge", now=at(1)):
        pass
    assert sweep(clinic, 1) == []
    (page,) = stored(clinic)
    assert (page.state, page.skip_reason) == (PageState.SKIPPED, PageSkip.TAKEN)


def test_who_is_switched_off_or_changes_role_drops_out_and_the_next_is_first(clinic: Clinic) -> None:
    p0(clinic)
    one, two, three = people(clinic, "", "", "")
    with tenant(clinic.pk, actor="test"):
        one.membership.is_active = False
        one.membership.save()
        two.membership.role = "clinic_admin"
        two.membership.save()
    assert sweep(clinic, 0) == addresses([three])
    with tenant(clinic.pk, actor="test"):
        user = three.membership.user
        user.is_active = False
        user.save()
        assert queries.pager_health(worker(clinic), now=at(1)).is_nobody_on_call
    assert sweep(clinic, 5) == []


def test_who_leaves_the_list_between_planning_and_sending_is_not_paged(clinic: Clinic) -> None:
    p0(clinic)
    (person,) = people(clinic, "")
    with tenant(clinic.pk, actor="test"):
        alarm_pages.plan(by=worker(clinic), now=at(0))
        person.delete()
    assert sweep(clinic, 0) == []
    assert [page.skip_reason for page in stored(clinic)] == [PageSkip.OFF]


def test_while_the_mail_server_is_away_pages_wait_and_then_leave_once(clinic: Clinic, caplog) -> None:
    p0(clinic)
    one, two = addresses(people(clinic, "", ""))
    with mock.patch.object(mail, "get_connection", side_effect=lambda **_: _Away()), caplog.at_level(logging.ERROR):
        for minutes in (0, 5, 10, 16):
            assert sweep(clinic, minutes) == []
    with tenant(clinic.pk, actor="test"):
        health = queries.pager_health(worker(clinic), now=at(16))
    said = [record.message for record in caplog.records]
    assert health.unheard == 1
    assert said.count(f"an urgent report waits and no page leaves; clinic {clinic.pk}") == 1
    assert "Sentinelwords" not in caplog.text
    assert sorted(sweep(clinic, 17)) == [one, two]
    with tenant(clinic.pk, actor="test"):
        assert queries.pager_health(worker(clinic), now=at(17)).unheard == 0


class _Away:
    def open(self) -> None:
        raise ConnectionRefusedError

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("outcome", "then", "states"),
    [
        (Outcome.REFUSED, 1, [PageState.SENT]),
        (Outcome.REJECTED, 0, [PageState.FAILED]),
        (Outcome.AMBIGUOUS, 1, [PageState.SENT]),
    ],
)
def test_how_a_sending_ended_decides_about_another(clinic: Clinic, outcome: Outcome, then: int, states: list) -> None:
    p0(clinic)
    people(clinic, "")
    with mock.patch.object(mail, "send", return_value=Result(outcome, "told so")):
        sweep(clinic, 0)
    assert len(sweep(clinic, 0.5)) == then
    (page,) = stored(clinic)
    assert [page.state] == states
    assert page.is_ambiguous is (outcome is Outcome.AMBIGUOUS)
    assert len(sweep(clinic, 5)) == 1  # whatever became of it, the next round comes


def test_a_worker_that_died_in_the_middle_leaves_a_page_that_goes_out_again(clinic: Clinic) -> None:
    p0(clinic)
    people(clinic, "")
    by = worker(clinic)
    with tenant(clinic.pk, actor="test"):
        alarm_pages.plan(by=by, now=at(0))
        (page_id,) = alarm_pages.waiting(by=by)
        assert alarm_pages.begin(page_id=page_id, owner="dead", by=by, now=at(0))
        assert alarm_pages.begin(page_id=page_id, owner="other", by=by, now=at(0)) is None
    assert sweep(clinic, 0.9) == []
    assert len(sweep(clinic, 1)) == 1
    with tenant(clinic.pk, actor="test"):
        alarm_pages.record(page_id=page_id, owner="dead", result=Result(Outcome.REJECTED), by=by, now=at(2))
    (page,) = stored(clinic)
    assert (page.state, page.is_ambiguous, page.attempts) == (PageState.SENT, True, 2)


@pytest.mark.django_db(transaction=True)
def test_six_sweepers_and_a_beat_that_comes_twice_send_each_page_once() -> None:
    clinic = ClinicFactory()
    people(clinic, "", "", "")
    for _report in range(5):
        p0(clinic)
    _side_by_side(*[lambda name=f"w{n}": sweep(clinic, 20, name) for n in range(6)])
    keys = [message.extra_headers["Message-ID"] for message in django_mail.outbox]
    assert len(keys) == len(set(keys)) == 15
    assert {page.state for page in stored(clinic)} == {PageState.SENT}


@pytest.mark.django_db(transaction=True)
def test_no_page_is_marked_after_the_report_was_taken() -> None:
    clinic = ClinicFactory()
    people(clinic, "", "")
    reports = [p0(clinic) for _report in range(8)]
    with tenant(clinic.pk, actor="test"):
        by = OnCallPerson.objects.in_order()[0].membership.as_actor()

    def take_them() -> None:
        for told in reversed(reports):
            with tenant(clinic.pk, actor="test"):
                side_effects.acknowledge(side_effect_id=told.pk, version=1, by=by, now=at(11))

    _side_by_side(lambda: sweep(clinic, 11, "w1"), lambda: sweep(clinic, 11, "w2"), take_them)
    sweep(clinic, 11, "last")
    assert {page.state for page in stored(clinic)} <= {PageState.SENT, PageState.SKIPPED}
    assert sweep(clinic, 16) == []


def test_the_task_pages_every_clinic_though_one_fails(clinic: Clinic, other_clinic: Clinic, monkeypatch) -> None:
    seen = []

    def one(*, clinic, owner, clock):
        seen.append(clinic.pk)
        assert clock().tzinfo is not None
        if len(seen) == 1:
            raise LookupError

    monkeypatch.setattr(alarm_sweeps, "sweep", one)
    tasks.sweep_pages()
    assert set(seen) == {clinic.pk, other_clinic.pk}


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "nowhere"},
        {"state": "sent"},
        {"state": "sending"},
        {"state": "skipped"},
        {"skip_reason": "taken"},
    ],
)
def test_the_database_refuses_a_page_that_makes_no_sense(in_clinic: Clinic, wrong: dict[str, str]) -> None:
    (person,) = on_call(in_clinic, "")
    page = {"clinic": in_clinic, "membership": person.membership, "alarm_at": TOLD, "due_at": TOLD, "channel": "email"}
    AlarmPage.objects.create(**page)
    with pytest.raises(IntegrityError), transaction.atomic():
        AlarmPage.objects.create(**{**page, **wrong})


def test_the_database_keeps_one_page_a_person_round_and_channel(in_clinic: Clinic) -> None:
    told = SideEffectFactory(clinic=in_clinic, priority="P0")
    (person,) = on_call(in_clinic, "")
    page = {"clinic": in_clinic, "side_effect": told, "membership": person.membership, "channel": "email"}
    AlarmPage.objects.create(**page, alarm_at=TOLD, due_at=TOLD)
    with pytest.raises(IntegrityError), transaction.atomic():
        AlarmPage.objects.create(**page, alarm_at=TOLD, due_at=at(1))
