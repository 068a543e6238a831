"""Which reports cry for somebody, who is paged for them, and what the pages that show it need."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef

from accounts.actors import Actor
from accounts.models import OnCallPerson
from reminders import paging
from reminders.choices import Channel, PageState
from reminders.models import AlarmPage, PagerBeat
from sessions.models import SideEffect

SILENT_AFTER = timedelta(minutes=2)
PAGES_SHOWN = 60
TESTS_SHOWN = 5


def alarms(by: Actor) -> list[SideEffect]:
    """Reports that page people until a named clinician takes them."""
    return list(SideEffect.objects.visible_to(by).alarming().order_by("reported_at", "id"))


def people_on_call(by: Actor) -> list[OnCallPerson]:
    """Those who are paged, the first of them first."""
    return list(OnCallPerson.objects.visible_to(by).able().in_order())


def channels_of(person: OnCallPerson) -> tuple[Channel, ...]:
    """Mail always; a text where there is a phone and a gateway."""
    return (Channel.EMAIL, Channel.TEXT) if person.mobile and settings.TEXT_MAIL_DOMAIN else (Channel.EMAIL,)


def unheard(by: Actor, *, now: datetime) -> list[SideEffect]:
    """Alarms that have been ringing for over fifteen minutes, for which no page left in the last fifteen."""
    left = AlarmPage.objects.filter(
        clinic_id=by.clinic_id,
        side_effect_id=OuterRef("pk"),
        state=PageState.SENT,
        sent_at__gt=now - paging.UNHEARD_AFTER,
    )
    rows = SideEffect.objects.visible_to(by).alarming().filter(~Exists(left))
    return [report for report in rows if now - report.alarm_rang_at > paging.UNHEARD_AFTER]


def pager_swept_at(by: Actor) -> datetime | None:
    return PagerBeat.objects.visible_to(by).values_list("swept_at", flat=True).first()


@dataclass(frozen=True)
class PagerHealth:
    """What would keep an urgent report from waking anybody."""

    is_nobody_on_call: bool
    unheard: int
    is_silent: bool
    swept_at: datetime | None


def pager_health(by: Actor, *, now: datetime) -> PagerHealth:
    """Three queries."""
    swept_at = pager_swept_at(by)
    return PagerHealth(
        is_nobody_on_call=not OnCallPerson.objects.visible_to(by).able().exists(),
        unheard=len(unheard(by, now=now)),
        is_silent=swept_at is None or now - swept_at > SILENT_AFTER,
        swept_at=swept_at,
    )


@dataclass(frozen=True)
class Next:
    """Who is paged next and when; ``is_due``: with the next sweep, which comes within seconds."""

    name: str
    at: datetime
    is_due: bool
    has_text: bool


@dataclass(frozen=True)
class ReportPages:
    """What was sent for one report, the newest first, and what comes next while nobody has it."""

    report: SideEffect
    pages: list[AlarmPage]
    coming: list[Next]

    @property
    def is_alarming(self) -> bool:
        return self.report.is_alarming


def pages_of_report(by: Actor, side_effect_id: UUID, *, now: datetime) -> ReportPages | None:
    """Two queries, and one more for who comes next while the report is open; None for another clinic's report."""
    rows = SideEffect.objects.visible_to(by).select_related("acknowledged_by__user")
    report = rows.filter(pk=side_effect_id).first()
    if report is None:
        return None
    pages = AlarmPage.objects.visible_to(by).of_report(report.pk).select_related("membership__user").newest_first()
    shown = list(pages[:PAGES_SHOWN])
    return ReportPages(report=report, pages=shown, coming=_coming(by, report, shown, now))


def _coming(by: Actor, report: SideEffect, pages: list[AlarmPage], now: datetime) -> list[Next]:
    if not report.is_alarming:
        return []
    number = paging.round_at(report.alarm_began_at, now)
    present = (report.alarm_rang_at, number)
    planned = {page.membership_id for page in pages if (page.alarm_at, page.round_number) == present}
    people = people_on_call(by)
    due = paging.people_in(number, len(people))
    return [
        Next(
            name=person.membership.user.full_name,
            at=paging.next_page_at(report.alarm_began_at, place, now),
            is_due=place < due and person.membership_id not in planned,
            has_text=Channel.TEXT in channels_of(person),
        )
        for place, person in enumerate(people)
    ]


def recent_tests(by: Actor) -> list[AlarmPage]:
    tests = AlarmPage.objects.visible_to(by).tests().select_related("membership__user").newest_first()
    return list(tests[:TESTS_SHOWN])
