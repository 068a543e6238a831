"""A patient with a message in the mailbox, and a browser to open its link with."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import mail as django_mail
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import Clinic
from common.tenancy import tenant
from reminders.choices import Step
from reminders.models import Message
from reminders.services import sweeps
from sessions.models import InjectionSession
from tests.reminders.factories import message_for, treated

# A page of the check-in → its address below the check-in's own.
PAGES = {
    "start": "",
    "pain": "1/",
    "relief": "2/",
    "relief/end": "2/when/",
    "change": "3/",
    "worry": "report/",
    "signs": "report/more/",
    "call": "report/call/",
    "mistake": "report/mistake/",
    "done": "end/",
}
BORN = {"day": "17", "month": "5", "year": "1970"}


def without_tokens(response: HttpResponse) -> bytes:
    """The body without what differs on every page: the masked CSRF tokens."""
    return re.sub(rb'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[A-Za-z0-9]+', rb"\1", response.content)


@dataclass
class Told:
    clinic: Clinic
    session: InjectionSession
    message: Message
    key: str
    browser: Client
    start: str = ""

    @property
    def url(self) -> str:
        return f"/p/{self.key}/"

    def enter(self, **born: str) -> HttpResponse:
        answer = self.browser.post(self.url, {**BORN, **born})
        self.start = answer.headers.get("Location", self.start)
        return answer

    def address(self, page: str) -> str:
        """Of a page behind the door, as the first redirect named it."""
        return f"{self.start}{PAGES[page]}"

    @property
    def whose(self) -> str:
        return self.start.rstrip("/").rpartition("/")[2]

    @property
    def cookie(self) -> str:
        """The name of the cookie of this door."""
        return f"door-{self.whose.replace('-', '')}"

    def get(self, page: str) -> HttpResponse:
        return self.browser.get(self.address(page))

    def tap(self, page: str, **answer: str) -> HttpResponse:
        return self.browser.post(self.address(page), {"whose": self.whose, **answer})

    def fresh_link(self) -> InjectionSession:
        self.message.access_link.refresh_from_db()
        return self.message.access_link


def told(
    clinic: Clinic,
    *,
    now: datetime | None = None,
    ago: timedelta = timedelta(hours=30),
    step: str = Step.CHECK_24H,
    **patient,
) -> Told:
    """A session signed ``ago``, and its message sent; the key is read from the mail, as the patient would."""
    now = now or timezone.now()
    already = len(django_mail.outbox)
    with tenant(clinic.pk, actor="test"):
        signed_at = now - ago
        session = treated(clinic, signed_at=signed_at, ended_at=signed_at - timedelta(minutes=10), **patient)
        message = message_for(session, due_at=now - timedelta(minutes=1), is_requested=True, step=step)
    sweeps.sweep(clinic=clinic, owner="test", clock=lambda: now)
    ids = {str(message.pk)}
    mine = next(
        m for m in django_mail.outbox[already:] if m.extra_headers["Message-ID"].strip("<").split("@")[0] in ids
    )
    key = re.search(r"/p/([^/\s]+)/", mine.body).group(1)
    with tenant(clinic.pk, actor="test"):
        message.refresh_from_db()
        message.access_link  # noqa: B018 - loaded while the clinic is in context
    return Told(clinic, session, message, key, Client())
