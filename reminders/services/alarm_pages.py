"""Plan, send and record pages to people on call: each step a short transaction, with no network inside any of them."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.actors import Actor
from accounts.models import OnCallPerson
from patients.contacts import text_address
from reminders import paging
from reminders.choices import Channel, PageSkip, PageState
from reminders.mail import Letter, Outcome, Result
from reminders.models import AlarmPage, PagerBeat
from reminders.queries.alarm_pages import alarms, channels_of, people_on_call
from reminders.services.alarm_letters import compose_page
from sessions.models import SideEffect

LEASE = timedelta(minutes=1)
# A page the mail server may have taken is sent once more, and no oftener: the next round comes anyway.
MOST_IN_DOUBT = 2
TEST_LASTS = timedelta(minutes=10)


@transaction.atomic
def plan(*, by: Actor, now: datetime) -> int:
    """Insert the pages of the round that each alarm stands at; return how many were offered to the table.

    Any number of planners may run at once: the unique key makes the second one's row vanish. The rounds that passed
    during an outage are left out.
    """
    crying = alarms(by)
    people = people_on_call(by) if crying else []
    rows = [page for report in crying for page in _round_of(report, people, by=by, now=now)]
    AlarmPage.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _round_of(report: SideEffect, people: list[OnCallPerson], *, by: Actor, now: datetime) -> list[AlarmPage]:
    began_at = report.alarm_began_at
    number = paging.round_at(began_at, now)
    return [
        AlarmPage(
            clinic_id=by.clinic_id,
            side_effect=report,
            membership_id=person.membership_id,
            alarm_at=report.alarm_rang_at,
            round_number=number,
            channel=channel,
            due_at=paging.due_at(began_at, report.alarm_rang_at, number),
        )
        for person in people[: paging.people_in(number, len(people))]
        for channel in channels_of(person)
    ]


@transaction.atomic
def free_abandoned(*, by: Actor, now: datetime) -> None:
    """What a dead worker was sending may have left, or not: it is sent again. One too many wakes nobody else."""
    left = AlarmPage.objects.visible_to(by).abandoned(now).select_for_update(skip_locked=True)
    held = list(left.values_list("pk", flat=True))
    if held:
        AlarmPage.objects.filter(pk__in=held).update(
            state=PageState.PLANNED, is_ambiguous=True, last_error="the worker stopped", lease_until=None
        )


def waiting(*, by: Actor) -> list[UUID]:
    """The pages to try now, mail first."""
    return list(AlarmPage.objects.visible_to(by).planned().in_order().values_list("pk", flat=True))


@transaction.atomic
def begin(*, page_id: UUID, owner: str, by: Actor, now: datetime) -> Letter | None:
    """Mark a planned page as being sent and return its letter; None when it must not leave, or another has it.

    Locks the page, then, when all is written, its report: taking the report waits for this mark or is seen by it.
    """
    rows = AlarmPage.objects.visible_to(by).planned().filter(pk=page_id)
    page = rows.select_for_update(skip_locked=True, of=("self",)).first()
    if page is None:
        return None
    letter = _letter(page, by)
    skip = _why_not(page, by, now) or ("" if letter else PageSkip.OFF)
    if skip:
        page.state, page.skip_reason = PageState.SKIPPED, skip
        page.save(update_fields=["state", "skip_reason"])
        return None
    page.state = PageState.SENDING
    page.attempts += 1
    page.lease_owner, page.lease_until = owner, now + LEASE
    page.save(update_fields=["state", "attempts", "lease_owner", "lease_until"])
    return letter


def _letter(page: AlarmPage, by: Actor) -> Letter | None:
    """None for somebody who is no longer on call, or no longer by this channel."""
    person = OnCallPerson.objects.visible_to(by).able().in_order().filter(membership_id=page.membership_id).first()
    if person is None or page.channel not in channels_of(person):
        return None
    to = text_address(str(person.mobile)) if page.channel == Channel.TEXT else person.membership.user.email
    return compose_page(page, clinic=by.clinic, to=to)


def _why_not(page: AlarmPage, by: Actor, now: datetime) -> str:
    """Why the page is not to leave any more; empty while it is."""
    if page.side_effect_id is None:
        return PageSkip.LATER if now - page.due_at > TEST_LASTS else ""
    report = SideEffect.objects.visible_to(by).select_for_update(no_key=True).get(pk=page.side_effect_id)
    if not report.is_alarming:
        return PageSkip.TAKEN
    is_present = report.alarm_rang_at == page.alarm_at
    if not is_present or page.round_number < paging.round_at(report.alarm_began_at, now):
        return PageSkip.LATER
    return ""


@transaction.atomic
def record(*, page_id: UUID, owner: str, result: Result, by: Actor, now: datetime) -> None:
    """Write down how the sending ended. A late word of success still counts after the lease has run out."""
    waiting_for_word = (PageState.SENDING, PageState.UNKNOWN, PageState.PLANNED)
    own = AlarmPage.objects.visible_to(by).filter(pk=page_id, lease_owner=owner, state__in=waiting_for_word)
    page = own.select_for_update(of=("self",)).first()
    if page is None:
        return
    if result.outcome is Outcome.ACCEPTED:
        page.state, page.sent_at, page.last_error = PageState.SENT, now, ""
    elif page.state == PageState.SENDING:
        page.last_error = result.error[:60]
        _after_failure(page, result.outcome)
    page.lease_until = None
    page.save()


def _after_failure(page: AlarmPage, outcome: Outcome) -> None:
    """Refused for now: the next sweep tries again, until the next round takes its place."""
    if outcome is Outcome.AMBIGUOUS:
        _after_doubt(page)
    else:
        page.state = PageState.FAILED if outcome is Outcome.REJECTED else PageState.PLANNED


def _after_doubt(page: AlarmPage) -> None:
    page.is_ambiguous = True
    page.state = PageState.PLANNED if page.attempts < MOST_IN_DOUBT else PageState.UNKNOWN


@transaction.atomic
def put_off(*, page_id: UUID, error: str, by: Actor) -> None:
    """A try that reached nobody: the next sweep tries again."""
    page = AlarmPage.objects.visible_to(by).planned().filter(pk=page_id).select_for_update(of=("self",)).first()
    if page is not None:
        page.last_error = error[:60]
        page.save(update_fields=["last_error"])


@transaction.atomic
def page_as_test(*, by: Actor, person_id: UUID, now: datetime) -> list[AlarmPage]:
    """Page one person on call with words that say it is a test. A test that has not left yet stands for the new one."""
    person = OnCallPerson.objects.visible_to(by).select_for_update(of=("self",)).get(pk=person_id)
    own = AlarmPage.objects.visible_to(by).tests().filter(membership_id=person.membership_id)
    waits = list(own.planned().filter(due_at__gt=now - TEST_LASTS))
    return waits or [
        AlarmPage.objects.create(
            clinic_id=by.clinic_id, membership_id=person.membership_id, alarm_at=now, due_at=now, channel=channel
        )
        for channel in channels_of(person)
    ]


@transaction.atomic
def beat(*, by: Actor, now: datetime) -> None:
    """Note that a sweep of this clinic's alarms came to its end."""
    PagerBeat.objects.bulk_create(
        [PagerBeat(clinic_id=by.clinic_id, swept_at=now)],
        update_conflicts=True,
        unique_fields=["clinic"],
        update_fields=["swept_at"],
    )
